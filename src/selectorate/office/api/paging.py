"""Lists in pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from ninja import Field, Query, Schema

from ..templatetags.telling import whole_address_of

T = TypeVar("T")
A_PAGE = 50
MOST = 10_000
"""No list has so many pages: a larger number is a slip or an attack."""


class Fault(Schema):
    """Why there is no answer."""

    detail: Any


class Paged(Schema, Generic[T]):
    """A page of a list."""

    count: int = Field(description="How many there are in all.")
    page: int = Field(description="Which page this is, from 1.")
    pages: int = Field(description="How many pages there are.")
    next: str | None = Field(description="The address of the next page; null on the last.")
    items: list[T]


PageNumber = Query(1, ge=1, le=MOST, description="Which page, from 1.")


def paged(
    request: HttpRequest, found: QuerySet[Any] | list[Any], number: int, shown: Callable[[Any], Any]
) -> dict[str, Any]:
    """One page of ``found``, each as ``shown``. Raises Http404 behind the last."""
    pages = Paginator(found, A_PAGE)
    if number > pages.num_pages:
        raise Http404
    page = pages.page(number)
    query = request.GET.copy()
    query["page"] = str(number + 1)
    return {
        "count": pages.count,
        "page": number,
        "pages": pages.num_pages,
        "next": whole_address_of(request, f"{request.path}?{query.urlencode()}") if page.has_next() else None,
        "items": [shown(item) for item in page],
    }
