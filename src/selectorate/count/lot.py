"""A lot that anybody can repeat: drawn from a seed that was committed to and from numbers that were given after.

1. Before the count a seed is made at random, kept secret, and its SHA-256 is published: the commitment.
2. Then scrutineers give numbers, each as they like. Nobody who gives one knows the seed; whoever knows the seed cannot
   change it any more. So nobody can choose the outcome, unless all of them work together.
3. After the count seed and numbers are published, and everybody can work out the order again.

The order is drawn for all candidates at once, so that no later tie asks for another draw. For each candidate the text
``seed, numbers..., number of the candidate, name of the candidate`` is made, its parts joined by the character U+001F,
and hashed with SHA-256; candidates stand in the ascending order of their hashes. Of those who are tied, whoever comes
first is the one taken: for the surplus that is transferred first, for the place, or to go out.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

SEPARATOR = "\x1f"


@dataclass(frozen=True)
class Lot:
    """A draw: its ``seed``, and the ``numbers`` that scrutineers gave, in their order."""

    seed: str
    numbers: tuple[str, ...] = ()

    def commitment(self) -> str:
        """What is published of the seed before the numbers are given: its SHA-256, in hexadecimal digits."""
        return hashlib.sha256(self.seed.encode()).hexdigest()

    def kept(self, commitment: str) -> bool:
        """Whether the seed is the one that ``commitment`` was published for."""
        return hmac.compare_digest(self.commitment().encode(), commitment.strip().lower().encode())

    def order(self, names: Sequence[str]) -> tuple[int, ...]:
        """Candidates (numbers from 1) in the order drawn; who comes first is the one chosen."""

        def drawn(index: int) -> tuple[bytes, int]:
            text = SEPARATOR.join((self.seed, *self.numbers, str(index + 1), names[index]))
            return hashlib.sha256(text.encode()).digest(), index

        return tuple(index + 1 for index in sorted(range(len(names)), key=drawn))
