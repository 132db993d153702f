"""The public credentials of a box and what was last cast under each: half a million of them in bounded memory."""

from __future__ import annotations

from array import array
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence

from .credentials import PublicCredential

__all__ = ["Roll"]

_TRACKER = 32


class Roll:
    """Who may vote, by public credential, with the height and tracker of the last ballot of each."""

    def __init__(self, entries: Sequence[PublicCredential]) -> None:
        self._positions = {entry.key: number for number, entry in enumerate(entries)}
        self._weights = array("q", (entry.weight for entry in entries))
        self._heights = array("q", bytes(8 * len(entries)))
        self._trackers = bytearray(_TRACKER * len(entries))
        self._rankings = bytearray()
        self._size = 0

    def __len__(self) -> int:
        return len(self._weights)

    def __iter__(self) -> Iterator[str]:
        return iter(self._positions)

    @property
    def total_weight(self) -> int:
        """The votes of all who may vote."""
        return sum(self._weights)

    def weight(self, credential: str) -> int | None:
        """How often a ballot of ``credential`` counts; None if it is not on the list."""
        position = self._positions.get(credential)
        return None if position is None else self._weights[position]

    def record(self, credential: str, height: int, tracker: str, rankings: bytes) -> None:
        """Note the ballot that was cast at ``height`` under ``credential``: the last one counts.

        ``rankings``: the packed ciphertexts of its rankings, of one size for all ballots of a box.
        """
        position = self._positions[credential]
        self._heights[position] = height
        self._trackers[position * _TRACKER : (position + 1) * _TRACKER] = b64decode(tracker + "=")
        if rankings:
            if not self._size:
                self._size = len(rankings)
                self._rankings = bytearray(self._size * len(self))
            self._rankings[position * self._size : (position + 1) * self._size] = rankings

    def last(self, credential: str) -> tuple[int, str] | None:
        """Height and tracker of the last ballot of ``credential``; None if there is none."""
        position = self._positions.get(credential)
        if position is None or not self._heights[position]:
            return None
        return self._heights[position], self._tracker(position)

    def _tracker(self, position: int) -> str:
        raw = self._trackers[position * _TRACKER : (position + 1) * _TRACKER]
        return b64encode(raw).decode("ascii").rstrip("=")

    def used(self) -> Iterator[tuple[str, int, str, int]]:
        """Credential, height and tracker of the last ballot, and weight, of all who voted, in the list's order."""
        for credential, position in self._positions.items():
            if self._heights[position]:
                yield credential, self._heights[position], self._tracker(position), self._weights[position]

    def take_rankings(self) -> Iterator[bytes]:
        """The packed rankings of the last ballot of each who voted; they are not kept any longer."""
        size = self._size
        for position, height in enumerate(self._heights):
            if height:
                yield bytes(self._rankings[position * size : (position + 1) * size])
        self._rankings = bytearray()
