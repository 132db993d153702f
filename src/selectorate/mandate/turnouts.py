"""What the votes would have come to had more or fewer of a segment voted."""

from __future__ import annotations

from fractions import Fraction

from .. import exact
from ..contest import TOTAL, BallotRound, Case
from ..errors import InputError
from .answers import WhatIf, answer, ballot_of, need_segments, segment_name, unanswered
from .cells import CannotBeKnown, number_text, percent_text
from .played import Amounts, Decisive, rebuilt, without_figures


def turnout_at(case: Case, segment: str, *, share: Fraction | None = None, valid: int | None = None) -> WhatIf:
    """The result if more or fewer of ``segment`` had voted, and had voted in the same proportions.

    Either ``share``: valid votes as a share of the segment's roll, which must be known; or ``valid``: so many valid
    votes. Their number is made whole; the votes of each candidate are scaled exactly and need not stay whole, so that
    only their shares mean anything. Raises InputError if the ballot has no such segment, or the number is more than
    were entitled, in the segment or over all.
    """
    if (share is None) == (valid is None):
        raise InputError("say either a turnout or a number of valid votes", hint="Give one of the two.")
    if share is not None and not 0 <= share <= 1:
        raise InputError(f"{percent_text(share)} is not a turnout", hint="It is between 0% and 100%.")
    if valid is not None and valid < 0:
        raise InputError(f"{number_text(valid)} is not a number of votes")
    found = ballot_of(case)
    name = segment_name(found, segment)
    level = percent_text(share) if share is not None else f"{number_text(valid or 0)} valid votes"
    title = f"{name} had voted at {level}" if share is not None else f"{name} had cast {level}"
    last = found.rounds[-1].number - 1 if found.view.repeated else 0
    entitled = found.view.figure("entitled", segment, last)
    if valid is not None:
        _refuse_more_than_entitled(found, segment, valid, last)
    try:
        need_segments(found)
        found.refuse_hidden([segment])
        if share is not None and entitled is None:
            raise CannotBeKnown(
                f"how many {name} were entitled is not known, so that a turnout says no number of votes: say a number"
                " of valid votes instead"
            )
        # Half a person does not vote: a share of the roll is made whole, a half going up.
        aim = int(exact.cut_to(share * (entitled or 0), 0)) if share is not None else valid or 0
        _refuse_more_than_entitled(found, segment, aim, last)
        rounds = [_scaled(found, item, segment, aim) for item in found.rounds]
    except CannotBeKnown as why:
        return unanswered(found, "another turnout", title, why)
    cast = found.view.figure("valid", segment, last)
    before = f" instead of {number_text(cast)}" if cast is not None else ""
    of = f" (of {number_text(entitled or 0)}, to the nearest whole vote)" if share is not None else ""
    assumptions = (
        f"{name[:1].upper()}{name[1:]} cast {number_text(aim)} valid votes{of}{before}.",
        "Those who vote more or less are taken to divide as those did who voted: every candidate's votes in the segment"
        " are multiplied by the same number. That makes parts of votes, which nobody casts: they are kept exactly, and"
        " only shares are said.",
        "Everybody else is taken to vote as they did.",
    )
    return answer(found, "another turnout", title, assumptions, found.stage, rounds)


def _refuse_more_than_entitled(found: Decisive, segment: str, valid: int, number: int) -> None:
    """Raises InputError if ``valid`` votes of ``segment`` are more than could be cast, there or over all."""
    name = found.case.section_name(segment)
    entitled = found.view.figure("entitled", segment, number)
    if entitled is not None and valid > entitled:
        raise InputError(f"{valid:,} is more than the {entitled:,} {name} who were entitled")
    everybody = found.view.figure("entitled", TOTAL, number)
    if everybody is None or getattr(found.stage, "votes", None) == "one in each segment":
        return  # where somebody votes in several segments, votes can be more than persons
    others = [section for section in found.view.sections if section not in (segment, TOTAL)]
    taken = sum(_at_least(found, section, number) for section in others)
    if valid + taken > everybody:
        beside = f" beside {taken:,} of the other segments" if taken else ""
        raise InputError(
            f"{valid:,} valid votes of {name}{beside} are more than the {everybody:,} who were entitled over all",
            hint=f"It can be {max(everybody - taken, 0):,} at most.",
        )


def _at_least(found: Decisive, section: str, number: int) -> int:
    """How many of those entitled belong to ``section``, or at least how many of them voted."""
    for key in ("entitled", "returned", "valid"):
        figure = found.view.figure(key, section, number)
        if figure is not None:
            return figure
    return 0


def _scaled(found: Decisive, item: BallotRound, segment: str, aim: int) -> BallotRound:
    name = found.case.section_name(segment)
    if item.sections is None or segment not in item.sections:
        return without_figures(item, f"the votes of {name} by themselves")
    at = item.number - 1 if found.view.repeated else 0
    now = found.view.figure("valid", segment, at)
    if now is None:
        now = sum(item.sections[segment].values()) if found.view.repeated or item.number == 1 else None
    if not now:
        raise CannotBeKnown(f"no vote of {name} is there to be multiplied")
    factor = Fraction(aim, now)
    sections: Amounts = {
        section: {who: number * factor for who, number in row.items()} if section == segment else row
        for section, row in item.sections.items()
    }
    base = item.bases["valid votes"]
    return rebuilt(
        found.stage,
        item,
        sections,
        valid=base + aim - now if base is not None else None,
        returned=item.bases["ballots returned"] if factor == 1 else None,
        entitled=item.bases["those entitled"],
    )
