"""Keys that several trustees make together, for tests: honest ones, and parts of them made by trustees who lie."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import pytest

from selectorate.box import canonical
from selectorate.box.ed25519 import ED25519
from selectorate.box.finite import RFC_3526_2048
from selectorate.box.groups import Group
from selectorate.box.pools import new_pool
from selectorate.box.public import Pool
from selectorate.box.v1 import pedersen
from selectorate.box.v1.certificates import Certificate
from selectorate.box.v1.channels import Channel, Seed, send
from selectorate.box.v1.messages import Polynomial, Voutput
from selectorate.box.v1.threshold import ThresholdParameters, certs_text
from selectorate.box.v1.trustees import (
    read_trustees,
    trustee_faults,
    trustees_text,
)
from selectorate.errors import ContributionError, ProtocolError

GROUPS = pytest.mark.parametrize("group", [ED25519, RFC_3526_2048], ids=lambda group: group.name)


@dataclass
class Made:
    """A key of ``size`` trustees, of whom ``threshold`` suffice, with all that was said on the way."""

    group: Group
    threshold: int
    channels: list[Channel]
    certificates: list[Certificate]
    polynomials: list[Polynomial]
    voutputs: list[Voutput]

    @property
    def pool(self) -> Pool:
        return new_pool(self.group, "libsodium")

    def vinput(self, index: int) -> Any:
        return pedersen.make_vinput(self.polynomials, index)

    def voutput(self, index: int, **changed: Any) -> Voutput:
        vinput = changed.pop("vinput", None) or self.vinput(index)
        return pedersen.make_voutput(self.pool, self.channels[index - 1], self.certificates, vinput, **changed)

    def parameters(self) -> ThresholdParameters:
        return pedersen.assemble(self.pool, self.group, self.certificates, self.polynomials, self.voutputs)


def make(group: Group, threshold: int, size: int) -> Made:
    channels = [Channel.of(group, Seed.generate()) for _ in range(size)]
    certificates = [
        pedersen.make_certificate(channel, index=index, threshold=threshold, size=size)
        for index, channel in enumerate(channels, start=1)
    ]
    pool = new_pool(group, "libsodium")
    polynomials = [pedersen.make_polynomial(pool, channel, certificates) for channel in channels]
    made = Made(group, threshold, channels, certificates, polynomials, [])
    made.voutputs = [made.voutput(index) for index in range(1, size + 1)]
    return made


_made = cache(make)


def made(group: Group = ED25519, threshold: int = 2, size: int = 3) -> Made:
    """A key like all others, a copy of its own."""
    return copy.deepcopy(_made(group, threshold, size))


def faults(group: Group, items: Sequence[Any]) -> list[tuple[str, str]]:
    return list(trustee_faults(new_pool(group, "libsodium"), read_trustees(trustees_text(items), group)))


def polynomial_of(key: Made, index: int, a: Sequence[int], values: dict[int, int] | None = None) -> Polynomial:
    """The polynomial of trustee ``index`` with the coefficients ``a``; ``values``: what others get instead."""
    group, channel = key.group, key.channels[index - 1]
    values = {j: sum(c * j**k for k, c in enumerate(a)) % group.q for j in range(1, 4)} | (values or {})
    points = [group.power_g(c) for c in a]
    return {
        "polynomial": send(channel, channel.encryption_key, canonical.dumps({"polynomial": [str(c) for c in a]})),
        "secrets": [
            send(channel, one.encryption, canonical.dumps({"secret": str(values[j])}))
            for j, one in enumerate(key.certificates, start=1)
        ],
        "coefexps": channel.sign(canonical.dumps({"coefexps": points})),
        "signature": channel.sign(certs_text(key.certificates, points))["signature"],
    }


def refused(trustee: int, check: str, act: Callable[[], object]) -> str:
    """The message of the ContributionError that ``act`` raises, which names ``trustee``."""
    with pytest.raises(ContributionError) as caught:
        act()
    assert (caught.value.trustee, caught.value.check) == (trustee, check)
    assert f"trustee {trustee}" in caught.value.message
    return caught.value.message


def certificate(channel: Channel, index: int, threshold: int = 2, size: int = 3) -> Certificate:
    return pedersen.make_certificate(channel, index=index, threshold=threshold, size=size)


def same_keys(channel: Channel) -> Channel:
    """One key to sign and to read with."""
    return replace(channel, decryption=channel.signing, encryption_key=channel.verification_key)


def listens_to(channel: Channel, other: Channel) -> Channel:
    """Another trustee's encryption key, which nobody has to prove that he has."""
    return replace(channel, encryption_key=other.encryption_key)


def of_identity(channel: Channel) -> Channel:
    return replace(channel, encryption_key=channel.group.identity)


def require_sound(group: Group, parameters: Any) -> None:
    raw = canonical.dumps([["Pedersen", parameters]]).encode()
    for check, fault in trustee_faults(new_pool(group, "libsodium"), read_trustees(raw, group)):
        raise ProtocolError(fault, check=check)
