"""Figures and files of ballots, taken in by two officials who do not see each other's."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ...contest.model import REOPEN, TOTAL
from ...errors import RefusedError, SelectorateError
from ...rules import BallotStage, MotionStage
from ..access import may
from ..acts import figures
from ..documents import UNITS, is_repeated
from ..models import Contest, Role
from ..taken_in import is_agreed, taken_in
from .doing import done
from .finding import any_stage, contest_of, title_of
from .waiting import waiting

OFFICER, REGISTRAR = Role.RETURNING_OFFICER, Role.REGISTRAR
_NUMBER = re.compile(r"[0-9]{1,12}|[0-9]{1,3}(?:[ , ][0-9]{3}){1,3}")
"""A whole number, with or without a space or a comma between its thousands."""
MAX_ROUND = 999
"""The highest number of a round that an address can name."""
ROLL_NAMES = {
    "entitled": gettext_lazy("entitled"),
    "returned": gettext_lazy("ballots returned"),
    "rejected": gettext_lazy("rejected unopened"),
    "spoilt": gettext_lazy("spoilt"),
    "valid": gettext_lazy("valid"),
    "abstentions": gettext_lazy("abstentions"),
    "not_voting": gettext_lazy("returned nothing"),
}


@dataclass(frozen=True)
class Cell:
    """One number that is asked for: the name of its field, what was typed, and what is wrong with it."""

    field: str
    label: str
    typed: str = ""
    fault: str = ""


@dataclass(frozen=True)
class Row:
    """The numbers of one segment."""

    section: str
    name: str
    cells: tuple[Cell, ...]


def whole(text: str) -> int | None:
    """The number that was typed; None where it is none."""
    text = text.strip()
    return int(re.sub(r"[^0-9]", "", text)) if _NUMBER.fullmatch(text) else None


def names_of(contest: Contest) -> dict[str, str]:
    """The names under which votes stand, by key."""
    return {
        **{one.key: one.name for one in contest.candidates.all()},
        "for": _("For"),
        "against": _("Against"),
        REOPEN: _("Re-open nominations"),
    }


def section_name(contest: Contest, section: str) -> str:
    """The name of a segment, or of all together."""
    if section == UNITS:
        return _("every unit")
    return contest.rulebook.segments[section].name if section in contest.rulebook.segments else _("all")


def _stage(contest: Contest, stage: str) -> BallotStage | MotionStage:
    found = any_stage(contest, stage)
    if not isinstance(found, BallotStage | MotionStage):
        raise Http404
    return found


@may(OFFICER, REGISTRAR)
def take_in(request: HttpRequest, contest: str, stage: str, number: int) -> HttpResponse:
    """The form of one official, for one round: votes by segment and candidate, and the figures of the roll."""
    here = contest_of(request)
    found = _stage(here, stage)
    if not 1 <= number <= MAX_ROUND:
        raise Http404
    sections = figures.sections_of(found)
    try:
        figures.counted_stage(here, stage, number)
        field, why = figures.field_of(here, found, number), ""
    except SelectorateError as fault:
        field, why = [], fault.message
    mine = taken_in(here, stage, number, request.user)  # type: ignore[arg-type]
    names = names_of(here)
    typed = request.POST if request.method == "POST" and request.POST.get("do") == "figures" else None
    votes = _rows(here, "votes", sections, {key: names.get(key, key) for key in field}, typed)
    alone = sections == (TOTAL,) or len(sections) == 1
    rolled = (TOTAL,) if alone else (*sections, TOTAL)
    roll = _rows(here, "roll", rolled, {key: str(ROLL_NAMES[key]) for key in figures.ROLL}, typed, needed=False)
    if typed is not None and not why and _taken(request, here, stage, number, votes, roll):
        return redirect("figures", contest=contest, stage=stage, number=number)
    if request.method == "POST" and typed is None:
        _aside(request, here, stage, number)
        return redirect("figures", contest=contest, stage=stage, number=number)
    return render(
        request,
        "office/stages/figures.html",
        {
            "contest": here,
            "stage": found,
            "title": title_of(found),
            "number": number,
            "repeated": is_repeated(found),
            "why": why,
            "votes": votes,
            "roll": roll,
            "faults": any(cell.fault for row in (*votes, *roll) for cell in row.cells),
            "taken": mine,
            "mine": _own(here, mine.mine.data) if mine.mine and not mine.mine.file else [],
            "differences": [
                (section_name(here, one.section), names.get(one.name) or str(ROLL_NAMES.get(one.name, one.name)), one)
                for one in mine.differences
            ],
            "agreed": is_agreed(here, stage, number),
            "needs_ballots": figures.needs_ballots(found),
            "file_sections": [
                (
                    key,
                    section_name(here, key),
                    taken_in(here, stage, number, request.user, key),  # type: ignore[arg-type]
                    is_agreed(here, stage, number, key),
                )
                for key in figures.file_sections(found)
            ],
            "waiting": waiting(request, here, "set_figures_aside"),
        },
    )


def _rows(
    contest: Contest,
    part: str,
    sections: tuple[str, ...],
    names: dict[str, str],
    typed: object,
    *,
    needed: bool = True,
) -> list[Row]:
    """The fields of a table, with what was typed into them, and what is wrong with it."""
    made = []
    for section in sections:
        cells = []
        for key, label in names.items():
            name = f"{part}.{section}.{key}"
            text = str(typed.get(name, ""))[:40] if typed is not None else ""  # type: ignore[attr-defined]
            fault = ""
            if typed is not None and (needed or text.strip()) and whole(text) is None:
                fault = _("a whole number is needed here")
            cells.append(Cell(name, label, text, fault))
        made.append(Row(section, section_name(contest, section), tuple(cells)))
    return made


def _taken(request: HttpRequest, contest: Contest, stage: str, number: int, votes: list[Row], roll: list[Row]) -> bool:
    if any(cell.fault for row in (*votes, *roll) for cell in row.cells):
        return False
    return done(
        request,
        figures.enter_figures,
        request.user,
        contest,
        stage=stage,
        round=number,
        votes=_numbers(votes),
        roll={section: row for section, row in _numbers(roll).items() if row},
        said=_("Your figures are taken in."),
    )


def _numbers(rows: list[Row]) -> dict[str, dict[str, int]]:
    return {
        row.section: {
            cell.field.rsplit(".", 1)[1]: number for cell in row.cells if (number := whole(cell.typed)) is not None
        }
        for row in rows
    }


def _own(contest: Contest, data: dict[str, dict[str, dict[str, int]]]) -> list[tuple[str, str, int]]:
    """What an official took in themselves, a line a figure."""
    names = {**names_of(contest), **{key: str(name) for key, name in ROLL_NAMES.items()}}
    return [
        (section_name(contest, section), names.get(key, key), value)
        for part in ("votes", "roll")
        for section, row in data.get(part, {}).items()
        for key, value in row.items()
    ]


def _aside(request: HttpRequest, contest: Contest, stage: str, number: int) -> None:
    done(
        request,
        figures.set_figures_aside,
        request.user,
        contest,
        stage=stage,
        round=number,
        section=request.POST.get("section", ""),
        reason=request.POST.get("reason", ""),
        said=_("Proposed: a second official has to confirm it."),
    )


@may(OFFICER, REGISTRAR)
def take_in_file(request: HttpRequest, contest: str, stage: str, number: int) -> HttpResponse:
    """A file of ballots from one official; it counts once a second one has handed in the same, byte for byte."""
    here = contest_of(request)
    _stage(here, stage)
    if not 1 <= number <= MAX_ROUND:
        raise Http404
    if request.method != "POST":
        return redirect("figures", contest=contest, stage=stage, number=number)
    given = request.FILES.get("file")
    try:
        if given is None or (given.size or 0) > figures.MAX_FILE:
            raise RefusedError(_("choose a file, of 200 MB at most"))
        roll: dict[str, dict[str, int]] = {}
        entitled = request.POST.get("entitled", "").strip()
        section = request.POST.get("section", TOTAL)
        if entitled:
            number_ = whole(entitled)
            if number_ is None:
                raise RefusedError(_("how many were entitled is a whole number"))
            roll = {TOTAL if section == UNITS else section: {"entitled": number_}}
        content = given.read()
    except RefusedError as fault:
        messages.error(request, fault.message)
        return redirect("figures", contest=contest, stage=stage, number=number)
    done(
        request,
        figures.enter_file,
        request.user,
        here,
        stage=stage,
        round=number,
        name=given.name or "ballots",
        content=content,
        section=section,
        roll=roll,
        said=_("Your file is taken in."),
    )
    return redirect("figures", contest=contest, stage=stage, number=number)
