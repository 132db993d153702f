"""Every method by which ballots can be counted: its name, its source, and the count that proves it.

A new method is one module beside this one and one line here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ..ballots import MarkRules, Profile, rankings
from .gregory import SCOTTISH_2011, GregoryRule, count_gregory
from .result import Count
from .ties import Ties


@dataclass(frozen=True)
class Options:
    """What a count can be told besides the ballots and the places.

    ``ties``: how ties are broken (None: as the method's rule says, without a lot). ``marks``: what becomes of unusual
    marks (None: as the method's rule says).
    """

    ties: Ties | None = None
    marks: MarkRules | None = None


Run = Callable[[Profile, int, Options], Count]


@dataclass(frozen=True)
class Method:
    """A way of counting.

    ``source``: the rule that it follows. ``proved_by``: the published count that it reproduces; None marks it
    *unproven* wherever it is shown. ``many``: whether it can fill more than one place.
    """

    id: str
    name: str
    source: str
    proved_by: str | None
    many: bool
    run: Run = field(repr=False)


def _gregory(rule: GregoryRule) -> Run:
    def run(profile: Profile, seats: int, options: Options) -> Count:
        names = [option.name for option in profile.candidates]
        standing = [number for number, option in enumerate(profile.candidates, 1) if not option.withdrawn]
        write_ins = frozenset(number for number in standing if profile.candidates[number - 1].write_in)
        papers = rankings(profile, options.marks)
        return count_gregory(papers, names, seats, rule, options.ties or Ties(), write_ins, standing=standing)

    return run


_ALL = (
    Method(
        "scottish",
        "Single transferable vote, Scotland 2011",
        "Scottish Local Government Elections Order 2011 (SSI 2011/399), Schedule 1, rules 45 to 52",
        "Edinburgh City Council 2017, all 17 wards, every total after every count",
        True,
        _gregory(SCOTTISH_2011),
    ),
)

METHODS: Mapping[str, Method] = {method.id: method for method in _ALL}
"""Every method by its id."""
