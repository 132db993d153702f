"""``box keys`` and ``box credentials``: secrets, made by their owners on their own machines."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Sequence
from getpass import getpass
from pathlib import Path
from typing import Any

import typer

from ..box.canonical import dumps
from ..box.groups import Group, group_named
from ..box.keyfile import KeyFile, read_key_file, write_key_file, write_private
from ..box.v1 import credentials as made
from ..errors import InputError, Where
from . import base
from .base import line

CREDENTIALS = "the private credentials of a roll"
MOST_VOTERS = 1_000_000


def passphrase(file: Path | None, *, new: bool) -> str:
    """The passphrase of a key file: from a file, or asked for on the terminal; twice if it is ``new``.

    It is never an argument, which other users of the machine could see.
    """
    if file is not None:
        try:
            return file.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError):
            raise InputError("the passphrase cannot be read", where=Where(str(file))) from None
    if not sys.stdin.isatty():
        raise InputError("nobody is there to be asked for the passphrase", hint="Give --passphrase-file.")
    first = getpass("Passphrase: ")
    if new and getpass("Once more: ") != first:
        raise InputError("the two are not the same")
    return first


def group_of(name: str) -> Group:
    """The group that an option names. Raises InputError if it is none of those that are implemented."""
    from ..errors import ProtocolError

    try:
        return group_named(name)
    except ProtocolError as fault:
        raise InputError(f'there is no group "{name}"', hint=fault.hint) from None


def credentials(
    out: Path = typer.Option(help="A new folder for the two files: one to publish, one to keep."),
    count: int = typer.Option(0, help="How many to make, numbered from 1."),
    voters: Path | None = typer.Option(None, help="A CSV file: a name or number for each voter, and a weight."),
    uuid: str = typer.Option("", help="The election's identifier; a new one is made if none is given."),
    group: str = typer.Option("Ed25519", help="Ed25519 or RFC-3526-2048."),
    passphrase_file: Path | None = typer.Option(None, help="A file with the passphrase; else it is asked for."),
) -> None:
    """Make a credential for every voter. For the registrar, offline.

    Writes public_creds.json, which goes to the returning officer, and credentials.key, which stays with the registrar:
    the private credentials, encrypted. Their holder could vote for everybody who does not.
    """
    with base.failures_told():
        chosen = group_of(group)
        rows = _voters(count, voters)
        identifier = uuid or made.token(14)
        if not made.UUID_FORM.fullmatch(identifier):
            raise InputError("this is not the identifier of an election", hint="14 letters and digits or more, Base58.")
        secret = passphrase(passphrase_file, new=True)
        private = {name: made.generate() for name, _ in rows}
        with base.working(f"Making {len(rows):,} credentials"):
            entries = [
                made.PublicCredential(made.public(chosen, identifier, private[name]), weight) for name, weight in rows
            ]
        public = made.credential_text(chosen, entries)
        try:
            out.mkdir(mode=0o700)
        except FileExistsError:
            raise InputError("this folder is there already", where=Where(str(out))) from None
        about = {"uuid": identifier, "group": chosen.name, "fingerprint": made.fingerprint(public)}
        write_key_file(out / "credentials.key", KeyFile(CREDENTIALS, about, private), secret)
        (out / "public_creds.json").write_bytes(public)
        console = base.out()
        console.print(line(f"Election {identifier}: {len(rows):,} credentials in {out}."))
        console.print(line(f"Fingerprint of the public list: {about['fingerprint']}"))


def _voters(count: int, file: Path | None) -> list[tuple[str, int]]:
    """Name and weight of each voter."""
    if (count > 0) == (file is not None):
        raise InputError("say how many credentials to make", hint="Give --count or --voters, one of the two.")
    if file is None:
        return [(str(number), 1) for number in range(1, min(count, MOST_VOTERS) + 1)]
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        raise InputError("the list of voters cannot be read as UTF-8 text", where=Where(str(file))) from fault
    rows: list[tuple[str, int]] = []
    seen: set[str] = set()
    for number, row in enumerate(csv.reader(io.StringIO(text)), 1):
        where = Where(str(file), line=number)
        if not row or not row[0].strip():
            continue
        name, weight = row[0].strip(), (row[1].strip() if len(row) > 1 else "1") or "1"
        if name in seen:
            raise InputError("this voter stands in the list twice", where=where)
        if not (weight.isascii() and weight.isdigit()) or not 0 < int(weight) <= 10**9:
            raise InputError("a weight is a whole number, 1 or more", where=where)
        seen.add(name)
        rows.append((name, int(weight)))
    if not rows:
        raise InputError("there is nobody in the list of voters", where=Where(str(file)))
    return rows


def deliver(
    key: Path = typer.Argument(help="The file credentials.key."),
    voter: str = typer.Option("", help="Print the credential of this voter."),
    out: Path | None = typer.Option(None, help="Write all to a new CSV file that only you can read, to print letters."),
    passphrase_file: Path | None = typer.Option(None, help="A file with the passphrase; else it is asked for."),
) -> None:
    """Take private credentials out of their file: one to send again, or all to be printed."""
    with base.failures_told():
        if bool(voter) == (out is not None):
            raise InputError("say whose credential", hint="Give --voter or --out, one of the two.")
        held = read_key_file(key, CREDENTIALS, passphrase(passphrase_file, new=False))
        if voter:
            if voter not in held.secret:
                raise InputError("there is no such voter in the file", where=Where(str(key)))
            base.print_text(f"{held.secret[voter]}\n")
            return
        if out is not None:
            write_private(out, _csv([("voter", "credential"), *held.secret.items()]).encode("utf-8"))
            base.out().print(line(f"{len(held.secret):,} credentials in {out}. Delete the file when it is printed."))


def _csv(rows: Sequence[Sequence[Any]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def json_text(value: Any) -> bytes:
    """A message of the protocol as a line of JSON."""
    return dumps(value).encode("utf-8") + b"\n"
