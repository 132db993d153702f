"""What was said of a result, on its sheet: each reading a table."""

from __future__ import annotations

from collections.abc import Iterator

from ..mandate import (
    ClaimResult,
    ReadingResult,
    change_text,
)
from . import numbers, words
from .blocks import (
    MARK_WORDS,
    Column,
    Item,
    Row,
    Sentences,
    Table,
    cells,
)
from .marked import legend, shown

VERDICTS = {True: "holds", False: "does not hold", None: "cannot be known"}
_PLURAL = {"recalled": MARK_WORDS["recalled"], "approximate": "round numbers"}


def claim_items(claim: ClaimResult) -> Iterator[Item]:
    """What was said and its verdict, a table for each reading, and the comment of the file's author."""
    marks = [mark for mark in ("recalled", "approximate") if mark in claim.certainty.values()]
    resting = words.listed([f"figures that are {_PLURAL[mark]}" for mark in marks])
    yield Sentences((f"“{claim.quote}” ({claim.by}): {claim.verdict}.",))
    if marks:
        yield Sentences((f"This rests on {resting}.",))
    for number, reading in enumerate(claim.readings, 1):
        yield from _reading(claim, reading, number)
    if claim.comment:
        yield Sentences((claim.comment,))


def _reading(claim: ClaimResult, reading: ReadingResult, number: int) -> Iterator[Item]:
    if reading.cannot is not None:
        yield Sentences((f"Cannot be known from this: {reading.cannot}",))
        return
    rows: list[Row] = []
    for finding in reading.findings:
        figure, beside = shown(finding.figure, finding.unit), shown(finding.beside, finding.unit)
        change = change_text(finding.change, finding.unit) if finding.change is not None else numbers.ABSENT
        if finding.segments:
            rows.append(cells(finding.name, "", "", "", VERDICTS[finding.holds], strong=bool(finding.holds)))
            for part in finding.segments:
                own, other = shown(part.figure, finding.unit), shown(part.beside, finding.unit)
                moved = change_text(part.change, finding.unit) if part.change is not None else numbers.ABSENT
                rows.append(cells(f"  {part.name}", own, other, moved, VERDICTS[part.holds]))
        else:
            rows.append(
                cells(finding.name, figure, beside, change, VERDICTS[finding.holds], strong=bool(finding.holds))
            )
    columns = (
        Column("Measure", numeric=False),
        Column("Figure"),
        Column("Held against"),
        Column("Difference"),
        Column("The claim", numeric=False),
    )
    slug = words.slug(claim.quote)[:40]
    caption = words.sentence(reading.says)
    if reading.beside:
        caption += " (Put beside it; it does not count for the verdict.)"
    unknown = tuple(
        words.sentence(f"{words.capital(finding.name)}: {cell.cannot}")
        for finding in reading.findings
        for cell in (finding.figure, finding.beside)
        if cell.cannot and not (cell.at_least is not None and finding.holds is not None)
    )
    used = [cell for finding in reading.findings for cell in (finding.figure, finding.beside)]
    used += [cell for finding in reading.findings for part in finding.segments for cell in (part.figure, part.beside)]
    notes = ((reading.note,) if reading.note else ()) + tuple(dict.fromkeys(unknown)) + legend(used)
    yield Table(f"claim-{slug}-{number}", caption, columns, tuple(rows), notes)
