"""The text form of points: 64 lower-case hex digits of a big-endian number, the sign of x in the highest bit.

Source: Belenios specification 3.1, section 6 (Ed25519); the bytes of RFC 8032 are the same number, little-endian.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from selectorate.box.kernel.store import Words

__all__ = ["from_texts", "to_texts"]

DIGITS = 64
HEX = re.compile("[0-9a-f]*")
REFUSED = "f" * DIGITS
"""Stands for a text of another form: y is not below p, so it is refused like that."""


def from_texts(texts: Sequence[str]) -> Words:
    """The four words of each encoding; those of `REFUSED` for a text that is not 64 lower-case hex digits."""
    joined = "".join(texts)
    if not (set(map(len, texts)) <= {DIGITS} and HEX.fullmatch(joined)):
        joined = "".join([text if len(text) == DIGITS and HEX.fullmatch(text) else REFUSED for text in texts])
    numbers: NDArray[np.uint8] = np.frombuffer(bytes.fromhex(joined), np.uint8).reshape(-1, DIGITS // 2)
    return numbers[:, ::-1].copy().view(np.uint64).reshape(-1)


def to_texts(rows: Words) -> list[str]:
    """The text of each row of an array of eight columns (x, then y)."""
    words = rows[:, 4:].copy()
    words[:, 3] |= rows[:, 0] << np.uint64(63)
    joined = words.view(np.uint8)[:, ::-1].tobytes().hex()
    return [joined[at : at + DIGITS] for at in range(0, len(joined), DIGITS)]
