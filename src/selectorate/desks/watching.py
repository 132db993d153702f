"""A scrutineer's watch over the boxes of a contest: what was seen is kept, and what is served is held to it.

A chain of hashes proves nothing about its end, and a site can show each visitor another. So a watch keeps every head
that it was shown and a copy of each archive that only grows. What it reports is evidence: files of what was there
before, and of what is there now.

The folder of a watch::

    seen.json             the contest, its receipts' key, its boxes, the files of the booth: as first seen
    heads.jsonl           a line for each head of a box that was seen: box, height, head, when
    boxes/UUID.bel        the archive of each box
    evidence/             what was found wrong, one file for people and one for programs each, and what was served
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TypeAlias

from ..errors import InputError, Where
from .fetching import Site, UnreachableError
from .following import Box, digests_in
from .receipts import key_of

__all__ = ["Finding", "Kind", "Watch", "compare"]

Kind: TypeAlias = Literal["fork", "loss", "change", "invalid", "withheld", "setup", "key", "booth"]
"""What can be found: two chains of one box; events that are gone; bytes that are others; what fails a check; a board
that is ahead of its archive; boxes laid out anew; another key of receipts; a booth that is not the published one."""

SEEN, HEADS, BOXES, EVIDENCE = "seen.json", "heads.jsonl", "boxes", "evidence"
PATIENCE = (0.5, 1.0, 2.0, 4.0)
"""Seconds after which an archive that is behind its board is asked for again: a site may keep it for a moment."""

WHOLE_EVERY = 60
"""Looks after which every byte of the copies is compared again, not only what is new."""

_UUID = re.compile(r"[1-9A-HJ-NP-Za-km-z]{14,32}")
_HASH = re.compile(r"[0-9a-f]{64}")
_SLUG = re.compile(r"[-a-zA-Z0-9_]{1,100}")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,200}")


@dataclass(frozen=True)
class Finding:
    """Something that should not be. ``says``: a sentence; ``before``, ``now``: the heads (or values) that show it."""

    kind: Kind
    box: str
    says: str
    before: str = ""
    now: str = ""


@dataclass
class Poll:
    """What one look at a board came to. ``lines``: what is new, in sentences."""

    findings: list[Finding] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)


class Watch:
    """A watch over the contest ``slug`` of a site, kept in ``folder``; begun anew, or gone on with.

    Raises InputError if the folder is of another contest, or was damaged.
    """

    def __init__(
        self,
        site: Site,
        slug: str,
        folder: Path,
        *,
        patience: tuple[float, ...] = PATIENCE,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        if not _SLUG.fullmatch(slug):
            raise InputError(f"{slug!r} is not the short name of a contest", hint="It is in the address of its page.")
        self.site, self.slug, self.folder = site, slug, folder
        self._patience, self._sleep = patience, sleep
        self._looks = 0
        self._noted: dict[str, tuple[int, str]] = {}
        (folder / BOXES).mkdir(parents=True, exist_ok=True)
        self.seen: dict[str, Any] = self._read_seen()
        self.boxes: dict[str, Box] = {}
        for path in sorted((folder / BOXES).glob("*.bel")):
            self._box(path.stem)

    @property
    def address(self) -> str:
        """Where the pages of the contest begin."""
        return f"/contests/{self.slug}"

    def _read_seen(self) -> dict[str, Any]:
        path = self.folder / SEEN
        try:
            found = json.loads(path.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, ValueError):
            raise InputError("cannot be read: what was seen is lost", where=Where(str(path))) from None
        if not isinstance(found, dict) or found.get("slug") != self.slug:
            hint = "Keep each contest in a folder of its own."
            raise InputError("this folder is of another contest", where=Where(str(self.folder)), hint=hint)
        return found

    def _box(self, uuid: str) -> Box:
        """The kept copy of a box, read anew. What is behind its last whole event was never taken in."""
        if uuid not in self.boxes:
            box = Box(self.folder / BOXES / f"{uuid}.bel")
            faults = box.take()
            if faults:
                raise InputError(
                    f"the copy of a box that was kept does not hold: {faults[0]}", where=Where(str(box.path))
                )
            _cut(box)
            self.boxes[uuid] = box
        return self.boxes[uuid]

    # -- one look --------------------------------------------------------------------------------------------------

    def look(self) -> Poll:
        """Look once. Raises UnreachableError if the board does not answer, which proves nothing."""
        poll = Poll()
        board = self._board()
        self._laid_out(board, poll)
        for item in board["boxes"]:
            self._look_at(item, poll)
        self._booth(board, poll)
        self._looks += 1
        for finding in poll.findings:
            self._keep(finding)
        return poll

    def _board(self) -> dict[str, Any]:
        path = f"{self.address}/board.json"
        board = self.site.json(path)
        if not _is_board(board):
            raise UnreachableError("serves no board of a contest", where=Where(self.site.root + path))
        return dict(board)

    def _laid_out(self, board: dict[str, Any], poll: Poll) -> None:
        """Hold the contest, the receipts' key and the boxes to what was first seen."""
        now = {
            "slug": self.slug,
            "contest": board["contest"],
            "receipts": board["receipts"],
            "boxes": {box["uuid"]: [box["stage"], box["round"], box["section"]] for box in board["boxes"]},
            "booth": {},
        }
        if not self.seen:
            self.seen = now
            self._write_seen()
            poll.lines.append(f"Begun: {len(now['boxes'])} boxes; receipts are signed with {board['receipts']}.")
            return
        if now["contest"] != self.seen["contest"]:
            poll.findings.append(
                Finding("setup", "", "the contest is another than it was", self.seen["contest"], now["contest"])
            )
        if now["receipts"] != self.seen["receipts"]:
            says = "receipts are signed with another key than before"
            poll.findings.append(Finding("key", "", says, self.seen["receipts"], now["receipts"]))
        for uuid, place in self.seen["boxes"].items():
            if now["boxes"].get(uuid) != place:
                gone = "is gone from the board" if uuid not in now["boxes"] else "is laid out for others than before"
                kept = self._box(uuid)
                before = f"{place}, {_head(kept.height, kept.head)}"
                poll.findings.append(Finding("setup", uuid, f"the box {gone}", before, str(now["boxes"].get(uuid))))
        new = {uuid: place for uuid, place in now["boxes"].items() if uuid not in self.seen["boxes"]}
        for uuid, (stage, number, section) in new.items():
            began = any(box.height >= 0 for at in self.seen["boxes"] if (box := self.boxes.get(at)) is not None)
            says = f"a box was added: {stage}, round {number}, {section}"
            if [stage, number, section] in self.seen["boxes"].values() or began:
                poll.findings.append(Finding("setup", uuid, says, "", uuid))
            else:
                poll.lines.append(f"{uuid}: {says}.")
                self.seen["boxes"][uuid] = [stage, number, section]
                self._write_seen()

    def _look_at(self, item: dict[str, Any], poll: Poll) -> None:
        """Hold one box to what was kept of it, and take in what is new."""
        uuid, height, head = item["uuid"], item["height"], item["head"]
        box = self._box(uuid)
        if height >= 0:
            self._note_head(uuid, height, head)
        if height < box.height:
            says = f"the box had {box.height + 1} events, and the board shows {height + 1}"
            poll.findings.append(Finding("loss", uuid, says, _head(box.height, box.head), _head(height, head)))
        elif 0 <= height < len(box.digests) and box.digests[height] != head:
            says = f"event {height} is another than the one that was seen"
            poll.findings.append(Finding("fork", uuid, says, _head(height, box.digests[height]), _head(height, head)))
        if height < 0 and box.height < 0:
            return
        before = (box.height, len(box.trackers))
        found = self._fetch(box, uuid, height, whole=self._looks % WHOLE_EVERY == 0 or height < box.height)
        poll.findings += found
        if not found and len(box.digests) > height >= 0 and box.digests[height] != head:
            now = _head(height, box.digests[height])
            says = f"the board shows another event {height} than the archive has"
            if not any(one.kind == "fork" and one.box == uuid for one in poll.findings):
                poll.findings.append(Finding("fork", uuid, says, _head(height, head), now))
        if box.height > before[0]:
            ballots = len(box.trackers) - before[1]
            poll.lines.append(
                f"{uuid}: {box.height - before[0]} events more, {ballots} of them ballots, all checked;"
                f" event {box.height}, {box.head}."
            )
            self._note_head(uuid, box.height, box.head)

    def _fetch(self, box: Box, uuid: str, height: int, *, whole: bool) -> list[Finding]:
        """Fetch what is new of an archive, until it has the ``height`` that the board says."""
        for pause in (*self._patience, None):
            found = self._fetch_once(box, uuid, whole=whole)
            if found or box.height >= height:
                return found
            if pause is not None:
                self._sleep(pause)
        says = f"the board shows event {height}, and the archive ends with event {box.height}"
        return [Finding("withheld", uuid, says, _head(box.height, box.head), f"event {height}")]

    def _fetch_once(self, box: Box, uuid: str, *, whole: bool) -> list[Finding]:
        """Fetch the archive from where the copy ends (``whole``: from its beginning, and compare every byte)."""
        path = f"{self.address}/boxes/{uuid}.bel"
        piece = self.site.piece(path, 0 if whole else box.size)
        if piece.whole is not None and piece.whole < box.size:
            says = f"the archive had {box.size:,} bytes, and has {piece.whole:,}"
            served = self._served(uuid, piece.content)
            return [Finding("loss", uuid, says, _head(box.height, box.head), f"what is served: {served}")]
        if piece.start not in (0, box.size):
            raise UnreachableError("serves another part than was asked for", where=Where(self.site.root + path))
        if not self._append(box, piece.content, piece.start):
            return [self._different(box, uuid)]
        faults = box.take()
        if faults and not whole:
            _cut(box)  # where what is served differs is seen from its beginning
            return self._fetch_once(box, uuid, whole=True)
        if faults:
            evidence = self._evidence(f"{uuid}-as-served.bel")
            evidence.write_bytes(box.path.read_bytes())
            _cut(box)
            says = f"what was added does not hold: {faults[0]}"
            return [Finding("invalid", uuid, says, _head(box.height, box.head), f"what is served: {evidence.name}")]
        _cut(box)
        return []

    def _different(self, box: Box, uuid: str) -> Finding:
        """What is to be said of an archive that is served otherwise than the copy has it; it is kept as evidence."""
        _cut(box)
        served = self._served(uuid, self.site.piece(f"{self.address}/boxes/{uuid}.bel", 0).content)
        theirs = digests_in(self.folder / EVIDENCE / served)
        for height, (mine, other) in enumerate(zip(box.digests, theirs, strict=False)):
            if mine != other:
                says = f"event {height} is another than the one that was seen: there are two chains (kept: {served})"
                return Finding("fork", uuid, says, _head(height, mine), _head(height, other))
        says = f"the archive was changed before its end, and is no longer one that can be read (kept: {served})"
        return Finding("change", uuid, says, _head(box.height, box.head), f"{len(theirs)} events that can be read")

    def _append(self, box: Box, content: Iterator[bytes], start: int) -> bool:
        """Add what is served to the copy; whether all that the copy has is served as it was."""
        box.path.touch()
        with box.path.open("r+b") as file:
            place = start
            for piece in content:
                known = max(min(box.size - place, len(piece)), 0)
                file.seek(place)
                if known and file.read(known) != piece[:known]:
                    return False
                file.seek(place + known)
                file.write(piece[known:])
                place += len(piece)
            file.truncate(max(place, box.size))
        return True

    def _booth(self, board: dict[str, Any], poll: Poll) -> None:
        """Hold the files of the booth to the published hashes, and those to the ones first seen."""
        booth = board.get("booth") or {}
        files = booth.get("files") or {}
        before = self.seen.get("booth", {})
        for name, digest in files.items():
            if before.get(name, digest) != digest:
                says = f"the published hash of {name} has changed"
                poll.findings.append(Finding("booth", "", says, before[name], digest))
            served = hashlib.sha256(self.site.whole(f"{booth['base'].rstrip('/')}/{name}")).hexdigest()
            if served != digest:
                says = f"{name} is served otherwise than its published hash says"
                poll.findings.append(Finding("booth", "", says, digest, served))
        for name in before.keys() - files.keys():
            poll.findings.append(
                Finding("booth", "", f"{name} is no longer among the files of the booth", before[name])
            )
        if files and not before:
            self.seen["booth"] = dict(files)
            self._write_seen()
            poll.lines.append(f"The booth: {len(files)} files, all as their published hashes say.")

    # -- what is kept ----------------------------------------------------------------------------------------------

    def _write_seen(self) -> None:
        path = self.folder / SEEN
        beside = path.with_suffix(".new")
        beside.write_text(json.dumps(self.seen, indent=1) + "\n", encoding="utf-8")
        beside.replace(path)

    def _note_head(self, uuid: str, height: int, head: str) -> None:
        if self._noted.get(uuid) == (height, head):
            return
        self._noted[uuid] = (height, head)
        line = {"box": uuid, "height": height, "head": head, "seen": _now()}
        with (self.folder / HEADS).open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def _evidence(self, name: str) -> Path:
        folder = self.folder / EVIDENCE
        folder.mkdir(exist_ok=True)
        number = sum(1 for _ in folder.iterdir())
        return folder / f"{_now().replace(':', '')}-{number:03d}-{name}"

    def _served(self, uuid: str, content: Iterator[bytes]) -> str:
        """Keep an archive as it is served, under another name."""
        path = self._evidence(f"{uuid}-as-served.bel")
        with path.open("wb") as file:
            for piece in content:
                file.write(piece)
        return path.name

    def _keep(self, finding: Finding) -> None:
        path = self._evidence(f"{finding.kind}.json")
        data = {**asdict(finding), "address": self.site.root + self.address, "seen": _now()}
        path.write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")


