"""A receipt for a ballot, read and checked by whoever holds it: what the office signed, and whether it did.

The office makes them in ``office.boxes.receipts``; a test holds both to one another. A receipt proves what the office
said. What is in a box is proven by the box alone: see ``dispute``.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nacl.exceptions import BadSignatureError, CryptoError
from nacl.signing import VerifyKey

from ..errors import InputError, Where

__all__ = ["FIELDS", "FORMAT", "Receipt", "key_of", "read_receipt", "receipt_of"]

FORMAT = "selectorate-receipt-1"
FIELDS = ("format", "contest", "box", "credential", "tracker", "event", "height")
"""What is signed, in this order, as compact JSON."""
MOST = 10_000
"""Bytes of a receipt."""

_TEXTS = {
    "contest": re.compile(r"[0-9A-Za-z-]{1,40}"),
    "box": re.compile(r"[1-9A-HJ-NP-Za-km-z]{14,32}"),
    "credential": re.compile(r"[0-9a-f]{1,600}"),
    "tracker": re.compile(r"[0-9A-Za-z+/]{43}"),
    "event": re.compile(r"[0-9a-f]{64}"),
}


@dataclass(frozen=True)
class Receipt:
    """A receipt of the known form; ``signed`` tells whether its signature holds."""

    contest: str
    box: str
    credential: str
    tracker: str
    event: str
    height: int
    signature: bytes

    @property
    def text(self) -> bytes:
        """The bytes that are signed."""
        values = (FORMAT, self.contest, self.box, self.credential, self.tracker, self.event, self.height)
        table = dict(zip(FIELDS, values, strict=True))
        return json.dumps(table, separators=(",", ":"), ensure_ascii=True).encode("ascii")

    def signed(self, key: str) -> bool:
        """Whether the office with this public key (hexadecimal) signed it."""
        try:
            VerifyKey(bytes.fromhex(key_of(key))).verify(self.text, self.signature)
        except (BadSignatureError, CryptoError, ValueError):
            return False
        return True


def key_of(text: str) -> str:
    """A public key of receipts, as it is published. Raises InputError if it is none."""
    found = text.strip().lower()
    if not re.fullmatch(r"[0-9a-f]{64}", found):
        raise InputError("the key of receipts has 64 characters, 0 to 9 and a to f", hint="The board publishes it.")
    return found


def receipt_of(value: Any, where: Where | None = None) -> Receipt:
    """The receipt that a JSON value is. Raises InputError if it is none."""
    if not isinstance(value, dict) or value.get("format") != FORMAT:
        raise InputError("is no receipt for a ballot", where=where, hint=f'Its format is "{FORMAT}".')
    for name, form in _TEXTS.items():
        if not isinstance(value.get(name), str) or not form.fullmatch(value[name]):
            raise InputError(f"is no receipt: its {name} is not as receipts have it", where=where)
    if type(value.get("height")) is not int or not 0 < value["height"] <= 10**9:
        raise InputError("is no receipt: its height is no whole number", where=where)
    try:
        signature = base64.b64decode(value.get("signature") or "", validate=True)
    except (binascii.Error, TypeError, ValueError):
        signature = b""
    if len(signature) != 64:
        raise InputError("is no receipt: it is not signed", where=where)
    return Receipt(**{name: value[name] for name in _TEXTS}, height=value["height"], signature=signature)


def read_receipt(path: Path) -> Receipt:
    """The receipt in a file. Raises InputError if it is none."""
    where = Where(str(path))
    try:
        with path.open("rb") as file:
            raw = file.read(MOST + 1)
        value = json.loads(raw) if len(raw) <= MOST else None
    except OSError as fault:
        raise InputError(fault.strerror or "cannot be read", where=where) from None
    except (ValueError, RecursionError):
        value = None
    return receipt_of(value, where)
