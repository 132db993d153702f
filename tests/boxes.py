"""Boxes made for tests: any questions, trustees, voters and ballots, in any phase; and archives taken apart and put
together again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from selectorate.box import canonical
from selectorate.box.archive import Archive, header_text, member_bytes
from selectorate.box.groups import Group, group_named, random_scalar
from selectorate.box.v1 import acts, proofs
from selectorate.box.v1.ballots import make_ballot
from selectorate.box.v1.box import Box, Receipt, open_box
from selectorate.box.v1.credentials import PublicCredential, credential_text, generate, public, token
from selectorate.box.v1.elections import (
    Election,
    HomomorphicQuestion,
    Question,
    RankingQuestion,
    election_text,
)
from selectorate.box.v1.reading import Reading, read_box

RANK = RankingQuestion("Who?", ("Ada", "Ben", "Cyd"))
YES_NO = HomomorphicQuestion("Yes?", ("Yes", "No"), 1, 1)
WITH_BLANK = HomomorphicQuestion("Which?", ("a", "b", "c"), 1, 2, blank=True)
TIMESTAMP = 1_700_000_000


@dataclass
class Made:
    """A box with all its secrets. ``private``: of each trustee by number; ``credentials``: of each voter."""

    path: Path
    group: Group
    election: Election
    private: dict[int, tuple[int, str]]
    credentials: list[str]
    receipts: list[Receipt] = field(default_factory=list)
    threshold: int | None = None

    @property
    def box(self) -> Box:
        """The box, opened anew."""
        return Box(self.path)

    def read(self) -> Reading:
        """The box, read and checked whole."""
        return read_box(self.path)

    def cast(self, voter: int, answers: Sequence[Sequence[int]]) -> Receipt:
        """Cast a ballot of a voter."""
        receipt = self.box.cast(make_ballot(self.election, self.credentials[voter], answers))
        self.receipts.append(receipt)
        return receipt

    def close(self) -> None:
        """End the voting and make the tally."""
        self.box.add("EndBallots")
        content, payload = acts.encrypted_tally(self.read())
        self.box.add("EncryptedTally", [content], payload)

    def shuffle(self, *trustees: int) -> None:
        """Shuffle by each of these trustees, then end the shuffles."""
        for trustee in trustees:
            self.box.add_owned("Shuffle", trustee, acts.shuffle(self.read()))
        self.box.add("EndShuffles")

    def decrypt(self, *trustees: int) -> None:
        """Decrypt by each of these trustees."""
        for trustee in trustees:
            private, public_key = self.private[trustee]
            content = acts.partial_decryption(self.read(), private, public_key)
            self.box.add_owned("PartialDecryption", trustee, content)

    def finish(self) -> list[Any]:
        """Publish the result; what it says."""
        opened, raw = acts.opened(self.read())
        self.box.add("Result", [], raw)
        return opened.result

    def to_the_end(self) -> list[Any]:
        """Close, shuffle by two trustees where there are rankings, decrypt by all who are needed; the result."""
        self.close()
        numbers = sorted(self.private)
        if self.election.rankings:
            self.shuffle(*numbers[:2])
        self.decrypt(*numbers[: self.threshold or len(numbers)])
        return self.finish()


def single_trustees(group: Group, count: int) -> tuple[bytes, str, dict[int, tuple[int, str]]]:
    """Trustees each of whom is needed: their structure, the election's key, and the private keys."""
    private = [random_scalar(group) for _ in range(count)]
    keys = [group.power_g(x) for x in private]
    items = [
        ["Single", {"pok": proofs.prove_possession(group, x, key), "public_key": key}]
        for x, key in zip(private, keys, strict=True)
    ]
    y = group.identity
    for key in keys:
        y = group.multiply(y, key)
    numbered = dict(enumerate(zip(private, keys, strict=True), 1))
    return canonical.dumps(items).encode(), y, numbered


def new_box(
    folder: Path,
    questions: Sequence[Question] = (RANK,),
    *,
    voters: int | Sequence[int] = 3,
    group: str = "Ed25519",
    trustees: int | tuple[bytes, str, dict[int, tuple[int, str]]] = 2,
    threshold: int | None = None,
    uuid: str | None = None,
) -> Made:
    """A box open for voting. ``voters``: how many, or the weight of each. ``trustees``: how many single ones, or what
    `single_trustees` gives."""
    of_group = group_named(group)
    weights = [1] * voters if isinstance(voters, int) else list(voters)
    uuid = uuid or token(14)
    structure, y, private = single_trustees(of_group, trustees) if isinstance(trustees, int) else trustees
    raw = election_text(uuid=uuid, name="Test", description="", group=of_group, public_key=y, questions=questions)
    credentials = [generate() for _ in weights]
    entries = [
        PublicCredential(public(of_group, uuid, one), weight) for one, weight in zip(credentials, weights, strict=True)
    ]
    path = folder / f"{uuid}.bel"
    listed = credential_text(of_group, entries)
    open_box(path, election=raw, trustees=structure, credentials=listed, timestamp=TIMESTAMP)
    return Made(path, of_group, Box(path).election, private, credentials, threshold=threshold)


# --- taking archives apart -------------------------------------------------------------------------------


@dataclass
class Part:
    """One event with the data before it, as JSON values: ``data`` deepest first, ``event`` without its parent."""

    type: str
    data: list[bytes]
    payload: bool

    def value(self, number: int) -> Any:
        """Data number ``number`` as a JSON value."""
        return canonical.loads(self.data[number], what="data")


def parts_of(path: Path) -> list[Part]:
    """The events of an archive with their data."""
    found: list[Part] = []
    waiting: list[bytes] = []
    with Archive(path) as archive:
        for member in archive.members():
            content = archive.read(member, 10**8)
            if member.kind == "data":
                waiting.append(content)
                continue
            event = canonical.loads(content, what="event")
            found.append(Part(event["type"], waiting, "payload" in event))
            waiting = []
    return found


def put_together(parts: Sequence[Part], timestamp: int = TIMESTAMP, heights: Callable[[int], int] = int) -> bytes:
    """An archive of these events, chained anew: what an attacker with the file can always do."""
    pieces = [member_bytes("header", header_text(1, timestamp), timestamp)]
    parent = None
    for height, part in enumerate(parts):
        for content in part.data:
            pieces.append(member_bytes("data", content, timestamp))
        event: dict[str, Any] = {} if parent is None else {"parent": parent}
        event |= {"height": heights(height), "type": part.type}
        if part.payload:
            event["payload"] = hashlib.sha256(part.data[-1]).hexdigest() if part.data else "0" * 64
        raw = canonical.dumps(event).encode()
        pieces.append(member_bytes("event", raw, timestamp))
        parent = hashlib.sha256(raw).hexdigest()
    return b"".join(pieces)


def repointed(part: Part) -> Part:
    """``part`` with its pointers made to fit its data again, after something in the data was changed."""
    if part.type == "Setup":
        names = ("election", "trustees", "credentials")
        pointer = {name: hashlib.sha256(raw).hexdigest() for name, raw in zip(names, part.data, strict=False)}
    elif part.type == "EncryptedTally":
        pointer = part.value(1) | {"encrypted_tally": hashlib.sha256(part.data[0]).hexdigest()}
    elif part.type in ("Shuffle", "PartialDecryption"):
        pointer = part.value(1) | {"payload": hashlib.sha256(part.data[0]).hexdigest()}
    else:
        return part
    return Part(part.type, [*part.data[:-1], canonical.dumps(pointer).encode()], part.payload)
