"""A closed roll changed: by two officials, with a reason; the rulebook decides again of whom it concerns."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from ... import roll
from ...errors import InputError, RefusedError
from ...roll import KEY, Roll
from ..boxes import opening
from ..models import ClosedRoll, Contest, Entitlement, Role, RollAmendment, StageState
from ..rolls import cells, closing
from ..slugs import plain
from .closing import closed_of
from .core import Entry, act

REGISTRAR, OFFICER = Role.REGISTRAR, Role.RETURNING_OFFICER


def _changeable(contest: Contest, reason: str) -> ClosedRoll:
    closed = closed_of(contest)
    if contest.status != Contest.Status.ADOPTED:
        raise RefusedError(_("the contest is not under way"))
    ballots = [stage.id for stage in closing.stages(contest)]
    if not contest.stages.filter(stage__in=ballots).exclude(status=StageState.Status.CLOSED).exists():
        raise RefusedError(_("the ballot is over: its roll does not change any more"))
    if not plain(reason):
        raise RefusedError(_("a change of a closed roll has a reason, as it may be read in court"), field="reason")
    return closed


def _named(contest: Contest, person: str) -> str:
    """Somebody on the closed roll, so that a second official sees of whom it is."""
    found = Entitlement.objects.filter(closed=ClosedRoll.of(contest), person=person).first()
    return f"{found.name} ({person})" if found else person


def _what(values: dict[str, Any]) -> str:
    return "; ".join(f"{roll.COLUMNS[name].says}: {value}" for name, value in values.items() if name in roll.COLUMNS)


# -- two officials, with a reason ---------------------------------------------------------------------------------


@act(
    REGISTRAR,
    OFFICER,
    two=True,
    silent=True,
    says=lambda contest, values, reason, segment="": (
        _("admit %(name)s (%(person)s) to the closed roll: %(reason)s")
        % {"name": values.get("name"), "person": values.get("person") or values.get("number"), "reason": reason}
    ),
)
def admit_person(entry: Entry, contest: Contest, *, values: dict[str, Any], reason: str, segment: str = "") -> None:
    """Put somebody onto a closed roll. The rulebook decides their segment; ``segment``: a ruling against its tests."""
    closed = _changeable(contest, reason)
    row = cells.values_of(values)
    row["person"] = row.get("person") or row.get("number")
    for name in ("person", "name", "capacity"):
        if not row.get(name):
            raise RefusedError(_("an entry has a %(what)s") % {"what": roll.COLUMNS[name].says}, field=name)
    if segment and segment not in {name for stage in closing.stages(contest) for name in stage.segments}:
        raise RefusedError(_("there is no such segment"), field="segment")
    current = closing.of_persons(closed, [row["person"]])
    had = _votes(closed, row["person"])
    made = Roll.of([row])
    if current.rows.join(made.rows, on=KEY, how="semi", nulls_equal=True).height:
        raise RefusedError(_("they hold this capacity on the closed roll already: change the entry"), field="person")
    one = _amend(entry, closed, "add", row["person"], reason, values=cells.json_of(row), segment=segment)
    _decide(closed, one, [row["person"]])
    if not had and not _votes(closed, row["person"]):
        why = Entitlement.objects.filter(closed=closed, person=row["person"], ended=None).values_list(
            "reason", flat=True
        )
        raise RefusedError(
            _("the rulebook gives them no vote (%(why)s): correct what is entered, or name the segment as a ruling")
            % {"why": why.first() or ""},
            field="segment",
        )


@act(
    REGISTRAR,
    OFFICER,
    two=True,
    silent=True,
    says=lambda contest, person, reason, key=None: (
        _("strike %(person)s off the closed roll: %(reason)s") % {"person": _named(contest, person), "reason": reason}
    ),
)
def strike_person(entry: Entry, contest: Contest, *, person: str, reason: str, key: list[Any] | None = None) -> None:
    """Take somebody off a closed roll, or one of their capacities (``key``)."""
    closed = _changeable(contest, reason)
    rows = [row for row in _rows(closed, person) if key is None or [row[name] for name in KEY] == _key(key)]
    if not rows:
        raise RefusedError(_("there is no such entry on the closed roll"), field="person")
    for row in rows:
        gone = [row[name] for name in KEY]
        one = _amend(entry, closed, "strike", person, reason, key=gone, before=[cells.json_of(row)])
    _decide(closed, one, [person])


@act(
    REGISTRAR,
    OFFICER,
    two=True,
    silent=True,
    says=lambda contest, key, values, reason: (
        _("change the entry of %(person)s on the closed roll (%(what)s): %(reason)s")
        % {"person": _named(contest, key[0]), "what": _what(values), "reason": reason}
    ),
)
def change_entry(entry: Entry, contest: Contest, *, key: list[Any], values: dict[str, Any], reason: str) -> None:
    """Change an entry of a closed roll; their entitlement is decided again."""
    closed = _changeable(contest, reason)
    new = cells.values_of(values)
    row = next((row for row in _rows(closed, key[0]) if [row[name] for name in KEY] == _key(key)), None)
    if row is None:
        raise RefusedError(_("there is no such entry on the closed roll"))
    if set(new) & set(KEY) or ("name" in new and not new["name"]):
        raise RefusedError(_("the key of an entry does not change, and it has a name: strike it and admit another"))
    if not new or all(row[name] == value for name, value in new.items()):
        raise RefusedError(_("nothing would change"))
    # What is not known any more has to be said too: NULL is a value here.
    told = {name: cells.json_of({name: value}).get(name) for name, value in new.items()}
    one = _amend(entry, closed, "amend", key[0], reason, key=_key(key), values=told, before=[cells.json_of(row)])
    _decide(closed, one, [key[0]])


@act(
    REGISTRAR,
    OFFICER,
    two=True,
    silent=True,
    says=lambda contest, keep, other, reason: (
        _("%(other)s and %(keep)s on the closed roll are one person, with one vote: %(reason)s")
        % {"other": _named(contest, other), "keep": _named(contest, keep), "reason": reason}
    ),
)
def join_persons(entry: Entry, contest: Contest, *, keep: str, other: str, reason: str) -> None:
    """Find that two keys on a closed roll are one person, who is kept as ``keep`` and has one person's vote."""
    closed = _changeable(contest, reason)
    theirs = _rows(closed, other)
    if keep == other or not theirs or not _rows(closed, keep):
        raise RefusedError(_("these are not two persons on the closed roll"))
    before = [cells.json_of(row) for row in theirs]
    one = _amend(entry, closed, "merge", keep, reason, other=other, before=before)
    _decide(closed, one, [keep, other])


