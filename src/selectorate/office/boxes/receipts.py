"""What a voter gets for a ballot: signed by the office, so that it can be held to it.

A receipt is an addition outside the protocol. It names the box, the voter's public credential, the tracker, the event
that recorded the ballot and its height, and is signed with Ed25519 (libsodium) under a key that is made for this
contest alone from the secret key of the site. ``selectorate dispute`` checks it against an archive.
"""

from __future__ import annotations

import base64
import json
from typing import Any

from django.utils.crypto import salted_hmac
from nacl.signing import SigningKey

from ..models import OnlineVote, SealedBox

FORMAT = "selectorate-receipt-1"
FIELDS = ("format", "contest", "box", "credential", "tracker", "event", "height")
"""What is signed, in this order, as compact JSON."""


def _key(vote: OnlineVote) -> SigningKey:
    seed: bytes = salted_hmac("selectorate.receipts", vote.uuid, algorithm="sha256").digest()
    return SigningKey(seed)


def public_key(vote: OnlineVote) -> str:
    """The key with which receipts of a contest are checked, in hexadecimal; published from its set-up on."""
    return bytes(_key(vote).verify_key).hex()


def signed_text(receipt: dict[str, Any]) -> bytes:
    """The bytes of a receipt that are signed."""
    return json.dumps({name: receipt[name] for name in FIELDS}, separators=(",", ":"), ensure_ascii=True).encode()


def receipt_for(box: SealedBox, *, credential: str, tracker: str, event: str, height: int) -> dict[str, Any]:
    """The receipt for a ballot that is in the box."""
    made: dict[str, Any] = {
        "format": FORMAT,
        "contest": box.vote.uuid,
        "box": box.uuid,
        "credential": credential,
        "tracker": tracker,
        "event": event,
        "height": height,
    }
    signature = _key(box.vote).sign(signed_text(made)).signature
    return {**made, "signature": base64.b64encode(signature).decode("ascii")}
