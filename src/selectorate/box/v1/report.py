"""What a reading amounts to: every check with its verdict, and the facts that people compare with what was said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from .elections import RankingQuestion
from .events import Phase
from .hashes import phi_of_hex
from .papers import void_in
from .reading import CHECKS, SECTIONS, Fault, Reading

__all__ = ["PHASES", "Finding", "Report", "report"]

Verdict: TypeAlias = Literal["passed", "failed", "not reached", "nothing yet"]

PHASES: dict[Phase, str] = {
    "empty": "there is no setup",
    "voting": "open for voting",
    "closed": "closed, and not tallied yet",
    "tallied": "tallied; rankings are being shuffled",
    "shuffled": "shuffled, and not decrypted yet",
    "decrypting": "being decrypted",
    "final": "final: the result is published",
}
"""Each phase of a box in words."""

# The sections of checks that have something to look at from each phase on.
_BEGUN: dict[Phase, int] = {
    "empty": 2,
    "voting": 4,
    "closed": 4,
    "tallied": 5,
    "shuffled": 6,
    "decrypting": 7,
    "final": 8,
}

# What is wrong with an item in one of these ways hides whether it is wrong in those that stand behind it.
_IN_TURN: tuple[tuple[str, ...], ...] = (
    ("setup.trustees", "setup.key"),
    (
        "ballot.canonical",
        "ballot.shape",
        "ballot.election",
        "ballot.hash",
        "ballot.credential",
        "ballot.points",
        "ballot.signature",
        "ballot.proofs",
    ),
    ("shuffle.shape", "shuffle.points", "shuffle.proof"),
    ("shuffle.points", "shuffle.shape"),
    ("decryption.owner", "decryption.shape", "decryption.points", "decryption.proof"),
    ("decryption.points", "decryption.shape"),
)


@dataclass(frozen=True)
class Finding:
    """One check: its name, what it says, its verdict, and what was found where it failed."""

    check: str
    says: str
    verdict: Verdict
    details: tuple[str, ...] = ()


@dataclass(frozen=True)
class Report:
    """A box, read and judged. ``sound``: no check failed, and with ``final`` asked for, the box is final."""

    phase: Phase
    findings: tuple[Finding, ...]
    facts: dict[str, Any]
    void: dict[int, int]
    sound: bool


def report(reading: Reading, *, final: bool = False) -> Report:
    """The report on ``reading``. ``final``: whether an unfinished box is a failed check."""
    findings = [_finding(reading, check, says) for check, says in CHECKS.items()]
    if final and reading.phase != "final":
        what = f"the box is not final: it is {PHASES[reading.phase]}"
        findings.append(Finding("archive.final", "the box is final", "failed", (what,)))
    elif final:
        findings.append(Finding("archive.final", "the box is final", "passed"))
    sound = reading.sound and all(finding.verdict != "failed" for finding in findings)
    return Report(reading.phase, tuple(findings), facts(reading), void_plaintexts(reading), sound)


def _finding(reading: Reading, check: str, says: str) -> Finding:
    faults = [fault for fault in reading.faults if fault.check == check]
    if faults:
        return Finding(check, says, "failed", tuple(map(_told, faults)))
    section = check.partition(".")[0]
    if section in reading.complete:
        return Finding(check, says, _unless_hidden(reading, check))
    begun = SECTIONS.index(section) < _BEGUN[reading.phase]
    skipped = section == "shuffle" and not reading.chain.shuffles
    return Finding(check, says, "not reached" if begun and not skipped and reading.faults else "nothing yet")


def _unless_hidden(reading: Reading, check: str) -> Verdict:
    """The verdict on a check that found no fault in what was read: it may not have been made of all of that."""
    failed = {fault.check for fault in reading.faults}
    if any(check in row and not failed.isdisjoint(row[: row.index(check)]) for row in _IN_TURN):
        return "not reached"
    if check == "decryption.enough" and reading.trustees is not None:
        good = [share.owner for share in reading.shares if share.holds]
        return "passed" if reading.trustees.enough(good) else "nothing yet"
    return "passed"


def _told(fault: Fault) -> str:
    return fault.message if fault.height is None else f"event {fault.height}: {fault.message}"


def facts(reading: Reading) -> dict[str, Any]:
    """What is in the box, for people and programs: hashes, numbers, who did what."""
    election = reading.election
    found: dict[str, Any] = {
        "events": reading.chain.height + 1,
        "head": reading.chain.head,
        "ballots": reading.ballots,
        "voters": sum(1 for _ in reading.roll.used()),
        "credentials": len(reading.roll),
    }
    if election is not None:
        found |= {
            "election": election.name,
            "uuid": election.uuid,
            "group": election.group.name,
            "fingerprint": election.phi,
            "credentials fingerprint": phi_of_hex(reading.setup["credentials"]),
            "trustees fingerprint": phi_of_hex(reading.setup["trustees"]),
        }
    if reading.cast_again:
        found["with the same randomness again"] = reading.cast_again
    if "tally" in reading.complete:
        found |= {"tallied": reading.tallied, "votes": reading.total_weight}
    if reading.shufflers:
        found["shuffled by"] = list(reading.shufflers)
    if reading.shares:
        found["decrypted by"] = [share.owner for share in reading.shares if share.holds]
        set_aside = [share.owner for share in reading.shares if not share.holds]
        if set_aside:
            found["set aside"] = set_aside
    return found


def void_plaintexts(reading: Reading) -> dict[int, int]:
    """By ranking question, how many plaintexts are void: not the canonical encoding, or no ranking of its names."""
    if reading.opened is None or reading.election is None:
        return {}
    found = {}
    for position in reading.election.rankings:
        question = reading.election.questions[position]
        marked = set(reading.opened.not_canonical[position])
        if isinstance(question, RankingQuestion):
            vectors: Sequence[Sequence[int]] = reading.opened.result[position]
            illegal = {number for number, vector in enumerate(vectors) if void_in(question, vector)}
            found[position] = len(marked | illegal)
    return found
