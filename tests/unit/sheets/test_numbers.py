"""Numbers and words for people."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from selectorate.contest.declaration import PrintingSheet
from selectorate.sheets import numbers, words


def printing(decimals: int = 1, points_decimals: int = 2) -> PrintingSheet:
    return PrintingSheet("votes", decimals, "half up", "valid votes", 1, "half up", points_decimals)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (numbers.whole(506438), "506,438"),
        (numbers.whole(-5), "−5"),
        (numbers.whole(None), "–"),
        (numbers.percent(Fraction(313209, 506438), 1), "61.8%"),
        (numbers.percent(Fraction(141362, 259010), 2, "down"), "54.57%"),
        (numbers.percent(Fraction(141362, 259010), 2), "54.58%"),
        (numbers.percent(None, 1), "–"),
        (numbers.printed(Decimal("7.0")), "7.0%"),
        (numbers.change(61211), "+61,211"),
        (numbers.change(-5), "−5"),
        (numbers.change(0), "0"),
        (numbers.percentage_points(Fraction(1, 100), 0), "1 percentage point"),
        (numbers.percentage_points(Fraction(237, 1000), 1), "23.7 percentage points"),
        (numbers.value(Fraction(976332102, 100000), "points", printing()), "9,763.32"),
        (numbers.value(Fraction(6202), "points", printing(points_decimals=0)), "6,202"),
        (numbers.value(Fraction(1, 3), "college", printing(decimals=3)), "33.333%"),
        (numbers.value(Fraction(172), "votes", printing()), "172"),
        (numbers.counted(1, "vote", "votes"), "1 vote"),
        (numbers.day(dt.date(2016, 9, 24)), "24 September 2016"),
        (words.listed(["a", "b", "c"]), "a, b and c"),
        (words.listed(["A and B", "C and D"]), "A and B; C and D"),
        (words.sentence("carried"), "Carried."),
        (words.slug("Éa 1/3"), "ea-1-3"),
        (words.slug("§"), "x"),
    ],
)
def test_figures_look_as_they_should(text: str, expected: str) -> None:
    assert text == expected


@given(st.integers(-(10**12), 10**12))
def test_a_change_keeps_its_sign_and_its_digits(value: int) -> None:
    text = numbers.change(value)
    assert int(text.replace(",", "").replace("−", "-")) == value
    assert text.startswith("+") == (value > 0)


@given(st.text())
def test_what_is_clean_is_one_line_without_control_characters(text: str) -> None:
    made = words.clean(text)
    assert made == words.clean(made)
    assert len(made.splitlines()) <= 1
    assert not any(ord(letter) < 32 or 0x7F <= ord(letter) < 0xA0 or 0x202A <= ord(letter) <= 0x202E for letter in made)
