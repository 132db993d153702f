"""Debian's tally sheets, as the secretary of the project publishes them.

         Option 1---------->: Wouter Verhelst
       /  Option 2--------->: Aigars Mahinovs
    V: 1-2         85a74c0916cb5df9b7c33fa49230ce73

After ``V:`` stand the ranks given to the options, a letter or digit each (A for 10, B for 11), ``-`` where none was
given; then a fingerprint. Options at one rank stand there together. The last option is the default one.
"""

from __future__ import annotations

import re
from typing import IO

from ...errors import InputError
from ..profile import SKIPPED, Option, Profile
from .base import (
    Format,
    Options,
    Source,
    Tally,
    cannot_say,
    check_candidates,
    check_one_a_row,
    fault,
    name_of,
    one_line,
    shown,
)
from .matrix import ranks_of

_OPTION = re.compile(r"[\s/|\\]*Option\s+([0-9A-Z]{1,4})[\s>-]*:\s*(.*)\Z", re.IGNORECASE)
_VOTE = re.compile(r"\s*V:\s*(\S*)")
_RANKS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def read(source: Source, options: Options) -> Profile:
    """The profile that a tally sheet holds. Raises InputError, with the line, for what is none."""
    tally, names = Tally(source.name), list[Option]()
    known: dict[str, tuple[int, ...]] = {}
    number, begun = 0, False
    for number, text in source.lines():
        option = None if begun else _OPTION.match(text)
        if option is not None:
            if option[1].lstrip("0") not in (str(len(names) + 1), _RANKS[min(len(names) + 1, 35)]):
                raise fault(source.name, number, f"option {option[1]} after option {len(names)}")
            check_candidates(len(names) + 1, source.name, number)
            names.append(Option(name_of(option[2], source.name, number, f"the name of option {option[1]}")))
            continue
        vote = _VOTE.match(text)
        if vote is None:
            if begun and text.strip() and not text.lstrip().startswith(("-", "=", "#")):
                raise fault(source.name, number, f"{shown(text.strip())} is not a vote", "Such as: V: 21-3")
            continue
        begun = True
        if not names:
            raise _no_options(source.name, number)
        if vote[1] not in known:
            known[vote[1]] = _ranks(vote[1], len(names), tally, number)
        tally.add(known[vote[1]], 1, number)
    if not names:
        raise _no_options(source.name, number or 1)
    return tally.profile(names)


def _no_options(name: str, line: int) -> InputError:
    return fault(name, line, "the options are not named", "Before the votes, such as: Option 1---->: Jonathan Carter")


def _ranks(text: str, count: int, tally: Tally, line: int) -> tuple[int, ...]:
    """The marks of a vote."""
    if len(text) != count:
        raise fault(
            tally.name, line, f"{shown(text)} has {len(text)} ranks for {count} options", "One for each, - for none."
        )
    at: dict[int, list[int]] = {}
    for option, letter in enumerate(text.upper(), 1):
        if letter == "-":
            continue
        rank = _RANKS.find(letter)
        if rank < 1:
            raise fault(tally.name, line, f"{shown(letter)} is not a rank", "1 to 9, A to Z, or -")
        at.setdefault(rank, []).append(option)
    return tuple(tally.code(at[rank], line) if rank in at else SKIPPED for rank in range(1, max(at, default=0) + 1))


def write(profile: Profile, file: IO[str], name: str) -> None:
    """Write ``profile`` as a tally sheet, a line a ballot; without fingerprints, which only the secretary can give.

    The last option is Debian's default one: it is for the caller to have it there. Raises InputError for what a sheet
    has no room for.
    """
    target = "a tally sheet"
    check_one_a_row(profile, target)
    rows = ranks_of(profile, target, "csv")
    if profile.papers.shape[1] >= len(_RANKS) or len(profile.candidates) >= len(_RANKS):
        raise cannot_say(profile, target, f"more than {len(_RANKS) - 1} options or ranks", profile.total, "csv")
    for number, option in enumerate(profile.candidates, 1):
        file.write(f"Option {_RANKS[number]}----->: {one_line(option.name)}\n")
    for given, number in zip(rows, profile.number.tolist(), strict=True):
        line = "V: " + "".join(_RANKS[rank] if rank else "-" for rank in given) + "\n"
        for _ in range(number):
            file.write(line)


_LOOK = re.compile(rb"^[ \t/|\\]*Option[ \t]+1[ \t>-]*:", re.MULTILINE | re.IGNORECASE)
_LOOK_VOTE = re.compile(rb"^V:\s", re.MULTILINE)


def looks(head: bytes, name: str) -> bool:
    """Whether options and votes are written as Debian does."""
    # The letter first: it is not in most files of numbers, and one letter is found in no time.
    return b"Tally Sheet" in head[:2000] or (
        b"V" in head and _LOOK_VOTE.search(head) is not None and _LOOK.search(head) is not None
    )


FORMAT = Format(
    id="debian",
    name="Debian tally sheet",
    extensions=(".txt",),
    description="The votes of the Debian project: the rank of each option, a line a voter.",
    looks=looks,
    read=read,
    write=write,
)
