"""RCTab's configurations: which files of ballots make a contest, who the candidates are, and how it is counted.

``read`` gives the ballots of all files, with the candidates in the order of the configuration. ``load`` gives the
rules as well, word for word; what they mean is for those who count. Sources are ES&S workbooks, CDF (JSON), Clear
Ballot CSV and generic CSV; the others are refused by name.

A configuration names files. Only those in its own folder, or in the folder around that, are opened.

What is written is two files: generic CSV, and the configuration that names it. Of rules it has only what a profile
says, the number of winners: how ties are broken and what an over-vote means is for those who count to fill in.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from typing import IO

import numpy as np

from ...errors import InputError, Where
from ..profile import END, MAX_CANDIDATES, SKIPPED, Option, Profile
from . import cdf, clearballot, ess, table
from .base import (
    Format,
    Options,
    Reader,
    Source,
    Tally,
    check_encoding,
    fault,
    name_of,
    one_line,
    shown,
    title_of,
    whole,
)
from .cells import WRITE_IN

UNDECLARED = "Undeclared Write-ins"
"""What RCTab calls all that voters wrote and nobody declared."""
MAX_CONFIGURATION = 16 << 20
"""Bytes of a configuration."""
MAX_SOURCES = 10_000
"""Files of ballots of one contest: one for each precinct of a large state."""

READERS: dict[str, Reader] = {
    "ess": ess.read,
    "cdf": cdf.read,
    "clearballot": clearballot.read,
    "genericcsv": table.read_columns,
}
"""By provider, in small letters."""
_FORMERLY = {"es&s": "ess", "clear ballot": "clearballot"}
"""What versions before 1.2 called them."""


@dataclass(frozen=True, eq=False)
class Configuration:
    """A contest as RCTab is told of it.

    ``rules``: its rules as they stand there, numbers and all as text or bool. ``jurisdiction``, ``office``, ``date``:
    what its reports say of the contest, besides the title.
    """

    profile: Profile
    title: str
    rules: Mapping[str, str | bool]
    jurisdiction: str = ""
    office: str = ""
    date: str = ""


def load(source: Source, options: Options) -> Configuration:
    """The configuration and its ballots. Raises InputError for what cannot be read."""
    name = source.name
    document = _object(_parsed(source), "the configuration", name)
    output = _object(document.get("outputSettings", {}), "outputSettings", name)
    title = title_of(str(output.get("contestName") or ""), name, None)
    rules = {
        key: value if isinstance(value, bool) else str(value)
        for key, value in _object(document.get("rules", {}), "rules", name).items()
        if isinstance(value, bool | str | int)
    }
    candidates, number_of = _candidates(document, name)
    sources = _list(document.get("cvrFileSources"), "cvrFileSources", name)
    if not sources:
        raise fault(name, None, "no files of ballots", key="cvrFileSources")
    tally = Tally(name)
    write_in, declared = 0, len(candidates)
    for index, item in enumerate(sources):
        key = f"cvrFileSources[{index + 1}]"
        profile, uninvited = _ballots(item, rules, declared, source, options, key)
        if uninvited and not write_in:
            candidates.append(Option(UNDECLARED, write_in=True))
            write_in = len(candidates)
        _align(profile, number_of, write_in, tally, key)
    seats = whole(str(rules.get("numberOfWinners", "")))
    seats = seats if seats is not None and 1 <= seats <= MAX_CANDIDATES else None
    said = [one_line(str(output.get(f"contest{key}") or "")) for key in ("Jurisdiction", "Office", "Date")]
    return Configuration(tally.profile(candidates, seats=seats, title=title), title, rules, *said)


def read(source: Source, options: Options) -> Profile:
    """The ballots of a configuration."""
    return load(source, options).profile


# --- the parts of a configuration ----------------------------------------------------------------------------


def _parsed(source: Source) -> object:
    raw = source.head(MAX_CONFIGURATION + 1)
    check_encoding(raw, source.name)
    if len(raw) > MAX_CONFIGURATION:
        raise fault(source.name, None, f"a configuration of more than {MAX_CONFIGURATION} bytes")
    try:
        return json.loads(raw.decode("utf-8-sig"), parse_float=str)
    except UnicodeDecodeError:
        raise fault(source.name, None, "the file is not UTF-8, as JSON must be") from None
    except json.JSONDecodeError as error:
        raise fault(source.name, error.lineno, f"this is not JSON: {error.msg}", "Is the file complete?") from None
    except (RecursionError, ValueError):
        raise fault(source.name, None, "this is not JSON that can be read") from None


def _object(value: object, what: str, name: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise fault(name, None, f"{what} is not an object", "This is the file that RCTab saves as a configuration.")
    return value


def _list(value: object, what: str, name: str) -> list[dict[str, object]]:
    if not isinstance(value, list) or len(value) > max(MAX_CANDIDATES, MAX_SOURCES):
        raise fault(name, None, f"{what} is not a list", "This is the file that RCTab saves as a configuration.")
    return [_object(item, f"{what}[{index}]", name) for index, item in enumerate(value, 1)]


def _candidates(document: Mapping[str, object], name: str) -> tuple[list[Option], dict[str, int]]:
    """The candidates, and the number of each by name, alias and code. Two of one name are refused."""
    candidates: list[Option] = []
    number_of: dict[str, int] = {}
    for item in _list(document.get("candidates"), "candidates", name):
        who = name_of(str(item.get("name") or ""), name, None)
        candidates.append(Option(who, withdrawn=item.get("excluded") is True))
        aliases = item.get("aliases") if isinstance(item.get("aliases"), list) else []
        assert isinstance(aliases, list)
        for label in {who, str(item.get("code") or ""), *map(str, aliases)}:
            if not label.strip():
                continue
            if label.strip() in number_of:
                raise fault(
                    name,
                    None,
                    f"{shown(label)} is the name of two candidates",
                    "In these files only names tell candidates apart: give one another.",
                    key=f"candidates[{len(candidates)}]",
                )
            number_of[label.strip()] = len(candidates)
    if not candidates:
        raise fault(name, None, "there are no candidates", key="candidates")
    return candidates, number_of


def _ballots(
    item: Mapping[str, object],
    rules: Mapping[str, str | bool],
    candidates: int,
    source: Source,
    options: Options,
    key: str,
) -> tuple[Profile, bool]:
    """The ballots of one file, and whether it may have votes for undeclared write-ins."""
    provider = str(item.get("provider") or "")
    known = _FORMERLY.get(provider.lower(), provider.lower())
    reader = READERS.get(known)
    if reader is None:
        raise fault(
            source.name, None, f"files of {shown(provider)} cannot be read", f"Of these: {', '.join(READERS)}.", key=key
        )
    path = _path(str(item.get("filePath") or ""), source, options, key)
    most = whole(str(rules.get("maxRankingsAllowed", "max")))
    if item.get("blankInterpretation"):
        raise fault(source.name, None, "blankInterpretation is of a later RCTab than 2.0 and not understood", key=key)
    # Before version 1.3 labels were told once, for all files.
    blank = True in (item.get("treatBlankAsUndeclaredWriteIn"), rules.get("treatBlankAsUndeclaredWriteIn"))

    def text(*names: str) -> str:
        told = (str(value) for value in map(item.get, names) if isinstance(value, str | int))
        former = (str(rules[name]) for name in names if name.endswith("Label") and name in rules)
        return next((value for value in (*told, *former) if value.strip()), "")

    write_in = text("undeclaredWriteInLabel")
    told = Options(
        contest=text("contestId") or None,
        overvote=text("overvoteLabel"),
        skipped=text("skippedRankLabel", "undervoteLabel"),
        write_in=write_in or (UNDECLARED if blank else ""),
        delimiter=text("overvoteDelimiter"),
        first_column=whole(text("firstVoteColumnIndex")) or None,
        first_row=whole(text("firstVoteRowIndex")) or None,
        ranks=(most or candidates) if known == "ess" else None,
        id_column=(whole(text("idColumnIndex")) or None) if known == "ess" else None,
        blank_is_write_in=blank,
        current=True,
    )
    where = Source.of(path, str(PurePosixPath(source.name).parent / str(item["filePath"])))
    profile = reader(where, told)
    longest = int((profile.papers != END).any(axis=0).sum())
    if most and longest > most:
        raise fault(where.name, None, f"a ballot has {longest} ranks, and maxRankingsAllowed is {most}", key=key)
    return profile, blank or bool(write_in)


def _path(text: str, source: Source, options: Options, key: str) -> Path:
    """Where a file of ballots is. Raises InputError if it is not near the configuration."""
    if source.path is None:
        raise fault(source.name, None, "a configuration needs the files that it names: give it as a path", key=key)
    if not text:
        raise fault(source.name, None, "no file is named", key=f"{key}.filePath")
    if "\0" in text or PurePosixPath(text).is_absolute() or PureWindowsPath(text).drive or text.startswith("\\"):
        raise fault(
            source.name,
            None,
            f"{shown(text)} is not a path from here",
            "Beside the configuration, such as: cvr.xlsx",
            key=key,
        )
    here = source.path.parent.resolve()
    allowed = (options.folder or here.parent).resolve()
    path = here / text.replace("\\", "/")
    if not path.resolve().is_relative_to(allowed):
        raise fault(
            source.name,
            None,
            f"{shown(text)} is outside the folders that are read",
            "Put it beside the configuration.",
            key=key,
        )
    return path


def _align(profile: Profile, number_of: Mapping[str, int], write_in: int, tally: Tally, key: str) -> None:
    """Count the ballots of a file with the candidates of the configuration."""
    numbers: list[int] = [0]
    used = _used(profile)
    for index, option in enumerate(profile.candidates, 1):
        number = number_of.get(option.name, 0)
        if not number and option.write_in and write_in:
            number = write_in
        if not number and index in used:
            raise fault(
                tally.name,
                None,
                f"{shown(option.name)} has votes and is not a candidate",
                "Add the name, or make it an alias.",
                key=key,
            )
        numbers.append(number)
    codes = [tally.code(numbers[who] for who in group) for group in profile.sets]
    for row, number in zip(profile.papers.tolist(), profile.number.tolist(), strict=True):
        marks = [mark for mark in row if mark != END]
        tally.add(
            [mark if mark == SKIPPED else numbers[mark] if mark > 0 else codes[-2 - mark] for mark in marks], number
        )


def _used(profile: Profile) -> set[int]:
    """The candidates that any ballot marks."""

    return {int(mark) for mark in np.unique(profile.papers) if mark > 0} | {
        who for group in profile.sets for who in group
    }


# --- writing ------------------------------------------------------------------------------------------------

BESIDE = "_cvr.csv"
"""What the name of the file of ballots ends with, beside that of the configuration without its extension."""


def write(profile: Profile, file: IO[str], name: str) -> None:
    """Write the configuration called ``name``. Raises InputError for what it and its CSV have no room for."""
    pool = _pool(profile)
    names = _headings(profile)
    source = {
        "provider": "genericCsv",
        "filePath": PurePath(name).stem + BESIDE,
        "contestId": "",
        "firstVoteColumnIndex": "2",
        "firstVoteRowIndex": "2",
        "idColumnIndex": "1",
        "overvoteLabel": "",
        "overvoteDelimiter": "",
        "skippedRankLabel": "",
        "undeclaredWriteInLabel": names[-1] if pool else "",
        "treatBlankAsUndeclaredWriteIn": False,
    }
    candidates = [
        {"name": who, "excluded": option.withdrawn, "aliases": []}
        for option, who in zip(profile.candidates, names, strict=True)
    ]
    rules = {"maxRankingsAllowed": "max"}
    if profile.seats is not None:
        rules["numberOfWinners"] = str(profile.seats)
    document = {
        "tabulatorVersion": "2.0.0",
        "outputSettings": {"contestName": one_line(profile.title)},
        "cvrFileSources": [source],
        "candidates": candidates[:-1] if pool else candidates,
        "rules": rules,
    }
    json.dump(document, file, ensure_ascii=False, indent=2)
    file.write("\n")


def write_ballots(profile: Profile, file: IO[str], name: str) -> None:
    """Write the CSV. RCTab compares names letter by letter, so that they stand there as they are."""
    table.write_table(profile, file, _TARGET, _headings(profile))


_TARGET = "RCTab's generic CSV"


def _pool(profile: Profile) -> bool:
    """Whether the last candidate is what stands for all names that nobody declared."""
    last = profile.candidates[-1]
    return (
        last.write_in and not last.withdrawn and last.name.strip().lower() in WRITE_IN and len(profile.candidates) > 1
    )


def _headings(profile: Profile) -> list[str]:
    """The names of the candidates. Raises InputError where two have one, for only names tell them apart."""
    names = [one_line(option.name) for option in profile.candidates]
    for who, often in Counter(names).items():
        if often > 1:
            raise InputError(
                f"{_TARGET} tells candidates apart by their names, and {often} are called {shown(who)}",
                where=Where(profile.title or None),
                hint="Write csv instead, or give one another name.",
            )
    return names


_LOOK = re.compile(rb'"(?:cvrFileSources|tabulatorVersion)"\s*:')


def looks(head: bytes, name: str) -> bool:
    """Whether it has the keys of a configuration."""
    return _LOOK.search(head) is not None


FORMAT = Format(
    id="rctab",
    name="RCTab configuration",
    extensions=(".json",),
    description="RCTab's configuration of a contest, with the files of ballots that it names.",
    looks=looks,
    read=read,
    write=write,
    beside=(BESIDE, write_ballots),
    withdrawn=True,
)
