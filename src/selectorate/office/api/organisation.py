"""Units, offices, and who held which on a day."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from ..access import PUBLIC, may
from ..models import Office, Organisation, Tenure, Unit
from .paging import Fault, Paged, PageNumber, paged

router = Router(tags=["organisation"])


class OrganisationOut(Schema):
    """The organisation whose site this is."""

    name: str
    about: str
    contact: str


class UnitOut(Schema):
    """A unit of the organisation."""

    path: str = Field(description="Its address: the names from the top, with slashes.")
    name: str
    kind: str
    parent: str | None


class OfficeOut(Schema):
    """A post to be filled."""

    id: int
    name: str
    unit: str = Field(description="The path of its unit.")
    places: int
    filled: str = Field(description="elected or appointed.")
    bench: str | None


class HolderOut(Schema):
    """Somebody who held an office on the day."""

    office: int
    office_name: str
    unit: str
    name: str
    began: dt.date
    began_how: str
    ended: dt.date | None
    ended_how: str
    slate: str
    contest: str | None


@router.get("organisation", response=OrganisationOut, summary="The organisation")
@may(PUBLIC)
def organisation(request: HttpRequest) -> dict[str, str]:
    """Its name, what it says of itself, and where to ask."""
    there = Organisation.there()
    return {
        "name": there.name if there else "",
        "about": there.about if there else "",
        "contact": there.contact if there else "",
    }


@router.get(
    "units", response={200: Paged[UnitOut], 404: Fault, 422: Fault}, summary="Every unit, in the order of the tree"
)
@may(PUBLIC)
def units(
    request: HttpRequest,
    page: int = PageNumber,
    kind: str = Query("", description="Only those of this kind: region, branch."),
) -> dict[str, Any]:
    """The tree of units, each with its parent."""
    found = Unit.objects.select_related("parent").order_by("path")
    found = found.filter(kind=kind) if kind else found
    return paged(
        request,
        found,
        page,
        lambda one: {
            "path": one.path,
            "name": one.name,
            "kind": one.kind,
            "parent": one.parent.path if one.parent else None,
        },
    )


@router.get("offices", response={200: Paged[OfficeOut], 404: Fault, 422: Fault}, summary="Every office")
@may(PUBLIC)
def offices(
    request: HttpRequest,
    page: int = PageNumber,
    unit: str = Query("", description="Only those of the unit with this path."),
) -> dict[str, Any]:
    """The offices, unit by unit."""
    found = Office.objects.select_related("unit", "bench").order_by("unit__path", "order", "name", "pk")
    found = found.filter(unit__path=unit) if unit else found
    return paged(
        request,
        found,
        page,
        lambda one: {
            "id": one.pk,
            "name": one.name,
            "unit": one.unit.path,
            "places": one.places,
            "filled": one.filled,
            "bench": one.bench.name if one.bench else None,
        },
    )


@router.get(
    "holders", response={200: Paged[HolderOut], 404: Fault, 422: Fault}, summary="Who held which office on a day"
)
@may(PUBLIC)
def holders(
    request: HttpRequest,
    page: int = PageNumber,
    on: dt.date | None = Query(None, description="The day; today without it."),
    unit: str = Query("", description="Only offices of the unit with this path."),
    bench: str = Query("", description="Only offices of the bench with this short name."),
) -> dict[str, Any]:
    """The tenures that ran on a day. Somebody who goes on a day held the office until that day began."""
    day = on or timezone.localdate()
    found = (
        Tenure.objects.filter(began__lte=day)
        .filter(Q(ended=None) | Q(ended__gt=day))
        .select_related("office__unit", "person", "contest")
        .order_by("office__unit__path", "office__order", "office__name", "began", "pk")
    )
    found = found.filter(office__unit__path=unit) if unit else found
    found = found.filter(office__bench__slug=bench) if bench else found
    return paged(
        request,
        found,
        page,
        lambda one: {
            "office": one.office_id,
            "office_name": one.office.name,
            "unit": one.office.unit.path,
            "name": one.person.name,
            "began": one.began,
            "began_how": one.began_how,
            "ended": one.ended,
            "ended_how": one.ended_how,
            "slate": one.slate,
            "contest": one.contest.slug if one.contest and one.contest.public else None,
        },
    )
