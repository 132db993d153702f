"""Making a declaration: the contest played under its rulebook, ballot by ballot."""

from __future__ import annotations

from collections.abc import Sequence

from ..exact import decimals_of
from ..rules import BallotStage, MotionStage
from ..rules.wording import listed
from .audit import audit
from .case import Case
from .declaration import (
    POINTS_DECIMALS,
    BallotSheet,
    Declaration,
    NominationSheet,
    PrintingSheet,
    SourceSheet,
)
from .disclosure import closed
from .figures import BallotRound, BallotView, view_of
from .model import REOPEN, BallotFigures
from .motions import motion_sheet
from .nominations import rule_on
from .replay import Replay, replay, winners
from .round_sheets import closed_round, round_sheet
from .section_sheets import hidden_sections, section_sheets, shares_stay_open, unit_sheets


def declare(case: Case) -> Declaration:
    """The declaration of ``case``, under its rulebook; its rule of disclosure applied to figures of our own."""
    contest = case.contest
    replays = {result.stage: result for result in replay(case)}
    won = winners(list(replays.values()))
    ballots = tuple(
        _ballot(case, stage, figures or BallotFigures(stage=stage.id), replays.get(stage.id))
        for stage in case.rulebook.stage
        if isinstance(stage, BallotStage | MotionStage)
        and ((figures := case.ballot(stage.id)) is not None or _not_held(case, replays.get(stage.id)))
    )
    elected = won if won is not None else contest.elected
    again = REOPEN in elected
    elected = tuple(who for who in elected if who != REOPEN)
    return Declaration(
        contest=contest.id,
        title=contest.title,
        organisation=contest.organisation,
        office=contest.office,
        date=contest.date,
        rulebook=case.rulebook.id,
        rulebook_name=case.rulebook.name,
        occasion=contest.occasion,
        figures=contest.figures,
        candidates={key: candidate.name for key, candidate in contest.candidates.items()},
        names={key: candidate.label for key, candidate in contest.candidates.items()},
        holder=contest.holder,
        nominations=tuple(nominations(case)),
        ballots=ballots,
        elected=elected,
        elected_names=tuple(contest.candidates[who].name if who in contest.candidates else who for who in elected),
        derived=won is not None,
        outcome=contest.outcome or ("Nobody is elected: nominations are opened again." if again else None),
        about=contest.about,
        sources=tuple(SourceSheet(s.title, s.address, s.says) for s in contest.source),
        disagreements=_disagreements(case) if contest.figures == "published" else (),
        remarks={key: candidate.note for key, candidate in contest.candidates.items() if candidate.note},
    )


def withholds(case: Case) -> bool:
    """Whether the declaration of ``case`` keeps figures back that its files have: of a small segment or unit."""
    if case.contest.figures != "ours":
        return False
    for stage in case.rulebook.stage:
        view = view_of(case, stage.id) if isinstance(stage, BallotStage | MotionStage) else None
        if view is None or not isinstance(stage, BallotStage | MotionStage):
            continue
        _units, _won, covered = unit_sheets(case, stage, ours=True)
        hidden = hidden_sections(case, view, view.rounds(), covered)
        if any(found.names for found in (hidden, covered) if found):
            return True
    return False


def _disagreements(case: Case) -> tuple[str, ...]:
    """What the audit found among published figures that does not agree with the others, in sentences."""
    found = [check for check in audit(case).checks if check.status == "disagrees"]
    return tuple(f"{check.what}: published {check.published}, but {check.computed} follows." for check in found)


def _ballot(case: Case, stage: BallotStage | MotionStage, figures: BallotFigures, played: Replay | None) -> BallotSheet:
    view = view_of(case, stage.id) or BallotView(case, stage, figures)
    rounds = view.rounds()
    printing = _printing(stage, rounds)
    replayed = {item.number: item for item in played.rounds} if played else {}
    ours = case.contest.figures == "ours"
    units, won, covered = unit_sheets(case, stage, ours=ours)
    hidden = hidden_sections(case, view, rounds, covered) if ours else None
    coarse = any(found.coarse for found in (hidden, covered) if found)
    sheets = tuple(
        round_sheet(case, view, item, replayed.get(item.number), printing, hidden, coarse=coarse) for item in rounds
    )
    if coarse and hidden and not shares_stay_open(case, stage, rounds, printing):
        hidden, sheets = closed(hidden), tuple(closed_round(sheet) for sheet in sheets)
    voters = case.body_name(stage.by) if stage.by else "the selectorate"
    notes = dict.fromkeys(found.note for found in (hidden, covered) if found)
    return BallotSheet(
        stage=stage.id,
        name=stage.name or ("Motion" if isinstance(stage, MotionStage) else "Ballot"),
        kind="motion" if isinstance(stage, MotionStage) else "ballot",
        paper="yes or no" if isinstance(stage, MotionStage) else stage.paper,
        voters=voters,
        places=1 if isinstance(stage, MotionStage) or not isinstance(stage.places, int) else stage.places,
        printing=printing,
        sections=tuple(section_sheets(case, view, hidden, coarse=coarse)),
        rounds=sheets,
        units=units,
        units_won=won,
        unit_name=stage.points.unit if isinstance(stage, BallotStage) and stage.points else None,
        outcome=played.outcome if played else "stopped",
        stopped=played.stopped if played else "an earlier stage did not come to an end",
        elected=played.elected if played else (),
        qualified=played.qualified if played else (),
        exact=played.exact if played else False,
        addable=len(view.sections) == 1 or view.addable,
        disclosure=" ".join(notes) or None,
        notes=tuple(
            note
            for note in (
                _not_held(case, played),
                figures.note,
                *(r.figures.note for r in rounds),
                *(uncertain for r in rounds for uncertain in _uncertain(case, view, r)),
            )
            if note
        ),
        motion=motion_sheet(case, stage, figures, played) if isinstance(stage, MotionStage) else None,
        held=_not_held(case, played) is None,
    )


