"""BLT: the format of Hill, Wichmann and Woodall (1987), in the dialects of OpenSTV, OpaVote, droop and OpenTally.

    4 2                     candidates, seats
    -2                      withdrawn candidates, if any
    3 1 3 4 0               a number of ballots, the candidates in order of preference, 0
    (B17) 1 2=3 - 4 0       an identifier; equal ranks; a rank left empty
    0                       the end of the ballots
    "Adam"                  the names
    ...
    "Title"

Read as well: numbers of ballots in decimals, ballots over several lines, comments (``# ...``, ``/* ... */``), commas
and blanks at the ends of lines, names without quotes, with quotes inside them or doubled, with a party after them, a
missing title, CRLF, a byte order mark, and droop's ``[nick ...]`` and ``[tie ...]``. Candidates stay numbers: two of
one name are two.

Plain lines are read by ``digits``, everything else here, line by line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import IO

import numpy as np
from numpy.typing import NDArray

from ..profile import END, SKIPPED, Option, Profile
from . import digits
from .base import (
    MAX_RANKS,
    Format,
    Options,
    Rows,
    Source,
    Tally,
    cannot_say,
    check_candidates,
    decoded,
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

CHUNK = 1 << 19
"""Bytes that are read at a time: what they become fits in the caches."""
SMALL = 1 << 18
"""Bytes below which merging equal lines first does not pay."""
_WAIT = 15
"""Pieces that are read line by line before merging equal lines first is tried again, when it did not pay."""
_REMEMBERED = 100_000
"""Unusual lines that are remembered, so that one that comes again is not read again."""
_AFTER_TITLE = 2
"""Strings after the title: Wichmann's programs add a source and a comment."""

_TOKEN = re.compile(r"[^\s,]+")
_MARK = re.compile(r"/\*|\*/|#")
_CLOSED = re.compile(r"/\*(?:[^*]|\*(?!/))*+\*/")
_WITHDRAWN = re.compile(r"-([0-9]{1,9})\Z")
_STRING = r'"(?:[^"\\]|\\.)*"'
_ONE = re.compile(rf"({_STRING})\s*(?:#.*)?\Z")
_MANY = re.compile(rf"({_STRING}(?:(?:\s*,\s*|\s+){_STRING})+)(?:\s*,)?\s*(?:#.*)?\Z")
_AFTER = re.compile(rf'({_STRING})(?:\s*,\s*|\s+)([^"]+)\Z')
"""A name in quotes, and a party without."""
_ESCAPED = re.compile(r'\\(["\\])')


# --- reading ------------------------------------------------------------------------------------------------


def read(source: Source, options: Options) -> Profile:
    """The profile that a BLT file holds. Raises InputError, with the line, for what is no BLT file."""
    careful = _Careful(source.name)
    for chunk in source.chunks(CHUNK):
        # What follows the ballots is read apart: without it, almost all files have nothing but plain ballots there.
        end = chunk.rfind(b"\n0\n") + 1
        if end:
            _chunk(careful, chunk[:end])
        _chunk(careful, chunk[end:])
    return careful.profile()


def _chunk(careful: _Careful, chunk: bytes) -> None:
    """Read the lines of ``chunk``: plain ballots all at once, the others by ``careful`` in their order."""
    at = 0
    while at < len(chunk) and not careful.between_ballots:
        stop = chunk.index(b"\n", at)
        careful.line(chunk[at:stop])
        at = stop + 1
    chunk = chunk[at:] if at else chunk
    if not chunk:
        return
    if len(chunk) >= SMALL and careful.merges():
        fewer = digits.merged_lines(chunk) if digits.worth_merging(chunk) else None
        if fewer is None:
            careful.wait = _WAIT
        else:
            lines = digits.numbered(fewer[0])
            good = digits.ballots(lines, careful.candidates)
            if good.all():
                papers, weight = digits.papers(lines, good, careful.candidates)
                careful.take(papers, weight * fewer[1], int(fewer[1].sum()))
                return
            careful.wait = _WAIT
    lines = digits.numbered(chunk)
    good = digits.ballots(lines, careful.candidates)
    odd = good.size - int(good.sum())
    if odd * 4 > good.size:  # blanks or commas at the end of every line
        trimmed = b"\n".join([line.rstrip(b" \t,") for line in chunk.split(b"\n")])
        if len(trimmed) < len(chunk):
            chunk, lines = trimmed, digits.numbered(trimmed)
            good = digits.ballots(lines, careful.candidates)
            odd = good.size - int(good.sum())
    before = careful.number
    if odd:
        _unusual(careful, chunk, lines, good)
    papers, weight = digits.papers(lines, good, careful.candidates)
    careful.number = before
    careful.take(papers, weight, good.size)


