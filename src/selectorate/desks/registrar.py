"""The registrar's desk: one private credential a voter, and the public keys that follow from it for every box.

The folder of a contest holds ``credentials.key`` (secret, under a passphrase), ``credentials.jsonl`` (public: for the
office), ``voters.csv`` (names and addresses, as the office gave them), and what was posted. A private credential stands
in the key file and nowhere else, until the registrar mails or prints it.
"""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..box.ed25519 import ED25519
from ..box.keyfile import KeyFile, read_key_file, write_key_file
from ..box.v1.credentials import UUID_FORM, PublicCredential, credential_text, fingerprint, generate, public
from ..errors import InputError, RefusedError, Where

__all__ = [
    "Box",
    "Folder",
    "Published",
    "Row",
    "Voting",
    "compare",
    "make",
    "make_public",
    "read_voters",
    "read_voting",
]

KIND = "credentials of a contest"
VOTING, CREDENTIALS = "selectorate-voting-1", "selectorate-credentials-1"
COLUMNS = ("voter", "name", "email", "address", "sections")
MOST_BYTES = 20_000_000
"""Of a description of a vote."""
MOST_VOTERS = 1_000_000
AT_ONCE = 500
"""Voters whose keys one thread makes at a time."""
THREADS = 2

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Box:
    """A box as the office describes it. ``fingerprint``: of its public list, once that is published."""

    uuid: str
    stage: str
    round: int
    section: str
    fingerprint: str


@dataclass(frozen=True)
class Voting:
    """The description of a vote, as the office gives it to registrar and trustees."""

    uuid: str
    slug: str
    title: str
    address: str
    easy: bool
    boxes: tuple[Box, ...]

    @property
    def link(self) -> str:
        """Where one votes; the credential comes behind ``#``, which no browser sends anywhere."""
        return f"{self.address}/vote/{self.slug}/"

    def boxes_of(self, sections: Iterable[str]) -> tuple[str, ...]:
        """The boxes of sections named ``stage:section``. Raises InputError if there is none for one of them."""
        found: list[str] = []
        for name in sections:
            here = [box.uuid for box in self.boxes if f"{box.stage}:{box.section}" == name]
            if not here:
                raise InputError(f'there is no box for "{name[:80]}"', hint="Are both files of one contest?")
            found += here
        return tuple(found)


@dataclass(frozen=True)
class Row:
    """A voter as the office lists them."""

    voter: str
    name: str
    email: str
    address: str
    sections: tuple[str, ...]


def read_voting(path: Path) -> Voting:
    """The description of a vote in a file. Raises InputError if it is none."""
    if path.stat().st_size > MOST_BYTES:
        raise InputError("this is no description of a vote: it is too large", where=Where(str(path)))
    try:
        return _voting(json.loads(path.read_bytes()))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise InputError(
            "this is no description of a vote (voting.json of the office)", where=Where(str(path))
        ) from None


def _voting(said: Any) -> Voting:
    contest = said["contest"]
    boxes = tuple(
        Box(
            str(one["uuid"]), str(one["stage"]), int(one["round"]), str(one["section"]), str(one.get("fingerprint", ""))
        )
        for one in said["boxes"]
    )
    found = Voting(
        str(contest["uuid"]),
        str(contest["slug"]),
        str(contest["title"]),
        str(contest["address"]).rstrip("/"),
        bool(said["easy"]),
        boxes,
    )
    names = [found.uuid, *(box.uuid for box in boxes)]
    sound = said["format"] == VOTING and said["group"] == "Ed25519" and len(set(names)) == len(names)
    if not sound or not all(UUID_FORM.fullmatch(name) for name in names):
        raise ValueError
    return found


