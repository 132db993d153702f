"""Boxes to measure with: many voters who rank five names, two single trustees, two shuffles, in every phase.

Each phase is kept as a copy, so that a shuffle and a decryption can be measured on the archive that they begin from.
"""

from __future__ import annotations

import json
import random
import shutil
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from selectorate.box.archive import member_bytes
from selectorate.box.ed25519 import ED25519
from selectorate.box.v1 import acts
from selectorate.box.v1.ballots import make_ballot
from selectorate.box.v1.box import Box, open_box
from selectorate.box.v1.credentials import PublicCredential, credential_text, generate, public, token
from selectorate.box.v1.elections import RankingQuestion, election_text, read_election
from selectorate.box.v1.events import Chain
from selectorate.box.v1.hashes import hex_hash
from selectorate.box.v1.reading import read_box
from selectorate.box.v1.trustees import Single, election_key, make_key, read_trustees, trustees_text

NAMES = ("Ada", "Ben", "Cyd", "Dot", "Eve")
TIMESTAMP = 1_700_000_000


@dataclass(frozen=True)
class Prepared:
    """A box in each of its phases. ``keys``: files with the trustees' private keys as the reference tool reads them."""

    tallied: Path
    shuffled: Path
    final: Path
    keys: tuple[Path, ...]


def prepare(folder: Path, voters: int) -> Prepared:
    """The box of so many voters in ``folder``, made if it is not there yet."""
    names = folder / "names.json"
    if not names.is_file():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        names.write_text(json.dumps(_make(folder, voters)))
    uuid = json.loads(names.read_text())
    phases = [folder / phase / f"{uuid}.bel" for phase in ("tallied", "shuffled", "final")]
    return Prepared(*phases, (folder / "1.privkey", folder / "2.privkey"))


def _ballot(job: tuple[bytes, str, int]) -> bytes:
    raw, credential, seed = job
    return make_ballot(read_election(raw), credential, [random.Random(seed).sample(range(1, 6), 5)])


def _make(folder: Path, voters: int) -> str:
    group = ED25519
    pairs = [make_key(group) for _ in range(2)]
    for number, (private, _) in enumerate(pairs, 1):
        (folder / f"{number}.privkey").write_text(json.dumps(str(private.exponent)))
    structure = trustees_text([Single(key) for _, key in pairs])
    uuid = token(14)
    questions = [RankingQuestion("Who should lead?", NAMES)]
    key = election_key(read_trustees(structure, group))
    raw = election_text(uuid=uuid, name="Benchmark", description="", group=group, public_key=key, questions=questions)
    credentials = [generate() for _ in range(voters)]
    with ProcessPoolExecutor() as processes:
        keys = list(processes.map(_public, [(uuid, one) for one in credentials], chunksize=500))
        jobs = [(raw, one, seed) for seed, one in enumerate(credentials)]
        ballots = list(processes.map(_ballot, jobs, chunksize=200))
    listed = credential_text(group, [PublicCredential(one) for one in keys])
    path = folder / f"{uuid}.bel"
    open_box(path, election=raw, trustees=structure, credentials=listed, timestamp=TIMESTAMP)
    _fill(path, ballots)
    _open(path, folder, [(private.exponent, public_key["public_key"]) for private, public_key in pairs])
    return uuid


def _public(job: tuple[str, str]) -> str:
    return public(ED25519, *job)


def _fill(path: Path, ballots: list[bytes]) -> None:
    """Append ballots that were just made: `Box.cast` would check each and flush it to the disk."""
    box = Box(path)
    chain = Chain(box.height, box.head, box.phase)
    with path.open("ab") as file:
        for raw in ballots:
            event = chain.link("Ballot", hex_hash(raw))
            file.write(member_bytes("data", raw, TIMESTAMP) + member_bytes("event", event, TIMESTAMP))
            chain.extend(event)


def _open(path: Path, folder: Path, trustees: list[tuple[int, str]]) -> None:
    """Close the box, tally, shuffle twice, decrypt twice and publish, with a copy of each phase."""
    Box(path).add("EndBallots")
    content, payload = acts.encrypted_tally(read_box(path))
    Box(path).add("EncryptedTally", [content], payload)
    _keep(path, folder / "tallied")
    for owner in (1, 2):
        Box(path).add_owned("Shuffle", owner, acts.shuffle(read_box(path)))
    Box(path).add("EndShuffles")
    _keep(path, folder / "shuffled")
    for owner, (private, public_key) in enumerate(trustees, 1):
        Box(path).add_owned("PartialDecryption", owner, acts.partial_decryption(read_box(path), private, public_key))
    _, result = acts.opened(read_box(path))
    Box(path).add("Result", [], result)
    (folder / "final").mkdir()
    path.replace(folder / "final" / path.name)


def _keep(path: Path, folder: Path) -> None:
    folder.mkdir()
    shutil.copy(path, folder / path.name)
