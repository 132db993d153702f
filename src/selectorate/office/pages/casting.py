"""Where ballots are sent to: JSON in, JSON out, and one of a few answers.

200 the receipt; 409 ``closed``, ``voted``, ``paper``, ``restored``; 422 ``invalid``, ``credential``, ``randomness``;
413 ``long``; 503 ``busy``, to be sent again as it is. Whatever else goes wrong is ``busy`` too, and stands in the log:
a ballot that is sent again is never counted twice, so sending it again is always right.
"""

from __future__ import annotations

import json
import logging
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import Error as DatabaseFault
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ..access import PUBLIC, may
from ..boxes import casting, crowd, sessions
from ..boxes.casting import CastRefusedError
from ..models import OnlineVote, SealedBox

STATUS: dict[str, int] = {
    "closed": 409,
    "voted": 409,
    "paper": 409,
    "restored": 409,
    "invalid": 422,
    "credential": 422,
    "randomness": 422,
    "long": 413,
}
"""The status under which a refusal is answered, by its code."""
UUID_LENGTH = 22

log = logging.getLogger(__name__)


@may(PUBLIC)
@require_POST
def cast(request: HttpRequest, contest: str) -> HttpResponse:
    """Take a ballot of the voter whose session this is: ``{"box": uuid, "ballot": text}``."""
    try:
        return _cast(request)
    except (CastRefusedError, RequestDataTooBig) as fault:
        return refused(fault)
    except (Http404, UnreadablePostError):
        raise
    except DatabaseFault as fault:
        # The lock took too long, the disk is full, the database is away, or went while it committed.
        log.warning("a cast met a database that is not there for it (%s)", type(fault).__name__)
        return crowd.busy()
    except Exception:
        log.exception("a cast went wrong")
        return crowd.busy()


def _cast(request: HttpRequest) -> HttpResponse:
    vote = OnlineVote.objects.filter(contest=request.contest).first()
    if vote is None:
        raise Http404
    signed = sessions.current(request, vote)
    if signed is not None and settings.LIMITS and not crowd.rate.allows(signed.who):
        return crowd.busy()
    uuid, raw = _sent(request)
    box = SealedBox.objects.select_related("vote").filter(vote=vote, uuid=uuid).first()
    if signed is None:
        # The session ends with the last paper: a ballot whose answer got lost on the way is answered again without it.
        receipt = casting.receipt_of(box, raw) if box is not None else None
        if receipt is None:
            raise CastRefusedError("credential", _("your code is no longer valid here: ask for a new one"))
        return _answer(receipt, 200)
    if box is None:
        raise CastRefusedError("credential", _("you have no vote in this box"))
    receipt = casting.cast(box, raw, who=signed.who, email=signed.email)
    try:
        sessions.was_cast(request, box)
    except Exception as fault:  # nothing that goes wrong now takes the receipt away
        log.error("after a cast: %s", type(fault).__name__)
    return _answer(receipt, 200)


def _sent(request: HttpRequest) -> tuple[str, bytes]:
    """The box and the ballot that were sent. Raises CastRefusedError (and RequestDataTooBig)."""
    try:
        sent: Any = json.loads(request.body)
        uuid, ballot = sent["box"], sent["ballot"]
        if isinstance(uuid, str) and len(uuid) == UUID_LENGTH and uuid.isascii() and uuid.isalnum():
            return uuid, ballot.encode()
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        pass
    raise CastRefusedError("invalid", _("this is not a ballot"))


def refused(fault: Exception) -> HttpResponse:
    """The answer to a ballot that is not taken."""
    if isinstance(fault, CastRefusedError):
        hint = f" {fault.hint}" if fault.hint else ""
        return _answer({"code": fault.code, "message": f"{fault.message}{hint}"}, STATUS[fault.code])
    if isinstance(fault, RequestDataTooBig):
        return _answer({"code": "long", "message": _("this is too long for a ballot")}, STATUS["long"])
    return _answer({"code": "invalid", "message": _("this is not a ballot")}, STATUS["invalid"])


def _answer(content: dict[str, Any], status: int) -> HttpResponse:
    response = JsonResponse(content, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


__all__ = ["cast", "refused"]
