"""What every page is given."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from .models import Organisation


def site(request: HttpRequest) -> dict[str, Any]:
    """The organisation whose site this is, and whether it is a demonstration."""
    return {
        "organisation": Organisation.there(),
        "demo": settings.DEMO,
        "roles": getattr(request, "roles", frozenset()),
    }
