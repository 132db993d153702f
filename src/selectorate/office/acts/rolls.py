"""The organisation's roll: files taken in and applied, entries made and corrected, duplicates decided.

None of it touches a roll that is closed for a contest: that is changed by the acts of ``closing`` alone.
"""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from pydantic import ValidationError

from ... import roll
from ...errors import InputError, RefusedError
from ...roll import KEY, Roll
from ...roll.limits import MAX_BYTES
from ..models import ClosedRoll, Contest, DuplicatePair, Role, RollAlias, RollImport, RollMapping, RollStep
from ..rolls import cells, files, importing, store
from ..slugs import plain
from .core import Entry, act

REGISTRAR = Role.REGISTRAR


@act(REGISTRAR, silent=True)
def take_in_roll_file(entry: Entry, contest: None, *, name: str, content: Any) -> RollImport:
    """Take in a file for the roll; nothing changes yet. ``content``: pieces of bytes (of an uploaded file)."""
    name = plain(name.replace("\\", "/").rpartition("/")[2])
    folder = files.new_folder("imports")
    try:
        sha256, size = files.save(f"{folder}/{importing.FILE}", _limited(content))
        if not size:
            raise RefusedError(_("the file is empty"), field="file")
    except RefusedError:
        files.forget(folder)
        raise
    entry.details = {"name": name, "sha256": sha256, "size": size}
    return RollImport.objects.create(by=entry.by, at=entry.at, name=name, sha256=sha256, size=size, folder=folder)


def _limited(pieces: Any) -> Any:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > MAX_BYTES:
            raise RefusedError(
                _("a file of the roll has %(size)s MB at most: is it the right one?") % {"size": MAX_BYTES >> 20},
                field="file",
            )
        yield piece


@act(REGISTRAR, silent=True)
def map_import(entry: Entry, contest: None, *, imported: int, mapping: dict[str, Any]) -> RollImport:
    """Say how a file becomes rows of the roll; the dry run follows it."""
    found = RollImport.objects.select_for_update().get(pk=imported)
    if found.status not in (RollImport.Status.LOOKED, RollImport.Status.DRY):
        raise RefusedError(_("this import was applied, or is dropped already"))
    try:
        checked = roll.Mapping(**mapping)
    except ValidationError as fault:
        told = fault.errors()[0]
        raise RefusedError(str(told["msg"]).removeprefix("Value error, "), field=str((*told["loc"], "")[0])) from None
    found.mapping, found.status, found.plan = checked.model_dump(mode="json"), RollImport.Status.LOOKED, ""
    found.questions = []
    found.save(update_fields=["mapping", "status", "plan", "questions"])
    entry.details = {"file": found.name, "sha256": found.sha256, "mapping": checked.model_dump(exclude_defaults=True)}
    return found


@act(REGISTRAR, silent=True)
def drop_import(entry: Entry, contest: None, *, imported: int) -> None:
    """Drop a file that was not applied: it is deleted."""
    found = RollImport.objects.select_for_update().get(pk=imported)
    if found.status not in (RollImport.Status.LOOKED, RollImport.Status.DRY):
        raise RefusedError(_("this import was applied, or is dropped already"))
    found.status, found.files_gone, found.looked = RollImport.Status.DROPPED, entry.at, {}
    found.save()
    files.forget(found.folder)
    entry.details = {"name": found.name, "sha256": found.sha256}