def _unusual(careful: _Careful, chunk: bytes, lines: digits.Numbered, good: NDArray[np.bool_]) -> None:
    """Have ``careful`` read the lines that are not ``good``, and those that belong to them, which are then not good."""
    before, done, count = careful.number, 0, good.size
    start, end = lines.start, lines.end
    for index in np.flatnonzero(~good).tolist():
        if index < done:
            continue
        careful.begun |= index > done
        careful.number, done = before + index, index
        careful.line(chunk[start[index] : end[index]])
        done += 1
        while done < count and not careful.between_ballots:
            good[done] = False
            careful.line(chunk[start[done] : end[done]])
            done += 1


@dataclass
class _Careful:
    """Reads a BLT file line by line, knows every dialect, and gives the line of a fault.

    ``number``: the line that was read last. ``begun``: a ballot was read, hence no candidate can withdraw any more.
    """

    name: str
    number: int = 0
    candidates: int = 0
    seats: int = 0
    begun: bool = False
    wait: int = 0
    tally: Tally = field(init=False)
    phase: str = "candidates"
    withdrawn: set[int] = field(default_factory=set)
    nicks: dict[str, int] = field(default_factory=dict)
    comment: int = 0
    marks: list[int] | None = None
    weight: int = 0
    began: int = 0
    bracket: list[str] | None = None
    opened: int = 0
    strings: list[tuple[int, list[str]]] = field(default_factory=list)
    known: dict[bytes, tuple[tuple[int, ...], int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.tally = Tally(self.name)

    @property
    def between_ballots(self) -> bool:
        """Whether the next line may be a plain ballot and mean what it seems to."""
        return (
            self.phase == "ballots" and self.marks is None and self.bracket is None and not (self.comment or self.nicks)
        )

    def merges(self) -> bool:
        """Whether to try merging equal lines, this time."""
        self.wait = max(0, self.wait - 1)
        return self.wait == 0

    def take(self, papers: Rows, weight: NDArray[np.int64], lines: int) -> None:
        """Count plain ballots that were read elsewhere, out of so many ``lines``."""
        self.begun |= papers.shape[0] > 0
        self.tally.add_rows(papers, weight, self.number + 1)
        self.number += lines

    def fault(self, message: str, hint: str | None = None, line: int | None = None) -> Exception:
        """What is wrong in the line that was read last."""
        return fault(self.name, line or self.number, message, hint)

    def line(self, raw: bytes) -> None:
        """Read a line."""
        self.number += 1
        if self.phase == "names":
            self._names(decoded(raw))
            return
        if self.between_ballots and raw in self.known:
            self.tally.add(*self.known[raw], self.number)
            return
        clean, scale = self.between_ballots and self.begun, self.tally.scale
        self.last: tuple[tuple[int, ...], int] | None = None
        ballots = self._tokens(decoded(raw))
        if self.tally.scale != scale:  # what is remembered is in units that are no longer in use
            self.known.clear()
        if clean and ballots == 1 and self.last and self.between_ballots and len(self.known) < _REMEMBERED:
            self.known[raw] = self.last

    # --- numbers ---

    def _uncommented(self, text: str) -> str:
        """``text`` without comments; those of ``/* */`` may hold one another and go on over lines."""
        if not self.comment and "#" not in text and "/*" not in text:
            return text
        out, at = [], 0
        for match in _MARK.finditer(text):
            if match.start() < at:
                continue
            if not self.comment:
                out.append(text[at : match.start()])
                if match[0] == "#":
                    return "".join(out)
            if match[0] != "#":
                self.comment = max(0, self.comment + (1 if match[0] == "/*" else -1))
                out.append(" ")
            at = match.end()
        return "".join(out) if self.comment else "".join([*out, text[at:]])

    def _tokens(self, text: str) -> int:
        """Read the numbers of a line; how many ballots ended in it."""
        quote = -1 if self.comment else text.find('"')
        if quote >= 0:
            plain = self._uncommented(text[:quote])
            text = plain if self.comment or "#" in _CLOSED.sub("", text[:quote]) else plain + text[quote:]
        else:
            text = self._uncommented(text)
        if "=" in text:
            text = "=".join(part.strip() for part in text.split("="))
        ended = 0
        for match in _TOKEN.finditer(text):
            token = match[0]
            if self.bracket is not None:
                self.bracket.append(token)
                if token.endswith(("]", ")")):
                    self._bracket(self.bracket)
            elif token[0] in "([" and not (token[0] == "[" and self.marks is not None):
                self.bracket, self.opened = [token], self.number
                if token.endswith(("]", ")")):
                    self._bracket(self.bracket)
            elif token[0] == '"':
                self._early_name()
            elif self.phase != "ballots":
                self._heading(token)
            elif self.marks is None:
                if not self._start(token):
                    self._end_of_ballots(text[match.end() :])
                    break
            elif whole(token) == 0:
                self._ballot()
                ended += 1
            else:
                self._mark(token)
        return ended

    def _early_name(self) -> None:
        if self.phase != "ballots":
            raise self.fault(
                "a name before the numbers of candidates and of seats", "The first line is these two, such as: 5 1"
            )
        if self.marks is not None:
            raise self.fault(
                f"a name inside the ballot that begins in line {self.began}", "Each ballot must end with 0."
            )
        raise self.fault(
            "a name among the ballots", "A line with a single 0 must stand between the ballots and the names."
        )

    def _heading(self, token: str) -> None:
        number = whole(token)
        if number is None:
            what = "candidates" if self.phase == "candidates" else "seats"
            raise self.fault(
                f"{shown(token)} is not the number of {what}",
                "A BLT file begins with the numbers of candidates and of seats, such as: 5 1",
            )
        if self.phase == "candidates":
            self.candidates, self.phase = check_candidates(number, self.name, self.number), "seats"
        else:
            self.seats, self.phase = seats_of(token, self.name, self.number), "ballots"

    def _bracket(self, tokens: list[str]) -> None:
        """What stood in brackets: an identifier of a ballot, equal ranks as Hill writes them, or an option of droop."""
        self.bracket = None
        inside = [part for part in re.split(r"\s+", " ".join(tokens)[1:-1]) if part]
        if tokens[0][0] == "(":
            if self.phase != "ballots":
                raise self.fault("an identifier before the numbers of candidates and of seats")
            if self.marks is not None:
                self.marks.append(self.tally.code([self._candidate(part) for part in inside], self.number))
            return
        kind = inside[0].lower() if inside else ""
        if self.begun or self.phase != "ballots" or kind not in ("nick", "tie", "droop"):
            raise self.fault(f"{shown(' '.join(tokens))} is no option that stands here")
        if kind == "nick":
            names = inside[1:]
            if len(names) != self.candidates or len(set(names)) != len(names) or "0" in names:
                raise self.fault(
                    f"{len(names)} short names for {self.candidates} candidates", "One for each, all different, none 0."
                )
            self.nicks = {nick: index for index, nick in enumerate(names, 1)}

    def _start(self, token: str) -> bool:
        """The first number of a ballot, or a withdrawn candidate; False at the end of the ballots."""
        gone = _WITHDRAWN.match(token)
        if gone is not None:
            if self.begun:
                raise self.fault(
                    f"{shown(token)} ballots",
                    "A number of ballots is above 0; withdrawn candidates stand before the first ballot.",
                )
            if not 1 <= int(gone[1]) <= self.candidates:
                raise self.fault(f"candidate {gone[1]} of {self.candidates} withdrew", self._numbers())
            self.withdrawn.add(int(gone[1]))
            return True
        weight = weight_of(token, self.tally, self.number)
        if weight is None:
            raise self.fault(f"{shown(token)} is not a number of ballots", "A ballot is written as: 1 3 2 0")
        if weight == 0:
            if whole(token) == 0:
                return False
            raise self.fault(f"{shown(token)} is no number of ballots", "It must be above 0.")
        self.weight, self.marks, self.began, self.begun = weight, [], self.number, True
        return True

    def _numbers(self) -> str:
        return f"Candidates are numbered from 1 to {self.candidates}."

    def _candidate(self, token: str) -> int:
        number = self.nicks.get(token) or whole(token)
        if number is None:
            raise self.fault(f"{shown(token)} is not the number of a candidate", self._numbers())
        if not 1 <= number <= self.candidates:
            raise self.fault(f"candidate {number} of {self.candidates}", self._numbers())
        return number

    def _mark(self, token: str) -> None:
        """A rank of the ballot that is being read."""
        assert self.marks is not None
        if token == "-":
            mark = SKIPPED
        elif "=" in token:
            mark = self.tally.code([self._candidate(part) for part in token.split("=")], self.number)
        else:
            mark = self._candidate(token)
            if self.number != self.began and mark in self.marks:
                raise self.fault(
                    f"the ballot goes on to line {self.number}, where candidate {mark} comes a second time",
                    "Each ballot must end with 0.",
                    self.began,
                )
        self.marks.append(mark)
        if len(self.marks) > MAX_RANKS:
            raise self.fault(f"a ballot with more than {MAX_RANKS} ranks", "Each ballot must end with 0.", self.began)

    def _ballot(self) -> None:
        assert self.marks is not None
        self.last = (tuple(self.marks), self.weight)
        self.tally.add(*self.last, self.number)
        self.marks = None

    def _end_of_ballots(self, rest: str) -> None:
        self.phase = "names"
        if _TOKEN.search(rest) and not rest.lstrip(" \t,").startswith('"'):
            raise self.fault(
                "a number of ballots that is 0, or something after the 0 that ends the ballots",
                "That 0 stands alone in its line.",
            )
        self._names(rest)

    # --- names ---

    def _names(self, text: str) -> None:
        """Keep the strings of a line after the ballots."""
        if self.comment or text.lstrip().startswith("/*"):
            text = self._uncommented(text)
        plain = text.strip(" \t\x1a\f\v\xa0").rstrip(", \t")
        if not plain or plain.startswith("#"):
            return
        self.strings.append((self.number, self._strings(plain)))
        if len(self.strings) > self.candidates + 1 + _AFTER_TITLE:
            raise self.fault(
                f"more lines than {self.candidates} names and a title",
                "Is the number of candidates in the first line right?",
            )

    def _strings(self, text: str) -> list[str]:
        if text[0] in "\u201c\u201d" and text[-1] in "\u201c\u201d" and len(text) > 1:
            return [text[1:-1]]
        if text[0] != '"':
            return [text]
        one = _ONE.match(text)
        if one is not None:
            return [_ESCAPED.sub(r"\1", one[1][1:-1])]
        many = _MANY.match(text)
        if many is not None:
            return [_ESCAPED.sub(r"\1", string[1:-1]) for string in re.findall(_STRING, many[1])]
        after = _AFTER.match(text)
        if after is not None and not after[2].startswith("#"):
            return [_ESCAPED.sub(r"\1", after[1][1:-1]), after[2].strip()]
        last = text.rfind('"')
        if last == 0 or (text[last + 1 :].strip() and not text[last + 1 :].lstrip().startswith("#")):
            raise self.fault(f"a name whose quotes are not closed: {shown(text)}", 'A name is written as: "Ann Smith"')
        return [text[1:last].replace('""', '"')]

    def profile(self) -> Profile:
        """What was read, when the file has ended."""
        if self.phase in ("candidates", "seats"):
            raise self.fault(
                "the file is empty" if not self.candidates else "the file ends after the number of candidates",
                "A BLT file begins with the numbers of candidates and of seats, such as: 5 1",
                max(1, self.number),
            )
        if self.comment:
            raise self.fault("the file ends within a comment", "/* must be closed by */.")
        if self.bracket is not None:
            raise self.fault("the bracket that is opened here is not closed", line=self.opened)
        if self.marks is not None:
            raise self.fault(
                "the file ends within the ballot that begins here", "Each ballot must end with 0.", self.began
            )
        if self.phase == "ballots":
            raise self.fault(
                "the file ends among the ballots", "After them stand a line with a single 0, the names and the title."
            )
        options, rest = self._options()
        line, title = rest[0] if rest else (self.number, "")
        return self.tally.profile(options, seats=self.seats, title=title_of(title, self.name, line))

    def _options(self) -> tuple[list[Option], list[tuple[int, str]]]:
        """The candidates, and what stands after them."""
        count = self.candidates
        in_lines = [len(strings) for _, strings in self.strings]
        alike = len(in_lines) >= count and set(in_lines[:count]) in ({1}, {2})
        a_line_each = alike or (len(in_lines) in (count, count + 1) and max(in_lines) > 1)
        parties: list[str | None] = [None] * count
        if a_line_each:  # a name and a party in one line
            flat = [(line, strings[0]) for line, strings in self.strings]
            parties = [strings[1].strip() or None if len(strings) > 1 else None for _, strings in self.strings[:count]]
        else:
            flat = [(line, string) for line, strings in self.strings for string in strings]
        if len(flat) < count:
            raise self.fault(
                f"{count} candidates, but {len(flat)} names", "A name for each, in the order of their numbers."
            )
        if len(flat) > count + 1 + _AFTER_TITLE:
            raise self.fault(f"{count} candidates, but {len(flat)} names", "A name for each, then the title.")
        options = [
            Option(name_of(string, self.name, line), party=party, withdrawn=number in self.withdrawn)
            for number, ((line, string), party) in enumerate(zip(flat[:count], parties, strict=True), 1)
        ]
        return options, flat[count:]


# --- writing ------------------------------------------------------------------------------------------------


def write(profile: Profile, file: IO[str], name: str) -> None:
    """Write ``profile`` without parties and write-ins; a number of seats that is not known is written as 1."""
    unknown = [index for index, group in enumerate(profile.sets) if not group]
    if unknown:
        mark = -2 - unknown[0]
        number = int(profile.number[(profile.papers == mark).any(axis=1)].sum())
        raise cannot_say(profile, "BLT", "that several were marked without saying who", number, "csv")
    file.write(f"{len(profile.candidates)} {profile.seats or 1}\n")
    withdrawn = [f"-{number}" for number, option in enumerate(profile.candidates, 1) if option.withdrawn]
    if withdrawn:
        file.write(" ".join(withdrawn) + "\n")
    text = {END: "0", SKIPPED: "-"}
    text |= {number: str(number) for number in range(1, len(profile.candidates) + 1)}
    text |= {-2 - index: "=".join(map(str, group)) for index, group in enumerate(profile.sets)}
    for row, number in zip(profile.papers.tolist(), profile.number.tolist(), strict=True):
        marks = row[: row.index(END)] if row and row[-1] == END else row
        file.write(" ".join([number_text(number, profile.scale), *(text[mark] for mark in marks), "0\n"]))
    file.write("0\n")
    for option in profile.candidates:
        file.write(f"{_quoted(option.name)}\n")
    if profile.title:
        file.write(f"{_quoted(profile.title)}\n")


def _quoted(text: str) -> str:
    return '"' + one_line(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


_HEADING = re.compile(
    rb"[\s,]*+(?:(?:#[^\n]*+|/\*(?:[^*]|\*(?!/))*+\*/)[\s,]*+)*+[0-9]++[\s,]++[0-9]++[ \t,\r]*+(?:[#/\n\[(-]|\Z)"
)


def looks(head: bytes, name: str) -> bool:
    """Whether the first line is two numbers."""
    return (
        not name.lower().endswith((".csv", ".tsv")) and _HEADING.match(head.removeprefix(b"\xef\xbb\xbf")) is not None
    )


FORMAT = Format(
    id="blt",
    name="BLT",
    extensions=(".blt",),
    description="Ballots as lines of numbers, then the names: OpenSTV, OpaVote, droop and most STV programs.",
    looks=looks,
    read=read,
    write=write,
    withdrawn=True,
    by_name=True,
)
