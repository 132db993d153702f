"""Hashes of version 1: fingerprints, trackers and the challenges of proofs.

Source: Belenios specification 3.1, sections 4.2, 4.10, 4.17 and those of the proofs.
"""

from __future__ import annotations

import base64
import hashlib

__all__ = ["base64_hash", "challenge", "hex_hash", "phi_of_hex"]


def hex_hash(data: bytes) -> str:
    """SHA-256 in hexadecimal: the name of a member of an archive, and how structures refer to one another."""
    return hashlib.sha256(data).hexdigest()


def base64_hash(data: bytes) -> str:
    """SHA-256 in Base64 without padding: fingerprints of elections and credential lists, trackers of ballots."""
    return base64.b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode("ascii")


def phi_of_hex(digest: str) -> str:
    """The fingerprint that belongs to a hash in hexadecimal (``φ`` of the specification, from ``setup_data``)."""
    return base64.b64encode(bytes.fromhex(digest)).rstrip(b"=").decode("ascii")


def challenge(text: str, q: int) -> int:
    """SHA-256 of ``text`` as a big-endian number, modulo ``q``."""
    return int.from_bytes(hashlib.sha256(text.encode("utf-8")).digest(), "big") % q
