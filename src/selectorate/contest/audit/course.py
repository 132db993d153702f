"""The course of a contest: what was needed, who went out, withdrew, entered and won, held to the rulebook."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from ... import exact
from ...count import Decision
from ...rules import BallotStage, MotionStage, Requirement
from ..case import Case
from ..figures import BallotView
from ..replay import Replay, ReplayedRound, minimum_for, replay, replay_round, rule_for, winners
from .base import At, Check, views, worst
from .shares import _round_name


def _ballot_numbers(view: BallotView) -> list[int]:
    """The number of the ballot that each round is: a round after a void one is the same ballot again."""
    numbers, ballot = [], 0
    for index in range(len(view.figures.round)):
        if not (index and view.figures.round[index - 1].void):
            ballot += 1
        numbers.append(ballot)
    return numbers


def needed(case: Case) -> Iterator[Check]:
    """The votes, the lead and the minimum that were published as needed; the letters that ask for a motion."""
    for index, view in views(case):
        numbers = _ballot_numbers(view)
        for number, figures in enumerate(view.figures.round):
            at = At(case, ("ballot", index, "round", number))
            name = _round_name(case, view, number)
            stage = view.stage
            requirements = stage.carried if isinstance(stage, MotionStage) else rule_for(stage, numbers[number])[0]
            main = next((r for r in requirements if r.kind in ("majority", "share")), None)
            lead = next((r for r in requirements if r.kind == "lead"), None)
            bases = view.round(number).bases
            if figures.needed is not None:
                yield _needed(
                    at.to("needed", certainty=figures.certainty("needed")),
                    f"needed to win{name}",
                    figures.needed,
                    main,
                    bases,
                )
            if figures.needed_lead is not None:
                yield _needed(
                    at.to("needed_lead", certainty=figures.certainty("needed_lead")),
                    f"lead needed{name}",
                    figures.needed_lead,
                    lead,
                    bases,
                )
            if figures.minimum is not None and isinstance(stage, BallotStage):
                quantity = minimum_for(stage, numbers[number])
                here = at.to("minimum", certainty=figures.certainty("minimum"))
                size = bases.get("those entitled")
                if quantity is None:
                    yield here.check(
                        "needed",
                        f"votes needed to stay in{name}",
                        "disagrees",
                        published=f"{figures.minimum:,}",
                        computed="none",
                        explanation="the rulebook asks for no minimum in this ballot",
                    )
                elif quantity.share is not None and size is None:
                    yield here.cannot(
                        "needed",
                        f"votes needed to stay in{name}",
                        "how many were entitled",
                        f"{figures.minimum:,}",
                    )
                else:
                    yield here.equal(
                        "needed",
                        f"votes needed to stay in: {quantity}{name}",
                        figures.minimum,
                        quantity.of(int(size or 0)),
                    )
        if isinstance(view.stage, MotionStage):
            yield from _asked(case, view.stage, At(case, ("ballot", index)), view)


def _needed(at: At, what: str, published: object, requirement: Requirement | None, bases: object) -> Check:
    shown = f"{published:,}"
    if requirement is None:
        return at.cannot("needed", what, "a rule of the rulebook that asks for it", shown)
    base = bases.get(requirement.base) if isinstance(bases, dict) else None
    if base is None:
        return at.cannot("needed", f"{what}: {requirement}", f"the number of {requirement.base}", shown)
    computed = requirement.needed(base)
    same = Fraction(str(published)) == computed
    return at.check(
        "needed",
        f"{what}: {requirement}",
        "agrees" if same else "disagrees",
        published=shown,
        computed=f"{computed:,}",
        explanation=None if same else f"{exact.cut_to(requirement.share * base, 2):,} is the exact limit",
    )


def _asked(case: Case, stage: MotionStage, at: At, view: BallotView) -> Iterator[Check]:
    figures = view.figures
    if stage.asked_by is None:
        return
    quantity, body = stage.asked_by.threshold, stage.asked_by.body
    size = case.body_size(body)
    computed = None
    if hasattr(quantity, "of") and not hasattr(quantity, "parameter"):
        computed = quantity.of(size) if size is not None else None
    marks = case.contest.bodies[body].certainty("size") if body in case.contest.bodies else None
    if figures.asked_needed is not None:
        here = at.to("asked_needed", certainty=worst(figures.certainty("asked_needed"), marks))
        what = f"needed to ask for the motion: {quantity} of the {case.body_name(body)}, rounded up"
        if computed is None:
            yield here.cannot(
                "threshold", what, f"how many {case.body_name(body)} there were", f"{figures.asked_needed:,}"
            )
        else:
            yield here.equal("threshold", what, figures.asked_needed, computed)
    if figures.asked is not None and computed is not None:
        enough = figures.asked >= computed
        yield at.to("asked", certainty=figures.certainty("asked")).check(
            "threshold",
            "enough asked for the motion",
            "agrees" if enough else "disagrees",
            published=f"{figures.asked:,}",
            computed=f"{computed:,} needed",
        )


def _names(case: Case, people: object) -> str:
    listed = [case.contest.label(who) for who in people] if isinstance(people, list | tuple | set) else []
    return ", ".join(listed) if listed else "nobody"


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
            name = _round_name(case, view, number)
            item = replay_round(view.stage, view.round(number), _ballot_numbers(view)[number])
            if item.decision is None:
                if figures.out or figures.elected:
                    why = view.round(number).missing or "; ".join(item.say)
                    yield at.cannot("decision", f"who goes out or wins{name}", why, _published(case, figures))
                continue
            yield from _decision(case, view, number, item, at, name)


def _published(case: Case, figures: object) -> str:
    out = getattr(figures, "out", ())
    elected = getattr(figures, "elected", ())
    return f"elected: {_names(case, elected)}" if elected else f"out: {_names(case, out)}"


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
        decision = _replayed(case, view.stage.id, number) or decision  # with who lost the tie, if that is decided
    if case.contest.figures == "ours" and not (figures.out or figures.elected or figures.void):
        return  # nothing was published yet: the declaration says what follows
    if figures.void:
        tied = decision.outcome == "tied"
        yield at.to("void").check(
            "decision",
            f"a tie that the rules do not break{name}",
            "agrees" if tied else "disagrees",
            published="the ballot did not count",
            computed=f"tied for the last place: {_names(case, decision.tied)}"
            if tied
            else f"out: {_names(case, decision.out)}",
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
                published=_names(case, figures.elected),
                computed=f"the only one left after withdrawals (not by the votes: {reasons})",
                explanation=basis,
            )
        elif published and not elected and decision.outcome == "qualified":
            yield at.to("elected").check(
                "decision",
                f"who wins{name}",
                "disagrees",
                published=_names(case, figures.elected),
                computed=f"nobody yet: {_names(case, decision.qualified)} go on to the next stage",
            )
        else:
            same = published == elected
            yield at.to("elected").check(
                "decision",
                f"who wins{name}",
                "agrees" if same else "disagrees",
                published=_names(case, figures.elected),
                computed=f"{_names(case, decision.elected)} ({reasons})",
                explanation=basis,
            )
            if elected and not figures.out:
                return
    last = number == len(view.figures.round) - 1
    if decision.outcome == "tied":
        if figures.out and figures.tie is None and case.contest.figures == "published":
            between = _names(case, decision.tied)
            missing = f"how the tie between {between} was broken, and by whom: write it under tie"
            yield at.to("out").cannot("decision", f"who goes out{name}", missing, _names(case, figures.out))
            return
        yield at.to("out").check(
            "decision",
            f"who goes out{name}",
            "agrees"
            if set(figures.out) & set(decision.tied) and (not out or set(figures.out) - set(figures.withdrawn) <= out)
            else "disagrees",
            published=_names(case, figures.out),
            computed=f"tied: {_names(case, decision.tied)}" + (f"; out: {_names(case, decision.out)}" if out else ""),
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
            rule_for(view.stage, _ballot_numbers(view)[number])[1].kind == "nobody"
        )
        if nobody:
            explanation = "the rulebook puts nobody out after this ballot: whoever left it, left by their own will"
    elif same and published_out != out:
        explanation = f"{_names(case, sorted(out & set(figures.withdrawn)))}, who would have gone out, withdrew"
    if not same and not published_out:
        explanation = "; ".join(filter(None, (explanation, "the file names nobody under out")))
    yield at.to("out").check(
        "decision",
        f"who goes out{name}",
        "agrees" if same else "disagrees",
        published=_names(case, figures.out),
        computed=_names(case, decision.out),
        explanation=explanation,
    )


def _left_after(case: Case, view: BallotView) -> set[str] | None:
    """Who was left after the last round of a ballot: as published, or in a contest of our own as the rules decide it.

    None where its candidates are not known.
    """
    if not view.figures.round:
        return None
    if case.contest.figures == "ours":
        played = next((result for result in replay(case) if result.stage == view.stage.id), None)
        return set(played.qualified) if played is not None and played.outcome == "qualified" else None
    number = len(view.figures.round) - 1
    last, present = view.figures.round[number], set(view.round(number).candidates)
    return present - set(last.out) - set(last.withdrawn) if present else None


def finalists(case: Case) -> Iterator[Check]:
    """Who stands in a ballot that follows another: those whom the one before left, and nobody else."""
    before: set[str] | None = None
    for index, view in views(case):
        if not isinstance(view.stage, BallotStage):
            continue
        present = set(view.round(0).candidates) - {"reopen"} if view.figures.round else set()
        if before is not None and present:
            same = present <= before
            yield At(case, ("ballot", index, "round", 0)).check(
                "field",
                f"who stands in the next stage ({view.stage.name or view.stage.id})",
                "agrees" if same and len(present) == len(before) else "disagrees",
                published=_names(case, sorted(present)),
                computed=_names(case, sorted(before)),
                explanation=None
                if present == before
                else f"the difference is {_names(case, sorted(present ^ before))}",
            )
        before = _left_after(case, view) if view.stage.until is not None else None


def fields(case: Case) -> Iterator[Check]:
    """Who stands in each later round: those who were left, and new ones only where the rules allow them."""
    for index, view in views(case):
        if not isinstance(view.stage, BallotStage):
            continue
        numbers = _ballot_numbers(view)
        for number in range(1, len(view.figures.round)):
            before, now = view.figures.round[number - 1], view.figures.round[number]
            earlier = set(view.round(number - 1).candidates)
            present = set(view.round(number).candidates)
            at = At(case, ("ballot", index, "round", number))
            name = _round_name(case, view, number)
            if not earlier or not present:
                yield at.cannot("field", f"who stands{name}", "the candidates of this round or of the one before")
                continue
            gone = set(before.out)
            if case.contest.figures == "ours":
                decided = _replayed(case, view.stage.id, number - 1)
                gone |= set(decided.out) if decided else set()
            left = earlier if before.void else earlier - gone - set(before.withdrawn)
            newcomers = present - earlier
            expected = left | set(now.new)
            same = present == expected
            yield at.check(
                "field",
                f"who stands{name}",
                "agrees" if same else "disagrees",
                published=_names(case, sorted(present)),
                computed=_names(case, sorted(expected)),
                explanation=None if same else f"the difference is {_names(case, sorted(present ^ expected))}",
            )
            if newcomers:
                allowed = rule_for(view.stage, numbers[number - 1])[2]
                yield at.to("new").check(
                    "field",
                    f"new candidates{name}",
                    "agrees" if allowed else "disagrees",
                    published=_names(case, sorted(newcomers)),
                    computed="the rules let new candidates in"
                    if allowed
                    else "the rules let nobody in after the first ballot",
                )
            if before.withdrawn:
                again = set(before.withdrawn) & present
                yield at.check(
                    "field",
                    f"who withdrew stays away{name}",
                    "disagrees" if again else "agrees",
                    published=_names(case, before.withdrawn),
                    computed=f"back: {_names(case, sorted(again))}" if again else "not in this round",
                )


def _replayed(case: Case, stage: str, number: int) -> Decision | None:
    """What the rules decide after round ``number`` (from 0), ties broken; None where it did not come to that."""
    played = next((result for result in replay(case) if result.stage == stage), None)
    return played.rounds[number].decision if played and number < len(played.rounds) else None


def rules_on_papers_and_results(case: Case) -> Iterator[Check]:
    """Rules on what a paper or a result must contain; places filled by those with most votes."""
    for index, view in views(case):
        stage = view.stage
        if not isinstance(stage, BallotStage):
            continue
        at = At(case, ("ballot", index))
        for rule in stage.paper_rules:
            group = case.rulebook.groups[rule.group].name
            asked = f"at least {rule.at_least}" if rule.at_least is not None else f"at most {rule.at_most}"
            yield at.cannot(
                "rule",
                f"every valid paper had {asked} {group}",
                "the ballots themselves: totals do not show it",
            )
        elected = _elected(case)
        for rule in stage.result_rules if elected or case.contest.figures == "published" else ():
            group = case.rulebook.groups[rule.group].name
            number = sum(
                rule.group in case.contest.candidates[who].groups for who in elected if who in case.contest.candidates
            )
            right = number >= (rule.at_least or 0) and (rule.at_most is None or number <= rule.at_most)
            yield at.check(
                "rule",
                f"{group} among those elected",
                "agrees" if right else "disagrees",
                published=f"{number}",
                computed=f"at least {rule.at_least or 0}"
                + (f", at most {rule.at_most}" if rule.at_most is not None else ""),
            )
        if isinstance(stage.places, int) and stage.places > 1 and view.figures.round:
            yield from _places(case, view, stage.places, At(case, ("ballot", index, "round", 0)))


def _elected(case: Case) -> tuple[str, ...]:
    """Who was declared elected; in a contest of our own that does not say so yet, who is elected by the figures."""
    if case.contest.figures == "ours" and not case.contest.elected:
        return winners(replay(case)) or ()
    return case.contest.elected


def _places(case: Case, view: BallotView, places: int, at: At) -> Iterator[Check]:
    elected = _elected(case)
    if not elected:
        return
    yield at.equal("rule", "as many are elected as there are places", len(elected), places)
    votes = view.section_votes(0, "total")
    if votes is None:
        yield at.cannot("winner", "those elected have the most votes", "their votes")
        return
    inside = [votes[who] for who in elected if who in votes]
    outside = {who: number for who, number in votes.items() if who not in elected}
    if len(inside) == len(elected) and outside:
        best = max(outside, key=lambda who: (outside[who], who))
        drawn = bool(view.figures.round[0].tie) and min(inside) == outside[best]
        right = min(inside) > outside[best] or drawn
        others = view.figures.round[0].others
        yield at.check(
            "winner",
            "those elected have the most votes" + (", as far as votes are known" if others else ""),
            "agrees" if right else "disagrees",
            published=f"the last elected has {min(inside):,}",
            computed=f"the first not elected, {case.contest.label(best)}, has {outside[best]:,}",
        )
    entitled = view.figure("entitled")
    choose = getattr(view.stage, "choose_up_to", None)
    if entitled is not None:
        right = all(number <= entitled for number in votes.values())
        yield at.check(
            "sum",
            "nobody has more votes than there are voters",
            "agrees" if right else "disagrees",
            published=f"at most {max(votes.values()):,}",
            computed=f"{entitled:,} voters",
        )
        if choose:
            total = sum(votes.values())
            yield at.check(
                "sum",
                "no more votes than all papers can give",
                "agrees" if total <= choose * entitled else "disagrees",
                published=f"{total:,}",
                computed=f"at most {choose * entitled:,} ({entitled:,} papers of {choose})",
            )
    if view.figures.round[0].others:
        yield at.cannot(
            "winner",
            "nobody else had more votes",
            f"the votes of {view.figures.round[0].others} further candidates",
        )


def outcome(case: Case) -> Iterator[Check]:
    """The winner: from the figures alone, under the rulebook, and as published."""
    contest = case.contest
    if not contest.elected:
        return
    at = At(case, ("elected",))
    replays = replay(case)
    won = winners(replays)
    if won is None:
        stopped = next((result.stopped for result in replays if result.stopped), "the figures do not decide it")
        yield at.cannot(
            "winner",
            "the winner, from the figures alone",
            stopped or "figures",
            _names(case, contest.elected),
        )
        return
    inexact = any(not result.exact for result in replays)
    yield at.check(
        "winner",
        "the winner, from the figures alone",
        "agrees" if set(won) == set(contest.elected) else "disagrees",
        published=_names(case, contest.elected),
        computed=_names(case, won),
        explanation="worked out from published shares or points, not from votes" if inexact else None,
    )
