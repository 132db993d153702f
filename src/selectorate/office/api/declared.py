"""Declarations and mandates: of this office, and of the gallery."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.core.cache import caches
from django.http import Http404, HttpRequest, HttpResponse
from ninja import Field, Query, Router, Schema

from ... import contest as contests
from ... import mandate as mandates
from ...errors import InputError
from .. import published
from ..access import PUBLIC, may
from ..acts.core import sha256
from ..models import Contest
from ..models.acts import canonical
from ..pages.downloads import file_answer
from ..pages.public_gallery import before, line_of, listed
from .paging import Fault, Paged, PageNumber, paged

router = Router(tags=["results"])
DOCUMENT = {
    "responses": {
        200: {
            "description": "The declaration",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/DeclarationDocument"}}},
        }
    }
}


class MandateOut(Schema):
    """A mandate. Figures that cannot be known say why instead."""

    mandate: dict[str, Any] | None = Field(description="Every measure; null where nobody is elected.")
    comparison: dict[str, Any] | None = Field(description="Beside the earlier contest, where one is named.")
    claims: list[dict[str, Any]] = Field(description="What was said of the result, held to the figures.")


class GalleryLine(Schema):
    """A real contest that is shipped with the program."""

    id: str
    title: str
    organisation: str
    office: str
    date: dt.date
    outcome: str


def _declared(request: HttpRequest) -> Contest:
    found: Contest = request.contest
    if not hasattr(found, "declaration"):
        raise Http404
    return found


@router.get(
    "contests/{slug:contest}/declaration",
    response={200: None, 404: Fault},
    openapi_extra=DOCUMENT,
    summary="The declaration of a contest",
)
@may(PUBLIC)
def declaration(request: HttpRequest, contest: str) -> HttpResponse:
    """The result by segment, round by round, with turnout. Not found until it is declared."""
    declared = _declared(request).declaration
    return file_answer(request, json.dumps(declared.data, ensure_ascii=False), "json", etag=declared.hash[:32])


@router.get("contests/{slug:contest}/mandate", response={200: MandateOut, 404: Fault}, summary="Its mandate")
@may(PUBLIC)
def mandate(request: HttpRequest, contest: str) -> dict[str, Any]:
    """What the result amounts to, measured. Not found until it is declared."""
    found = _declared(request)
    other = published.earlier(found)
    beside = other.declaration.hash if isinstance(other, Contest) else other
    return _kept(
        f"mandate-{found.declaration.hash}-{beside}-{sha256(canonical(found.claims))}",
        lambda: (published.claimed_case(found), published.load_case(other) if other else None),
    )


def _kept(key: str, cases: Any) -> dict[str, Any]:
    key = f"json-{published.FORM}-{published.__version__}-{key}"
    found: dict[str, Any] | None = caches["sheets"].get(key)
    if found is None:
        found = _measured(*cases())
        caches["sheets"].set(key, found)
    return found


def _measured(case: contests.Case, other: contests.Case | None) -> dict[str, Any]:
    declared = contests.declare(case)
    try:
        measured = mandates.mandate(declared)
        comparison = mandates.compare(declared, contests.declare(other)) if other is not None else None
    except InputError:  # nobody is elected
        return {"mandate": None, "comparison": None, "claims": []}
    return {
        "mandate": mandates.to_json(measured),
        "comparison": mandates.to_json(comparison) if comparison is not None else None,
        "claims": [mandates.to_json(claim) for claim in mandates.check_claims(case, published.load_case)],
    }


@router.get(
    "gallery", response={200: Paged[GalleryLine], 404: Fault, 422: Fault}, summary="Real contests that are shipped"
)
@may(PUBLIC)
def gallery(
    request: HttpRequest,
    page: int = PageNumber,
    organisation: str = Query("", description="Only those of the organisation with this name."),
) -> dict[str, Any]:
    """The gallery, newest first."""
    found = [line for line in listed() if not organisation or line.organisation == organisation]
    return paged(request, found, page, lambda line: line)


@router.get(
    "gallery/{slug:shown}/declaration",
    response={200: None, 404: Fault},
    openapi_extra=DOCUMENT,
    summary="The declaration of a real contest",
)
@may(PUBLIC)
def gallery_declaration(request: HttpRequest, shown: str) -> HttpResponse:
    """A real contest, declared again under its own rulebook."""
    line = line_of(shown)
    data = contests.to_json(contests.declare(contests.load(line.id)))
    return file_answer(request, json.dumps(data, ensure_ascii=False), "json", seconds=300)


@router.get(
    "gallery/{slug:shown}/mandate", response={200: MandateOut, 404: Fault}, summary="The mandate of a real contest"
)
@may(PUBLIC)
def gallery_mandate(request: HttpRequest, shown: str) -> dict[str, Any]:
    """Its mandate, beside the contest before it for the same office."""
    line = line_of(shown)
    other = before(line)
    key = f"gallery-{line.id}-{published.gallery_hash(line.id)}-{other.id if other else ''}"
    return _kept(key, lambda: (contests.load(line.id), contests.load(other.id) if other else None))
