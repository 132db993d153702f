"""The rounds of a declaration: who stood where, with which share, and what became of whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from ..exact import cut_fraction, decimals_of
from .case import Case
from .declaration import (
    PrintingSheet,
    RoundSheet,
    Row,
)
from .disclosure import Hidden
from .figures import BallotRound, BallotView
from .model import MOTION, TOTAL
from .replay import ReplayedRound


def round_sheet(
    case: Case,
    view: BallotView,
    item: BallotRound,
    played: ReplayedRound | None,
    printing: PrintingSheet,
    hidden: Hidden | None,
    *,
    coarse: bool,
) -> RoundSheet:
    """A round as it is declared: ``played`` under the rules, ``hidden`` sections left out, ``coarse`` ones cut."""
    figures, standing = item.figures, item.standing
    unit = standing.unit if standing else "votes"
    published = figures.shares.get(TOTAL, {})
    people = list(standing.ranked()) if standing else []
    gone = (*figures.elected, *figures.withdrawn, *figures.out)  # named even where the round has no figures
    more = dict.fromkeys((*(item.votes or {}), *published, *figures.points, *gone))
    people += [who for who in more if who not in people]
    if set(people) == set(MOTION) and standing and len(set(standing.total.values())) == 1:
        people = list(MOTION)  # a tie in the order of the paper
    base = item.bases.get(printing.of)
    rows = []
    for who in people:
        value = standing.total.get(who) if standing else None
        share = value / base if value is not None and base and item.basis == "votes" else None
        parts = standing.parts if standing is not None and standing.unit == "college" else {}
        rows.append(
            Row(
                candidate=who,
                name=case.contest.candidates[who].name if who in case.contest.candidates else case.contest.label(who),
                votes=item.votes.get(who) if item.votes and not coarse else None,
                value=cut_value(value, printing, unit) if coarse else value,
                share=cut_value(share, printing) if coarse else share,
                by_section=_by_section(view, item, who, hidden),
                weighted={section: row[who] for section, row in parts.items() if who in row and not coarse},
                published=max(published[who], key=decimals_of) if who in published else None,
                printed_weighted=_printed(figures.weighted, who, view, item),
                printed_shares=_printed(figures.shares, who, view, item),
                fate=_fate(who, figures, played),
            )
        )
    cast, first = view.cast(item.number - 1), view.cast(0)
    exhausted = figures.exhausted
    if exhausted is None and cast is not None and first is not None and item.number > 1 and not view.repeated:
        exhausted = first - cast
    return RoundSheet(
        number=item.number,
        label=figures.label or (("Ballot " if view.repeated else "Round ") + str(item.number)),
        date=figures.date,
        unit=unit,
        rows=tuple(rows),
        cast=cast,
        exhausted=exhausted,
        say=tuple(_coarsely(text) if coarse else text for text in played.say) if played else (),
        void=figures.void,
        others=figures.others,
        valid=_valid(view, item, cast),
    )


def closed_round(sheet: RoundSheet) -> RoundSheet:
    """A round without what decides: the order of its rows, and what became of whom."""
    return replace(sheet, rows=tuple(replace(row, value=None, share=None) for row in sheet.rows))


def cut_value(value: Fraction | None, printing: PrintingSheet, unit: str = "share") -> Fraction | None:
    """A deciding figure cut to the decimals that the rulebook prints; of a share, to those of its per cent."""
    decimals = printing.decimals + (0 if unit == "points" else 2)
    return cut_fraction(value, decimals, printing.cut) if value is not None else None


def _coarsely(sentence: str) -> str:
    """What a round says of a requirement, without the figure that was had."""
    needed, found, _ = sentence.rpartition(" needed, ")
    return f"{needed} needed" if found else sentence


def _valid(view: BallotView, item: BallotRound, cast: int | None) -> int | None:
    """The valid votes of one round: after the first of a preferential count, the votes still in it."""
    if item.number > 1 and not view.repeated:
        return cast if not item.figures.others else None
    return view.figure("valid", number=item.number - 1)


def _printed(
    tables: Mapping[str, Mapping[str, tuple[Decimal, ...]]], who: str, view: BallotView, item: BallotRound
) -> dict[str, Decimal]:
    """The figures of ``who`` as printed, by segment, where the votes of some segment are not known."""
    if all(view.section_votes(item.number - 1, section) is not None for section in view.sections):
        return {}
    return {
        section: max(row[who], key=decimals_of) for section, row in tables.items() if section != TOTAL and who in row
    }


def _by_section(view: BallotView, item: BallotRound, who: str, hidden: Hidden | None) -> dict[str, int | None]:
    result: dict[str, int | None] = {}
    for section in view.sections:
        if section == TOTAL:
            continue
        votes = view.section_votes(item.number - 1, section)
        if votes is not None and who in votes:
            result[section] = None if hidden and section in hidden.names else votes[who]
    return result


def _fate(
    who: str, figures: Any, played: ReplayedRound | None
) -> Literal["", "elected", "out", "withdrawn", "qualified"]:
    if who in figures.elected:
        return "elected"
    if who in figures.withdrawn:
        return "withdrawn"
    if who in figures.out:
        return "out"
    decision = played.decision if played else None
    if decision and who in decision.elected and who not in MOTION:
        return "elected"
    if decision and who in decision.qualified:
        return "qualified"
    if decision and who in decision.out:
        return "out"
    return ""
