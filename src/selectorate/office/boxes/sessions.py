"""The voter's session: one contest, one voter, one hour, ended after the last paper.

It stands beside whatever else a browser's session has (an official who is signed in) and gives no role. The key of the
session changes when it begins and when it ends, so that one planted before is worth nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import rotate_token
from django.utils import timezone

from ..models import OnlineVote, SealedBox
from . import booths, voters

KEY = "voter"
AGE = 3600
"""Seconds for which it lasts, whatever is done in it."""


@dataclass(frozen=True)
class Signed:
    """A voter whose code was right. ``email``: where their receipts go."""

    who: str
    email: str = field(repr=False)


def begin(request: HttpRequest, vote: OnlineVote, *, who: str, email: str) -> None:
    """Sign a voter in, under another key of the session and another token of forms."""
    request.session.cycle_key()
    request.session[KEY] = {
        "vote": vote.uuid,
        "who": who,
        "at": timezone.now().timestamp(),
        "mail": voters.sealed(vote, email),
        "cast": [],
    }
    rotate_token(request)


def _kept(request: HttpRequest, vote: OnlineVote) -> dict[str, Any] | None:
    kept = request.session.get(KEY)
    if not isinstance(kept, dict) or kept.get("vote") != vote.uuid or not isinstance(kept.get("who"), str):
        return None
    at = kept.get("at")
    return kept if isinstance(at, float) and 0 <= timezone.now().timestamp() - at < AGE else None


def current(request: HttpRequest, vote: OnlineVote) -> Signed | None:
    """The voter of a contest who is signed in here, if there is one. Changes nothing."""
    kept = _kept(request, vote)
    return Signed(kept["who"], voters.unsealed(vote, kept.get("mail", ""))) if kept else None


def was_cast(request: HttpRequest, box: SealedBox) -> None:
    """A ballot of theirs is in ``box``: the session ends after the last paper that is open for them."""
    kept = _kept(request, box.vote)
    if kept is None:
        return
    cast = {*kept.get("cast", ()), box.uuid}
    if {one.uuid for one in booths.to_cast(box.vote, kept["who"])} <= cast:
        end(request)
    else:
        request.session[KEY] = {**kept, "cast": sorted(cast)}


def end(request: HttpRequest) -> None:
    """End the voter's session; an official who is signed in in the same browser stays so."""
    if request.session.pop(KEY, None) is None:
        return
    if not list(request.session.keys()):
        request.session.flush()
    else:
        request.session.cycle_key()
