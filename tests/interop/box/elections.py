"""Whole elections held by this program and the reference tool: every act by either of the two, on one archive.

An act's maker is a letter, ``o`` for ours and ``t`` for the tool; `play` takes them in turn from a string that is
repeated: ``"o"`` makes an election that is ours alone, ``"ot"`` one in which the two alternate. After every event both
programs are asked for their verdict, and what follows from public data alone (tally, result) is made by both and must
be the same, byte for byte.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any, Literal, TypeAlias

from tests.boxes import TIMESTAMP, parts_of, put_together
from tests.interop.box.tool import Tool

from selectorate.box import canonical
from selectorate.box.archive import Archive
from selectorate.box.groups import Group, group_named
from selectorate.box.pools import new_pool
from selectorate.box.v1 import acts
from selectorate.box.v1.ballots import make_ballot
from selectorate.box.v1.box import Box, open_box
from selectorate.box.v1.credentials import PublicCredential, credential_text, generate, public, published_text, token
from selectorate.box.v1.diff import compare
from selectorate.box.v1.elections import election_text, questions_of, read_election
from selectorate.box.v1.events import EventType
from selectorate.box.v1.keys import make_key, private_key_text, read_private_key, read_public_key
from selectorate.box.v1.reading import Reading, read_box
from selectorate.box.v1.trustees import Item, Single, election_key, read_trustees, trustee_faults, trustees_text

Keys: TypeAlias = Literal["single", "threshold", "both"]
"""Who opens: two of whom both are needed; three of whom two suffice; one who is needed and two of three."""
Answer: TypeAlias = Sequence[Any]
"""What a ballot says: an answer a question, of a lists question a list of lists."""


@dataclass(frozen=True)
class Ballot:
    """A ballot to be cast: who votes (a number from 0) and what."""

    voter: int
    answers: Answer


@dataclass(frozen=True)
class Case:
    """An election to be held. ``questions``: as they stand in a template; ``voters``: name and weight of each."""

    questions: Sequence[dict[str, Any]]
    ballots: Sequence[Ballot]
    voters: Sequence[tuple[str, int]]
    keys: Keys = "single"
    group: str = "Ed25519"
    about: dict[str, Any] = field(default_factory=dict)

    @property
    def has_lists(self) -> bool:
        """Whether there is a question that only the tool makes answers to."""
        return any(question.get("type") == "Lists" for question in self.questions)

    @property
    def rankings(self) -> list[int]:
        """The positions of the questions that are shuffled."""
        return [i for i, question in enumerate(self.questions) if question.get("type") == "NonHomomorphic"]

    def last_ballots(self) -> list[Ballot]:
        """Of each voter the last ballot."""
        return list({ballot.voter: ballot for ballot in self.ballots}.values())

    def result(self) -> list[Any]:
        """What the result must say, rankings in the order of their numbers: from the plain answers alone."""
        found: list[Any] = []
        for position, question in enumerate(self.questions):
            answers = [ballot.answers[position] for ballot in self.last_ballots()]
            weights = [self.voters[ballot.voter][1] for ballot in self.last_ballots()]
            if question.get("type") == "NonHomomorphic":
                found.append(sorted(list(answer) for answer in answers))
            elif question.get("type") == "Lists":
                shape = question["value"]["answers"]
                found.append([_sums([a[i] for a in answers], weights, len(row)) for i, row in enumerate(shape)])
            else:
                found.append(_sums(answers, weights, len(question["answers"]) + question.get("blank", False)))
        return found


def _sums(rows: Sequence[Sequence[int]], weights: Sequence[int], width: int) -> list[int]:
    return [sum(weight * row[i] for row, weight in zip(rows, weights, strict=True)) for i in range(width)]


def ordered(case: Case, result: Sequence[Any]) -> list[Any]:
    """A result as `Case.result` has it: the order of rankings, which the shuffle made, put aside."""
    return [sorted(one) if position in case.rankings else one for position, one in enumerate(result)]


def line(value: object) -> bytes:
    """``value`` as the tool has it in files."""
    return canonical.dumps(value).encode() + b"\n"


@dataclass(frozen=True)
class Trustee:
    """A trustee with the secret: ``exponent`` for us, ``command`` for the tool."""

    number: int
    public_key: str
    exponent: int
    command: tuple[str, ...]


class Held:
    """An election being held in ``folder``. Its archive is ``path``; ``checked``: how many verdicts were asked for."""

    def __init__(self, tool: Tool, folder: Path, case: Case, makers: str, *, every_stage: bool = True) -> None:
        self.tool, self.folder, self.case = tool, folder, case
        self.group: Group = group_named(case.group)
        self._makers = cycle(makers)
        self._every_stage = every_stage
        self.uuid = token(14)
        self.path = folder / f"{self.uuid}.bel"
        self.trustees: list[Trustee] = []
        self.credentials: list[str] = []
        self.checked = 0
        self._seen: Path | None = None
        self._reading: tuple[int, Reading] | None = None
        self.turns = 0

    # --- what they share ---------------------------------------------------------------------------------

    def turn(self, *, only: str = "") -> str:
        """Whose turn it is; ``only``: whose it has to be."""
        self.turns += 1
        return only or next(self._makers)

    def run(self, *args: str, stdin: bytes = b"") -> bytes:
        """What the tool says in the folder."""
        return self.tool.run(*args, stdin=stdin, cwd=self.folder)

    def write(self, name: str, content: bytes) -> str:
        """Write a file for the tool; its name."""
        (self.folder / name).write_bytes(content)
        return name

    def read(self) -> Reading:
        """The archive, read and checked whole by us: it has no fault. Read once for each of its lengths."""
        size = self.path.stat().st_size
        if self._reading is None or self._reading[0] != size:
            self._reading = size, read_box(self.path, "libsodium")
        reading = self._reading[1]
        assert reading.faults == [], self.path
        return reading

    def check(self, *, always: bool = False) -> None:
        """Both programs accept the archive as it is. ``always``: even if not every stage is looked at."""
        if self._every_stage or always:
            self.read()
            self.run("election", "verify")
            self.checked += 1

    def check_growth(self) -> None:
        """Both programs say that the archive has only grown since they were asked this before."""
        if self._seen is not None:
            assert compare(self._seen / self.path.name, self.path).only_grown
            self.run("election", "verify-diff", "--dir1", str(self._seen), "--dir2", ".")
        self._seen = self.folder / f"seen-{self.turns}"
        self._seen.mkdir()
        shutil.copy(self.path, self._seen)

    def add(self, kind: EventType, content: bytes = b"", payload: bytes | None = None, *, owner: int = 0) -> None:
        """Add an event, by whose turn it is. ``owner``: of a shuffle or a decryption."""
        if owner:
            payload = canonical.dumps({"owner": owner, "payload": hashlib.sha256(content).hexdigest()}).encode()
        if self.turn() == "o":
            Box(self.path, "libsodium").add(kind, [content] if content else [], payload)
        else:
            lines = [part + b"\n" for part in (content, payload) if part]
            self.run("archive", "add-event", f"--type={kind}", stdin=b"".join(lines))
        self.check()

    # --- setup -------------------------------------------------------------------------------------------

    def set_up(self) -> None:
        """Keys, credentials, election, archive."""
        structure = self._keys()
        listed = self._credentials()
        raw = self._election(structure)
        self.write("trustees.json", structure + b"\n")
        self.write("election.json", raw + b"\n")
        if self.turn() == "o":
            ours = published_text(listed, self.group)
            open_box(self.path, election=raw, trustees=structure, credentials=ours, timestamp=TIMESTAMP)
        else:
            self.write("public_creds.json", listed)
            self.run("archive", "init")
        self.check()
        self.check_growth()
        self.setup = self.folder / "setup"
        self.setup.mkdir()
        shutil.copy(self.path, self.setup)

    def _keys(self) -> bytes:
        """Make the keys; the structure of trustees, made by both."""
        items: list[Item] = []
        for _ in range({"single": 2, "both": 1, "threshold": 0}[self.case.keys]):
            items.append(self._single(len(items) + 1))
        if self.case.keys != "single":
            items.append(self._threshold(len(items)))
        self.write("public_keys.jsons", b"".join(line(item.key) for item in items if isinstance(item, Single)))
        self.run("setup", "make-trustees")
        theirs = (self.folder / "trustees.json").read_bytes().removesuffix(b"\n")
        assert theirs == trustees_text(items)
        read = read_trustees(theirs, self.group)
        assert list(trustee_faults(new_pool(self.group, "libsodium"), read)) == []
        return theirs

    def _single(self, number: int) -> Single:
        """A trustee who is needed, made by either; the other can use the key too."""
        name = f"single-{number}"
        if self.turn() == "o":
            private, key = make_key(self.group)
            self.write(name, private_key_text(private) + b"\n")
        else:
            self.run("setup", "generate-trustee-key", "--group", self.group.name)
            (public_file,), (private_file,) = self.folder.glob("*.pubkey"), self.folder.glob("*.privkey")
            key = read_public_key(public_file.read_bytes(), self.group)
            assert line(key) == public_file.read_bytes()
            private = read_private_key(private_file.read_bytes(), self.group)
            public_file.unlink()
            private_file.rename(self.folder / name)
        self.trustees.append(Trustee(number, key["public_key"], private.exponent, ("decrypt", "--privkey", name)))
        return Single(key)

    def _threshold(self, before: int) -> Item:
        """A key of three of whom two suffice, each made by either."""
        from tests.interop.box.test_threshold import make_threshold, make_trustees, private_of

        made = make_trustees(self.tool, self.group, self.folder, "".join(self.turn() for _ in range(3)))
        parameters = make_threshold(self.tool, self.group, self.folder, made, 2)
        self.write("threshold.json", line(parameters.content))
        for index, (one, key) in enumerate(zip(made, parameters.content["verification_keys"], strict=True), 1):
            names = (f"{one.identifier}.key", f"{one.identifier}.dkey")
            command = ("decrypt-threshold", "--key", names[0], "--decryption-key", names[1])
            exponent = private_of(one, key["public_key"])
            self.trustees.append(Trustee(before + index, key["public_key"], exponent, command))
        return parameters

    def _credentials(self) -> bytes:
        """Make the credentials; the public list as the tool's registrar hands it over, or as ours does."""
        voters = self.case.voters
        if self.turn() == "o":
            self.credentials = [generate() for _ in voters]
            keys = [public(self.group, self.uuid, credential) for credential in self.credentials]
            derived = self.run(
                *("setup", "generate-credentials", "--uuid", self.uuid, "--group", self.group.name),
                *("--derive", self.credentials[0]),
            )
            assert derived.decode().split()[-1] == keys[0]
            weights = [weight for _, weight in voters]
            return credential_text(self.group, list(map(PublicCredential, keys, weights)))
        rows = [f"{name},login-{number},{weight}\n" for number, (name, weight) in enumerate(voters)]
        self.write("voters", "".join(rows).encode())
        given = ("--uuid", self.uuid, "--group", self.group.name, "--file", "voters")
        self.run("setup", "generate-credentials", *given)
        (listed,), (private,) = self.folder.glob("*.pubcreds"), self.folder.glob("*.privcreds")
        by_login = json.loads(private.read_bytes())
        self.credentials = [by_login[f"login-{number}"] for number in range(len(voters))]
        return listed.read_bytes()

    def _election(self, structure: bytes) -> bytes:
        """The election's text: made by both, and the same."""
        about = {"description": "", "name": "An election"} | self.case.about
        template = {
            "description": about["description"],
            "name": about["name"],
            "questions": self.case.questions,
            **{name: about[name] for name in ("administrator", "credential_authority", "language") if name in about},
        }
        self.write("template.json", line(template))
        given = ("--uuid", self.uuid, "--group", self.group.name, "--template", "template.json")
        self.run("setup", "make-election", *given)
        theirs = (self.folder / "election.json").read_bytes().removesuffix(b"\n")
        ours = election_text(
            uuid=self.uuid,
            group=self.group,
            public_key=election_key(read_trustees(structure, self.group)),
            questions=questions_of(self.case.questions),
            **about,
        )
        assert ours == theirs
        return theirs

    # --- voting ------------------------------------------------------------------------------------------

    def cast_all(self) -> None:
        """Make all ballots and cast them, each by whose turn it is; both accept each by itself first."""
        election = read_election((self.folder / "election.json").read_bytes().removesuffix(b"\n"))
        for ballot in self.case.ballots:
            credential = self.credentials[ballot.voter]
            if self.turn(only="t" if self.case.has_lists else "") == "o":
                raw = make_ballot(election, credential, ballot.answers)
            else:
                self.write("credential", credential.encode() + b"\n")
                self.write("choice", line(ballot.answers))
                given = ("--privcred", "credential", "--choice", "choice")
                raw = self.run("election", "generate-ballot", *given).removesuffix(b"\n")
                assert canonical.dumps(json.loads(raw)).encode() == raw
            self.write("ballot", raw + b"\n")
            self.run("election", "verify-ballot", "--dir", str(self.setup), "--ballot", "ballot")
            if self.turn() == "o":
                Box(self.path, "libsodium").cast(raw)
            else:
                self.run("archive", "add-event", "--type=Ballot", stdin=raw + b"\n")
        self.check(always=True)
        if self.case.ballots:
            self.check_growth()

    # --- what follows ------------------------------------------------------------------------------------

    def tally(self) -> None:
        """Close the box and make the tally: both make the same."""
        self.add("EndBallots")
        content, payload = acts.encrypted_tally(self.read())
        assert self.run("election", "compute-encrypted-tally") == content + b"\n" + payload + b"\n"
        self.add("EncryptedTally", content, payload)

    def shuffle(self) -> None:
        """Two trustees shuffle, each by whose turn it is."""
        if not self.case.rankings:
            return
        for trustee in self.trustees[:2]:
            if self.turn() == "o":
                content = acts.shuffle(self.read())
            else:
                content = self._owned(self.run("election", "shuffle", "--trustee-id", str(trustee.number)))
            self.add("Shuffle", content, owner=trustee.number)
        self.add("EndShuffles")

    @staticmethod
    def _owned(printed: bytes) -> bytes:
        """The content of what the tool prints: that, and a line that says whose it is."""
        content, _ = printed.splitlines()
        return content

    def decrypt(self) -> None:
        """As many trustees as are needed decrypt, the last ones of a threshold key; each by whose turn it is."""
        needed = self.trustees if self.case.keys == "single" else self.trustees[-2:]
        if self.case.keys == "both":
            needed = [self.trustees[0], *needed]
        for trustee in needed:
            if self.turn() == "o":
                content = acts.partial_decryption(self.read(), trustee.exponent, trustee.public_key)
            else:
                command = ("election", *trustee.command, "--trustee-id", str(trustee.number))
                content = self._owned(self.run(*command))
            self.add("PartialDecryption", content, owner=trustee.number)

    def finish(self) -> list[Any]:
        """The result: both make the same, and it is what the plain answers say."""
        opened, raw = acts.opened(self.read())
        assert self.run("election", "compute-result") == raw + b"\n"
        self.add("Result", payload=raw)
        if not self._every_stage:
            self.check(always=True)
        self.check_growth()
        assert ordered(self.case, opened.result) == self.case.result()
        assert all(not marked for marked in opened.not_canonical.values())
        return opened.result

    def is_canonical(self) -> None:
        """Every byte of the archive is what writing it again gives, whoever wrote it."""
        parts = parts_of(self.path)
        for part in parts:
            for raw in part.data:
                assert canonical.dumps(json.loads(raw)).encode() == raw
        with Archive(self.path) as archive:
            timestamp = archive.timestamp
        assert put_together(parts, timestamp) == self.path.read_bytes()


def play(tool: Tool, folder: Path, case: Case, makers: str, *, every_stage: bool = True) -> Held:
    """Hold an election from its keys to its result, with all checks on the way."""
    held = Held(tool, folder, case, makers, every_stage=every_stage)
    steps: Iterator[Callable[[], Any]] = iter(
        (held.set_up, held.cast_all, held.tally, held.shuffle, held.decrypt, held.finish, held.is_canonical)
    )
    for step in steps:
        step()
    return held
