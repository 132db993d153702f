"""Numbers and days for people: one place decides how a figure looks on every sheet.

Values come in exact and go out as text. Nothing here is a float, and nothing is rounded but by ``exact.cut_to``,
with the decimals and the cut that the rulebook gives for what is printed.
"""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

from .. import exact
from ..contest.declaration import PrintingSheet
from ..exact import Cut

MINUS = "\N{MINUS SIGN}"
"""A minus that is as wide as a plus, and that no line is broken after."""
ABSENT = "\N{EN DASH}"
"""What stands where a figure is not known."""

Number = int | Fraction | Decimal
UNITS = {"votes": ("vote", "votes"), "points": ("point", "points")}


def minus(text: str) -> str:
    """``text`` with a real minus sign in front instead of a hyphen."""
    return MINUS + text[1:] if text.startswith("-") else text


def whole(value: int | Fraction | None) -> str:
    """A number of votes or persons: ``506,438``; a dash where it is not known. Cut to a whole number, half up."""
    if value is None:
        return ABSENT
    return minus(f"{value if isinstance(value, int) else int(exact.cut_to(value, 0)):,}")


def decimal(value: Number | None, decimals: int, cut: Cut = "half up") -> str:
    """A number with decimals: ``9,763.32``."""
    if value is None:
        return ABSENT
    return minus(f"{exact.cut_to(Fraction(value), decimals, cut):,}")


def votes(amount: Fraction, decimals: int | None) -> str:
    """Votes of a count: with the places to which its method counts (None: five), whole ones without."""
    if amount.denominator == 1:
        return f"{amount.numerator:,}"
    return decimal(amount, decimals if decimals is not None else 5, "down")


def printed(figure: Decimal | None) -> str:
    """A per cent as somebody printed it, with the decimals that they gave it: ``61.85%``."""
    return ABSENT if figure is None else minus(f"{figure:,}%")


def percent(share: Fraction | None, decimals: int, cut: Cut = "half up") -> str:
    """A share of 1 as a per cent: ``61.8%``."""
    return ABSENT if share is None else f"{decimal(share * 100, decimals, cut)}%"


def signed(text: str) -> str:
    """The text of a change, with its sign: ``+3``, ``−3``, ``0``."""
    return text if text.startswith((MINUS, ABSENT)) or not any(digit in text for digit in "123456789") else f"+{text}"


def change(value: int | Fraction | None) -> str:
    """A change of a number: ``+61,211``, ``−5``."""
    return signed(whole(value))


def percentage_points(difference: Fraction | None, decimals: int, cut: Cut = "half up") -> str:
    """A difference of two shares: ``23.7 percentage points``."""
    if difference is None:
        return ABSENT
    figure = decimal(difference * 100, decimals, cut)
    return f"{figure} percentage point{'' if figure in ('1', MINUS + '1') else 's'}"


def value(amount: Fraction | int | None, unit: str, printing: PrintingSheet) -> str:
    """What a round is decided by, in its unit: votes (whole where they are), points, or a share of the college."""
    if amount is None:
        return ABSENT
    if unit == "college":
        return percent(Fraction(amount), printing.decimals, printing.cut)
    if unit == "points":
        return decimal(amount, printing.points_decimals, printing.cut)
    return whole(amount) if Fraction(amount).denominator == 1 else decimal(amount, 5, "down")


def unit_of(amount: Fraction | int, unit: str) -> str:
    """The word behind ``amount`` of ``unit``: one is a vote, two are votes."""
    return UNITS[unit][0] if unit in UNITS and abs(amount) == 1 else unit


def counted(number: int, one: str, many: str) -> str:
    """A number with its noun: ``1 vote``, ``2 votes``."""
    return f"{whole(number)} {one if abs(number) == 1 else many}"


def day(date: dt.date) -> str:
    """A day: ``24 September 2016``."""
    return f"{date.day} {MONTHS[date.month - 1]} {date.year}"


def short_day(date: dt.date) -> str:
    """A day for the head of a column: ``24 Sep``."""
    return f"{date.day} {MONTHS[date.month - 1][:3]}"


MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
