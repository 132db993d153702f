"""The JSON API: what is public, for other programs; the schema is at ``openapi.json``. It is for reading, without
signing in, but for what the trustees' own tools hand in (``ceremony``).

Names stay as they are within a version. Times are ISO 8601 with their offset; votes are whole numbers; shares are
exact fractions as strings ("313209/506438"). Lists come in pages of 50.

Every operation says who may use it with ``@may`` under its ``@…get``, and ``access.guard`` sees to it that none is
silent.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import ValidationError

from ...contest import declaration as declarations
from . import boards, ceremony, contests, declared, organisation

DESCRIPTION = """What everybody may know of the elections of this organisation. It is for reading, and nobody signs in;
only trustees' own tools hand something in, with a code.

Times are ISO 8601 with their offset. Votes are whole numbers, shares exact fractions as strings. Lists come in pages of
50: ask for `page=2` while `next` is not null."""

api = NinjaAPI(
    title="Elections",
    version="1",
    description=DESCRIPTION,
    urls_namespace="api-v1",
    openapi_url=None,
    docs_url=None,
)
api.add_router("", contests.router)
api.add_router("", declared.router)
api.add_router("", boards.router)
api.add_router("", organisation.router)
api.add_router("", ceremony.router)


@api.exception_handler(ValidationError)
def wrong(request: HttpRequest, fault: ValidationError) -> HttpResponse:
    """What is wrong with what was asked, without what was sent."""
    said = [{"loc": list(item["loc"]), "msg": item["msg"]} for item in fault.errors]
    return api.create_response(request, {"detail": said}, status=422)


@api.exception_handler(Http404)
def nothing(request: HttpRequest, fault: Http404) -> HttpResponse:
    """That there is no such thing."""
    return api.create_response(request, {"detail": "Not found"}, status=404)


def schema() -> dict[str, Any]:
    """The OpenAPI schema, with that of declarations among its components."""
    found = api.get_openapi_schema(path_params={})
    components = found.setdefault("components", {}).setdefault("schemas", {})
    document = declarations.json_schema()
    parts = {**document.pop("$defs", {}), "DeclarationDocument": document}
    document.pop("$schema", None)
    for name, part in parts.items():
        components[name] = _moved(part)
    return dict(found)


def _moved(part: Any) -> Any:
    """A schema with its references pointing among the components."""
    if isinstance(part, dict):
        return {
            key: value.replace("#/$defs/", "#/components/schemas/")
            if key == "$ref" and isinstance(value, str)
            else _moved(value)
            for key, value in part.items()
        }
    return [_moved(item) for item in part] if isinstance(part, list) else part
