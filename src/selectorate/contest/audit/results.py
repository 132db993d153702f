"""The result: what a paper or a result must contain, who fills the places, and the winner."""

from __future__ import annotations

from collections.abc import Iterator

from ...rules import BallotStage
from ..case import Case
from ..figures import BallotView
from ..replay import replay, winners
from .base import At, Check, names, views


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
        for rule in stage.result_rules if elected else ():
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
    """Who was declared elected; where the contest does not say so, who is elected by the figures."""
    return case.contest.elected or winners(replay(case)) or ()


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
    # Transfers can elect somebody who was behind at first, and so can rules on the result: then the whole count tells.
    by_votes = isinstance(view.stage, BallotStage) and view.stage.count == "most votes" and not view.stage.result_rules
    if by_votes and len(inside) == len(elected) and outside:
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
            names(case, contest.elected),
        )
        return
    inexact = any(not result.exact for result in replays)
    yield at.check(
        "winner",
        "the winner, from the figures alone",
        "agrees" if set(won) == set(contest.elected) else "disagrees",
        published=names(case, contest.elected),
        computed=names(case, won),
        explanation="worked out from published shares or points, not from votes" if inexact else None,
    )
