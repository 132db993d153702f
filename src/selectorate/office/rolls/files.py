"""What is too large for a row of the database: uploaded files, plans, closed rolls, exports.

They are below ``MEDIA_ROOT/rolls``, readable by the office alone, and no address serves them: a page that hands one out
opens it itself, for those who may.
"""

from __future__ import annotations

import hashlib
import secrets
import shutil
import time
from collections.abc import Iterable
from pathlib import Path

import polars as pl
from django.conf import settings
from django.http import Http404

PAGE = 50
"""Rows on a page of a list."""
EXPORTS = "exports"
MAX_AGE = 7 * 86_400
"""Seconds for which an export is kept: it is fetched at once, and holds everybody's data."""


def root() -> Path:
    """The folder of rolls."""
    return Path(settings.MEDIA_ROOT) / "rolls"


def new_folder(kind: str) -> str:
    """A folder with a name that nobody guesses; its name below the folder of rolls."""
    name = f"{kind}/{secrets.token_hex(16)}"
    folder = path(name)
    folder.mkdir(parents=True, mode=0o700)
    root().chmod(0o700)
    return name


def path(name: str) -> Path:
    """The file or folder of that name below the folder of rolls."""
    found = (root() / name).resolve()
    if not found.is_relative_to(root().resolve()) or found == root().resolve():
        raise ValueError("a name outside the folder of rolls")
    return found


def save(name: str, pieces: Iterable[bytes]) -> tuple[str, int]:
    """Write a file; its SHA-256 and its size."""
    digest, size = hashlib.sha256(), 0
    with path(name).open("xb") as out:
        path(name).chmod(0o600)
        for piece in pieces:
            digest.update(piece)
            size += len(piece)
            out.write(piece)
    return digest.hexdigest(), size


def save_rows(name: str, rows: pl.DataFrame) -> None:
    """Write rows as Parquet, in pieces that a page can be read from alone."""
    rows.write_parquet(path(name), compression="zstd", row_group_size=20_000, statistics=True)
    path(name).chmod(0o600)


def _there(name: str) -> Path:
    """The file of that name. Where its time of keeping is over it is gone, and so is the page that shows it."""
    found = path(name)
    if not found.is_file():
        raise Http404
    return found


def rows_of(name: str) -> pl.DataFrame:
    """All the rows of a file."""
    return pl.read_parquet(_there(name))


def columns_of(name: str, columns: Iterable[str]) -> pl.DataFrame:
    """Some columns of all the rows of a file."""
    return pl.read_parquet(_there(name), columns=list(columns))


def page_of(name: str, number: int) -> tuple[list[dict[str, object]], bool]:
    """The rows of a page (from 1), and whether there is another."""
    found = pl.scan_parquet(_there(name)).slice((number - 1) * PAGE, PAGE + 1).collect()
    return found.head(PAGE).to_dicts(), found.height > PAGE


def persons_in(name: str, persons: Iterable[str]) -> pl.DataFrame:
    """The rows of a few persons in a file that is sorted by person."""
    keys = sorted(persons)
    return pl.scan_parquet(_there(name)).filter(pl.col("person").is_in(keys)).collect()


def forget(folder: str) -> None:
    """Delete a folder with everything in it."""
    shutil.rmtree(path(folder), ignore_errors=True)


def sweep() -> None:
    """Delete exports that are older than ``MAX_AGE``."""
    there = root() / EXPORTS
    for folder in there.iterdir() if there.is_dir() else ():
        if folder.stat().st_mtime < time.time() - MAX_AGE:
            shutil.rmtree(folder, ignore_errors=True)
