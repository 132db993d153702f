"""``box keys`` for a key of which some trustees suffice: each step a command, each trustee on a machine of their own.

What passes between trustees and the returning officer are files with the messages of the protocol, the same that the
reference tool writes and reads; so either program can be used by anybody of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import typer

from ..box.groups import Group
from ..box.keyfile import KeyFile, write_key_file
from ..box.pools import new_pool
from ..box.v1 import pedersen
from ..box.v1.certificates import Certificate
from ..box.v1.channels import Channel, Seed
from ..box.v1.messages import read_certificate, read_polynomial, read_vinput, read_voutput
from ..desks.keys import SEED, TRUSTEE_KEY, channel_of, least_of
from ..errors import InputError, Where
from . import base
from .base import line
from .box_keys import (
    GROUP,
    LEAST,
    PASSPHRASE,
    beside,
    group_of,
    json_text,
    passphrase,
    write_new,
)

_HASH = re.compile("[0-9a-f]{64}", re.ASCII)

_KEY = typer.Argument(help="Your key file, which `certificate` wrote.")
_CERTIFICATES = typer.Option(..., "--certificate", help="The certificate of each trustee, in order: give it for each.")
_POLYNOMIALS = typer.Option(..., "--polynomial", help="The polynomial of each trustee, in order: give it for each.")
_HASHES = typer.Option(..., "--hash", help="The hash that each trustee said, in order: give it for each.")


def add_to(keys: typer.Typer) -> None:
    """Add the commands to ``keys``."""
    for command in (certificate, polynomial, sort, share, assemble):
        keys.command()(command)


def certificate(
    out: Path = typer.Option(..., help="Your new key file; the certificate goes beside it, as NAME.certificate.json."),
    index: int = typer.Option(..., help="Your number among the trustees of this key, from 1."),
    of: int = typer.Option(..., help="How many trustees there are."),
    threshold: int = typer.Option(..., help="How many of them suffice."),
    least: int = LEAST,
    group: str = GROUP,
    passphrase_file: Path | None = PASSPHRASE,
) -> None:
    """Step 1, each trustee: make a seed, and a certificate for all."""
    with base.failures_told():
        chosen, seed = group_of(group), Seed.generate()
        made = pedersen.make_certificate(Channel.of(chosen, seed), index=index, threshold=threshold, size=of)
        secret = passphrase(passphrase_file, new=True)
        public = beside(out, ".certificate.json")
        about = {"group": chosen.name, "index": index, "of": of, "threshold": threshold, "least": least}
        write_key_file(out, KeyFile(SEED, about, {"seed": seed.text, "least": least}), secret)
        write_new(public, json_text(made.signed))
        _say(f"Your key: {out}, which only you may have. To be sent: {public}.")
        _say(f"It opens no box with fewer than {least:,} ballots.")


def polynomial(
    key: Path = _KEY,
    certificates: list[Path] = _CERTIFICATES,
    out: Path = typer.Option(..., help="The new file with your polynomial: keep it until everybody's hash is there."),
    passphrase_file: Path | None = PASSPHRASE,
) -> None:
    """Step 2, each trustee: check all certificates, make a secret polynomial, and say its hash."""
    with base.failures_told():
        channel = _channel(key, passphrase_file)
        read = _certificates(certificates, channel.group)
        made = pedersen.make_polynomial(new_pool(channel.group, "libsodium"), channel, read)
        write_new(out, json_text(made))
        _say(f"Written to {out}. Send it only when you have been shown the hashes of all trustees.")
        _say(f"The hash, to be sent now: {pedersen.commitment(made['coefexps'])}")


def sort(
    certificates: list[Path] = _CERTIFICATES,
    polynomials: list[Path] = _POLYNOMIALS,
    hashes: list[str] = _HASHES,
    out: Path = typer.Option(Path(), help="The folder for N.vinput.json, one for each trustee."),
    group: str = GROUP,
) -> None:
    """Step 3, the returning officer: check all polynomials, and sort what they hold by whom it is for."""
    with base.failures_told():
        chosen = group_of(group)
        pool, read = new_pool(chosen, "libsodium"), _certificates(certificates, chosen)
        given = [read_polynomial(path.read_bytes(), chosen) for path in polynomials]
        pedersen.require_commitments([one["coefexps"] for one in given], _checked(hashes))
        for index, one in enumerate(given, 1):
            pedersen.require_polynomial(pool, chosen, read, index, one)
        for index in range(1, len(read) + 1):
            path = out / f"{index}.vinput.json"
            write_new(path, json_text(pedersen.make_vinput(given, index)))
            _say(f"For trustee {index}: {path}")


def share(
    key: Path = _KEY,
    certificates: list[Path] = _CERTIFICATES,
    vinput: Path = typer.Option(..., help="The file N.vinput.json that is for you."),
    hashes: list[str] = _HASHES,
    out: Path = typer.Option(..., help="The new key file with your share; NAME.voutput.json goes beside it."),
    passphrase_file: Path | None = PASSPHRASE,
) -> None:
    """Step 4, each trustee: check what all others gave, and make your share of the key."""
    with base.failures_told():
        secret = passphrase(passphrase_file, new=False)
        channel, least = _channel_of(key, secret)
        pool, read = new_pool(channel.group, "libsodium"), _certificates(certificates, channel.group)
        held = read_vinput(vinput.read_bytes(), channel.group)
        made = pedersen.make_voutput(pool, channel, read, held, _checked(hashes))
        public = made["public_key"]["public_key"]
        private = pedersen.decryption_key(channel, made["private_key"], public)
        path = beside(out, ".voutput.json")
        about = {"group": channel.group.name, "public_key": public, "least": least}
        write_key_file(out, KeyFile(TRUSTEE_KEY, about, {"private": str(private.exponent), "least": least}), secret)
        write_new(path, json_text(made))
        _say(f"Your share: {out}, which only you may have. To be sent: {path}.")


def assemble(
    certificates: list[Path] = _CERTIFICATES,
    polynomials: list[Path] = _POLYNOMIALS,
    voutputs: list[Path] = typer.Option(..., "--voutput", help="What each trustee sent in step 4, in order."),
    out: Path = typer.Option(Path("threshold.json"), help="The new file, for `box keys trustees --threshold`."),
    group: str = GROUP,
) -> None:
    """Step 5, the returning officer: check all shares and put the key together."""
    with base.failures_told():
        chosen = group_of(group)
        made = pedersen.assemble(
            new_pool(chosen, "libsodium"),
            chosen,
            _certificates(certificates, chosen),
            [read_polynomial(path.read_bytes(), chosen) for path in polynomials],
            [read_voutput(path.read_bytes(), chosen) for path in voutputs],
        )
        write_new(out, json_text(made.content))
        _say(f"{made.threshold} of {len(made.certificates)} trustees suffice. Written to {out}.")


def _say(text: str) -> None:
    base.out().print(line(text))


def _channel(key: Path, passphrase_file: Path | None) -> Channel:
    return _channel_of(key, passphrase(passphrase_file, new=False))[0]


def _channel_of(key: Path, secret: str) -> tuple[Channel, int]:
    """The trustee's end of all channels, from the seed in a key file; and the fewest ballots that the key will open."""
    channel, held = channel_of(key, secret)
    return channel, least_of(held, key)


def _certificates(paths: Sequence[Path], group: Group) -> list[Certificate]:
    """The certificates of all trustees, checked together."""
    read = [read_certificate(path.read_bytes(), group) for path in paths]
    pedersen.require_certificates(new_pool(group, "libsodium"), read)
    return read


def _checked(hashes: Sequence[str]) -> list[str]:
    for one in hashes:
        if not _HASH.fullmatch(one):
            raise InputError("this is no hash", where=Where(key="--hash"), hint="It has 64 digits from 0 to f.")
    return list(hashes)
