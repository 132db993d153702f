"""A room that is imported when it is first used: polars takes a while, and most commands need none of it."""

from __future__ import annotations

import importlib
from typing import Any


class Later:
    """Stands for the module ``name`` (as in "..roll", seen from here) until something of it is asked for."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, name: str) -> Any:
        return getattr(importlib.import_module(self._name, __package__), name)
