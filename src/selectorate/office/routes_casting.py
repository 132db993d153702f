"""The address to which ballots are sent."""

from __future__ import annotations

from typing import Any

from django.urls import path

from .pages import casting

patterns: list[Any] = [path("vote/<slug:contest>/cast/", casting.cast, name="vote-cast")]
