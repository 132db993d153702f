"""``box keys`` and ``box credentials``: secrets, made by their owners on their own machines."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from getpass import getpass
from pathlib import Path
from typing import Any

import typer

from ..box.canonical import dumps, loads
from ..box.groups import Group, group_named
from ..box.keyfile import KeyFile, read_key_file, write_key_file, write_private
from ..box.pools import new_pool
from ..box.shapes import require
from ..box.v1 import credentials as made
from ..box.v1 import keys as made_keys
from ..box.v1.threshold import ThresholdParameters, parameters_shape
from ..box.v1.trustees import Item, Single, read_trustees, trustee_faults, trustees_text
from ..desks.keys import MOST_VOTERS, TRUSTEE_KEY
from ..errors import InputError, ProtocolError, Where
from . import base
from .base import line

CREDENTIALS = "the private credentials of a roll"

keys = typer.Typer(no_args_is_help=True, rich_markup_mode="rich")
GROUP = typer.Option("Ed25519", help="Ed25519 or RFC-3526-2048.")
LEAST = typer.Option(
    2, min=1, max=MOST_VOTERS, help="Never open a box with fewer ballots than this. It cannot be changed later."
)
PASSPHRASE = typer.Option(None, help="A file with the passphrase; else it is asked for.")


def add_to(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.add_typer(keys, name="keys", help="Keys of trustees, made by each on a machine of their own.")
    app.command("credentials")(credentials)
    app.command("deliver")(deliver)


@keys.command()
def single(
    out: Path = typer.Option(..., help="The new key file; the public part goes beside it, as NAME.public.json."),
    least: int = LEAST,
    group: str = GROUP,
    passphrase_file: Path | None = PASSPHRASE,
) -> None:
    """Make the key of a trustee without whom nothing is opened. Offline is best."""
    with base.failures_told():
        chosen = group_of(group)
        secret = passphrase(passphrase_file, new=True)
        private, public = made_keys.make_key(chosen)
        published = beside(out, ".public.json")
        about = {"group": chosen.name, "public_key": public["public_key"], "least": least}
        write_key_file(out, KeyFile(TRUSTEE_KEY, about, {"private": str(private.exponent), "least": least}), secret)
        published.write_bytes(json_text(public))
        console = base.out()
        console.print(line(f"Key: {out}, which only its owner may have. To publish: {published}."))
        console.print(line(f"Public key: {public['public_key']}"))
        console.print(line(f"It opens no box with fewer than {least:,} ballots."))


@keys.command()
def trustees(
    public: list[Path] = typer.Argument(
        None, help="The public keys of single trustees, in the order of their numbers."
    ),
    threshold: Path | None = typer.Option(None, help="The parameters of a threshold key; its trustees come last."),
    group: str = GROUP,
    out: Path = typer.Option(Path("trustees.json"), help="The new file, for `box open --trustees`."),
) -> None:
    """Put the trustees of a box together, after every key was checked. For the returning officer."""
    with base.failures_told():
        chosen = group_of(group)
        items: list[Item] = []
        for path in public or []:
            with of_file(path):
                items.append(Single(made_keys.read_public_key(path.read_bytes(), chosen)))
        if threshold is not None:
            with of_file(threshold):
                items.append(_parameters(threshold, chosen))
        if not items:
            raise InputError("there are no trustees", hint="Give public keys, or --threshold.")
        raw = trustees_text(items)
        read = read_trustees(raw, chosen)
        for _, fault in trustee_faults(new_pool(chosen, "libsodium"), read):
            raise InputError(fault)
        write_new(out, raw + b"\n")
        console = base.out()
        for key in read.keys:
            console.print(line(f"Trustee {key.number}: {key.public_key}"))
        console.print(line(f"Written to {out}."))


def _parameters(path: Path, group: Group) -> ThresholdParameters:
    """The parameters of a threshold key in a file."""
    what = "the threshold parameters"
    value = loads(path.read_bytes().rstrip(b"\n"), what=what, check="setup.trustees")
    require(parameters_shape(group), value, what, check="setup.trustees")
    return ThresholdParameters.of(value)


def require_identifier(uuid: str) -> None:
    """Raise InputError unless ``uuid`` can be the identifier of an election."""
    if not made.UUID_FORM.fullmatch(uuid):
        raise InputError("this is not the identifier of an election", hint="14 letters and digits or more, Base58.")


@contextmanager
def of_file(path: Path) -> Iterator[None]:
    """What a file holds that a person has given is their mistake, not a failed check; the message names the file."""
    try:
        yield
    except (ProtocolError, InputError) as fault:
        if fault.where.file:
            raise
        raise InputError(fault.message, where=Where(str(path)), hint=fault.hint) from None


def beside(path: Path, ending: str) -> Path:
    """The file beside ``path`` with another ending, which must not be there yet."""
    beside = path.with_name(path.name.removesuffix(".key") + ending)
    if beside.exists():
        raise InputError("this file is there already", where=Where(str(beside)))
    return beside


def write_new(path: Path, content: bytes) -> None:
    """Write a file that is not there yet. Raises InputError if it is."""
    try:
        with path.open("xb") as file:
            file.write(content)
    except FileExistsError:
        raise InputError("this file is there already", where=Where(str(path))) from None


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
        require_identifier(identifier)
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
        lines = list(csv.reader(io.StringIO(file.read_text(encoding="utf-8-sig"))))
    except (OSError, UnicodeDecodeError, csv.Error) as fault:
        raise InputError("the list of voters cannot be read as a CSV file in UTF-8", where=Where(str(file))) from fault
    rows: list[tuple[str, int]] = []
    seen: set[str] = set()
    for number, row in enumerate(lines, 1):
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