def read_voters(path: Path) -> list[Row]:
    """The voters in a file of the office. Raises InputError with the line of what cannot be used."""
    rows: list[Row] = []
    seen: set[str] = set()
    kinds: dict[str, tuple[str, ...]] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if tuple(reader.fieldnames or ()) != COLUMNS:
                raise InputError(f"the columns are not {', '.join(COLUMNS)}", where=Where(str(path), line=1))
            for line in reader:
                row = {name: (line.get(name) or "").strip() for name in COLUMNS}
                voter, sections = row["voter"], row["sections"]
                if not voter or voter in seen or not sections:
                    raise InputError(
                        "a voter has a name of their own here and a section to vote in",
                        where=Where(str(path), line=reader.line_num),
                    )
                seen.add(voter)
                where = kinds.setdefault(sections, tuple(sections.split(";")))
                rows.append(Row(voter, row["name"], row["email"], row["address"], where))
    except (UnicodeDecodeError, csv.Error):
        raise InputError("the list of voters cannot be read as a CSV file in UTF-8", where=Where(str(path))) from None
    if not 0 < len(rows) <= MOST_VOTERS:
        raise InputError(f"there are 1 to {MOST_VOTERS:,} voters in a list", where=Where(str(path)))
    return rows


# -- making ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Folder:
    """The registrar's folder of one contest."""

    path: Path

    @property
    def key(self) -> Path:
        """The secret: every private credential, under a passphrase."""
        return self.path / "credentials.key"

    @property
    def public(self) -> Path:
        """What the office gets."""
        return self.path / "credentials.jsonl"

    @property
    def voters(self) -> Path:
        """The names and addresses."""
        return self.path / "voters.csv"

    @property
    def journal(self) -> Path:
        """What was mailed."""
        return self.path / "sent.jsonl"

    @property
    def written(self) -> Path:
        """Where letters were written, which are secrets too."""
        return self.path / "letters.txt"

    def secrets(self, passphrase: str) -> tuple[dict[str, Any], dict[str, str]]:
        """What may be shown of the key file, and the private credential of each voter. Raises InputError."""
        if not self.key.exists():
            hint = "It was destroyed: see forgotten.json." if (self.path / "forgotten.json").exists() else None
            raise InputError("there are no credentials in this folder", where=Where(str(self.path)), hint=hint)
        found = read_key_file(self.key, KIND, passphrase)
        private = found.secret.get("credentials")
        if not isinstance(private, dict):
            raise InputError("this is no file of credentials", where=Where(str(self.key)))
        return found.public, private


@dataclass(frozen=True)
class Published:
    """What was made for the office: the fingerprint of each box's public list, and how many voters each has."""

    fingerprints: dict[str, str]
    voters: dict[str, int]


def make(
    voting: Voting, voters: Path, out: Path, passphrase: str, *, progress: Progress = lambda done: None
) -> Published:
    """Make a credential for every voter, into a new folder. Raises InputError if the folder is there already."""
    if voting.easy:
        raise InputError("this vote is in easy mode: the server makes the credentials")
    rows = read_voters(voters)
    for sections in {row.sections for row in rows}:
        voting.boxes_of(sections)
    try:
        out.mkdir(mode=0o700)
    except FileExistsError:
        raise InputError("this folder is there already; nothing is written over", where=Where(str(out))) from None
    folder = Folder(out)
    private = {row.voter: generate() for row in rows}
    about = {"contest": voting.uuid, "title": voting.title, "link": voting.link, "voters": len(rows)}
    # First of all the secret is safe: a public list whose credentials are lost is worth nothing.
    try:
        write_key_file(folder.key, KeyFile(KIND, about, {"credentials": private}), passphrase)
    except InputError:  # the passphrase is none: nothing is left of what was begun
        out.rmdir()
        raise
    _write(folder.voters, [voters.read_bytes()])
    return make_public(voting, rows, private, folder.public, progress=progress)


