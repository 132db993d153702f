"""The broken files of this folder, each with what must be said of it.

A case is a TOML file, named for what is wrong with it. What must be said stands in its last lines, or, where those
would disturb the fault, in a file of the same name that ends in ``.expected``: one problem a line, as a person reads
it, with ``#!`` before and without the path of the file itself::

    #! 12: stage[2].count: "alternative-vote" is not a value this key can have. Did you mean "alternative vote"?

``rulebooks`` are rulebooks, ``contests`` contest files; ``contests/rules`` and ``contests/units`` have what these
name, and are no cases themselves. What is no text, or too large to keep, is in ``ODD``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from selectorate import contest, rules
from selectorate.errors import Problem

HERE = Path(__file__).parent
LOADERS: dict[str, Callable[[Path], object]] = {"rulebooks": rules.load_file, "contests": contest.load_file}


@dataclass(frozen=True)
class Broken:
    """A broken file and what must be said of it. ``kind``: "rulebooks" or "contests"."""

    path: Path
    kind: str

    @property
    def id(self) -> str:
        return f"{self.kind}/{self.path.stem}"

    @property
    def expected(self) -> list[str]:
        aside = self.path.with_suffix(".expected")
        text = (aside if aside.exists() else self.path).read_text(encoding="utf-8")
        return [line.removeprefix("#! ") for line in text.splitlines() if line.startswith("#! ")]

    def load(self) -> object:
        return LOADERS[self.kind](self.path)


def broken() -> Iterator[Broken]:
    """Every case of this folder."""
    for kind in LOADERS:
        for path in sorted((HERE / kind).glob("*.toml")):
            yield Broken(path, kind)


def told(problems: Sequence[Problem], path: Path) -> list[str]:
    """``problems`` as a person reads them, without the path of the file itself or of its folder."""
    texts = []
    for problem in problems:
        text = str(problem)
        own, folder = f"{path}:", f"{path.parent}/"
        assert text.startswith((own, folder)), f"{text!r} does not begin with its file"
        texts.append(text.removeprefix(own).removeprefix(folder).lstrip())
    return texts


_UTF8 = "is not UTF-8 text. Save the file as UTF-8."
_PLAIN = "Save the file as plain text, in UTF-8."
_LARGE = "is larger than 8,000,000 bytes. Is it the right file?"
_DEEP = "is nested too deeply. Put fewer tables and lists inside each other."
_USUAL = 'TOML wants key = value, text in "quotes", dates as 2016-09-24.'
_DIGITS = "has a number of thousands of digits. Write it as it was published: 506438"

ODD: dict[str, tuple[bytes, str]] = {
    "latin-1": ('id = "x"\n# one\nname = "Präsidium"\n'.encode("latin-1"), f"3: {_UTF8}"),
    "windows-1252": ('id = "x"\nname = “Chair”\n'.encode("cp1252"), f"2: {_UTF8}"),
    "utf-8-cut-off": ('id = "x"\nname = "Prä'.encode()[:-1], f"2: {_UTF8}"),
    "surrogate": (b'id = "x"\nname = "\xed\xa0\x80"\n', f"2: {_UTF8}"),
    "utf-16": ('id = "x"\n'.encode("utf-16"), f"1: {_UTF8}"),
    "utf-16-without-mark": (
        'id = "x"\n'.encode("utf-16-le"),
        f"1: is not plain text: there are NUL characters in it. {_PLAIN}",
    ),
    "nul": (b'id = "x"\nname = "a\0b"\n', f"2: is not plain text: there are NUL characters in it. {_PLAIN}"),
    "old-mac": (
        b'id = "x"\rname = "y"\r',
        f"1: is not plain text: a line ends with a lone carriage return. {_PLAIN}",
    ),
    "lone-carriage-return": (
        b'id = "x"\r\n\r\nname = "y\rz"\r\n',
        f"3: is not plain text: a line ends with a lone carriage return. {_PLAIN}",
    ),
    "two-byte-order-marks": (
        b"\xef\xbb\xbf\xef\xbb\xbfid = 1\n",
        f"1: is not valid TOML: this is neither key = value nor a [heading]. {_USUAL}",
    ),
    "a-picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", f"1: {_UTF8}"),
    "a-zip": (
        b"PK\x03\x04\x14\0\0\0",
        f"1: is not plain text: there are NUL characters in it. {_PLAIN}",
    ),
    "nine-megabytes": (b"# long\n" * 1_300_000, _LARGE),
    "nine-megabytes-of-brackets": (b"[" * 9_000_000, _LARGE),
    "lists-in-lists": (b"id = " + b"[" * 5_000 + b"]" * 5_000, _DEEP),
    "a-million-lists": (b"id = " + b"[" * 1_000_000, _DEEP),
    "tables-in-tables": (b"id = " + b"{ a = " * 5_000, _DEEP),
    "key-of-20000-parts": (b"# deep\na" + b".a" * 20_000 + b" = 1\n", f"2: {_DEEP}"),
    "heading-of-20000-parts": (b'# deep\n\n["a"' + b' . "a"' * 20_000 + b"]\n", f"3: {_DEEP}"),
    "thousands-of-digits": (b'name = "x"\nid = ' + b"9" * 5_000 + b"\n", f"2: {_DIGITS}"),
    "thousands-of-digits-with-underscores": (b'\nname = "x"\nid = 9' + b"_9" * 5_000 + b"\n", f"3: {_DIGITS}"),
    "exponent-without-end": (
        b'name = "x"\nid = 1e99999999999999999999\n',
        "2: has a number that cannot be read. Write it as it was published: 61.8",
    ),
}
"""Files that are no text, or too large to keep: their bytes, and what is said of them, as rulebook or contest."""