def _key(key: list[Any]) -> list[Any]:
    return [key[0], key[1], key[2] or None, key[3]]


def _rows(closed: ClosedRoll, person: str) -> list[dict[str, Any]]:
    return closing.of_persons(closed, [person]).rows.to_dicts()


def _amend(entry: Entry, closed: ClosedRoll, kind: str, person: str, reason: str, **more: Any) -> RollAmendment:
    first, second = entry.by, entry.second
    assert first is not None and second is not None
    # At the rehearsal, before anybody is asked to confirm it, the second is not known yet.
    names = [first.name, second.name if second != first else _("(a second official)")]
    if names[0].casefold() == names[1].casefold():
        names = [f"{user.name} <{user.email}>" for user in (first, second)]
    made = RollAmendment.objects.create(
        closed=closed,
        number=closed.amendments.count() + 1,
        kind=kind,
        person=person,
        reason=plain(reason, longest=500),
        officials=names,
        at=entry.at,
        **more,
    )
    told = {"kind": kind, "person": person, "reason": made.reason, **{k: v for k, v in more.items() if v}}
    entry.details.setdefault("changes", []).append(told)
    return made


def _votes(closed: ClosedRoll, person: str) -> int:
    return Entitlement.objects.filter(closed=closed, person=person, ended=None).exclude(segment="").count()


def _decide(closed: ClosedRoll, one: RollAmendment, persons: list[str]) -> None:
    """Let the rulebook decide again of ``persons``, and keep the figures of the roll with it."""
    try:
        rows = closing.of_persons(closed, persons)
    except InputError as fault:
        raise RefusedError(fault.message, hint=fault.hint) from None
    found = closing.judged(closed, rows)
    for stage, entitled in found.items():
        new = {person: [] for person in persons}
        for row in closing.decided(entitled, rows).to_dicts():
            new[row["person"]].append(row)
        counts = closed.standing[stage]
        for person in persons:
            _ruled(closed, stage, person, new, rows)
            effect = _replaced(closed, stage, person, new[person], one, counts)
            segments = [row["segment"] for row in new[person] if row["segment"]]
            opening.hold(closed.contest, stage, f"roll:{person}", segments, one.at)
            one.effect[stage] = one.effect.get(stage, 0) + effect
    # After every change anew: who is entitled again is still the person who has voted under another key.
    for person in persons:
        for other in sorted(closing.merged_with(closed, person)):
            opening.hold_joined(closed.contest, f"roll:{person}", f"roll:{other}", one.at)
    one.save(update_fields=["effect"])
    closed.save(update_fields=["standing"])


def _ruled(closed: ClosedRoll, stage: str, person: str, new: dict[str, list[dict[str, Any]]], rows: Roll) -> None:
    """Put a ruling of the officials in the place of the rulebook's refusal."""
    ruling = closed.amendments.filter(person=person).exclude(segment="").last()
    segments = next(one.segments for one in closing.stages(closed.contest) if one.id == stage)
    if ruling is None or ruling.segment not in segments or any(row["segment"] for row in new[person]):
        return
    here = [row for row in rows.rows.to_dicts() if row["person"] == person]
    if here:
        told = {name: here[0][name] or "" for name in ("name", "capacity", "body", "unit")}
        empty = {"also": "", "several": False, "reason": "", "reasons": ""}
        new[person] = [{"person": person, "segment": ruling.segment, "spell": here[0]["spell"], **told, **empty}]


def _replaced(
    closed: ClosedRoll,
    stage: str,
    person: str,
    new: list[dict[str, Any]],
    one: RollAmendment,
    counts: dict[str, Any],
) -> int:
    """End what stood of a person and enter ``new``; by how many those entitled change."""
    old = Entitlement.objects.filter(closed=closed, stage=stage, person=person, ended=None)
    same = ("segment", "also", "several", "capacity", "body", "spell", "unit", "reason", "name")
    if sorted(map(str, old.values_list(*same))) == sorted(str(tuple(row[name] for name in same)) for row in new):
        return 0
    had = [row.segment for row in old if row.segment]
    old.update(ended=one)
    for row in new:
        kept = {name: row[name] for name in (*same, "reasons")}
        Entitlement.objects.create(closed=closed, stage=stage, person=person, began=one, **kept)
    has = [row["segment"] for row in new if row["segment"]]
    for segment in had:
        counts["by_segment"][segment] -= 1
    for segment in has:
        counts["by_segment"][segment] = counts["by_segment"].get(segment, 0) + 1
    counts["entitled"] += bool(has) - bool(had)
    return bool(has) - bool(had)
