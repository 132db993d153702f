"""Rolls made up by Hypothesis: few persons with odd texts, so that they meet. Shared by the tests that need them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st

from selectorate.roll import Roll

DAYS = st.sampled_from(
    [None, *(dt.date(2016, 1, day) for day in range(10, 16)), dt.date(1970, 3, 4), dt.date(1970, 4, 3)]
)
MOMENTS = st.sampled_from(
    [None, dt.datetime(2016, 7, 20, 17), dt.datetime(2016, 7, 20, 17, 0, 1), dt.datetime(2016, 7, 21)]
)
TRUTHS = st.sampled_from([None, True, False])
_ODD = "ab É'=+-@\\\t\n\",;ß=ł"


def _clean(text: str) -> str | None:
    """As reading makes it: spaces of all kinds are one, none at the ends, nothing is NULL."""
    return " ".join(text.split()) or None


ODD_TEXTS = st.text(alphabet=_ODD, max_size=6).map(_clean)
"""Texts that a file can hold, with all that a spreadsheet or a parser could take amiss."""
NAMES = st.sampled_from(
    [
        "Ada Lee",
        "ada  LEE",
        "Adda Lee",
        "Zoë Ünal",
        "Zoe Unal",
        "Bo-Mary O'Hara",
        "Bo Mary OHara",
        "Cy",
        "=Ada",
        "'t Hooft",
    ]
)
CAPACITIES = ("member", "affiliated supporter", "registered supporter", "friend")


@st.composite
def rows(draw: st.DrawFn) -> dict[str, Any]:
    """A row of a roll, of few persons."""
    capacity = draw(st.sampled_from(CAPACITIES))
    return {
        "person": draw(st.sampled_from(["1", "01", "2", "a b", "=3"])),
        "number": draw(st.sampled_from([None, "1", "01", "2", "7-7"])),
        "name": " ".join(draw(NAMES).split()),
        "given": draw(st.sampled_from([None, "Ada", "Zoë"])),
        "family": draw(st.sampled_from([None, "Lee", "Ünal"])),
        "former": draw(st.sampled_from([None, "Lee", "Unal"])),
        "born": draw(DAYS),
        "email": draw(st.sampled_from([None, "a@example.org", "A@example.org", "b@example.org"])),
        "address": draw(ODD_TEXTS),
        "postcode": draw(st.sampled_from([None, "ZZ1 1AA", "zz11aa"])),
        "unit": draw(ODD_TEXTS),
        "capacity": capacity,
        "body": draw(st.sampled_from([None, "Makers"])) if capacity == "affiliated supporter" else None,
        "spell": draw(st.sampled_from([1, 1, 1, 2])),
        "joined": draw(DAYS),
        "left": draw(st.sampled_from([None, None, dt.date(2016, 1, 12), dt.date(2016, 9, 1)])),
        "registered": draw(MOMENTS),
        "suspended": draw(TRUTHS),
        "paid": draw(TRUTHS),
        "consented": draw(TRUTHS),
    }


def key(row: dict[str, Any]) -> tuple[Any, ...]:
    """The key of a row."""
    return row["person"], row["capacity"], row["body"], row["spell"]


def rolls(most: int = 8) -> st.SearchStrategy[Roll]:
    """A roll of at most so many rows."""
    return st.lists(rows(), max_size=most, unique_by=key).map(Roll.of)
