"""Rulebooks and contest files with slips of the pen, made at random: they load, or the fault is told as any other.

pytestmark = pytest.mark.slow

Each example takes a file that is shipped and changes a few lines or words of it. What comes of it is a rulebook, a
contest, or a SelectorateError that names the file and a line that is there: nothing else, whatever was changed.
"""

from __future__ import annotations

import re
from functools import partial
from importlib.resources.abc import Traversable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from selectorate import contest, documents, gallery, rules
from selectorate.contest.loading import from_document
from selectorate.contest.units import read_units
from selectorate.errors import ContestError, RulebookError, SelectorateError
from selectorate.rules.load import PRESETS

NAME = "slip.toml"
EXAMPLES = 250


def folder_of(name: str) -> Traversable:
    folder = gallery.find(name)
    assert folder is not None
    return folder


TEXTS: list[tuple[str, Traversable | None]] = [
    *(((PRESETS / f"{name}.toml").read_text(encoding="utf-8"), None) for name in rules.preset_ids()),
    *(
        ((folder_of(name) / "contest.toml").read_text(encoding="utf-8"), folder_of(name))
        for name in gallery.contest_ids()
    ),
]
"""Every file that is shipped; for a contest, with the folder in which it looks for others."""

TOKENS = [
    *('""', '"', "'", '"""', "[", "]", "[[", "]]", "{", "}", "{}", "[]", "=", ",", ".", "#", "\\", "\t", "\r", "\0"),
    *("0", "-1", "1.5", "1e3", "1e9999999999", "nan", "-inf", "0x1F", "99999999999999999999", "1_000", "007"),
    *("true", "false", "2016-09-24", "2016-09-24T11:45:00", "11:45:00", "2016-02-30", '"2016-09-24"'),
    *('"total"', '"members"', '"corbyn"', '"majority of votes"', '"20%"', '"1/0"', '"-1"', '"None"', '"a\\nb"'),
    *('{ parameter = "x" }', '{ text = "silent" }', '["corbyn", 3]', "[[1]]", "{ a = { b = { c = 1 } } }"),
    *("kind", "stage", "by", '"a b" = 1', "a.b.c = 1", "[stage]", "[[stage]]", "[[ballot]]", "[candidates.for]"),
    *("é", "ß", "\u2028", "\ufeff", "\U0001f5f3", "\u202e", "“corbyn”", "1 241", "61.8%", "61,8"),
]


def _put(token: str, found: re.Match[str]) -> str:
    return token


def _append(token: str, found: re.Match[str]) -> str:
    return found[0] + token


@st.composite
def slips(draw: st.DrawFn) -> tuple[str, Traversable | None]:
    """A shipped file with one to four slips in it."""
    text, folder = draw(st.sampled_from(TEXTS))
    lines = text.split("\n")
    for _ in range(draw(st.integers(1, 4))):
        here = draw(st.integers(0, len(lines) - 1))
        slip = draw(st.sampled_from(["delete", "duplicate", "swap", "move", "value", "word", "key", "insert", "cut"]))
        token = draw(st.one_of(st.sampled_from(TOKENS), st.text(max_size=6)))
        if slip == "delete" and len(lines) > 1:
            del lines[here]
        elif slip == "duplicate":
            lines.insert(here, lines[here])
        elif slip in ("swap", "move"):
            there = draw(st.integers(0, len(lines) - 1))
            lines[here], lines[there] = lines[there], lines[here] if slip == "swap" else ""
        elif slip == "value":
            lines[here] = re.sub(r"= .*", partial(_put, f"= {token}"), lines[here], count=1)
        elif slip == "word":
            words = re.split(r"(\W+)", lines[here])
            words[draw(st.integers(0, len(words) - 1))] = token
            lines[here] = "".join(words)
        elif slip == "key":
            lines[here] = re.sub(r"^[\w.]+", partial(_append, token), lines[here])
        elif slip == "cut":
            lines[here] = lines[here][: draw(st.integers(0, max(0, len(lines[here]) - 1)))]
        else:
            at = draw(st.integers(0, len(lines[here])))
            lines[here] = lines[here][:at] + token + lines[here][at:]
    return "\n".join(lines), folder


def load(text: str, folder: Traversable | None) -> rules.Rulebook | contest.Case:
    raw = text.encode("utf-8", "surrogatepass")
    if folder is None:
        return rules.from_document(documents.parse(raw, NAME, RulebookError))
    return from_document(documents.parse(raw, NAME, ContestError), folder)


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow])
@given(slips())
def test_a_slip_is_told_or_does_no_harm(slip: tuple[str, Traversable | None]) -> None:
    text, folder = slip
    try:
        load(text, folder)
    except SelectorateError as error:
        assert error.problems
        for problem in error.problems:
            assert problem.where.file is not None
            assert problem.hint
            said = f"{problem.message} {problem.hint} {problem.where.key or ''}"
            assert said.isprintable()
            assert not re.search(r"Input should|pydantic|Decimal\(|NoneType", said)
            if Path(problem.where.file).name == NAME:
                line = problem.where.line
                assert line is None or 1 <= line <= text.count("\n") + 1


RIDINGS = (folder_of("canada-conservative-leadership-2017") / "ridings.csv").read_bytes().split(b"\n")[:40]
BYTES = [
    b",",
    b'"',
    b'""',
    b"\n",
    b"\r",
    b"\0",
    b";",
    b"-1",
    b"1.5",
    b"\xff",
    b"\xef\xbb\xbf",
    b"9" * 5000,
    b" ",
    b"round",
]


@settings(max_examples=EXAMPLES)
@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 40), st.sampled_from(BYTES)), min_size=1, max_size=4))
def test_a_slip_in_a_file_of_units_is_told_or_does_no_harm(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int, bytes]]
) -> None:
    raw = b"\n".join(RIDINGS)
    for at, length, token in changes:
        raw = raw[: at % len(raw)] + token + raw[at % len(raw) + length :]
    path = tmp_path_factory.getbasetemp() / "slip.csv"
    path.write_bytes(raw)
    try:
        read_units(path, contest.load("canada-conservative-leadership-2017").contest)
    except SelectorateError as error:
        (problem,) = error.problems
        assert problem.where.file == str(path)
        assert problem.hint
        assert f"{problem.message} {problem.hint}".isprintable()
        assert problem.where.line is None or 1 <= problem.where.line <= len(re.split(rb"\r\n|\r|\n", raw))
