"""Key files: opened by the passphrase and by nothing else, readable by their owner, never written over."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nacl.pwhash.argon2id as argon2id
import pytest

from selectorate.box.keyfile import KeyFile, read_key_file, read_public, write_key_file, write_private
from selectorate.errors import InputError

WORDS = "correct horse battery staple"
KEY = KeyFile("a key", {"public_key": "abc", "name": "Zoë"}, {"private": "123456789", "é": ["ß"]})


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stretch as little as libsodium allows: what is tested here does not depend on it."""
    monkeypatch.setattr(argon2id, "OPSLIMIT_MODERATE", argon2id.OPSLIMIT_MIN)
    monkeypatch.setattr(argon2id, "MEMLIMIT_MODERATE", argon2id.MEMLIMIT_MIN)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "mine.key"
    write_key_file(path, KEY, WORDS)
    return path


def refused(act: Callable[[], object], message: str) -> InputError:
    with pytest.raises(InputError, match=message) as caught:
        act()
    said = str(caught.value) + "".join(map(str, caught.value.problems))
    assert "123456789" not in said and WORDS not in said
    return caught.value


def test_what_was_written_is_read(path: Path) -> None:
    assert read_key_file(path, "a key", WORDS) == KEY
    assert read_public(path) == KEY.public


def test_a_passphrase_in_another_encoding_is_told(path: Path, tmp_path: Path) -> None:
    """What a terminal gives that is not in UTF-8."""
    refused(lambda: write_key_file(tmp_path / "other.key", KEY, WORDS + "\udce4"), "cannot be read as UTF-8")
    refused(lambda: read_key_file(path, "a key", WORDS + "\udce4"), "cannot be read as UTF-8")
    assert not (tmp_path / "other.key").exists()


