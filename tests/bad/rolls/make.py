"""Lists of persons as they come: every nasty file of this folder, what is nasty about it, and how it is made.

    python -m tests.bad.rolls.make            write the files again; the same bytes each time
    python -m tests.bad.rolls.make --expect   write what comes of each beside it, to be read before it is kept
    python -m tests.bad.rolls.make --docs     write the table of docs/rolls.md again

Nobody in them exists.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .workbook import Cell, Sheet, letters, workbook

HERE = Path(__file__).parent
DOCS = HERE.parents[2] / "docs" / "rolls.md"
MEMBER = {"fixed": {"capacity": "member"}}


@dataclass(frozen=True)
class Case:
    """A file. ``says``: what is nasty about it; ``make``: its bytes; ``mapping``: what a clerk says of it besides what
    the headings say."""

    name: str
    says: str
    make: Callable[[], bytes]
    mapping: Mapping[str, Any] = field(default_factory=lambda: MEMBER)

    @property
    def path(self) -> Path:
        return HERE / "files" / self.name

    @property
    def expected(self) -> Path:
        return self.path.with_name(self.path.name + ".expected")


CASES: dict[str, Case] = {}
HEAD = "Number,Name,Joined\n"
ONE = "00123,Ada Müller,2015-03-17\n"
TWO = "00124,José O’Hara,2014-02-28\n"


def csv(name: str, says: str, text: str | bytes, written: str = "utf-8", /, **mapping: Any) -> None:
    content = text if isinstance(text, bytes) else text.encode(written)
    _add(Case(f"{name}.csv", says, lambda: content, {**MEMBER, **mapping}))


def xlsx(name: str, says: str, make: Callable[[], bytes], **mapping: Any) -> None:
    _add(Case(f"{name}.xlsx", says, make, {**MEMBER, **mapping}))


def _add(case: Case) -> None:
    assert case.name not in CASES, case.name
    CASES[case.name] = case


# -- encodings ------------------------------------------------------------------------------------------------------

csv("utf-8", "plain UTF-8", HEAD + ONE + TWO)
csv("utf-8-mark", "UTF-8 with a mark, as Excel writes it", HEAD + ONE, "utf-8-sig")
csv("utf-16-le", "UTF-16 with a mark", "\ufeff" + HEAD + ONE, "utf-16-le")
csv("utf-16-be", "UTF-16 the other way round, with a mark", "\ufeff" + HEAD + ONE, "utf-16-be")
csv("utf-16-no-mark", "UTF-16 without a mark", HEAD + ONE, "utf-16-le")
csv("utf-32", "UTF-32 with a mark", "\ufeff" + HEAD + ONE, "utf-32-le")
csv("windows-1252", "Windows-1252, with a curly apostrophe", HEAD + ONE + TWO, "cp1252")
csv(
    "latin-1", "Latin-1, with a byte that Windows-1252 does not have", HEAD + "1,Ada\x81 Müller,2015-03-17\n", "latin-1"
)
csv("mac-roman", "an encoding that nothing tells, said by the clerk", HEAD + ONE, "mac-roman", encoding="mac-roman")
csv("twice-encoded", "UTF-8 taken for Windows-1252 and saved again", (HEAD + ONE).encode().decode("cp1252"))
csv(
    "two-encodings",
    "a row of another encoding in UTF-8",
    (HEAD + ONE).encode() + "9,Zoë Ünal,2015-03-17\n".encode("cp1252"),
)
csv("wrong-encoding-said", "an encoding that the clerk said and that it is not", HEAD + TWO + ONE, encoding="ascii")
csv("no-such-encoding", "an encoding of which nobody has heard", HEAD + ONE, encoding="klingon")
csv("nul-bytes", "NUL bytes in a text", b"Number,Name\n1,A\0da\n2,B\n")

# -- separators and rows ---------------------------------------------------------------------------------------------

csv("semicolons", "semicolons, as where the comma is for decimals", (HEAD + ONE).replace(",", ";"))
csv("tabs", "tabs", (HEAD + ONE).replace(",", "\t"))
csv("bars", "bars", (HEAD + ONE).replace(",", "|"))
csv("sep-line", "a first line that tells Excel the separator", "sep=;\n" + (HEAD + ONE).replace(",", ";"))
csv(
    "commas-in-names",
    "semicolons, and commas in every name",
    "Number;Name;Joined\n1;Müller, Ada;2015-03-17\n2;Ode, Bo;2015-03-18\n",
)
csv("one-column", "one column and nothing to part", "Number\n1\n2\n", columns={"number": "Number", "name": "Number"})
csv(
    "comma-in-address",
    "a comma in an address without quotes",
    "Number,Name,Address\n1,Ada,1 High St\n2,Bo,2 Low St, Hexwick\n",
)
csv("short-rows", "rows whose empty end is cut off, as Excel does", "Number,Name,Unit,Paid\n1,Ada,North,yes\n2,Bo\n")
csv(
    "blank-rows",
    "blank rows, and rows of separators only",
    "Number,Name,Joined\n\n1,Ada,2015-03-17\n,,\n \n2,Bo,2015-03-18\n",
)
csv("mac-line-ends", "lines that end with a lone return", (HEAD + ONE + TWO).replace("\n", "\r"))
csv("mixed-line-ends", "lines that end in different ways", "Number,Name\r\n1,Ada\n2,Bo\r3,Cy\r\n")
csv("no-last-line-end", "no end of the last line", "Number,Name\n1,Ada\n2,Bo")
csv("quotes-doubled", "quotes in a name, doubled", 'Number,Name\n1,"Robert ""Bob"" Jones"\n')
csv("quotes-bare", "quotes in a name, not doubled", 'Number,Name\n1,Robert "Bob" Jones\n2,"Ann" Lee\n3,Cy\n')
csv("quote-open", "a quote that is never closed", 'Number,Name\n1,Ada\n2,"Bo\n3,Cy\n4,Di\n')
csv(
    "quote-closed-late",
    "a quote that is closed forty rows later",
    'Number,Name\n1,"Ada\n' + "".join(f"{n},X\n" for n in range(2, 42)) + '42,Bo"\n',
)
csv("line-in-address", "an address of several lines", 'Number,Name,Address\n1,Ada,"1 High St\nHexwick"\n2,Bo,\n')
csv("long-cell", "a cell of twenty thousand letters", "Number,Name\n1," + "x" * 20_000 + "\n2,Bo\n")
csv("many-columns", "five hundred columns", ",".join(f"c{n}" for n in range(500)) + "\n" + ",".join("1" * 500) + "\n")

# -- headings --------------------------------------------------------------------------------------------------------

csv("title-above", "a title above the headings", "Members of the society,,\nas of 1 January 2016,,\n,,\n" + HEAD + ONE)
csv(
    "no-headings",
    "no headings, columns said by number",
    ONE + TWO,
    columns={"number": "column 1", "name": "column 2", "joined": "column 3"},
)
csv("no-headings-unsaid", "no headings, and nothing said", ONE + TWO)
csv("heading-twice", "a heading that is there twice", "Number,Name,Name\n1,Ada,Lady Ada\n")
csv("heading-empty", "a column without a heading", "Number,,Name\n1,x,Ada\n")
csv("headings-again", "headings again between the rows, of lists put together", HEAD + ONE + HEAD + TWO)
csv(
    "headings-german",
    "headings and words in German",
    "Mitgliedsnummer;Vorname;Nachname;Eintrittsdatum;Gesperrt\n7;Jürgen;Groß;17.03.2015;nein\n",
)
csv(
    "headings-french",
    "headings and words in French",
    "N° adhérent;Prénom;Nom;Date d'adhésion;Suspendu\n7;Zoé;Lefèvre;17/03/2015;oui\n",
)
csv("headings-spaced", "headings with odd case and spaces", " MEMBER   NO. ,full_name,DATE-JOINED\n1,Ada,2015-03-17\n")
csv("heading-missing", "a mapping for another file", HEAD + ONE, columns={"number": "Number", "name": "Voter"})
csv("only-headings", "headings and no rows", HEAD)
csv("empty", "nothing at all", b"")
csv("only-spaces", "spaces and line ends only", b" \n\r\n \n")
csv("total-below", "a sum below the rows", HEAD + ONE + ",Total: 1,\n")

# -- numbers ---------------------------------------------------------------------------------------------------------

csv("leading-zeros", "numbers with leading zeros", "Number,Name\n000000,Nil\n00123,Ada\n0123,Bo\n123,Cy\n")
csv("equals-quotes", 'numbers written as ="00123", so that Excel keeps them', 'Number,Name\n"=""00123""",Ada\n')
csv("scientific", "numbers that a spreadsheet has shortened", "Number,Name\n1.23457E+11,Ada\n12345,Bo\n")
csv("point-nought", "numbers with .0 behind, out of a data frame", "Number,Name\n123.0,Ada\n")
csv(
    "fill-digits",
    "numbers that lost their zeros, filled up as the clerk said",
    "Number,Name\n123,Ada\nX9,Bo\n",
    digits=6,
)
csv("prefix", "a body's own numbers, told apart by a prefix", "Number,Name\n123,Ada\n", prefix="makers-")
csv("no-number", "a row without a number", "Number,Name\n1,Ada\n,Bo\n")
csv("formula-number", "a formula in place of a number", "Number,Name\n=A1+1,Ada\n2,Bo\n")
csv(
    "formula-name",
    "a name that a spreadsheet would run",
    'Number,Name\n1,"=HYPERLINK(""http://example.org"",""Ada"")"\n2,=2+3\n3,Bo\n',
)
csv(
    "apostrophes",
    "cells made safe with an apostrophe, and names that begin with one",
    "Number,Name,Phone\n1,'t Hooft,'+44 1632 960001\n2,''=Bo,'-\n",
)

