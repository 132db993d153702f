"""A declaration as one tidy table: a line is one figure's place, a column is what it is.

The columns, for a data desk:

``contest``, ``date``
    which contest, and the day of its result.
``ballot``, ``round``, ``round_label``, ``round_date``
    the ballot (or motion) and the round in it, from 1.
``kind``
    ``candidate``: a candidate's figures in a round; ``roll``: roll and turnout of a section; ``round``: the sums of a
    round; ``unit``: a candidate's votes in one unit in the last round; ``nomination``: a candidate's nominations.
``section``, ``section_name``
    the segment, the unit, or ``total``; for nominations the body.
``candidate``, ``candidate_name``
    who.
``measure``
    ``votes``, ``points``, ``college`` (what decides the round), ``entitled``, ``returned``, ``spoilt``, ``turnout``, …
``value``
    the figure, a plain number with a full stop and no thousands separators. Points and the college are given here to
    nine decimals, cut down.
``value_numerator``, ``value_denominator``
    the figure exactly, where it is not a whole number. (Two columns: a spreadsheet takes 5/8 for a day in August.)
``share``, ``share_of``, ``share_numerator``, ``share_denominator``
    the share in per cent as the rulebook prints it, what it is a share of, and the share exactly, as a fraction of 1.
``published``
    the share or the turnout in per cent as it was published.
``certainty``
    ``recalled``, ``derived`` or ``approximate``; empty for what a source confirms.
``note``
    what became of a candidate (``elected``, ``out``, ``withdrawn``, ``qualified``), what came of nominations (and how
    many there were at least, where no more is known), who was first in a unit.

Text that a spreadsheet would take for a formula gets an apostrophe in front; numbers stay numbers, negative ones too.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from .. import exact
from ..contest import TOTAL
from ..contest.declaration import BallotSheet, Declaration, PrintingSheet, RoundSheet, SectionSheet
from ..contest.declaration import Row as CandidateRow

COLUMNS = (
    "contest",
    "date",
    "ballot",
    "round",
    "round_label",
    "round_date",
    "kind",
    "section",
    "section_name",
    "candidate",
    "candidate_name",
    "measure",
    "value",
    "value_numerator",
    "value_denominator",
    "share",
    "share_of",
    "share_numerator",
    "share_denominator",
    "published",
    "certainty",
    "note",
)
DECIMALS = 9
ROLL_KEYS = ("entitled", "returned", "rejected", "spoilt", "valid", "abstentions", "not_voting")
Line = dict[str, object]


def declaration_csv(declaration: Declaration) -> str:
    """``declaration`` as CSV (RFC 4180: lines end with CR LF, UTF-8 when it is written)."""
    return table_csv(COLUMNS, lines(declaration))


def table_csv(columns: tuple[str, ...], rows: Iterator[Line] | list[Line]) -> str:
    """``rows`` as CSV with a line of ``columns`` first; what a row lacks is empty."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([cell(row.get(column)) for column in columns])
    return out.getvalue()