def test_only_its_owner_may_read_it(path: Path, tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        write_key_file(tmp_path / "open.key", KEY, WORDS)
        write_private(tmp_path / "raw", b"x")
    finally:
        os.umask(old)
    for file in (path, tmp_path / "open.key", tmp_path / "raw"):
        assert file.stat().st_mode & 0o777 == 0o600


def test_the_secret_is_not_in_the_file(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "123456789" not in text and "Zoë" in text and WORDS not in text
    assert b"123456789" not in base64.b64decode(json.loads(text)["sealed"])


def test_the_secret_is_not_shown() -> None:
    assert "123456789" not in repr(KEY) + str(KEY) + f"{KEY}"


def test_two_files_of_one_secret_are_not_alike(path: Path, tmp_path: Path) -> None:
    write_key_file(tmp_path / "other.key", KEY, WORDS)
    one, other = (json.loads(file.read_bytes()) for file in (path, tmp_path / "other.key"))
    assert one["sealed"] != other["sealed"] and one["argon2id"]["salt"] != other["argon2id"]["salt"]


def test_the_passphrase_is_stretched(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.undo()
    write_key_file(tmp_path / "k", KEY, WORDS)
    stretched = json.loads((tmp_path / "k").read_bytes())["argon2id"]
    assert stretched["operations"] >= 3 and stretched["memory"] >= 256 * 2**20


@pytest.mark.parametrize("wrong", ["", "correct horse battery stapl", WORDS + " ", WORDS.upper(), "x" * 1000, "ß" * 12])
def test_another_passphrase_opens_nothing(path: Path, wrong: str) -> None:
    refused(lambda: read_key_file(path, "a key", wrong), "passphrase is not the one of this file")


@pytest.mark.parametrize("weak", ["", "short", "x" * 11])
def test_a_weak_passphrase_is_refused(tmp_path: Path, weak: str) -> None:
    refused(lambda: write_key_file(tmp_path / "k", KEY, weak), "shorter than 12")
    assert not list(tmp_path.iterdir())


def test_a_file_is_never_written_over(path: Path) -> None:
    before = path.read_bytes()
    refused(lambda: write_key_file(path, KEY, WORDS), "never written over")
    refused(lambda: write_private(path, b"x"), "never written over")
    assert path.read_bytes() == before


def test_a_file_that_cannot_be_written_whole_is_not_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_private(tmp_path / "k", b"x")
    assert not list(tmp_path.iterdir())


def test_a_file_of_another_kind_is_refused(path: Path) -> None:
    refused(lambda: read_key_file(path, "another", WORDS), "holds a key, not another")


def flip(text: str, at: int) -> str:
    raw = bytearray(base64.b64decode(text))
    raw[at] ^= 1
    return base64.b64encode(bytes(raw)).decode()


@pytest.mark.parametrize("at", [0, 23, 24, 39, 40, -1])
def test_a_file_that_was_changed_opens_no_more(path: Path, at: int) -> None:
    content = json.loads(path.read_bytes())
    path.write_text(json.dumps(content | {"sealed": flip(content["sealed"], at)}))
    refused(lambda: read_key_file(path, "a key", WORDS), "or the file was changed")


def test_another_salt_opens_nothing(path: Path) -> None:
    content = json.loads(path.read_bytes())
    content["argon2id"]["salt"] = flip(content["argon2id"]["salt"], 3)
    path.write_text(json.dumps(content))
    refused(lambda: read_key_file(path, "a key", WORDS), "or the file was changed")


@pytest.mark.parametrize(
    "change",
    [
        {"format": "selectorate-key-2"},
        {"kind": 1},
        {"public": []},
        {"sealed": "AAAA"},
        {"sealed": "no base64!"},
        {"sealed": 5},
        {"argon2id": {}},
        {"argon2id": None},
        {"argon2id": {"salt": "AAAA", "operations": 1, "memory": 8192}},
        {"argon2id": {"salt": "A" * 22 + "==", "operations": 10**9, "memory": 8192}},
        {"argon2id": {"salt": "A" * 22 + "==", "operations": 0, "memory": 8192}},
        {"argon2id": {"salt": "A" * 22 + "==", "operations": True, "memory": 8192}},
        {"argon2id": {"salt": "A" * 22 + "==", "operations": 1, "memory": 2**40}},
        {"argon2id": {"salt": "A" * 22 + "==", "operations": 1, "memory": 1}},
        {"argon2id": {"salt": "A" * 22 + "==", "operations": 1, "memory": 8192.0}},
    ],
)
def test_what_asks_too_much_or_is_no_key_file_is_refused(path: Path, change: dict[str, Any]) -> None:
    path.write_text(json.dumps(json.loads(path.read_bytes()) | change))
    refused(lambda: read_key_file(path, "a key", WORDS), "this is no key file")
    refused(lambda: read_public(path), "this is no key file")


@pytest.mark.parametrize("raw", [b"", b"[]", b"null", b"\xff", b"[" * 100_000, b'{"format":"selectorate-key-1"}'])
def test_anything_else_is_no_key_file(path: Path, raw: bytes) -> None:
    path.write_bytes(raw)
    refused(lambda: read_key_file(path, "a key", WORDS), "this is no key file")


def test_there_is_no_file(tmp_path: Path) -> None:
    refused(lambda: read_key_file(tmp_path / "k", "a key", WORDS), "No such file")
    refused(lambda: read_key_file(tmp_path, "a key", WORDS), "directory")


def test_what_is_sealed_is_an_object(path: Path) -> None:
    """Who knows the passphrase may still hand over a file that holds something else."""
    import nacl.secret

    content = json.loads(path.read_bytes())
    stretched = content["argon2id"]
    salt = base64.b64decode(stretched["salt"])
    key = argon2id.kdf(32, WORDS.encode(), salt, stretched["operations"], stretched["memory"])
    for inner in (b"[]", b"no JSON", b"\xff", b"1"):
        sealed = bytes(nacl.secret.SecretBox(key).encrypt(inner))
        path.write_text(json.dumps(content | {"sealed": base64.b64encode(sealed).decode()}))
        refused(lambda: read_key_file(path, "a key", WORDS), "this is no key file")
