"""Exact numbers: votes are integers, shares fractions, and decimals appear only when a figure is printed.

A printed figure is a ``Decimal`` whose number of decimals is part of its meaning: ``7.0`` was printed to one
decimal. ``cut_to`` makes one from an exact value; ``printable_range`` says which exact values print as it.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Literal, get_args

Cut = Literal["half up", "half even", "down", "up"]
"""How a value is cut to the decimals that are printed: to the nearest (a half goes up, or to the even digit), or
always down (truncated), or always up."""

CUTS: tuple[Cut, ...] = get_args(Cut)


def floor_div(value: Fraction) -> int:
    """The largest integer that is not more than ``value``."""
    return value.numerator // value.denominator


def ceil(value: Fraction) -> int:
    """The smallest integer that is not less than ``value``."""
    return -((-value.numerator) // value.denominator)


def more_than_half(of: Fraction | int) -> int:
    """The smallest whole number that is more than half of ``of``."""
    return floor_div(Fraction(of) / 2) + 1


def cut_to(value: Fraction | int, decimals: int, cut: Cut = "half up") -> Decimal:
    """``value`` as it is printed to ``decimals`` places.

    The sign is cut symmetrically: "half up" and "up" go away from zero, "down" goes towards it.
    """
    scaled = abs(Fraction(value)) * 10**decimals
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    part = Fraction(rest, scaled.denominator)
    half = Fraction(1, 2)
    if (
        (cut == "half up" and part >= half)
        or (cut == "half even" and (part > half or (part == half and whole % 2 == 1)))
        or (cut == "up" and part > 0)
    ):
        whole += 1
    sign = 1 if value < 0 and whole else 0
    return Decimal((sign, tuple(int(digit) for digit in str(whole)), -decimals))


def cut_fraction(value: Fraction, decimals: int, cut: Cut) -> Fraction:
    """``value`` cut to ``decimals`` places, as a fraction that can be counted with."""
    return Fraction(cut_to(value, decimals, cut))


def decimals_of(figure: Decimal | int) -> int:
    """The number of decimals that ``figure`` is printed with."""
    if isinstance(figure, int):
        return 0
    exponent = figure.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def printable_range(figure: Decimal | int, cut: Cut | None = None) -> tuple[Fraction, Fraction]:
    """The lowest and the highest exact value that can have been printed as ``figure``, ends included.

    ``cut`` is how it was cut; ``None`` when that is not known, and then any way is allowed for.
    """
    step = Fraction(1, 10 ** decimals_of(figure))
    value = Fraction(figure)
    if cut in ("half up", "half even"):
        return value - step / 2, value + step / 2
    if cut == "down":
        return value, value + step
    if cut == "up":
        return value - step, value
    return value - step, value + step


def parse_fraction(text: str) -> Fraction:
    """The fraction that ``"1/3"``, ``"33.3%"`` or ``"0.65"`` says. Raises ValueError on anything else."""
    plain = text.strip()
    if not plain.isascii() or len(plain) > 40 or "e" in plain.lower() or "_" in plain:
        raise ValueError(f"{text!r} is not a fraction")
    try:
        if plain.endswith("%"):
            return Fraction(plain[:-1].strip()) / 100
        return Fraction(plain)
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"{text!r} is not a fraction") from None