# -- dates -----------------------------------------------------------------------------------------------------------

D = "Number,Name,Joined\n"
csv("day-first", "dates of which one can only have the day first", D + "1,Ada,03/04/2015\n2,Bo,17/03/2015\n")
csv("month-first", "dates of which one can only have the month first", D + "1,Ada,03/04/2015\n2,Bo,03/17/2015\n")
csv("two-ways", "dates that can all be read in two ways", D + "1,Ada,03/04/2015\n2,Bo,05/05/2015\n")
csv(
    "two-ways-said",
    "the same, and the clerk said that the month comes first",
    D + "1,Ada,03/04/2015\n2,Bo,05/05/2015\n",
    day_first=False,
)
csv("same-both-ways", "dates that are the same both ways", D + "1,Ada,03/03/2015\n2,Bo,05.05.2015\n")
csv("both-ways", "dates of both ways in one column", D + "1,Ada,17/03/2015\n2,Bo,03/17/2015\n3,Cy,03/04/2015\n")
csv(
    "both-ways-said",
    "the same, and the clerk said that the day comes first",
    D + "1,Ada,17/03/2015\n2,Bo,03/17/2015\n3,Cy,03/04/2015\n",
    day_first=True,
)
csv("short-years", "years of two digits", D + "1,Ada,17.03.15\n2,Bo,17 March 15\n3,Cy,2015-03-17\n")
csv(
    "month-names",
    "months by their names, in three languages",
    D + '1,Ada,17 Mar 2015\n2,Bo,"March 17, 2015"\n3,Cy,17. März 2015\n4,Di,1er mars 2015\n'
    '5,Ed,17-févr-2015\n6,Flo,"Tuesday, 17th March 2015"\n',
)
csv("compact-dates", "dates without separators", D + "1,Ada,20150317\n2,Bo,2015/03/17\n3,Cy,2015-3-7\n")
csv("serials", "Excel's day numbers in place of dates", D + "1,Ada,42080\n2,Bo,42081\n")
csv(
    "serials-1900",
    "the same, since 1900 as the clerk said",
    D + "1,Ada,42080\n2,Bo,60\n3,Cy,42080.75\n",
    serials="1900",
)
csv("serials-1904", "the same, since 1904 as the clerk said", D + "1,Ada,40618\n", serials="1904")
csv("no-such-day", "days that do not exist", D + "1,Ada,31/02/2015\n2,Bo,2015-13-01\n3,Cy,29.02.2016\n")
csv("no-date", "what stands for no date", D + "1,Ada,0000-00-00\n2,Bo,unknown\n3,Cy,00/00/0000\n4,Di,-\n5,Ed,\n")
csv("not-a-date", "words in place of a date", D + "1,Ada,spring 2015\n2,Bo,soon\n")
csv("odd-years", "years in which nobody can have joined", D + "1,Ada,1815-06-18\n2,Bo,2915-03-17\n")
csv(
    "times",
    "times of day, with and without half",
    "Number,Name,Registered\n1,Ada,20/07/2016 17:00\n2,Bo,20/07/2016 5:01:30 pm\n"
    "3,Cy,2016-07-20T16:59:59.9\n4,Di,20/07/2016 13:00 PM\n",
)
csv(
    "times-with-zone",
    "times with a zone of their own",
    "Number,Name,Registered\n1,Ada,2016-07-20T16:00:00Z\n2,Bo,2016-07-20 17:00\n",
)
csv(
    "times-zone-said",
    "the same, and the clerk said by which zone the organisation goes",
    "Number,Name,Registered\n1,Ada,2016-07-20T16:00:00Z\n2,Bo,2016-07-20T18:00:00+02:00\n",
    zone="Europe/London",
)
csv(
    "left-before-joined",
    "somebody who left before they joined",
    "Number,Name,Born,Joined,Left\n1,Ada,1970-01-01,2015-03-17,2014-01-01\n2,Bo,2016-01-01,2015-03-17,\n"
    "3,Cy,1970-01-01,2015-03-17,2015-03-17\n",
)

