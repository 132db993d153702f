"""Where the rounds of a ballot stand: who is on the paper of each, what came of it, what has to be done next.

What a round comes to is said by ``contest.replay``, from the figures on which two officials agree; here it is only
asked. ``Standing.next`` is the one thing that the office waits for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from .. import contest as contests
from ..contest.model import REOPEN
from ..contest.replay import Replay, ReplayedRound, rule_for
from ..errors import InputError
from ..rules import BallotStage, MotionStage, held
from .boxes.laid import held_online
from .documents import agreed, case_of, is_repeated, sealed_rounds
from .models import BallotRound, Candidate, Contest, StageState

TIES = ("earlier rounds", "lot", "officer", "vote again", "all out", "stop")


@dataclass(frozen=True)
class RoundState:
    """One round. ``votes``: by candidate, once two officials agree; ``played``: what it came to, if it is decided."""

    ballot: BallotRound
    agreed: bool
    votes: dict[str, int] = field(default_factory=dict)
    played: ReplayedRound | None = None
    void: bool = False
    withdrawn: tuple[str, ...] = ()
    tie: str = ""

    @property
    def tied(self) -> tuple[str, ...]:
        """Who is tied, while nothing has broken the tie; nobody otherwise."""
        decision = self.played.decision if self.played else None
        if decision is None or decision.outcome != "tied" or self.void:
            return ()
        left = self.played.left if self.played else None
        open_ = not decision.elected and (left is None or set(decision.tied) <= set(left))
        return tuple(decision.tied) if open_ else ()

    @property
    def losing(self) -> int:
        """How many of those who are tied have to go."""
        decision = self.played.decision if self.played else None
        return len(decision.tied) - decision.staying if decision else 0

    @property
    def out(self) -> tuple[str, ...]:
        """Who goes out by the rules."""
        if self.void or self.played is None or self.played.left is None:
            decision = self.played.decision if self.played and not self.void else None
            return tuple(decision.out) if decision else ()
        gone = [who for who in self.ballot.field if who not in self.played.left and who not in self.withdrawn]
        return tuple(gone)


@dataclass(frozen=True)
class Progress:
    """Where a ballot stands. ``outcome``: of its replay; ``stopped``: why it is not decided."""

    stage: BallotStage
    repeated: bool
    rounds: tuple[RoundState, ...]
    outcome: str = ""
    elected: tuple[str, ...] = ()
    qualified: tuple[str, ...] = ()
    stopped: str = ""

    @property
    def last(self) -> RoundState | None:
        """The latest round."""
        return self.rounds[-1] if self.rounds else None

    @property
    def decided(self) -> bool:
        """Whether nothing more has to be voted on at this stage."""
        return self.outcome in ("elected", "qualified")

    @property
    def next(self) -> str:
        """What is waited for: ``close``, ``figures``, ``tie``, ``announce``, ``round``, ``decided`` or ``stuck``."""
        last = self.last
        if last is None or last.ballot.closed is None:
            return "close" if last is not None else "open"
        if not last.agreed:
            return "figures"
        if last.tied:
            return "tie"
        if last.ballot.announced is None:
            return "announce"
        if self.decided:
            return "decided"
        return "round" if last.played is not None and last.played.left else "stuck"


def played(contest: Contest, stage: str) -> Replay | None:
    """The stage played again from its figures; None where there are none yet, or they do not fit."""
    try:
        found = contests.replay(case_of(contest))
    except InputError:
        return None
    return next((one for one in found if one.stage == stage), None)


def progress(contest: Contest, stage: str) -> Progress | None:
    """Where the ballot ``stage`` stands; None for a stage that is none."""
    found = contest.rulebook.stage_named(stage)
    if not isinstance(found, BallotStage):
        return None
    ballots = list(contest.ballot_rounds.filter(stage=stage).order_by("number"))
    repeated = is_repeated(found)
    # A round held online is agreed on when its boxes are opened: nobody takes in its figures.
    online = held_online(contest, stage)
    entries = set(sealed_rounds(contest, found)) if online else {entry.round for entry in agreed(contest, stage)}
    replay = played(contest, stage) if entries else None
    rounds = {one.number: one for one in replay.rounds} if replay else {}
    if ballots and not repeated:
        # The rounds of one count: all of the same papers, voted on once.
        ballots += [_counted(ballots[0], one) for number, one in rounds.items() if number > 1]
        entries = set(rounds) or entries
    events = {one.number: one.data for one in contest.rounds.filter(stage=stage)}
    states = tuple(
        RoundState(
            one,
            one.number in entries,
            _votes(rounds.get(one.number)),
            rounds.get(one.number),
            bool(events.get(one.number, {}).get("void")),
            tuple(events.get(one.number, {}).get("withdrawn", ())),
            events.get(one.number, {}).get("tie", ""),
        )
        for one in ballots
    )
    if replay is None:
        return Progress(found, repeated, states)
    return Progress(found, repeated, states, replay.outcome, replay.elected, replay.qualified, replay.stopped or "")


def _counted(ballot: BallotRound, item: ReplayedRound) -> BallotRound:
    """A round of a count, as one of the ballot in which it was voted; it is not kept."""
    field_ = list(item.standing.total) if item.standing else []
    return BallotRound(
        contest_id=ballot.contest_id,
        stage=ballot.stage,
        number=item.number,
        field=field_,
        opened=ballot.opened,
        closed=ballot.closed,
    )


def _votes(item: ReplayedRound | None) -> dict[str, int]:
    if item is None or item.standing is None:
        return {}
    return {who: int(value) for who, value in item.standing.total.items() if value.denominator == 1}


@dataclass(frozen=True)
class Announced:
    """A round as everybody may see it: who had how many votes, who went out or withdrew, how a tie was broken."""

    number: int
    at: datetime
    votes: dict[str, int]
    out: tuple[str, ...]
    withdrawn: tuple[str, ...]
    tie: str
    void: bool


def announced(contest: Contest, stage: str) -> list[Announced]:
    """The rounds of a ballot that are announced, in two queries: nothing is counted for them again."""
    events = {one.number: one.data for one in contest.rounds.filter(stage=stage)}
    return [
        Announced(
            number=one.number,
            at=one.announced,
            votes={who: votes for who in one.field if (votes := one.result.get("votes", {}).get(who)) is not None},
            out=tuple(one.result.get("out", ())),
            withdrawn=tuple(events.get(one.number, {}).get("withdrawn", ())),
            tie=one.result.get("tie", ""),
            void=bool(one.result.get("void")),
        )
        for one in contest.ballot_rounds.filter(stage=stage).order_by("number")
        if one.announced is not None
    ]


def on_the_paper(contest: Contest, stage: BallotStage) -> list[str]:
    """Who is on the paper of the first round of ``stage``, as things stand: by key, in the order of the paper."""
    people = [one.key for one in contest.candidates.filter(status=Candidate.Status.STANDING)]
    return [*people, REOPEN] if stage.reopen_nominations else people


def may_enter(stage: BallotStage, number: int) -> bool:
    """Whether new candidates may come in after round ``number`` (from 1)."""
    return rule_for(stage, number)[2]


def without_ballot(contest: Contest, stage: str) -> Replay | None:
    """The outcome of a stage that needs no ballot, because there are too few candidates; None if it needs one."""
    if contest.ballot_rounds.filter(stage=stage).exists():
        return None
    found = played(contest, stage)
    return found if found is not None and not found.rounds and found.outcome in ("elected", "qualified") else None


def tie_rules(stage: BallotStage | MotionStage) -> tuple[str, ...]:
    """What breaks a tie at a stage, in order."""
    return tuple(held(stage.tie)) if isinstance(stage, BallotStage) else ()


def open_state(contest: Contest, stage: str) -> StageState | None:
    """The state of a stage, if it is open."""
    return contest.stages.filter(stage=stage, status=StageState.Status.OPEN).first()
