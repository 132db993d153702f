"""From ballots to figures: the rounds of a ballot, counted under the rulebook and by section, as if published.

What is counted by the votes of a round alone (every count but those of ``by_method``) goes round by round: where
every paper lies, what that decides under the rulebook, who is left. Rounds that stand in the contest file beside a
file of ballots say what a count cannot know: who withdrew, how a tie was broken, the figures of other sections.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..rules import BY_METHOD, BallotStage, MotionStage
from .by_method import count_by_method, rounds_of
from .case import Case
from .cast import Casts
from .figures import BallotView, added, sections_of
from .model import MOTION, TOTAL, BallotFigures, Roll, Round
from .nominations import field_of
from .replay import replay_ballot
from .units import UnitVotes

MAX_ROUNDS = 1000
"""More rounds than any count has: one candidate at least goes out in each."""


def with_ballots(case: Case, casts: Mapping[str, Sequence[Casts]]) -> Case:
    """``case`` with the figures of every ballot whose ballots are given counted from them."""
    published = {ballot.stage: ballot for ballot in case.contest.ballot if ballot.stage in casts}
    for name, given in published.items():
        case, figures = _counted(case, given, casts[name])
        ballots = tuple(figures if ballot.stage == name else ballot for ballot in case.contest.ballot)
        case = replace(case, contest=case.contest.model_copy(update={"ballot": ballots}))
    return replace(case, published=published)


def _counted(case: Case, ballot: BallotFigures, casts: Sequence[Casts]) -> tuple[Case, BallotFigures]:
    stage = case.rulebook.stage_named(ballot.stage)
    if not isinstance(stage, BallotStage | MotionStage):  # pragma: no cover - misfits has looked
        return case, ballot
    if not ballot.ballots:
        return case, _each_round(case, ballot, casts)
    whole = casts[0]
    if isinstance(stage, BallotStage) and stage.combine == "points-by-unit":
        return _round_by_round(case, stage, ballot, whole)
    ballot = ballot.model_copy(update={"roll": {**ballot.roll, **_rolls(case, ballot.roll, whole)}})
    if isinstance(stage, MotionStage):
        first = ballot.round[0] if ballot.round else Round()
        return case, ballot.model_copy(update={"round": (_round(first, whole, MOTION),)})
    if isinstance(stage, BallotStage) and stage.count in BY_METHOD:
        people = _people(case, ballot, whole)
        found = count_by_method(case.contest, stage, ballot, whole, people)
        figures = ballot.model_copy(update={"round": rounds_of(found, whole)})
        return replace(case, counts={**case.counts, stage.id: found}), figures
    if TOTAL not in whole and any(section not in whole for section in sections_of(stage)):
        return case, _beside_published(ballot, whole)
    return _round_by_round(case, stage, ballot, whole)


def _each_round(case: Case, ballot: BallotFigures, casts: Sequence[Casts]) -> BallotFigures:
    """Repeated ballots, each with files of its own."""
    rounds = []
    for given, cast in zip(ballot.round, casts, strict=True):
        people = tuple(dict.fromkeys(who for found in cast.values() for who in found.everybody))
        found = _round(given, cast, people) if cast else given
        rounds.append(found.model_copy(update={"roll": {**given.roll, **_rolls(case, given.roll, cast)}}))
    return ballot.model_copy(update={"round": tuple(rounds)})


def _beside_published(ballot: BallotFigures, casts: Casts) -> BallotFigures:
    """Some sections counted, the others published: in each round stand those whom the published figures name."""
    rounds = []
    for given in ballot.round:
        tables: list[Mapping[str, object]] = [*given.votes.values(), *given.shares.values(), *given.weighted.values()]
        people = tuple(dict.fromkeys(who for table in tables for who in table))
        rounds.append(_round(given, casts, people))
    return ballot.model_copy(update={"round": tuple(rounds)})


def _round_by_round(case: Case, stage: BallotStage, ballot: BallotFigures, casts: Casts) -> tuple[Case, BallotFigures]:
    """Counted to the end under the rulebook, or as far as its rules and what the file says of ties decide."""
    people = _people(case, ballot, casts)
    rounds: list[Round] = []
    while len(rounds) < MAX_ROUNDS:
        given = ballot.round[len(rounds)] if len(rounds) < len(ballot.round) else Round()
        rounds.append(_round(given, casts, people))
        now, figures = _apart(case, stage, ballot.model_copy(update={"round": tuple(rounds)}), casts)
        last = replay_ballot(stage, BallotView(now, stage, figures).rounds()).rounds
        if len(last) < len(rounds):
            break
        decision, left = last[-1].decision, last[-1].left
        if decision is not None:
            done = {"out": given.out or decision.out, "elected": given.elected or decision.elected}
            rounds[-1] = rounds[-1].model_copy(update=done)
        if left is None or not left or len(left) == len(people) or (decision and decision.elected):
            break
        if stage.until is not None and len(left) <= stage.until:
            break
        people = left
    return _apart(case, stage, ballot.model_copy(update={"round": tuple(rounds)}), casts)


def _apart(case: Case, stage: BallotStage, ballot: BallotFigures, casts: Casts) -> tuple[Case, BallotFigures]:
    """Where points are given by unit, the votes of the units where those of units stand; the sum in the ballot."""
    if stage.combine != "points-by-unit":
        return case, ballot
    tables = tuple({unit: item.votes[unit] for unit in casts} for item in ballot.round)
    votes = UnitVotes(tables, {unit: unit for unit in casts})
    rounds = tuple(item.model_copy(update={"votes": {TOTAL: added(item.votes.values())}}) for item in ballot.round)
    rolls = [cast.roll() for cast in casts.values()]
    total = {key: sum(roll[key] for roll in rolls) for key in ("returned", "spoilt", "valid")}
    roll = {**ballot.roll, TOTAL: ballot.roll.get(TOTAL, Roll()).model_copy(update=total)}
    counted = ballot.model_copy(update={"round": rounds, "roll": roll})
    return replace(case, units={**case.units, stage.id: votes}), counted


def _people(case: Case, ballot: BallotFigures, casts: Casts) -> tuple[str, ...]:
    """Who stands: in the first ballot all who are on the paper, and whom a file of ballots has and not as withdrawn."""
    named = [who for cast in casts.values() for who in cast.everybody]
    ballots = [stage.id for stage in case.rulebook.stage if isinstance(stage, BallotStage)]
    field_ = field_of(case) if ballot.stage == ballots[0] else None
    withdrawn = frozenset[str]().union(*(cast.withdrawn for cast in casts.values()))
    found = [who for who in dict.fromkeys((*(field_ or ()), *named)) if who not in withdrawn]
    return tuple(sorted(found, key=lambda who: _place(case, who)))


def _place(case: Case, who: str) -> int:
    keys = list(case.contest.candidates)
    return keys.index(who) if who in keys else len(keys)


def _round(given: Round, casts: Casts, people: Sequence[str]) -> Round:
    """A round with the votes of every section whose ballots are there, between ``people``."""
    votes, exhausted = dict(given.votes), 0
    for section, cast in casts.items():
        votes[section], gone = cast.votes(people)
        exhausted += gone
    more = {"exhausted": exhausted} if exhausted and given.exhausted is None and set(votes) == set(casts) else {}
    return given.model_copy(update={"votes": votes, **more})


def _rolls(case: Case, given: Mapping[str, Roll], casts: Casts) -> dict[str, Roll]:
    """The rolls of the sections that were counted.

    Ballots rejected unopened are in no file of ballots. A published file without a spoilt ballot may have left them
    out: then only the valid ones are known.
    """
    found = {}
    for section, cast in casts.items():
        own = given.get(section, Roll())
        counted = dict(cast.roll())
        if counted["spoilt"] or case.contest.figures == "ours":
            counted["returned"] += own.rejected or 0
        else:
            counted = {"valid": counted["valid"]}
        found[section] = own.model_copy(update=counted)
    return found