# -- yes and no, capacities ------------------------------------------------------------------------------------------

WORDS = "yes N TRUE 0 x Ja nein Oui maybe n/a ✓"
csv(
    "yes-and-no",
    "yes and no in many words",
    "Number,Name,Paid\n" + "".join(f"{n},P{n},{word}\n" for n, word in enumerate(WORDS.split(), 1)),
)
csv(
    "blank-means-no",
    "an empty cell that means no, as the clerk said",
    "Number,Name,Suspended\n1,Ada,\n2,Bo,yes\n",
    blank={"suspended": "no"},
)
csv("blank-unknown", "an empty cell of which nobody said what it means", "Number,Name,Suspended\n1,Ada,\n2,Bo,no\n")
csv(
    "words-for-capacity",
    "kinds of membership in the society's own words",
    "Number,Name,Type\n1,Ada,Full (paid)\n2,Bo,FULL (PAID)\n3,Cy,Supporter\n",
    fixed={},
    columns={"number": "Number", "name": "Name", "capacity": "Type"},
    words={"capacity": {"Full (paid)": "member", "Supporter": "registered supporter"}},
)
csv("capacity-unsaid", "nothing that says in which capacity", "Number,Name\n1,Ada\n", fixed={})
csv("capacity-empty", "a row without a capacity", "Number,Name,Capacity\n1,Ada,Member\n2,Bo,\n", fixed={})

