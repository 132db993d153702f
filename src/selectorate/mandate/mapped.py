"""Which votes stand for which section of another rulebook.

A mapping says, for a section of the other rulebook, where its votes come from: a list of sources, added up::

    {"members": ["members", "registered"], "plp": ["nominations+rest"]}

A source is one of

``<segment>``            the votes of a segment of the contest, or ``total`` for all of them
``nominations``          the nominations by the body of the section's name (``nominations:<body>`` by another), one vote
                         each
``nominations+rest``     the same, and everybody in the body who nominated nobody counted for the holder
``contest:<id>``         the votes of another contest. Of a motion the side of the holder counts for the holder, the
                         other side for the one challenger there is
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..contest import TOTAL, Case
from ..contest.declaration import NominationSheet, nominations
from ..contest.figures import sections_of
from ..contest.nominations import rule_on
from ..documents import nearest
from ..errors import InputError
from ..rules import BallotStage, MotionStage, Rulebook
from .cells import CannotBeKnown, listed
from .played import Amounts, Decisive, decisive
from .rivals import Loader

Mapping_ = Mapping[str, Sequence[str]]
Row = Mapping[str, int]


@dataclass(frozen=True)
class Plan:
    """One reading of how the votes stand for the sections of another rulebook.

    ``reading``: what tells it from the others, for the title; "" where there is one only. ``rounds``: how many rounds
    of the contest can be used. ``identical``: whether the sections are the contest's own, so that all its figures hold.
    ``sections``: the votes of a round (from 1), None where they are not known. ``used``: the segments that the votes
    come from, where they come from nothing else; None otherwise. ``cannot``: why there are no votes at all.
    """

    reading: str
    rounds: int
    identical: bool
    sections: Callable[[int], Amounts | None] = field(repr=False)
    assumptions: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    used: tuple[str, ...] | None = None
    cannot: str | None = None


def plans(
    found: Decisive,
    other: Rulebook,
    stage: BallotStage | MotionStage,
    mapping: Mapping_ | None,
    loader: Loader,
) -> Iterator[Plan]:
    """Every reading of ``mapping``, and of the defaults for what it does not name.

    Raises InputError if it names a section that the rulebook, or a segment that the contest does not have.
    """
    sections = sections_of(stage)
    given = dict(mapping or {})
    if isinstance(stage, BallotStage) and stage.by is not None and stage.by in given:
        given[TOTAL] = given.pop(stage.by)
    for name, sources in given.items():
        if name not in sections:
            raise InputError(
                f'the rulebook "{other.id}" has no section "{name}"',
                hint=nearest(name, sections, "Its sections are"),
            )
        for source in sources:
            _check(found, source)
    if not given and _identical(found, stage):
        yield Plan("", len(found.rounds), True, lambda number: found.rounds[number - 1].sections)
        return
    if isinstance(stage, BallotStage) and stage.combine == "points-by-unit":
        yield _by_unit(found, stage)
        return
    defaults = {name: _default(found, stage, name) for name in sections if name not in given}
    missing = [_named(other, stage, name) for name, source in defaults.items() if source is None]
    if missing:
        why = f"nothing in the contest stands for {listed(missing)} of that rulebook: say which votes do"
        yield Plan("", 0, False, lambda number: None, cannot=why)
        return
    chosen = {name: tuple(given[name]) if name in given else (str(defaults[name]),) for name in sections}
    open_ = [name for name in defaults if str(defaults[name]).startswith("nominations")]
    if not open_:
        yield _plan(found, other, stage, chosen, "", loader)
        return
    bodies = listed([found.case.body_name(str(defaults[name]).partition(":")[2]) for name in open_])
    alone = "counting only those who nominated"
    yield _plan(found, other, stage, chosen, f"{alone} among {bodies}", loader)
    # Only where nominating somebody else is a choice against the holder: supporting nominations are not.
    gates = {ruling.body for ruling in rule_on(found.case) if ruling.result != "supporting"}
    rest = {name: body for name in open_ if (body := str(defaults[name]).partition(":")[2]) in gates}
    if rest and found.case.contest.holder in found.rounds[0].candidates:
        with_rest = {
            name: (f"nominations+rest:{rest[name]}",) if name in rest else sources for name, sources in chosen.items()
        }
        silent = listed([found.case.body_name(body) for body in rest.values()])
        reading = f"counting those {silent} who nominated nobody for the holder"
        yield _plan(found, other, stage, with_rest, reading, loader)


def _identical(found: Decisive, stage: BallotStage | MotionStage) -> bool:
    """Whether ``stage`` counts the same sections of the same voters as the contest."""
    if isinstance(stage, MotionStage) or isinstance(found.stage, MotionStage):
        return (
            isinstance(stage, MotionStage)
            and isinstance(found.stage, MotionStage)
            and stage.motion == found.stage.motion
        )
    units = stage.combine == "points-by-unit"
    rounds_alike = stage.count == found.stage.count or len(found.rounds) == 1
    weighted = stage.combine == "weighted-college" and any(
        item.sections is None or TOTAL in item.sections for item in found.rounds
    )
    return (
        set(sections_of(stage)) == set(found.view.sections)
        and stage.by == found.stage.by
        and units == found.by_units
        and rounds_alike
        and not weighted
    )


def _named(other: Rulebook, stage: BallotStage | MotionStage, section: str) -> str:
    if section in other.segments:
        return other.segments[section].name
    if section == TOTAL and stage.by is not None:
        return other.bodies[stage.by].name
    return section


def _check(found: Decisive, source: str) -> None:
    kind, _, name = source.partition(":")
    if kind in ("nominations", "nominations+rest"):
        if name and name not in found.case.rulebook.bodies:
            hint = nearest(name, list(found.case.rulebook.bodies), "The bodies are")
            raise InputError(f'there is no body "{name}" in this contest', hint=hint)
        return
    if kind == "contest" and name:
        return
    known = [*found.view.sections, TOTAL]
    if source not in known:
        choice = [*dict.fromkeys(known), "nominations", "nominations+rest", "contest:<id>"]
        raise InputError(f'"{source}" is not a source of votes', hint=nearest(source, choice, "They are"))


def _default(found: Decisive, stage: BallotStage | MotionStage, section: str) -> str | None:
    """Where the votes of ``section`` come from if nothing is said; None if nothing stands for it."""
    own = found.view.sections
    if section != TOTAL:
        if section in own:
            return section
        if found.stage.by == section:
            return TOTAL
        return f"nominations:{section}" if _sheets(found.case, section) else None
    if stage.by is None or stage.by == found.stage.by or own == (TOTAL,):
        return TOTAL
    return f"nominations:{stage.by}" if _sheets(found.case, stage.by) else None


def _sheets(case: Case, body: str) -> list[NominationSheet]:
    """The nominations by ``body``, of which at least one is a number."""
    stages = {ruling.stage.id for ruling in rule_on(case) if ruling.body == body}
    sheets = [sheet for sheet in nominations(case) if sheet.stage in stages and sheet.body == case.body_name(body)]
    return sheets if any(sheet.count is not None for sheet in sheets) else []


def _by_unit(found: Decisive, stage: BallotStage) -> Plan:
    """A contest that was not counted by units, or not by the same, under a rulebook that counts by units."""
    units = found.case.units.get(found.stage.id)
    what = stage.points.unit if stage.points else "unit"
    if units is None:
        why = f"it counts by {what}, and the votes of every {what} are not known"
        return Plan("", 0, False, lambda number: None, cannot=why)
    told = (f"The units of the contest, {len(next(iter(units.rounds), {})):,}, are taken as its units.",)
    rounds = _rounds(found, stage)
    return Plan("", rounds, False, lambda number: units.rounds[number - 1], told, used=(TOTAL,))


def _rounds(found: Decisive, stage: BallotStage | MotionStage) -> int:
    """How many rounds can be used: all where both transfer preferences, or both repeat ballots; else the first."""
    if len(found.rounds) == 1 or isinstance(stage, MotionStage):
        return min(1, len(found.rounds))
    transfers = stage.count in ("alternative vote", "supplementary vote")
    repeats = stage.count in ("repeated ballots", "two rounds")
    alike = (transfers and found.preferential) or (repeats and found.view.repeated)
    return len(found.rounds) if alike else 1


def _plan(
    found: Decisive,
    other: Rulebook,
    stage: BallotStage | MotionStage,
    chosen: Mapping[str, tuple[str, ...]],
    reading: str,
    loader: Loader,
) -> Plan:
    sources = [source for terms in chosen.values() for source in terms]
    outside = any(":" in source or source.startswith("nominations") for source in sources)
    used = {source for source in sources if source in found.view.sections}
    everything = TOTAL in sources or used >= set(found.view.sections)
    out = [] if everything else [section for section in found.view.sections if section not in used]
    left_out = tuple(found.case.section_name(section) for section in out)
    told: list[str] = []
    swapped = _swapped(found, stage)
    if swapped:
        told.append("The motion is worded the other way round: votes for it are votes against the other.")
    try:
        if found.hidden and used and (len(chosen) > 1 or not _tells_nothing(found, sources)):
            found.refuse_hidden(sorted({*used, *found.hidden}))
        rows: dict[str, list[Row]] = {}
        for section, terms in chosen.items():
            fixed = [_row(found, section, source, loader) for source in terms]
            rows[section] = [row for row, _ in fixed if row is not None]
            told.append(_told(_named(other, stage, section), [sentence for _, sentence in fixed]))
    except CannotBeKnown as why:
        return Plan(reading, 0, False, lambda number: None, tuple(told), left_out, cannot=why.reason)
    if left_out:
        told.append(f"{_capital(listed(left_out))} have no place in it and are left out.")
    if isinstance(stage, BallotStage) and stage.votes == "one in each segment" and len(chosen) > 1:
        told.append(
            "Under these rules somebody who belongs to several sections has a vote in each; here every vote is counted"
            " once, where it was cast."
        )

    def sections(number: int) -> Amounts | None:
        votes: dict[str, dict[str, int]] = {}
        for section, terms in chosen.items():
            found_rows = list(rows[section])
            for source in terms:
                if source in (*found.view.sections, TOTAL):
                    row = _segment_row(found, source, number)
                    if row is None:
                        return None
                    found_rows.append(row)
            votes[section] = _sum(found_rows, found.rounds[number - 1].candidates)
        if swapped:
            votes = {name: {"for": row["against"], "against": row["for"]} for name, row in votes.items()}
        return votes

    rounds = 1 if outside else _rounds(found, stage)
    segments = None if outside else (TOTAL,) if TOTAL in sources else tuple(sorted(used))
    return Plan(reading, rounds, False, sections, tuple(told), left_out, segments)


def _tells_nothing(found: Decisive, sources: Sequence[str]) -> bool:
    """Whether a sum gives nothing away: everything once, or the hidden segments all together or not at all."""
    if TOTAL in sources:
        return list(sources) == [TOTAL]
    hidden = [source for source in sources if source in found.hidden]
    return not hidden or (len(hidden) == len(set(hidden)) == len(found.hidden))


def _swapped(found: Decisive, stage: BallotStage | MotionStage) -> bool:
    if not isinstance(stage, MotionStage) or not isinstance(found.stage, MotionStage):
        return False
    return {stage.motion, found.stage.motion} == {"confidence", "no confidence"}


def _segment_row(found: Decisive, source: str, number: int) -> Row | None:
    row = found.view.section_votes(number - 1, source)
    if row is None and len(found.view.sections) == 1:
        row = found.view.section_votes(number - 1, TOTAL)
    return row


def _sum(rows: Sequence[Row], people: Sequence[str]) -> dict[str, int]:
    return {who: sum(row.get(who, 0) for row in rows) for who in people}


def _told(section: str, sentences: Sequence[str]) -> str:
    return f"{_capital(section)}: {'; '.join(sentences)}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _row(found: Decisive, section: str, source: str, loader: Loader) -> tuple[Row | None, str]:
    """The votes of ``source`` (None for a segment, whose votes change by round), and what to say of them."""
    kind, _, name = source.partition(":")
    if kind == "contest" and name:
        return _other_contest(found, name, loader)
    if kind in ("nominations", "nominations+rest"):
        return _nominations(found, name or _nominators(found, section), rest=kind == "nominations+rest")
    if source == TOTAL:
        return None, "all the votes"
    return None, f"the votes of {found.case.section_name(source)}"


def _nominators(found: Decisive, section: str) -> str:
    """The body that is meant by ``nominations`` for ``section``: the one of its name, else the one that decided."""
    if _sheets(found.case, section):
        return section
    for ruling in rule_on(found.case):
        if ruling.result != "supporting" and ruling.count is not None:
            return ruling.body
    raise CannotBeKnown("there are no figures of nominations")


def _nominations(found: Decisive, body: str, *, rest: bool) -> tuple[Row, str]:
    case = found.case
    name = case.body_name(body)
    sheets = _sheets(case, body)
    if not sheets:
        raise CannotBeKnown(f"how many {name} nominated whom is not known")
    vague = [case.contest.candidates[sheet.candidate].name for sheet in sheets if sheet.at_least is not None]
    if vague:
        raise CannotBeKnown(f"how many {name} nominated {listed(vague)} is not known, only a lower bound")
    counts = {sheet.candidate: sheet.count for sheet in sheets if sheet.count is not None}
    people = found.rounds[0].candidates
    row = {who: counts.get(who, 0) for who in people}
    shown = [f"{counts[who]:,} for {case.contest.candidates[who].name}" for who in counts if who in people]
    said = f"the nominations by {name} are taken as their votes ({', '.join(shown)})"
    lost = sum(number for who, number in counts.items() if who not in people)
    if lost:
        said += f", the {lost:,} for others left out"
    if not rest:
        return row, said
    holder, size = case.contest.holder, case.body_size(body)
    if holder is None or holder not in people:
        raise CannotBeKnown("there is no holder on the paper for whom those who nominated nobody could be counted")
    if size is None:
        raise CannotBeKnown(f"how many {name} there were is not known")
    others = size - sum(counts.values())
    row[holder] += others
    held = case.contest.candidates[holder].name
    return row, f"{said}, and the {others:,} who nominated nobody are counted for {held}, the holder"


def _other_contest(found: Decisive, name: str, loader: Loader) -> tuple[Row, str]:
    case = loader(name)
    theirs = decisive(case)
    votes = theirs.rounds[-1].votes
    if votes is None:
        raise CannotBeKnown(f"the votes of {case.contest.title} are not known")
    people = found.rounds[0].candidates
    if not isinstance(theirs.stage, MotionStage):
        row = {who: votes.get(who, 0) for who in people}
        return row, f"the votes of {case.contest.title}, those for others left out"
    holder = found.case.contest.holder
    challengers = [who for who in people if who != holder]
    if holder not in people or len(challengers) != 1:
        raise CannotBeKnown("a motion says for whom its votes are only where the holder has one challenger")
    side = {"no confidence": "against", "confidence": "for"}.get(theirs.stage.motion)
    if side is None:
        raise CannotBeKnown("a resolution does not say whom its votes are for")
    against = "for" if side == "against" else "against"
    row = {str(holder): votes.get(side, 0), challengers[0]: votes.get(against, 0)}
    names = found.case.contest.candidates
    said = (
        f"the votes of {case.contest.title} ({row[str(holder)]:,} taken as for {names[str(holder)].name},"
        f" {row[challengers[0]]:,} as for {names[challengers[0]].name})"
    )
    return row, said
