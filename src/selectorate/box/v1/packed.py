"""Long lists of checked elements and of numbers, put aside as bytes: half a million ballots in bounded memory."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from ...errors import ProtocolError
from ..public import Element, Pool

__all__ = ["CHUNK", "Ciphertexts", "Numbers", "Packed", "ahead", "chunked", "in_threads", "put_read"]

_T = TypeVar("_T")
_R = TypeVar("_R")

CHUNK = 8192
"""Ballots that are looked at together: their elements are in the pool at one time."""


class Packed:
    """A long list of checked group elements, put aside as bytes and taken back chunk by chunk."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._bytes = bytearray()
        self._size = len(pool.pack([pool.generator]))

    def __len__(self) -> int:
        return len(self._bytes) // self._size

    def put(self, elements: Sequence[Element]) -> None:
        """Add elements at the end."""
        self._bytes += self._pool.pack(elements)

    def put_packed(self, packed: bytes | bytearray) -> None:
        """Add elements that are packed already."""
        self._bytes += packed

    def take(self, start: int, stop: int) -> list[Element]:
        """The elements from ``start`` to ``stop``, in the pool again."""
        return self._pool.unpack(bytes(self._bytes[start * self._size : stop * self._size]))

    def texts(self, start: int, stop: int) -> list[str]:
        """Their texts from ``start`` to ``stop``; the pool is cleared."""
        texts = self._pool.texts(self.take(start, stop))
        self._pool.clear()
        return texts


class Numbers:
    """A long list of numbers below q, put aside as bytes."""

    def __init__(self, q: int) -> None:
        self._size = (q.bit_length() + 7) // 8
        self._bytes = bytearray()

    def __len__(self) -> int:
        return len(self._bytes) // self._size

    def put(self, number: int) -> None:
        """Add a number at the end."""
        self._bytes += number.to_bytes(self._size, "little")

    def take(self, start: int, stop: int) -> list[int]:
        """The numbers from ``start`` to ``stop``."""
        size = self._size
        return [int.from_bytes(self._bytes[at : at + size], "little") for at in range(start * size, stop * size, size)]


@dataclass
class Ciphertexts:
    """A long list of ciphertexts, put aside."""

    alphas: Packed
    betas: Packed

    @classmethod
    def none(cls, pool: Pool) -> Ciphertexts:
        """No ciphertexts yet."""
        return cls(Packed(pool), Packed(pool))

    def __len__(self) -> int:
        return len(self.alphas)

    def both(self) -> tuple[Packed, Packed]:
        """The alphas, and the betas."""
        return self.alphas, self.betas

    def texts(self) -> Iterator[tuple[str, str]]:
        """The texts of all, chunk by chunk; the pool is cleared between."""
        for start in range(0, len(self), CHUNK):
            stop = min(start + CHUNK, len(self))
            yield from zip(self.alphas.texts(start, stop), self.betas.texts(start, stop), strict=True)


def chunked(items: Iterable[_T], size: int = CHUNK) -> Iterator[list[_T]]:
    """``items`` in lists of at most ``size``."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


def ahead(items: Iterator[_T]) -> Iterator[_T]:
    """``items``, each made while the one before is worked with: parsing goes on while a pool computes."""
    with ThreadPoolExecutor(1) as thread:
        following = thread.submit(next, items, None)
        while (item := following.result()) is not None:
            following = thread.submit(next, items, None)
            yield item


def put_read(pool: Pool, packed: Packed, texts: Iterable[str], *, what: str, check: str) -> None:
    """Read ``texts`` into ``packed``; each must be an element of the group. Raises ProtocolError (``check``)."""
    for chunk in chunked(texts):
        elements = pool.read(chunk)
        checked = [element for element in elements if element is not None]
        if len(checked) < len(elements):
            number = len(packed) + elements.index(None)
            raise ProtocolError(f"{what} number {number + 1} is not an element of the group", check=check)
        packed.put(checked)
        pool.clear()


def in_threads(work: Callable[[_T], _R], items: Sequence[_T]) -> list[_R]:
    """``work`` done for each of ``items`` on all cores, in order: long multiplications let other threads run."""
    workers = os.cpu_count() or 1
    size = -(-len(items) // workers) or 1
    blocks = [items[start : start + size] for start in range(0, len(items), size)]
    with ThreadPoolExecutor(workers) as threads:
        return [result for block in threads.map(lambda part: [work(item) for item in part], blocks) for result in block]
