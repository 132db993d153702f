"""The sheet of a verification: what was checked of a record, in words, with what failed first."""

from __future__ import annotations

from ..contest.verifying import Finding, Verification
from . import numbers, words
from .blocks import Column, Item, KeyFigure, Part, Sentences, Sheet, Table, cells
from .html import sheet_html

__all__ = ["verified_html", "verified_sheet"]

VERDICTS = {"passed": "holds", "failed": "FAILS", "not reached": "not reached", "not there": "nothing to check"}
GROUPS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("record", "The record itself, and the log of acts", ("record.files", "acts.chain", "acts.told")),
    (
        "rules",
        "The rules, the dates, the candidates",
        (
            "rulebook.frozen",
            "rulebook.sound",
            "timetable.adopted",
            "contest.rules",
            "notice.candidates",
            "nominations.thresholds",
        ),
    ),
    (
        "boxes",
        "The roll and the boxes",
        (
            "roll.sums",
            "boxes.laid",
            "boxes.sound",
            "boxes.final",
            "boxes.setup",
            "boxes.trustees",
            "boxes.papers",
            "roll.credentials",
            "boxes.void",
        ),
    ),
    (
        "result",
        "The count and the declaration",
        ("count.boxes", "count.declaration", "acts.declaration", "mandate.figures"),
    ),
)
"""The checks as a reader goes through them."""
EASY = (
    "The server of the office made the credentials and mailed them. So these checks do not show that whoever runs it"
    " has not voted for people who did not vote themselves."
)
NOT_SHOWN = (
    "That everybody on the roll was rightly there, and nobody else: the record has numbers, no names.",
    "That voters' own devices encrypted what they chose.",
    "That the ballots are all that were cast: voters see that by their receipts, scrutineers by the copies they kept.",
)
"""What no record can show."""


def verified_html(found: Verification) -> str:
    """A verification as one self-contained page."""
    return sheet_html(verified_sheet(found))


def verified_sheet(found: Verification) -> Sheet:
    """A verification as a sheet."""
    by_name = {one.check: one for one in found.findings}
    failed = [one for one in found.findings if one.verdict == "failed"]
    parts = [Part("What fails", (Sentences(tuple(_told(one) for one in failed), listed=True),))] if failed else []
    parts += [Part(heading, (_checks(key, heading, by_name, names),)) for key, heading, names in GROUPS]
    parts.append(Part("The boxes", tuple(_boxes(found)) or (Sentences(("There are none in this record.",)),)))
    more = (EASY,) if found.easy else ()
    parts.append(Part("What a record cannot show", (Sentences((*more, *NOT_SHOWN), listed=True),)))
    return Sheet(
        title=found.title,
        kicker=f"Verification of the record · {found.organisation}",
        headline=headline(found),
        date=None,
        facts=(("SHA-256 of record.json", found.hash),),
        key_figures=_figures(found),
        parts=tuple(parts),
    )


def headline(found: Verification) -> str:
    """What it came to, in a sentence."""
    failed = sum(one.verdict == "failed" for one in found.findings)
    if failed:
        checks = "One check fails" if failed == 1 else f"{failed} checks fail"
        return f"{checks}: this record does not prove the result that it declares."
    if not found.sound:
        return "Not everything could be checked."
    elected = words.listed(found.elected)
    said = f" Elected: {elected}." if elected else ""
    return f"Every check passed: the declared result follows from what is in the record.{said}"


def _figures(found: Verification) -> tuple[KeyFigure, ...]:
    passed = sum(one.verdict == "passed" for one in found.findings)
    figures = [KeyFigure("Checks passed", f"{passed}", f"of {len(found.findings)}")]
    if found.boxes:
        figures.append(KeyFigure("Ballots counted", f"{sum(box.get('tallied', 0) for box in found.boxes):,}"))
        figures.append(KeyFigure("Boxes", f"{len(found.boxes):,}"))
    return tuple(figures)


def _told(one: Finding) -> str:
    return f"{one.check} – not so that {one.says}: {'; '.join(one.details[:3])}"


def _checks(key: str, heading: str, by_name: dict[str, Finding], names: tuple[str, ...]) -> Table:
    rows = tuple(
        cells(words.capital(one.says), one.check, VERDICTS[one.verdict], strong=one.verdict == "failed")
        for one in (by_name[name] for name in names)
    )
    columns = (Column("It was checked that", numeric=False), Column("Name", numeric=False), Column("", numeric=False))
    return Table(f"checks-{key}", f"Checks of {heading[:1].lower()}{heading[1:]}", columns, rows)


def _boxes(found: Verification) -> list[Item]:
    if not found.boxes:
        return []
    columns = (
        Column("Box", numeric=False),
        Column("Credentials"),
        Column("Ballots"),
        Column("Counted"),
        Column("Void"),
    )
    rows = tuple(
        cells(
            (f"{box['stage']}, {box['section']}", box["uuid"]),
            f"{box['credentials']:,}",
            f"{box['ballots']:,}",
            f"{box['tallied']:,}" if "tallied" in box else numbers.ABSENT,
            f"{box['void']:,}",
        )
        for box in found.boxes
    )
    heads = tuple(f"{box['uuid']}: event {box['events'] - 1}, {box['head']}" for box in found.boxes)
    return [
        Table("boxes", "What is in the boxes", columns, rows),
        Sentences(("The last event of each box, to compare with what scrutineers kept:", *heads), listed=True),
    ]
