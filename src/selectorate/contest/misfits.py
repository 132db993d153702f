"""What does not fit in a contest file: whatever refers to what neither it nor its rulebook has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..documents import Document, nearest, shown
from ..errors import Problem
from ..rules import BallotStage, MotionStage, NominationStage, Rulebook
from .model import MOTION, REOPEN, TOTAL, BallotFigures, Contest, Round

Found = Iterator[Problem]


def misfits(contest: Contest, rulebook: Rulebook, document: Document) -> Found:
    """Everything in the contest that refers to what neither it nor its rulebook has."""
    yield from _bodies(contest, rulebook, document)
    yield from _people(contest, rulebook, document)
    yield from _nominations(contest, rulebook, document)
    seen: set[str] = set()
    for index, ballot in enumerate(contest.ballot):
        at = ("ballot", index)
        stage = rulebook.stage_named(ballot.stage)
        if not isinstance(stage, BallotStage | MotionStage):
            yield no_ballot(rulebook, ballot.stage, document, *at)
            continue
        if ballot.stage in seen:
            yield Problem(
                f'the ballot "{ballot.stage}" is given twice',
                document.where(*at, "stage"),
                "Put its rounds under one [[ballot]].",
            )
        seen.add(ballot.stage)
        yield from _figures(contest, stage, ballot, document, at)


def no_ballot(rulebook: Rulebook, name: str, document: Document, *at: str | int) -> Problem:
    """A ballot that the rulebook does not have, named at ``at``."""
    names = [stage.id for stage in rulebook.stage if not isinstance(stage, NominationStage)]
    hint = nearest(name, names, "It has") or "It knows no ballots."
    return Problem(f'the rulebook "{rulebook.id}" has no ballot "{name}"', document.where(*at, "stage"), hint)


def _twice(names: Sequence[str], document: Document, *at: str | int) -> Found:
    for number, name in enumerate(names):
        if name in names[:number]:
            yield Problem(f'"{name}" is named twice', document.where(*at, number), "Name each once.")


def _bodies(contest: Contest, rulebook: Rulebook, document: Document) -> Found:
    for name, body in contest.bodies.items():
        if name not in rulebook.bodies:
            yield Problem(
                f'the rulebook "{rulebook.id}" has no body "{name}"',
                document.where("bodies", name),
                nearest(name, list(rulebook.bodies), "It has") or "It knows no bodies.",
            )
            continue
        yield from _parts(rulebook, name, body.parts, document, "bodies", name, "parts")
        if body.size is not None and sum(body.parts.values()) > body.size:
            yield Problem(
                f"the parts add up to {sum(body.parts.values()):,}, more than the {body.size:,} there are",
                document.where("bodies", name, "parts"),
                "Nobody belongs to two parts: correct the parts or the size.",
            )


def _people(contest: Contest, rulebook: Rulebook, document: Document) -> Found:
    names: dict[str, str] = {}
    for key, candidate in contest.candidates.items():
        folded = " ".join(candidate.name.casefold().split())
        if key in (*MOTION, REOPEN, TOTAL):
            yield Problem(
                f'a candidate cannot be called "{key}"',
                document.where("candidates", key),
                "Choose another key: the name that is shown is under name.",
            )
        if folded in names:
            yield Problem(
                f'{shown(candidate.name)} is also the name of "{names[folded]}"',
                document.where("candidates", key, "name"),
                "Two candidates must be told apart on the paper.",
            )
        names[folded] = key
        for number, group in enumerate(candidate.groups):
            if group not in rulebook.groups:
                yield Problem(
                    f'the rulebook "{rulebook.id}" has no group "{group}"',
                    document.where("candidates", key, "groups", number),
                    nearest(group, list(rulebook.groups), "It has") or "It knows no groups: leave it out.",
                )
    for number, who in enumerate(contest.elected):
        if who not in contest.candidates:
            yield nobody(contest, who, document, "elected", number)
    yield from _twice(contest.elected, document, "elected")
    if contest.holder is not None and contest.holder not in contest.candidates:
        yield nobody(contest, contest.holder, document, "holder")


def nobody(contest: Contest, who: str, document: Document, *path: str | int) -> Problem:
    """A candidate whom the contest does not have, named at ``path``."""
    return Problem(
        f'there is no candidate "{who}"',
        document.where(*path),
        nearest(who, list(contest.candidates), "The candidates are") or "Add them under [candidates.…].",
    )


def _nominations(contest: Contest, rulebook: Rulebook, document: Document) -> Found:
    seen: set[tuple[str, str | None]] = set()
    for index, figures in enumerate(contest.nomination):
        at = ("nomination", index)
        stage = rulebook.stage_named(figures.stage)
        if not isinstance(stage, NominationStage):
            names = [s.id for s in rulebook.stage if isinstance(s, NominationStage)]
            yield Problem(
                f'the rulebook "{rulebook.id}" has no nomination stage "{figures.stage}"',
                document.where(*at, "stage"),
                nearest(figures.stage, names, "It has") or "It knows no nominations.",
            )
            continue
        if (figures.stage, figures.by) in seen:
            yield Problem(
                f'the nominations "{figures.stage}" are given twice',
                document.where(*at, "stage"),
                "Put them under one [[nomination]], or say under each by which body they were made.",
            )
        seen.add((figures.stage, figures.by))
        ways = [gate.by for gate in stage.any] if stage.any else [stage.by]
        if figures.by is None and stage.any:
            yield Problem(
                '"by" is missing: there are several ways to be nominated',
                document.where(*at),
                f"Write one of: {', '.join(str(way) for way in ways)}.",
            )
        elif figures.by is not None and figures.by not in ways:
            yield Problem(
                f'"{figures.by}" does not nominate at this stage',
                document.where(*at, "by"),
                f"It can be: {', '.join(str(way) for way in ways)}.",
            )
        groups: dict[str, Sequence[str]] = {
            "counts": list(figures.counts),
            "at_least": list(figures.at_least),
            "parts": list(figures.parts),
            "measured": list(figures.measured),
            "spread": list(figures.spread),
            "automatic": figures.automatic,
            "withdrew": figures.withdrew,
            "refused": list(figures.refused),
        }
        for key, people in groups.items():
            for number, who in enumerate(people):
                if who not in contest.candidates:
                    yield nobody(contest, who, document, *at, key, who if isinstance(people, list) else number)
        for who in figures.at_least:
            if who in figures.counts:
                yield Problem(
                    f'how many nominated "{who}" is given twice',
                    document.where(*at, "at_least", who),
                    "Write the number under counts, or under at_least where only a lower bound is known.",
                )
        body = figures.by or stage.by or ""
        for who, parts in figures.parts.items():
            yield from _parts(rulebook, body, parts, document, *at, "parts", who)


def _parts(rulebook: Rulebook, body: str, parts: Iterable[str], document: Document, *at: str | int) -> Found:
    """What of ``parts`` the rulebook does not know, where it names the parts of ``body`` at all."""
    known = list(rulebook.bodies[body].parts) if body in rulebook.bodies else []
    for part in parts:
        if known and part not in known:
            hint = nearest(part, known, "It has")
            yield Problem(f'the body "{body}" has no part "{part}"', document.where(*at, part), hint)


def _figures(
    contest: Contest,
    stage: BallotStage | MotionStage,
    ballot: BallotFigures,
    document: Document,
    at: tuple[str | int, ...],
) -> Found:
    segments = stage.segments if isinstance(stage, BallotStage) else ()
    sections = {*segments, TOTAL}
    motion = isinstance(stage, MotionStage)
    people = set(MOTION) if motion else set(contest.candidates)
    if not motion and isinstance(stage, BallotStage) and stage.reopen_nominations:
        people.add(REOPEN)
    yield from _files(stage, ballot, sections, document, at)
    if not motion:
        for key in ("asked", "asked_needed", "holder", "carried"):
            if getattr(ballot, key) is not None:
                yield Problem(f'"{key}" is for motions', document.where(*at, key), "Leave it out here.")
    elif isinstance(stage, MotionStage) and stage.motion == "resolution" and ballot.holder is not None:
        yield Problem("a resolution is not about a holder", document.where(*at, "holder"), "Leave it out.")
    yield from _sections(ballot.roll, sections, document, (*at, "roll"))
    for number, figures in enumerate(ballot.round):
        yield from _round(
            contest,
            figures,
            sections,
            people,
            document,
            (*at, "round", number),
            motion=motion,
            college=isinstance(stage, BallotStage) and stage.combine == "weighted-college",
            points=isinstance(stage, BallotStage) and stage.points is not None,
        )


def _files(
    stage: BallotStage | MotionStage,
    ballot: BallotFigures,
    sections: set[str],
    document: Document,
    at: tuple[str | int, ...],
) -> Found:
    """Files of ballots: one for the whole ballot, or one for each round where every round is a ballot of its own."""
    repeated = isinstance(stage, BallotStage) and stage.count in ("repeated ballots", "two rounds")
    by_unit = isinstance(stage, BallotStage) and stage.combine == "points-by-unit"
    if ballot.ballots and repeated:
        hint = "Give the file of each ballot in its [[ballot.round]]."
        yield Problem("the ballots of repeated ballots are in a file each", document.where(*at, "ballots"), hint)
    tables = [((*at, "ballots"), ballot.ballots)]
    for number, figures in enumerate(ballot.round):
        where = (*at, "round", number, "ballots")
        if figures.ballots and not repeated:
            hint = 'Give "ballots" once, over all rounds.'
            yield Problem("every round counts the same papers", document.where(*where), hint)
        tables.append((where, figures.ballots))
    for where, table in tables:
        if by_unit and TOTAL in table:
            hint = 'Name a file for each unit: { north = "north.blt", south = "south.blt" }.'
            yield Problem("points are given by the ballots of each unit", document.where(*where), hint)
        if not by_unit:
            yield from _sections(table, sections, document, where)
        if TOTAL in table and len(table) > 1:
            hint = "Name one file, or one for each segment."
            yield Problem("ballots of everybody stand beside those of a segment", document.where(*where), hint)


def _sections(table: Mapping[str, object], sections: set[str], document: Document, at: tuple[str | int, ...]) -> Found:
    for section in table:
        if section not in sections:
            hint = f"Figures stand under: {', '.join(sorted(sections))}."
            yield Problem(f'there is no segment "{section}" in this ballot', document.where(*at, section), hint)


def _round(
    contest: Contest,
    figures: Round,
    sections: set[str],
    people: set[str],
    document: Document,
    at: tuple[str | int, ...],
    *,
    motion: bool,
    college: bool,
    points: bool,
) -> Found:
    if figures.weighted and not college:
        yield Problem(
            "weighted shares belong to a weighted college, and this ballot is not one",
            document.where(*at, "weighted"),
            "Write shares of a segment under shares.",
        )
    elif TOTAL in figures.weighted:
        yield Problem(
            "what a section gave has no total",
            document.where(*at, "weighted", TOTAL),
            "Write the shares of the whole college under shares.total.",
        )
    if figures.points and not points:
        yield Problem(
            "points belong to a ballot by points, and this one is not",
            document.where(*at, "points"),
            "Write votes under votes, shares under shares.",
        )
    for key in ("votes", "shares", "weighted"):
        table: Mapping[str, Mapping[str, object]] = getattr(figures, key)
        yield from _sections(table, sections, document, (*at, key))
        for section, row in table.items():
            for who in row:
                if who not in people:
                    yield _stranger(contest, who, document, (*at, key, section, who), motion=motion)
    yield from _sections(figures.roll, sections, document, (*at, "roll"))
    for who in figures.points:
        if who not in people:
            yield _stranger(contest, who, document, (*at, "points", who), motion=motion)
    for key in ("out", "withdrawn", "new", "elected"):
        for number, who in enumerate(getattr(figures, key)):
            if who not in people:
                yield _stranger(contest, who, document, (*at, key, number), motion=motion)
        yield from _twice(getattr(figures, key), document, *at, key)


def _stranger(contest: Contest, who: str, document: Document, at: tuple[str | int, ...], *, motion: bool) -> Problem:
    if motion:
        return Problem(
            f'"{who}" is not a side of a motion',
            document.where(*at),
            'Write "for" and "against" the motion as it is worded.',
        )
    return nobody(contest, who, document, *at)
