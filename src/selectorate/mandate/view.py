"""What a declaration says of one person in one section and one round: where every measure looks.

Every question is answered with an exact value or raises ``CannotBeKnown`` with the reason, for a person to read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from ..contest import TOTAL
from ..contest.declaration import BallotSheet, Declaration, NominationSheet, RoundSheet, Row, SectionSheet
from ..contest.model import MOTION
from ..documents import nearest
from ..errors import InputError
from ..exact import cut_to
from .cells import CannotBeKnown

RoundName = Literal["deciding", "first"]
"""``deciding``: the round that decided, the last one of the last ballot that was held; ``first``: the first round of
that ballot. They are the same where one round was enough."""


def winner(declaration: Declaration) -> str | None:
    """Whose mandate a declaration gives: the one elected; for a motion ``for`` if carried, else ``against``.

    Where several are elected it is the one with most votes; None where nobody is.
    """
    ballot = declaration.deciding
    if ballot is not None and ballot.kind == "motion":
        return {"carried": "for", "lost": "against"}.get(ballot.outcome)
    elected = declaration.elected
    if len(elected) > 1 and ballot is not None:
        for row in ballot.rounds[-1].rows:
            if row.candidate in elected:
                return row.candidate
    return elected[0] if elected else None


def person(declaration: Declaration, who: str | None) -> str:
    """The candidate ``who``, or the winner. Raises InputError if there is no such candidate, or no winner."""
    if who is None:
        found = winner(declaration)
        if found is None:
            raise InputError(
                f'nobody is elected in "{declaration.contest}"',
                hint=f"Name a candidate: {', '.join(people(declaration))}.",
            )
        return found
    if who not in people(declaration):
        hint = nearest(who, people(declaration), "The candidates are")
        raise InputError(f'there is no candidate "{who}" in "{declaration.contest}"', hint=hint)
    return who


def seen_at(declaration: Declaration, stage: str | None, number: int | None) -> Declaration:
    """``declaration`` with the ballot ``stage`` as the one that is measured, up to its round ``number``.

    As it is where no stage is named. Raises InputError if it has no such ballot or round.
    """
    if stage is None:
        return declaration
    found = next((ballot for ballot in declaration.ballots if ballot.stage == stage and ballot.rounds), None)
    if found is None:
        names = [ballot.stage for ballot in declaration.ballots if ballot.rounds]
        raise InputError(
            f'there are no figures of a ballot "{stage}" in "{declaration.contest}"',
            hint=nearest(stage, names, "It has"),
        )
    rounds = tuple(item for item in found.rounds if number is None or item.number <= number)
    if number is not None and number > len(found.rounds):
        last = len(found.rounds)
        raise InputError(f'the ballot "{stage}" has no round {number}', hint=f"It has {last}.")
    if len(rounds) < len(found.rounds):
        found = replace(found, rounds=rounds, units=(), units_won={}, elected=(), qualified=())
    return replace(declaration, ballots=(found,), elected=(), elected_names=())


def people(declaration: Declaration) -> tuple[str, ...]:
    """Everybody who can be measured: the candidates, or the sides of a motion."""
    ballot = declaration.deciding
    rows = [row.candidate for item in ballot.rounds for row in item.rows] if ballot else []
    sides = MOTION if ballot is not None and ballot.kind == "motion" else ()
    return tuple(dict.fromkeys((*declaration.candidates, *rows, *sides)))


def name_of(declaration: Declaration, who: str) -> str:
    """The full name of a candidate; "For" and "Against" for the sides of a motion."""
    if who in declaration.candidates:
        return declaration.candidates[who]
    ballot = declaration.deciding
    for item in ballot.rounds if ballot else ():
        for row in item.rows:
            if row.candidate == who:
                return row.name
    return who


def is_coarse(declaration: Declaration, item: RoundSheet) -> bool:
    """Whether a declaration of our own shows a round only as printed, because small parts of it are hidden."""
    ours = declaration.figures == "ours" and item.unit != "votes"
    return ours and any(row.votes is None and row.published is None for row in item.rows)


def further(others: int) -> str:
    """So many candidates of whom nothing is known, in words."""
    return "one further candidate" if others == 1 else f"{others:,} further candidates"


def segments_of(ballot: BallotSheet) -> tuple[SectionSheet, ...]:
    """The segments of a ballot, without the total."""
    return tuple(sheet for sheet in ballot.sections if sheet.section != TOTAL)


@dataclass(frozen=True)
class View:
    """``who`` in ``section`` (a segment, or ``total``), in the deciding or the first round of ``declaration``.

    ``part``: for nominations, the part of the body that is asked for.
    """

    declaration: Declaration
    who: str
    section: str = TOTAL
    which: RoundName = "deciding"
    part: str | None = None

    def at(self, section: str) -> View:
        """The same of another section."""
        return replace(self, section=section)

    # -- places ---------------------------------------------------------------------------------------------------

    def ballot(self) -> BallotSheet:
        """The ballot that decided."""
        found = self.declaration.deciding
        if found is None:
            raise CannotBeKnown("no ballot was held, or its figures are not here")
        return found

    def round(self) -> RoundSheet:
        """The round that is measured: rounds that did not count are passed over."""
        counted = [item for item in self.ballot().rounds if not item.void]
        if not counted:
            raise CannotBeKnown("no round of the ballot counted")
        return counted[0] if self.which == "first" else counted[-1]

    def row(self) -> Row:
        """The row of ``who`` in that round."""
        for row in self.round().rows:
            if row.candidate == self.who:
                return row
        raise CannotBeKnown(f"{name_of(self.declaration, self.who)} has no figures in {self.round().label}")

    def sheet(self) -> SectionSheet:
        """The section's roll."""
        for sheet in self.ballot().sections:
            if sheet.section == self.section:
                return sheet
        raise CannotBeKnown(f'there is no segment "{self.section}"')

    def segments(self) -> tuple[SectionSheet, ...]:
        """All segments. Raises where the ballot has none, or one, which is all of it."""
        found = segments_of(self.ballot())
        if not found:
            raise CannotBeKnown("this ballot has no segments")
        if len(found) == 1:
            raise CannotBeKnown(f"this ballot has one segment, {found[0].name}, which is all of it")
        return found

    def one_place(self) -> None:
        """Raises where several places were filled: one lead is not defined then."""
        if self.ballot().places > 1:
            several = ", and every paper could name several" if self.ballot().paper != "rank" else ""
            raise CannotBeKnown(f"{self.ballot().places} places were filled{several}: there is no one runner-up")

    # -- votes ----------------------------------------------------------------------------------------------------

    def _known(self) -> dict[str, int]:
        """The votes that are known, by candidate. Raises where nothing is known of the section."""
        rows = self.round().rows
        single = len(segments_of(self.ballot())) == 1
        apart = any(self.section in row.by_section for row in rows)
        if self.section == TOTAL or (single and not apart):
            known = {row.candidate: row.votes for row in rows if row.votes is not None}
            if not known:
                if is_coarse(self.declaration, self.round()):
                    raise CannotBeKnown("votes over all are not shown, so that nobody's vote can be inferred")
                if not self.ballot().addable:
                    raise CannotBeKnown("blocks of delegations and votes of persons are not added up")
                raise CannotBeKnown("votes were not published, only shares or points")
            return known
        if not apart:
            raise CannotBeKnown(f"the votes of {self.sheet().name} are not known for {self.round().label}")
        cells = {row.candidate: row.by_section.get(self.section, 0) for row in rows}
        if any(votes is None for votes in cells.values()):
            raise CannotBeKnown(f"{self.sheet().name} are not shown apart, so that nobody's vote can be inferred")
        return {who: votes for who, votes in cells.items() if votes is not None}

    def votes(self) -> int:
        """The votes for ``who``."""
        self.row()
        known = self._known()
        if self.who not in known:
            raise CannotBeKnown(f"the votes for {name_of(self.declaration, self.who)} are not known")
        return known[self.who]

    def others(self) -> dict[str, int]:
        """The votes of everybody else in the round. Raises where somebody's are not known."""
        self.one_place()
        self.votes()
        known = self._known()
        item = self.round()
        if item.others:
            raise CannotBeKnown(f"the votes of {further(item.others)} are not known")
        absent = [row.name for row in item.rows if row.candidate not in known]
        if absent:
            raise CannotBeKnown(f"the votes for {', '.join(absent)} are not known")
        others = {who: votes for who, votes in known.items() if who != self.who}
        if not others:
            raise CannotBeKnown("nobody else was in the round")
        return others

    def base(self) -> int:
        """The valid votes of the section in this round, of which shares of votes are measured."""
        if self.ballot().places > 1:
            why = "every paper could name several candidates, so that votes are not shares of a whole"
            raise CannotBeKnown(
                why if self.ballot().paper != "rank" else "papers were transferred between several places"
            )
        item = self.round()
        if self.section == TOTAL:
            base = item.valid if item.valid is not None else (item.cast if not item.others else None)
        else:
            cast = sum(self._known().values())
            sheet = self.sheet()
            counted = sheet.abstentions and sheet.valid == cast + sheet.abstentions
            base = sheet.valid if counted else (cast if not item.others else None)
        if base is None:
            raise CannotBeKnown("the number of valid votes is not known")
        if base == 0:
            raise CannotBeKnown("no valid vote was cast")
        return base

    def shares(self) -> dict[str, Fraction]:
        """Everybody's share of what decides: of the college, of the points, or of the valid votes.

        Within a segment it is always of its valid votes. Raises where votes are not known.
        """
        item = self.round()
        if self.section == TOTAL and item.unit != "votes":
            mine = self.row()
            if is_coarse(self.declaration, item):
                printed = self.ballot().printing.decimals
                if mine.share is None:
                    raise CannotBeKnown("it is not shown, so that nobody's vote can be inferred")
                shown = cut_to(mine.share * 100, printed)
                raise CannotBeKnown("it is shown only as printed, so that nobody's vote can be inferred", shown)
            if mine.share is None:
                raise CannotBeKnown(
                    "only figures with cut decimals were published, not the votes they come from", mine.published
                )
            return {row.candidate: row.share for row in item.rows if row.share is not None}
        base = self.base_or_published()
        return {who: Fraction(votes, base) for who, votes in self._known().items()}

    def base_or_published(self) -> int:
        """``base``; where votes are not known the reason carries the share that was printed."""
        try:
            self.votes()
            return self.base()
        except CannotBeKnown as why:
            if self.section != TOTAL:
                raise
            raise CannotBeKnown(why.reason, self.row().published) from None

    # -- roll and nominations -------------------------------------------------------------------------------------

    def entitled(self) -> int:
        """How many were entitled to vote in the section."""
        found = self.sheet().entitled
        if not found:
            who = "" if self.section == TOTAL else f" {self.sheet().name}"
            raise CannotBeKnown(f"how many{who} were entitled is not known")
        return found

    def certainty(self, *figures: str) -> dict[str, str]:
        """Which of ``figures`` of the section's roll are not confirmed."""
        marks = self.sheet().certainty
        words = {"entitled": "those entitled", "returned": "ballots returned", "valid": "valid votes"}
        return {words[figure]: marks[figure] for figure in figures if figure in marks}

    def nomination(self) -> NominationSheet:
        """The nominations of ``who`` that decided on a place on the paper, the first where there were several."""
        own = [sheet for sheet in self.declaration.nominations if sheet.candidate == self.who]
        name = name_of(self.declaration, self.who)
        if not own:
            raise CannotBeKnown(f"there are no figures of nominations for {name}")
        gates = [sheet for sheet in own if sheet.result != "supporting"]
        counted = [sheet for sheet in gates or own if sheet.count is not None]
        if counted:
            return counted[0]
        if any(sheet.result == "automatic" for sheet in gates):
            raise CannotBeKnown(f"{name} was on the paper without nominations, and none were counted")
        least = self.least_nominations()
        if least is not None:
            raise CannotBeKnown(
                f"how many nominated {name} is not known, only that there were at least {least.at_least:,}"
            )
        raise CannotBeKnown(f"how many nominated {name} is not known")

    def least_nominations(self) -> NominationSheet | None:
        """The nominations of ``who`` where no more is known of them than how many there were at least; else None."""
        own = [sheet for sheet in self.declaration.nominations if sheet.candidate == self.who]
        gates = [sheet for sheet in own if sheet.result != "supporting"] or own
        if self.part is not None or any(sheet.count is not None or sheet.result == "automatic" for sheet in gates):
            return None
        return next((sheet for sheet in gates if sheet.at_least is not None), None)
