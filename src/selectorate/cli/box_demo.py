"""``box demo``: a whole sealed contest in one terminal, told as it goes.

Everybody's part is played here by one program, but each only with what that person has: the registrar has the
credentials, a trustee a key of their own, a voter one credential. What passes between them are the messages of the
protocol.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import typer
from rich.console import Console
from rich.padding import Padding

from .. import contest, sheets
from ..box.ed25519 import ED25519
from ..box.pools import new_pool
from ..box.v1 import acts, pedersen
from ..box.v1.ballots import make_ballot
from ..box.v1.box import Box, open_box
from ..box.v1.channels import Channel, Seed
from ..box.v1.credentials import PublicCredential, credential_text, generate, public, token
from ..box.v1.elections import RankingQuestion, election_text
from ..box.v1.keys import PrivateKey
from ..box.v1.reading import read_box
from ..box.v1.report import report
from ..box.v1.threshold import ThresholdParameters
from ..box.v1.trustees import election_key, read_trustees, trustees_text
from ..errors import InputError, Where
from . import base
from .base import line

NAMES = ("Ada Lovelace", "Charles Babbage", "Mary Somerville")
SEGMENTS = {
    "members": ("party members", 60),
    "affiliated": ("affiliated supporters", 25),
    "registered": ("registered supporters", 15),
}
"""The segments of the demonstration: what each is called, and how many may vote."""
TRUSTEES, NEEDED = 3, 2
SEED = 2016
"""Chance decides how the voters of the demonstration vote; nothing secret comes from it."""

RULES = """
id = "society"
name = "Leader of the society, one member one vote"
organisation = "The society"
office = "Leader"
{segments}
[[stage]]
kind = "ballot"
id = "ballot"
segments = [{ids}]
paper = "rank"
count = "alternative vote"
elected = "majority of votes"
"""
CONTEST = """
id = "sealed-leader"
title = "Leader of the society"
organisation = "The society"
office = "Leader"
rulebook = "rules.toml"
date = 2026-11-30
[candidates.ada]
name = "Ada Lovelace"
[candidates.charles]
name = "Charles Babbage"
[candidates.mary]
name = "Mary Somerville"
[[ballot]]
stage = "ballot"
ballots = {{ {files} }}
{rolls}
"""


@dataclass(frozen=True)
class Trustee:
    """A trustee of the demonstration: the number, and the private key that nobody else has."""

    number: int
    private: PrivateKey
    public: str


@dataclass(frozen=True)
class Segment:
    """A segment with its box and the credentials of its voters, which the registrar has delivered."""

    id: str
    name: str
    path: Path
    credentials: tuple[str, ...]

    def __repr__(self) -> str:
        return f"<segment {self.id}>"


def add_to(app: typer.Typer) -> None:
    """Add the command to ``app``."""
    app.command("demo")(demo)


def demo(
    folder: Path = typer.Option(Path("demo-box"), help="Where the boxes are written: a new folder."),
    tool: Path | None = typer.Option(None, help="belenios-tool, to have it check the boxes as well."),
) -> None:
    """Play a sealed contest: three segments, three trustees of whom two suffice, rankings, count and declaration."""
    with base.failures_told():
        if folder.exists():
            raise InputError("this folder is there already", where=Where(str(folder)), hint="Give --folder.")
        folder.mkdir(parents=True)
        _Story(folder, base.out(), tool or _found_tool()).play()


def _found_tool() -> Path | None:
    """The reference tool, if it is named in the environment, on the path, or beside this checkout."""
    named = os.environ.get("SELECTORATE_BELENIOS_TOOL") or shutil.which("belenios-tool")
    beside = Path("..", "shared", "tools", "belenios-tool")
    return Path(named) if named else beside if beside.is_file() else None


class _Story:
    """The story, step by step."""

    def __init__(self, folder: Path, console: Console, tool: Path | None) -> None:
        self.folder, self.console, self.tool = folder, console, tool
        self.chance = random.Random(SEED)
        self.started = time.monotonic()

    def say(self, text: str, style: str = "") -> None:
        """A line of the story, indented as it is."""
        self.console.print(Padding(line(text.strip(), style), (0, 0, 0, len(text) - len(text.lstrip()))))

    def chapter(self, title: str) -> None:
        """The heading of a part."""
        self.console.print()
        self.say(title, "bold")

    def play(self) -> None:
        """All of it."""
        trustees, parameters = self.keys()
        segments = self.opened(parameters)
        self.voted(segments)
        self.closed(segments)
        self.chapter("5. Opening: two trustees shuffle, two decrypt; trustee 2 has lost the key")
        for segment in segments:
            self.unsealed(segment, trustees)
        self.verified(segments)
        self.counted(segments)
        self.say(f"All of it took {time.monotonic() - self.started:.0f} seconds. The boxes are in {self.folder}.")

    def keys(self) -> tuple[list[Trustee], ThresholdParameters]:
        """The trustees make the key together, so that it is never in one place."""
        self.chapter(f"1. The key: {TRUSTEES} trustees, of whom {NEEDED} suffice")
        pool = new_pool(ED25519, "libsodium")
        numbers = range(1, TRUSTEES + 1)
        channels = [Channel.of(ED25519, Seed.generate()) for _ in numbers]
        certificates = [
            pedersen.make_certificate(channel, index=number, threshold=NEEDED, size=TRUSTEES)
            for number, channel in zip(numbers, channels, strict=True)
        ]
        pedersen.require_certificates(pool, certificates)
        self.say("  each made a certificate; all certificates are sound")
        polynomials = [pedersen.make_polynomial(pool, channel, certificates) for channel in channels]
        commitments = [pedersen.commitment(polynomial["coefexps"]) for polynomial in polynomials]
        self.say("  each made a secret polynomial, and said its hash before anybody saw what the others say")
        vinputs = [pedersen.make_vinput(polynomials, number) for number in numbers]
        voutputs = [
            pedersen.make_voutput(pool, channel, certificates, vinput, commitments)
            for channel, vinput in zip(channels, vinputs, strict=True)
        ]
        self.say("  each checked what the others gave, and made a share of the key from it")
        parameters = pedersen.assemble(pool, ED25519, certificates, polynomials, voutputs)
        found = []
        for number, channel, voutput in zip(numbers, channels, voutputs, strict=True):
            key = voutput["public_key"]["public_key"]
            found.append(Trustee(number, pedersen.decryption_key(channel, voutput["private_key"], key), key))
        self.say("  Nobody has ever had the whole key. One trustee may lose theirs and the boxes can still be opened.")
        return found, parameters

    def opened(self, parameters: ThresholdParameters) -> list[Segment]:
        """The registrar makes credentials; the returning officer opens a box for each segment."""
        self.chapter("2. Credentials and boxes: one box a segment")
        structure = trustees_text([parameters])
        key = election_key(read_trustees(structure, ED25519))
        found = []
        for id_, (name, voters) in SEGMENTS.items():
            uuid = token(14)
            credentials = tuple(generate() for _ in range(voters))
            listed = credential_text(ED25519, [PublicCredential(public(ED25519, uuid, one)) for one in credentials])
            raw = election_text(
                uuid=uuid,
                name=f"Leader of the society: {name}",
                description="Rank as many as you like.",
                group=ED25519,
                public_key=key,
                questions=[RankingQuestion("Who should lead?", NAMES)],
            )
            path = self.folder / f"{uuid}.bel"
            open_box(path, election=raw, trustees=structure, credentials=listed, timestamp=int(time.time()))
            found.append(Segment(id_, name, path, credentials))
            self.say(f"  {name}: {voters} credentials, box {path.name}")
        return found

    def voted(self, segments: Sequence[Segment]) -> None:
        """Voters rank, encrypt and cast; some vote again, some not at all."""
        self.chapter("3. Voting: encrypted by each voter, checked on its way in")
        for segment in segments:
            box = Box(segment.path)
            receipt = None
            again = 0
            for credential in segment.credentials:
                for turn in range(self.chance.choices((0, 1, 2), (15, 75, 10))[0]):
                    receipt = box.cast(make_ballot(box.election, credential, [self._ranking()]))
                    again += turn > 0
            self.say(f"  {segment.name}: {box.count('Ballot')} ballots, {again} of them instead of an earlier one")
            if receipt is not None:
                self.say(f"    the last voter's tracker: {receipt.tracker} (event {receipt.height})")

    def _ranking(self) -> list[int]:
        """How somebody votes: a rank for each name, 0 for those not ranked; now and then a blank paper."""
        order = self.chance.sample(range(len(NAMES)), self.chance.choice((0, 1, 2, 3, 3, 3, 3, 3)))
        return [order.index(name) + 1 if name in order else 0 for name in range(len(NAMES))]

    def closed(self, segments: Sequence[Segment]) -> None:
        """The voting ends; what counts is the last ballot of each voter."""
        self.chapter("4. Closing: the encrypted tally")
        for segment in segments:
            box = Box(segment.path)
            box.add("EndBallots")
            reading = read_box(segment.path)
            content, payload = acts.encrypted_tally(reading)
            box.add("EncryptedTally", [content], payload)
            self.say(f"  {segment.name}: {reading.tallied} ballots count")

    def unsealed(self, segment: Segment, trustees: Sequence[Trustee]) -> None:
        """Two trustees shuffle, two decrypt; each checks everything before using the key."""
        self.say(f"  {segment.name}")
        box = Box(segment.path)
        for trustee in trustees[:NEEDED]:
            box.add_owned("Shuffle", trustee.number, acts.shuffle(read_box(segment.path)))
            self.say(f"    trustee {trustee.number} shuffled, with a proof")
        box.add("EndShuffles")
        for trustee in (trustees[0], trustees[2]):
            reading = read_box(segment.path)
            content = acts.partial_decryption(reading, trustee.private.exponent, trustee.public)
            box.add_owned("PartialDecryption", trustee.number, content)
            self.say(f"    trustee {trustee.number} decrypted their part, with a proof")
        opened, raw = acts.opened(read_box(segment.path))
        box.add("Result", [], raw)
        self.say(f"    opened: {len(opened.result[0])} rankings, in an order that nobody knows")

    def verified(self, segments: Sequence[Segment]) -> None:
        """Anybody checks all of it."""
        self.chapter("6. Verification, from nothing but the archives")
        for segment in segments:
            judged = report(read_box(segment.path), final=True)
            passed = sum(finding.verdict == "passed" for finding in judged.findings)
            self.say(f"  {segment.name}: {'sound' if judged.sound else 'NOT SOUND'}, {passed} checks passed")
            if self.tool is not None:
                self.say(f"    {self._reference(segment)}")
        if self.tool is None:
            self.say("  belenios-tool is not here; `box demo --tool PATH` has it check the boxes as well.")

    def _reference(self, segment: Segment) -> str:
        """What the reference tool, which others wrote, says of a box."""
        with tempfile.TemporaryDirectory() as scratch:
            shutil.copy(segment.path, scratch)
            command = [str(self.tool), "election", "verify", "--dir", scratch]
            done = subprocess.run(command, capture_output=True, text=True, check=False)
        said = (done.stderr.strip().splitlines() or [""])[-1]
        return f"belenios-tool: {said}" if done.returncode == 0 else f"belenios-tool REFUSES it: {said}"

    def counted(self, segments: Sequence[Segment]) -> None:
        """The rankings are counted under the rulebook, and declared by segment."""
        self.chapter("7. Count and declaration")
        tables = "".join(f'[segments.{segment.id}]\nname = "{segment.name}"\n' for segment in segments)
        ids = ", ".join(f'"{segment.id}"' for segment in segments)
        (self.folder / "rules.toml").write_text(RULES.format(segments=tables, ids=ids), encoding="utf-8")
        files = ", ".join(f'{segment.id} = "{segment.path.name}"' for segment in segments)
        rolls = "".join(f"[ballot.roll.{segment.id}]\nentitled = {len(segment.credentials)}\n" for segment in segments)
        path = self.folder / "contest.toml"
        path.write_text(CONTEST.format(files=files, rolls=rolls), encoding="utf-8")
        base.print_sheet(sheets.declaration_sheet(contest.declare(contest.load(str(path)))))
