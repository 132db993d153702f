"""The registrar's copy of the credentials, destroyed: what was deleted, with its hash, and what is out of reach."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from ..errors import InputError, Where
from .registrar import Folder, write_new

NOTE = "forgotten.json"
PIECE = 1 << 20


@dataclass(frozen=True)
class Forgotten:
    """What was deleted, with size and SHA-256; and the letters that are still somewhere."""

    deleted: tuple[tuple[str, int, str], ...]
    elsewhere: tuple[str, ...]


def forget(folder: Folder) -> Forgotten:
    """Destroy the private credentials of a folder: written over, then deleted. Raises InputError if there are none."""
    if not folder.key.exists():
        raise InputError("there are no credentials in this folder", where=Where(str(folder.path)))
    gone = [_destroyed(folder.key)]
    elsewhere = []
    for line in folder.written.read_text(encoding="utf-8").splitlines() if folder.written.exists() else ():
        if Path(line).exists():
            elsewhere.append(line)
    note = {
        "format": "selectorate-forgotten-1",
        "at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "deleted": [{"file": name, "bytes": size, "sha256": digest} for name, size, digest in gone],
        "letters that were still there": elsewhere,
    }
    write_new(folder.path / NOTE, [json.dumps(note, indent=1, ensure_ascii=False).encode() + b"\n"])
    return Forgotten(tuple(gone), tuple(elsewhere))


def _destroyed(path: Path) -> tuple[str, int, str]:
    """Write over a file and delete it; its name, size and SHA-256 before."""
    digest, size = hashlib.sha256(), path.stat().st_size
    with path.open("r+b") as file:
        while piece := file.read(PIECE):
            digest.update(piece)
        file.seek(0)
        for start in range(0, size, PIECE):
            file.write(secrets.token_bytes(min(PIECE, size - start)))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
    return path.name, size, digest.hexdigest()
