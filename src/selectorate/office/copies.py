"""Copies of the whole office in one file, made while it runs, and put back into an empty one.

The file is a zip: a table of the database is ``tables/<model>.jsonl`` (a line a row), a picture or file of ballots is
``files/<path>``, and ``manifest.json`` has the number of rows, the size and the SHA-256 of each. It fits SQLite and
PostgreSQL alike, so it also carries an office from one to the other.

A copy is made in one transaction in which nothing changes (REPEATABLE READ, or SQLite's snapshot of a reader). It is
put back in one transaction too, after every hash was found right: wholly, or not at all.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path, PurePosixPath
from typing import IO, Any
from uuid import UUID

from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.db import DatabaseError, connection, models, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone
from django.utils.crypto import salted_hmac

from .. import __version__
from ..errors import InputError, RefusedError, SelectorateError
from .acts import verify_log
from .models import BoxPart, Log, OnlineVote, Restoration
from .rolls import files as rolls

FORMAT = 1
NOT_COPIED = frozenset({"sessions", "contenttypes", "auth"})
"""Applications whose tables are no part of a copy: who is signed in (they sign in again), and Django's own lists."""
BATCH = 500
"""Rows that are put back with one statement."""
CHUNK = 1024 * 1024
LONGEST_LINE = 512 * 1024 * 1024
"""Bytes of one row: a declaration of the largest contest has some megabytes."""


@dataclass(frozen=True)
class Copied:
    """What is in a copy."""

    rows: int
    tables: int
    files: int


def _plain(value: Any) -> str:
    """A value that JSON has no form for, to the last microsecond."""
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    raise TypeError(f"a copy has no form for {type(value).__name__}")


def tables() -> list[type[models.Model]]:
    """The models whose rows are copied, in a fixed order."""
    found = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    return sorted(
        (model for model in found if model._meta.app_label not in NOT_COPIED and not model._meta.proxy),
        key=lambda model: model._meta.label,
    )


def migrations() -> list[str]:
    """The state of the database: what has been done to it."""
    return sorted(f"{app}.{name}" for app, name in MigrationRecorder(connection).applied_migrations())


# -- out ----------------------------------------------------------------------------------------------------------


def back_up(file: Path) -> Copied:
    """Write a copy to ``file``, which nobody else may read. Raises InputError if there is one, or it cannot be made."""
    if file.exists():
        raise InputError(f"{file} is there already", hint="A copy never takes the place of another: name a new file.")
    part = file.with_name(f"{file.name}.part")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
                made = _write(archive)
            out.flush()
            os.fsync(out.fileno())
        os.link(part, file)  # unlike a renaming, this fails if somebody was quicker
    except FileExistsError:
        raise InputError(f"{file} is there already") from None
    except OSError as fault:
        raise InputError(f"{file} cannot be written: {fault.strerror}") from None
    finally:
        part.unlink(missing_ok=True)
    return made


@contextmanager
def _still() -> Iterator[None]:
    """One state of the database, whatever others do meanwhile; they are not kept from doing it."""
    if connection.vendor == "sqlite":
        # A transaction of ours takes the place of the writer at once (IMMEDIATE); a reader needs none.
        connection.ensure_connection()
        before, connection.transaction_mode = connection.transaction_mode, None
        try:
            with transaction.atomic():
                yield
        finally:
            connection.transaction_mode = before
    else:
        with transaction.atomic():
            if connection.vendor == "postgresql" and not connection.savepoint_ids:
                with connection.cursor() as cursor:
                    cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            yield


def _write(archive: zipfile.ZipFile) -> Copied:
    manifest: dict[str, Any] = {
        "format": FORMAT,
        "version": __version__,
        "made": timezone.now().isoformat(),
        "key": _key(),
        "tables": {},
        "files": {},
    }
    with _still():
        manifest["migrations"] = migrations()
        for model in tables():
            with archive.open(f"tables/{model._meta.label}.jsonl", "w", force_zip64=True) as out:
                manifest["tables"][model._meta.label] = _write_rows(model, out)
        wanted = sorted(_files_named())
    # After the rows: a file is written before the row that names it, and never changed.
    for name in wanted:
        path = settings.MEDIA_ROOT / name
        if path.is_file():
            with archive.open(f"files/{name}", "w", force_zip64=True) as out, path.open("rb") as given:
                manifest["files"][name] = _copy(given, out)
    archive.writestr("manifest.json", json.dumps(manifest, indent=1, sort_keys=True))
    return _counted(manifest)


