"""The figures of a paper count, entered into the folder of a contest: votes, rolls, ties, withdrawals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..rules import BallotStage, MotionStage, NominationStage
from .case import Case
from .figures import view_of
from .folder import CONTEST, add_candidate, changed, id_of, locked, new_id
from .loading import load_file
from .model import MOTION, REOPEN, TOTAL
from .nominations import field_of, rule_on
from .replay import replay, replay_ballot, rule_for
from .writing import Plain, plain_name, write_all

ROLL = ("entitled", "returned", "rejected", "spoilt", "valid", "abstentions", "not_voting")
"""What can be entered of a roll."""


def enter(
    folder: Path,
    votes: Mapping[str, int],
    *,
    section: str = TOTAL,
    stage: str | None = None,
    round_: int = 1,
    roll: Mapping[str, int] | None = None,
    out: Sequence[str] = (),
    elected: Sequence[str] = (),
    withdrawn: Sequence[str] = (),
    new: Sequence[str] = (),
    tie: str | None = None,
    void: bool = False,
    date: dt.date | None = None,
    units: str | None = None,
) -> Case:
    """Enter the votes of a section in a round of a paper count, and what goes with it; the contest as it is then.

    ``votes``: by candidate, of everybody who stands in that round. ``roll``: figures of ``ROLL``, for the round where
    ballots are repeated, else for the whole ballot. ``out`` or ``elected``, and ``tie``: who lost or won a tie, and
    how it was broken. ``withdrawn``: who withdrew after the round; ``new``: who entered with it, by name. ``void``:
    the round is to be held again. ``units``: a file in the folder with the votes of every unit.

    What is entered again replaces what was there; new votes also put aside how a tie of the old ones was broken.
    Raises InputError or ContestError if it does not fit the contest.
    """
    with locked(folder):
        case = load_file(folder / CONTEST)
        ballot = _ballot_stage(case, stage)
        view = view_of(case, ballot.id)
        there = len(view.figures.round) if view else 0
        if round_ < 1 or round_ > there + 1:
            raise InputError(f"round {round_} cannot be entered yet", hint=f"The next one is round {there + 1}.")
        people = list(case.contest.candidates)
        entering: dict[str, str] = {}
        for text in new:
            name = plain_name(text, "the name of a candidate")
            who = id_of(case, name) or new_id(case, name)
            entering[who] = name
        if entering and not _may_enter(ballot, round_):
            raise InputError("nobody can enter with this round", hint="The rules let no new candidates in before it.")
        if votes:
            _check_field(case, ballot, round_, votes, entering)
        for who in (*out, *elected, *withdrawn):
            if who not in people and who not in entering and who not in (*MOTION, REOPEN):
                hint = f"The candidates are: {', '.join(people)}."
                raise InputError(f'there is no candidate "{who}"', hint=hint)
        if withdrawn and not _repeated(ballot):
            raise InputError("nobody withdraws between the rounds of one ballot", hint="That is for repeated ballots.")
        named = {"out": out, "elected": elected, "withdrawn": withdrawn, "new": list(entering)}
        given: Plain = {key: list(value) for key, value in named.items() if value}
        given |= {"tie": plain_name(tie, "how the tie was broken")} if tie is not None else {}
        given |= {"void": True} if void else {}
        given |= {"date": date} if date is not None else {}

        def change(contest: Plain) -> None:
            for who, name in entering.items():
                add_candidate(contest, who, name)
            table = _ballot_table(contest, ballot.id)
            if units is not None:
                table["units"] = units
            if roll and not _repeated(ballot):
                table.setdefault("roll", {}).setdefault(section, {}).update(roll)
            if votes or given or (roll and _repeated(ballot)):
                _enter_round(table, round_, section, votes, given, dict(roll or {}) if _repeated(ballot) else {})

        text, case = changed(folder, change)
        if units is not None:
            rounds = len(case.units[ballot.id].rounds)
            text, case = changed(folder, lambda contest: _add_rounds(contest, ballot.id, rounds), text)
        write_all({folder / CONTEST: text})
        return case


def _ballot_table(contest: Plain, stage: str) -> Plain:
    tables: list[Plain] = contest.setdefault("ballot", [])
    for table in tables:
        if table.get("stage") == stage:
            return table
    tables.append({"stage": stage})
    return tables[-1]


def _enter_round(
    table: Plain,
    round_: int,
    section: str,
    votes: Mapping[str, int],
    given: Mapping[str, Any],
    roll: Mapping[str, int],
) -> None:
    rounds: list[Plain] = table.setdefault("round", [])
    if round_ == len(rounds) + 1:
        rounds.append({})
    here = rounds[round_ - 1]
    if votes:
        if here.get("votes", {}).get(section) not in (None, dict(votes)):
            for key in ("out", "elected", "tie", "void"):
                here.pop(key, None)
        here.setdefault("votes", {})[section] = dict(votes)
    if roll:
        here.setdefault("roll", {}).setdefault(section, {}).update(roll)
    here.update(given)


def _add_rounds(contest: Plain, stage: str, count: int) -> None:
    """Give the ballot ``stage`` as many rounds as its file of units has."""
    rounds = _ballot_table(contest, stage).setdefault("round", [])
    rounds.extend({"label": f"Round {number + 1}"} for number in range(len(rounds), count))


def _repeated(stage: BallotStage | MotionStage) -> bool:
    return isinstance(stage, BallotStage) and stage.count in ("repeated ballots", "two rounds")


def _may_enter(stage: BallotStage | MotionStage, round_: int) -> bool:
    return isinstance(stage, BallotStage) and round_ > 1 and rule_for(stage, round_ - 1)[2]


def _check_field(
    case: Case,
    stage: BallotStage | MotionStage,
    round_: int,
    votes: Mapping[str, int],
    entering: Collection[str],
) -> None:
    """That ``votes`` are of everybody who stands in round ``round_`` of ``stage``, and of nobody else."""
    field = [*_field(case, stage, round_), *entering]
    may_stay_away = _may_enter(stage, round_)
    for who in votes:
        if who not in field:
            hint = f"On it are: {', '.join(field)}."
            raise InputError(f'"{who}" is not on the paper', hint=hint)
    missing = [who for who in field if who not in votes and not (may_stay_away and who not in entering)]
    if missing:
        hint = "Give the votes of everybody on the paper: " + " ".join(f"{who}=0" for who in missing)
        raise InputError(f"the votes of {', '.join(missing)} are missing", hint=hint)


def _field(case: Case, stage: BallotStage | MotionStage, round_: int) -> list[str]:
    """Who stands in round ``round_`` (from 1) of ``stage``. Raises InputError where that is not decided."""
    if isinstance(stage, MotionStage):
        return list(MOTION)
    view = view_of(case, stage.id)
    if round_ > 1 and view is not None:
        result = replay_ballot(stage, view.rounds()[: round_ - 1])
        if result.outcome != "stopped":
            came = _labels(case, result.elected or result.qualified)
            raise InputError(f"round {round_} is not held", hint=f"Round {round_ - 1} decided it: {came}.")
        left = result.rounds[-1].left if result.rounds else None
        if left is None:
            raise InputError(f"who stands in round {round_} is not decided", hint=_sentence(result.stopped))
        return list(left)
    field = _first_field(case, stage)
    if len(field) == 1 and stage.unopposed == "elected" and not stage.reopen_nominations:
        hint = "The rulebook says that a single candidate is elected: declare the result."
        raise InputError(f"no ballot is held: {_labels(case, field)} is the only candidate", hint=hint)
    return [*field, REOPEN] if stage.reopen_nominations else field


def _first_field(case: Case, stage: BallotStage) -> list[str]:
    before = [s for s in case.rulebook.stage[: case.rulebook.stage.index(stage)] if isinstance(s, BallotStage)]
    if before:
        result = next((found for found in replay(case) if found.stage == before[-1].id), None)
        if result is None or result.outcome == "stopped":
            hint = _sentence(result.stopped if result else None)
            raise InputError(f'the ballot before it ("{before[-1].id}") has not decided who goes on', hint=hint)
        if result.outcome == "elected":
            raise InputError(f"no ballot is held: {_labels(case, result.elected)} is elected already")
        return list(result.qualified)
    field = field_of(case)
    if field is None:
        stages = [s for s in case.rulebook.stage if isinstance(s, NominationStage) and s.effect != "none"]
        if not stages:
            return list(case.contest.candidates)
        closed = {figures.stage for figures in case.contest.nomination}
        still = [s.id for s in stages if s.id not in closed]
        if still:
            raise InputError("nobody is on the paper yet", hint=f"Close nominations first: {', '.join(still)}.")
        unknown = next(ruling for ruling in rule_on(case) if ruling.result == "not known")
        name = case.contest.candidates[unknown.candidate].name
        raise InputError(f"whether {name} is on the paper is not known", hint=_sentence(unknown.reason))
    if not field:
        raise InputError("nobody is on the paper")
    return list(field)


def _labels(case: Case, people: Sequence[str]) -> str:
    return ", ".join(case.contest.candidates[who].name if who in case.contest.candidates else who for who in people)


def _sentence(text: str | None) -> str | None:
    return f"{text[:1].upper()}{text[1:]}." if text else None


def _ballot_stage(case: Case, stage: str | None) -> BallotStage | MotionStage:
    stages = [s for s in case.rulebook.stage if isinstance(s, BallotStage | MotionStage)]
    if stage is None and len(stages) == 1:
        return stages[0]
    found = next((s for s in stages if s.id == stage), None)
    if found is None:
        names = ", ".join(s.id for s in stages)
        message = f'there is no ballot "{stage}"' if stage else "there are several ballots"
        raise InputError(message, hint=f"Say which with --stage: {names}.")
    return found