def make_public(
    voting: Voting,
    rows: Sequence[Row],
    private: dict[str, str],
    out: Path,
    *,
    progress: Progress = lambda done: None,
) -> Published:
    """Write the public keys of every voter for the boxes in which they vote, for the office."""
    missing = next((row.voter for row in rows if row.voter not in private), None)
    if missing is not None:
        raise InputError(f"there is no credential of {missing}", hint="Make new ones, in a new folder.")
    boxes = {names: voting.boxes_of(names) for names in {row.sections for row in rows}}
    keys: dict[str, list[str]] = {}
    lines: list[bytes] = []
    with ThreadPoolExecutor(THREADS) as threads:
        pieces = [rows[start : start + AT_ONCE] for start in range(0, len(rows), AT_ONCE)]
        for piece, found in zip(pieces, _derived(threads, pieces, boxes, private), strict=True):
            for row, own in zip(piece, found, strict=True):
                for uuid, key in own.items():
                    keys.setdefault(uuid, []).append(key)
                lines.append(json.dumps({"voter": row.voter, "keys": own}, ensure_ascii=False).encode() + b"\n")
            progress(len(piece))
    prints = {uuid: _fingerprint(found) for uuid, found in keys.items()}
    head = {"format": CREDENTIALS, "contest": voting.uuid, "fingerprints": prints}
    _write(out, [json.dumps(head).encode() + b"\n", *lines])
    return Published(prints, {uuid: len(found) for uuid, found in keys.items()})


def _derived(
    threads: ThreadPoolExecutor,
    pieces: Iterable[Sequence[Row]],
    boxes: dict[tuple[str, ...], tuple[str, ...]],
    private: dict[str, str],
) -> Iterator[list[dict[str, str]]]:
    def keys_of(piece: Sequence[Row]) -> list[dict[str, str]]:
        return [{uuid: public(ED25519, uuid, private[row.voter]) for uuid in boxes[row.sections]} for row in piece]

    return threads.map(keys_of, pieces)


def _fingerprint(keys: Iterable[str]) -> str:
    return fingerprint(credential_text(ED25519, [PublicCredential(key) for key in keys]))


def _write(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a new file of the folder, readable by its owner alone. Raises InputError if it is there already."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise InputError("this file is there already; nothing is written over", where=Where(str(path))) from None
    with os.fdopen(descriptor, "wb") as file:
        file.writelines(pieces)
        file.flush()
        os.fsync(file.fileno())


write_new = _write


# -- checking ----------------------------------------------------------------------------------------------------


def compare(folder: Folder, voting: Voting) -> list[tuple[Box, str]]:
    """Each box with what is wrong with the public list that the office published for it; nothing where it is ours."""
    with folder.public.open(encoding="utf-8") as file:
        try:
            head = json.loads(next(file))
            if head["contest"] != voting.uuid:
                raise InputError("the credentials are of another contest", where=Where(str(folder.public)))
            said = dict(head["fingerprints"])
            keys: dict[str, list[str]] = {uuid: [] for uuid in said}
            for line in file:
                for uuid, key in json.loads(line)["keys"].items():
                    keys[uuid].append(key)
        except (ValueError, KeyError, TypeError, StopIteration):
            raise InputError("this is no list of public credentials", where=Where(str(folder.public))) from None
    found = []
    for box in voting.boxes:
        if box.uuid not in said:
            found.append((box, "no credential was made for this box"))
            continue
        ours = _fingerprint(keys[box.uuid])
        if ours != said[box.uuid]:
            found.append((box, "credentials.jsonl was changed after it was made"))
        elif not box.fingerprint:
            found.append((box, "nothing is published for this box yet"))
        else:
            found.append((box, "" if box.fingerprint == ours else "the office published another list than yours"))
    return found


def voter_of(folder: Folder, voter: str) -> Row:
    """A voter by what the office calls them, or by their mail address. Raises RefusedError if nobody is that."""
    for row in read_voters(folder.voters):
        if voter == row.voter or (row.email and voter.casefold() == row.email.casefold()):
            return row
    raise RefusedError(
        f"nobody in the list is {voter[:80]}", hint="A credential can be sent again, but no new one can be made."
    )
