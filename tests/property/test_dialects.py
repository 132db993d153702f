"""A real ward, written in the dialects in which such files go round: every total of the count stays what it was."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from selectorate.ballots import Profile, formats
from selectorate.count.registry import METHODS, Options

WARD = Path(__file__).parents[1] / "golden" / "counts" / "edinburgh-2017-ward10.blt"
NAMES = (
    "Se\u00e1n \u00d3 BRIAIN",
    'Rosemary LIEWALD "Rosie"',
    'Dr. J. "Jim" "Jimmy" BELL',
    "D\u2019ARCY",
    "MacDONALD, Ian",
    "John SMITH (Scottish Conservative and Unionist)",
    "1 John",
    "2 3 0",
    "0",
    "-3",
    "A\\B",
    "Name = Name",
    "Tab\tName",
    "x" * 300,
)
QUOTED: dict[str, Callable[[str], str]] = {
    "in quotes": lambda name: f'"{name}"',
    "without": lambda name: name,
    "quotes doubled": lambda name: '"' + name.replace('"', '""') + '"',
    "quotes escaped": lambda name: '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"',
    "a comma after": lambda name: f'"{name}",',
    "a party": lambda name: '"' + name.replace('"', "'") + '" "Labour and Co-operative Party"',
    "a party after a comma": lambda name: '"' + name.replace('"', "'") + '","SNP"',
    "a party without quotes": lambda name: '"' + name.replace('"', "'") + '" (SNP)',
    "single quotes": lambda name: f"'{name}'",
    "curly quotes": lambda name: f"\u201c{name}\u201d",
    "blanks inside": lambda name: f'" {name} "',
}
TITLES = (
    ["Ward 10"],
    ['"Ward 10"'],
    ['""'],
    [],
    ['"Ward 10"', '"a source"', '"a comment"'],
    ['"Ward 10" - Morningside'],
)


def columns(profile: Profile) -> list[tuple[dict[int, Fraction], Fraction, Fraction, set[int]]]:
    assert profile.seats is not None
    count = METHODS["scottish"].run(profile, profile.seats, Options())
    return [(dict(shown.totals), shown.exhausted, shown.lost, set(shown.elected)) for shown in count.rounds]


def in_a_dialect(profile: Profile, rng: random.Random) -> tuple[bytes, str]:
    """The ward as a BLT file of a dialect, or of several at once; and a name for the file."""
    papers = [(number, ranks) for number, ranks in profile.rankings()]
    often = rng.random() < 0.3
    if often:  # one line, or two, for what was one
        papers = [(part, ranks) for number, ranks in papers for part in (number - number // 2, number // 2) if part]
    if rng.random() < 0.5:
        rng.shuffle(papers)
    if rng.random() < 0.2:
        papers.insert(rng.randint(0, len(papers)), (rng.randint(1, 50), ()))
    between = rng.choice((" ", " ", " ", "  ", "\t", ",", ", "))
    weight = rng.choice(("{}", "{}", "{}.0", "{:05d}"))
    lines = [between.join([weight.format(number), *map(str, ranks), "0"]) for number, ranks in papers]
    if rng.random() < 0.1:
        lines = [f"(B{number}) {line}" for number, line in enumerate(lines)]
    elif rng.random() < 0.1:
        lines = [line.replace(between, "\n", 1) if rng.random() < 0.2 else line for line in lines]
    if rng.random() < 0.1:
        lines = [f"{line} # 1 2 0" if rng.random() < 0.2 else line for line in lines]
    names = [rng.choice(NAMES) if rng.random() < 0.3 else option.name for option in profile.candidates]
    quoted = QUOTED[rng.choice(list(QUOTED))]
    before = rng.choice(([], [], [], [""], ["# a ward"], ["", "/* a ward */", ""]))
    head = f"{len(names)}{between}{profile.seats}"
    text = "\n".join([*before, head, *lines, "0", *map(quoted, names), *rng.choice(TITLES)])
    text = text.replace("\n", rng.choice(("", "", "", " ", " " * 400, "\t", ",", ",,,,,", " , ")) + "\n")
    if rng.random() < 0.1:
        text = text.replace("\n", "\n  ")
    if rng.random() < 0.1:
        text = text.replace("\n", "\n\n")
    text += rng.choice(("", "\n", "\n\n\n", "\n\x1a"))
    text = text.replace("\n", rng.choice(("\n", "\r\n", "\r")))
    encoding = rng.choice(("utf-8", "utf-8-sig", "latin-1", "cp1252", "mac-roman"))
    return text.encode(encoding, errors="replace"), "ward" + rng.choice((".blt", ".BLT", ".txt", ""))


@pytest.mark.parametrize("start", range(0, 320, 40))
def test_a_dialect_changes_no_total(start: int) -> None:
    ward = formats.read(WARD)
    expected = columns(ward)
    for seed in range(start, start + 40):
        raw, name = in_a_dialect(ward, random.Random(seed))
        found = formats.read(raw, name=name)
        assert found.seats == ward.seats and len(found.candidates) == len(ward.candidates), seed
        assert columns(found) == expected, seed
