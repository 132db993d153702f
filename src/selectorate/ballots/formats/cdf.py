"""NIST SP 1500-103, the Common Data Format for cast vote records, as JSON or XML.

The file is read ballot by ballot: what describes the election may stand before or after them. Of a ballot the
snapshot is taken that shows the voter's marks: the last that was adjudicated ("modified"), else the one that was
scanned ("original"), else the current one; a tabulator's interpretations, round by round, are not marks. A mark
without indication, or which is not allocable, is passed over; several at one rank stand there together; without
ranks all marks share the first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import IO

from ..profile import END, MAX_CANDIDATES, SKIPPED, Option, Profile
from . import xmls
from .base import (
    MAX_RANKS,
    Format,
    Options,
    Source,
    Tally,
    ballots_with,
    cannot_say,
    check_one_a_row,
    fault,
    name_of,
    shown,
    title_of,
)
from .cells import OVERVOTE, WRITE_IN
from .jsons import elements

Json = object
Marks = tuple[tuple[int, str], ...]
"""The marks of a ballot: rank and selection, in order."""


def _items(value: Json, what: str, name: str, line: int) -> list[dict[str, Json]]:
    """A list of objects; nothing is an empty list."""
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise fault(name, line, f"{what} is not a list of objects", "See NIST SP 1500-103.")
    return value


def _text(item: dict[str, Json], key: str) -> str:
    value = item.get(key)
    return value if isinstance(value, str) else ""


class _Election:
    """What the file says of the election: contests, their selections, candidates."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.candidates: dict[str, str] = {}
        self.parties: dict[str, str] = {}
        self.of_party: dict[str, str] = {}
        self.contests: dict[str, tuple[str, list[dict[str, Json]], int, int]] = {}

    def read(self, election: dict[str, Json], line: int) -> None:
        """Read the description of an election that stands at ``line``."""
        for item in _items(election.get("Candidate"), "Candidate", self.name, line):
            key = _text(item, "@id")
            if not key or key in self.candidates:
                raise fault(self.name, line, f"two candidates with the identifier {shown(key)}, or one with none")
            who = item.get("Name") or item.get("BallotName")
            if isinstance(who, dict):  # an InternationalizedText
                texts = _items(who.get("Text"), "Text", self.name, line)
                who = _text(texts[0], "Content") if texts else ""
            self.candidates[key] = name_of(who if isinstance(who, str) else "", self.name, line)
            if _text(item, "PartyId"):
                self.of_party[key] = _text(item, "PartyId")
        for item in _items(election.get("Contest"), "Contest", self.name, line):
            key = _text(item, "@id")
            if not key or key in self.contests:
                raise fault(self.name, line, f"two contests with the identifier {shown(key)}, or one with none")
            selections = _items(item.get("ContestSelection"), "ContestSelection", self.name, line)
            seats = item.get("NumberElected")
            self.contests[key] = (
                title_of(_text(item, "Name"), self.name, line),
                selections,
                seats if isinstance(seats, int) and 1 <= seats <= MAX_CANDIDATES else 0,
                line,
            )

    def party(self, item: dict[str, Json]) -> None:
        """Read a party."""
        label = item.get("Name") or item.get("Abbreviation")
        if _text(item, "@id") and isinstance(label, str):
            self.parties[_text(item, "@id")] = label

    def chosen(self, wanted: str | None, with_ballots: set[str]) -> str:
        """The identifier of the contest ``wanted``, or of the only one that has ballots."""
        names = {key: contest[0] for key, contest in self.contests.items()}
        listed = ", ".join(sorted(shown(label or key) for key, label in names.items())[:20])
        if wanted is not None:
            found = [key for key, label in names.items() if wanted in (key, label)]
            if len(found) != 1:
                raise fault(self.name, None, f"there is no contest {shown(wanted)}", f"There are: {listed}.")
            return found[0]
        voted = [key for key in names if key in with_ballots] or list(names)
        if len(voted) != 1:
            raise fault(
                self.name,
                None,
                f"{len(voted)} contests" if voted else "no contest is described",
                f"Name one: {listed}." if voted else "Under Election and Contest.",
            )
        return voted[0]

    def options(self, contest: str) -> tuple[list[Option], dict[str, int]]:
        """The candidates of a contest, and for each selection its number: 0 for an over-vote."""
        _, selections, _, line = self.contests[contest]
        options: list[Option] = []
        number_of: dict[str, int] = {}
        for selection in selections:
            key = _text(selection, "@id")
            if not key or key in number_of:
                raise fault(self.name, line, f"two selections with the identifier {shown(key)}, or one with none")
            ids = selection.get("CandidateIds")
            write_in = selection.get("IsWriteIn") in (True, "true", "yes", "1", 1)
            party = None
            if isinstance(ids, list) and ids and isinstance(ids[0], str):
                if ids[0] not in self.candidates:
                    raise fault(
                        self.name, line, f"there is no candidate {shown(ids[0])}", key=f"ContestSelection {shown(key)}"
                    )
                who = self.candidates[ids[0]]
                party = self.parties.get(self.of_party.get(ids[0], ""))
            elif write_in:
                who = "Write-in"
            else:
                label = selection.get("Selection") or selection.get("Code") or key
                who = name_of(label if isinstance(label, str) else key, self.name, line)
            if who.lower() in OVERVOTE:
                number_of[key] = 0
                continue
            options.append(Option(who, party, write_in=write_in or who.lower() in WRITE_IN))
            number_of[key] = len(options)
        return options, number_of


