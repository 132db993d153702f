"""Rolls and ballots: that what came back adds up, and is no more than there was."""

from __future__ import annotations

from collections.abc import Iterator

from ..case import Case
from ..figures import BallotView
from ..model import TOTAL, Roll
from .base import At, Check, views, worst

ADDITIONS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("returned", ("valid", "spoilt"), "valid and spoilt ballots are those returned"),
    ("entitled", ("returned", "not_voting"), "ballots returned and persons not voting are those entitled"),
    ("entitled", ("valid", "spoilt", "not_voting"), "valid, spoilt and not voting are those entitled"),
    ("entitled", ("valid", "not_voting_or_spoilt"), "valid ballots and the rest are those entitled"),
)


def every_roll(case: Case) -> Iterator[tuple[At, BallotView, str, Roll, int | None]]:
    """Every roll with its place, its ballot, its section and the number of its round (None for the whole ballot)."""
    for index, view in views(case):
        for section, roll in view.figures.roll.items():
            yield At(case, ("ballot", index, "roll", section)), view, section, roll, None
        for number, figures in enumerate(view.figures.round):
            for section, roll in figures.roll.items():
                yield (
                    At(case, ("ballot", index, "round", number, "roll", section)),
                    view,
                    section,
                    roll,
                    number,
                )


def roll_name(case: Case, view: BallotView, section: str, number: int | None) -> str:
    """Whose roll it is, and of which ballot and round (from 0; None for the whole ballot)."""
    name = case.section_name(section)
    several = len(case.contest.ballot) > 1
    return (
        name
        + (f", {view.stage.name or view.stage.id}" if several else "")
        + (f", round {number + 1}" if number is not None else "")
    )


def sums(case: Case) -> Iterator[Check]:
    """Valid and spoilt ballots are those returned, and so on; segments add up; votes add up to valid votes."""
    for at, view, section, roll, number in every_roll(case):
        name = roll_name(case, view, section, number)
        yield from _additions(at, view, section, roll, number, name)
        yield from _without_spoilt(at, roll, name)
        yield from _votes_and_valid(case, at, view, section, roll, number, name)
        yield from _no_more(at, view, section, roll, number, name)
    for index, view in views(case):
        yield from _segments(case, index, view)
        yield from _body(case, index, view)
        yield from _within_the_body(case, index, view)


def _additions(at: At, view: BallotView, section: str, roll: Roll, number: int | None, name: str) -> Iterator[Check]:
    """What came back, and what did not, adds up: each of ``ADDITIONS`` whose figures are there."""
    for total, parts, words in ADDITIONS:
        values = [getattr(roll, part) for part in parts]
        if "valid" in parts and roll.valid is None:
            values[parts.index("valid")] = _cast(view, section, number)
        if "spoilt" in parts and roll.spoilt is None and roll.rejected is not None:
            values[parts.index("spoilt")] = 0  # all that were not counted stand under one name
        whole = getattr(roll, total)
        if whole is None and total == "entitled" and section == TOTAL:
            whole = view.figure("entitled", section, number or 0)
        if whole is None or any(value is None for value in values):
            continue
        abstained = 0 if view.abstentions_are_valid else roll.abstentions or 0
        rejected = (roll.rejected or 0) if "spoilt" in parts else 0
        abstained = abstained if "spoilt" in parts else 0
        marks = worst(*(roll.certainty(key) for key in (total, *parts)))
        words_here = words + (", with those rejected" if rejected else "") + (", with abstentions" if abstained else "")
        if marks == "approximate":
            yield at.to(total, certainty=marks).cannot(
                "sum", f"{words_here} ({name})", "exact figures: one of them is round", f"{whole:,}"
            )
            continue
        added = sum(value for value in values if value is not None)
        yield at.to(total, certainty=marks).equal("sum", f"{words_here} ({name})", whole, added + rejected + abstained)


def _no_more(at: At, view: BallotView, section: str, roll: Roll, number: int | None, name: str) -> Iterator[Check]:
    """No more ballots than persons entitled, and no more valid ones than came back."""
    whole = view.figures.roll.get(section)  # what a round's own roll does not say; a body's size is checked below
    entitled = _first(roll.entitled, whole.entitled if whole is not None else None)
    valid = _first(roll.valid, _cast(view, section, number))
    cast = _first(roll.returned, valid)
    if entitled is not None and cast is not None:
        counted = "returned" if roll.returned is not None else "valid"
        fits = cast <= entitled
        yield at.to(certainty=worst(roll.certainty("entitled"), roll.certainty(counted))).check(
            "sum",
            f"no more ballots than persons entitled ({name})",
            "agrees" if fits else "disagrees",
            published=f"{cast:,}",
            computed=f"at most {entitled:,}",
            explanation=None if fits else "one of the two is of another day or another roll",
        )
    if roll.returned is not None and valid is not None:
        fits = valid <= roll.returned
        yield at.to("returned", certainty=worst(roll.certainty("returned"), roll.certainty("valid"))).check(
            "sum",
            f"no more valid ballots than were returned ({name})",
            "agrees" if fits else "disagrees",
            published=f"{roll.returned:,}",
            computed=f"at least {valid:,}",
            explanation=None if fits else "the votes are of another count, or the ballots returned of another day",
        )


def _first(*figures: int | None) -> int | None:
    """The first of ``figures`` that is known: 0 is known."""
    return next((figure for figure in figures if figure is not None), None)


