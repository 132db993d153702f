"""The common key of the trustees: its state for everybody, and what a trustee's own tool hands in.

Who hands something in has the code that the trustee took from their page, as ``Authorization: Bearer``. Cookies mean
nothing here, so that no other site can send anything in somebody's name.
"""

from __future__ import annotations

import datetime as dt
import importlib
import json
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Path, Query, Router, Schema
from ninja.responses import Status

from ...errors import SelectorateError
from .. import timetable
from ..access import PUBLIC, may
from ..acts import trustees
from ..boxes import ceremony
from ..models import OnlineVote, Trustee
from ..moment import now
from ..templatetags.telling import whole_address_of
from .paging import Fault

router = Router(tags=["trustees"])
_contest = "contests/{slug:contest}/"
MOST_BOX = 600 * 1024 * 1024
"""Bytes of a shuffle or a decryption: half a million ballots make half of it."""
PIECE = 1 << 20


class TrusteeOut(Schema):
    """A trustee."""

    number: int
    name: str
    tested: bool = Field(description="Whether they have decrypted the test with their share of the key.")


class TestOut(Schema):
    """The test of one trustee: everybody computes `alpha` from `text`."""

    number: int
    nonce: str
    text: str
    alpha: str
    done: bool


class FaultOut(Schema):
    """What a trustee gave and was not valid, or what a trustee complains of (`step` is `complaint`)."""

    number: int
    step: str
    at: dt.datetime
    says: str


class BoxLine(Schema):
    """A box of the contest."""

    uuid: str
    stage: str
    round: int
    section: str
    phase: str
    height: int = Field(description="Of the last event; -1 while the box is empty.")
    head: str
    archive: str = Field(description="Its address on this site.")
    shuffled: list[int] = Field(description="Trustees who have shuffled it.")
    decrypted: list[int] = Field(description="Trustees who have decrypted it.")


class OfContest(Schema):
    """Which contest."""

    uuid: str
    slug: str
    title: str
    address: str


class CeremonyOut(Schema):
    """The common key in the making. Messages are those of the protocol, as text."""

    format: str
    contest: OfContest
    group: str
    threshold: int = Field(description="How many trustees suffice.")
    size: int
    least: int = Field(description="No trustee opens a box with fewer ballots.")
    attempt: int
    step: str = Field(description="What is asked for: certificates, commitments, polynomials, voutputs; or done.")
    since: dt.datetime
    waiting: list[int] = Field(description="Whose it still is to give.")
    trustees: list[TrusteeOut]
    given: dict[str, list[int]] = Field(description="Who has given what.")
    certificates: list[str] = Field(description="Of all, once all are there.")
    commitments: list[str] = Field(description="The hashes of all, once all are there.")
    vinputs: list[str] = Field(description="What each trustee is to check and add up; it is encrypted for them.")
    key: str = Field(description="The trustees as every box has them, once the key is made.")
    tests: list[TestOut]
    faults: list[FaultOut]
    boxes: list[BoxLine]


class Given(Schema):
    """What a trustee hands in."""

    step: str = Field(max_length=20)
    content: str = Field(max_length=ceremony.MOST_BYTES)


class TakenOut(Schema):
    """What became of it."""

    taken: bool
    says: str = Field(description="Why not, if it was not taken.")


@router.get(
    f"{_contest}ceremony",
    response={200: CeremonyOut, 404: Fault},
    url_name="ceremony",
    summary="The common key of its trustees",
)
@may(PUBLIC)
def state(request: HttpRequest, contest: str) -> Any:
    """Where the ceremony stands, what may be shown of it now, and the boxes. 404 where nothing is held online."""
    vote = OnlineVote.objects.filter(contest=request.contest).first()
    if vote is None:
        return Status(404, {"detail": "Not found"})
    found = ceremony.shown(vote)
    found["since"] = timezone.localtime(found["since"], timetable.zone())
    found["contest"]["address"] = whole_address_of(request, "/").rstrip("/")
    for one in found["faults"]:
        one["at"] = timezone.localtime(one["at"], timetable.zone())
    return Status(200, found)


