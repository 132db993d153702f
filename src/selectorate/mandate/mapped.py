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

from ..contest import TOTAL
from ..contest.figures import sections_of
from ..contest.nominations import rule_on
from ..documents import nearest
from ..errors import InputError
from ..rules import BallotStage, MotionStage, Rulebook
from .cells import CannotBeKnown, listed
from .played import Amounts, Decisive
from .rivals import Loader
from .sources import Row, VoteSources, check_source, default_source, votes_of, whose_votes


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
    mapping: VoteSources | None,
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
            check_source(found, source)
    if not given and _identical(found, stage):
        yield Plan("", len(found.rounds), True, lambda number: found.rounds[number - 1].sections)
        return
    if isinstance(stage, BallotStage) and stage.combine == "points-by-unit":
        yield _by_unit(found, stage)
        return
    defaults = {name: default_source(found, stage, name) for name in sections if name not in given}
    missing = [_named(other, stage, name) for name, source in defaults.items() if source is None]
    if missing:
        why = f"nothing in the contest stands for {listed(missing)} of that rulebook: say which votes do"
        yield Plan("", 0, False, lambda number: None, cannot=why)
        return
    chosen = {name: tuple(given[name]) if name in given else (str(defaults[name]),) for name in sections}
    if given:
        _refuse_twice(found, chosen, loader)
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


def _refuse_twice(found: Decisive, chosen: Mapping[str, tuple[str, ...]], loader: Loader) -> None:
    """Raises InputError where a vote would count twice: a source given twice, or a segment beside ``total``."""
    taken: dict[str, str] = {}
    for section, sources in chosen.items():
        for source in sources:
            votes = whose_votes(found, section, source, loader)
            if votes in taken:
                where = f'for "{section}"' if taken[votes] == section else f'for "{taken[votes]}" and for "{section}"'
                raise InputError(f'the votes of "{source}" are taken twice, {where}', hint="Name each source once.")
            taken[votes] = section
    parts = [votes for votes in taken if votes in found.view.sections and votes != TOTAL]
    if TOTAL in taken and parts:
        raise InputError(
            f'"total" is all the votes, and those of "{parts[0]}" are taken beside it, in '
            + (f'"{taken[TOTAL]}"' if taken[TOTAL] == taken[parts[0]] else f'"{taken[parts[0]]}"'),
            hint="Name the segments, or total alone.",
        )


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
            fixed = [votes_of(found, section, source, loader) for source in terms]
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