def _files_named() -> set[str]:
    """Every file that a row names, and those of rolls: of imports and closed rolls, not what was exported."""
    found: set[str] = set()
    for path in rolls.root().rglob("*"):
        if path.is_file() and path.relative_to(rolls.root()).parts[0] != rolls.EXPORTS:
            found.add(str(path.relative_to(settings.MEDIA_ROOT)))
    found |= {f"boxes/{name}" for name in BoxPart.objects.exclude(file="").values_list("file", flat=True)}
    for model in tables():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.FileField):
                found |= set(model._base_manager.exclude(**{field.attname: ""}).values_list(field.attname, flat=True))
    return {name for name in found if name}


def _write_rows(model: type[models.Model], out: IO[bytes]) -> dict[str, Any]:
    columns = [field.attname for field in model._meta.concrete_fields]
    digest, rows, size = hashlib.sha256(), 0, 0
    for row in model._base_manager.order_by("pk").values_list(*columns).iterator(chunk_size=2000):
        line = json.dumps(row, default=_plain, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        out.write(line)
        digest.update(line)
        rows, size = rows + 1, size + len(line)
    return {"columns": columns, "rows": rows, "bytes": size, "sha256": digest.hexdigest()}


def _copy(given: IO[bytes], out: IO[bytes]) -> dict[str, Any]:
    digest, size = hashlib.sha256(), 0
    while chunk := given.read(CHUNK):
        out.write(chunk)
        digest.update(chunk)
        size += len(chunk)
    return {"bytes": size, "sha256": digest.hexdigest()}


def _counted(manifest: dict[str, Any]) -> Copied:
    rows = sum(table["rows"] for table in manifest["tables"].values())
    return Copied(rows, len(manifest["tables"]), len(manifest["files"]))


# -- back ---------------------------------------------------------------------------------------------------------


def restore(file: Path) -> Copied:
    """Put a copy back into an empty office. Raises InputError for a file that is not whole, or not a copy of this
    version; RefusedError if the office is not empty, or a log does not hold. Then nothing was changed.
    """
    for model in tables():
        if model._base_manager.exists():
            raise RefusedError(
                f"this office is not empty: it has rows of {model._meta.label}",
                hint="Restore into a new SELECTORATE_HOME, or a new database.",
            )
    if settings.MEDIA_ROOT.is_dir() and any(settings.MEDIA_ROOT.iterdir()):
        raise RefusedError("this office is not empty: it has files", hint="Restore into a new SELECTORATE_HOME.")
    try:
        with zipfile.ZipFile(file) as archive:
            manifest = _checked(archive)
    except SelectorateError:
        raise
    except (FileNotFoundError, PermissionError, IsADirectoryError) as fault:
        raise InputError(f"{file} cannot be read: {fault.strerror}") from None
    except Exception as fault:  # whatever zipfile and zlib make of bytes that are no zip
        raise InputError(f"{file} is damaged, or no copy of an office ({type(fault).__name__})") from None
    try:
        with zipfile.ZipFile(file) as archive:
            _put_back(archive, manifest)
    except DatabaseError as fault:
        raise InputError(f"{file} cannot be put back: its rows do not fit together ({type(fault).__name__})") from None
    except OSError as fault:
        raise InputError(f"{file} cannot be put back: {fault.strerror or fault}") from None
    return _counted(manifest)


def _checked(archive: zipfile.ZipFile) -> dict[str, Any]:
    """The manifest, once everything in the file is as it says."""
    names = archive.namelist()
    if "manifest.json" not in names:
        raise InputError("the file is no copy of an office: it has no manifest")
    try:
        manifest = json.loads(archive.read("manifest.json"))
        listed = {f"tables/{name}.jsonl": found for name, found in manifest["tables"].items()}
        listed |= {f"files/{name}": found for name, found in manifest["files"].items()}
        version, there = manifest["version"], manifest["migrations"]
        whole = all({"bytes", "sha256"} <= set(found) for found in listed.values())
    except (ValueError, KeyError, TypeError, AttributeError):
        raise InputError("the file is damaged: its manifest cannot be read") from None
    if manifest.get("format") != FORMAT or there != migrations():
        raise InputError(
            f"the copy was made by version {version} of the office, whose database is another",
            hint=f"Restore it with selectorate {version}, then bring the database up to date with this one.",
        )
    if not whole or sorted(names) != sorted([*listed, "manifest.json"]):
        raise InputError("the file is damaged: it does not have what its manifest lists")
    if {model._meta.label for model in tables()} != set(manifest["tables"]):
        raise InputError("the file is damaged: it does not have every table")
    for name, found in listed.items():
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts:
            raise InputError("the file is damaged: a name in it leads elsewhere")
        digest, size = hashlib.sha256(), 0
        with archive.open(name) as given:
            while chunk := given.read(CHUNK):
                digest.update(chunk)
                size += len(chunk)
        if size != found["bytes"] or digest.hexdigest() != found["sha256"]:
            raise InputError(f"the file is damaged: {name} is not what was copied")
    return manifest


def _put_back(archive: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    aside = settings.HOME / "media.restoring"
    shutil.rmtree(aside, ignore_errors=True)
    try:
        _files(archive, manifest["files"], aside)
        with transaction.atomic():
            for model in tables():
                table = manifest["tables"][model._meta.label]
                with archive.open(f"tables/{model._meta.label}.jsonl") as given:
                    _rows(model, table["columns"], given)
            connection.check_constraints()
            _sequences()
            _logs_hold()
            _stop_casting(str(manifest["made"]), str(manifest.get("key", "")))
            # The last step that can fail before the commit: from here both are there, or neither.
            if settings.MEDIA_ROOT.is_dir():
                settings.MEDIA_ROOT.rmdir()
            aside.rename(settings.MEDIA_ROOT)
    except BaseException:
        if not aside.exists() and settings.MEDIA_ROOT.is_dir() and not Log.objects.exists():
            shutil.rmtree(settings.MEDIA_ROOT)
            settings.MEDIA_ROOT.mkdir()
        raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _key() -> str:
    """What tells one secret key of a site from another, and nothing of it."""
    return salted_hmac("selectorate.copies", "key", algorithm="sha256").hexdigest()


def _stop_casting(made: str, key: str) -> None:
    """Let nobody cast where a box is or will be open: what came after the copy was made is not in it.

    Raises RefusedError under another secret key: receipts are signed with it, and whose a credential is hangs on it.
    """
    votes = OnlineVote.objects.filter(map_deleted=None)
    if votes.exists() and key != _key():
        raise RefusedError(
            "the copy is of an office with another secret key, and there are votes held online in it",
            hint="Put the file secret-key of that office into this SELECTORATE_HOME, or set SELECTORATE_SECRET_KEY.",
        )
    for vote in votes.filter(boxes__phase__in=["empty", "voting"]).distinct():
        why = f"put back from a copy that was made at {made}"[:300]
        Restoration.objects.create(contest_id=vote.contest_id, why=why)


def _files(archive: zipfile.ZipFile, listed: Iterable[str], folder: Path) -> None:
    folder.mkdir(parents=True)
    for name in listed:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(f"files/{name}") as given, path.open("xb") as out:
            shutil.copyfileobj(given, out, CHUNK)
        path.chmod(settings.FILE_UPLOAD_PERMISSIONS)


def _rows(model: type[models.Model], columns: list[str], given: IO[bytes]) -> None:
    """Put the rows of a table back as they were: no default, no present time comes in between."""
    fields = {field.attname: field for field in model._meta.concrete_fields}
    if list(fields) != columns:
        raise InputError(f"the file is damaged: {model._meta.label} has other columns")
    quote = connection.ops.quote_name
    statement = (
        f"INSERT INTO {quote(model._meta.db_table)} ({', '.join(quote(field.column) for field in fields.values())}) "
        f"VALUES ({', '.join(['%s'] * len(fields))})"
    )
    batch: list[list[Any]] = []
    with connection.cursor() as cursor:
        while line := given.readline(LONGEST_LINE):
            try:
                values = json.loads(line)
                batch.append([_kept(field, value) for field, value in zip(fields.values(), values, strict=True)])
            except (ValueError, TypeError):
                raise InputError(f"the file is damaged: a row of {model._meta.label} cannot be read") from None
            if len(batch) >= BATCH:
                cursor.executemany(statement, batch)
                batch = []
        if batch:
            cursor.executemany(statement, batch)


def _kept(field: models.Field[Any, Any], value: Any) -> Any:
    target = field.target_field if field.is_relation else field
    if value is not None and not isinstance(target, models.JSONField):
        value = target.to_python(value)
    return target.get_db_prep_save(value, connection)


def _sequences() -> None:
    """Let new rows be numbered after those that are back."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), tables()):
            cursor.execute(statement)


def _logs_hold() -> None:
    for log in Log.objects.all():
        faults = verify_log(log)
        if faults:
            raise RefusedError(f"the log “{log.name}” does not hold at entry {faults[0].number}: {faults[0].says}")
