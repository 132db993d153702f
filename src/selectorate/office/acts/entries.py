"""Single entries of the organisation's roll, made and corrected by hand; probable duplicates decided."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from ... import roll
from ...errors import InputError, RefusedError
from ...roll import KEY, Roll
from ..models import DuplicatePair, Role, RollAlias, RollStep
from ..rolls import cells, store
from ..slugs import plain
from .core import Entry, act
from .roll_steps import followed, new_step

REGISTRAR = Role.REGISTRAR


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
    step = new_step(entry, kind, plain(reason, longest=500))
    store.forward(found, step)
    followed(step, before, found, current, after)
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
