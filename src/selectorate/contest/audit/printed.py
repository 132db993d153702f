"""How a printed figure is compared with an exact one, and what would explain that they differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
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
_CUTTING: Mapping[Cut, str] = {
    "down": "cutting off to",
    "up": "rounding up to",
    "half up": "rounding to",
    "half even": "rounding to",
}
Elsewhere = Callable[[], Iterable[tuple[str, Fraction | int]]]
"""The figures that stand beside one, each with whose it is: asked only where a figure is not its own."""


def nowhere() -> Iterable[tuple[str, Fraction | int]]:
    """No figures beside this one."""
    return ()


@dataclass(frozen=True)
class Column:
    """What a figure stands in: the ``rest`` of the figures that should add up with it, and to what (``whole``)."""

    rest: Sequence[Decimal]
    whole: Fraction = Fraction(100)

    def leaves(self, decimals: int) -> Decimal | None:
        """What the other figures leave; None of two figures, which always leave each other the rest."""
        return exact.cut_to(self.whole, decimals) - sum(self.rest) if len(self.rest) > 1 else None


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
    column: Column | None = None,
    parts: Sequence[Fraction] | None = None,
    elsewhere: Elsewhere = nowhere,
) -> Check:
    """The check that ``value`` of a base is printed as ``published`` per cent.

    ``value``: what the share is of (votes, points, a fraction of the college). ``bases``: what it could be a share
    of, of which ``base_name`` is the rulebook's. ``column``: where it may have been made to fit. ``parts``: what it
    was added from, as fractions of the whole. ``elsewhere``: the shares, as fractions, of other rounds, segments and
    candidates, for which it may have been taken.
    """
    base = bases.get(base_name)
    if not base:
        missing = f"{base_name}{'' if base is None else ' other than 0'} (the base of the share)"
        return at.cannot(topic, what, missing, f"{published}%")
    decimals = exact.decimals_of(published)
    computed = exact.cut_to(value / base * 100, decimals, cut)
    if computed == published:
        return at.check(topic, what, "agrees", published=f"{published}%", computed=f"{computed}%")
    if at.certainty == "approximate":
        missing = f"exact figures: with these round ones it is {computed}% of {base_name}"
        return at.cannot(topic, what, missing, f"{published}%")
    shown = f"{exact.cut_to(value / base * 100, max(decimals + 2, 3), 'half up')}% of {base_name}"
    why = _explanations(published, value, base_name, bases, cut, decimals)
    if parts is not None and sum((exact.cut_to(part * 100, decimals, cut) for part in parts), Decimal(0)) == published:
        why.insert(0, "its parts were cut first and then added")
    if not why:
        shares = ((name, Fraction(share) * 100) for name, share in elsewhere())
        why += taken_from(published, shares, cut)
    other_base = any(text.startswith("another base") for text in why)
    near = column is not None and abs(published - computed) <= (len(column.rest) + 1) * Decimal(1).scaleb(-decimals)
    if column is not None and near and not other_base and column.leaves(decimals) == published:
        why.append("it is what the other figures of its column leave, so that they add up")
    if not why:
        step = Decimal(1).scaleb(-decimals)
        off = abs(published - computed) / step
        why = [f"no base or way of cutting that we know gives it; it is off by {off:.0f} in the last place"]
    return at.check(topic, what, "disagrees", published=f"{published}%", computed=shown, explanation="; or ".join(why))


def taken_from(
    published: Decimal | int, elsewhere: Iterable[tuple[str, Fraction | int]], cut: Cut = "half up"
) -> list[str]:
    """That ``published`` is exactly the figure of another round, segment or candidate; the first that it is."""
    decimals = exact.decimals_of(published)
    names = (name for name, value in elsewhere if exact.cut_to(value, decimals, cut) == published)
    return [f"this is the figure of {name}" for name in names][:1]


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
    own = bases[base_name]
    found = [
        CUT_NAMES[way] for way in exact.CUTS if own and exact.cut_to(value / own * 100, decimals, way) == published
    ]
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


# -- sums of printed figures --------------------------------------------------------------------------------------


def columns_of(row: Iterable[Sequence[Decimal]]) -> list[list[Decimal]]:
    """The columns of figures that were printed together: one for each precision if all have as many.

    Else one, of the figure of each with most decimals.
    """
    printed = list(row)
    if len({len(figures) for figures in printed}) == 1:
        return [list(column) for column in zip(*printed, strict=True)]
    return [[finest(figures) for figures in printed]]


def finest(printed: Sequence[Decimal]) -> Decimal:
    """The figure with most decimals of those that say the same."""
    return max(printed, key=exact.decimals_of)


def add_up(
    at: At,
    topic: Topic,
    what: str,
    parts: Sequence[Decimal],
    total: Decimal | Fraction,
    cut: Cut,
    *,
    unit: str = "%",
    why: str | None = None,
) -> Check:
    """The check that printed ``parts`` add up to ``total`` (printed, or exact), as near as they were printed.

    ``cut``: how each was cut, and so how far it may be off. ``why``: what else would explain that they do not. The
    printed total is what is published, where there is one; else the sum of the parts is.
    """
    parts = _nothing_as_others(parts)
    added = sum(parts, Decimal(0))
    fits = _can_add_up(parts, total, cut)
    figures = [*parts, *([total] if isinstance(total, Decimal) else [])]
    same = Fraction(added) == Fraction(total)
    if same:
        explanation = None
    elif fits:
        explanation = f"within {_tolerance(figures, cut)}"
    else:
        explanation = why or f"more than {_tolerance(figures, cut)} can explain"
        if why is None and _can_add_up(parts, total, None):
            explanation += "; figures that were cut in another way could give it"
    plain = f"{added:,}{unit}"
    other = f"{total:,}{unit}" if isinstance(total, Decimal) else f"{_exactly(total, figures)}{unit}"
    published, computed = (other, plain) if isinstance(total, Decimal) else (plain, other)
    return at.check(
        topic,
        what,
        "agrees" if fits else "disagrees",
        published=published,
        computed=computed,
        explanation=explanation,
    )


def _nothing_as_others(parts: Sequence[Decimal]) -> list[Decimal]:
    """``parts`` with the decimals of the others for one that is just 0: nothing was not rounded from a half."""
    places = max(map(exact.decimals_of, parts), default=0)
    return [part if part else Decimal(0).scaleb(-places) for part in parts]


def _can_add_up(parts: Sequence[Decimal], total: Decimal | Fraction, cut: Cut | None) -> bool:
    """Whether printed ``parts`` can have been cut (any way, where ``cut`` is None) from values that add up."""
    ranges = [exact.printable_range(part, cut) for part in parts]
    low, high = sum((r[0] for r in ranges), Fraction(0)), sum((r[1] for r in ranges), Fraction(0))
    bottom, top = exact.printable_range(total, cut) if isinstance(total, Decimal) else (total, total)
    return low <= top and bottom <= high


def _tolerance(figures: Sequence[Decimal], cut: Cut) -> str:
    """How far ``figures`` may be off together: "rounding to 1 decimal (3 figures, each off by up to 0.05)"."""
    half = 2 if cut in ("half up", "half even") else 1
    said = []
    for places, number in sorted(Counter(map(exact.decimals_of, figures)).items()):
        to = "whole numbers" if places == 0 else f"{places} decimal{'s' if places > 1 else ''}"
        edge = exact.cut_to(Fraction(1, 10**places * half), places + half - 1)
        many = f"{number} figures, each off" if number > 1 else "1 figure, off"
        said.append(f"{to} ({many} by up to {edge})")
    return f"{_CUTTING[cut]} {' and to '.join(said)}"


def _exactly(total: Fraction, figures: Sequence[Decimal]) -> str:
    """``total`` in two more decimals than the figures have, or as a whole number."""
    if total.denominator == 1:
        return f"{total.numerator:,}"
    return f"{exact.cut_to(total, max(map(exact.decimals_of, figures)) + 2):,}"
