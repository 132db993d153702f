"""The tables of nominations."""

from __future__ import annotations

from collections.abc import Iterator

from ..contest.declaration import Declaration, NominationSheet
from . import numbers, words
from .blocks import (
    MARK_WORDS,
    MARKS,
    Cell,
    Column,
    Table,
    cells,
    without,
)

RESULTS = {
    "nominated": "nominated",
    "not nominated": "not nominated",
    "automatic": "automatic place",
    "withdrew": "withdrew",
    "refused": "refused",
    "supporting": "supporting",
    "not known": "not known",
}


def nomination_tables(declaration: Declaration) -> Iterator[Table]:
    """The nominations, a table for each stage and body."""
    groups: dict[tuple[str, str], list[NominationSheet]] = {}
    for nomination in declaration.nominations:
        groups.setdefault((nomination.stage, nomination.body), []).append(nomination)
    for number, group in enumerate(groups.values(), 1):
        first = group[0]
        stage = words.capital(first.name)
        if first.size is not None:
            stage += f" by {numbers.whole(first.size)} {first.body}"
        elif first.body not in first.name:
            stage += f" by {first.body}"
        rows = [
            cells(
                item.candidate_name,
                nominations_had(item),
                numbers.whole(item.needed if item.result != "automatic" else None),
                nomination_result(item),
                strong=item.result in ("nominated", "automatic"),
            )
            for item in sorted(group, key=lambda item: -(item.count or item.at_least or 0))
        ]
        supporting = all(item.result == "supporting" for item in group)
        table = Table(
            words.slug(f"{first.stage}-nominations-{number}"),
            stage,
            (
                Column("Candidate", numeric=False),
                Column("Nominations"),
                Column("Needed"),
                Column("Result", numeric=False),
            ),
            tuple(rows),
            (*_notes(group, supporting=supporting), *_legend(group)),
            extra=supporting,
        )
        yield without(table, numbers.ABSENT)


def _notes(group: list[NominationSheet], *, supporting: bool) -> list[str]:
    if supporting:
        return ["These decide nothing."]
    return [f"{item.candidate_name}: {item.reason}." for item in group if item.result == "automatic" and item.reason]


def _legend(group: list[NominationSheet]) -> list[str]:
    """What the marks beside the numbers mean."""
    found = {item.certainty for item in group if item.count is not None or item.at_least is not None}
    found |= {item.parts_certainty for item in group if item.parts}
    return [f"{MARKS[mark]} {MARK_WORDS[mark]}." for mark in MARKS if mark in found]


def nominations_had(item: NominationSheet) -> Cell:
    """The nominations of a candidate, and of whom they came."""
    parts = ", ".join(
        f"{numbers.whole(number)} {item.part_names.get(part, part)}" for part, number in item.parts.items()
    )
    had = numbers.whole(item.count)
    if item.count is None and item.at_least is not None:
        had = f"at least {numbers.whole(item.at_least)}"
    mark = MARKS.get(item.certainty or "", "") if had != numbers.ABSENT else ""
    of_parts = MARKS.get(item.parts_certainty or "", "")
    return Cell((had, f"({parts}){of_parts}") if parts else (had,), mark=mark)


def nomination_result(item: NominationSheet) -> str:
    """What came of a nomination, with the reason where the figures beside it do not say it."""
    if item.result in ("refused", "not known") and item.reason:
        return f"{RESULTS[item.result]}: {item.reason}"
    if item.result == "not nominated" and item.reason and " of the " not in item.reason:
        return f"{RESULTS[item.result]}: {item.reason}"
    return RESULTS[item.result]
