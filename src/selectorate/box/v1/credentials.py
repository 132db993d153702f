"""Credentials: the secret key by which one voter signs ballots, and the public list of them.

Source: Belenios specification 3.1, section 4.8.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from ...errors import InputError, ProtocolError
from .. import canonical
from ..groups import Group
from ..public import Pool
from ..shapes import MAX_SMALL, Items, Small, Text, require
from .hashes import base64_hash
from .packed import chunked

__all__ = [
    "BASE58",
    "PublicCredential",
    "credential_text",
    "generate",
    "public",
    "published_text",
    "read_credentials",
    "require_in_group",
    "secret_exponent",
    "token",
]

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
"""Digits and letters without those that look alike."""
UUID_FORM = re.compile(f"[{BASE58}]{{14,64}}", re.ASCII)
_FORM = re.compile("-".join(f"[{BASE58}]{{{length}}}" for length in (5, 6, 5, 6)), re.ASCII)
MOST_CREDENTIALS = 2_000_000
"""Voters of one box."""
MOST_VOTES = MAX_SMALL
"""Votes of all voters of a box together: the tally says them as a small integer, and the work of finding a sum grows
with them."""


def token(length: int = 22) -> str:
    """A random string of Base58 characters from the operating system's generator."""
    return "".join(secrets.choice(BASE58) for _ in range(length))


def generate() -> str:
    """A new secret credential: 22 random characters in four groups (128 bits)."""
    text = token()
    return "-".join((text[:5], text[5:11], text[11:16], text[16:]))


def secret_exponent(group: Group, uuid: str, credential: str) -> int:
    """The secret exponent of a credential for the election ``uuid``.

    Raises InputError if the credential is not of the form; the message does not repeat it.
    """
    if not _FORM.fullmatch(credential):
        raise InputError(
            "this is not a credential",
            hint="A credential is 22 letters and digits in four groups: XXXXX-XXXXXX-XXXXX-XXXXXX",
        )
    halves = (hashlib.sha256(f"derive_credential|{uuid}|{i}|{credential}".encode()).hexdigest() for i in (0, 1))
    return int("".join(halves), 16) % group.q


def public(group: Group, uuid: str, credential: str) -> str:
    """The public credential that belongs to a secret one, as text of a group element."""
    return group.power_g(secret_exponent(group, uuid, credential))


@dataclass(frozen=True, slots=True)
class PublicCredential:
    """One entry of the public list: the key, and how many times its ballot counts."""

    key: str
    weight: int = 1


def credential_text(group: Group, entries: Sequence[PublicCredential]) -> bytes:
    """The bytes of the public list: sorted by key; with weights only if one is not 1.

    Raises ProtocolError if a key stands in it twice.
    """
    if len({entry.key for entry in entries}) != len(entries):
        raise ProtocolError("a public credential stands in the list twice", check="setup.credentials")
    weighted = any(entry.weight != 1 for entry in entries)
    entries = sorted(entries, key=lambda entry: group.sort_key(entry.key))
    texts = [f"{entry.key},{entry.weight}" if weighted else entry.key for entry in entries]
    return canonical.dumps(texts).encode("utf-8")


def published_text(raw: bytes, group: Group) -> bytes:
    """The public list as it goes into a box, from what a registrar hands over.

    The registrar's list may say of each key whose it is, as the reference tool's does (``key,weight,login``, the weight
    empty if it is one): nothing of that is published. Raises ProtocolError as `read_credentials` does.
    """
    check = "setup.credentials"
    value = canonical.loads(raw, what="the list of credentials", check=check)
    require(Items(Text()), value, "credentials", check=check)
    if all(text.count(",") < 2 for text in value):
        read_credentials(raw, group)
        return raw
    parts = (text.split(",", 2) for text in value)
    texts = [",".join(filter(None, part[:2])) for part in parts]
    entries = [_entry(group, text, number) for number, text in enumerate(texts)]
    return credential_text(group, entries)


def read_credentials(raw: bytes, group: Group) -> list[PublicCredential]:
    """The public list whose bytes are ``raw``.

    Raises ProtocolError (``setup.credentials``) if it is not canonical, an entry has not the form, or a key stands in
    it twice. Whether keys are in the group is for the setup's checks.
    """
    check = "setup.credentials"
    value = canonical.loads(raw, what="the list of credentials", check=check)
    require(Items(Text()), value, "credentials", check=check)
    if len(value) > MOST_CREDENTIALS:
        raise ProtocolError(f"the list has more than {MOST_CREDENTIALS:,} credentials", check=check)
    entries = [_entry(group, text, number) for number, text in enumerate(value)]
    if len({entry.key for entry in entries}) != len(entries):
        raise ProtocolError("a public credential stands in the list twice", check=check)
    if sum(entry.weight for entry in entries) > MOST_VOTES:
        raise ProtocolError(f"the weights in the list make more than {MOST_VOTES:,} votes", check=check)
    return entries


def _entry(group: Group, text: str, number: int) -> PublicCredential:
    check, place = "setup.credentials", f"credentials[{number}]"
    key, comma, weight = text.partition(",")
    require(group.point, key, place, check=check)
    if not comma:
        return PublicCredential(key)
    if not re.fullmatch("0|[1-9][0-9]{0,11}", weight, re.ASCII):
        raise ProtocolError(f"{place} has a weight that is not a whole number", check=check)
    require(Small(), int(weight), f"the weight of {place}", check=check)
    return PublicCredential(key, int(weight))


def require_in_group(pool: Pool, entries: Sequence[PublicCredential]) -> None:
    """Raise ProtocolError (``setup.credentials``) unless every key is in the group and none is the identity."""
    for chunk in chunked(entry.key for entry in entries):
        elements = pool.read(chunk)
        if any(element is None or pool.is_identity(element) for element in elements):
            raise ProtocolError("a public credential is not in the group", check="setup.credentials")
        pool.clear()


def fingerprint(raw: bytes) -> str:
    """The fingerprint of the public list, which the registrar compares with what is published."""
    return base64_hash(raw)
