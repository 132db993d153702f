"""Ballots of ``../shared/ballots`` as profiles: small readers for tests, one a format."""

from __future__ import annotations

import csv
import json
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import selectorate
from selectorate.ballots import Option, Profile, profile_of

SHARED = Path(selectorate.__file__).resolve().parents[3] / "shared" / "ballots"
UWI = "Undeclared Write-ins"
OVERVOTE: tuple[int, ...] = ()
"""A rank of which it is only known that several stand there."""

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/ballots is not here")


def preflib(path: Path) -> Profile:
    """A PrefLib file of rankings (soc, soi, toc, toi)."""
    names: list[str] = []
    rows: list[tuple[int, list[Any]]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("# ALTERNATIVE NAME"):
            names.append(line.split(":", 1)[1].strip())
        if not line or line.startswith("#"):
            continue
        number, _, ranking = line.partition(":")
        ranks: list[Any] = []
        for part in re.findall(r"\{[^}]*\}|[^,\s]+", ranking):
            people = tuple(int(who) for who in part.strip("{}").split(",") if who)
            ranks.append(people[0] if len(people) == 1 else people)
        rows.append((int(number), ranks))
    return profile_of(names, rows)


def debian(path: Path) -> Profile:
    """A Debian tally sheet: the digit of each option is its rank."""
    names: list[str] = []
    rows: Counter[str] = Counter()
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        if said := re.match(r"^[ /|]*Option \d+-*>: (.*)$", line):
            names.append(said[1].strip())
        elif line.startswith("V: "):
            rows[line.split()[1]] += 1
    return profile_of(names, [(number, ranks_of_digits(text)) for text, number in rows.items()])


def ranks_of_digits(text: str) -> list[tuple[int, ...]]:
    """The groups of options in a text with a rank for each option, "-" for none."""
    groups: dict[str, list[int]] = {}
    for option, rank in enumerate(text, 1):
        if rank != "-":
            groups.setdefault(rank, []).append(option)
    return [tuple(groups[rank]) for rank in sorted(groups)]


def utah(path: Path) -> Profile:
    """The approval ballots of Utah Senate District 11."""
    ballots = json.loads(path.read_text(encoding="utf-8"))
    chosen = [sorted(value for key, value in ballot.items() if key.startswith("vote_") and value) for ballot in ballots]
    names = sorted({name for names in chosen for name in names})
    return profile_of(
        names, [(1, [tuple(names.index(name) + 1 for name in picked)] if picked else []) for picked in chosen]
    )


# -- RCTab -----------------------------------------------------------------------------------------------------------


def rctab_cases() -> list[str]:
    """The folders that hold a configuration and what RCTab made of it."""
    if not SHARED.is_dir():
        return []
    return sorted(path.parent.name for path in (SHARED / "rctab").glob("*/*_config.json"))


def rctab(case: str) -> tuple[Profile, dict[str, Any], list[dict[str, Any]]]:
    """The ballots of a case, its configuration, and the reports that are expected, in the order of the seats."""
    folder = SHARED / "rctab" / case
    config = json.loads(next(folder.glob("*_config.json")).read_text(encoding="utf-8"))
    options = [Option(who["name"], withdrawn=bool(who["excluded"])) for who in config["candidates"]]
    if any(source.get("undeclaredWriteInLabel") for source in config["cvrFileSources"]):
        options.append(Option(UWI, write_in=True))
    names = {option.name: number for number, option in enumerate(options, 1)}
    for number, who in enumerate(config["candidates"], 1):
        names.update(dict.fromkeys([alias for alias in who.get("aliases") or [] if alias], number))
    rows: Counter[tuple[Any, ...]] = Counter()
    for source in config["cvrFileSources"]:
        reader = {"ess": _ess, "cdf": _cdf, "clearBallot": _clear_ballot, "genericCsv": _generic}[source["provider"]]
        rows.update(reader(folder / source["filePath"], source, names, config))
    profile = profile_of(options, [(number, list(ranks)) for ranks, number in rows.items()])
    # A contest with several passes has a report for each: "..._1_expected...", "..._2_expected...".
    reports = sorted(folder.glob("*_expected_detailed_report.json"))
    return profile, config, [json.loads(path.read_text(encoding="utf-8")) for path in reports]


def _rank(names: dict[str, int], source: dict[str, Any], cell: str) -> Any:
    if not cell or cell == source.get("skippedRankLabel"):
        return None
    if cell == source.get("overvoteLabel"):
        return OVERVOTE
    mark = source.get("overvoteDelimiter")
    parts = [part.strip() for part in cell.split(mark)] if mark else [cell]
    label = source.get("undeclaredWriteInLabel")
    people = tuple(names[UWI if part == label else part] for part in parts)
    return people[0] if len(people) == 1 else people


def _ess(
    path: Path, source: dict[str, Any], names: dict[str, int], config: dict[str, Any]
) -> Iterator[tuple[Any, ...]]:
    first, top = int(source["firstVoteColumnIndex"]) - 1, int(source["firstVoteRowIndex"]) - 1
    most = config["rules"]["maxRankingsAllowed"]
    for number, row in enumerate(_xlsx(path)):
        if number >= top:  # a row without a cell is a ballot without a mark, as RCTab has it
            last = max(row, default=0) + 1 if most == "max" else first + int(most)
            yield tuple(_rank(names, source, row.get(column, "").strip()) for column in range(first, last))


def _generic(path: Path, source: dict[str, Any], names: dict[str, int], _: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    first, top = int(source["firstVoteColumnIndex"]) - 1, int(source["firstVoteRowIndex"]) - 1
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    header = rows[0][first:]
    for row in rows[top:]:
        ranks: dict[int, list[int]] = {}
        for name, cell in zip(header, row[first:], strict=True):
            if cell:
                ranks.setdefault(int(cell), []).append(names[UWI if name == source["undeclaredWriteInLabel"] else name])
        yield _by_rank(ranks)


def _by_rank(ranks: dict[int, list[int]]) -> tuple[Any, ...]:
    out: list[Any] = []
    for rank in range(1, max(ranks, default=0) + 1):
        people = sorted(ranks.get(rank, []))
        out.append(None if not people else people[0] if len(people) == 1 else tuple(people))
    return tuple(out)


def _clear_ballot(
    path: Path, _: dict[str, Any], names: dict[str, int], __: dict[str, Any]
) -> Iterator[tuple[Any, ...]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    columns = []
    for index, title in enumerate(rows[0]):
        parts = title.split(":")
        if parts[0].startswith("Choice_"):
            columns.append((index, int(parts[2]), names[parts[4]] if parts[4] in names else names[UWI]))
    for row in rows[1:]:
        ranks: dict[int, list[int]] = {}
        for index, rank, who in columns:
            if row[index] == "1":
                ranks.setdefault(rank, []).append(who)
        yield _by_rank(ranks)


def _cdf(path: Path, _: dict[str, Any], names: dict[str, int], __: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    document = json.loads(path.read_text(encoding="utf-8"))
    election = document["Election"][0]
    people = {who["@id"]: who["Name"] for who in election["Candidate"]}
    selections = {
        selection["@id"]: names[people[selection["CandidateIds"][0]]]
        for contest in election["Contest"]
        for selection in contest["ContestSelection"]
    }
    for record in document["CVR"]:
        snapshot = next(item for item in record["CVRSnapshot"] if item["@id"] == record["CurrentSnapshotId"])
        ranks: dict[int, list[int]] = {}
        for contest in snapshot["CVRContest"]:
            for selection in contest["CVRContestSelection"]:
                for position in selection["SelectionPosition"]:
                    if position["HasIndication"] == "yes":
                        who = selections[selection["ContestSelectionId"]]
                        ranks.setdefault(int(position["Rank"]), []).append(who)
        yield _by_rank(ranks)


_NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def _xlsx(path: Path) -> Iterator[dict[int, str]]:
    """The rows of the first sheet: text by column, from 0."""
    with zipfile.ZipFile(path) as book:
        shared: list[str] = []
        if "xl/sharedStrings.xml" in book.namelist():
            root = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
            shared = ["".join(text.text or "" for text in item.iter(f"{_NS}t")) for item in root.iter(f"{_NS}si")]
        sheet = min(name for name in book.namelist() if name.startswith("xl/worksheets/sheet"))
        with book.open(sheet) as file:
            for _, row in ElementTree.iterparse(file):
                if row.tag != f"{_NS}row":
                    continue
                cells = {}
                for cell in row.iter(f"{_NS}c"):
                    value = cell.find(f"{_NS}v")
                    inline = "".join(text.text or "" for text in cell.iter(f"{_NS}t"))
                    text = (value.text or "") if value is not None else inline
                    cells[_column(cell.get("r", "A1"))] = shared[int(text)] if cell.get("t") == "s" else text
                yield {column: text for column, text in cells.items() if text}
                row.clear()


def _column(reference: str) -> int:
    number = 0
    for letter in re.match(r"[A-Z]+", reference)[0]:  # type: ignore[index]
        number = number * 26 + ord(letter) - 64
    return number - 1


def people(count_names: Sequence[str], numbers: Sequence[int]) -> list[str]:
    """Names by number."""
    return [count_names[number - 1] for number in numbers]