@act(REGISTRAR, silent=True)
def apply_import(entry: Entry, contest: None, *, imported: int, plan: str) -> RollImport:
    """Do what the dry run showed. ``plan``: the fingerprint of what was shown; refused if the roll changed since."""
    found = RollImport.objects.select_for_update().get(pk=imported)
    if found.status != RollImport.Status.DRY or not plan or found.plan != plan:
        raise RefusedError(_("this is not the plan that was shown: make the dry run again"))
    last = RollStep.last()
    if found.base != (last.number if last else 0):
        raise RefusedError(_("the roll has changed since the dry run: make it again"))
    planned = importing.plan_of(found)
    if planned.difference.nothing:
        raise RefusedError(_("there is nothing to do: the file says what is on the roll already"))
    step = _step(entry, RollStep.Kind.IMPORT, found.name)
    store.forward(planned.difference, step)
    _counted(step, planned.result)
    found.status, found.step = RollImport.Status.APPLIED, step
    found.save(update_fields=["status", "step"])
    headings = found.looked.get("headings", [])
    RollMapping.objects.update_or_create(
        headings=headings, defaults={"mapping": {**found.mapping, "header": None}, "used": entry.at}
    )
    counts = {key: found.counts.get(key) for key in ("new", "changed", "gone", "unchanged", "refused")}
    entry.details = {
        "file": found.name,
        "sha256": found.sha256,
        "plan": plan,
        "before": planned.base,
        "after": planned.result,
        "step": step.number,
        **counts,
    }
    return found


def undoable() -> RollImport | None:
    """The import that can be undone: the last step that stands, if it is one, and no roll was closed since."""
    last = RollStep.objects.exclude(kind=RollStep.Kind.UNDO).exclude(imported__status=RollImport.Status.UNDONE).first()
    if last is None or last.kind != RollStep.Kind.IMPORT:
        return None
    if ClosedRoll.objects.filter(closed__isnull=False, step__number__gte=last.number).exists():
        return None
    return RollImport.objects.filter(step=last, status=RollImport.Status.APPLIED, files_gone=None).first()


@act(REGISTRAR, silent=True)
def undo_import(entry: Entry, contest: None, *, imported: int) -> RollImport:
    """Undo the last import: the roll is as it was before. Refused once a roll was closed with it."""
    found = RollImport.objects.select_for_update().get(pk=imported)
    if found.step and ClosedRoll.objects.filter(closed__isnull=False, step__number__gte=found.step.number).exists():
        raise RefusedError(_("a roll was closed with this import: what is on it is changed by two officials"))
    if undoable() != found:
        raise RefusedError(_("only the last import can be undone, as long as nothing was changed after it"))
    planned = importing.plan_of(found)
    assert found.step is not None
    step = _step(entry, RollStep.Kind.UNDO, found.name)
    store.backward(planned.difference, found.step)
    _counted(step, planned.base)
    found.status = RollImport.Status.UNDONE
    found.save(update_fields=["status"])
    entry.details = {"file": found.name, "plan": found.plan, "after": planned.base, "step": step.number}
    return found


@act(REGISTRAR, silent=True)
def delete_import_files(entry: Entry, contest: None, *, imported: int) -> None:
    """Delete the file of an import and its plan: what it brought stays, and it can no longer be undone."""
    found = RollImport.objects.select_for_update().get(pk=imported)
    if found.files_gone:
        raise RefusedError(_("its files are deleted already"))
    found.files_gone = entry.at
    found.looked.pop("sample", None)
    found.looked.pop("letters", None)
    found.save(update_fields=["files_gone", "looked"])
    files.forget(found.folder)
    entry.details = {"file": found.name, "sha256": found.sha256}


# -- single entries -----------------------------------------------------------------------------------------------


@act(REGISTRAR, silent=True)
def enter_entry(entry: Entry, contest: None, *, values: dict[str, Any], reason: str) -> RollStep:
    """Put one capacity of one person onto the roll."""
    row = cells.values_of(values)
    row["person"] = row.get("person") or row.get("number")
    for name in ("person", "name", "capacity"):
        if not row.get(name):
            raise RefusedError(_("an entry has a %(what)s") % {"what": roll.COLUMNS[name].says}, field=name)
    current = store.load_persons([row["person"]])
    return _changed(entry, RollStep.Kind.ENTER, reason, current, lambda: _with(current, row))


def _with(current: Roll, row: dict[str, Any]) -> Roll:
    try:
        return Roll.of([*current.rows.to_dicts(), row])
    except InputError:
        raise RefusedError(
            _("they hold this capacity on the roll already: correct the entry"), field="capacity"
        ) from None


