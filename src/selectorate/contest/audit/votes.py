"""Votes: that tables of them add up, and that from one round of a preferential count to the next none appear."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...rules import BallotStage
from ..case import Case
from ..model import TOTAL
from .base import At, Check, round_name, views, worst


def sums(case: Case) -> Iterator[Check]:
    """The votes of segments, or of units, add up to the published totals, candidate by candidate."""
    for index, view in views(case):
        units = case.units.get(view.stage.id)
        for number, figures in enumerate(view.figures.round):
            totals = figures.votes.get(TOTAL)
            if totals is None:
                continue
            at = At(case, ("ballot", index, "round", number, "votes", TOTAL), figures.certainty("votes", TOTAL))
            name = round_name(case, view, number)
            if view.sections != (TOTAL,) and any(section in figures.votes for section in view.sections):
                absent = [case.section_name(s) for s in view.sections if s not in figures.votes]
                for who, total in totals.items():
                    what = f"{case.contest.label(who)}: votes by segment add up{name}"
                    if absent:
                        yield at.to(who).cannot("sum", what, f"the votes of {' and '.join(absent)}", f"{total:,}")
                        continue
                    marks = worst(at.certainty, *(figures.certainty("votes", s) for s in view.sections))
                    parts = [figures.votes[section].get(who, 0) for section in view.sections]
                    yield at.to(who, certainty=marks).equal("sum", what, total, sum(parts))
            if units is not None and number < len(units.rounds):
                for who, total in totals.items():
                    added = sum(votes.get(who, 0) for votes in units.rounds[number].values())
                    yield at.to(who).equal(
                        "sum", f"{case.contest.label(who)}: votes by unit add up{name}", total, added
                    )


def transfers(case: Case) -> Iterator[Check]:
    """Under a preferential count nobody who stays in loses votes, the votes in the count never rise, and what leaves
    it is what was published as exhausted."""
    for index, view in views(case):
        if not isinstance(view.stage, BallotStage) or view.stage.count not in (
            "alternative vote",
            "supplementary vote",
        ):
            continue
        sections = [*view.sections, TOTAL] if len(view.sections) > 1 else [TOTAL]
        for number in range(1, len(view.figures.round)):
            figures = view.figures.round[number]
            at = At(case, ("ballot", index, "round", number, "votes"), figures.certainty("votes"))
            name = round_name(case, view, number)
            for section in sections:
                before, now = view.section_votes(number - 1, section), view.section_votes(number, section)
                where = "" if section == TOTAL else f", {case.section_name(section)}"
                if before is None or now is None:
                    if section == TOTAL:
                        yield at.cannot(
                            "transfer",
                            f"transfers balance{name}",
                            "the votes of this round or of the one before",
                        )
                    continue
                yield _balance(case, at, f"transfers balance{where}{name}", before, now)
            first, now = view.section_votes(0, TOTAL), view.section_votes(number, TOTAL)
            if figures.exhausted is not None and first is not None and now is not None:
                yield At(case, ("ballot", index, "round", number, "exhausted")).equal(
                    "transfer",
                    f"ballots exhausted{name}",
                    figures.exhausted,
                    sum(first.values()) - sum(now.values()),
                )


def _balance(case: Case, at: At, what: str, before: Mapping[str, int], now: Mapping[str, int]) -> Check:
    lost = [who for who in now if who in before and now[who] < before[who]]
    cast_before, cast_now = sum(before.values()), sum(now.values())
    if lost:
        return at.check(
            "transfer",
            what,
            "disagrees",
            published=", ".join(f"{case.contest.label(w)} {now[w]:,} after {before[w]:,}" for w in lost),
            computed="nobody who stays in loses votes",
            explanation="votes of different counts, or a misprint",
        )
    if cast_now > cast_before:
        return at.check(
            "transfer",
            what,
            "disagrees",
            published=f"{cast_now:,} votes after {cast_before:,}",
            computed=f"at most {cast_before:,}",
            explanation="votes of different counts, or a misprint",
        )
    return at.check(
        "transfer",
        what,
        "agrees",
        published=f"{cast_now:,} of {cast_before:,} votes stay in",
        computed=f"{cast_before - cast_now:,} leave the count",
    )
