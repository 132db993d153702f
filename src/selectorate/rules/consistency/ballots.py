"""Contradictions in ballots: who votes, how votes are combined, what elects."""

from __future__ import annotations

from ..grammar import Requirement
from ..model import BY_METHOD, BallotStage, Rulebook, full_weight
from .found import Contradiction, Found, known_names
from .papers import papers


def ballots(rulebook: Rulebook) -> Found:
    """Contradictions in every ballot."""
    last = max((i for i, stage in enumerate(rulebook.stage) if isinstance(stage, BallotStage)), default=-1)
    for index, stage in enumerate(rulebook.stage):
        if not isinstance(stage, BallotStage):
            continue
        at = ("stage", index)
        yield from _electorate(rulebook, stage, at)
        yield from _combination(stage, at)
        yield from papers(rulebook, stage, at)
        yield from _elected(stage, at, last=index == last)


def _electorate(rulebook: Rulebook, stage: BallotStage, at: tuple[str | int, ...]) -> Found:
    if stage.by and stage.segments:
        yield Contradiction(
            (*at, "segments"),
            'a ballot is either of a body ("by") or of segments',
            "Leave one of the two out.",
        )
    if not stage.by and not stage.segments:
        yield Contradiction(at, "nothing is said of who votes", 'Write by = "…" (a body) or segments = ["…"].')
    if stage.by and stage.by not in rulebook.bodies:
        yield Contradiction(
            (*at, "by"), f'there is no body "{stage.by}"', known_names(stage.by, rulebook.bodies, "bodies")
        )
    for number, segment in enumerate(stage.segments):
        if segment not in rulebook.segments:
            yield Contradiction(
                (*at, "segments", number),
                f'there is no segment "{segment}"',
                known_names(segment, rulebook.segments, "segments"),
            )
        elif segment in stage.segments[:number]:
            yield Contradiction(
                (*at, "segments", number),
                f'the segment "{segment}" is named twice',
                "Name each segment once.",
            )
        elif segment == "total":
            yield Contradiction(
                (*at, "segments", number),
                'a segment cannot be called "total"',
                "That is the name of all segments together.",
            )


def _combination(stage: BallotStage, at: tuple[str | int, ...]) -> Found:
    if stage.combine == "weighted-college":
        if not stage.weights:
            yield Contradiction(
                (*at, "combine"), "a weighted college needs weights", 'Write weights = { mps = "1/3", … }.'
            )
        elif set(stage.weights) != set(stage.segments):
            odd = sorted(set(stage.weights) ^ set(stage.segments))
            yield Contradiction(
                (*at, "weights"),
                f"weights and segments are not the same: {', '.join(odd)}",
                "Each segment has one weight.",
            )
        elif full_weight(stage.weights) != 1:
            yield Contradiction(
                (*at, "weights"),
                f"the weights add up to {full_weight(stage.weights)}, not to 1",
                'Write thirds as "1/3", not as "33%".',
            )
    elif stage.weights:
        yield Contradiction(
            (*at, "weights"),
            f'there are weights, but votes are combined as "{stage.combine}"',
            'Write combine = "weighted-college", or leave the weights out.',
        )
    if (stage.combine == "points-by-unit") != (stage.points is not None):
        if stage.points is None:
            yield Contradiction(
                (*at, "combine"),
                "points by unit need points",
                'Write points = { unit = "riding", each = 100 }.',
            )
        else:
            yield Contradiction(
                (*at, "points"),
                f'there are points, but votes are combined as "{stage.combine}"',
                'Write combine = "points-by-unit", or leave the points out.',
            )
    if stage.votes == "one in each segment" and stage.combine != "weighted-college":
        yield Contradiction(
            (*at, "votes"),
            f'"one in each segment" contradicts "{stage.combine}"',
            "One vote in each segment is for a weighted college.",
        )
    if "segment" in stage.declare and not stage.segments and "declare" in stage.model_fields_set:
        yield Contradiction((*at, "declare"), "there are no segments to declare", 'Write declare = ["total"].')


