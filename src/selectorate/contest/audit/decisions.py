"""Round by round: who is elected, who goes out, whether a motion is carried, by the rules and as published."""

from __future__ import annotations

from collections.abc import Iterator

from ...count import Decision
from ...rules import BallotStage
from ..case import Case
from ..figures import BallotView
from ..replay import Replay, ReplayedRound, replay, replay_round, rule_for
from .base import At, Check, ballot_numbers, names, round_name, views, worst


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
            name = round_name(case, view, number)
            item = replay_round(view.stage, view.round(number), ballot_numbers(view)[number])
            if item.decision is None:
                if figures.out or figures.elected:
                    why = view.round(number).missing or "; ".join(item.say)
                    yield at.cannot("decision", f"who goes out or wins{name}", why, _published(case, figures))
                continue
            yield from _decision(case, view, number, item, at, name)


def _published(case: Case, figures: object) -> str:
    out = getattr(figures, "out", ())
    elected = getattr(figures, "elected", ())
    return f"elected: {names(case, elected)}" if elected else f"out: {names(case, out)}"


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
    )


def _decision(case: Case, view: BallotView, number: int, item: ReplayedRound, at: At, name: str) -> Iterator[Check]:
    figures, decision = view.figures.round[number], item.decision
    if decision is None:  # pragma: no cover - the caller has looked
        return
    basis = None if item.basis == "votes" else f"worked out from {item.basis}, not from votes"
    if decision.outcome == "tied":
        decision = replayed(case, view.stage.id, number) or decision  # with who lost the tie, if that is decided
    if case.contest.figures == "ours" and not (figures.out or figures.elected or figures.void):
        return  # nothing was published yet: the declaration says what follows
    if figures.void:
        tied = decision.outcome == "tied"
        yield at.to("void").check(
            "decision",
            f"a tie that the rules do not break{name}",
            "agrees" if tied else "disagrees",
            published="the ballot did not count",
            computed=f"tied for the last place: {names(case, decision.tied)}"
            if tied
            else f"out: {names(case, decision.out)}",
            explanation=figures.tie,
        )
        return
    reasons = "; ".join(decision.reasons)
    elected, out = set(decision.elected), set(decision.out)
    if figures.elected or (elected and case.contest.figures != "ours"):
        published = set(figures.elected)
        stayed = {who for who in item.standing.total if who not in out} if item.standing else set()
        alone = stayed - set(figures.withdrawn)
        if published and not elected and published == alone and len(alone) == 1 and len(stayed) > 1:
            yield at.to("elected").check(
                "decision",
                f"who wins{name}",
                "agrees",
                published=names(case, figures.elected),
                computed=f"the only one left after withdrawals (not by the votes: {reasons})",
                explanation=basis,
            )
        elif published and not elected and decision.outcome == "qualified":
            yield at.to("elected").check(
                "decision",
                f"who wins{name}",
                "disagrees",
                published=names(case, figures.elected),
                computed=f"nobody yet: {names(case, decision.qualified)} go on to the next stage",
            )
        else:
            same = published == elected
            yield at.to("elected").check(
                "decision",
                f"who wins{name}",
                "agrees" if same else "disagrees",
                published=names(case, figures.elected),
                computed=f"{names(case, decision.elected)} ({reasons})",
                explanation=basis,
            )
            if elected and not figures.out:
                return
    last = number == len(view.figures.round) - 1
    if decision.outcome == "tied":
        if figures.out and figures.tie is None and case.contest.figures == "published":
            between = names(case, decision.tied)
            missing = f"how the tie between {between} was broken, and by whom: write it under tie"
            yield at.to("out").cannot("decision", f"who goes out{name}", missing, names(case, figures.out))
            return
        yield at.to("out").check(
            "decision",
            f"who goes out{name}",
            "agrees"
            if set(figures.out) & set(decision.tied) and (not out or set(figures.out) - set(figures.withdrawn) <= out)
            else "disagrees",
            published=names(case, figures.out),
            computed=f"tied: {names(case, decision.tied)}" + (f"; out: {names(case, decision.out)}" if out else ""),
            explanation=figures.tie or basis,
        )
        return
    if not figures.out and not out:
        if not figures.elected and decision.outcome == "open":
            yield at.check(
                "decision",
                f"nobody wins{name}",
                "agrees",
                published="nobody",
                computed=f"nobody ({reasons})",
                explanation=basis,
            )
        return
    if last and figures.elected and not figures.out:
        return
    published_out = set(figures.out)
    gone = out - set(figures.withdrawn)
    same = published_out in (out, gone)
    explanation = basis
    if not same and published_out and not out:
        nobody = isinstance(view.stage, BallotStage) and (
            rule_for(view.stage, ballot_numbers(view)[number])[1].kind == "nobody"
        )
        if nobody:
            explanation = "the rulebook puts nobody out after this ballot: whoever left it, left by their own will"
    elif same and published_out != out:
        explanation = f"{names(case, sorted(out & set(figures.withdrawn)))}, who would have gone out, withdrew"
    if not same and not published_out:
        explanation = "; ".join(filter(None, (explanation, "the file names nobody under out")))
    yield at.to("out").check(
        "decision",
        f"who goes out{name}",
        "agrees" if same else "disagrees",
        published=names(case, figures.out),
        computed=names(case, decision.out),
        explanation=explanation,
    )


def replayed(case: Case, stage: str, number: int) -> Decision | None:
    """What the rules decide after round ``number`` (from 0), ties broken; None where it did not come to that."""
    played = next((result for result in replay(case) if result.stage == stage), None)
    return played.rounds[number].decision if played and number < len(played.rounds) else None
