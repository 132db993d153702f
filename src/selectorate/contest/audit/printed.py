"""How a printed figure is compared with an exact one, and what would explain that they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from ... import exact
from ...exact import Cut
from .base import At, Check, Topic

CUT_NAMES: Mapping[Cut, str] = {
    "down": "cut off, not rounded",
    "up": "rounded up",
    "half up": "rounded to the nearest",
    "half even": "rounded to the nearest, a half to the even digit",
}


def compare_printed(
    at: At,
    topic: Topic,
    what: str,
    published: Decimal,
    value: Fraction,
    base_name: str,
    bases: Mapping[str, Fraction | int | None],
    cut: Cut,
    *,
    rest: Sequence[Decimal] | None = None,
    whole: Fraction | None = None,
    parts: Sequence[Fraction] | None = None,
) -> Check:
    """The check that ``value`` of a base is printed as ``published`` per cent.

    ``value``: what the share is of (votes, points, a fraction of the college). ``bases``: what it could be a share
    of, of which ``base_name`` is the rulebook's. ``rest``: the other printed figures of its column, and ``whole``
    what the column should add up to (100 where it is left out): a figure may have been made to fit. ``parts``: what
    it was added from, as fractions of the whole.
    """
    base = bases.get(base_name)
    if not base:
        return at.cannot(topic, what, f"{base_name} (the base of the share)", f"{published}%")
    decimals = exact.decimals_of(published)
    computed = exact.cut_to(value / base * 100, decimals, cut)
    shown = f"{exact.cut_to(value / base * 100, max(decimals + 2, 3), 'half up')}% of {base_name}"
    if computed == published:
        return at.check(topic, what, "agrees", published=f"{published}%", computed=f"{computed}%")
    why = _explanations(published, value, base_name, bases, cut, decimals)
    if parts is not None and sum((exact.cut_to(part * 100, decimals, cut) for part in parts), Decimal(0)) == published:
        why.insert(0, "its parts were cut first and then added")
    other_base = any(text.startswith("another base") for text in why)
    left = exact.cut_to(whole if whole is not None else Fraction(100), decimals) - sum(rest or ())
    if rest is not None and not other_base and left == published:
        why.append("it is what the other figures of its column leave, so that they add up")
    if not why:
        step = Decimal(1).scaleb(-decimals)
        off = abs(published - computed) / step
        why = [f"no base or way of cutting that we know gives it; it is off by {off:.0f} in the last place"]
    return at.check(topic, what, "disagrees", published=f"{published}%", computed=shown, explanation="; or ".join(why))


def _explanations(
    published: Decimal,
    value: Fraction,
    base_name: str,
    bases: Mapping[str, Fraction | int | None],
    cut: Cut,
    decimals: int,
) -> list[str]:
    """What would make ``value`` come out as ``published``: another way of cutting, or another base.

    Both at once only where neither alone does, for that explains almost anything.
    """
    own = Fraction(bases[base_name] or 1)
    found = [CUT_NAMES[way] for way in exact.CUTS if exact.cut_to(value / own * 100, decimals, way) == published]
    others: dict[str, Fraction | int] = {}
    for name, base in bases.items():
        if base and base != own and value <= base and base not in others.values():
            others[name] = base
    fits = {name: base for name, base in others.items() if exact.cut_to(value / base * 100, decimals, cut) == published}
    found += [f"another base: it is the share of {name} ({_size(base)})" for name, base in fits.items()]
    if found:
        return found[:2]
    return [
        f"another base, and {CUT_NAMES[way]}: it is the share of {name} ({_size(base)})"
        for name, base in others.items()
        for way in exact.CUTS
        if exact.cut_to(value / base * 100, decimals, way) == published
    ][:1]


def _size(base: Fraction | int) -> str:
    value = Fraction(base)
    return f"{value.numerator:,}" if value.denominator == 1 else f"{exact.cut_to(value, 5):,}"


def within_rounding(
    parts: Sequence[Decimal], total: Decimal | Fraction, cut: Cut | None = None
) -> tuple[bool, Decimal]:
    """Whether printed ``parts`` can add up to ``total`` (printed, or exact), and their plain sum.

    Each part may have been cut by up to a whole last place (half of one if ``cut`` is to the nearest).
    """
    ranges = [exact.printable_range(part, cut) for part in parts]
    low, high = sum((r[0] for r in ranges), Fraction(0)), sum((r[1] for r in ranges), Fraction(0))
    if isinstance(total, Decimal):
        bottom, top = exact.printable_range(total, cut)
    else:
        bottom = top = total
    return low <= top and bottom <= high, sum(parts, Decimal(0))
