"""Round by round: who is elected, who goes out, whether a motion is carried, by the rules and as published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ...count import Decision
from ...rules import BallotStage
from ..case import Case
from ..figures import BallotView
from ..model import Round
from ..replay import Replay, ReplayedRound, replay, replay_round, rule_for
from .base import At, Check, ballot_numbers, names, round_name, views, worst

_WRONG = "a figure is wrong, or it was decided under other rules than these"
"""What would explain a decision that does not follow from its figures, where nothing else is known."""


def decisions(case: Case) -> Iterator[Check]:
    """Round by round: who is elected, and who goes out, by the rules and as published."""
    replays = {result.stage: result for result in replay(case)}
    for index, view in views(case):
        played = replays.get(view.stage.id)
        if not isinstance(view.stage, BallotStage):
            if played is not None and view.figures.carried is not None:
                yield _motion(case, At(case, ("ballot", index, "carried")), played, carried=view.figures.carried)
            continue
        if isinstance(view.stage.places, int) and view.stage.places > 1:
            continue
        for number, figures in enumerate(view.figures.round):
            marks = worst(figures.certainty("votes"), figures.certainty("shares"), figures.certainty("points"))
            at = At(case, ("ballot", index, "round", number), marks)
            item = replay_round(view.stage, view.round(number), ballot_numbers(view)[number])
            decision = item.decision
            if decision is None:
                if figures.out or figures.elected:
                    why = view.round(number).missing or "; ".join(item.say)
                    what = f"who goes out or wins{round_name(case, view, number)}"
                    yield at.cannot("decision", what, why, _published(case, figures))
                continue
            if decision.outcome == "tied":  # with who lost the tie, if that is decided
                decision = replayed(case, view.stage.id, number) or decision
            yield from _decision(_Decided(case, view, number, item, decision, at))


def _published(case: Case, figures: Round) -> str:
    return f"elected: {names(case, figures.elected)}" if figures.elected else f"out: {names(case, figures.out)}"


def _motion(case: Case, at: At, played: Replay, *, carried: bool) -> Check:
    if played.outcome == "stopped":
        return at.cannot(
            "decision",
            "whether the motion was carried",
            played.stopped or "figures",
            "carried" if carried else "lost",
        )
    reasons = "; ".join(played.rounds[0].say) if played.rounds else ""
    same = (played.outcome == "carried") == carried
    return at.check(
        "decision",
        "whether the motion was carried",
        "agrees" if same else "disagrees",
        published="carried" if carried else "lost",
        computed=f"{played.outcome} ({reasons})",
        explanation=None if same else _WRONG,
    )


@dataclass(frozen=True)
class _Decided:
    """A round (from 0) with what the rules decide after it."""

    case: Case
    view: BallotView
    number: int
    item: ReplayedRound
    decision: Decision
    at: At

    @property
    def figures(self) -> Round:
        return self.view.figures.round[self.number]

    @property
    def basis(self) -> str | None:
        """What it was worked out from, where that is not the votes."""
        return None if self.item.basis == "votes" else f"worked out from {self.item.basis}, not from votes"

    @property
    def reasons(self) -> str:
        return "; ".join(self.decision.reasons)

    def check(
        self, key: str | None, what: str, people: Iterable[str], computed: str, *, right: bool, why: str | None
    ) -> Check:
        """The check of who was published beside what the rules decide."""
        at = self.at if key is None else self.at.to(key)
        return at.check(
            "decision",
            f"{what}{round_name(self.case, self.view, self.number)}",
            "agrees" if right else "disagrees",
            published=names(self.case, people),
            computed=computed,
            explanation=why if right else why or _WRONG,
        )


def _decision(decided: _Decided) -> Iterator[Check]:
    """Who wins, and then who goes out, of one round."""
    figures, decision = decided.figures, decided.decision
    if decided.case.contest.figures == "ours" and not (figures.out or figures.elected or figures.void):
        return  # nothing was published yet: the declaration says what follows
    if figures.void:
        yield _void(decided)
        return
    if figures.elected or (decision.elected and decided.case.contest.figures != "ours"):
        yield _won(decided)
        if decision.elected and not figures.out:
            return
    if decision.outcome == "tied":
        yield _tied(decided)
    elif not figures.out and not decision.out:
        if not figures.elected and decision.outcome == "open":
            said = f"nobody ({decided.reasons})"
            yield decided.check(None, "nobody wins", (), said, right=True, why=decided.basis)
    elif figures.out or not figures.elected or decided.number < len(decided.view.figures.round) - 1:
        yield _out(decided)


def _void(decided: _Decided) -> Check:
    case, decision = decided.case, decided.decision
    tied = decision.outcome == "tied"
    out = f"tied for the last place: {names(case, decision.tied)}" if tied else f"out: {names(case, decision.out)}"
    return decided.at.to("void").check(
        "decision",
        f"a tie that the rules do not break{round_name(case, decided.view, decided.number)}",
        "agrees" if tied else "disagrees",
        published="the ballot did not count",
        computed=out,
        explanation=decided.figures.tie if tied else decided.figures.tie or _WRONG,
    )


def _won(decided: _Decided) -> Check:
    """Who is elected: by the votes, or as the only one left when others withdrew."""
    case, figures, decision, item = decided.case, decided.figures, decided.decision, decided.item
    published, elected = set(figures.elected), set(decision.elected)
    stayed = {who for who in item.standing.total if who not in decision.out} if item.standing else set()
    alone = stayed - set(figures.withdrawn)
    computed, right = f"{names(case, decision.elected)} ({decided.reasons})", published == elected
    if published and not elected and published == alone and len(alone) == 1 and len(stayed) > 1:
        computed, right = f"the only one left after withdrawals (not by the votes: {decided.reasons})", True
    elif published and not elected and decision.outcome == "qualified":
        computed = f"nobody yet: {names(case, decision.qualified)} go on to the next stage"
    return decided.check("elected", "who wins", figures.elected, computed, right=right, why=decided.basis)


def _tied(decided: _Decided) -> Check:
    """Who goes out of those who are tied; it cannot be checked where nobody says how the tie was broken."""
    case, figures, decision = decided.case, decided.figures, decided.decision
    out = set(decision.out)
    if figures.out and figures.tie is None and case.contest.figures == "published":
        what = f"who goes out{round_name(case, decided.view, decided.number)}"
        between = names(case, decision.tied)
        missing = f"how the tie between {between} was broken, and by whom: write it under tie"
        return decided.at.to("out").cannot("decision", what, missing, names(case, figures.out))
    right = bool(set(figures.out) & set(decision.tied)) and (
        not out or set(figures.out) - set(figures.withdrawn) <= out
    )
    computed = f"tied: {names(case, decision.tied)}" + (f"; out: {names(case, decision.out)}" if out else "")
    return decided.check("out", "who goes out", figures.out, computed, right=right, why=figures.tie or decided.basis)


def _out(decided: _Decided) -> Check:
    """Who goes out by the rules; of these, who withdrew at once may be named under the one or the other."""
    case, figures, view = decided.case, decided.figures, decided.view
    published, out, withdrawn = set(figures.out), set(decided.decision.out), set(figures.withdrawn)
    right = published in (out, out - withdrawn)
    why = decided.basis
    if right and published != out:
        why = f"{names(case, sorted(out & withdrawn))}, who would have gone out, withdrew"
    if not right and published and not out and isinstance(view.stage, BallotStage):
        ballot = ballot_numbers(view)[decided.number]
        if rule_for(view.stage, ballot)[1].kind == "nobody":
            why = "the rulebook puts nobody out after this ballot: whoever left it, left by their own will"
    if not right and not published:
        why = "; ".join(filter(None, (why, "the file names nobody under out")))
    computed = names(case, decided.decision.out)
    return decided.check("out", "who goes out", figures.out, computed, right=right, why=why)


def replayed(case: Case, stage: str, number: int) -> Decision | None:
    """What the rules decide after round ``number`` (from 0), ties broken; None where it did not come to that."""
    played = next((result for result in replay(case) if result.stage == stage), None)
    return played.rounds[number].decision if played and number < len(played.rounds) else None
