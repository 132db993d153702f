"""PLACEHOLDER until merged."""

from __future__ import annotations

import json
from dataclasses import dataclass

from ...errors import ProtocolError


@dataclass(frozen=True)
class TrusteeKey:
    number: int
    public_key: str


@dataclass(frozen=True)
class Trustees:
    raw: bytes
    keys: tuple[TrusteeKey, ...]

    def mandatory(self, owner: int) -> bool:
        return True

    def exponents(self, owners: list[int]) -> dict[int, int]:
        if len(owners) < len(self.keys):
            raise ProtocolError("need more", check="decryption.enough")
        return dict.fromkeys(owners, 1)


def read_trustees(raw: bytes, group: object) -> Trustees:
    v = json.loads(raw)
    return Trustees(raw, tuple(TrusteeKey(i + 1, x[1]["public_key"]) for i, x in enumerate(v)))


def trustee_faults(pool: object, trustees: Trustees, key: str) -> list[tuple[str, str]]:
    return []
