"""What the API can be asked, for people and for programs."""

from __future__ import annotations

import functools
import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ..access import PUBLIC, may
from ..api import schema
from .downloads import file_answer
from .everybody import for_everybody


@functools.cache
def _schema() -> dict[str, Any]:
    """The schema; it does not change while the site runs."""
    return schema()


@may(PUBLIC)
def openapi(request: HttpRequest) -> HttpResponse:
    """The OpenAPI schema."""
    return file_answer(request, json.dumps(_schema(), ensure_ascii=False), "json", seconds=300)


@may(PUBLIC)
@for_everybody(300)
def api(request: HttpRequest) -> HttpResponse:
    """Every operation with what it takes, as a page."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for address, operations in _schema()["paths"].items():
        for method, operation in operations.items():
            groups.setdefault(operation["tags"][0], []).append(
                {
                    "method": method.upper(),
                    "address": address,
                    "summary": operation["summary"],
                    "says": operation.get("description", ""),
                    "parameters": operation.get("parameters", []),
                    "plain": "{" not in address,
                }
            )
    return render(request, "office/api.html", {"groups": groups.items()})
