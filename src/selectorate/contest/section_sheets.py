"""The sections and units of a declaration: rolls, turnout, who is first; and which of them are not shown apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from ..exact import cut_fraction
from ..rules import BallotStage, MotionStage
from .case import Case
from .declaration import (
    PrintingSheet,
    SectionSheet,
    UnitSheet,
)
from .disclosure import Hidden, safe_partition, stays_open, together
from .figures import BallotRound, BallotView, roll_figure
from .model import TOTAL


def section_sheets(case: Case, view: BallotView, hidden: Hidden | None, *, coarse: bool) -> list[SectionSheet]:
    """The rolls of all sections and of the total; of ``hidden`` ones only how many were entitled."""
    names = [*(view.sections if view.sections != (TOTAL,) else ()), TOTAL]
    last = max(len(view.figures.round) - 1, 0) if view.repeated else 0
    result = []
    for section in names:
        if hidden and section in hidden.names:
            roll = view.roll(section, last)
            result.append(
                SectionSheet(
                    section,
                    case.section_name(section),
                    entitled=roll.entitled if roll else None,
                    note=hidden.note,
                )
            )
            continue
        sheet = _section(case, view, section, last)
        result.append(replace(sheet, first=None, lead=None, majority=None) if coarse else sheet)
    return result


def _section(case: Case, view: BallotView, section: str, number: int) -> SectionSheet:
    roll = view.roll(section, number)
    entitled = view.figure("entitled", section, number)
    returned = view.figure("returned", section, number)
    valid = view.figure("valid", section, number)
    votes = view.section_votes(number, section)
    ranked = sorted(votes, key=lambda who: (-votes[who], who)) if votes else []
    lead = majority = None
    first = None
    if votes and ranked:
        top = votes[ranked[0]]
        second = votes[ranked[1]] if len(ranked) > 1 else 0
        first = ranked[0] if top > second else None
        lead, majority = top - second, 2 * top - sum(votes.values())
    if view.figures.round and view.figures.round[number].others:
        majority = None
    weight = view.stage.weights.get(section) if isinstance(view.stage, BallotStage) else None
    keys = ("entitled", "returned", "spoilt", "valid", "not_voting", "abstentions")
    return SectionSheet(
        section=section,
        name=case.section_name(section),
        entitled=entitled,
        returned=returned,
        spoilt=view.figure("spoilt", section, number),
        rejected=roll.rejected if roll else None,
        valid=valid,
        abstentions=roll.abstentions if roll else None,
        not_voting=roll.not_voting if roll else None,
        turnout_returned=Fraction(returned, entitled) if returned is not None and entitled else None,
        turnout_valid=Fraction(valid, entitled) if valid is not None and entitled else None,
        turnout_published=roll.turnout[-1] if roll and roll.turnout else None,
        weight=weight,
        first=first,
        lead=lead,
        majority=majority,
        certainty={key: mark for key in keys if roll and (mark := roll.certainty(key))},
        note=roll.note if roll else None,
    )


def unit_sheets(
    case: Case, stage: BallotStage | MotionStage, *, ours: bool
) -> tuple[tuple[UnitSheet, ...], dict[str, int], Hidden | None]:
    """The units of the last round, how many each candidate won, and which units are not shown apart."""
    found = case.units.get(stage.id)
    if found is None or not found.rounds:
        return (), {}, None
    last = found.rounds[-1]
    won: dict[str, int] = {}
    sheets = []
    for unit, votes in last.items():
        winner = _leader(votes)
        if winner is not None:
            won[winner] = won.get(winner, 0) + 1
        sheets.append(UnitSheet(unit, found.names.get(unit, unit), dict(votes), winner))
    if not ours:
        return tuple(sheets), won, None
    hidden = safe_partition(
        [{unit: dict(votes) for unit, votes in votes_by_unit.items()} for votes_by_unit in found.rounds],
        case.rulebook.disclosure,
        what="unit",
        weighed=is_weighed(stage),
        ballots=_papers(stage, last, {}),
    )
    # Where units weigh, what is shown could be taken from the total of points: then all or none.
    shown = [sheet for sheet in sheets if sheet.unit not in hidden.names and not (hidden.names and is_weighed(stage))]
    if hidden.names:
        if shown:
            pooled, number = together(last, hidden.names), len(hidden.names)
            shown.append(UnitSheet("pooled", f"{number} units together", pooled, None, number))
        won = {}
        for sheet in shown:
            if sheet.winner is not None:
                won[sheet.winner] = won.get(sheet.winner, 0) + 1
    return tuple(shown), won, hidden


def _leader(votes: dict[str, int] | Any) -> str | None:
    ranked = sorted(votes.values(), reverse=True)
    if not ranked or ranked[0] == 0 or (len(ranked) > 1 and ranked[0] == ranked[1]):
        return None
    return str(next(who for who, number in votes.items() if number == ranked[0]))


def hidden_sections(case: Case, view: BallotView, rounds: list[BallotRound], covered: Hidden | None) -> Hidden | None:
    """The segments that are not shown apart, in our own declarations.

    All of them, where one would have to be in a college, where hidden units make points coarse, or where the votes
    of a round are not known of every segment; and where the rulebook declares none.
    """
    everything, stage = frozenset(view.sections), view.stage
    if len(view.sections) < 2:
        if covered and covered.coarse:
            return Hidden(everything - {TOTAL}, covered.note, coarse=True)
        return None  # there are no parts
    tables, partly = [], False
    for item in rounds:
        rows = {section: view.section_votes(item.number - 1, section) for section in view.sections}
        known = {section: dict(row) for section, row in rows.items() if row is not None}
        if len(known) == len(rows):
            tables.append(known)
        elif known:
            partly = True
    if isinstance(stage, BallotStage) and "segment" not in stage.declare:
        return Hidden(everything, "The rulebook declares no segment apart.")
    if partly:
        return Hidden(everything, "The votes of some segments are not known in every round: none is shown apart.")
    weighed = is_weighed(stage)
    valid = {name: roll_figure(view.roll(name), "valid") for name in view.sections}
    ballots = _papers(stage, tables[-1], valid) if tables else None
    found = safe_partition(tables, case.rulebook.disclosure, what="segment", weighed=weighed, ballots=ballots)
    if weighed and (found.names or (covered and covered.names)):
        return Hidden(everything, found.note, coarse=True)
    return found


def _papers(
    stage: BallotStage | MotionStage, votes: Mapping[str, Mapping[str, int]], valid: Mapping[str, int | None]
) -> dict[str, int] | None:
    """How many voted in each part, where a paper can give several votes: as the roll has it, or else at least."""
    most = stage.choose_up_to if isinstance(stage, BallotStage) else None
    if most is None:
        return None
    return {
        name: known
        if (known := valid.get(name)) is not None
        else max(max(row.values(), default=0), -(-sum(row.values()) // most))
        for name, row in votes.items()
    }


def is_weighed(stage: BallotStage | MotionStage) -> bool:
    """Whether votes weigh by section or unit, so that what is shown could be taken from what decides."""
    return isinstance(stage, BallotStage) and stage.combine != "one-person-one-vote"


def shares_stay_open(
    case: Case, stage: BallotStage | MotionStage, rounds: list[BallotRound], printing: PrintingSheet
) -> bool:
    """Whether the shares of a weighted college, cut as they are printed, may be shown beside hidden sections."""
    if not isinstance(stage, BallotStage) or stage.combine != "weighted-college":
        return True
    known = [
        (item.sections, {name: sum(row.values(), Fraction(0)) for name, row in item.standing.parts.items()})
        for item in rounds
        if item.sections is not None and item.standing is not None
    ]
    return stays_open(
        known, case.rulebook.disclosure, lambda share: cut_fraction(share, printing.decimals + 2, printing.cut)
    )
