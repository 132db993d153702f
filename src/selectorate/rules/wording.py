"""Plain English for the parts of a rulebook: numbers, shares, lists, dates, the names of those concerned."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from ..exact import Cut
from .grammar import GoingOut, ParameterRef, Quantity, Requirement, share_text
from .model import BallotStage, Group, GroupRule, Rulebook

NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
FRACTIONS = {
    2: "half",
    3: "third",
    4: "quarter",
    5: "fifth",
    6: "sixth",
    7: "seventh",
    8: "eighth",
    9: "ninth",
}
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

BASES = {
    "votes": "the votes for candidates still in the count",
    "valid votes": "all valid votes",
    "ballots returned": "all ballots returned, spoilt ones among them",
    "those entitled": "all those entitled to vote",
    "points": "all points on offer",
    "points allotted": "the points that are given to candidates",
    "the college": "the whole college",
}
"""What a share is a share of, as a phrase."""

CUTS: dict[Cut, str] = {
    "half up": "a half being rounded up",
    "half even": "a half being rounded to the even digit",
    "down": "always rounded down",
    "up": "always rounded up",
}

ARTICLE = frozenset({"Party", "Democrats", "Union", "Society", "Association", "League", "Federation", "Greens"})
"""Words by which the name of an organisation takes "the"."""


def number(value: int) -> str:
    """``value`` in words up to ten, in digits above: "six", "33,800"."""
    return NUMBERS[value] if 0 <= value < len(NUMBERS) else f"{value:,}"


def counted(value: int, one: str, many: str | None = None) -> str:
    """``value`` with its noun in the right number: "one decimal", "two decimals", "no decimals"."""
    noun = one if value == 1 else many or plural(one)
    return f"{number(value) if value else 'no'} {noun}"


def plural(noun: str) -> str:
    """The plural of a regular English noun: "ridings", "constituencies"."""
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{noun[:-1]}ies"
    return noun + ("es" if noun.endswith(("s", "x", "ch", "sh")) else "s")


def ordinal(value: int) -> str:
    """The place ``value`` in an order: "first", "12th"."""
    if 1 <= value <= len(ORDINALS):
        return ORDINALS[value - 1]
    ending = "th" if value % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(value % 10, "th")
    return f"{value}{ending}"


def share(value: Fraction) -> str:
    """A share as it is said: "20%", "one third", "7/19"."""
    text = share_text(value)
    if text.endswith("%") or value.denominator not in FRACTIONS:
        return text
    noun = FRACTIONS[value.denominator]
    return f"{number(value.numerator)} {noun if value.numerator == 1 else plural(noun)}"


def listed(items: Iterable[str], word: str = "and") -> str:
    """The items as in a sentence: "a, b and c"."""
    *others, last = items
    return f"{', '.join(others)} {word} {last}" if others else last


def the(name: str) -> str:
    """An organisation's name with its article, if it takes one."""
    return f"the {name}" if ARTICLE & set(name.replace("(", " ").split()) else name


def day(value: dt.date) -> str:
    """A date: "12 July 2016"."""
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def sentence(text: str) -> str:
    """``text`` with a capital and a full stop, if it has not got them."""
    text = text.strip()
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "?", "!")) else f"{text}."


def printed(of: str | None, decimals: int, cut: Cut) -> str:
    """How a figure in per cent is printed: "of all valid votes, to one decimal of a per cent, ..."."""
    places = f"to {counted(decimals, 'decimal')} of a per cent" if decimals else "in whole per cent"
    return f"{of + ', ' if of else ''}{places}, {CUTS[cut]}"


def group_rule(rule: GroupRule, groups: Mapping[str, Group]) -> str:
    """What a rule asks of a group: "at least six and at most ten women"."""
    group = groups.get(rule.group, Group(name=rule.group))
    parts = []
    if rule.at_least is not None:
        parts.append(f"at least {members(rule.at_least, group)}")
    if rule.at_most is not None:
        parts.append(f"at most {members(rule.at_most, group)}")
    return listed(parts)


def members(size: int, group: Group) -> str:
    """So many of a group: "six women", "one woman", "one of the women"."""
    if size == 1:
        return f"one {group.one}" if group.one else f"one of the {group.name}"
    return f"{number(size) if size else 'no'} {group.name}"


@dataclass(frozen=True)
class Speaker:
    """Says the names and numbers of a rulebook, with the ``sizes`` and ``names`` of a contest where given."""

    rulebook: Rulebook
    sizes: Mapping[str, int]
    names: Mapping[str, str]

    def body(self, body: str) -> str:
        """The members of a body, in the plural, without an article."""
        known = self.rulebook.bodies.get(body)
        return self.names.get(body, known.name if known else body)

    def sized(self, body: str) -> str:
        """The members of a body with their number, if that is known: "the 251 MPs and MEPs"."""
        size = self.sizes.get(body)
        return f"the {self.body(body)}" if size is None else f"the {size:,} {self.body(body)}"

    def segment(self, segment: str) -> str:
        """The members of a segment, in the plural, without an article."""
        known = self.rulebook.segments.get(segment)
        name = known.name if known else segment
        return name if segment in self.rulebook.bodies else self.names.get(segment, name)

    def so_many(self, quantity: Quantity | ParameterRef, body: str) -> str:
        """So many of a body, worked out where its size is known: "20% of the 251 MPs, rounded up: 51"."""
        of = self.sized(body)
        if isinstance(quantity, ParameterRef):
            return f"as many of {of} as is fixed for each contest ({self.parameter(quantity)})"
        if quantity.share is None:
            return f"{number(quantity.number)} of {of}"
        more = f", and {number(quantity.number)} more" if quantity.number else ""
        size = self.sizes.get(body)
        result = "" if size is None else f": {quantity.of(size):,}"
        return f"{share(quantity.share)} of {of}, rounded up{more}{result}"

    def parameter(self, ref: ParameterRef) -> str:
        """What a parameter fixes, in words."""
        known = self.rulebook.parameters.get(ref.parameter)
        return known.says if known else ref.parameter

    def entitled(self, stage: BallotStage) -> int | None:
        """How many may vote in ``stage``, if that is known."""
        if stage.by:
            return self.sizes.get(stage.by)
        known = [self.sizes[name] for name in stage.segments if name in self.sizes]
        return sum(known) if known and len(known) == len(stage.segments) else None


def requirement(needs: Requirement, entitled: int | None = None, base: str | None = None) -> str:
    """What somebody must have: "more than half of the 372 entitled to vote (at least 187)"."""
    worked_out = ""
    of = base or BASES.get(needs.base, needs.base)
    if needs.base == "those entitled" and entitled is not None and needs.kind != "turnout":
        of = f"the {entitled:,} entitled to vote"
        worked_out = f" (at least {needs.needed(entitled):,})"
    return {
        "most": "more than any other candidate",
        "majority": f"more than half of {of}{worked_out}",
        "share": f"at least {share(needs.share)} of {of}{worked_out}",
        "lead": (f"a lead over the next candidate of at least {share(needs.share)} of {of}{worked_out}"),
        "turnout": f"a turnout of at least {share(needs.share)} of those entitled",
    }[needs.kind]


def going_out(rule: GoingOut, unit: str) -> str:
    """Who goes out, by what they are counted in: "the candidate with the fewest votes goes out"."""
    if rule.kind == "lowest":
        return f"the candidate with the {unit} goes out"
    if rule.kind == "nobody":
        return "nobody goes out"
    return f"all but the first {number(rule.number)} go out"
