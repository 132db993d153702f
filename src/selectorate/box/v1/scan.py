"""Long JSON read as a stream: tallies, shuffles and decryptions of half a million ballots.

These texts are canonical, so at each place only one thing may stand: a scanner asks for it and gets it or an error.
Nothing is kept but what has been asked for. Source: Belenios specification 3.1, sections 4.18 to 4.20.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ...errors import ProtocolError
from ..groups import Group

__all__ = ["Scanner"]

ROOM = 4096
"""Bytes that must be at hand before something is looked for: more than any single item has."""


class Scanner:
    """A position in a JSON text that comes in pieces.

    Raises ProtocolError (``check``) wherever something else stands than what is asked for.
    """

    def __init__(self, pieces: Iterable[bytes], group: Group, *, what: str, check: str) -> None:
        self._pieces = iter(pieces)
        self._text, self._position, self._done = "", 0, False
        self._what, self._check = what, check
        point, number = group.point.pattern.pattern, group.scalar.pattern.pattern
        self._below = group.scalar.below or 0
        self._ciphertext = re.compile(f'{{"alpha":"({point})","beta":"({point})"}}', re.ASCII)
        self._proof = re.compile(f'{{"challenge":"({number})","response":"({number})"}}', re.ASCII)
        self._point = re.compile(f'"({point})"', re.ASCII)
        self._number = re.compile(f'"({number})"', re.ASCII)

    def _fill(self) -> None:
        """Have at least ROOM characters ahead, or all that are left."""
        while not self._done and len(self._text) - self._position < ROOM:
            piece = next(self._pieces, None)
            if piece is None:
                self._done = True
                break
            try:
                self._text = self._text[self._position :] + piece.decode("ascii")
            except UnicodeDecodeError:
                raise self._wrong("plain ASCII") from None
            self._position = 0

    def _wrong(self, wanted: str) -> ProtocolError:
        return ProtocolError(
            f"{self._what} is not of the form of the protocol: {wanted} should stand", check=self._check
        )

    def literal(self, text: str) -> None:
        """Pass over ``text``, which must stand here."""
        self._fill()
        if not self._text.startswith(text, self._position):
            raise self._wrong(text)
        self._position += len(text)

    def end(self) -> None:
        """Nothing more may stand here. The pieces are used up afterwards."""
        self._fill()
        if self._position != len(self._text):
            raise self._wrong("the end")

    def _items(self, item: re.Pattern[str], wanted: str) -> Iterator[tuple[str, ...]]:
        """The groups of each item of a list that begins here."""
        self.literal("[")
        self._fill()
        if self._text.startswith("]", self._position):
            self._position += 1
            return
        while True:
            if len(self._text) - self._position < ROOM:
                self._fill()
            match = item.match(self._text, self._position)
            if match is None:
                raise self._wrong(wanted)
            yield match.groups()
            after = self._text[match.end() : match.end() + 1]
            self._position = match.end() + 1
            if after == "]":
                return
            if after != ",":
                raise self._wrong(", or ]")

    def ciphertexts(self) -> Iterator[tuple[str, str]]:
        """The alphas and betas of a list of ciphertexts that begins here."""
        for groups in self._items(self._ciphertext, "a ciphertext"):
            yield groups[0], groups[1]

    def points(self) -> Iterator[str]:
        """The texts of a list of group elements that begins here."""
        for (text,) in self._items(self._point, "a group element"):
            yield text

    def numbers(self) -> Iterator[int]:
        """The numbers of a list of scalars that begins here, each below the order of the group."""
        for (text,) in self._items(self._number, "a number"):
            yield self._reduced(text)

    def proofs(self) -> Iterator[tuple[int, int]]:
        """Challenge and response of each proof of a list that begins here."""
        for c, r in self._items(self._proof, "a proof"):
            yield self._reduced(c), self._reduced(r)

    def point(self) -> str:
        """A single group element."""
        return self._one(self._point, "a group element")

    def number(self) -> int:
        """A single scalar, below the order of the group."""
        return self._reduced(self._one(self._number, "a number"))

    def proof(self) -> tuple[int, int]:
        """Challenge and response of a single proof."""
        self._fill()
        match = self._proof.match(self._text, self._position)
        if match is None:
            raise self._wrong("a proof")
        self._position = match.end()
        return self._reduced(match[1]), self._reduced(match[2])

    def _one(self, item: re.Pattern[str], wanted: str) -> str:
        self._fill()
        match = item.match(self._text, self._position)
        if match is None:
            raise self._wrong(wanted)
        self._position = match.end()
        return match[1]

    def _reduced(self, text: str) -> int:
        number = int(text)
        if number >= self._below:
            raise self._wrong("a number below the order of the group")
        return number
