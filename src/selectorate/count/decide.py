"""Who is elected by a standing, and who goes out: the rulebook's requirements, applied to one round."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from .. import exact
from ..errors import CountError
from ..rules import GoingOut, Quantity, Requirement
from .combine import Standing

Bases = Mapping[str, Fraction | int | None]
"""What a share can be a share of, by the name that the rulebook uses; None where it is not known."""


@dataclass(frozen=True)
class Decision:
    """What a round decides.

    ``outcome``: somebody is ``elected``; the field is ``reduced`` (those ``out`` leave); those left have
    ``qualified`` for the next stage; ``open``: nobody is elected and nobody goes out; ``tied``: the rules do not
    say between ``tied``. ``reasons``: one sentence for each requirement that was looked at.

    Of a tie: ``staying`` of the ``tied`` stay in, or are elected where it is ``for_a_place``; ``out`` are those below
    them, who leave however it is broken.
    """

    outcome: Literal["elected", "reduced", "qualified", "open", "tied"]
    elected: tuple[str, ...] = ()
    out: tuple[str, ...] = ()
    qualified: tuple[str, ...] = ()
    tied: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    staying: int = 0
    for_a_place: bool = False


def passes(requirement: Requirement, standing: Standing, who: str, bases: Bases) -> tuple[bool, str]:
    """Whether ``who`` meets ``requirement`` by ``standing``, and the sentence that says why.

    Raises CountError if the base of the requirement is not among ``bases``.
    """
    if requirement.kind == "most":
        others = [value for other, value in standing.total.items() if other != who]
        return all(standing.total[who] > value for value in others), "most votes"
    base = bases.get(requirement.base)
    if base is None:
        raise CountError(f'"{requirement}" cannot be tested: the number of {requirement.base} is not known')
    if requirement.kind == "turnout":
        cast = bases.get("ballots returned")
        cast = bases.get("valid votes") if cast is None else cast
        if cast is None:
            raise CountError(f'"{requirement}" cannot be tested: the number of ballots is not known')
        return requirement.met(
            cast, base
        ), f"{requirement}: {_amount(requirement, base)} needed, {_plain(Fraction(cast))} cast"
    if requirement.kind == "lead":
        others = [value for other, value in standing.total.items() if other != who]
        value = standing.total[who] - max(others, default=Fraction(0))
    else:
        value = standing.total[who]
    met = requirement.met(value, base)
    if standing.unit == "votes" and base and (Fraction(value).denominator != 1 or Fraction(base).denominator != 1):
        # Votes that were multiplied for a what-if: nobody casts a part of a vote, but a share is a share.
        return met, f"{requirement}: {_amount(requirement, 1)} needed, {exact.cut_to(value / base * 100, 3)}% had"
    return met, f"{requirement}: {_amount(requirement, base, standing)} needed, {_had(value, base, standing)}"


def _had(value: Fraction, base: Fraction | int, standing: Standing) -> str:
    if standing.unit == "college":
        return f"{exact.cut_to(value * 100, 3)}% had"
    return f"{_plain(value)} of {_plain(Fraction(base))} had"


def _amount(requirement: Requirement, base: Fraction | int, standing: Standing | None = None) -> str:
    if requirement.kind == "majority" and standing is not None and standing.unit == "points":
        return f"more than {_plain(Fraction(base) / 2)}"
    if base == 1:
        return "more than half" if requirement.kind == "majority" else f"{exact.cut_to(requirement.share * 100, 1)}%"
    return f"{requirement.needed(base):,}"


def _plain(value: Fraction) -> str:
    if value.denominator == 1:
        return f"{value.numerator:,}"
    text = f"{exact.cut_to(value, 5):,}"
    return text if text.endswith(".00000") else text.rstrip("0")


def decide(
    standing: Standing,
    requirements: Sequence[Requirement],
    bases: Bases,
    *,
    out: GoingOut,
    minimum: Quantity | None = None,
    until: int | None = None,
) -> Decision:
    """What a round with ``standing`` decides for one place.

    ``requirements``: what elects, all of which must be met (none where a stage only reduces the field).
    ``minimum``: the votes needed to stay in. ``until``: the number of candidates that qualify for the next stage.
    Raises CountError if a base that a requirement needs is not known.
    """
    ranked = standing.ranked()
    reasons: list[str] = []
    if requirements and ranked:
        leader = ranked[0]
        results = [passes(requirement, standing, leader, bases) for requirement in requirements]
        reasons += [sentence for _, sentence in results]
        if all(met for met, _ in results):
            second = ranked[1] if len(ranked) > 1 else None
            if second is None or standing.total[second] < standing.total[leader]:
                return Decision("elected", elected=(leader,), reasons=tuple(reasons))
        level = tuple(who for who in ranked if standing.total[who] == standing.total[leader])
        if len(level) > 1 and any(requirement.kind == "most" for requirement in requirements):
            return Decision("tied", tied=level, reasons=tuple(reasons), staying=1, for_a_place=True)
    even = len(ranked) == 2 and standing.total[ranked[0]] == standing.total[ranked[1]]
    # Of the last two nobody goes out, or the other would be elected without what the rules require.
    floor = until or (2 if requirements and not even else 1)
    leaving, tied, staying = _leaving(standing, ranked, out, minimum, bases, floor=floor)
    if tied:
        return Decision("tied", out=leaving, tied=tied, reasons=tuple(reasons), staying=staying)
    left = tuple(who for who in ranked if who not in leaving)
    if until is not None and len(left) <= until:
        return Decision("qualified", out=leaving, qualified=left, reasons=tuple(reasons))
    if not leaving:
        return Decision("open", reasons=tuple(reasons))
    return Decision("reduced", out=leaving, reasons=tuple(reasons))


def _leaving(
    standing: Standing,
    ranked: Sequence[str],
    rule: GoingOut,
    minimum: Quantity | None,
    bases: Bases,
    *,
    floor: int,
) -> tuple[tuple[str, ...], tuple[str, ...], int]:
    """Who goes out, lowest first; between whom a tie stands in the way; and how many of these stay.

    Never leaves fewer than ``floor``.
    """
    value = standing.total
    if minimum is not None:
        size = bases.get("those entitled")
        if minimum.share is not None and size is None:
            raise CountError(f"the minimum of {minimum} cannot be tested: the number of those entitled is not known")
        needed = minimum.of(int(size or 0))
        under = tuple(who for who in reversed(ranked) if value[who] < needed)
        if under and len(ranked) - len(under) >= floor:
            return under, (), 0
    if rule.kind == "nobody" or len(ranked) <= floor:
        return (), (), 0
    keep = max(rule.number, floor) if rule.kind == "all but" else len(ranked) - 1
    if keep >= len(ranked):
        return (), (), 0
    edge = value[ranked[keep]]
    if value[ranked[keep - 1]] == edge:
        below = tuple(who for who in reversed(ranked) if value[who] < edge)
        above = sum(value[who] > edge for who in ranked)
        return below, tuple(sorted(who for who in ranked if value[who] == edge)), keep - above
    return tuple(reversed(ranked[keep:])), (), 0


Possible = Callable[[Sequence[str], Sequence[str]], bool]
"""Whether, with these elected and those still to be had, a result can keep the rules on it."""


def fill_places(standing: Standing, places: int, possible: Possible | None = None) -> Decision:
    """The ``places`` candidates with most votes; tied when the last place falls between equals.

    ``possible``: where rules are laid on the result, whoever would make it impossible to keep them is passed over;
    fewer are elected where they cannot be kept at all.
    """
    ranked = list(standing.ranked())
    elected: list[str] = []
    passed: list[str] = []
    while len(elected) < places:
        able = [who for who in ranked if possible is None or possible([*elected, who], without(ranked, who))]
        if not able:
            break
        value = standing.total[able[0]]
        level = [who for who in able if standing.total[who] == value]
        room = places - len(elected)
        left = [who for who in ranked if who not in level]
        if len(level) > room or (len(level) > 1 and possible is not None and not possible([*elected, *level], left)):
            staying = min(room, len(level) - 1)
            return Decision(
                "tied", elected=tuple(elected), tied=tuple(sorted(level)), staying=staying, for_a_place=True
            )
        over = [who for who in ranked if standing.total[who] > value]
        passed += over
        elected += level
        ranked = [who for who in left if who not in over]
    reasons = [f"the {places} with most votes"]
    if passed:
        names = ", ".join(passed)
        reasons = [
            f"{reasons[0]}, as far as what the result must contain can be reached with them; passed over: {names}"
        ]
    return Decision("elected", elected=tuple(elected), reasons=tuple(reasons))


def without(people: Sequence[str], who: str) -> list[str]:
    """``people`` but ``who``."""
    return [other for other in people if other != who]
