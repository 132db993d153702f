"""Secrets in files, encrypted under a passphrase: keys of trustees, credentials that a registrar made.

A file says what it holds, how the passphrase was stretched (Argon2id) and the sealed secret (XSalsa20-Poly1305), by
libsodium. Nobody but its owner may read it, and it is never written over.
"""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nacl.exceptions
import nacl.pwhash.argon2id as argon2id
import nacl.secret
import nacl.utils

from ..errors import InputError, Where

__all__ = ["KeyFile", "read_key_file", "write_key_file"]

FORMAT = "selectorate-key-1"
MOST_BYTES = 100 * 1024 * 1024
LEAST_PASSPHRASE = 12
"""Characters of a passphrase: fewer are guessed, whatever is done to slow guessing down."""
MOST_OPS, MOST_MEMORY = 20, 2**30
"""What a file may ask of the machine that opens it: more is an attack on it."""


@dataclass(frozen=True)
class KeyFile:
    """What a key file holds. ``public``: what may be shown of it; ``secret``: what may not."""

    kind: str
    public: dict[str, Any]
    secret: dict[str, Any]

    def __repr__(self) -> str:
        return f"<key file: {self.kind}>"


def write_key_file(path: Path, key: KeyFile, passphrase: str) -> None:
    """Write ``key`` to a new file under ``passphrase``.

    Raises InputError if the passphrase is too short or the file is there already.
    """
    if len(passphrase) < LEAST_PASSPHRASE:
        raise InputError(
            f"the passphrase is shorter than {LEAST_PASSPHRASE} characters",
            hint="Four or more words that nobody connects with you are good, and can be remembered",
        )
    salt = nacl.utils.random(argon2id.SALTBYTES)
    ops, memory = argon2id.OPSLIMIT_MODERATE, argon2id.MEMLIMIT_MODERATE
    box = nacl.secret.SecretBox(_stretched(passphrase, salt, ops, memory))
    sealed = bytes(box.encrypt(json.dumps(key.secret).encode("utf-8")))
    content = {
        "format": FORMAT,
        "kind": key.kind,
        "public": key.public,
        "argon2id": {"salt": _text(salt), "operations": ops, "memory": memory},
        "sealed": _text(sealed),
    }
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    write_private(path, text.encode("utf-8"))


def write_private(path: Path, content: bytes) -> None:
    """Write a new file that only its owner may read. Raises InputError if it is there already."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise InputError("this file is there already; a secret is never written over", where=Where(str(path))) from None
    with os.fdopen(descriptor, "wb") as file:
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            path.unlink(missing_ok=True)
            raise


def read_key_file(path: Path, kind: str, passphrase: str) -> KeyFile:
    """The key file at ``path``, which must hold a secret of ``kind``.

    Raises InputError if it is none, holds something else, or the passphrase is not the one.
    """
    where = Where(str(path))
    content = _content(path)
    if content["kind"] != kind:
        raise InputError(f"this file holds {content['kind']}, not {kind}", where=where)
    stretched = content["argon2id"]
    key = _stretched(passphrase, _bytes(stretched["salt"]), stretched["operations"], stretched["memory"])
    try:
        secret = json.loads(nacl.secret.SecretBox(key).decrypt(_bytes(content["sealed"])))
    except nacl.exceptions.CryptoError:
        raise InputError("the passphrase is not the one of this file, or the file was changed", where=where) from None
    except (ValueError, RecursionError):
        secret = None
    if type(secret) is not dict:
        raise InputError("this is no key file: what is sealed in it is not what it should be", where=where)
    return KeyFile(kind, content["public"], secret)


def read_public(path: Path) -> dict[str, Any]:
    """What may be shown of a key file; no passphrase is needed."""
    return dict(_content(path)["public"])


def _content(path: Path) -> dict[str, Any]:
    """The content of a key file, of the right form."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError("this is no key file: it is too large", where=Where(str(path)))
        content = json.loads(path.read_bytes())
        stretched = content["argon2id"]
        sound = (
            content["format"] == FORMAT
            and type(content["kind"]) is str
            and type(content["public"]) is dict
            and len(_bytes(stretched["salt"])) == argon2id.SALTBYTES
            and type(stretched["operations"]) is int
            and 1 <= stretched["operations"] <= MOST_OPS
            and type(stretched["memory"]) is int
            and argon2id.MEMLIMIT_MIN <= stretched["memory"] <= MOST_MEMORY
            and len(_bytes(content["sealed"])) >= nacl.secret.SecretBox.NONCE_SIZE + nacl.secret.SecretBox.MACBYTES
        )
    except OSError as fault:
        raise InputError(fault.strerror or "cannot be read", where=Where(str(path))) from None
    except (ValueError, KeyError, TypeError, RecursionError):
        sound = False
    if not sound:
        raise InputError("this is no key file", where=Where(str(path)))
    return dict(content)


def _stretched(passphrase: str, salt: bytes, ops: int, memory: int) -> bytes:
    try:
        words = passphrase.encode("utf-8")
    except UnicodeEncodeError:  # typed on a terminal of another encoding; the exception would hold the passphrase
        raise InputError("the passphrase has characters that cannot be read as UTF-8") from None
    key: bytes = argon2id.kdf(nacl.secret.SecretBox.KEY_SIZE, words, salt, ops, memory)
    return key


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: Any) -> bytes:
    return base64.b64decode(text, validate=True)
