"""The published log of official acts, checked by anybody from the file alone.

Each entry names the one before by its hash, so that none can be changed, dropped, moved or slipped in without every
hash after it changing too. Whoever keeps an older copy of the file sees whether what it says was written anew since.

An entry as published is a table of ``FIELDS``; its hash is SHA-256 of the canonical JSON of the others: sorted keys,
no spaces, UTF-8. What the act was about stands behind ``commitment``: SHA-256 of a salt and the details.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import InputError, Where

GENESIS = "0" * 64
"""What the first entry of a log names as the one before."""
FIELDS = ("log", "number", "kind", "at", "role", "second_role", "commitment", "previous", "hash")
MAX_ENTRIES = 1_000_000
"""Entries of a log: against a file that only wants to be long."""

_HASH = re.compile(r"[0-9a-f]{64}")
_WORD = re.compile(r"[a-z0-9:_-]{0,120}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


@dataclass(frozen=True)
class LogFault:
    """An entry of a log that does not hold: its number, and what is wrong with it."""

    number: int
    says: str

    def __str__(self) -> str:
        return f"entry {self.number}: {self.says}"


def canonical(value: Any) -> bytes:
    """``value`` as JSON with sorted keys and no spaces, in UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def entry_hash(entry: Mapping[str, Any]) -> str:
    """The hash that a published entry must have."""
    return hashlib.sha256(canonical({key: entry[key] for key in FIELDS if key != "hash"})).hexdigest()


def commitment(salt: str, details: Any) -> str:
    """The commitment to what an act was about. ``salt``: in hexadecimal."""
    return hashlib.sha256(bytes.fromhex(salt) + canonical(details)).hexdigest()


def verify_published(
    entries: Iterable[Any], *, head: str | None = None, kept: Iterable[Any] | None = None
) -> list[LogFault]:
    """Everything that is wrong with the entries of one published log, in their order. Nothing, for a whole one.

    ``head``: the hash that the last entry must have. ``kept``: the entries of an older copy, which this one must
    begin with.
    """
    faults: list[LogFault] = []
    hashes: list[str] = []
    previous, expected, name = GENESIS, 1, None
    for place, entry in enumerate(entries, 1):
        if place > MAX_ENTRIES:
            faults.append(LogFault(place, "a log has not so many entries"))
            break
        wrong = malformed(entry)
        if wrong:
            faults.append(LogFault(place, wrong))
            previous, expected = "", place + 1
            hashes.append("")
            continue
        number = entry["number"]
        name = name or entry["log"]
        if entry["log"] != name:
            faults.append(LogFault(number, "it is of another log than the first"))
        if number != expected:
            faults.append(LogFault(number, _out_of_place(number, expected)))
        if entry["previous"] != previous:
            faults.append(LogFault(number, "it does not follow the entry before it"))
        if entry["hash"] != entry_hash(entry):
            faults.append(LogFault(number, "it was changed after it was written"))
        previous, expected = entry["hash"], number + 1
        hashes.append(entry["hash"])
    if head is not None and head != previous:
        faults.append(LogFault(expected - 1, "the end of the log is missing, or is another"))
    return faults + _since(hashes, kept)


def malformed(entry: Any) -> str:
    """What of an entry is not as published entries are; nothing, where it is."""
    if not isinstance(entry, Mapping):
        return "it is no table"
    if set(entry) != set(FIELDS):
        return f"it has not exactly these: {', '.join(FIELDS)}"
    if isinstance(entry["number"], bool) or not isinstance(entry["number"], int):
        return "its number is no whole number"
    texts = [key for key in FIELDS if key != "number" and not isinstance(entry[key], str)]
    if texts:
        return f"{texts[0]} is no text"
    words = [key for key in ("log", "kind", "role", "second_role") if not _WORD.fullmatch(entry[key])]
    if words:
        return f"{words[0]} is not as a log has it"
    hashes = [key for key in ("commitment", "previous", "hash") if not _HASH.fullmatch(entry[key])]
    if hashes:
        return f"{hashes[0]} is no hash"
    return "" if _TIME.fullmatch(entry["at"]) else "its time is not one of UTC, to the microsecond"


def _out_of_place(number: int, expected: int) -> str:
    if number == expected - 1:
        return "there are two of this number"
    return "an entry is missing before it" if number > expected else "it is not in its place"


def _since(hashes: list[str], kept: Iterable[Any] | None) -> list[LogFault]:
    """What differs from an older copy."""
    for place, entry in enumerate(kept or (), 1):
        wrong = malformed(entry)
        if wrong:
            return [LogFault(place, f"in the older copy, {wrong}")]
        if place > len(hashes):
            return [LogFault(place, "it was in the older copy, and is gone")]
        if hashes[place - 1] != entry_hash(entry):
            return [LogFault(place, "it was another in the older copy: the log was written anew from here on")]
    return []


def read_published(text: str | bytes, name: str) -> tuple[list[Any], str]:
    """The entries of a published log file (JSON), and the head that it names. Raises InputError if it is none."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        raise InputError("is no JSON", where=Where(name), hint="Name the file acts.json of a contest.") from None
    entries = data.get("entries") if isinstance(data, dict) else None
    head = data.get("head") if isinstance(data, dict) else None
    if not isinstance(entries, list) or not isinstance(head, str):
        raise InputError(
            "is no published log of acts", where=Where(name), hint='It is a table with "head" and a list "entries".'
        )
    return entries, head
