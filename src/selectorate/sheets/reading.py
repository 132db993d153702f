"""What the figures of a declaration come to, before they stand in a table or a picture."""

from __future__ import annotations

from fractions import Fraction

from ..contest import TOTAL
from ..contest.declaration import BallotSheet, PrintingSheet, RoundSheet, SectionSheet
from ..contest.declaration import Row as CandidateRow
from . import numbers

FATES = {"elected": "elected", "out": "out", "withdrawn": "withdrew", "qualified": "goes on", "": ""}


SIDES = {"for": "For", "against": "Against", "reopen": "Re-open nominations"}


SHARES_OF = {
    "votes": "of the votes",
    "valid votes": "of the valid votes",
    "ballots returned": "of the ballots returned",
    "those entitled": "of those entitled to vote",
    "points": "of the points on offer",
    "points allotted": "of the points allotted",
    "the college": "of the college",
}


def last_round(ballot: BallotSheet) -> RoundSheet | None:
    """The last round that counted."""
    counted = [item for item in ballot.rounds if not item.void]
    return counted[-1] if counted else None


def total_section(ballot: BallotSheet) -> SectionSheet | None:
    """The figures of all sections together."""
    return next((section for section in ballot.sections if section.section == TOTAL), None)


def only_segment(ballot: BallotSheet) -> SectionSheet | None:
    """The segment of a ballot that has a single one, which is all of it; None where there are none or several."""
    segments = [section for section in ballot.sections if section.section != TOTAL]
    return segments[0] if len(segments) == 1 else None


def finishing_order(ballot: BallotSheet) -> list[CandidateRow]:
    """Everybody in any round, each by the row of their last round: who lasted longest first, then who had most."""
    last: dict[str, tuple[int, int, CandidateRow]] = {}
    for item in ballot.rounds:
        for place, row in enumerate(item.rows):
            last[row.candidate] = (-item.number, place, row)
    return [row for _, _, row in sorted(last.values(), key=lambda found: found[:2])]


def section_cast(item: RoundSheet, section: str) -> int | None:
    """The votes in a section in a round; None where any of them is not shown."""
    votes = [row.by_section[section] for row in item.rows if section in row.by_section]
    return sum(number for number in votes if number is not None) if votes and None not in votes else None


def row_share(row: CandidateRow, printing: PrintingSheet) -> str:
    """The share of a candidate as it is printed; the published one where the votes are not known."""
    if row.share is not None:
        return numbers.percent(row.share, printing.decimals, printing.cut)
    return numbers.printed(row.published)


def lead_of(item: RoundSheet) -> Fraction | None:
    """The lead of the first over the next; None with fewer than two, or where values are not known."""
    if len(item.rows) < 2 or item.rows[0].value is None or item.rows[1].value is None:
        return None
    return item.rows[0].value - item.rows[1].value


def majority_of(item: RoundSheet) -> Fraction | None:
    """What the first has more than all others together (negative without a majority)."""
    values = [row.value for row in item.rows if row.value is not None]
    if len(values) != len(item.rows) or len(values) < 2 or item.others:
        return None
    return 2 * values[0] - sum(values, Fraction(0))


def lead_value(value: Fraction, unit: str, printing: PrintingSheet) -> str:
    """A lead in the unit of its round; of a college in percentage points."""
    if unit == "college":
        return numbers.decimal(value * 100, printing.decimals, printing.cut)
    return numbers.value(value, unit, printing)


def lead_note(final: RoundSheet, printing: PrintingSheet) -> str:
    """What stands beside the lead: its unit, and the lead in percentage points."""
    if final.unit == "college":
        return "percentage points of the college"
    one, two = final.rows[0].share, final.rows[1].share
    unit = numbers.unit_of(lead_of(final) or 0, final.unit)
    if one is None or two is None:
        return unit
    return f"{unit}, {numbers.percentage_points(one - two, printing.decimals, printing.cut)}"


def plural(noun: str) -> str:
    """The plural of the name of a unit."""
    if noun.endswith("y") and noun[-2:-1] not in tuple("aeiou"):
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "x", "ch", "sh")) else f"{noun}s"


def words_lower(label: str) -> str:
    """The label of a round inside a sentence."""
    return label[:1].lower() + label[1:] if label.startswith(("Round ", "Ballot ")) else label


def share_words(printing: PrintingSheet) -> str:
    """What a share is a share of, as it follows the word: ``of the votes``."""
    return SHARES_OF.get(printing.of, printing.of)
