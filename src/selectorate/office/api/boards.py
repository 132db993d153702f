"""The board of a contest that votes online: its boxes, and the events of each."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema

from ..access import PUBLIC, may
from ..boxes import board as boards
from ..models import OnlineVote, SealedBox
from .paging import Fault

router = Router(tags=["boxes"])


class BoxOut(Schema):
    """A sealed box as it is published now."""

    uuid: str
    stage: str
    round: int
    section: str = Field(description="The segment that votes in it; total where all do.")
    members: list[str] = Field(description="The segments that vote in it.")
    phase: str = Field(description="empty, voting, closed, tallied, shuffled, decrypting or final.")
    height: int = Field(description="Of the last event; -1 while there is none.")
    head: str = Field(description="The hash of the last event, in hexadecimal.")
    ballots: int = Field(description="Ballots in it, all revotes counted.")
    voted: int = Field(description="Voters who have cast.")
    voters: int = Field(description="Credentials.")
    archive: str = Field(description="The address of its archive (.bel), which can be fetched in parts.")


class SealedBoardOut(Schema):
    """The board of a contest."""

    contest: str = Field(description="The identifier of the vote, of which receipts speak.")
    receipts: str = Field(description="The key with which receipts are checked (Ed25519, hexadecimal).")
    easy: bool = Field(description="Whether the server makes and mails the credentials.")
    threshold: int = Field(description="Of the trustees, how many open the boxes together.")
    trustees: int
    boxes: list[BoxOut]
    booth: dict[str, Any] = Field(description="base: where its files are; files: the SHA-256 of each by name.")
    struck: int = Field(description="Voters taken off the roll after their ballot was opened.")


class EventOut(Schema):
    """An event of a box."""

    height: int
    type: str
    digest: str = Field(description="SHA-256 of the event, in hexadecimal.")
    tracker: str | None = Field(None, description="Of a ballot.")


class EventsOut(Schema):
    """Some events of a box, in their order."""

    height: int
    head: str
    events: list[EventOut]


def _vote(request: HttpRequest) -> OnlineVote:
    found = boards.vote_of(request.contest)  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    return found


@router.get(
    "contests/{slug:contest}/board", response={200: SealedBoardOut, 404: Fault}, summary="The boxes of a contest"
)
@may(PUBLIC)
def board(request: HttpRequest, contest: str) -> dict[str, Any]:
    """Not found where no ballot is held online, or the rules are not adopted yet."""
    return boards.board(request.contest, _vote(request))  # type: ignore[attr-defined]


@router.get(
    "contests/{slug:contest}/boxes/{slug:box}/events",
    response={200: EventsOut, 404: Fault, 422: Fault},
    summary="The events of a box",
    exclude_none=True,
)
@may(PUBLIC)
def events(
    request: HttpRequest,
    contest: str,
    box: str,
    after: int = Query(-1, ge=-1, le=10**9, description="Only events higher than this."),
) -> dict[str, Any]:
    """Up to a thousand at once. Neither names nor times."""
    found = boards.snapshot(get_object_or_404(SealedBox.objects.select_related("vote"), vote=_vote(request), uuid=box))
    return {"height": found.height, "head": found.head, "events": boards.events(found, after)}
