"""Contradictions in who is entitled: the tests of the roll."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from ...documents import nearest, shown
from ..model import Rulebook
from .found import Contradiction, Found

if TYPE_CHECKING:
    import polars

Holds = Literal["text", "date", "date and time", "true or false"]
"""What a column of the roll holds."""

ROLL_COLUMNS: Mapping[str, Holds] = {
    "person": "text",
    "capacity": "text",
    "joined": "date",
    "left": "date",
    "born": "date",
    "suspended": "true or false",
    "arrears": "true or false",
    "unit": "text",
    "body": "text",
    "registered": "date and time",
    "consented": "true or false",
    "paid": "true or false",
    "citizen": "true or false",
    "resident": "true or false",
}
"""The columns of the roll that a test of entitlement can use, and what each holds."""
FUNCTIONS = ("COALESCE", "NULLIF", "LOWER", "UPPER", "TRIM", "LENGTH", "STARTS_WITH", "ENDS_WITH", "EXTRACT")
"""The functions that a test may call: they look at a value of one row, and at nothing else."""
_LANGUAGE = (
    "AND OR NOT IS NULL IN BETWEEN LIKE ILIKE TRUE FALSE DISTINCT FROM CASE WHEN THEN ELSE END INTERVAL CAST AS DATE"
    " YEAR MONTH DAY"
)
_WORDS = frozenset(_LANGUAGE.split())
"""What a test is written with, besides columns, dates and values."""
_TOKEN = re.compile(
    r"\s+|(?P<text>'(?:[^']|'')*')|(?P<quoted>\"[^\"]*\")|(?P<number>\d+(?:\.\d+)?)|(?P<word>[^\W\d]\w*)(?P<call>\s*\()?"
    r"|(?P<mark><=|>=|<>|!=|\|\||[-=<>+*/(),])"
)
_HINT = "Write a condition: joined <= freeze"


def entitlement(rulebook: Rulebook) -> Found:
    """Tests that are none, or look at what the roll does not have."""
    for segment, table in rulebook.segments.items():
        for reason, test in table.entitled.items():
            path = ("segments", segment, "entitled", reason)
            problem = _fault_of_test(test, tuple(rulebook.timetable))
            if problem:
                yield Contradiction(path, *problem)


def _fault_of_test(test: str, dates: tuple[str, ...]) -> tuple[str, str] | None:
    """What is wrong with a test of entitlement, and what would be right; None if nothing is."""
    import polars  # here, because it is only needed for rulebooks with such tests, and takes a while to load

    try:
        expression = polars.sql_expr(test)
        names = set(expression.meta.root_names())
    except (Exception, polars.exceptions.PanicException) as fault:  # of several kinds, none of them documented
        said = shown(re.sub(r"\s+", " ", str(fault)))[1:-1]
        why = "" if said.startswith("unable to parse") else f": {said}"
        return f"{shown(test)} is not a test{why}", _HINT
    strange = _strange(test, {*ROLL_COLUMNS, *dates, *names})
    if strange:
        return f"{shown(test)} uses {shown(strange)}, which a test cannot", f"It can call: {', '.join(FUNCTIONS)}."
    if re.search(r"\bIS\s+(?:NOT\s+)?(?:TRUE|FALSE)\b", test, re.IGNORECASE):
        # polars does not answer these as SQL does where nothing is known
        return (
            f"{shown(test)} asks whether something IS TRUE or IS FALSE",
            "Name the column alone: suspended, or NOT suspended",
        )
    unknown = sorted(names - set(ROLL_COLUMNS) - set(dates))
    if unknown:
        known = ", ".join((*ROLL_COLUMNS, *dates))
        return (
            (
                f"{shown(test)} uses {shown(unknown[0])}, which is neither a column of the roll nor a date of the"
                " timetable"
            ),
            nearest(unknown[0], (*ROLL_COLUMNS, *dates)) or f"It can use: {known}.",
        )
    if not names:
        return f"{shown(test)} looks at nothing on the roll", _HINT
    if not _is_condition(expression, dates):
        return f"{shown(test)} is not true or false of anybody", _instead(test) or _HINT
    return None


def _strange(test: str, names: set[str]) -> str | None:
    """What in ``test`` is neither a name, a value, a comparison nor a function that tests may call; None if nothing is.

    What polars can parse is more than a test should say (it could ask for other rows, or cost without end), and its
    next version may parse more: what is allowed is listed here.
    """
    at = 0
    while at < len(test):
        found = _TOKEN.match(test, at)
        if not found:
            return test[at]
        word = found["word"]
        if word and found["call"] and word.upper() not in _WORDS:
            if word.upper() not in FUNCTIONS:
                return word
        elif word and word not in names and word.upper() not in _WORDS:
            return word
        at = found.end()
    return None


def _is_condition(expression: polars.Expr, dates: tuple[str, ...]) -> bool:
    """Whether ``expression`` comes out as true or false for a row of the roll."""
    import polars

    kinds: dict[Holds, polars.DataType] = {
        "text": polars.String(),
        "date": polars.Date(),
        "date and time": polars.Datetime(),
        "true or false": polars.Boolean(),
    }
    columns = {name: kinds[holds] for name, holds in ROLL_COLUMNS.items()}
    row = polars.DataFrame(schema={**columns, **dict.fromkeys(dates, kinds["date and time"])}).lazy()
    try:
        return row.select(expression.alias("test")).collect_schema()["test"] == polars.Boolean
    except (Exception, polars.exceptions.PanicException):  # of several kinds, none of them documented
        return False


def _instead(test: str) -> str | None:
    """What would be right instead of a test that is the name of a column alone."""
    holds = ROLL_COLUMNS.get(test.strip())
    examples = {"text": "= 'member'", "date": "<= freeze", "date and time": "<= deadline"}
    return f"Say of it what must hold: {test.strip()} {examples[holds]}" if holds in examples else None
