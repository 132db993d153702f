"""``box``: a sealed ballot box, each step by its own person on their own machine."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer

from ..box.groups import Group
from ..box.keyfile import read_public
from ..box.shapes import Items, Shape, Text, require
from ..box.v1 import acts
from ..box.v1.ballots import make_ballot, tracker
from ..box.v1.box import Box, open_box
from ..box.v1.credentials import published_text
from ..box.v1.elections import election_text
from ..box.v1.looking import look
from ..box.v1.papers import questions_asked
from ..box.v1.reading import Reading
from ..box.v1.trustees import election_key, read_trustees
from ..desks.keys import least_of, private_of
from ..desks.used import noted
from ..errors import InputError, ProtocolError, Where
from . import base, box_ceremony, box_checks, box_demo, box_keys
from .base import line
from .box_keys import of_file, passphrase, write_new

app = typer.Typer(no_args_is_help=True, rich_markup_mode="rich")
MOST_FILE = 200 * 1024 * 1024

_BOX = typer.Argument(help="The archive of the box (.bel).")
_OUT = typer.Option(None, help="Write it to this new file, to be added by somebody else; without it, it is added.")
_ADD = typer.Option(None, help="Add what this file holds, made by the trustee elsewhere.")
_TRUSTEE = typer.Option(..., help="The number of the trustee, from 1.")
_PASSPHRASE = typer.Option(None, help="A file with the passphrase; else it is asked for.")


@app.command("open")
def open_(
    template: Path = typer.Argument(help="A JSON file with the name, the description and the questions."),
    credentials: Path = typer.Option(..., help="The public credentials: public_creds.json of the registrar."),
    trustees: Path = typer.Option(..., help="The trustees' public keys: trustees.json."),
    uuid: str = typer.Option(..., help="The identifier that the registrar made the credentials for."),
    folder: Path = typer.Option(Path(), help="Where the box is written."),
) -> None:
    """Open a box for voting. For the returning officer.

    The questions are written as papers in the words of a rulebook, or as the reference tool takes them;
    docs/sealed-boxes.md has an example of each kind.
    """
    with base.failures_told():
        box_keys.require_identifier(uuid)
        asked = _json(template)
        group = box_keys.group_of(str(asked.get("group", "Ed25519")))
        raw_trustees = _bytes(trustees).rstrip(b"\n")
        with of_file(trustees):
            key = election_key(read_trustees(raw_trustees, group))
        with of_file(template):
            election = _election(asked, uuid, group, key)
        path = folder / f"{uuid}.bel"
        with of_file(credentials):
            listed = published_text(_bytes(credentials).rstrip(b"\n"), group)
        open_box(path, election=election, trustees=raw_trustees, credentials=listed, timestamp=int(time.time()))
        seen = look(path)
        console = base.out()
        for text in seen.lines():
            console.print(line(text))
        console.print(line(f"The box is open: {path}"))


@app.command()
def cast(
    box: Path = _BOX,
    ballot: Path | None = typer.Option(None, help="A ballot that was made elsewhere."),
    credential_file: Path | None = typer.Option(None, help="A file with your credential, to make a ballot here."),
    answers: str = typer.Option("", help='Your answers, a list a question: "[[1,2,3],[0,1]]".'),
    out: Path | None = typer.Option(None, help="Write the ballot to this new file and do not cast it."),
    no_revote: bool = typer.Option(False, "--no-revote", help="Refuse a ballot of who has voted already."),
) -> None:
    """Make a ballot, or cast one, or both. Prints its tracker, by which it is found again."""
    with base.failures_told():
        if (ballot is None) == (credential_file is None):
            raise InputError("there is no ballot", hint="Give --ballot, or --credential-file with --answers.")
        if ballot is not None:
            raw = _bytes(ballot)
        elif credential_file is not None:
            secret = _bytes(credential_file).decode("utf-8", "replace").strip()
            raw = make_ballot(look(box).election, secret, _answers(answers))
        if out is not None:
            write_new(out, raw)
            base.out().print(line(f"Tracker: {tracker(raw)}. Not cast: {out}"))
            return
        receipt = Box(box).cast(raw, revote=not no_revote)
        base.out().print(line(f"Tracker: {receipt.tracker}"))
        base.out().print(line(f"Recorded as event {receipt.height}, {receipt.event}."))


@app.command()
def close(box: Path = _BOX) -> None:
    """End the voting. Nothing can be cast afterwards."""
    with base.failures_told():
        event, height = Box(box).add("EndBallots")
        base.out().print(line(f"Closed: event {height}, {event}."))


@app.command()
def tally(box: Path = _BOX, arithmetic: str = typer.Option("auto", help="auto, kernel or libsodium.")) -> None:
    """Make the encrypted tally of a closed box, after everything in it was checked."""
    with base.failures_told():
        reading = _read(box, arithmetic)
        content, payload = acts.encrypted_tally(reading)
        event, height = Box(box).add("EncryptedTally", [content], payload, after=reading.chain.head)
        base.out().print(line(f"{reading.tallied:,} ballots tallied: event {height}, {event}."))


@app.command()
def shuffle(
    box: Path = _BOX,
    trustee: int = typer.Option(0, help="The number of the trustee, from 1."),
    out: Path | None = _OUT,
    add: Path | None = _ADD,
    end: bool = typer.Option(False, "--end", help="End the shuffles: decryption begins."),
    arithmetic: str = typer.Option("auto", help="auto, kernel or libsodium."),
) -> None:
    """Shuffle the rankings of a tallied box, with a proof. Each trustee in turn; then the officer ends it."""
    with base.failures_told():
        if end:
            event, height = Box(box).add("EndShuffles")
            base.out().print(line(f"Shuffles ended: event {height}, {event}."))
            return
        reading = _read(box, arithmetic)
        _require_trustee(reading, trustee)
        if trustee in reading.shufflers:
            raise InputError(f"trustee {trustee} has shuffled already")
        content = _bytes(add) if add is not None else _made("Shuffling", lambda: acts.shuffle(reading))
        _put(box, reading, "Shuffle", trustee, content, out)


@app.command()
def decrypt(
    box: Path = _BOX,
    trustee: int = _TRUSTEE,
    key: Path | None = typer.Option(None, help="The trustee's key file."),
    least: int = typer.Option(0, help="Refuse fewer ballots than this, where your key file would take fewer."),
    since: Path | None = typer.Option(None, help="A copy of the box that you saw before: it may only have grown."),
    out: Path | None = _OUT,
    add: Path | None = _ADD,
    passphrase_file: Path | None = _PASSPHRASE,
    arithmetic: str = typer.Option("auto", help="auto, kernel or libsodium."),
) -> None:
    """Decrypt a trustee's part of the tally, with a proof, after everything in the box was checked. Offline is best.

    The key opens no box with fewer ballots than was said when the key was made, and only one tally of an election. What
    it has opened is noted beside it, as NAME.used.json.
    """
    with base.failures_told():
        if (key is None) == (add is None):
            raise InputError("there is nothing to decrypt with", hint="Give --key, or --add with what was made before.")
        reading, found = box_checks.read_since(box, since, arithmetic, "Checking the box")
        acts.require_no_fault(reading)
        if found is not None and not found.only_grown:
            raise ProtocolError(found.lines()[0], check="events.chain", hint="The key was not used.")
        public = _require_trustee(reading, trustee)
        base.out().print(
            line(f"{reading.tallied:,} ballots of {len(reading.roll):,} voters; last event {reading.chain.head}.")
        )
        if add is not None:
            _put(box, reading, "PartialDecryption", trustee, _bytes(add), out)
            return
        if key is not None:
            if read_public(key).get("public_key") != public:
                raise InputError(f"this is not the key of trustee {trustee}", where=Where(str(key)))
            group = acts.require_sound(reading, reading.phase).group
            private, held = private_of(key, passphrase(passphrase_file, new=False), public, group)
            acts.require_decryptable(reading)
            _require_enough(reading, max(least, least_of(held, key)), key)
            for text in noted(key, reading):
                base.out().print(line(text, "yellow"))
            content = _made("Decrypting", lambda: acts.partial_decryption(reading, private, public))
            _put(box, reading, "PartialDecryption", trustee, content, out)


@app.command()
def result(box: Path = _BOX, arithmetic: str = typer.Option("auto", help="auto, kernel or libsodium.")) -> None:
    """Put the partial decryptions together and publish the result."""
    with base.failures_told():
        reading = _read(box, arithmetic)
        opened, raw = acts.opened(reading)
        event, height = Box(box).add("Result", [], raw, after=reading.chain.head)
        void = sum(len(positions) for positions in opened.not_canonical.values())
        console = base.out()
        console.print(line(f"Result: event {height}, {event}."))
        if void:
            console.print(line(f"{void:,} plaintexts are not in canonical form, and void."))


# --- what they share -------------------------------------------------------------------------------------


def _read(box: Path, arithmetic: str) -> Reading:
    return box_checks.read_with_progress(box, arithmetic, "Checking the box")


def _made(what: str, make: Any) -> bytes:
    with base.working(what):
        return bytes(make())


_ABOUT: dict[str, Shape] = {"name": Text(), "description": Text(), "language": Items(Text(), 2)}


def _election(asked: dict[str, Any], uuid: str, group: Group, key: str) -> bytes:
    """The election that a template describes. Raises ProtocolError if it describes none."""
    for name, shape in _ABOUT.items():
        if name in asked:
            require(shape, asked[name], f"its {name}", check="setup.election")
    questions = questions_asked(asked.get("questions"))
    return election_text(
        uuid=uuid,
        name=asked.get("name", ""),
        description=asked.get("description", ""),
        group=group,
        public_key=key,
        questions=questions,
        administrator=asked.get("administrator"),
        credential_authority=asked.get("credential_authority"),
        language=asked.get("language"),
    )


def _require_enough(reading: Reading, least: int, key: Path) -> None:
    """Raise InputError if fewer than ``least`` ballots count: few tell how each was cast."""
    if reading.tallied < least:
        raise InputError(
            f"{reading.tallied:,} ballots count in this box, and the key opens none with fewer than {least:,}",
            where=Where(str(key)),
            hint="That was set when the key was made, or by --least, which can only raise it.",
        )


def _require_trustee(reading: Reading, trustee: int) -> str:
    """The public key of a trustee. Raises InputError if there is none of that number, ProtocolError for a bad box."""
    acts.require_no_fault(reading)
    if reading.trustees is None or not 1 <= trustee <= len(reading.trustees.keys):
        count = 0 if reading.trustees is None else len(reading.trustees.keys)
        raise InputError(f"there is no trustee {trustee}", hint=f"--trustee is a number from 1 to {count}.")
    return reading.trustees.keys[trustee - 1].public_key


def _put(box: Path, reading: Reading, kind: Any, trustee: int, content: bytes, out: Path | None) -> None:
    """Write what a trustee made to a file of its own, or add it to the box, after it was checked like anybody's."""
    if out is not None:
        write_new(out, content)
        base.out().print(line(f"Written to {out}; add it with --add."))
        return
    acts.require_good(reading, kind, trustee, content)
    event, height = Box(box).add_owned(kind, trustee, content, after=reading.chain.head)
    base.out().print(line(f"{kind} of trustee {trustee}: event {height}, {event}."))


def _bytes(path: Path) -> bytes:
    """What is in a file. Raises InputError if it is there but larger than anything that a box takes."""
    if path.stat().st_size > MOST_FILE:
        raise InputError(f"is larger than {MOST_FILE:,} bytes", where=Where(str(path)), hint="Is it the right file?")
    return path.read_bytes()


def _json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(_bytes(path))
    except (ValueError, RecursionError):
        raise InputError("this is not JSON", where=Where(str(path))) from None
    if not isinstance(value, dict):
        raise InputError("this is not a JSON object", where=Where(str(path)))
    return value


def _answers(text: str) -> Sequence[Sequence[int]]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, list) or not all(isinstance(row, list) for row in value):
        raise InputError("the answers are not a list of lists of numbers", hint="--answers '[[1,2,3]]'")
    return value


box_keys.add_to(app)
box_ceremony.add_to(box_keys.keys)
box_checks.add_to(app)
box_demo.add_to(app)