CERTAINTY = {
    "recalled": "from memory, not read in a source",
    "derived": "worked out from other figures",
    "approximate": "round numbers",
}


def _uncertain(case: Case, view: BallotView, item: BallotRound) -> list[str]:
    """A sentence for each mark on the figures of a round: which of them are less certain than the others."""
    told = []
    label = "" if len(view.figures.round) == 1 else f"{item.figures.label or f'Round {item.number}'}: "
    for mark, words in CERTAINTY.items():
        named = [_figure_words(case, path) for path in getattr(item.figures, mark)]
        if named:
            told.append(f"{label}{', '.join(named)}: {words}.")
    return told


def _figure_words(case: Case, path: str) -> str:
    """The figures at ``path`` of a round, in words: "votes.members" are the votes of party members."""
    key, *rest = path.split(".")
    words = {"votes": "the votes", "shares": "the shares", "points": "the points", "weighted": "the weighted shares"}
    said = words.get(key, key.replace("_", " "))
    for part in rest:
        if part in case.rulebook.segments:
            said += f" of {case.section_name(part)}"
        elif part in case.contest.candidates:
            said += f" of {case.contest.label(part)}"
    return said


def _not_held(case: Case, played: Replay | None) -> str | None:
    """That no ballot was held, and why, where the rules decided without one."""
    if played is None or played.rounds:
        return None
    if played.outcome == "elected":
        names = listed([case.contest.candidates[who].name for who in played.elected])
        if len(played.elected) > 1:
            return f"No ballot was held: {names} were the only candidates, and there are places for all of them."
        return f"No ballot was held: {names} was the only candidate, and the rulebook has a single candidate elected."
    if played.outcome == "qualified":
        people = [case.contest.candidates[who].name for who in played.qualified]
        if len(people) == 1:
            return f"No ballot was held: {people[0]} was the only candidate, and goes on to the next stage without one."
        names = listed(people)
        return f"No ballot was held: {names} were the only candidates, and go on to the next stage without one."
    return None


def _printing(stage: BallotStage | MotionStage, rounds: Sequence[BallotRound]) -> PrintingSheet:
    default = "valid votes"
    if isinstance(stage, BallotStage):
        default = {"weighted-college": "the college", "points-by-unit": "points"}.get(stage.combine, "votes")
    shares, turnout = stage.shares, stage.turnout
    printed = [
        decimals_of(figure)
        for item in rounds
        if item.basis == "published points"
        for figures in item.figures.points.values()
        for figure in figures
    ]
    return PrintingSheet(
        shares.of or default,
        shares.decimals,
        shares.cut,
        turnout.counts,
        turnout.decimals,
        turnout.cut,
        min(POINTS_DECIMALS, max(printed, default=POINTS_DECIMALS)),
    )


def nominations(case: Case) -> list[NominationSheet]:
    """Every candidate's nominations, ruled on by the thresholds of the rulebook."""
    return [
        NominationSheet(
            stage=ruling.stage.id,
            name=ruling.stage.name or "Nomination",
            body=case.body_name(ruling.body),
            size=ruling.size,
            candidate=ruling.candidate,
            candidate_name=case.contest.candidates[ruling.candidate].name,
            count=ruling.count,
            needed=ruling.needed,
            result=ruling.result,
            reason=ruling.reason,
            parts=dict(ruling.parts),
            certainty=ruling.certainty,
            part_names={part: case.rulebook.bodies[ruling.body].parts.get(part, part) for part in ruling.parts},
            at_least=ruling.at_least,
            parts_certainty=ruling.parts_certainty,
            size_certainty=body.certainty("size") if (body := case.contest.bodies.get(ruling.body)) else None,
        )
        for ruling in rule_on(case)
    ]
