"""What may be told of a roll in numbers: counts that tell of no single person, and the sum from what was announced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from ...roll import Reconciliation
from ..models import ClosedRoll, Contest


@dataclass(frozen=True)
class Line:
    """Some of a count: what it is of, and how many; ``number`` None where it could tell of a person."""

    names: tuple[str, ...]
    number: int | None


def pooled(counts: Mapping[str, int], floor: int) -> list[Line]:
    """``counts`` for the public: what is under ``floor`` together with the next larger, until no line is.

    Nothing (0) tells of nobody and stays. If all of it together is under the floor, no number is told.
    """
    there = sorted(((number, name) for name, number in counts.items() if number), key=lambda pair: (pair[0], pair[1]))
    total = 0
    together: list[str] = []
    for number, name in there:
        if number >= floor and (not together or total >= floor):
            break
        total += number
        together.append(name)
    lines = [Line((name,), number) for name, number in counts.items() if number and name not in together]
    if together:
        ordered = tuple(name for name in counts if name in together)
        lines.append(Line(ordered, total if total >= floor else None))
    return lines + [Line((name,), 0) for name, number in counts.items() if not number]


def floor_of(contest: Contest) -> int:
    """Under how many a count is not told alone."""
    return contest.rulebook.disclosure.floor


def reconciliation(contest: Contest, stage: str, closed: ClosedRoll) -> Reconciliation | None:
    """From the figure that was announced to those entitled now; None while none is entered."""
    announced = contest.announcements.first()
    if announced is None:
        return None
    sides: dict[str, dict[str, int]] = {"refused": {}, "added": {}, "struck": {}}
    for line in contest.reconciliation_lines.filter(withdrawn=None).order_by("pk"):
        sides[line.side][line.reason] = sides[line.side].get(line.reason, 0) + line.number
    for reason, number in closed.counts[stage]["by_reason"].items():
        sides["refused"][reason] = sides["refused"].get(reason, 0) + number
    words = {
        "add": _("admitted after it was closed"),
        "strike": _("struck off after it was closed"),
        "amend": _("decided otherwise after a correction"),
        "merge": _("found to be one person with another"),
    }
    for one in closed.amendments.all():
        effect = one.effect.get(stage, 0)
        side = "added" if effect > 0 else "struck"
        if effect:
            sides[side][words[one.kind]] = sides[side].get(words[one.kind], 0) + abs(effect)
    return Reconciliation(announced.number, **sides, final=closed.standing[stage]["entitled"])
