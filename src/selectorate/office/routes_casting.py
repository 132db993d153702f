"""The address to which ballots are sent, and the page of a contest whose database was put back."""

from __future__ import annotations

from typing import Any

from django.urls import path

from .pages import casting, restoring

patterns: list[Any] = [
    path("vote/<slug:contest>/cast/", casting.cast, name="vote-cast"),
    path("contests/<slug:contest>/office/restoration/", restoring.restoration, name="contest-restoration"),
]