def _elected(stage: BallotStage, at: tuple[str | int, ...], *, last: bool) -> Found:
    repeated = stage.count == "repeated ballots"
    if stage.count in BY_METHOD:
        yield from _by_method(stage, at, last=last)
        return
    if not stage.elected and not any(rule.elected for rule in stage.ballots) and (last or stage.until is None):
        yield Contradiction(
            (*at, "elected"),
            "nothing is said of what elects",
            'Write elected = "majority of votes", or until = 2 if another ballot follows.',
        )
    if last and stage.until is not None:
        yield Contradiction(
            (*at, "until"),
            "the field is reduced, but no ballot follows",
            "Add the stage that decides, or leave until out.",
        )
    if not last and stage.until is None:
        yield Contradiction(at, "another ballot follows, but nothing is said of who goes on to it", "Write until = 2.")
    for key, given in (("minimum", stage.minimum != ()), ("ballots", bool(stage.ballots))):
        if given and not repeated:
            yield Contradiction(
                (*at, key),
                f'"{key}" is for repeated ballots, and the count is "{stage.count}"',
                'Write count = "repeated ballots", or leave it out.',
            )
    if stage.count == "most votes" and "out" in stage.model_fields_set:
        yield Contradiction(
            (*at, "out"),
            "nobody goes out of a single ballot",
            'Leave "out" away, or write count = "repeated ballots".',
        )
    yield from _single_ballots(stage, at)
    yield from _bases(stage, at)


def _by_method(stage: BallotStage, at: tuple[str | int, ...], *, last: bool) -> Found:
    """What a count by a method of its own leaves no room for: the method says it."""
    for key in ("elected", "out", "minimum", "until", "ballots", "points", "weights", "tie"):
        if key in stage.model_fields_set:
            message = f'"{key}" is said by the method of count "{stage.count}"'
            yield Contradiction((*at, key), message, "Leave it out.")
    if stage.combine != "one-person-one-vote":
        message = f'"{stage.count}" counts all papers together, not as a "{stage.combine}"'
        yield Contradiction((*at, "combine"), message, "Leave it out, or count by the alternative vote.")
    if not last:
        message = f'another ballot follows, but "{stage.count}" elects'
        yield Contradiction((*at, "count"), message, "Put this ballot last.")


def _single_ballots(stage: BallotStage, at: tuple[str | int, ...]) -> Found:
    """Rules for single ballots of several."""
    numbers = [rule.from_ for rule in stage.ballots]
    if numbers != sorted(set(numbers)):
        yield Contradiction(
            (*at, "ballots"),
            "the rules for single ballots are not in order",
            "Each [[stage.ballots]] has a higher from than the one before.",
        )
    if stage.ballots and stage.ballots[0].from_ == 1:
        for key in ("elected", "out"):
            if key in stage.model_fields_set and getattr(stage.ballots[0], key) is not None:
                yield Contradiction(
                    (*at, key),
                    f'"{key}" never holds: [[stage.ballots]] says something else from the first ballot on',
                    "Leave one of the two out.",
                )


def _bases(stage: BallotStage, at: tuple[str | int, ...]) -> Found:
    """What is asked for, or printed, is of something that this way of combining votes has."""
    bases: list[tuple[tuple[str | int, ...], Requirement]] = [((*at, "elected"), item) for item in stage.elected]
    for number, rule in enumerate(stage.ballots):
        bases += [((*at, "ballots", number, "elected"), item) for item in rule.elected or ()]
    allowed = {"weighted-college": ("the college",), "points-by-unit": ("points", "points allotted")}.get(
        stage.combine, ("votes", "valid votes", "ballots returned", "those entitled")
    )
    for path, requirement in bases:
        if requirement.kind not in ("most", "turnout") and requirement.base not in allowed:
            yield Contradiction(
                path,
                f'"{requirement}" does not go with "{stage.combine}"',
                f"The base can be: {', '.join(allowed)}.",
            )
    if stage.shares.of is not None and stage.combine != "one-person-one-vote" and stage.shares.of not in allowed:
        yield Contradiction(
            (*at, "shares", "of"),
            f'shares of "{stage.shares.of}" do not go with "{stage.combine}"',
            f"The base can be: {', '.join(allowed)}.",
        )
