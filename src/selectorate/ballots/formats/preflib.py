"""PrefLib: strict and weak orders, complete or not (soc, soi, toc, toi), and categories (cat).

    # TITLE: 2009 Burlington Mayoral Election
    # NUMBER ALTERNATIVES: 6
    # ALTERNATIVE NAME 1: Bob Kiss
    ...
    840: 5                  a number of ballots, then the candidates in order
    1: 3,{1,4},2            braces for those at one rank; {} for a rank left empty

In a file of two categories (yes and no, as approval ballots have) those of the first stand at the first rank, and
those of the second are not marked. With more categories each is a rank. What these files call "unique orders" and
"voters" is checked, so that a file that was cut short is found out.

Until 2022 the heading had no signs: the number of alternatives, a line ``1,Bob Kiss`` for each, a line of three numbers
(voters, their sum, unique orders), and then orders with a comma after the number of ballots.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import IO

from ..profile import END, MAX_CANDIDATES, SKIPPED, Option, Profile
from .base import (
    Format,
    Options,
    Source,
    Tally,
    cannot_say,
    check_candidates,
    fault,
    name_of,
    number_text,
    one_line,
    seats_of,
    shown,
    title_of,
    weight_of,
    whole,
)

_RANK = re.compile(r"\s*(?:([0-9]{1,9})|\{([0-9,\s]*)\})\s*(,|\Z)")
_REMEMBERED = 100_000
"""Lines that are remembered, so that one that comes again is not read again."""


class _Heading:
    """What the lines that begin with # say."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.title = ""
        self.kind = ""
        self.seats: int | None = None
        self.names: dict[int, Option] = {}
        self.numbers: dict[str, tuple[int, int]] = {}
        self.withdrawn: set[int] = set()

    def line(self, text: str, line: int) -> None:
        """Read a line; what is not known is passed over."""
        key, colon, value = text.removeprefix("#").partition(":")
        key = key.strip()
        if not colon:
            return
        if key.startswith("ALTERNATIVE NAME "):
            number = whole(key.removeprefix("ALTERNATIVE NAME ").strip()) or 0
            if not 1 <= number <= MAX_CANDIDATES:
                raise fault(self.name, line, f"alternative {number}", f"They are numbered from 1 to {MAX_CANDIDATES}.")
            if number in self.names:
                raise fault(self.name, line, f"a second name for alternative {number}")
            self.names[number] = Option(name_of(value, self.name, line, f"the name of alternative {number}"))
        elif key == "TITLE":
            self.title = title_of(value, self.name, line)
        elif key == "DATA TYPE":
            self.kind = value.strip().lower()
        elif key == "NUMBER SEATS":
            self.seats = seats_of(value.strip(), self.name, line)
        elif key.startswith("NUMBER "):
            number_given = whole(value.strip())
            if number_given is None:
                raise fault(self.name, line, f"{shown(value)} is not a number")
            self.numbers[key.removeprefix("NUMBER ")] = number_given, line

    def candidates(self) -> list[Option]:
        """The alternatives, in the order of their numbers. Raises InputError if there are gaps."""
        count, line = self.numbers.get("ALTERNATIVES", (len(self.names), 1))
        check_candidates(count, self.name, line)
        for number in range(1, count + 1):
            if number not in self.names:
                raise fault(self.name, line, f"{count} alternatives, but number {number} has no name")
        if len(self.names) > count:
            raise fault(self.name, line, f"{count} alternatives, but {len(self.names)} names")
        return [self.names[number] for number in range(1, count + 1)]


def read(source: Source, options: Options) -> Profile:
    """The profile that a PrefLib file holds. Raises InputError, with the line, for what is none."""
    heading, tally = _Heading(source.name), Tally(source.name)
    candidates: list[Option] | None = None
    known: dict[str, tuple[list[int], int]] = {}
    orders, number, kind, former = 0, 1, "", False
    lines = source.lines()
    for number, text in lines:
        if candidates is None and not heading.names and whole(text.strip()) is not None:
            _former(heading, text, number, lines)
            former = True
            continue
        if text.startswith("#"):
            if candidates is None:
                heading.line(text.rstrip(), number)
            continue
        if not text.strip():
            continue
        if candidates is None:
            candidates = heading.candidates()
            kind = heading.kind or source.name.rpartition(".")[2].lower()
        if former:
            text = text.replace(",", ":", 1)
        orders += 1
        scale = tally.scale
        if text not in known:
            paper = _order(text, kind, heading, candidates, tally, number)
            if tally.scale != scale or len(known) > _REMEMBERED:
                known.clear()
            known[text] = paper
        tally.add(*known[text], number)
    if candidates is None:
        candidates = heading.candidates()
    for key, found in (("VOTERS", tally.total), ("UNIQUE ORDERS", orders), ("UNIQUE PREFERENCES", orders)):
        given = heading.numbers.get(key)
        if given is not None and given[0] != found and (tally.scale == 1 or key != "VOTERS"):
            raise fault(
                source.name,
                given[1],
                f"the file says {given[0]} {key.lower()}, and has {found}",
                "Is it complete?",
            )
    return tally.profile(candidates, seats=heading.seats, title=heading.title)


