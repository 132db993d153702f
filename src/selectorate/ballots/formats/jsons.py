"""JSON that is too large to be read at once: one element of a list at a time, with its line."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import NoReturn

from .base import Source, check_encoding, fault

MAX_ELEMENT = 16 << 20
"""Characters of one ballot, or of one description of an election. A thousand pages of candidates are below it."""
_PIECE = 1 << 16
_BLANK = " \t\n\r"


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


_DECODER = json.JSONDecoder(parse_float=str, parse_constant=_refuse_constant)


class _Stream:
    """The text of a file, of which a window is kept."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.text = ""
        self.at = 0
        self.line = 1
        self.ended = False
        self._pieces = self._read()

    def _read(self) -> Iterator[str]:
        decoder = codecs.getincrementaldecoder("utf-8-sig")()
        with self.source.open() as file:
            first = True
            while piece := file.read(_PIECE):
                if first:
                    check_encoding(piece, self.source.name)
                    first = False
                try:
                    yield decoder.decode(piece)
                except UnicodeDecodeError:
                    raise fault(self.source.name, None, "the file is not UTF-8, as JSON must be") from None
            try:
                yield decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                raise fault(self.source.name, None, "the file ends within a letter") from None

    def more(self) -> bool:
        """Read on; False at the end of the file."""
        if self.at > 0:
            self.line += self.text.count("\n", 0, self.at)
            self.text, self.at = self.text[self.at :], 0
        wanted = max(_PIECE, len(self.text))  # twice as much each time: what is tried again is not tried often
        got: list[str] = []
        while wanted > 0:
            piece = next(self._pieces, None)
            if piece is None:
                self.ended = True
                break
            got.append(piece)
            wanted -= len(piece)
        self.text += "".join(got)
        return bool(got)

    def here(self, at: int | None = None) -> int:
        """The line of a place in the window."""
        return self.line + self.text.count("\n", 0, self.at if at is None else at)

    def peek(self) -> str:
        """The next sign that is not a blank; nothing at the end."""
        while True:
            while self.at < len(self.text) and self.text[self.at] in _BLANK:
                self.at += 1
            if self.at < len(self.text):
                return self.text[self.at]
            if not self.more():
                return ""

    def take(self, sign: str) -> None:
        """Pass over ``sign``, which must come next."""
        if self.peek() != sign:
            raise self.broken(f"{sign} is missing")
        self.at += 1

    def value(self) -> object:
        """The value that comes next, whole."""
        self.peek()
        while True:
            problem: json.JSONDecodeError | None = None
            try:
                value, end = _DECODER.raw_decode(self.text, self.at)
            except json.JSONDecodeError as error:
                problem = error
            except RecursionError:
                raise self.broken("too many lists within lists") from None
            except ValueError as error:
                raise self.broken(str(error)) from None
            else:
                if end < len(self.text) or self.ended:
                    self.at = end
                    return value
            if problem is not None and len(self.text) - self.at > MAX_ELEMENT:
                raise self.broken(problem.msg, problem.pos)
            if not self.more() and problem is not None:
                raise self.broken(problem.msg, min(problem.pos, len(self.text)))

    def broken(self, what: str, at: int | None = None) -> Exception:
        """What is wrong here."""
        return fault(self.source.name, self.here(at), f"this is not JSON: {what}", "Is the file complete?")


def elements(source: Source, *streamed: str) -> Iterator[tuple[int, str, object]]:
    """What a JSON file holds, piece by piece: line, key, value.

    Of an object: each key with its value; of the lists under the keys ``streamed``, each element with that key. Of a
    list: each element, with the key "".
    """
    stream = _Stream(source)
    opening = stream.peek()
    if opening == "[":
        yield from _items(stream, "")
    elif opening == "{":
        stream.take("{")
        if stream.peek() == "}":
            stream.take("}")
        else:
            while True:
                line, key = stream.here(), stream.value()
                if not isinstance(key, str):
                    raise stream.broken("a key in quotes is missing")
                stream.take(":")
                if key in streamed and stream.peek() == "[":
                    yield from _items(stream, key)
                else:
                    yield line, key, stream.value()
                if stream.peek() != ",":
                    break
                stream.take(",")
            stream.take("}")
    else:
        raise stream.broken("it begins with neither { nor [")
    if stream.peek():
        raise stream.broken("something stands after its end")


def _items(stream: _Stream, key: str) -> Iterator[tuple[int, str, object]]:
    stream.take("[")
    if stream.peek() == "]":
        stream.take("]")
        return
    while True:
        stream.peek()
        line = stream.here()
        yield line, key, stream.value()
        if stream.peek() != ",":
            break
        stream.take(",")
    stream.take("]")
