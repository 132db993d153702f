"""What has to be told beside a result that was voted online: how many were struck after they had cast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..models import Contest
from . import laid


@dataclass(frozen=True)
class Struck:
    """Voters of a ballot who were struck off after they had cast, in all and by segment, beside its ``margin``.

    ``margin``: the votes between the first two in the last round; None where they are not known.
    """

    stage: str
    name: str
    number: int
    by_segment: tuple[tuple[str, int], ...]
    margin: int | None


def struck(contest: Contest, data: dict[str, Any]) -> list[Struck]:
    """For each ballot of a declaration (``data``) that was held online, who was struck after casting, if anybody."""
    found = []
    for ballot in data.get("ballots", ()):
        numbers: dict[str, int] = {}
        for box in laid.boxes_of(contest, ballot["stage"]):
            number = laid.struck_after_casting(box)
            if number:
                numbers[box.section] = numbers.get(box.section, 0) + number
        if not numbers:
            continue
        segments = contest.rulebook.segments
        named = tuple((segments[key].name, number) for key, number in numbers.items() if key in segments)
        found.append(Struck(ballot["stage"], ballot["name"], sum(numbers.values()), named, _margin(ballot)))
    return found


def _margin(ballot: dict[str, Any]) -> int | None:
    rounds = ballot.get("rounds") or [{}]
    votes = [row.get("votes") for row in rounds[-1].get("rows", ())]
    if len(votes) < 2 or any(number is None for number in votes):
        return None
    first, second, *_rest = sorted(votes, reverse=True)
    return int(first - second)