@act(REGISTRAR, silent=True)
def correct_entry(entry: Entry, contest: None, *, key: list[Any], values: dict[str, Any], reason: str) -> RollStep:
    """Correct an entry. ``key``: person, capacity, body, spell, which do not change; ``values``: what does."""
    new = cells.values_of(values)
    if set(new) & set(KEY) or ("name" in new and not new["name"]):
        raise RefusedError(_("the key of an entry does not change, and it has a name: remove it and make another"))
    current, row = _row(key)
    return _changed(
        entry, RollStep.Kind.CORRECT, reason, current, lambda: Roll.of([*_others(current, key), {**row, **new}])
    )


@act(REGISTRAR, silent=True)
def remove_entry(entry: Entry, contest: None, *, key: list[Any], reason: str) -> RollStep:
    """Take an entry off the roll; what it was stays in the history of the person."""
    current, _found = _row(key)
    return _changed(entry, RollStep.Kind.REMOVE, reason, current, lambda: _without(current, key))


def _row(key: list[Any]) -> tuple[Roll, dict[str, Any]]:
    current = store.load_persons([str(key[0])])
    for row in current.rows.iter_rows(named=True):
        if [row[name] for name in KEY] == [key[0], key[1], key[2] or None, key[3]]:
            return current, row
    raise RefusedError(_("there is no such entry on the roll"))


def _without(current: Roll, key: list[Any]) -> Roll:
    rest = _others(current, key)
    return Roll.of(rest) if rest else Roll.empty()


def _others(current: Roll, key: list[Any]) -> list[dict[str, Any]]:
    wanted = [key[0], key[1], key[2] or None, key[3]]
    return [row for row in current.rows.iter_rows(named=True) if [row[name] for name in KEY] != wanted]


def _changed(entry: Entry, kind: str, reason: str, current: Roll, made: Any) -> RollStep:
    """Bring the rows of a few persons from ``current`` to what ``made`` gives, as one step."""
    if not plain(reason):
        raise RefusedError(_("say why"), field="reason")
    before = RollStep.last()
    after: Roll = made()
    found = roll.difference(current, after)
    if found.nothing:
        raise RefusedError(_("nothing would change"))
    step = _step(entry, kind, plain(reason, longest=500))
    store.forward(found, step)
    _followed(step, before, found, current, after)
    entry.details = {
        "step": step.number,
        "reason": plain(reason, longest=500),
        "added": [cells.json_of(row) for row in found.added.to_dicts()],
        "gone": [cells.json_of(row) for row in found.gone.to_dicts()],
        "changed": [
            [*change.key, change.column, _text(change.before), _text(change.after)] for change in found.changes()
        ],
    }
    return step


def _text(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int) else str(value)


# -- duplicates ---------------------------------------------------------------------------------------------------


@act(REGISTRAR, silent=True)
def decide_pair(entry: Entry, contest: None, *, pair: int, decision: str, reason: str = "", keep: str = "") -> None:
    """Decide of two entries whether they are one person. ``decision``: same, different, later; ``keep``: whose key.

    Found to be the same, the other's rows become those of the one who is kept, now and in every later import.
    """
    found = DuplicatePair.objects.select_for_update().filter(pk=pair).first()
    if found is None or found.status in (DuplicatePair.Status.SAME, DuplicatePair.Status.DIFFERENT):
        raise RefusedError(_("this is decided already"))
    if decision not in ("same", "different", "later"):
        raise RefusedError(_("there is no such decision"), field="decision")
    if decision != "later" and not plain(reason):
        raise RefusedError(_("say what shows it"), field="reason")
    if decision == "same":
        if keep not in (found.a, found.b):
            raise RefusedError(_("say which entry is kept"), field="keep")
        _merge(entry, keep, found.b if keep == found.a else found.a, reason)
    entry.details |= {
        "a": found.a,
        "b": found.b,
        "decision": decision,
        "reason": plain(reason, longest=500),
        "keep": keep,
    }
    found.status, found.reason, found.by, found.at = decision, plain(reason, longest=500), entry.by, entry.at
    found.save()


