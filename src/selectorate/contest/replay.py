"""A contest played again from its figures alone: round by round, who goes out and who wins, and by which rule.

``replay_ballot`` needs nothing but the stage and the rounds, so that the same figures can be played under another
rulebook. Where the rules would send the contest another way than the published rounds went, it says so and stops:
how votes would have moved from there is not in the figures.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from ..count import Decision, Standing, decide, fill_places, passes
from ..count.constraints import Constraints, Group
from ..count.decide import Possible
from ..errors import CountError
from ..rules import BY_METHOD, BallotStage, GoingOut, MotionStage, Quantity, Requirement, held
from . import nominations
from .case import Case
from .figures import BallotRound, Basis, view_of


@dataclass(frozen=True)
class ReplayedRound:
    """One round as the rules decide it.

    ``withdrawn``: who left by their own will after it; ``say``: what happened, in sentences; ``left``: who is still
    in after it, where that is decided and somebody is still to be elected.
    """

    number: int
    standing: Standing | None = field(repr=False)
    basis: Basis | None
    decision: Decision | None
    withdrawn: tuple[str, ...] = ()
    entered: tuple[str, ...] = ()
    void: bool = False
    say: tuple[str, ...] = ()
    left: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Replay:
    """A ballot or motion played again.

    ``outcome``: somebody is ``elected``; candidates have ``qualified`` for the next stage; a motion is ``carried``
    or ``lost``; or it ``stopped``, and then ``stopped`` says why. ``exact``: whether votes, and not published
    figures with cut decimals, were counted all the way.
    """

    stage: str
    rounds: tuple[ReplayedRound, ...]
    outcome: str
    elected: tuple[str, ...] = ()
    qualified: tuple[str, ...] = ()
    stopped: str | None = None
    exact: bool = True


def rule_for(stage: BallotStage, ballot: int) -> tuple[tuple[Requirement, ...], GoingOut, bool]:
    """What elects, who goes out, and whether new candidates may follow, at ballot ``ballot`` (from 1)."""
    elected, out = stage.elected, stage.out
    new = False
    if stage.count == "most votes":
        out = GoingOut("nobody")
    if stage.count in ("two rounds", "supplementary vote") and "out" not in stage.model_fields_set:
        out = GoingOut("all but", 2)
    for rule in stage.ballots:
        if rule.from_ <= ballot:
            elected = rule.elected if rule.elected is not None else elected
            out = rule.out if rule.out is not None else out
            new = rule.new_candidates if rule.new_candidates is not None else new
    return elected, out, new


def minimum_for(stage: BallotStage, ballot: int) -> Quantity | None:
    """The votes needed to stay in after ballot ``ballot`` (from 1), if any are."""
    minima = stage.minimum if isinstance(stage.minimum, tuple) else ()
    return minima[ballot - 1] if ballot <= len(minima) else None


def replay_motion(stage: MotionStage, rounds: Sequence[BallotRound]) -> Replay:
    """A motion put again to its figures."""
    if not rounds or rounds[0].standing is None:
        return Replay(stage.id, (), "stopped", stopped=rounds[0].missing if rounds else "there are no figures")
    first = rounds[0]
    standing = rounds[0].standing
    try:
        results = [_motion_test(requirement, first) for requirement in stage.carried]
    except CountError as fault:
        return Replay(stage.id, (), "stopped", stopped=fault.message)
    carried = all(met for met, _ in results)
    decision = Decision(
        "elected" if carried else "open",
        elected=("for",) if carried else (),
        reasons=tuple(text for _, text in results),
    )
    return Replay(
        stage.id,
        (ReplayedRound(1, standing, first.basis, decision, say=decision.reasons),),
        "carried" if carried else "lost",
    )


def _motion_test(requirement: Requirement, figures: BallotRound) -> tuple[bool, str]:
    if figures.standing is None:  # pragma: no cover - the caller has looked
        raise CountError("there are no figures")
    return passes(requirement, figures.standing, "for", figures.bases)


def replay_round(stage: BallotStage, figures: BallotRound, ballot: int) -> ReplayedRound:
    """One round by itself, as ballot ``ballot`` (from 1) of ``stage``; without a decision where figures are missing."""
    more = figures.figures
    if figures.standing is None:
        return ReplayedRound(
            figures.number, None, None, None, more.withdrawn, void=more.void, say=(figures.missing or "",)
        )
    elected, out, _ = rule_for(stage, ballot)
    minimum = minimum_for(stage, ballot)
    try:
        decision = decide(figures.standing, elected, figures.bases, out=out, minimum=minimum, until=stage.until)
        say = decision.reasons
    except CountError as fault:
        decision, say = None, (fault.message,)
    return ReplayedRound(
        figures.number, figures.standing, figures.basis, decision, more.withdrawn, void=more.void, say=say
    )


def replay_ballot(stage: BallotStage, rounds: Sequence[BallotRound], field_: Sequence[str] | None = None) -> Replay:
    """A ballot played again from its rounds.

    ``field_``: the candidates who go in, where an earlier stage decided it; else those of the first round. Where only
    one goes in and no round was held, they are elected unopposed if the rulebook says so.
    """
    if isinstance(stage.places, int) and stage.places > 1:
        return _replay_places(stage, rounds)
    if field_ is not None and not field_ and not rounds:
        return Replay(stage.id, (), "stopped", stopped="there is no candidate")
    played: list[ReplayedRound] = []
    standing_in = list(field_) if field_ is not None else (list(rounds[0].candidates) if rounds else [])
    exact = True

    def done(outcome: str, **more: object) -> Replay:
        return Replay(stage.id, tuple(played), outcome, exact=exact, **more)  # type: ignore[arg-type]  # fields of Replay

    if field_ is not None and len(standing_in) == 1 and stage.unopposed == "elected" and not rounds:
        return done("elected", elected=tuple(standing_in))
    if field_ is not None and stage.until is not None and len(standing_in) <= stage.until and not rounds:
        return done("qualified", qualified=tuple(standing_in))
    ballot = 0
    for index, figures in enumerate(rounds):
        number = figures.number
        if figures.standing is None:
            return done("stopped", stopped=f"round {number}: what is missing is {figures.missing}")
        entered = (
            tuple(who for who in figures.candidates if who not in standing_in) if index or field_ is not None else ()
        )
        absent = [who for who in standing_in if who not in figures.candidates and who != "reopen"]
        afresh = index > 0 and rule_for(stage, ballot)[2]  # fresh nominations: nobody is carried over
        if index and absent and not afresh:
            return done(
                "stopped",
                stopped=f"round {number} was held without {', '.join(figures.named(absent))}, whom the rules left in: "
                "how it would have gone with them is not in the figures",
            )
        standing_in = list(figures.candidates)
        if not (index and rounds[index - 1].figures.void):
            ballot += 1
        exact = exact and figures.basis == "votes"
        replayed = replace(replay_round(stage, figures, ballot), entered=entered)
        played.append(replayed)
        decision, withdrawn = replayed.decision, replayed.withdrawn
        if decision is None:
            return done("stopped", stopped=f"round {number}: {'; '.join(replayed.say)}")
        if decision.outcome == "elected":
            return done("elected", elected=decision.elected)
        if figures.figures.void:
            standing_in = [who for who in standing_in if who not in withdrawn]
            played[-1] = replace(replayed, left=tuple(standing_in))
            continue
        leaving: tuple[str, ...] = decision.out
        if decision.outcome == "tied":
            broken = _tie_broken(stage, decision, rounds, index)
            if broken is None:
                if "vote again" in held(stage.tie):
                    standing_in = [who for who in standing_in if who not in withdrawn]
                    played[-1] = replace(replayed, left=tuple(standing_in))
                    continue
                return done(
                    "stopped",
                    stopped=f"round {number}: {' and '.join(figures.named(decision.tied))} are tied, and the rules "
                    f"({', '.join(held(stage.tie))}) do not say from these figures who goes out",
                )
            losers, how = broken
            leaving = (*decision.out, *losers)
            survivors = tuple(who for who in standing_in if who not in leaving and who not in withdrawn)
            won = tuple(who for who in decision.tied if who not in losers) if decision.for_a_place else ()
            won = survivors if len(survivors) == 1 else won
            said = (*replayed.say, f"the tie was broken: {how}")
            decision = replace(decision, elected=won, out=() if decision.for_a_place else leaving)
            replayed = played[-1] = replace(replayed, decision=decision, say=said)
            if won:
                return done("elected", elected=won)
        standing_in = [who for who in standing_in if who not in leaving and who not in withdrawn]
        played[-1] = replace(replayed, left=tuple(standing_in))
        if stage.until is not None and len(standing_in) <= stage.until and index == len(rounds) - 1:
            return (
                done("qualified", qualified=tuple(standing_in))
                if len(standing_in) != 1
                else done("elected", elected=tuple(standing_in))
            )
        reopened = rule_for(stage, ballot)[2]  # others may still be nominated
        # One who is left is elected where the others withdrew or lost a tie, not where a requirement failed.
        stayed = [who for who in figures.candidates if who not in leaving]
        alone = len(standing_in) == 1 and (len(stayed) > 1 or decision.outcome == "tied")
        if alone and stage.unopposed == "elected" and index == len(rounds) - 1 and not reopened:
            return done("elected", elected=tuple(standing_in))
    last = rounds[-1].number if rounds else 0
    return done(
        "stopped",
        stopped=f"after round {last} nobody is elected under these rules, and no further round is in the figures"
        if rounds
        else "there are no figures",
    )


def _tie_broken(
    stage: BallotStage, decision: Decision, rounds: Sequence[BallotRound], index: int
) -> tuple[tuple[str, ...], str] | None:
    """Who of the tied loses, and how that was found: by a rule, or by what was recorded; None if it is open."""
    losing = len(decision.tied) - decision.staying
    for rule in held(stage.tie):
        if rule == "earlier rounds":
            lost, at = _lost_before(decision.tied, losing, rounds[:index])
            if len(lost) == losing:
                return lost, f"by the votes of round {at}"
        if (
            rule == "all out"
            and not decision.for_a_place
            and len(decision.tied) < len(rounds[index].candidates)
            and ("vote again" not in held(stage.tie) or (index and rounds[index - 1].figures.void))
        ):
            return decision.tied, "all who are tied go out"
        if rule in ("lot", "officer") and rounds[index].figures.tie is not None:
            found = rounds[index].figures
            lost = tuple(who for who in decision.tied if who in found.out)
            if not lost and found.elected:
                lost = tuple(who for who in decision.tied if who not in found.elected)
            if len(lost) == losing:
                return lost, found.tie or rule
    return None


def _lost_before(tied: Sequence[str], losing: int, earlier: Sequence[BallotRound]) -> tuple[tuple[str, ...], int]:
    """Which ``losing`` of ``tied`` had fewest in the latest rounds in which they differ, and the earliest looked at.

    Round by round, the latest first: whoever is below the edge loses, whoever is above it stays in, and only those who
    are still level are looked for further back. Fewer than ``losing`` where that does not decide.
    """
    lost: list[str] = []
    left = list(tied)
    for figures in reversed(earlier):
        standing = figures.standing
        if standing is None or any(who not in standing.total for who in left):
            continue
        values = {who: standing.total[who] for who in left}
        edge = sorted(values.values())[losing - len(lost) - 1]
        lost += [who for who in left if values[who] < edge]
        left = [who for who in left if values[who] == edge]
        if len(lost) + len(left) == losing:
            return (*lost, *left), figures.number
    return tuple(lost), 0


def _possible(stage: BallotStage, first: BallotRound, places: int) -> Possible | None:
    """Whether those elected and those left can still make a result that keeps its rules; None where there are none."""
    if not stage.result_rules:
        return None
    number = {who: index for index, who in enumerate(first.candidates, 1)}
    groups = [
        Group(
            rule.group,
            frozenset(number[who] for who in number if rule.group in first.groups.get(who, ())),
            rule.at_least or 0,
            rule.at_most,
        )
        for rule in stage.result_rules
    ]
    rules = Constraints(tuple(groups))
    return lambda elected, left: rules.possible([number[who] for who in elected], [number[who] for who in left], places)


def _named(text: str, first: BallotRound) -> str:
    """``text`` with the names of the candidates whose keys it ends with."""
    said, mark, keys = text.partition("passed over: ")
    return said + mark + ", ".join(first.named(keys.split(", "))) if mark else text


def _out_of_reach(stage: BallotStage, first: BallotRound, decision: Decision, places: int) -> str | None:
    """That the rules on the result leave places empty, and why that may be."""
    if (
        not stage.result_rules
        or decision.outcome == "tied"
        or len(decision.elected) >= min(places, len(first.candidates))
    ):
        return None
    named = {group for groups in first.groups.values() for group in groups}
    absent = [rule.group for rule in stage.result_rules if rule.group not in named]
    if absent:
        return f"which candidates are {' and '.join(absent)} is not in the figures, and the result must contain them"
    return "what the result must contain cannot be reached with these candidates"


def _replay_places(stage: BallotStage, rounds: Sequence[BallotRound]) -> Replay:
    if not rounds or rounds[0].standing is None:
        return Replay(stage.id, (), "stopped", stopped=rounds[0].missing if rounds else "there are no figures")
    first, places = rounds[0], stage.places
    if first.standing is None or not isinstance(places, int):  # pragma: no cover - the caller has looked
        return Replay(stage.id, (), "stopped", stopped="there are no figures")
    decision, say = fill_places(first.standing, places, _possible(stage, first, places)), tuple[str, ...]()
    decision = replace(decision, reasons=tuple(_named(text, first) for text in decision.reasons))
    stopped = _out_of_reach(stage, first, decision, places)
    if decision.outcome == "tied":
        broken = _tie_broken(stage, decision, rounds, 0)
        stopped = f"{' and '.join(first.named(decision.tied))} are tied for the last place"
        if broken is not None:
            won = (*decision.elected, *(who for who in decision.tied if who not in broken[0]))
            decision, say, stopped = replace(decision, elected=won), (f"the tie was broken: {broken[1]}",), None
            if len(won) < min(places, len(first.candidates)):
                stopped = (
                    "after the tie there are places left, and what the result must contain is not looked at further"
                )
    if first.figures.others:
        stopped = f"the votes of {first.figures.others} further candidates are not known"
    played = (ReplayedRound(1, first.standing, first.basis, decision, say=(*decision.reasons, *say)),)
    elected = decision.elected if not first.figures.others else ()
    return Replay(stage.id, played, "stopped" if stopped else "elected", elected=elected, stopped=stopped)


def replay_method(case: Case, stage: BallotStage, rounds: Sequence[BallotRound]) -> Replay:
    """A ballot that a method of its own counts: as it was counted; figures alone do not decide it."""
    counted = case.counts.get(stage.id)
    if counted is None:
        return Replay(stage.id, (), "stopped", stopped=f'"{stage.count}" counts ballots, and these are figures')
    played = []
    for figures, item in zip(rounds, counted.count.rounds, strict=True):
        elected, out = counted.keys(item.elected), figures.figures.out
        outcome: Literal["elected", "reduced", "open"] = "elected" if elected else "reduced" if out else "open"
        decision = Decision(outcome, elected=elected, out=out)
        played.append(ReplayedRound(figures.number, figures.standing, "votes", decision, say=item.say))
    count = counted.count
    if count.tied:
        names = " and ".join(count.name(who) for who in count.tied)
        return Replay(stage.id, tuple(played), "stopped", stopped=f"{names} are tied, and nothing breaks the tie")
    return Replay(stage.id, tuple(played), "elected", elected=counted.keys(count.elected))


def _unopposed(stage: BallotStage, field_: Sequence[str] | None) -> Replay | None:
    """That all of several places, or a place that a method fills, go to no more candidates; None where they do not."""
    several = stage.count in BY_METHOD or stage.places != 1
    if not field_ or not several or stage.unopposed != "elected" or stage.reopen_nominations or stage.result_rules:
        return None
    if not isinstance(stage.places, int) or len(field_) > stage.places:
        return None
    return Replay(stage.id, (), "elected", elected=tuple(field_))


@functools.lru_cache(maxsize=256)
def replay(case: Case) -> tuple[Replay, ...]:
    """All ballots and motions of ``case``, played again under its rulebook, in the order of the rules."""
    results: list[Replay] = []
    field_: tuple[str, ...] | None = None
    for stage in case.rulebook.stage:
        if not isinstance(stage, BallotStage | MotionStage):
            continue
        figures = view_of(case, stage.id)
        rounds = figures.rounds() if figures is not None else []
        if isinstance(stage, MotionStage):
            if figures is not None:
                results.append(replay_motion(stage, rounds))
            continue
        if field_ is None and not rounds and (figures is None or not figures.figures.ballots):
            field_ = nominations.field_of(case)
        unopposed = _unopposed(stage, field_) if not rounds else None
        if unopposed is not None:
            results.append(unopposed)
            break
        if stage.count in BY_METHOD:
            results.append(replay_method(case, stage, rounds))
            break
        strangers = [
            who for who in (rounds[0].candidates if rounds and field_ else ()) if who not in (*(field_ or ()), "reopen")
        ]
        if strangers and results:
            named = ", ".join(rounds[0].named(strangers))
            why = f"{named} had not been left in by the stage before"
            results.append(Replay(stage.id, (), "stopped", stopped=why))
            break
        result = replay_ballot(stage, rounds, field_)
        results.append(result)
        if result.outcome != "qualified":
            break
        field_ = result.qualified
    return tuple(results)


def winners(replays: Sequence[Replay]) -> tuple[str, ...] | None:
    """Who is elected by ``replays``, taken together; None where they stopped before that."""
    if not replays or replays[-1].outcome != "elected":
        return None
    return replays[-1].elected