def cell(value: object) -> str:
    """A value as it stands in a cell: numbers plain, text safe from being read as a formula."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | Decimal):
        return f"{value:f}" if isinstance(value, Decimal) else str(value)
    return safe_text(str(value))


def safe_text(text: str) -> str:
    """``text`` that no spreadsheet takes for a formula: an apostrophe before one that starts like it.

    ``=``, ``+``, ``-``, ``@``, tab and carriage return are the starts (OWASP, "CSV Injection"); also after blanks, and
    in their full-width forms. NUL characters are replaced: RFC 4180 has no place for them.
    """
    plain = text.replace("\0", "\N{REPLACEMENT CHARACTER}")
    start = plain.lstrip(" \n\N{NO-BREAK SPACE}\N{ZERO WIDTH NO-BREAK SPACE}")[:1]
    return f"'{plain}" if start and start in "=+-@\t\r＝＋－＠" else plain


def lines(declaration: Declaration) -> Iterator[Line]:
    """Every line of the table."""
    always: Line = {"contest": declaration.contest, "date": declaration.date.isoformat()}
    for nomination in declaration.nominations:
        yield (
            always
            | {
                "ballot": nomination.stage,
                "kind": "nomination",
                "section_name": nomination.body,
                "candidate": nomination.candidate,
                "candidate_name": nomination.candidate_name,
                "measure": "nominations",
                "value": nomination.count,
                "share_of": nomination.body if nomination.count is not None and nomination.size else None,
                "certainty": nomination.certainty,
                "note": nomination.result
                + (f"; at least {nomination.at_least}" if nomination.at_least is not None else ""),
            }
            | share_exact(
                Fraction(nomination.count, nomination.size)
                if nomination.count is not None and nomination.size
                else None
            )
        )
    for ballot in declaration.ballots:
        for line in ballot_lines(declaration, ballot):
            yield always | {"ballot": ballot.stage} | line


def ballot_lines(declaration: Declaration, ballot: BallotSheet) -> Iterator[Line]:
    """The lines of one ballot."""
    for section in ballot.sections:
        yield from roll_lines(section, ballot.printing)
    names = {section.section: section.name for section in ballot.sections}
    for item in ballot.rounds:
        place: Line = {
            "round": item.number,
            "round_label": item.label,
            "round_date": item.date.isoformat() if item.date else None,
        }
        for measure, value in (("cast", item.cast), ("exhausted", item.exhausted)):
            if value is not None:
                yield place | {"kind": "round", "section": TOTAL, "measure": measure, "value": value}
        cast = sections_cast(item)
        for row in item.rows:
            for line in candidate_lines(row, item, ballot.printing, cast):
                section_name = names.get(str(line["section"]))
                yield place | {"kind": "candidate", "section_name": section_name} | line
    if ballot.rounds:
        last = ballot.rounds[-1]
        for unit in ballot.units:
            for who, votes in unit.votes.items():
                yield {
                    "round": last.number,
                    "round_label": last.label,
                    "kind": "unit",
                    "section": unit.unit,
                    "section_name": unit.name,
                    "candidate": who,
                    "candidate_name": declaration.name(who),
                    "measure": "votes",
                    "value": votes,
                    "note": "first" if unit.winner == who else None,
                }


def roll_lines(section: SectionSheet, printing: PrintingSheet) -> Iterator[Line]:
    """Roll and turnout of a section."""
    where: Line = {"kind": "roll", "section": section.section, "section_name": section.name}
    for key in ROLL_KEYS:
        value = getattr(section, key)
        if value is not None:
            yield where | {"measure": key, "value": value, "certainty": section.certainty.get(key)}
    rates = (("turnout_returned", section.turnout_returned), ("turnout_valid", section.turnout_valid))
    for measure, rate in rates:
        if rate is not None:
            yield (
                where
                | {
                    "measure": measure,
                    "share": exact.cut_to(rate * 100, printing.turnout_decimals, printing.turnout_cut),
                    "share_of": "those entitled",
                }
                | share_exact(rate)
            )
    if section.turnout_published is not None:
        yield where | {
            "measure": "turnout_published",
            "share_of": "those entitled",
            "published": section.turnout_published,
        }


def sections_cast(item: RoundSheet) -> dict[str, int | None]:
    """The votes in each section in a round; None where any is not shown."""
    cast: dict[str, int | None] = {}
    for row in item.rows:
        for section, votes in row.by_section.items():
            before = cast.get(section, 0)
            cast[section] = before + votes if before is not None and votes is not None else None
    return cast


def candidate_lines(
    row: CandidateRow, item: RoundSheet, printing: PrintingSheet, cast: dict[str, int | None]
) -> Iterator[Line]:
    """A candidate's figures in a round: the votes over all, what decides, then the votes in each section."""
    who: Line = {"candidate": row.candidate, "candidate_name": row.name}
    of_all = row.share if not item.others else None  # what is known of the votes is no base
    share: Line = {
        "share": exact.cut_to(of_all * 100, printing.decimals, printing.cut) if of_all is not None else None,
        "share_of": printing.of if of_all is not None or row.published is not None else None,
        "published": row.published,
        "note": row.fate or None,
    } | share_exact(of_all)
    if item.unit == "votes" or row.value is None:
        yield who | {"section": TOTAL, "measure": "votes", "value": row.votes} | share
    else:
        if row.votes is not None:
            yield who | {"section": TOTAL, "measure": "votes", "value": row.votes}
        yield who | {"section": TOTAL, "measure": item.unit} | number(row.value) | share
    for section, votes in row.by_section.items():
        of = cast.get(section)
        part = Fraction(votes, of) if votes is not None and of else None
        yield (
            who
            | {
                "section": section,
                "measure": "votes",
                "value": votes,
                "share": exact.cut_to(part * 100, printing.decimals, printing.cut) if part is not None else None,
                "share_of": "votes in the section" if part is not None else None,
            }
            | share_exact(part)
        )
    for section, gave in row.weighted.items():
        yield who | {"section": section, "measure": item.unit} | number(gave)


def number(value: Fraction) -> Line:
    """A value as a decimal, and exactly where it is not whole."""
    if value.denominator == 1:
        return {"value": value.numerator}
    cut = exact.cut_to(value, DECIMALS, "down")
    return {"value": cut, "value_numerator": value.numerator, "value_denominator": value.denominator}


def share_exact(share: Fraction | None) -> Line:
    """A share as two whole numbers."""
    return {} if share is None else {"share_numerator": share.numerator, "share_denominator": share.denominator}
