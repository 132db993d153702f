"""A file on its way onto the roll, before the act: looked at, mapped, read, held against the roll."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings
from django.utils.translation import gettext as _

from ... import roll
from ...errors import InputError, RefusedError
from ...roll import COLUMNS, KEY, Mapping, Plan, Reading, Roll, Table
from ..models import RollAlias, RollImport, RollMapping, RollStep
from . import files, store

FILE, PLAN = "file", "plan.zip"
LISTS = ("added", "gone", "before", "after", "refusals")
"""The lists of a dry run, each a file of its own, so that a page of one can be read alone."""
_REFUSALS = {"row": pl.Int64, "column": pl.String, "what": pl.String, "todo": pl.String, "value": pl.String}
_LOOK = ("encoding", "separator", "sheet", "header")
REMEMBERED = 50
"""Mappings that are tried on a new file, the last used first."""

_held: dict[str, Plan] = {}


def file_of(imported: RollImport) -> Path:
    """Where the file is."""
    if imported.files_gone:
        raise RefusedError(_("the file of this import is deleted"))
    return files.path(f"{imported.folder}/{FILE}")


def table_of(imported: RollImport, **said: Any) -> Table:
    """The file as it is looked at; ``said``: encoding, separator, sheet, header where the guess was wrong."""
    given = {name: value for name, value in said.items() if name in _LOOK and value not in (None, "")}
    return roll.look(file_of(imported), imported.name, **given)


def look(imported: RollImport, **said: Any) -> None:
    """Look at the file, and propose how it is to be read."""
    table = table_of(imported, **said)
    imported.looked = {
        "kind": table.kind,
        "encoding": table.encoding,
        "separator": table.separator,
        "sheets": list(table.sheets),
        "sheet": table.sheet,
        "header": table.header,
        "headings": list(table.headings),
        "sample": [list(row) for row in table.sample[:5]],
        "letters": list(table.letters),
        "remarks": [asdict(remark) for remark in table.remarks],
        "said": {name: value for name, value in said.items() if value not in (None, "")},
    }
    remembered = [Mapping(**kept.mapping) for kept in RollMapping.objects.all()[:REMEMBERED]]
    proposed = roll.propose_mapping(table, remembered)
    imported.mapping = {
        "zone": settings.TIME_ZONE,
        **{name: value for name, value in proposed.model_dump(mode="json").items() if value is not None},
        **dict.fromkeys(_LOOK),
        **imported.looked["said"],
    }
    imported.questions, imported.remarks, imported.counts = [], imported.looked["remarks"], {}


def mapping_of(imported: RollImport) -> Mapping:
    """How the file is read."""
    return Mapping(**imported.mapping)


def dry_run(imported: RollImport) -> None:
    """What would happen, kept so that it can be looked through and then done; or the questions that are open."""
    table = table_of(imported, **{name: imported.mapping.get(name) for name in _LOOK})
    reading = roll.read(table, mapping_of(imported))
    imported.questions = [asdict(question) for question in reading.questions]
    if reading.questions:
        imported.status, imported.plan = RollImport.Status.LOOKED, ""
        return
    store.checked(reading.roll.rows)
    base, current = standing()
    plan = roll.dry_run(current, aliased(reading))
    if base is not None and base.fingerprint and plan.base != base.fingerprint:
        raise RefusedError(_("the roll in the database is not the one that its last step left: let it be looked into"))
    _keep(imported, plan)
    imported.base, imported.result, imported.plan = base.number if base else 0, plan.result, plan.fingerprint
    imported.remarks = [asdict(remark) for remark in plan.remarks]
    imported.counts = {
        "rows": reading.rows,
        "new": plan.new,
        "changed": plan.changed,
        "gone": plan.gone,
        "unchanged": plan.unchanged,
        "refused": plan.refused,
        "refusals": roll.told_refusals(plan.refusals),
        "columns": {COLUMNS[name].says: rows for name, rows in plan.difference.by_column().items()},
        "capacities": dict(reading.roll.rows.group_by("capacity").len().sort("len", descending=True).iter_rows()),
    }
    imported.status = RollImport.Status.DRY


def standing() -> tuple[RollStep | None, Roll]:
    """The roll as it stands, with its last step: taken again where somebody changes it meanwhile."""
    for _again in range(3):
        before = RollStep.last()
        rows = store.load()
        if before == RollStep.last():
            return before, rows
    raise RefusedError(_("the roll is being changed just now: try again"))


def aliased(reading: Reading) -> Reading:
    """The reading with every key that was found to be another person's under that person's key.

    A capacity that comes under both keys is taken as the kept one has it.
    """
    keep = dict(RollAlias.objects.values_list("other", "keep"))
    if not keep or not reading.roll.rows["person"].is_in(list(keep)).any():
        return replace(reading, held=frozenset(keep.get(person, person) for person in reading.held))
    rows = reading.roll.rows.with_columns(
        pl.col("person").is_in(list(keep)).alias("_other"),
        reading.numbers.alias("_row"),
        pl.col("person").replace(keep),
    )
    rows = rows.sort("_other", maintain_order=True).unique(list(KEY), keep="first", maintain_order=True)
    return replace(
        reading,
        roll=Roll(rows.drop("_other", "_row")),
        numbers=rows["_row"],
        held=frozenset(keep.get(person, person) for person in reading.held),
    )


def _keep(imported: RollImport, plan: Plan) -> None:
    for name in (*LISTS, PLAN):
        files.path(f"{imported.folder}/{name}").unlink(missing_ok=True)
    files.save(f"{imported.folder}/{PLAN}", [plan.to_bytes()])
    found = plan.difference
    frames = (found.added, found.gone, found.changed_before, found.changed_after)
    for name, rows in zip(LISTS, (*frames, _refused(plan.refusals)), strict=True):
        files.save_rows(f"{imported.folder}/{name}", rows)


def _refused(refusals: Sequence[roll.Refusal]) -> pl.DataFrame:
    return pl.DataFrame(
        [[getattr(one, name) for name in _REFUSALS] for one in refusals], schema=_REFUSALS, orient="row"
    )


def plan_of(imported: RollImport) -> Plan:
    """The plan that was shown. Raises RefusedError if its files are gone or are not what was shown."""
    if imported.plan in _held:
        return _held[imported.plan]
    try:
        plan = Plan.from_bytes(files.path(f"{imported.folder}/{PLAN}").read_bytes())
    except (OSError, InputError):
        raise RefusedError(_("the plan of this import cannot be read: make the dry run again")) from None
    if plan.fingerprint != imported.plan:
        raise RefusedError(_("the plan of this import is not the one that was shown: make the dry run again"))
    return plan


@contextmanager
def in_hand(imported: RollImport) -> Iterator[None]:
    """The plan read and checked before the act that needs it begins, so that the database is not held up by it."""
    _held[imported.plan] = plan_of(imported)
    try:
        yield
    finally:
        _held.pop(imported.plan, None)
