"""The roll behind the boxes of a contest, in numbers alone: as it was closed, what changed before and after opening."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q

from ...rules import BallotStage, MotionStage
from ..models import ClosedRoll, Contest, Entitlement, SealedBox, StageState
from ..rolls import figures
from .voters import TOTAL


def stages_online(contest: Contest) -> list[BallotStage | MotionStage]:
    """The ballots and motions of a contest that have boxes."""
    there = set(SealedBox.objects.filter(vote__contest=contest).values_list("stage", flat=True))
    stages = (stage for stage in contest.rulebook.stage if isinstance(stage, BallotStage | MotionStage))
    return [stage for stage in stages if stage.id in there]


def counts_of(contest: Contest) -> list[dict[str, Any]]:
    """The counts of every stage with boxes, as a record has them."""
    return [_of_stage(contest, stage) for stage in stages_online(contest)]


def _of_stage(contest: Contest, stage: BallotStage | MotionStage) -> dict[str, Any]:
    closed = ClosedRoll.of(contest)
    if not (isinstance(stage, BallotStage) and stage.segments) or closed is None:
        number, left = _seats(contest, stage)
        return {
            "stage": stage.id,
            "entitled": number,
            "segments": {TOTAL: number},
            "struck_before": {},
            "added_before": {},
            "struck_after": {TOTAL: left} if left else {},
        }
    counts = closed.counts[stage.id]
    segments = {name: counts["by_segment"].get(name, 0) for name in stage.segments}
    changes = {key: _changed(closed, stage.id, which) for key, which in _changes(contest, stage.id).items()}
    if together(contest, stage):
        segments = {TOTAL: sum(segments.values())}
        changes = {key: {TOTAL: sum(found.values())} if found else {} for key, found in changes.items()}
    floor = figures.floor_of(contest)
    reasons = figures.pooled(counts["by_reason"], floor)
    return {
        "stage": stage.id,
        "entitled": counts["entitled"],
        "segments": segments,
        "persons": counts["persons"],
        "refused": sum(counts["by_reason"].values()),
        "reasons": [{"reasons": list(line.names), "number": line.number} for line in reasons],
        **changes,
    }


def together(contest: Contest, stage: BallotStage) -> bool:
    """Whether the segments of a stage are put together in a box: then no number of one of them is told."""
    boxes = SealedBox.objects.filter(vote__contest=contest, stage=stage.id)
    return any(len(members) > 1 for members in boxes.values_list("members", flat=True))


def _changes(contest: Contest, stage: str) -> dict[str, Q]:
    """Which rows of the roll were struck off or added, before and after the ballot was opened."""
    state = StageState.objects.filter(contest=contest, stage=stage).first()
    opened = state.opened if state is not None else None
    if opened is None:
        before = Q(began=None, ended__isnull=False)
        return {"struck_before": before, "added_before": Q(began__isnull=False, ended=None), "struck_after": Q(pk=None)}
    there = Q(began=None) | Q(began__at__lte=opened)
    return {
        "struck_before": Q(began=None, ended__at__lte=opened),
        "added_before": Q(began__at__lte=opened) & (Q(ended=None) | Q(ended__at__gt=opened)),
        "struck_after": there & Q(ended__at__gt=opened),
    }


def _changed(closed: ClosedRoll, stage: str, which: Q) -> dict[str, int]:
    rows = Entitlement.objects.filter(which, closed=closed, stage=stage).exclude(segment="")
    return dict(rows.order_by("segment").values_list("segment").annotate(number=Count("pk")))


def _seats(contest: Contest, stage: BallotStage | MotionStage) -> tuple[int, int]:
    """How many seats of the body there were when the ballot was opened; how many of them have ended since."""
    link = contest.bodies.select_related("body").get(key=stage.by)
    state = StageState.objects.filter(contest=contest, stage=stage.id).first()
    seats = link.body.seats_on(link.on)
    number = int(seats.filter(ended=None).count())
    if state is None or state.opened is None:
        return number, 0
    left = int(seats.filter(ended__gt=state.opened.date()).count())
    return number + left, left