# -- persons ---------------------------------------------------------------------------------------------------------

csv("same-row-twice", "a row that is there twice", HEAD + ONE + TWO + ONE)
csv(
    "same-person-twice",
    "a person twice, with different dates",
    HEAD + "1,Ada,2015-03-17\n2,Bo,2015-03-17\n1,Ada,2014-03-17\n",
)
csv(
    "left-and-back",
    "somebody who left and joined again",
    "Number,Name,Joined,Left\n1,Ada,2015-03-17,\n1,Ada,2001-01-01,2009-12-31\n",
)
csv(
    "two-times-at-once",
    "two memberships that overlap",
    "Number,Name,Joined,Left\n1,Ada,2001-01-01,2016-12-31\n1,Ada,2015-03-17,\n",
)
csv(
    "two-capacities",
    "somebody in two capacities",
    "Number,Name,Capacity,Union\n1,Ada,member,\n1,Ada,affiliated supporter,Makers\n1,Ada,affiliated supporter,Clerks\n",
    fixed={},
    columns={"number": "Number", "name": "Name", "capacity": "Capacity", "body": "Union"},
)
csv(
    "one-number-two-births",
    "one number for two persons",
    "Number,Name,Capacity,Born\n1,Ada,member,1970-01-01\n1,Bo,registered supporter,1980-01-01\n",
    fixed={},
)
csv("no-name", "a row without a name", "Number,Given,Family\n1,Ada,Lee\n2,,\n3,,Bo\n")
csv("called-null", "persons called Null, None and No", "Number,Given,Family\n1,Ada,Null\n2,None,Nil\n3,No,Na\n")
csv("family-first", "family names first, parted by a comma", 'Number,Name\n1,"O’Hara, Mary Ann"\n2,Mary Ann O\'Hara\n')
csv("odd-spaces", "spaces that nobody sees", "Number,Name\n\u00a000123\u200b,  Ada\u00a0 \u2009Lee\u00ad \n")
csv("accents-apart", "accents as letters of their own", "Number,Name\n1,Zoe\u0308 Nun\u0303ez\n")
csv(
    "e-mails",
    "addresses of mail as people type them",
    "Number,Name,Email\n1,Ada,Ada+votes@Example.org\n2,Bo,bo at example.org\n3,Cy,cy@example\n"
    "4,Di,di@example.org; d@example.org\n",
)
csv(
    "errors-in-cells", "errors of formulas, saved as text", "Number,Name,Unit\n1,Ada,#N/A\n#REF!,Bo,North\n3,Cy,North\n"
)

