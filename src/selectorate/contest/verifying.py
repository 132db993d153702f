"""A record checked from nothing but itself: every check by its name, with what it means in words.

The checks are made in the order of ``CHECKS``. What fails does not end it: whatever can still be looked at is looked
at, and what cannot is said to be not reached.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeAlias

from .. import documents, rules
from ..errors import ContestError, SelectorateError
from ..rules import BallotStage, MotionStage
from .audit import nominations
from .audit.base import Check
from .case import Case
from .declaration import Declaration
from .loading import without_ballots
from .nominations import rule_on
from .published_log import LogFault, commitment, read_published, verify_published
from .record import (
    ACTS,
    CONTEST,
    DECLARATION,
    NOTICE,
    ROLL,
    RULEBOOK,
    Record,
    opened,
    read_record,
    sha256_of,
    there,
)

__all__ = ["CHECKS", "TOLD", "Finding", "Verification", "nominated", "verify"]

CHECKS: dict[str, str] = {
    "record.files": "every file of the record has the hash in its list, and there is no other file",
    "acts.chain": "the log of official acts is whole: each entry follows the one before it, none was changed",
    "acts.told": "what the record tells of acts is what the log committed to when they were done",
    "rulebook.frozen": "the rulebook is, byte for byte, the one that was adopted",
    "rulebook.sound": "the rulebook can be read and does not contradict itself",
    "timetable.adopted": "the timetable is the one that was adopted, with the changes that are told and no others",
    "contest.rules": "the contest as declared fits its rulebook",
    "notice.candidates": "the notice has the candidates of the contest, and how each got on the paper",
    "nominations.thresholds": "whoever is on the paper has the nominations that the rulebook asks for",
    "roll.sums": "the counts of the roll add up, segment by segment and reason by reason",
    "boxes.laid": "there is one box for each segment of each ballot that was held online, and no other",
    "boxes.sound": "every box passes every check of its own: chain, credentials, ballots, proofs, result",
    "boxes.final": "every box was opened to its end",
    "boxes.setup": "every box began as the log of acts says that it was opened",
    "boxes.trustees": "the same trustees hold the key of all boxes",
    "boxes.papers": "the papers in the boxes have the names that the rules put on them",
    "roll.credentials": "there are as many credentials in each box as voters on the roll of its segments",
    "boxes.void": "papers that came out void are declared as spoilt",
    "count.boxes": "the figures that are counted are those of the boxes",
    "count.declaration": "the count of what the boxes hold, under the rulebook, gives exactly the declaration",
    "acts.declaration": "the log of acts has the hash of what was declared: contest and rulebook, byte for byte",
    "mandate.figures": "the measures of the mandate are those that the declaration gives",
}
"""Every check by name, with what it says when it is passed, in the order in which they are made."""

TOLD = "record"
"""The kind of an entry of the log that says in the open what the act before it fixed."""

Verdict: TypeAlias = Literal["passed", "failed", "not reached", "not there"]
Progress = Callable[[str, float], None]
"""Called with what is being looked at, and how much of the boxes is done, from 0 to 1."""
Measured = Callable[[Case, Declaration], Any]
"""Makes the measures of a mandate, as JSON: this room has none of its own."""
MOST_DETAILS = 20
"""Of what is wrong with one check; the rest is counted."""


@dataclass(frozen=True)
class Finding:
    """One check: its name, what it says, its verdict, and what was found where it failed."""

    check: str
    says: str
    verdict: Verdict
    details: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verification:
    """What the checks of a record came to. ``boxes``: the facts of each; ``hash``: of the list of files."""

    title: str
    organisation: str
    findings: tuple[Finding, ...]
    elected: tuple[str, ...]
    boxes: tuple[Mapping[str, Any], ...]
    hash: str
    easy: bool = False

    @property
    def sound(self) -> bool:
        """Whether every check passed, or had nothing to look at because the record needs none."""
        return all(one.verdict in ("passed", "not there") for one in self.findings)

    @property
    def first_failure(self) -> str | None:
        """The name of the first check that failed."""
        return next((one.check for one in self.findings if one.verdict == "failed"), None)


class NotReachedError(Exception):
    """What a check looks at could not be read, for a reason that another check has told."""


class NotThereError(Exception):
    """The record has nothing for a check to look at, and need not have."""


@dataclass
class Looking:
    """What is known of a record while it is checked."""

    record: Record
    progress: Progress
    measured: Measured | None
    told: list[tuple[int, str, dict[str, Any]]] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    case: Case | None = None
    roll: dict[str, dict[str, Any]] | None = None
    readings: dict[str, Any] = field(default_factory=dict)
    setups: dict[str, str] = field(default_factory=dict)
    whole: Case | None = None
    declaration: Declaration | None = None

    def need(self, value: Any) -> Any:
        """``value``. Raises NotReachedError where there is none."""
        if value is None:
            raise NotReachedError
        return value

    def told_of(self, key: str) -> list[tuple[int, str, Any]]:
        """What was told in the open of ``key``: number and kind of the act, and the value."""
        return [(number, kind, details[key]) for number, kind, details in self.told if key in details]


Faults: TypeAlias = Iterable[str]
Look = Callable[[Looking], Faults]


def verify(path: Path, *, progress: Progress | None = None, measured: Measured | None = None) -> Verification:
    """Check the record at ``path``, a folder or a ZIP file. Raises InputError if it is no record at all."""
    from . import verifying_boxes as boxes

    looks: dict[str, Look] = {
        "record.files": _files,
        "acts.chain": _chain,
        "acts.told": _told,
        "rulebook.frozen": _frozen,
        "rulebook.sound": _sound,
        "timetable.adopted": _timetable,
        "contest.rules": _contest,
        "notice.candidates": _notice,
        "nominations.thresholds": _nominations,
        "roll.sums": _roll,
        **boxes.LOOKS,
    }
    with opened(path) as folder:
        looking = Looking(read_record(folder), progress or (lambda what, share: None), measured)
        findings = tuple(_finding(check, says, looks[check], looking) for check, says in CHECKS.items())
        declared = _elected(looking)
        facts = boxes.facts_of(looking)
        digest = sha256_of(folder / "record.json")
    contest = looking.record.contest
    return Verification(
        contest["title"], contest["organisation"], findings, declared, facts, digest, looking.record.easy
    )


def _finding(check: str, says: str, look: Look, looking: Looking) -> Finding:
    faults: list[str] = []
    more = 0
    try:
        for fault in look(looking):
            if len(faults) < MOST_DETAILS:
                faults.append(fault)
            else:
                more += 1
    except NotReachedError:
        if not faults:
            return Finding(check, says, "not reached")
    except NotThereError:
        return Finding(check, says, "not there")
    except SelectorateError as wrong:
        faults += [str(problem) for problem in wrong.problems[:MOST_DETAILS]]
    except OSError as wrong:
        faults.append(f"{wrong.filename or 'a file'}: {wrong.strerror or 'cannot be read'}")
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as wrong:
        # The texts of a record are anybody's: what is not of their form is a fault of theirs, told as one.
        faults.append(f"what it looks at is not in the form that a record has ({type(wrong).__name__}: {wrong})")
    if more:
        faults.append(f"and {more:,} more")
    return Finding(check, says, "failed" if faults else "passed", tuple(faults))


def _elected(looking: Looking) -> tuple[str, ...]:
    with contextlib.suppress(SelectorateError, OSError, KeyError, TypeError):
        return tuple(str(name) for name in looking.record.json(DECLARATION)["elected_names"])
    return ()


# -- the files and the log -----------------------------------------------------------------------------------------


def _files(looking: Looking) -> Iterator[str]:
    record = looking.record
    lying = there(record.folder)
    for name in sorted(record.files):
        if name not in lying:
            yield f"{name} is not there"
        elif sha256_of(record.path(name)) != record.files[name]:
            yield f"{name} is another file than the list says: its SHA-256 differs"
    for name in sorted(lying - set(record.files)):
        yield f"{name} is not on the list"
    for name in (RULEBOOK, CONTEST, NOTICE, ROLL, ACTS, DECLARATION):
        if name not in record.files:
            yield f"the list has no {name}, which every record has"


def _chain(looking: Looking) -> Iterator[str]:
    entries, head = read_published(looking.record.path(ACTS).read_bytes(), ACTS)
    faults: list[LogFault] = verify_published(entries, head=head)
    yield from map(str, faults)
    if not entries:
        yield "there are no entries"
    if looking.record.json(ACTS).get("withheld"):
        yield "a part of the log is still withheld"
    if not faults:
        looking.kinds = [entry["kind"] for entry in entries]


def _told(looking: Looking) -> Iterator[str]:
    looking.need(looking.kinds or None)
    data = looking.record.json(ACTS)
    entries = data["entries"]
    for item in data.get("told", []):
        number, details = item["number"], item["details"]
        entry = entries[number - 1] if type(number) is int and 0 < number <= len(entries) else None
        if entry is None or entry["kind"] != TOLD:
            yield f"entry {number} of the log does not say anything in the open"
        elif commitment(item["salt"], details) != entry["commitment"]:
            yield f"entry {number} of the log committed to something else than is told"
        elif details.get("of") != number - 1 or details.get("kind") != entries[number - 2]["kind"]:
            yield f"entry {number} is not about the act before it"
        else:
            looking.told.append((number, details["kind"], details))
    known = {number for number, _, _ in looking.told}
    silent = [place for place, kind in enumerate(looking.kinds, 1) if kind == TOLD and place not in known]
    yield from (f"what entry {place} says in the open is not told" for place in silent)


def _adoption(looking: Looking) -> dict[str, Any]:
    found = [details for _, kind, details in looking.told if kind == "adopt_contest"]
    if looking.kinds.count("adopt_contest") != 1 or len(found) != 1:
        raise ContestError("the log does not tell of one adoption of the rules")
    return found[0]


def _frozen(looking: Looking) -> Iterator[str]:
    looking.need(looking.kinds or None)
    adopted = _adoption(looking)["rulebook_hash"]
    if sha256_of(looking.record.path(RULEBOOK)) != adopted:
        yield f"its SHA-256 is not {adopted}, which was adopted"


def _sound(looking: Looking) -> Iterator[str]:
    rules.load_file(looking.record.path(RULEBOOK))
    yield from ()


def _timetable(looking: Looking) -> Iterator[str]:
    looking.need(looking.kinds or None)
    table = looking.record.json(NOTICE)["timetable"]
    adopted = _adoption(looking)["timetable"]
    if table["adopted"] != adopted:
        yield "the timetable at its adoption was another"
    dates = dict(adopted)
    for change in table["changes"]:
        if dates.get(change["key"]) != change["before"]:
            yield f"the change of {change['key']} does not begin with what was published before it"
        dates[change["key"]] = change["after"]
    if {key: at for key, at in dates.items() if at is not None} != table["now"]:
        yield "the timetable is not what the changes make of the one that was adopted"


# -- rules, candidates, roll ---------------------------------------------------------------------------------------


def _contest(looking: Looking) -> Iterator[str]:
    document = documents.read(looking.record.path(CONTEST), ContestError)
    looking.case = without_ballots(document, looking.record.folder)
    if looking.case.contest.rulebook != RULEBOOK:
        looking.case = None
        yield "the contest names another rulebook than the one of the record"
    elif looking.case.contest.figures != "ours":
        yield "the contest is not one that its own office declares"


def nominated(case: Case) -> list[dict[str, Any]]:
    """The candidates of a contest and how each got on the paper, as a notice has it."""
    found: dict[str, list[dict[str, Any]]] = {who: [] for who in case.contest.candidates}
    for ruling in rule_on(case):
        line = {
            "stage": ruling.stage.id,
            "body": ruling.body,
            "nominations": ruling.count,
            "needed": ruling.needed,
            "result": ruling.result,
        }
        found.setdefault(ruling.candidate, []).append(line)
    return [
        {"key": who, "name": case.contest.candidates[who].name if who in case.contest.candidates else who, "how": how}
        for who, how in found.items()
    ]


def _notice(looking: Looking) -> Iterator[str]:
    case: Case = looking.need(looking.case)
    said, are = looking.record.json(NOTICE)["candidates"], nominated(case)
    if [one["key"] for one in said] != [one["key"] for one in are]:
        yield "the candidates of the notice are not those of the contest"
        return
    for one, other in zip(said, are, strict=True):
        if one != other:
            yield f"what the notice says of {other['name']} is not what the contest has"


def _nominations(looking: Looking) -> Iterator[str]:
    case: Case = looking.need(looking.case)
    looks: tuple[Callable[[Case], Iterator[Check]], ...] = (
        nominations.thresholds,
        nominations.numbers,
        nominations.places_on_the_paper,
    )
    for look in looks:
        for check in look(case):
            if check.status == "disagrees":
                yield f"{check.what}: {check.published}, but {check.computed} follows"


def _roll(looking: Looking) -> Iterator[str]:
    case: Case = looking.need(looking.case)
    found: dict[str, dict[str, Any]] = {}
    for table in looking.record.json(ROLL)["stages"]:
        stage = case.rulebook.stage_named(table["stage"])
        if not isinstance(stage, BallotStage | MotionStage):
            yield f"the rulebook has no ballot {json.dumps(table['stage'])}"
            continue
        segments, struck, entitled = table["segments"], table["struck_before"], table["entitled"]
        changes = [table[key].values() for key in ("struck_before", "added_before", "struck_after")]
        numbers = [entitled, *segments.values(), *(number for change in changes for number in change)]
        if not all(type(number) is int and number >= 0 for number in numbers):
            yield f"{stage.id}: a count is no number of persons"
            continue
        known = getattr(stage, "segments", ()) or ("total",)
        if set(segments) not in (set(known), {"total"}):  # all together, where some are too small to be told apart
            yield f"{stage.id}: the segments are not those of the rulebook"
            continue
        one_vote = getattr(stage, "votes", "one") == "one" or len(segments) == 1
        if one_vote and sum(segments.values()) != entitled:
            yield f"{stage.id}: the segments make {sum(segments.values()):,}, and {entitled:,} are said to be entitled"
        if any(number > segments.get(name, 0) for name, number in struck.items()):
            yield f"{stage.id}: more were struck off than there were"
        for name, number in table["struck_after"].items():
            there_were = segments.get(name, 0) - struck.get(name, 0) + table["added_before"].get(name, 0)
            if number > there_were:
                yield f"{stage.id}: more were struck off after the opening than could vote"
        refused = table.get("refused")
        if refused is not None and entitled + refused != table["persons"]:
            yield f"{stage.id}: entitled and refused do not make the {table['persons']:,} persons on the roll"
        found[stage.id] = table
    looking.roll = found


def text_hash(text: bytes) -> str:
    """The SHA-256 of a text."""
    return hashlib.sha256(text).hexdigest()