def read(source: Source, options: Options) -> Profile:
    """The profile of one contest. Raises InputError, with the line, for what is no report of cast vote records."""
    election = _Election(source.name)
    distinct: dict[tuple[str, Marks], tuple[int, int]] = {}
    xml = _XML.match(source.head(1000)) is not None
    found = xmls.elements(source) if xml else elements(source, "CVR", "Election", "Party")
    for line, key, value in found:
        if key not in ("CVR", "Election", "Party"):
            continue
        if not isinstance(value, dict):
            raise fault(source.name, line, f"{key} is not a list of objects", "See NIST SP 1500-103.")
        if key == "Election":
            election.read(value, line)
        elif key == "Party":
            election.party(value)
        else:
            for contest, marks in _ballot(value, source.name, line, current=options.current):
                known = distinct.get((contest, marks), (0, line))
                distinct[contest, marks] = known[0] + 1, known[1]
    contest = election.chosen(options.contest, {contest for contest, _ in distinct})
    candidates, number_of = election.options(contest)
    tally = Tally(source.name)
    write_in = 0
    for (of, marks), (number, line) in distinct.items():
        if of != contest:
            continue
        at: dict[int, list[int]] = {}
        for rank, selection in marks:
            if selection == _WRITTEN:
                if not write_in:
                    write_in = next((i for i, option in enumerate(candidates, 1) if option.write_in), 0)
                if not write_in:
                    candidates.append(Option("Write-in", write_in=True))
                    write_in = len(candidates)
                at.setdefault(rank, []).append(write_in)
            elif selection not in number_of:
                raise fault(
                    source.name, line, f"there is no selection {shown(selection)}", "In the contest's ContestSelection."
                )
            elif number_of[selection]:
                at.setdefault(rank, []).append(number_of[selection])
            else:
                at.setdefault(rank, []).extend((0, 0))
        ranks = range(1, max(at, default=0) + 1)
        paper = [tally.code(() if 0 in at[rank] else at[rank], line) if rank in at else SKIPPED for rank in ranks]
        tally.add(paper, number, line)
    title, _, seats, _ = election.contests[contest]
    return tally.profile(candidates, title=title, seats=seats or None)


_WRITTEN = "\0write-in"
"""Stands for a selection at which the voter wrote a name."""


def _ballot(record: dict[str, Json], name: str, line: int, *, current: bool) -> Iterator[tuple[str, Marks]]:
    """The contests of a ballot, each with its marks; ``current``: as the current snapshot has them."""
    snapshots = _items(record.get("CVRSnapshot"), "CVRSnapshot", name, line)
    if not snapshots:
        raise fault(name, line, "a ballot without CVRSnapshot", "See NIST SP 1500-103.")
    by_type: dict[str, dict[str, Json]] = {}
    latest = snapshots[0]
    for snapshot in snapshots:
        by_type[_text(snapshot, "Type")] = snapshot
        if snapshot.get("@id") == record.get("CurrentSnapshotId"):
            latest = snapshot
    snapshot = latest if current else by_type.get("modified") or by_type.get("original") or latest
    for contest in _items(snapshot.get("CVRContest"), "CVRContest", name, line):
        marks: list[tuple[int, str]] = []
        for selection in _items(contest.get("CVRContestSelection"), "CVRContestSelection", name, line):
            marks.extend(_marks(selection, name, line))
        yield _text(contest, "ContestId"), tuple(sorted(set(marks)))


def _marks(selection: dict[str, Json], name: str, line: int) -> Iterator[tuple[int, str]]:
    """The marks for a selection: rank and selection."""
    which = _text(selection, "ContestSelectionId")
    if selection.get("Status") == "needs-adjudication":
        return
    positions = _items(selection.get("SelectionPosition"), "SelectionPosition", name, line)
    for position in positions:
        if position.get("HasIndication") == "no" or position.get("IsAllocable") == "no":
            continue
        who = _WRITTEN if position.get("CVRWriteIn") or not which else which
        yield _rank(position.get("Rank", selection.get("Rank")), name, line), who
    if not positions and (which or selection.get("Rank") is not None):
        yield _rank(selection.get("Rank"), name, line), which or _WRITTEN