# -- what is no table ------------------------------------------------------------------------------------------------

_add(
    Case(
        "web-page.xls",
        "a web page that calls itself a workbook",
        lambda: b"<html><table><tr><td>1</td></tr></table></html>",
    )
)
_add(Case("old-workbook.xls", "a workbook of the old kind", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500))
_add(Case("report.pdf", "a PDF", lambda: b"%PDF-1.4\n%\xe2\xe3\n"))
_add(Case("packed.gz", "something packed", lambda: b"\x1f\x8b\x08\0\0\0\0\0\0\3\3\0\0\0\0\0\0\0\0\0"))

# -- workbooks -------------------------------------------------------------------------------------------------------

ROWS = [
    ["Number", "Name", "Joined"],
    ["00123", "Ada Müller", Cell("date", 42080)],
    ["00124", "Bo", Cell("date", 42081)],
]


def book(rows: list[list[object]], **more: Any) -> bytes:
    return workbook({"Members": Sheet(rows, **more)})


xlsx("workbook", "a plain workbook", lambda: book(ROWS))
xlsx(
    "workbook-1904",
    "dates since 1904, as older Macs count",
    lambda: workbook({"Members": Sheet([ROWS[0], ["1", "Ada", Cell("date", 40618)]])}, date1904=True),
)
xlsx(
    "workbook-numbers",
    "numbers stored as numbers",
    lambda: book([ROWS[0], [123, "Ada", Cell("date", 42080)], [7, "Bo", None]]),
)
xlsx(
    "workbook-zeros-shown",
    "numbers that are only shown with leading zeros",
    lambda: book([ROWS[0], [Cell("padded", 123), "Ada", None], [Cell("padded", 123456), "Bo", None]]),
)
xlsx("workbook-serials", "dates that lost their form", lambda: book([ROWS[0], ["1", "Ada", 42080], ["2", "Bo", 42081]]))
xlsx(
    "workbook-text-dates",
    "dates as text beside dates",
    lambda: book([ROWS[0], ["1", "Ada", Cell("date", 42080)], ["2", "Bo", "17/03/2015"]]),
)
xlsx(
    "workbook-times",
    "times of day",
    lambda: book([["Number", "Name", "Registered"], ["1", "Ada", Cell("date", 42571.70833333333)]]),
)
xlsx("workbook-hidden-rows", "rows hidden by a filter", lambda: book(ROWS, hidden_rows=frozenset({3})))
xlsx(
    "workbook-hidden-left",
    "the same, to be left out as the clerk said",
    lambda: book(ROWS, hidden_rows=frozenset({3})),
    hidden="leave",
)
xlsx(
    "workbook-hidden-taken",
    "the same, to be taken as the clerk said",
    lambda: book(ROWS, hidden_rows=frozenset({3})),
    hidden="take",
)
xlsx("workbook-hidden-column", "a hidden column", lambda: book(ROWS, hidden_columns=frozenset({3})))
xlsx(
    "workbook-sheets",
    "two sheets, and nothing said",
    lambda: workbook({"Members": Sheet(ROWS), "Left": Sheet(ROWS[:2])}),
)
xlsx(
    "workbook-sheet-said",
    "two sheets, of which the clerk said one",
    lambda: workbook({"Members": Sheet(ROWS), "Left": Sheet(ROWS[:2])}),
    sheet="Left",
)
xlsx(
    "workbook-sheet-hidden",
    "a hidden sheet",
    lambda: workbook({"Old": Sheet(ROWS[:2], state="hidden"), "Members": Sheet(ROWS)}),
)
xlsx("workbook-no-such-sheet", "a sheet that is not there", lambda: book(ROWS), sheet="Member")
xlsx(
    "workbook-formulas",
    "formulas with their results",
    lambda: book([ROWS[0], ["1", Cell("formula", "Ada Lee", 'B9&" Lee"'), None]]),
)
xlsx(
    "workbook-not-computed",
    "a formula that was never computed",
    lambda: book([ROWS[0], ["1", "Ada", Cell("formula", None, "TODAY()")], ["2", "Bo", None]]),
)
xlsx(
    "workbook-errors",
    "a formula that failed",
    lambda: book([ROWS[0], ["1", Cell("error", "#N/A"), None], ["2", "Bo", None]]),
)
xlsx(
    "workbook-merged",
    "merged cells among the rows",
    lambda: book([ROWS[0], ["1", "Ada", "2015-03-17"], ["2", "Bo", None], ["3", "Cy", None]], merged=("C2:C3",)),
)
xlsx(
    "workbook-merged-title",
    "a merged title above the headings",
    lambda: book([["Members", None, None], *ROWS], merged=("A1:C1",)),
)
xlsx(
    "workbook-far-corner",
    "a table that begins in the middle of the sheet",
    lambda: book([[None, *row] for row in ROWS], first_row=5),
)
xlsx(
    "workbook-truths",
    "true and false of the spreadsheet",
    lambda: book([["Number", "Name", "Paid"], ["1", "Ada", Cell("bool", True)], ["2", "Bo", Cell("bool", False)]]),
)
xlsx("workbook-empty", "an empty sheet", lambda: book([]))
xlsx("workbook-cut-off", "a workbook of which the end is missing", lambda: book(ROWS)[:700])
xlsx(
    "workbook-doctype",
    "a document type, with which XML is made to swell",
    lambda: book(ROWS, top='<!DOCTYPE x [<!ENTITY a "aaaaaaaa">]>'),
)
xlsx("workbook-bomb", "thirty megabytes of nothing, packed", lambda: book(ROWS, extra=" " * 30_000_000))
xlsx(
    "workbook-apart",
    "two cells at two ends of the sheet",
    lambda: book(ROWS, extra=f'<row r="1048576"><c r="{letters(390)}1048576"><v>1</v></c></row>'),
)
xlsx("workbook-wide", "a cell in column XFD", lambda: book(ROWS, extra='<row r="9"><c r="XFD9"><v>1</v></c></row>'))
xlsx("workbook-no-workbook", "something packed that is no workbook", lambda: _renamed(book(ROWS)))


