"""The line of a key is found however the file is written.

The same data is written in every style that TOML has, mixed at random: under headings and double headings, with
dotted and quoted keys, in inline tables, in lists over several lines, with remarks, blank lines and long texts
between, with Unix and Windows line ends. The writer below knows in which line it put each key; so must ``Document``.
"""

from __future__ import annotations

import datetime as dt
import random
import re
import tomllib
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.bad.test_mutations import TEXTS, load

from selectorate import documents
from selectorate.errors import SelectorateError

Path_ = tuple[str | int, ...]
DATA = [tomllib.loads(text, parse_float=Decimal) for text, _ in TEXTS]


class Writer:
    """Writes data as TOML in a style drawn from ``draw``, and remembers the line of every key."""

    def __init__(self, draw: random.Random) -> None:
        self.draw = draw
        self.text = ""
        self.lines: dict[Path_, int] = {}

    @property
    def line(self) -> int:
        return self.text.count("\n") + 1

    def note(self, path: Path_) -> None:
        for depth in range(1, len(path)):
            self.lines.setdefault(path[:depth], self.line)
        self.lines[path] = self.line

    def between(self) -> None:
        for _ in range(self.draw.choice([0, 0, 0, 1, 3])):
            self.text += self.draw.choice(["\n", "# [stage]\n", '  # name = """\n', "\t\n"])

    def key(self, key: str) -> str:
        bare = re.fullmatch(r"[A-Za-z0-9_-]+", key) and self.draw.random() < 0.8
        return key if bare else self.quoted(key)

    def quoted(self, text: str) -> str:
        escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'"{escaped}"'

    def table(self, data: dict[str, Any], path: Path_, heading: str) -> None:
        """The keys of a table that has a heading of its own, or of the whole file."""
        later = []
        for key, value in data.items():
            tables = isinstance(value, dict) or (isinstance(value, list) and value and isinstance(value[0], dict))
            if tables and self.draw.random() < 0.6:
                later.append((key, value))
            else:
                self.between()
                self.pair(key, value, path)
                self.text += self.draw.choice(["\n", " # so\n"])
        for key, value in later:
            name = f"{heading}.{self.key(key)}" if heading else self.key(key)
            for index, item in enumerate(value if isinstance(value, list) else [value]):
                self.between()
                here = (*path, key, index) if isinstance(value, list) else (*path, key)
                self.note(here)
                self.text += f"[[{name}]]\n" if isinstance(value, list) else f"[{name}]\n"
                self.table(item, here, name)

    def pair(self, key: str, value: Any, path: Path_, inline: bool = False) -> None:
        """A key with its value; a table may be given by dotted keys instead."""
        if isinstance(value, dict) and value and self.draw.random() < 0.4:
            first = True
            for inner, item in value.items():
                if not first:
                    self.text += ", " if inline else "\n"
                first = False
                self.note((*path, key, inner))
                self.text += f"{self.key(key)}{self.draw.choice(['.', ' . '])}{self.key(inner)} = "
                self.value(item, (*path, key, inner))
            return
        self.note((*path, key))
        self.text += f"{self.key(key)} = "
        self.value(value, (*path, key))

    def value(self, value: Any, path: Path_) -> None:
        if isinstance(value, dict):
            self.text += "{ "
            for number, (key, item) in enumerate(value.items()):
                self.text += ", " if number else ""
                self.pair(key, item, path, inline=True)
            self.text += " }"
        elif isinstance(value, list):
            self.text += "["
            for index, item in enumerate(value):
                self.text += self.draw.choice([" ", " ", "\n    ", "\n# a remark, [1]\n\n  "])
                self.note((*path, index))
                self.value(item, (*path, index))
                self.text += ","
            self.text += self.draw.choice(["]", "\n]"])
        elif isinstance(value, bool):
            self.text += "true" if value else "false"
        elif isinstance(value, str):
            self.text += self.words(value)
        elif isinstance(value, dt.date | dt.time):
            self.text += value.isoformat()
        else:
            self.text += str(value)

    def words(self, text: str) -> str:
        plain = '"' not in text and "'" not in text and "\\" not in text and text.isprintable()
        style = self.draw.choice(["plain", "plain", "literal", "long", "folded"]) if plain else "plain"
        return {
            "plain": self.quoted(text),
            "literal": f"'{text}'",
            "long": f'"""\n{text}"""',
            "folded": '"""\\\n\n   ' + text.replace(" ", " \\\n  ", 1) + '"""',
        }[style]


@settings(max_examples=60)
@given(st.sampled_from(DATA), st.randoms(use_true_random=False), st.booleans(), st.booleans())
def test_every_key_is_found_in_its_line(data: dict[str, Any], draw: random.Random, windows: bool, marked: bool) -> None:
    writer = Writer(draw)
    writer.table(data, (), "")
    text = writer.text.replace("\n", "\r\n") if windows else writer.text
    document = documents.parse((b"\xef\xbb\xbf" if marked else b"") + text.encode(), "file.toml")
    assert document.data == data
    for path, line in writer.lines.items():
        assert document.where(*path).line == line, path


WORTH = re.compile(r'"(?:[^"\\]|\\.)*"|(?<![\w.-])\d[\d.:T-]*(?![\w-])|\btrue\b|\bfalse\b')
PLACES = [
    (text, folder, number, found.span())
    for text, folder in TEXTS
    for number, line in enumerate(text.split("\n"))
    if re.match(r'[\w.]+ = [^"]|[\w.]+ = "[^"]|    ["{]', line)
    for found in WORTH.finditer(line, line.index("=") if "=" in line and line[0] != " " else 0)
]
"""Every value of the shipped files that stands in one line: the text, its folder, the line (from 0), the place."""


@settings(max_examples=200)
@given(st.sampled_from(PLACES))
def test_a_wrong_value_is_told_in_its_line(place: Any) -> None:
    """Nothing in our files can be a list of a list of what is not a number."""
    text, folder, number, (start, end) = place
    lines = text.split("\n")
    lines[number] = f"{lines[number][:start]}[[nan]]{lines[number][end:]}"
    with pytest.raises(SelectorateError) as caught:
        load("\n".join(lines), folder)
    assert {problem.where.line for problem in caught.value.problems} == {number + 1}
    assert len(caught.value.problems) == 1