def _cut(box: Box) -> None:
    """Cut a copy to what of it was taken in."""
    if box.path.is_file() and box.path.stat().st_size > box.size:
        with box.path.open("r+b") as file:
            file.truncate(box.size)


def _head(height: int, digest: str) -> str:
    return f"event {height}, {digest}"


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _is_board(value: Any) -> bool:
    """Whether a value is a board as it is published."""
    if not isinstance(value, dict) or not isinstance(value.get("contest"), str):
        return False
    boxes, booth = value.get("boxes"), value.get("booth") or {}
    if not isinstance(boxes, list) or not isinstance(value.get("receipts"), str):
        return False
    try:
        key_of(value["receipts"])
    except InputError:
        return False
    files = booth.get("files") or {} if isinstance(booth, dict) else None
    if not isinstance(files, dict) or (files and not str(booth.get("base", "")).startswith("/")):
        return False
    if not all(_FILE.fullmatch(name) and ".." not in name and _is_hash(digest) for name, digest in files.items()):
        return False
    uuids = [box["uuid"] for box in boxes if _is_box(box)]
    return len(uuids) == len(boxes) == len(set(uuids))


def _is_hash(value: Any) -> bool:
    return isinstance(value, str) and _HASH.fullmatch(value) is not None


def _is_box(value: Any) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("uuid"), str) or not _UUID.fullmatch(value["uuid"]):
        return False
    if type(value.get("height")) is not int or not -1 <= value["height"] <= 10**9:
        return False
    texts = isinstance(value.get("stage"), str) and isinstance(value.get("section"), str)
    return texts and type(value.get("round")) is int and (value["height"] < 0 or _is_hash(value.get("head")))