def _renamed(content: bytes) -> bytes:
    return content.replace(b"xl/workbook.xml", b"xl/workbonk.xml")


# -- what comes of them ----------------------------------------------------------------------------------------------


def outcome(case: Case) -> str:
    """What comes of the file, line by line: an error, questions, or what is taken, refused and remarked."""
    from selectorate import roll
    from selectorate.errors import InputError

    try:
        table = roll.look(case.path.read_bytes(), case.name)
        said = roll.propose_mapping(table)
        columns = case.mapping.get("columns", said.columns)
        reading = roll.read(table, said.model_copy(update={**case.mapping, "columns": columns}))
    except InputError as error:
        return f"error: {error}\n"
    lines = [
        f"encoding: {case.mapping.get('encoding', table.encoding)}, separator: {table.separator!r}"
        if table.kind == "csv"
        else f"sheet: {table.sheet}"
    ]
    lines += [f"question: {q.key} ({q.column}): {q.what}" for q in reading.questions]
    lines += [_remark(remark) for remark in reading.remarks]
    lines += [f"refused: row {r.row}, {r.column}: {r.what}. {r.todo}"[:300] for r in reading.refusals]
    for row in reading.roll.rows.iter_rows(named=True):
        told = [f"{name}={value}" for name, value in row.items() if value is not None and (name, value) != ("spell", 1)]
        lines.append(f"taken: {'; '.join(told)}"[:300])
    assert reading.rows == len(reading.roll) + reading.refused_rows or reading.questions
    return "\n".join(lines) + "\n"