def bearer(request: HttpRequest) -> Trustee | None:
    """The trustee whose code a request carries, if it is one of the contest and its time is not over."""
    kind, _space, code = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not code.strip():
        return None
    found = Trustee.objects.filter(vote__contest=request.contest, token=trustees.hashed(code.strip()))
    trustee = found.select_related("user", "vote__contest").first()
    if trustee is None or trustee.token_until is None or trustee.token_until < now() or not trustee.user.is_active:
        return None
    return trustee


def _refused(fault: SelectorateError) -> Status:
    hint = f" {fault.hint}" if fault.hint else ""
    return Status(409, {"detail": f"{fault.message}{hint}"})


@router.get(f"{_contest}ceremony/me", response={200: TrusteeOut, 403: Fault, 404: Fault}, summary="Whose code this is")
@may(PUBLIC)
def whose(request: HttpRequest, contest: str) -> Any:
    """Which trustee the code in `Authorization: Bearer` belongs to."""
    trustee = bearer(request)
    if trustee is None:
        return Status(403, {"detail": "This code is not known, or its time is over"})
    return Status(200, {"number": trustee.number, "name": trustee.name, "tested": trustee.tested is not None})


@router.post(
    f"{_contest}ceremony",
    response={200: TakenOut, 403: Fault, 404: Fault, 409: Fault, 422: Fault},
    openapi_extra={"requestBody": {"content": {"application/json": {"schema": Given.json_schema()}}}},
    summary="What a trustee gives",
)
@may(PUBLIC)
def give(request: HttpRequest, contest: str) -> Any:
    """Hand in what is asked for now: with the trustee's code, as `Authorization: Bearer`."""
    trustee = bearer(request)  # before the body is looked at: what a stranger sends is not read
    if trustee is None:
        return Status(403, {"detail": "This code is not known, or its time is over"})
    try:
        sent = json.loads(request.body)
        step, content = sent["step"], sent["content"]
    except (ValueError, KeyError, TypeError, RecursionError):
        step = content = None
    if not isinstance(step, str) or not isinstance(content, str) or "\0" in content or not _encodes(content):
        return Status(422, {"detail": "This is no JSON object with the texts step and content"})
    try:
        made = trustees.contribute_to_key(trustee.user, trustee.vote.contest, step=step, content=content)
    except SelectorateError as fault:
        return _refused(fault)
    return Status(200, {"taken": not made.fault or made.step == ceremony.COMPLAINT, "says": made.fault})


def _encodes(text: str) -> bool:
    try:
        return bool(text.encode("utf-8"))
    except UnicodeEncodeError:
        return False


@router.post(
    f"{_contest}boxes/{{uuid}}/contributions/{{kind}}",
    response={200: TakenOut, 403: Fault, 404: Fault, 409: Fault, 413: Fault, 422: Fault},
    openapi_extra={"requestBody": {"content": {"application/octet-stream": {"schema": {"type": "string"}}}}},
    url_name="contribution",
    summary="A trustee's shuffle or decryption of a box",
)
@may(PUBLIC)
def add(
    request: HttpRequest,
    contest: str,
    uuid: str = Path(..., max_length=40),
    kind: str = Path(..., max_length=20, description="shuffle or decryption"),
    after: str = Query("", max_length=64, description="The hash of the last event when it was made."),
) -> Any:
    """Hand in a shuffle or a decryption, as the body: with the trustee's code, as `Authorization: Bearer`."""
    trustee = bearer(request)
    if trustee is None:
        return Status(403, {"detail": "This code is not known, or its time is over"})
    if kind not in ("shuffle", "decryption"):
        return Status(404, {"detail": "Not found"})
    content = _body(request)
    if content is None:
        return Status(413, {"detail": "This is longer than any shuffle or decryption"})
    boxes = importlib.import_module("selectorate.office.acts.boxes")
    act = boxes.take_shuffle if kind == "shuffle" else boxes.take_decryption
    try:
        act(trustee.user, trustee.vote.contest, box=uuid, content=content, after=after)
    except SelectorateError as fault:
        return _refused(fault)
    return Status(200, {"taken": True, "says": ""})


def _body(request: HttpRequest) -> bytes | None:
    """The body, read piece by piece: it may be larger than any form; None if it is larger than anything of a box."""
    pieces, size = [], 0
    while piece := request.read(PIECE):
        size += len(piece)
        if size > MOST_BOX:
            return None
        pieces.append(piece)
    return b"".join(pieces)
