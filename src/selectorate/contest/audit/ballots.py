"""Files of ballots: that the figures published beside them are those that they give."""

from __future__ import annotations

from collections.abc import Iterator

from ..case import Case
from ..model import TOTAL
from .base import At, Check


def ballots(case: Case) -> Iterator[Check]:
    """The votes of every round and the rolls that were published, beside what the files of ballots give."""
    for index, counted in enumerate(case.contest.ballot):
        published = case.published.get(counted.stage)
        if published is None:
            continue
        at = At(case, ("ballot", index))
        for section in published.ballots:
            roll, found = published.roll.get(section), counted.roll.get(section)
            for key in ("returned", "spoilt", "valid"):
                figure, recounted = getattr(roll, key, None), getattr(found, key, None)
                if figure is not None and recounted is not None:
                    what = f"the ballots of {_section(case, section)}: {key}"
                    yield at.to("roll", section, key).equal("ballots", what, figure, recounted)
        for number, (given, round_) in enumerate(zip(published.round, counted.round, strict=False)):
            for section in (*published.ballots, *given.ballots):
                if section in given.votes:
                    place = at.to("round", number, "votes", section)
                    yield _votes(place, case, section, number, given.votes[section], round_.votes.get(section, {}))


def _votes(at: At, case: Case, section: str, number: int, published: dict[str, int], counted: dict[str, int]) -> Check:
    """Whether a round's published votes of a section are those of its ballots."""
    other = [who for who in published if published[who] != counted.get(who)]
    people = other or list(published)
    return at.check(
        "ballots",
        f"the ballots of {_section(case, section)}, counted (round {number + 1})",
        "disagrees" if other else "agrees",
        published=_listed(case, published, people),
        computed=_listed(case, counted, people),
    )


def _section(case: Case, section: str) -> str:
    return "everybody" if section == TOTAL else case.section_name(section)


def _listed(case: Case, votes: dict[str, int], people: list[str]) -> str:
    return ", ".join(f"{case.contest.label(who)} {votes.get(who, 0):,}" for who in people)
