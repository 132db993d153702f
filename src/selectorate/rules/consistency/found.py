"""What a contradiction is, and how its hint names what would be right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ...documents import nearest


@dataclass(frozen=True)
class Contradiction:
    """One thing that is wrong, ``key`` being its path in the file."""

    key: tuple[str | int, ...]
    message: str
    hint: str | None = None


Found = Iterator[Contradiction]


def known_names(word: str, names: Mapping[str, object], what: str) -> str:
    """What would be right instead of ``word``: the nearest of ``names``, all of them, or where one is added."""
    listed = ", ".join(f'"{name}"' for name in names)
    none = f"The rulebook has no {what}: add one under [{what}.…]."
    return nearest(word, list(names)) or (f"The rulebook has {listed}." if listed else none)