# -- two watches beside one another ----------------------------------------------------------------------------------


def heads_in(path: Path) -> dict[str, dict[int, str]]:
    """Every head that a watch has seen or can work out: by box, then height. ``path``: its folder, or a file of heads.

    Raises InputError if there are none, or a line is none.
    """
    file = path / HEADS if path.is_dir() else path
    found: dict[str, dict[int, str]] = {}
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise InputError(
            "there are no heads here", where=Where(str(file)), hint="Name the folder of a watch."
        ) from None
    for number, line in enumerate(lines, 1):
        try:
            item = json.loads(line)
            uuid, height, head = item["box"], item["height"], item["head"]
        except (ValueError, TypeError, KeyError):
            raise InputError("is no line of a watch", where=Where(str(file), number)) from None
        if not isinstance(uuid, str) or type(height) is not int or not _is_hash(head):
            raise InputError("is no line of a watch", where=Where(str(file), number))
        found.setdefault(uuid, {}).setdefault(height, head)
    if path.is_dir():
        for archive in sorted((path / BOXES).glob("*.bel")):
            box = Box(archive)
            box.take()
            # The heads that were seen come first: the archive says of those heights that nobody was looking at.
            known = found.setdefault(archive.stem, {})
            for height, digest in enumerate(box.digests):
                known.setdefault(height, digest)
    return found


def compare(one: Path, other: Path) -> tuple[list[Finding], dict[str, int]]:
    """What two watches saw differently; and of each box that both saw, up to which height they saw the same."""
    mine, theirs = heads_in(one), heads_in(other)
    findings: list[Finding] = []
    alike: dict[str, int] = {}
    for uuid in sorted(mine.keys() & theirs.keys()):
        common = sorted(mine[uuid].keys() & theirs[uuid].keys())
        fork = next((height for height in common if mine[uuid][height] != theirs[uuid][height]), None)
        if fork is not None:
            says = f"the two were shown different boxes: event {fork} is not the same"
            before, now = _head(fork, mine[uuid][fork]), _head(fork, theirs[uuid][fork])
            findings.append(Finding("fork", uuid, says, before, now))
        elif common:
            alike[uuid] = common[-1]
    for uuid in sorted(mine.keys() ^ theirs.keys()):
        findings.append(Finding("setup", uuid, f"only {'the first' if uuid in mine else 'the second'} has this box"))
    return findings, alike
