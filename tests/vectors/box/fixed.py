"""Randomness that is always the same, and what is hashed on the way: for vectors, and for tests that read them back."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from tests import box_subjects

from selectorate.box.v1 import channels, proofs, shuffles
from selectorate.box.v1 import hashes as made_hashes

__all__ = ["Recorded", "fixed", "number", "recording"]

HASHING = (proofs, shuffles, channels, box_subjects)
"""The modules in which challenges are computed."""


def number(label: str, place: int, below: int) -> int:
    """Number ``place`` (from 0) of the stream ``label``, from 1 to ``below`` - 1.

    SHA-512 of the label, a bar and the place in decimal, as a big-endian number, modulo ``below`` - 1, plus one.
    """
    digest = hashlib.sha512(f"{label}|{place}".encode()).digest()
    return 1 + int.from_bytes(digest, "big") % (below - 1)


@dataclass
class Recorded:
    """What was drawn, in order, and what was hashed for challenges."""

    randomness: list[int] = field(default_factory=list)
    hashed: list[str] = field(default_factory=list)

    @property
    def commitments(self) -> list[list[str]]:
        """What stands behind the last bar of each text that was hashed."""
        return [text.rpartition("|")[2].split(",") for text in self.hashed]


@contextmanager
def recording(source: str | Sequence[int]) -> Iterator[Recorded]:
    """Draw secret numbers from a stream (its label), or from a list of them that must be used up; note all."""
    recorded = Recorded()
    given = None if isinstance(source, str) else iter(source)

    def below(count: int) -> int:
        drawn = number(str(source), len(recorded.randomness), count + 1) if given is None else next(given)
        assert 0 < drawn <= count
        recorded.randomness.append(drawn)
        return drawn - 1

    def hashing(text: str, q: int) -> int:
        recorded.hashed.append(text)
        return made_hashes.challenge(text, q)

    with ExitStack() as stack:
        stack.enter_context(patch.object(secrets, "randbelow", below))
        stack.enter_context(patch.object(os, "cpu_count", lambda: 1))
        for module in HASHING:
            stack.enter_context(patch.object(module, "challenge", hashing))
        yield recorded
    assert given is None or next(given, None) is None, "not all randomness was used"


def fixed(label: str, make: Any, *args: Any, **more: Any) -> Any:
    """What ``make`` makes with the randomness of the stream ``label``."""
    with recording(label):
        return make(*args, **more)