def _within_the_body(case: Case, index: int, view: BallotView) -> Iterator[Check]:
    """No more votes, or ballots, in any round than the voting body has members, where its size stands for the roll."""
    size = case.body_size(view.stage.by) if view.stage.by is not None else None
    if size is None or view.stage.by is None or getattr(view.stage, "choose_up_to", None) is not None:
        return
    for number, figures in enumerate(view.figures.round):
        roll = figures.roll.get(TOTAL) or view.figures.roll.get(TOTAL)
        if roll is not None and roll.entitled is not None:
            continue
        cast = view.figure("returned", number=number)
        votes = view.section_votes(number, TOTAL)
        cast = cast if cast is not None else sum(votes.values()) if votes else None
        if cast is None:
            continue
        at = At(case, ("ballot", index, "round", number), case.contest.bodies[view.stage.by].certainty("size"))
        several = f", round {number + 1}" if len(view.figures.round) > 1 else ""
        yield at.check(
            "sum",
            f"no more ballots than {case.body_name(view.stage.by)}{several}",
            "agrees" if cast <= size else "disagrees",
            published=f"{cast:,}",
            computed=f"at most {size:,}",
            explanation=None if cast <= size else "one of the two is of another day or another body",
        )


def _without_spoilt(at: At, roll: Roll, name: str) -> Iterator[Check]:
    """Where nothing was published of spoilt ballots: valid ones and persons not voting may be all, or fewer."""
    if None in (roll.entitled, roll.valid, roll.not_voting) or roll.spoilt is not None or roll.returned is not None:
        return
    entitled, added = roll.entitled or 0, (roll.valid or 0) + (roll.not_voting or 0) + (roll.rejected or 0)
    what = f"valid ballots and persons not voting are those entitled ({name})"
    marks = worst(*(roll.certainty(key) for key in ("entitled", "valid", "not_voting")))
    here = at.to("entitled", certainty=marks)
    if added < entitled:
        yield here.cannot(
            "sum", what, f"the spoilt ballots, which may be the other {entitled - added:,}", f"{entitled:,}"
        )
    else:
        yield here.equal("sum", what, entitled, added)


def _cast(view: BallotView, section: str, number: int | None) -> int | None:
    """The votes of the round that a roll is of (of one ballot, the first), where no number of valid ones is given."""
    if not view.figures.round or (number is not None and not view.repeated):
        return None
    if number is None and view.repeated and len(view.figures.round) != 1:
        return None
    votes = view.section_votes(number or 0, section)
    single = getattr(view.stage, "choose_up_to", None) is None
    return sum(votes.values()) if votes and single and view.complete(number or 0) else None


def _votes_and_valid(
    case: Case, at: At, view: BallotView, section: str, roll: Roll, number: int | None, name: str
) -> Iterator[Check]:
    several = getattr(view.stage, "choose_up_to", None) is not None  # a paper of many votes is one ballot
    if roll.valid is None or several or (number is None and view.repeated and len(view.figures.round) > 1):
        return
    round_number = number or 0
    votes = view.section_votes(round_number, section)
    everybody = section == TOTAL or len(view.sections) == 1
    if votes is None or (everybody and not view.complete(round_number)):
        missing = "the votes of every candidate"
        yield at.to("valid").cannot("sum", f"votes add up to the valid ballots ({name})", missing, f"{roll.valid:,}")
        return
    abstained = (roll.abstentions or 0) if view.abstentions_are_valid else 0
    total = sum(votes.values()) + abstained
    marks = worst(roll.certainty("valid"), view.figures.round[round_number].certainty("votes", section))
    words = "votes and abstentions add up to the valid ballots" if abstained else "votes add up to the valid ballots"
    if marks == "approximate":
        yield at.to("valid", certainty=marks).cannot(
            "sum", f"{words} ({name})", "exact figures: one of them is round", f"{roll.valid:,}"
        )
        return
    others = [(other, view.section_votes(round_number, other)) for other in (*view.sections, TOTAL) if other != section]
    beside = [(case.section_name(other), sum(votes.values())) for other, votes in others if votes is not None]
    yield at.to("valid", certainty=marks).equal("sum", f"{words} ({name})", roll.valid, total, elsewhere=lambda: beside)


def _segments(case: Case, index: int, view: BallotView) -> Iterator[Check]:
    total = view.figures.roll.get(TOTAL)
    if total is None or len(view.sections) == 1:
        return
    parts = [view.figures.roll.get(section) for section in view.sections]
    for key in ("entitled", "returned", "spoilt", "valid"):
        whole = getattr(total, key)
        values = [getattr(part, key) if part is not None else None for part in parts]
        if whole is None:
            continue
        at = At(case, ("ballot", index, "roll", TOTAL, key))
        words = f"segments add up to the total: {key}"
        known = [value for value in values if value is not None]
        if len(known) < len(values):
            absent = [case.section_name(s) for s, value in zip(view.sections, values, strict=True) if value is None]
            if known or key in ("entitled", "valid"):
                yield at.cannot("sum", words, f"{key} of {' and '.join(absent)}", f"{whole:,}")
            continue
        marks = worst(total.certainty(key), *(part.certainty(key) for part in parts if part is not None))
        notes = {part.note for part in parts if part is not None and part.note}
        yield at.to(certainty=marks).equal(
            "sum",
            words,
            whole,
            sum(known),
            f"they differ by {abs(whole - sum(known)):,}"
            + (f". The file says of the parts: {' '.join(sorted(notes))}" if notes else ""),
        )


def _body(case: Case, index: int, view: BallotView) -> Iterator[Check]:
    if view.stage.by is None or view.stage.by not in case.contest.bodies:
        return
    size = case.body_size(view.stage.by)
    roll = view.figures.roll.get(TOTAL)
    if size is not None and roll is not None and roll.entitled is not None:
        marks = worst(roll.certainty("entitled"), case.contest.bodies[view.stage.by].certainty("size"))
        at = At(case, ("ballot", index, "roll", TOTAL, "entitled"), marks)
        yield at.equal("sum", f"those entitled are the {case.body_name(view.stage.by)}", roll.entitled, size)
