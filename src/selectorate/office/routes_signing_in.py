"""The routes of allauth that are part of the site: those of ``access.OTHERS``, and nothing that it adds one day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from allauth.account import urls as account_urls
from allauth.mfa import urls as mfa_urls
from django.urls import URLPattern, URLResolver

from .access import OTHERS


def _named(patterns: Iterable[Any]) -> Iterator[Any]:
    """``patterns`` without the routes that are not named there."""
    for pattern in patterns:
        if isinstance(pattern, URLPattern) and pattern.name in OTHERS:
            yield pattern
        elif isinstance(pattern, URLResolver):
            yield URLResolver(pattern.pattern, list(_named(pattern.url_patterns)))


account = list(_named(account_urls.urlpatterns))
second_factors = list(_named(mfa_urls.urlpatterns))
