"""What two keys of a rulebook can get wrong together: references to what is not there, rules that contradict.

``contradictions`` yields every one; each check is a small function in the list at the end.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ..documents import FileModel, nearest, shown
from .grammar import ParameterRef, Quantity, Requirement
from .model import (
    BallotStage,
    ByOccasion,
    Gate,
    GroupRule,
    MotionStage,
    NominationStage,
    Rulebook,
    full_weight,
    held,
)

ROLL_COLUMNS = (
    "person",
    "capacity",
    "joined",
    "left",
    "born",
    "suspended",
    "arrears",
    "unit",
    "body",
    "registered",
    "consented",
    "paid",
    "citizen",
    "resident",
)
"""The columns of the roll that a test of entitlement can use."""


@dataclass(frozen=True)
class Contradiction:
    """One thing that is wrong, ``key`` being its path in the file."""

    key: tuple[str | int, ...]
    message: str
    hint: str | None = None


Found = Iterator[Contradiction]


def _known(word: str, names: Mapping[str, object], what: str) -> str:
    """What would be right instead of ``word``: the nearest of ``names``, all of them, or where one is added."""
    listed = ", ".join(f'"{name}"' for name in names)
    none = f"The rulebook has no {what}: add one under [{what}.…]."
    return nearest(word, list(names)) or (f"The rulebook has {listed}." if listed else none)


def _ids_are_unique(rulebook: Rulebook) -> Found:
    seen: set[str] = set()
    for index, stage in enumerate(rulebook.stage):
        if stage.id in seen:
            yield Contradiction(
                ("stage", index, "id"),
                f'there are two stages "{stage.id}"',
                "Give each stage an id of its own.",
            )
        seen.add(stage.id)


def _gates(stage: NominationStage) -> Iterator[tuple[Gate, tuple[str | int, ...]]]:
    if stage.by is not None and stage.threshold is not None:
        yield Gate(by=stage.by, threshold=stage.threshold), ()
    for index, gate in enumerate(stage.any):
        yield gate, ("any", index)


def _nominations(rulebook: Rulebook) -> Found:
    for index, stage in enumerate(rulebook.stage):
        if not isinstance(stage, NominationStage):
            continue
        at = ("stage", index)
        if stage.any and (stage.by or stage.threshold is not None):
            yield Contradiction(
                (*at, "any"),
                'a nomination has either "by" and "threshold" or "any"',
                "With several ways to be nominated put each under [[stage.any]].",
            )
        if not stage.any and stage.effect != "none" and (stage.by is None or stage.threshold is None):
            missing = "by" if stage.by is None else "threshold"
            yield Contradiction(
                (*at, missing),
                f'"{missing}" is missing',
                "A nomination says by whom, and how many of them are needed.",
            )
        if len(stage.any) == 1 and stage.any[0] == Gate(by=stage.any[0].by, threshold=stage.any[0].threshold):
            yield Contradiction(
                (*at, "any"),
                "there is one way to be nominated, not several",
                'Write it as "by" and "threshold" of the stage itself.',
            )
        if stage.by is not None and stage.by not in rulebook.bodies:
            yield Contradiction(
                (*at, "by"), f'there is no body "{stage.by}"', _known(stage.by, rulebook.bodies, "bodies")
            )
        for gate, inside in _gates(stage):
            body = rulebook.bodies.get(gate.by)
            if body is None:
                if inside:
                    yield Contradiction(
                        (*at, *inside, "by"),
                        f'there is no body "{gate.by}"',
                        _known(gate.by, rulebook.bodies, "bodies"),
                    )
                continue
            for part in gate.including:
                if part not in body.parts:
                    yield Contradiction(
                        (*at, *inside, "including", part),
                        f'the body "{gate.by}" has no part "{part}"',
                        nearest(part, list(body.parts), "It has") or f"Name its parts under [bodies.{gate.by}.parts].",
                    )
            if gate.together and gate.together.of != body.measure:
                hint = (
                    f"Write {shown(body.measure)}."
                    if body.measure
                    else (
                        f"Say in [bodies.{gate.by}] what its members are counted by: measure ="
                        f" {shown(gate.together.of)}."
                    )
                )
                yield Contradiction(
                    (*at, *inside, "together", "of"),
                    f'the body "{gate.by}" is not counted by {shown(gate.together.of)}',
                    hint,
                )
        incumbent = held(stage.incumbent)
        if stage.effect == "none" and incumbent != "needs nominations":
            yield Contradiction(
                (*at, "incumbent"),
                "nominations that decide nothing give the incumbent nothing",
                'Leave "incumbent" out here.',
            )


def _motions(rulebook: Rulebook) -> Found:
    for index, stage in enumerate(rulebook.stage):
        if not isinstance(stage, MotionStage):
            continue
        at = ("stage", index)
        for key, body in (
            ("by", stage.by),
            ("asked_by", stage.asked_by.body if stage.asked_by else stage.by),
        ):
            if body not in rulebook.bodies:
                path = (*at, "asked_by", "body") if key == "asked_by" else (*at, "by")
                yield Contradiction(path, f'there is no body "{body}"', _known(body, rulebook.bodies, "bodies"))
        if not stage.carried:
            yield Contradiction(
                (*at, "carried"),
                "nothing is said of what the motion needs",
                'Write "majority of valid votes".',
            )
        for requirement in stage.carried:
            if requirement.kind in ("most", "lead") or requirement.base in (
                "points",
                "points allotted",
                "the college",
            ):
                yield Contradiction(
                    (*at, "carried"),
                    f'a motion cannot need "{requirement}"',
                    'Write "majority of valid votes", "at least 2/3 of those entitled" or "turnout of at least 50%".',
                )
        if stage.effect == "none":
            for key in ("holder_may_stand", "safe_months"):
                if getattr(stage, key) is not None:
                    yield Contradiction(
                        (*at, key),
                        f'a motion without effect cannot have "{key}"',
                        f'Leave "{key}" out, or say the effect: effect = "vacancy".',
                    )
        if stage.motion == "resolution" and stage.holder_may_stand is not None:
            yield Contradiction(
                (*at, "holder_may_stand"),
                "a resolution is not about a holder",
                'Leave it out, or write motion = "confidence".',
            )


def _ballots(rulebook: Rulebook) -> Found:
    last = max((i for i, stage in enumerate(rulebook.stage) if isinstance(stage, BallotStage)), default=-1)
    for index, stage in enumerate(rulebook.stage):
        if not isinstance(stage, BallotStage):
            continue
        at = ("stage", index)
        yield from _electorate(rulebook, stage, at)
        yield from _combination(stage, at)
        yield from _papers(rulebook, stage, at)
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
        yield Contradiction((*at, "by"), f'there is no body "{stage.by}"', _known(stage.by, rulebook.bodies, "bodies"))
    for number, segment in enumerate(stage.segments):
        if segment not in rulebook.segments:
            yield Contradiction(
                (*at, "segments", number),
                f'there is no segment "{segment}"',
                _known(segment, rulebook.segments, "segments"),
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


def _papers(rulebook: Rulebook, stage: BallotStage, at: tuple[str | int, ...]) -> Found:
    ranked = stage.count in ("alternative vote", "supplementary vote")
    if ranked and stage.paper != "rank":
        yield Contradiction((*at, "paper"), f'"{stage.count}" needs ranked papers', 'Write paper = "rank".')
    if not ranked and stage.paper == "rank":
        yield Contradiction((*at, "paper"), f'"{stage.count}" does not use rankings', 'Write paper = "choose one".')
    if (stage.paper == "choose up to") != (stage.choose_up_to is not None):
        key = "paper" if stage.choose_up_to is None else "choose_up_to"
        yield Contradiction(
            (*at, key),
            '"choose up to" and choose_up_to belong together',
            'Write paper = "choose up to" and choose_up_to = 19.',
        )
    if isinstance(stage.places, int) and stage.places < 1:
        yield Contradiction((*at, "places"), "nobody is elected", "places is 1 or more.")
    if isinstance(stage.places, int) and stage.places > 1 and stage.count != "most votes":
        yield Contradiction(
            (*at, "places"),
            f'"{stage.count}" fills one place, not {stage.places}',
            'Write count = "most votes".',
        )
    if stage.paper == "choose up to" and stage.count != "most votes":
        yield Contradiction(
            (*at, "count"),
            f'"choose up to" papers cannot be counted by "{stage.count}"',
            'Write count = "most votes".',
        )
    yield from _group_rules(rulebook, stage.paper_rules, stage.choose_up_to or 1, (*at, "paper_rules"))
    yield from _group_rules(rulebook, stage.result_rules, stage.places, (*at, "result_rules"))


def _pairs(rulebook: Rulebook) -> Found:
    if rulebook.pair_rules and rulebook.candidate == "a person":
        yield Contradiction(
            ("pair_rules",),
            "there are rules for pairs, but a candidate is one person",
            'Write candidate = "a pair" or "a person or a pair", or leave them out.',
        )
    yield from _group_rules(rulebook, rulebook.pair_rules, 2, ("pair_rules",))


def _group_rules(
    rulebook: Rulebook, rules: tuple[GroupRule, ...], size: int | ParameterRef, at: tuple[str | int, ...]
) -> Found:
    least = 0
    for number, rule in enumerate(rules):
        if rule.group not in rulebook.groups:
            yield Contradiction(
                (*at, number, "group"),
                f'there is no group "{rule.group}"',
                _known(rule.group, rulebook.groups, "groups"),
            )
        if rule.at_least is None and rule.at_most is None:
            yield Contradiction((*at, number), "the rule asks for nothing", "Write at_least or at_most.")
        if rule.at_least is not None and rule.at_most is not None and rule.at_least > rule.at_most:
            yield Contradiction(
                (*at, number),
                f"at least {rule.at_least} and at most {rule.at_most} contradict each other",
                "at_most is not less than at_least.",
            )
        least += rule.at_least or 0
    if rules and isinstance(size, int) and least > size:
        yield Contradiction(
            at,
            f"{least} are asked for of {size}",
            "A paper, a pair or a result cannot contain more than it has places.",
        )


def _elected(stage: BallotStage, at: tuple[str | int, ...], *, last: bool) -> Found:
    repeated = stage.count == "repeated ballots"
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
    bases: list[tuple[tuple[str | int, ...], Requirement]] = [((*at, "elected"), item) for item in stage.elected]
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


def _parameters(rulebook: Rulebook) -> Found:
    used: set[str] = set()

    def walk(value: object, path: tuple[str | int, ...]) -> Found:
        if isinstance(value, ParameterRef):
            used.add(value.parameter)
            if value.parameter not in rulebook.parameters:
                yield Contradiction(
                    path,
                    f'there is no parameter "{value.parameter}"',
                    _known(value.parameter, rulebook.parameters, "parameters"),
                )
        elif isinstance(value, dict):
            for key, item in value.items():
                yield from walk(item, (*path, key))
        elif isinstance(value, tuple):
            for number, item in enumerate(value):
                yield from walk(item, (*path, number))
        elif isinstance(value, FileModel):
            for name, spec in type(value).model_fields.items():
                yield from walk(getattr(value, name), (*path, spec.alias or name))

    yield from walk(rulebook.stage, ("stage",))
    for name in rulebook.parameters:
        if name not in used:
            yield Contradiction(
                ("parameters", name),
                f'the parameter "{name}" is used nowhere',
                f'Write {{ parameter = "{name}" }} where it belongs.',
            )


def _unused(rulebook: Rulebook) -> Found:
    voting = {name for stage in rulebook.stage if isinstance(stage, BallotStage) for name in stage.segments}
    for name in rulebook.segments:
        if name not in voting:
            yield Contradiction(
                ("segments", name),
                f'the segment "{name}" votes in no ballot',
                "Name it in the segments of a ballot, or leave it out.",
            )


def _entitlement(rulebook: Rulebook) -> Found:
    for segment, table in rulebook.segments.items():
        for reason, test in table.entitled.items():
            path = ("segments", segment, "entitled", reason)
            problem = _fault_of_test(test, tuple(rulebook.timetable))
            if problem:
                yield Contradiction(path, *problem)


def _fault_of_test(test: str, dates: tuple[str, ...]) -> tuple[str, str] | None:
    """What is wrong with a test of entitlement, and what would be right; None if nothing is."""
    import polars  # here, because it is only needed for rulebooks with such tests, and takes a while to load

    try:
        expression = polars.sql_expr(test)
        names = set(expression.meta.root_names())
    except (Exception, polars.exceptions.PanicException) as fault:  # of several kinds, none of them documented
        said = shown(re.sub(r"\s+", " ", str(fault)))[1:-1]
        why = "" if said.startswith("unable to parse") else f": {said}"
        return f"{shown(test)} is not a test{why}", "Write a condition: joined <= freeze"
    unknown = sorted(names - set(ROLL_COLUMNS) - set(dates))
    if unknown:
        known = ", ".join((*ROLL_COLUMNS, *dates))
        return (
            (
                f"{shown(test)} uses {shown(unknown[0])}, which is neither a column of the roll nor a date of the"
                " timetable"
            ),
            nearest(unknown[0], (*ROLL_COLUMNS, *dates)) or f"It can use: {known}.",
        )
    if not names:
        return f"{shown(test)} looks at nothing on the roll", "Write a condition: joined <= freeze"
    return None


def _thresholds(rulebook: Rulebook) -> Found:
    for index, stage in enumerate(rulebook.stage):
        if isinstance(stage, NominationStage):
            for gate, inside in _gates(stage):
                given = gate.threshold
                if isinstance(given, ByOccasion):
                    yield from _nobody(given.vacancy, ("stage", index, *inside, "threshold", "vacancy"))
                    yield from _nobody(given.challenge, ("stage", index, *inside, "threshold", "challenge"))
                else:
                    yield from _nobody(given, ("stage", index, *inside, "threshold"))
        if isinstance(stage, MotionStage) and stage.asked_by:
            yield from _nobody(stage.asked_by.threshold, ("stage", index, "asked_by", "threshold"))


def _nobody(threshold: Quantity | ParameterRef, at: tuple[str | int, ...]) -> Found:
    if isinstance(threshold, Quantity) and threshold.of(100) == 0:
        hint = "A threshold is 1 or more; without one, leave the stage out."
        yield Contradiction(at, "nobody at all would be needed", hint)


CHECKS: tuple[Callable[[Rulebook], Found], ...] = (
    _ids_are_unique,
    _nominations,
    _thresholds,
    _motions,
    _ballots,
    _pairs,
    _parameters,
    _unused,
    _entitlement,
)


def contradictions(rulebook: Rulebook) -> Iterator[Contradiction]:
    """Everything in ``rulebook`` that refers to what is not there or contradicts itself."""
    for check in CHECKS:
        yield from check(rulebook)
