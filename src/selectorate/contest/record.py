"""The record: everything that is published of a contest, as a folder or a ZIP file of it.

A record holds no personal data beyond what was on the papers. Its layout::

    record.json        the format, the contest, its boxes, and the SHA-256 of every other file
    rulebook.toml      the rules as they were frozen
    contest.toml       the contest as it was declared
    notice.json        the timetable, and the candidates and how each got on the paper
    roll.json          how many were entitled, by segment, and refused, by reason; fingerprints
    acts.json          the log of official acts as published, and what is told of those that fix something
    boxes/UUID.bel     the archive of each sealed box
    papers/NAME        ballots on paper, where there are any (equal ones merged)
    declaration.json   the declaration
    mandate.json       what it amounts to, measured (where there is somebody elected)

``verifying`` makes the checks; `docs/verify.md` says each in words, so that somebody can write their own.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeGuard

from ..errors import InputError, Where

FORMAT = "selectorate-record-1"
MANIFEST = "record.json"
RULEBOOK, CONTEST = "rulebook.toml", "contest.toml"
NOTICE, ROLL, ACTS = "notice.json", "roll.json", "acts.json"
DECLARATION, MANDATE = "declaration.json", "mandate.json"
BOXES, PAPERS = "boxes", "papers"
NEEDED = (RULEBOOK, CONTEST, NOTICE, ROLL, ACTS, DECLARATION)
"""The files that every record has, besides its list of them."""
MOST_TEXT = 512 * 1024 * 1024
"""Bytes of one of the texts of a record: a log of a million acts, and more than any other has."""
MOST_FILES = 10_000
CHUNK = 1 << 20
DATE = (1980, 1, 1, 0, 0, 0)
"""Of every file in the ZIP, so that the same record gives the same bytes."""

_HASH = re.compile(r"[0-9a-f]{64}")
_UUID = re.compile(r"[1-9A-HJ-NP-Za-km-z]{14,32}")
_FILE = re.compile(
    r"rulebook\.toml|contest\.toml|(?:notice|roll|acts|declaration|mandate)\.json"
    r"|boxes/[1-9A-HJ-NP-Za-km-z]{14,32}\.bel|papers/[A-Za-z0-9][A-Za-z0-9._-]{0,150}"
)


@dataclass(frozen=True)
class BoxPlace:
    """A box of a contest: of which stage and round, and whose votes are in it."""

    uuid: str
    stage: str
    round: int
    section: str
    members: tuple[str, ...]

    @property
    def file(self) -> str:
        """Its archive in the record."""
        return f"{BOXES}/{self.uuid}.bel"

    def plain(self) -> dict[str, Any]:
        """As it stands in ``record.json``."""
        return {
            "uuid": self.uuid,
            "stage": self.stage,
            "round": self.round,
            "section": self.section,
            "members": list(self.members),
        }


@dataclass(frozen=True)
class Record:
    """A record as it lies in ``folder``, its list of files read and of a known form; nothing else is looked at yet.

    ``files``: the hash that each file must have. ``contest``: its uuid, slug, title and organisation.
    ``receipts``: the key with which receipts are checked.
    """

    folder: Path
    contest: Mapping[str, str]
    boxes: tuple[BoxPlace, ...]
    files: Mapping[str, str]
    receipts: str = ""
    easy: bool = False
    _read: dict[str, Any] = field(default_factory=dict, repr=False)

    def path(self, name: str) -> Path:
        """Where a file of the record lies."""
        return self.folder / name

    def json(self, name: str) -> Any:
        """A file of the record as JSON. Raises InputError if it is none."""
        if name not in self._read:
            try:
                self._read[name] = json.loads(self.path(name).read_bytes())
            except (ValueError, RecursionError):
                raise InputError("is no JSON", where=Where(name)) from None
        return self._read[name]


# -- reading -------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Path]:
    """The folder of a record: ``path`` itself, or what its ZIP file holds, unpacked for as long as it is needed.

    Raises InputError if it is neither.
    """
    if path.is_dir():
        yield path
        return
    if not path.exists():
        raise InputError("there is no such record", where=Where(str(path)), hint="Name its folder or its ZIP file.")
    with tempfile.TemporaryDirectory(prefix="record-") as name:
        folder = Path(name)
        try:
            with zipfile.ZipFile(path) as packed:
                _unpack(packed, folder)
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as fault:
            raise InputError(f"is no record: {fault}", where=Where(str(path))) from None
        yield folder


def _unpack(packed: zipfile.ZipFile, folder: Path) -> None:
    """Unpack the files of a record, which may lie in one folder; anything else is refused before it is written."""
    entries = [entry for entry in packed.infolist() if not entry.is_dir()]
    if len(entries) > MOST_FILES:
        raise InputError("this ZIP file has more files than any record", where=Where(packed.filename))
    manifest = next((entry.filename for entry in entries if Path(entry.filename).name == MANIFEST), None)
    prefix = manifest[: -len(MANIFEST)] if manifest is not None else ""
    for entry in entries:
        name = entry.filename.removeprefix(prefix)
        if not entry.filename.startswith(prefix) or not (name == MANIFEST or _FILE.fullmatch(name)):
            raise InputError(f"{entry.filename!r} is no file of a record", where=Where(packed.filename))
        if not name.endswith(".bel") and entry.file_size > MOST_TEXT:
            raise InputError(f"{name} is larger than such a file can be", where=Where(packed.filename))
        if entry.file_size > shutil.disk_usage(folder).free:
            raise InputError(f"there is no room to unpack {name}", where=Where(packed.filename))
        into = folder / name
        into.parent.mkdir(exist_ok=True)
        with packed.open(entry) as source, into.open("xb") as out:
            shutil.copyfileobj(source, out, CHUNK)


def read_record(folder: Path) -> Record:
    """The record in ``folder``. Raises InputError if there is no list of its files, or it is of another form."""
    path = folder / MANIFEST
    where = Where(str(path))
    try:
        if path.stat().st_size > MOST_TEXT:
            raise InputError("is larger than such a list can be", where=where)
        data = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise InputError("there is no list of files", where=where, hint="A record has a file record.json.") from None
    except (ValueError, RecursionError):
        raise InputError("is no JSON", where=where) from None
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise InputError(f'is not of the format "{FORMAT}"', where=where, hint="A newer program may read it.")
    contest, files = data.get("contest"), data.get("files")
    if not _texts(contest) or not {"slug", "title", "organisation"} <= set(contest):
        raise InputError("does not say which contest it is of", where=where)
    if not _texts(files) or not all(_FILE.fullmatch(name) and _HASH.fullmatch(files[name]) for name in files):
        raise InputError("has no list of files with their SHA-256", where=where)
    return Record(
        folder,
        contest,
        tuple(_box_place(item, where) for item in _items(data.get("boxes"), where)),
        files,
        receipts=data["receipts"] if isinstance(data.get("receipts"), str) else "",
        easy=data.get("easy") is True,
    )


def _texts(value: Any) -> TypeGuard[dict[str, str]]:
    """Whether ``value`` is a table of texts."""
    return isinstance(value, dict) and all(isinstance(text, str) for text in value.values())


def _items(value: Any, where: Where) -> list[Any]:
    if not isinstance(value, list) or len(value) > MOST_FILES:
        raise InputError("has no list of boxes", where=where)
    return value


def _box_place(item: Any, where: Where) -> BoxPlace:
    wrong = InputError("lays a box out in a form that is not known", where=where)
    if not isinstance(item, dict) or set(item) != {"uuid", "stage", "round", "section", "members"}:
        raise wrong
    texts = [item["uuid"], item["stage"], item["section"]]
    members, number = item["members"], item["round"]
    if not isinstance(members, list) or not all(isinstance(text, str) for text in (*texts, *members)):
        raise wrong
    if type(number) is not int or number < 1 or not _UUID.fullmatch(item["uuid"]):
        raise wrong
    return BoxPlace(item["uuid"], item["stage"], number, item["section"], tuple(members))


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def there(folder: Path) -> set[str]:
    """Every file that lies in the folder of a record, but its list of them."""
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())
    return {name for name in found if name != MANIFEST}


def declaration_hash(contest: bytes, rulebook: bytes) -> str:
    """What the log tells of a declaration: SHA-256 of the contest file, a null byte and the rulebook, as declared.

    The declaration itself follows from these two and from the boxes that the contest file names.
    """
    return hashlib.sha256(contest + b"\0" + rulebook).hexdigest()


# -- writing -------------------------------------------------------------------------------------------------------


def write_record(
    folder: Path,
    *,
    contest: Mapping[str, str],
    texts: Mapping[str, bytes],
    boxes: Sequence[tuple[BoxPlace, Path]],
    papers: Mapping[str, bytes] | None = None,
    receipts: str = "",
    easy: bool = False,
) -> Record:
    """Write a record into ``folder``, which must be new. ``texts``: by file name, at least those ``NEEDED``."""
    missing = [name for name in NEEDED if name not in texts]
    if missing:
        raise InputError(f"a record needs {missing[0]}")
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        raise InputError("this folder is there already", where=Where(str(folder)), hint="Name a new one.") from None
    contents = {**texts, **{f"{PAPERS}/{name}": content for name, content in (papers or {}).items()}}
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    for place, archive in boxes:
        (folder / BOXES).mkdir(exist_ok=True)
        shutil.copyfile(archive, folder / place.file)
    data = {
        "format": FORMAT,
        "contest": dict(contest),
        "receipts": receipts,
        "easy": easy,
        "boxes": [place.plain() for place, _ in boxes],
        "files": {name: sha256_of(folder / name) for name in sorted(there(folder))},
    }
    (folder / MANIFEST).write_bytes(json_bytes(data))
    return read_record(folder)


def json_bytes(value: Any) -> bytes:
    """``value`` as JSON for people and programs, with a newline at its end."""
    return (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode()


def pack(folder: Path, path: Path, name: str) -> None:
    """Write the record in ``folder`` as a ZIP file, below a folder called ``name``; the same gives the same bytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for file in [MANIFEST, *sorted(there(folder))]:
            entry = zipfile.ZipInfo(f"{name}/{file}", DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            with (folder / file).open("rb") as source, packed.open(entry, "w", force_zip64=True) as out:
                shutil.copyfileobj(source, out, CHUNK)
