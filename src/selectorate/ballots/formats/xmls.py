"""XML that is too large to be read at once: one child of the root at a time, with its line, as JSON would have it.

An element with nothing in it but text is that text; any other is an object of its attributes (``@id``, ``@type``) and
its children, objects of one name in a list. A document type, with which XML can be made to swell, is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.parsers import expat

from .base import Source, check_encoding, fault, shown
from .jsons import MAX_ELEMENT

_PIECE = 1 << 16
_MAX_DEPTH = 100
"""Elements within elements; a ballot has ten."""
_ATTRIBUTES = {"ObjectId": "@id", "type": "@type"}
_TEXTS = frozenset({"CandidateIds", "PartyIds", "CVRWriteIn"})
"""Texts of which there may be several; all other texts stand alone, and all other elements may be several."""


class _Tree:
    """Gathers the children of the root as the XML goes by."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text
        self.parser.StartDoctypeDeclHandler = self.refuse
        self.parser.EntityDeclHandler = self.refuse
        self.open: list[tuple[str, dict[str, object], list[str]]] = []
        self.done: list[tuple[int, str, object]] = []
        self.line = 0
        self.size = 0

    def refuse(self, *_: object) -> None:
        raise fault(self.source.name, self.parser.CurrentLineNumber, "the file has a document type", "Leave it out.")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if len(self.open) == 1:
            self.line, self.size = self.parser.CurrentLineNumber, 0
        elif len(self.open) > _MAX_DEPTH:
            raise fault(self.source.name, self.parser.CurrentLineNumber, "too many elements within elements")
        self.grow(len(tag) + sum(map(len, attributes.values())) + 100)
        plain: dict[str, object] = {}
        for key, value in attributes.items():
            key = key.rpartition(":")[2]
            plain[_ATTRIBUTES.get(key, key)] = value
        self.open.append((name, plain, []))

    def text(self, data: str) -> None:
        if self.open:
            self.grow(len(data))
            self.open[-1][2].append(data)

    def grow(self, size: int) -> None:
        """Count what one child of the root takes."""
        self.size += size
        if self.size > MAX_ELEMENT:
            raise fault(self.source.name, self.line or 1, f"an element of more than {MAX_ELEMENT} letters")

    def end(self, _: str) -> None:
        name, plain, texts = self.open.pop()
        value: object = plain or "".join(texts).strip()
        if not self.open:
            return
        if len(self.open) == 1:
            self.done.append((self.line, name, value))
            return
        around = self.open[-1][1]
        if isinstance(value, str) and name not in _TEXTS:
            around[name] = value
        else:
            gathered = around.setdefault(name, [])
            if not isinstance(gathered, list):
                line = self.parser.CurrentLineNumber
                raise fault(self.source.name, line, f"{shown(name)} is both a text and more than a text")
            gathered.append(value)


def elements(source: Source) -> Iterator[tuple[int, str, object]]:
    """What an XML file holds, piece by piece: line, name, value of each child of the root."""
    tree = _Tree(source)
    try:
        with source.open() as file:
            check_encoding(source.head(4), source.name)
            while piece := file.read(_PIECE):
                tree.parser.Parse(piece, False)
                yield from tree.done
                tree.done.clear()
        tree.parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise fault(source.name, error.lineno, f"this is not XML ({error})", "Is the file complete?") from None
