"""Running the office: set up, served, looked over, copied and put back, as its commands do it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(
    bool(os.environ.get("SELECTORATE_TEST_DATABASE")),
    reason="homes of their own, the same on whatever the others run on",
)
SELECTORATE = [sys.executable, "-W", "ignore", "-c", "from selectorate.cli import main; main()"]


@pytest.fixture(autouse=True)
def _database() -> None:
    """These tests run the commands as somebody would: in processes of their own, with homes of their own."""


def environment(home: Path, **more: str) -> dict[str, str]:
    """The environment of an office in ``home``."""
    rest = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SELECTORATE_", "DATABASE", "DJANGO_"))
    }
    return {**rest, "SELECTORATE_HOME": str(home), "COLUMNS": "200", **more}


def run(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run a command."""
    return subprocess.run(
        [*SELECTORATE, *arguments], env=environment(home, **more), capture_output=True, text=True, check=False
    )


INIT = ("office", "init", "--organisation", "Party", "--name", "Alice Officer", "--email", "Alice@Example.org")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office that is set up."""
    folder = tmp_path_factory.mktemp("office") / "home"
    done = run(folder, *INIT)
    assert done.returncode == 0, done.stderr
    assert "/account/password/reset/key/" in done.stdout
    return folder


# -- setting up -----------------------------------------------------------------------------------------------------


def test_an_office_is_set_up_once(home: Path) -> None:
    again = run(home, *INIT)
    assert again.returncode == 1
    assert again.stderr.strip().startswith("this office is set up already")
    assert home.stat().st_mode & 0o077 == 0, "nobody else reads the home folder"
    assert (home / "secret-key").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (("--organisation", " ", "--name", "A", "--email", "a@example.org"), "--organisation is empty"),
        (("--organisation", "P", "--name", "A", "--email", "not an address"), "--email is not a mail address"),
    ],
)
def test_what_cannot_be_is_refused(tmp_path: Path, given: tuple[str, ...], says: str) -> None:
    done = run(tmp_path / "home", "office", "init", *given)
    assert done.returncode == 2 and says in done.stderr


def test_a_wrong_setting_is_told_by_its_name(tmp_path: Path) -> None:
    done = run(tmp_path / "home", "doctor", SELECTORATE_TIME_ZONE="Europe/Atlantis")
    assert done.returncode == 2
    assert "SELECTORATE_TIME_ZONE is 'Europe/Atlantis'" in done.stderr and "Traceback" not in done.stderr


def test_commands_of_django_can_be_reached(home: Path) -> None:
    assert "office_user" in run(home, "office", "manage", "sqlmigrate", "office", "0001").stdout
    assert "No changes detected" in run(home, "office", "manage", "makemigrations", "--check", "--dry-run").stdout


def test_without_django_the_office_says_what_to_install(home: Path) -> None:
    code = "import sys; sys.modules['django'] = None; from selectorate.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code, "serve"], env=environment(home), capture_output=True, text=True, check=False
    )
    assert done.returncode == 2 and "pip install 'selectorate[office]'" in done.stderr
    shown = subprocess.run(
        [sys.executable, "-c", code, "--help"], env=environment(home), capture_output=True, text=True, check=False
    )
    assert shown.returncode == 0 and "doctor" in shown.stdout


# -- the doctor -----------------------------------------------------------------------------------------------------


def test_the_doctor_finds_a_sound_office_sound(home: Path) -> None:
    done = run(home, "doctor", "--offline")
    assert done.returncode == 0, done.stdout
    for line in ("ok   durability: ", "ok   migrations: ", "ok   logs of acts: 1 ", "--   sender of mail: "):
        assert line in done.stdout
    assert "BAD" not in done.stdout


def test_the_doctor_finds_what_is_wrong(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "home"
    assert "BAD  migrations: " in run(folder, "doctor", "--offline").stdout
    folder = shutil.copytree(home, tmp_path / "again")
    with sqlite3.connect(folder / "office.sqlite3") as database:
        database.execute("UPDATE office_act SET kind = 'something_else'")
    (folder / "secret-key").chmod(0o644)
    done = run(folder, "doctor", "--offline", SELECTORATE_ADDRESS="http://elections.example.org")
    assert done.returncode == 1
    assert "BAD  logs of acts: organisation does not hold at entry 1" in done.stdout
    assert "BAD  privacy of files: " in done.stdout
    assert "BAD  address: http://elections.example.org is not https" in done.stdout


def test_the_doctor_says_when_the_database_is_away(tmp_path: Path) -> None:
    done = run(tmp_path / "home", "doctor", DATABASE_URL="postgresql://someone:secret@127.0.0.1:9/nothing")
    assert done.returncode == 1
    assert "BAD  database: the database does not answer" in done.stdout
    assert "secret" not in done.stdout + done.stderr


# -- serving --------------------------------------------------------------------------------------------------------


def free_port() -> int:
    """A port at which nobody listens."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def served(home: Path, port: int, *more: str) -> Iterator[subprocess.Popen[str]]:
    """The office, served until the block ends."""
    process = subprocess.Popen(
        [*SELECTORATE, "serve", "--port", str(port), "--workers", "1", *more],
        env=environment(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(40)
        if process.stdout is not None:
            process.stdout.close()


def children(pid: int) -> dict[str, int]:
    """The processes that a process has started, by what they run."""
    found = {}
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and f"PPid:\t{pid}\n" in (entry / "status").read_text():
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                for word in ("granian", "db_worker", "ticking"):
                    if word in command:
                        found[word] = int(entry.name)
        except OSError:
            continue
    return found


def runs(pid: int) -> bool:
    """Whether a process is there and not only waiting for somebody to ask how it ended."""
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def first_line(process: subprocess.Popen[str], word: str) -> str:
    """Read what is told until a line has ``word``."""
    assert process.stdout is not None
    for line in process.stdout:
        if word in line:
            return line
    pytest.fail(f"never told: {word}")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc")
def test_the_office_is_served_and_stops_leaving_nothing_behind(home: Path) -> None:
    port = free_port()
    with served(home, port) as process:
        assert f"http://127.0.0.1:{port}" in first_line(process, "serving at")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/account/login/") as page:
            text = page.read().decode()
            assert "Party" in text and page.headers["Content-Security-Policy"]
        style = text.partition('rel="stylesheet" href="')[2].partition('"')[0]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{style}") as file:
            assert "immutable" in file.headers["Cache-Control"], "collected under a name of its own content"
            assert file.headers["X-Content-Type-Options"] == "nosniff"
        with pytest.raises(urllib.error.HTTPError) as gone:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/secret-key")
        assert gone.value.code == 404
        gone.value.close()
        running = children(process.pid)
        assert set(running) == {"granian", "db_worker", "ticking"}
        os.kill(running["ticking"], signal.SIGKILL)
        first_line(process, "clock ended (-9); starting it again")
        until = time.monotonic() + 20
        while children(process.pid).get("ticking") in (None, running["ticking"]) and time.monotonic() < until:
            time.sleep(0.1)
        running = children(process.pid)
        assert set(running) == {"granian", "db_worker", "ticking"}
        taken = run(home, "serve", "--port", str(port))
        assert taken.returncode == 2 and f"nobody can listen at 127.0.0.1:{port}" in taken.stderr
        process.send_signal(signal.SIGINT)
        assert process.wait(40) == 0
        assert not any(Path(f"/proc/{pid}").exists() for pid in running.values())


@pytest.mark.skipif(sys.platform != "linux", reason="the system has no signal for whoever loses its parent")
def test_nothing_is_left_when_it_is_killed_outright(home: Path) -> None:
    with served(home, free_port()) as process:
        first_line(process, "serving at")
        below = children(process.pid)
        assert len(below) >= 3
        process.kill()
        process.wait()
        until = time.monotonic() + 60
        while time.monotonic() < until and any(runs(pid) for pid in below.values()):
            time.sleep(0.2)
        assert not [name for name, pid in below.items() if runs(pid)]


def test_an_office_that_is_behind_or_not_set_up_is_not_served(tmp_path: Path) -> None:
    folder = tmp_path / "home"
    behind = run(folder, "serve", "--no-migrate", "--port", str(free_port()))
    assert behind.returncode == 2 and "the database is not up to date" in behind.stderr
    assert "office" in run(folder, "office", "manage", "migrate", "--verbosity", "1").stdout
    empty = run(folder, "serve", "--no-migrate", "--port", str(free_port()))
    assert empty.returncode == 2 and "selectorate office init" in empty.stderr


def test_a_database_of_a_newer_version_is_left_alone(home: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(home, tmp_path / "home")
    with sqlite3.connect(folder / "office.sqlite3") as database:
        database.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('office', '0999_later', '2030-01-01')"
        )
    done = run(folder, "serve", "--port", str(free_port()))
    assert done.returncode == 2 and "newer version of the office (0999_later)" in done.stderr


# -- copies, from one home to another ---------------------------------------------------------------------------------


def test_a_copy_goes_into_an_empty_home_and_into_no_other(home: Path, tmp_path: Path) -> None:
    file, folder = tmp_path / "copy.zip", tmp_path / "new"
    made = run(home, "backup", str(file))
    assert made.returncode == 0, made.stderr
    assert file.stat().st_mode & 0o777 == 0o600
    assert run(home, "backup", str(file)).returncode == 2
    assert run(home, "restore", str(file)).returncode == 1
    done = run(folder, "restore", str(file))
    assert done.returncode == 0, done.stderr
    assert "Party" in run(folder, "office", "manage", "dumpdata", "office.Organisation").stdout
    assert "ok   logs of acts: 1 logs" in run(folder, "doctor", "--offline").stdout
