"""The sheet of the gallery: the list of real contests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from . import numbers
from .blocks import (
    Column,
    Part,
    Sheet,
    Table,
    cells,
)


def gallery_sheet(rows: Sequence[dict[str, str]], date: dt.date) -> Sheet:
    """The list of the gallery, one row a contest."""
    columns = tuple(
        Column(text, numeric=numeric)
        for text, numeric in (
            ("Date", False),
            ("Contest", False),
            ("Rules", False),
            ("Outcome", False),
            ("Share", True),
            ("Rounds", True),
            ("Turnout", True),
        )
    )
    table = Table(
        "gallery",
        f"{len(rows)} contests, by date",
        columns,
        tuple(
            cells(
                numbers.day(dt.date.fromisoformat(row["date"])),
                row["title"],
                row["rulebook"],
                row["outcome"],
                row["share"] or numbers.ABSENT,
                row["rounds"],
                row["turnout"] or numbers.ABSENT,
            )
            for row in rows
        ),
        ("Share: of the rulebook's base, in the round that decided.",),
    )
    return Sheet("Real contests", "The gallery", f"{len(rows)} contests", date, parts=(Part("The gallery", (table,)),))