def _rank(value: Json, name: str, line: int) -> int:
    """A rank; 1 where there are none."""
    if value is None:
        return 1
    rank = int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 9 else value
    if not isinstance(rank, int) or isinstance(rank, bool) or not 1 <= rank <= MAX_RANKS:
        raise fault(name, line, f"{shown(str(value))} is not a rank", f"From 1 to {MAX_RANKS}.")
    return rank


def write(profile: Profile, file: IO[str], name: str) -> None:
    """Write ``profile`` as a report in JSON, a record a ballot, each with one snapshot.

    Raises InputError for what such a report has no room for.
    """
    target = "a report of cast vote records"
    check_one_a_row(profile, target)
    unknown = ballots_with(profile, {index for index, group in enumerate(profile.sets) if not group})
    if unknown:
        raise cannot_say(profile, target, "that several were marked without saying who", unknown, "csv")
    if any(option.name.strip().lower() in OVERVOTE for option in profile.candidates):
        raise cannot_say(profile, target, "that a candidate is called as an over-vote is", profile.total, "csv")
    file.write('{"@type":"CVR.CastVoteRecordReport","Version":"1.0.0","GeneratedDate":"1970-01-01T00:00:00Z",\n"CVR":[')
    separator = "\n"
    count = 0
    for marks, number in zip(profile.papers.tolist(), profile.number.tolist(), strict=True):
        selections = json.dumps(_selections(profile, marks), separators=(",", ":"))
        for _ in range(number):
            count += 1
            file.write(
                f'{separator}{{"@type":"CVR.CVR","CurrentSnapshotId":"s{count}","ElectionId":"e","CVRSnapshot":['
                f'{{"@type":"CVR.CVRSnapshot","@id":"s{count}","Type":"original","CVRContest":['
                f'{{"@type":"CVR.CVRContest","ContestId":"c","CVRContestSelection":{selections}}}]}}]}}'
            )
            separator = ",\n"
    file.write('],\n"Election":[' + json.dumps(_election(profile), ensure_ascii=False) + "],\n")
    parties = sorted({option.party for option in profile.candidates if option.party})
    party = [{"@type": "CVR.Party", "@id": f"p-{label}", "Name": label} for label in parties]
    file.write('"Party":' + json.dumps(party, ensure_ascii=False) + "}\n")


def _selections(profile: Profile, marks: Sequence[int]) -> list[dict[str, Json]]:
    """The marks of a paper: each selection with its ranks."""
    ranks: dict[int, list[int]] = {}
    for rank, mark in enumerate(marks, 1):
        group = () if mark in (END, SKIPPED) else (mark,) if mark > 0 else profile.sets[-2 - mark]
        for candidate in group:
            ranks.setdefault(candidate, []).append(rank)
    return [
        {
            "@type": "CVR.CVRContestSelection",
            "ContestSelectionId": f"s-{candidate}",
            "SelectionPosition": [
                {"@type": "CVR.SelectionPosition", "HasIndication": "yes", "NumberVotes": 1, "Rank": rank}
                for rank in its
            ],
        }
        for candidate, its in ranks.items()
    ]


def _election(profile: Profile) -> dict[str, Json]:
    """The election with its one contest."""
    candidates: list[dict[str, Json]] = []
    selections: list[dict[str, Json]] = []
    for number, option in enumerate(profile.candidates, 1):
        party = {"PartyId": f"p-{option.party}"} if option.party else {}
        candidates.append({"@type": "CVR.Candidate", "@id": f"k-{number}", "Name": option.name, **party})
        kind = {"IsWriteIn": True} if option.write_in else {}
        selections.append(
            {"@type": "CVR.CandidateSelection", "@id": f"s-{number}", "CandidateIds": [f"k-{number}"], **kind}
        )
    contest: dict[str, Json] = {
        "@type": "CVR.CandidateContest",
        "@id": "c",
        "Name": profile.title,
        "ContestSelection": selections,
    }
    if profile.seats is not None:
        contest["NumberElected"] = profile.seats
    return {"@type": "CVR.Election", "@id": "e", "Candidate": candidates, "Contest": [contest]}


_XML = re.compile(rb"(?:\xef\xbb\xbf)?\s*<")


def looks(head: bytes, name: str) -> bool:
    """Whether it is an object, or an element, of which the first names are those of such a report."""
    if _XML.match(head) is not None:
        return b"CastVoteRecordReport" in head
    if re.match(rb"(?:\xef\xbb\xbf)?\s*\{", head) is None:
        return False
    return b"CastVoteRecordReport" in head or re.search(rb'"(?:CVR|CVRSnapshot)"\s*:', head) is not None


FORMAT = Format(
    id="cdf",
    name="NIST SP 1500-103 (CDF), JSON or XML",
    extensions=(".json", ".xml"),
    description="The Common Data Format for cast vote records, as JSON or XML; RCTab and several vendors write it.",
    looks=looks,
    read=read,
    write=write,
)
