"""Copies of an office: whole, of one moment, found out when they are damaged, and never put back by halves."""

from __future__ import annotations

import io
import json
import random
import threading
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as site
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection, connections
from tests.site.everywhere import small_party
from tests.site.world import World

from selectorate.errors import InputError, RefusedError, SelectorateError
from selectorate.office import copies
from selectorate.office.acts import people, verify_log
from selectorate.office.models import Candidate, Log, Organisation, User

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _database(transactional_db: None) -> None:
    """A database in which what one connection commits is seen by another."""


def everything() -> dict[str, list[Any]]:
    """Every row of every table that is copied."""
    return {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in copies.tables()}


def emptied(tmp_path: Path, settings: Any) -> None:
    """An empty office, as a new home would have it."""
    call_command("flush", interactive=False, verbosity=0)
    settings.HOME = tmp_path / "new"
    settings.MEDIA_ROOT = settings.HOME / "media"
    settings.MEDIA_ROOT.mkdir(parents=True)


def test_a_copy_of_a_whole_office_is_the_same_when_it_is_back(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "old-media"
    small_party("_two_years_ago", "_draft")
    one = Candidate.objects.first()
    assert one is not None
    one.picture.save("face.jpg", ContentFile(b"a picture"))
    before, file = everything(), tmp_path / "copy.zip"
    made = copies.back_up(file)
    assert made.rows == sum(len(rows) for rows in before.values()) > 500
    assert made.files == sum(1 for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()) > 1
    emptied(tmp_path, settings)
    back = copies.restore(file)
    assert back == made
    assert everything() == before
    assert (settings.MEDIA_ROOT / one.picture.name).read_bytes() == b"a picture"
    assert sorted(path.name for path in settings.HOME.iterdir()) == ["media"]
    assert all(verify_log(log) == [] for log in Log.objects.all())
    User.objects.create_user("new@example.org", name="New")  # numbered after those that are back


def test_a_copy_is_of_one_moment(office: World, tmp_path: Path, settings: Any) -> None:
    stop = threading.Event()
    written = []

    def write() -> None:
        try:
            while not stop.is_set():
                people.make_body(office.alice, None, name=f"Body {len(written)}")
                written.append(1)
        finally:
            connections.close_all()

    writer = threading.Thread(target=write)
    writer.start()
    files = []
    try:
        for number in range(5):
            while len(written) < 5 * (number + 1):
                stop.wait(0.01)
            files.append(tmp_path / f"copy-{number}.zip")
            copies.back_up(files[-1])
    finally:
        stop.set()
        writer.join()
    sizes = []
    for number, file in enumerate(files):
        emptied(tmp_path / str(number), settings)
        copies.restore(file)  # which verifies every log
        log = Log.objects.get(name="organisation")
        assert log.height == log.acts.count()
        sizes.append(log.height)
    assert sizes == sorted(sizes) and sizes[0] < sizes[-1]


def test_a_damaged_copy_is_found_out_and_nothing_of_it_is_put_back(
    office: World, tmp_path: Path, settings: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path / "old-media"
    file = tmp_path / "copy.zip"
    copies.back_up(file)
    good, before = file.read_bytes(), everything()
    emptied(tmp_path, settings)
    drawn = random.Random(5)
    damaged = tmp_path / "damaged.zip"
    places = [drawn.randrange(len(good)) for _ in range(150)]
    found_out = 0
    for place in places:
        damaged.write_bytes(good[:place] + bytes([good[place] ^ (1 << drawn.randrange(8))]) + good[place + 1 :])
        try:
            copies.restore(damaged)
        except SelectorateError:
            found_out += 1
            assert not Organisation.objects.exists() and not any(settings.MEDIA_ROOT.iterdir())
        else:
            # A bit that carries nothing: a time or a flag in the zip's own lists. What is back is what was copied.
            assert everything() == before
            emptied(tmp_path / str(place), settings)
    assert found_out > 75, "half of the bits at least carry something"
    for length in (0, 10, len(good) // 2, len(good) - 1):
        damaged.write_bytes(good[:length])
        with pytest.raises(InputError, match="damaged"):
            copies.restore(damaged)
    copies.restore(file)


def changed(file: Path, change: Any) -> Path:
    """A copy in which ``change`` has had its way with the entries, its manifest made to fit."""
    import hashlib

    with zipfile.ZipFile(file) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(entries.pop("manifest.json"))
    change(entries, manifest)
    for name, content in entries.items():
        kind, _, inner = name.partition("/")
        table = manifest[kind].get(inner.removesuffix(".jsonl") if kind == "tables" else inner)
        if table is not None:
            table |= {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
        archive.writestr("manifest.json", json.dumps(manifest))
    made = file.with_name("changed.zip")
    made.write_bytes(out.getvalue())
    return made


ACTS = "tables/office.Act.jsonl"
CHANGES: dict[str, tuple[Any, str]] = {
    "an act was changed": (
        lambda entries, manifest: entries.update({ACTS: entries[ACTS].replace(b'"appoint"', b'"promote"')}),
        "does not hold",
    ),
    "an act is gone": (
        lambda entries, manifest: entries.update({ACTS: b"".join(entries[ACTS].splitlines(True)[:-1])}),
        "does not hold",
    ),
    "a table is gone": (
        lambda entries, manifest: (entries.pop(ACTS), manifest["tables"].pop("office.Act")),
        "does not have every table",
    ),
    "a row is no row": (
        lambda entries, manifest: entries.update({ACTS: b"[1, 2]\n"}),
        "cannot be read",
    ),
    "a row refers to nothing": (
        lambda entries, manifest: entries.update({"tables/office.User.jsonl": b""}),
        "do not fit together",
    ),
    "a file leads elsewhere": (
        lambda entries, manifest: (
            entries.update({"files/../../evil": b"x"}),
            manifest["files"].update({"../../evil": {}}),
        ),
        "leads elsewhere",
    ),
    "another version": (
        lambda entries, manifest: manifest.update(migrations=["office.0000_old"]),
        "whose database is another",
    ),
    "another format": (lambda entries, manifest: manifest.update(format=99), "whose database is another"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_copy_that_was_tampered_with_is_not_put_back(office: World, tmp_path: Path, settings: Any, name: str) -> None:
    settings.MEDIA_ROOT = tmp_path / "old-media"
    file = tmp_path / "copy.zip"
    copies.back_up(file)
    change, says = CHANGES[name]
    emptied(tmp_path, settings)
    with pytest.raises(SelectorateError, match=says):
        copies.restore(changed(file, change))
    assert not Organisation.objects.exists() and not User.objects.exists() and not Log.objects.exists()
    assert settings.MEDIA_ROOT.is_dir() and not any(settings.MEDIA_ROOT.iterdir())
    assert not (tmp_path / "evil").exists()
    copies.restore(file)


def test_an_office_that_has_anything_is_not_written_over(office: World, tmp_path: Path) -> None:
    file = tmp_path / "copy.zip"
    copies.back_up(file)
    with pytest.raises(RefusedError, match="not empty"):
        copies.restore(file)
    with pytest.raises(InputError, match="is there already"):
        copies.back_up(file)
    with pytest.raises(InputError, match="cannot be written"):
        copies.back_up(tmp_path / "no" / "such" / "folder.zip")
    assert not list(tmp_path.glob("*.part"))


def test_every_table_is_copied_or_left_out_on_purpose() -> None:
    kept = {model._meta.db_table for model in copies.tables()}
    left = {model._meta.db_table for model in apps.get_models(include_auto_created=True)} - kept
    assert left == {"django_session", "django_content_type", "auth_group", "auth_permission", "auth_group_permissions"}
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
    assert there - kept - left <= {"django_migrations", site.CACHES["default"].get("LOCATION") or "office_cache"}