def _remark(remark: Any) -> str:
    place = ", ".join(filter(None, (f"row {remark.row}" if remark.row else "", remark.column or "")))
    return f"remark: {place + ': ' if place else ''}{remark.what}. {remark.todo}".strip()


def summary(case: Case) -> str:
    """What comes of the file, in a few words."""
    lines = case.expected.read_text(encoding="utf-8").splitlines()
    if lines[0].startswith("error: "):
        return f"the file is refused: {lines[0].partition(': ')[2].removeprefix(case.name + ': ')}"
    asked = [line.partition("): ")[2] for line in lines if line.startswith("question: ")]
    if asked:
        return f"the clerk is asked: {'; '.join(asked)}"
    taken = sum(line.startswith("taken: ") for line in lines)
    refused = [line.partition(": ")[2] for line in lines if line.startswith("refused: ")]
    remarks = [line.partition(": ")[2] for line in lines if line.startswith("remark: ")]
    told = f"{taken} taken"
    if refused:
        told += f"; refused: {' / '.join(refused)}"
    if remarks:
        told += f"; remarked: {' / '.join(remarks)}"
    return told


BEGIN, END = "<!-- nasty files -->", "<!-- /nasty files -->"


def table() -> str:
    """The table of docs/rolls.md."""
    rows = "".join(
        f"| `{case.name}` | {case.says} | {summary(case)} |\n".replace("\\", "\\\\") for case in CASES.values()
    )
    return f"{BEGIN}\n\n| file | what is nasty | what comes of it |\n| --- | --- | --- |\n{rows}\n{END}"


def main(arguments: list[str]) -> None:
    """Write the files, and what is asked for besides."""
    (HERE / "files").mkdir(exist_ok=True)
    for case in CASES.values():
        case.path.write_bytes(case.make())
        if "--expect" in arguments:
            case.expected.write_text(outcome(case), encoding="utf-8")
    if "--docs" in arguments:
        page = DOCS.read_text(encoding="utf-8")
        before, after = page.partition(BEGIN)[0], page.partition(END)[2]
        DOCS.write_text(f"{before}{table()}{after}", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