def _merge(entry: Entry, keep: str, other: str, reason: str) -> None:
    current = store.load_persons([keep, other])
    try:
        step = _changed(entry, RollStep.Kind.MERGE, reason, current, lambda: roll.merge(current, keep, other))
    except InputError:
        raise RefusedError(_("one of them is no longer on the roll")) from None
    RollAlias.objects.filter(keep=other).update(keep=keep)
    RollAlias.objects.update_or_create(other=other, defaults={"keep": keep, "step": step})
    # Pairs with the key that is gone are pairs of the one who is kept, or nothing any more.
    for pair in DuplicatePair.objects.filter(status__in=["open", "later"]).filter(
        a=other
    ) | DuplicatePair.objects.filter(status__in=["open", "later"], b=other):
        a, b = sorted(keep if side == other else side for side in (pair.a, pair.b))
        if a == b or DuplicatePair.objects.filter(a=a, b=b).exists():
            if {pair.a, pair.b} != {keep, other}:
                pair.delete()
            continue
        pair.a, pair.b = a, b
        pair.save(update_fields=["a", "b"])


@act(REGISTRAR, silent=True)
def keep_pairs_found(entry: Entry, contest: None, *, pairs: list[list[Any]]) -> int:
    """Put the pairs that the program found onto the desk; those decided stay as they are. How many wait."""
    decided = set(DuplicatePair.objects.exclude(status="open").values_list("a", "b"))
    DuplicatePair.objects.filter(status="open").delete()
    DuplicatePair.objects.bulk_create(
        (
            DuplicatePair(a=a, b=b, why=why, score=score, group=group)
            for a, b, why, score, group in pairs
            if (a, b) not in decided
        ),
        batch_size=2_000,
    )
    waiting = DuplicatePair.objects.filter(status="open").count()
    entry.details = {"found": len(pairs), "waiting": waiting}
    return waiting


@act(REGISTRAR)
def export_roll(entry: Entry, contest: Contest | None, *, reason: str) -> str:
    """Hand out the roll as a file: entered with its reason, because it holds everybody's data."""
    if not plain(reason):
        raise RefusedError(_("say what it is for"), field="reason")
    return plain(reason, longest=500)


# -- steps --------------------------------------------------------------------------------------------------------


def _step(entry: Entry, kind: str, note: str) -> RollStep:
    """The next step. Whoever comes second, meanwhile, waits for the first and is then refused."""
    last = RollStep.last()
    try:
        with transaction.atomic():
            return RollStep.objects.create(
                number=(last.number if last else 0) + 1, kind=kind, at=entry.at, by=entry.by, note=note
            )
    except IntegrityError:
        raise RefusedError(_("somebody else is changing the roll just now: try again")) from None


def _counted(step: RollStep, fingerprint: str) -> None:
    step.counts = store.figures()
    step.rows, step.persons, step.fingerprint = step.counts["rows"], step.counts["persons"], fingerprint
    step.save()


def _followed(step: RollStep, before: RollStep | None, found: roll.Difference, current: Roll, after: Roll) -> None:
    """The figures after a change of a few rows, from those before it."""
    counts = before.counts if before else {"capacity": {}, "body": {}, "unit": {}, "no mail": 0}
    new = {key: dict(value) if isinstance(value, dict) else value for key, value in counts.items()}
    for rows, sign in ((current.rows, -1), (after.rows, 1)):
        for row in rows.iter_rows(named=True):
            for name in ("capacity", "body", "unit"):
                what = row[name] or ""
                if what or name != "body":
                    new[name][what] = new[name].get(what, 0) + sign
            new["no mail"] += 0 if row["email"] else sign
    for name in ("capacity", "body", "unit"):
        new[name] = {what: number for what, number in new[name].items() if number}
    step.rows = (before.rows if before else 0) + found.added.height - found.gone.height
    step.persons = (before.persons if before else 0) + after.persons - current.persons
    new |= {"rows": step.rows, "persons": step.persons}
    step.counts = new
    step.save()