def _former(heading: _Heading, text: str, line: int, lines: Iterator[tuple[int, str]]) -> None:
    """Read a heading as it was until 2022; ``text`` is its first line."""
    count = check_candidates(whole(text.strip()) or 0, heading.name, line)
    for number in range(1, count + 1):
        line, text = next(lines, (line, ""))
        given, _, who = text.partition(",")
        if whole(given.strip()) != number:
            raise fault(
                heading.name,
                line,
                f"{shown(text.strip())} does not name alternative {number}",
                f"Such as: {number},Ann",
            )
        heading.names[number] = Option(name_of(who, heading.name, line, f"the name of alternative {number}"))
    heading.numbers["ALTERNATIVES"] = count, line
    line, text = next(lines, (line, ""))
    numbers = [whole(part.strip()) for part in text.split(",")]
    if len(numbers) != 3 or None in numbers:
        raise fault(
            heading.name,
            line,
            f"{shown(text.strip())} is not three numbers",
            "Of voters, of ballots, of different ones.",
        )
    heading.numbers |= {"VOTERS": (numbers[1] or 0, line), "UNIQUE ORDERS": (numbers[2] or 0, line)}


def _order(
    text: str, kind: str, heading: _Heading, candidates: Sequence[Option], tally: Tally, line: int
) -> tuple[list[int], int]:
    """The marks of a line of a number of ballots and an order, and that number."""
    count, colon, order = text.partition(":")
    weight = weight_of(count.strip(), tally, line) if colon else None
    if weight is None or weight == 0:
        raise fault(
            tally.name,
            line,
            f"{shown(text.strip())} is not a number of ballots, a colon and an order",
            "Such as: 34: 2,1,3",
        )
    ranks: list[list[int]] = []
    at, order = 0, order.rstrip()
    while at < len(order) and order.strip():
        match = _RANK.match(order, at)
        if match is None or (match[3] == "," and match.end() == len(order)):
            raise fault(tally.name, line, f"{shown(order[at:].strip())} is not an order", "Such as: 2,{1,4},3")
        group = [match[1]] if match[1] is not None else [part.strip() for part in match[2].split(",")]
        if match[1] is None and not match[2].strip():
            group = []
        ranks.append([_candidate(part, candidates, tally.name, line) for part in group])
        at = match.end()
    if kind in ("soc", "soi") and any(len(group) > 1 for group in ranks):
        raise fault(
            tally.name, line, f"several at one rank in a file of strict orders ({kind})", "Name it .toi or .toc."
        )
    if kind == "cat":
        categories, given = heading.numbers.get("CATEGORIES", (2, 1))
        if len(ranks) > categories:
            raise fault(tally.name, line, f"{len(ranks)} categories, where line {given} says {categories}")
        if categories == 2:
            ranks = ranks[:1]
    return [tally.code(group, line) if group else SKIPPED for group in ranks], weight


def _candidate(part: str, candidates: Sequence[Option], name: str, line: int) -> int:
    number = whole(part)
    if number is None or not 1 <= number <= len(candidates):
        raise fault(name, line, f"alternative {part or 'without a number'} of {len(candidates)}")
    return number


# --- writing ------------------------------------------------------------------------------------------------


def write_orders(profile: Profile, file: IO[str], name: str) -> None:
    """Write ``profile`` as the narrowest of soc, soi, toc and toi that holds it."""
    _write(profile, file, name, kind_of(profile))


def write_categories(profile: Profile, file: IO[str], name: str) -> None:
    """Write ``profile`` as approval ballots: who is marked at the first rank, and the others."""
    ranked = profile.papers.shape[1] > 1 and (profile.papers[:, 1:] != END).any(axis=1)
    number = int(profile.number[ranked].sum()) if profile.papers.shape[1] > 1 else 0
    if number:
        raise cannot_say(profile, "PrefLib's categories", "a second preference", number, "preflib")
    _write(profile, file, name, "cat")


