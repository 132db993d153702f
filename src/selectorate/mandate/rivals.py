"""Mandates of different kinds side by side, each with its own base. There is no order between them.

A selectorate's vote for a leader, a motion of another body, the nominations of a challenger, the votes at a general
election: each is a number of persons out of a number of persons, and they are not the same persons. So each stands
with the percentage of its own base, and nothing is added, subtracted or ranked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from fractions import Fraction
from typing import Literal

from .. import contest
from ..contest import Case
from ..contest.declaration import Declaration
from ..contest.declaring import declare
from ..contest.model import Rival
from ..errors import ContestError, InputError
from .cells import Cell, frozen
from .measures import at_least, measure, nomination_marks
from .view import name_of, person, seen_at, segments_of

Loader = Callable[[str], Case]
"""What finds a contest by its name: ``contest.load``, or a stand-in."""


@frozen
class BaseShare:
    """The same number as a share of one base: ``of`` what, in words; ``size`` how many; ``share`` or why not."""

    of: str
    size: int | None
    share: Cell


@frozen
class RivalMandate:
    """One mandate beside others.

    ``name``: whose, as the file says. ``kind``: what it comes from. ``contest`` and ``title``: the contest it was read
    from (None for a fact). ``by``: who gave it, in words. ``number``: how many. ``bases``: what they are a share of,
    each apart. ``note``: what to say beside it. ``source``: for a fact, where it was read.
    """

    name: str
    kind: Literal["ballot", "motion", "nominations", "fact"]
    contest: str | None
    title: str | None
    date: dt.date | None
    candidate: str | None
    candidate_name: str | None
    by: str
    number: Cell
    bases: tuple[BaseShare, ...]
    note: str | None = None
    source: str | None = None


def rivals(case: Case, loader: Loader = contest.load) -> tuple[RivalMandate, ...]:
    """The rival mandates that the contest file names under ``[[rivals]]``, in its order, which is no ranking.

    Raises ContestError, with its line, if one refers to a contest or a candidate that is not there.
    """
    return tuple(_one(case, index, rival, loader) for index, rival in enumerate(case.contest.rivals))


def _one(case: Case, index: int, rival: Rival, loader: Loader) -> RivalMandate:
    try:
        if rival.fact is not None:
            return _fact(case, rival)
        if rival.nominations is not None:
            return _nominations(case, rival)
        other = case
        if rival.contest is not None:
            other = contest.load_other(case, rival.contest, loader, "rivals", index, "contest")
        return _ballot(seen_at(declare(other), rival.stage, rival.round), rival)
    except ContestError:
        raise
    except InputError as fault:
        key = "candidate" if rival.candidate else "stage" if rival.stage else "contest"
        where = case.document.where("rivals", index, key)
        raise ContestError(fault.message, where=where, hint=fault.hint) from None


def _ballot(declaration: Declaration, rival: Rival) -> RivalMandate:
    who = person(declaration, rival.candidate)
    ballot = declaration.deciding
    roll = next((sheet for sheet in ballot.sections if sheet.section == "total"), None) if ballot else None
    names = [sheet.name for sheet in segments_of(ballot)] if ballot else []
    counted = [item for item in ballot.rounds if not item.void] if ballot else []
    valid = counted[-1].valid if counted else None
    of_valid = "valid votes"
    bases = [
        BaseShare("those entitled", roll.entitled if roll else None, measure("share-of-entitled", declaration, who))
    ]
    votes = measure("votes", declaration, who)
    unknown = "the number of valid votes is not known" if valid is None else "there were no valid votes"
    share = Cell(cannot=votes.cannot or unknown)
    if votes.value is not None and valid:
        share = Cell(votes.value / valid)
    bases.append(BaseShare(of_valid, valid, share))
    if counted and counted[-1].unit != "votes":
        decided = "the college" if counted[-1].unit == "college" else "the points"
        bases.append(BaseShare(decided, None, measure("share-of-votes", declaration, who)))
    voters = ballot.voters if ballot else "nobody"
    return RivalMandate(
        name=rival.name,
        kind="motion" if ballot is not None and ballot.kind == "motion" else "ballot",
        contest=declaration.contest,
        title=declaration.title,
        date=declaration.date,
        candidate=who,
        candidate_name=name_of(declaration, who),
        by=f"{voters}: {', '.join(names)}" if names else voters,
        number=votes,
        bases=tuple(bases),
        note=rival.note,
    )


def _nominations(case: Case, rival: Rival) -> RivalMandate:
    declaration = declare(case)
    who = person(declaration, rival.candidate)
    sheets = [sheet for sheet in declaration.nominations if sheet.stage == rival.nominations and sheet.candidate == who]
    sheet = next((item for item in sheets if item.count is not None), sheets[0] if sheets else None)
    if sheet is None:
        raise InputError(f'"{name_of(declaration, who)}" has no nominations at "{rival.nominations}"')
    if sheet.count is None:
        least = f"only that there were at least {sheet.at_least:,} is known" if sheet.at_least is not None else None
        number = Cell(cannot=least or sheet.reason or "the number is not known")
        share = number
        if least is not None:
            number = at_least(sheet, least)
            share = at_least(sheet, least, sheet.size) if sheet.size else share
    else:
        marks = nomination_marks(sheet)
        own = {"nominations": marks["nominations"]} if "nominations" in marks else {}
        number = Cell(Fraction(sheet.count), certainty=own)
        none = f"there were no {sheet.body}, of whom it could be a share"
        unknown = Cell(cannot=f"how many {sheet.body} there were is not known" if sheet.size is None else none)
        share = Cell(Fraction(sheet.count, sheet.size), certainty=marks) if sheet.size else unknown
    return RivalMandate(
        name=rival.name,
        kind="nominations",
        contest=declaration.contest,
        title=declaration.title,
        date=None,
        candidate=who,
        candidate_name=name_of(declaration, who),
        by=sheet.body,
        number=number,
        bases=(BaseShare(sheet.body, sheet.size, share),),
        note=rival.note,
    )


def _fact(case: Case, rival: Rival) -> RivalMandate:
    fact = case.contest.facts[str(rival.fact)]
    bases: tuple[BaseShare, ...] = ()
    if fact.of:
        bases = (BaseShare(fact.of_name or "all", fact.of, Cell(Fraction(fact.figure, fact.of))),)
    return RivalMandate(
        name=rival.name,
        kind="fact",
        contest=None,
        title=None,
        date=None,
        candidate=None,
        candidate_name=None,
        by=fact.name,
        number=Cell(Fraction(fact.figure)),
        bases=bases,
        note=rival.note,
        source=fact.source,
    )
