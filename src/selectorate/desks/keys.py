"""The key files of trustees: what is in them, and how a share is taken out of one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..box.canonical import dumps
from ..box.groups import Group, group_named
from ..box.keyfile import read_key_file, read_public
from ..box.v1.channels import Channel, read_seed
from ..box.v1.keys import read_private_key
from ..errors import InputError, ProtocolError, Where

__all__ = ["MOST_VOTERS", "SEED", "TRUSTEE_KEY", "channel_of", "least_of", "private_of", "public_of"]

SEED = "a trustee's seed of a threshold key"
TRUSTEE_KEY = "a trustee's private key"
MOST_VOTERS = 1_000_000


def least_of(held: dict[str, Any], key: Path) -> int:
    """The fewest ballots that a key opens, from what is sealed in its file; a file that says nothing means 2."""
    least = held.get("least", 2)
    if type(least) is not int or not 1 <= least <= MOST_VOTERS:
        raise InputError("this is no key file: the fewest ballots that it opens are no number", where=Where(str(key)))
    return least


def group_of(key: Path) -> Group:
    """The group that a key file names."""
    try:
        return group_named(str(read_public(key).get("group")))
    except ProtocolError as fault:
        raise InputError(fault.message, where=Where(str(key)), hint=fault.hint) from None


def public_of(key: Path) -> str:
    """The public key that a key file says is its own; whether it is, ``private_of`` tells."""
    return str(read_public(key).get("public_key"))


def channel_of(key: Path, passphrase: str) -> tuple[Channel, dict[str, Any]]:
    """The trustee's end of all channels, from the seed in a key file; and what is sealed in it."""
    group = group_of(key)
    held = read_key_file(key, SEED, passphrase).secret
    try:
        return Channel.of(group, read_seed(str(held.get("seed")).encode("utf-8"))), held
    except ProtocolError as fault:
        raise InputError(fault.message, where=Where(str(key)), hint=fault.hint) from None


def private_of(key: Path, passphrase: str, public: str, group: Group) -> tuple[int, dict[str, Any]]:
    """The private key in a key file, and what else is sealed in it.

    The key must be the one of ``public``: what a file says of itself is not sealed.
    """
    held = read_key_file(key, TRUSTEE_KEY, passphrase).secret
    try:
        private = read_private_key(dumps(held.get("private")).encode("utf-8"), group)
    except ProtocolError as fault:
        raise InputError(fault.message, where=Where(str(key)), hint=fault.hint) from None
    if group.power_g(private.exponent) != public:
        raise InputError(
            "this is no key file: what is sealed in it is not the key that it names", where=Where(str(key))
        )
    return private.exponent, held