def kind_of(profile: Profile) -> str:
    """The narrowest kind of PrefLib file that holds ``profile``: soc, soi, toc or toi."""
    ties = bool((profile.papers < SKIPPED).any())
    everybody = all(
        sum(1 if mark > 0 else len(profile.sets[-2 - mark]) for mark in row if mark != END and mark != SKIPPED)
        == len(profile.candidates)
        and SKIPPED not in row
        for row in profile.papers.tolist()
    )
    return ("to" if ties else "so") + ("c" if everybody else "i")


def _write(profile: Profile, file: IO[str], name: str, kind: str) -> None:
    for index, group in enumerate(profile.sets):
        if not group:
            number = int(profile.number[(profile.papers == -2 - index).any(axis=1)].sum())
            raise cannot_say(profile, "PrefLib", "that several were marked without saying who", number, "csv")
    orders = "PREFERENCES" if kind == "cat" else "ORDERS"
    heading = {
        "FILE NAME": name,
        "TITLE": one_line(profile.title),
        "DESCRIPTION": "",
        "DATA TYPE": kind,
        "MODIFICATION TYPE": "original",
        "NUMBER ALTERNATIVES": len(profile.candidates),
        "NUMBER VOTERS": number_text(profile.total, profile.scale),
        f"NUMBER UNIQUE {orders}": len(profile.number),
    }
    if profile.scale != 1:
        del heading["NUMBER VOTERS"]
    if profile.seats is not None:
        heading["NUMBER SEATS"] = profile.seats
    if kind == "cat":
        heading |= {"NUMBER CATEGORIES": 2, "CATEGORY NAME 1": "Yes", "CATEGORY NAME 2": "No"}
    for index, option in enumerate(profile.candidates, 1):
        heading[f"ALTERNATIVE NAME {index}"] = one_line(option.name)
    for key, value in heading.items():
        file.write(f"# {key}: {value}".rstrip() + "\n")
    everybody = range(1, len(profile.candidates) + 1)
    text = {number: str(number) for number in everybody} | {SKIPPED: "{}"}
    text |= {-2 - index: "{" + ",".join(map(str, group)) + "}" for index, group in enumerate(profile.sets)}
    for row, number in zip(profile.papers.tolist(), profile.number.tolist(), strict=True):
        marks = [mark for mark in row if mark != END]
        if kind == "cat":
            yes = [] if not marks else [marks[0]] if marks[0] > 0 else list(profile.sets[-2 - marks[0]])
            no = [candidate for candidate in everybody if candidate not in yes]
            order = ",".join("{" + ",".join(map(str, group)) + "}" for group in (yes, no))
        else:
            order = ",".join(text[mark] for mark in marks) or "{}"
        file.write(f"{number_text(number, profile.scale)}: {order}\n")


_HEAD = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s*(?:#[^\n]*\n\s*)*#\s*(?:FILE NAME|DATA TYPE|NUMBER ALTERNATIVES|ALTERNATIVE NAME)"
)


def looks(head: bytes, name: str) -> bool:
    """Whether it begins with lines that only PrefLib has, and is an order."""
    return _HEAD.match(head) is not None and not _is_categories(head, name)


def looks_categories(head: bytes, name: str) -> bool:
    """Whether it begins with lines that only PrefLib has, and is categories."""
    return _HEAD.match(head) is not None and _is_categories(head, name)


def _is_categories(head: bytes, name: str) -> bool:
    return re.search(rb"#\s*DATA TYPE:\s*cat\b", head) is not None or (
        b"DATA TYPE" not in head and name.lower().endswith(".cat")
    )


ORDERS = Format(
    id="preflib",
    name="PrefLib orders",
    extensions=(".soc", ".soi", ".toc", ".toi"),
    description="Orders of preference, strict or with ties, complete or not: the data sets of preflib.org.",
    looks=looks,
    read=read,
    write=write_orders,
    by_name=True,
)
CATEGORIES = Format(
    id="preflib-cat",
    name="PrefLib categories",
    extensions=(".cat",),
    description="Candidates sorted into categories, as in approval voting: the data sets of preflib.org.",
    looks=looks_categories,
    read=read,
    write=write_categories,
    by_name=True,
)
