"""What happens to the files of a contest when a step is killed, the disk is full, or two are at work at once.

The driver below is run by itself: it forks, and what is killed must not be the test.
"""

from __future__ import annotations

import datetime as dt
import errno
import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from typer.testing import CliRunner

from selectorate import contest
from selectorate.cli import app
from selectorate.contest import folder as folders
from selectorate.contest import paper_count
from selectorate.contest.entered import read_nominations
from selectorate.errors import InputError

DAY = dt.date(2026, 5, 1)
DRIVER = """
import datetime as dt, json, os, random, signal, sys, time
from contextlib import nullcontext
from pathlib import Path
from selectorate import contest
from selectorate.contest import folder as folders, paper_count
from selectorate.contest.entered import check_nominations, read_nominations
from selectorate.errors import SelectorateError
folder, DAY = Path(sys.argv[1]), dt.date(2026, 5, 1)

def whole():
    case = contest.load_file(folder / "contest.toml")
    entered = read_nominations(folder / "nominations.csv")
    check_nominations(case, entered, folder / "nominations.csv")
    return case, entered

def nominate(candidate, *by):
    return folders.nominate(folder, candidate=candidate, nominators=by, on=DAY)

def killed_while(step, least, most):
    child = os.fork()
    if child == 0:
        number = 0
        while True:
            step(number)
            number += 1
    time.sleep(random.uniform(least, most))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
"""


def driven(folder: Path, script: str, *, env: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        [sys.executable, "-c", DRIVER + textwrap.dedent(script), str(folder)],
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        env={**os.environ, **(env or {})},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def society(tmp_path: Path) -> Path:
    folder = tmp_path / "society"
    folders.start(folder, title="The chair", organisation="Chess Club", office="Chair", date=DAY)
    return folder


def nominate(folder: Path, candidate: str, *by: str) -> None:
    folders.nominate(folder, candidate=candidate, nominators=by, on=DAY)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file() and path.name != ".lock"}


# -- killed -----------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_killed_while_nominating(society: Path) -> None:
    output = driven(
        society,
        """
        before = 0
        for attempt in range(40):
            killed_while(lambda n: nominate(f"Candidate {attempt} {n}", f"a{attempt}.{n}", f"b{attempt}.{n}"), 0, 0.06)
            case, entered = whole()
            assert len(entered) >= before and len(entered) % 2 == 0, (before, len(entered))
            alone = set(case.contest.candidates) - {n.candidate for n in entered}
            before = len(entered)
        print(before, len(alone))
        """,
    )
    entered = int(output.split()[0])
    assert entered > 4  # some steps came to their end
    nominate(society, "Last", "1", "2")
    assert set(files(society)) == {"contest.toml", "nominations.csv", "rulebook.toml"}  # the remains are gone
    case, rulings = folders.close(society)
    assert sum(ruling.count or 0 for ruling in rulings) == entered + 2
    assert case.contest.nomination


def test_killed_between_the_two_files(society: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The candidate is there, the nomination is not: the same step puts it right."""
    replace = Path.replace

    def dying(self: Path, target: Path) -> Path:
        if Path(target).name == "nominations.csv":
            raise KeyboardInterrupt
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", dying)
    with pytest.raises(KeyboardInterrupt):
        nominate(society, "Ann", "1", "2")
    monkeypatch.undo()
    assert list(contest.load(str(society)).contest.candidates) == ["ann"]
    assert not read_nominations(society / "nominations.csv")
    nominate(society, "Ann", "1", "2")
    assert len(read_nominations(society / "nominations.csv")) == 2
    assert list(contest.load(str(society)).contest.candidates) == ["ann"]


@pytest.mark.slow
def test_killed_while_counting(society: Path) -> None:
    nominate(society, "Ann", "1", "2")
    nominate(society, "Bob", "3", "4")
    folders.close(society)
    driven(
        society,
        """
        for attempt in range(40):
            killed_while(lambda n: paper_count.enter(folder, {"ann": n, "bob": n}, roll={"entitled": 2 * n}), 0, 0.05)
            case, _ = whole()
            if case.contest.ballot:
                (ballot,) = case.contest.ballot
                votes = ballot.round[0].votes["total"]
                assert votes["ann"] == votes["bob"] == ballot.roll["total"].entitled / 2
        """,
    )
    paper_count.enter(society, {"ann": 5, "bob": 4})
    assert set(files(society)) == {"contest.toml", "nominations.csv", "rulebook.toml"}


@pytest.mark.slow
def test_killed_while_declaring(society: Path) -> None:
    """Sheets by the real command, without the PDF, which takes longest and is written with the others."""
    nominate(society, "Ann", "1", "2")
    nominate(society, "Bob", "3", "4")
    folders.close(society)
    paper_count.enter(society, {"ann": 5, "bob": 4})
    driven(
        society,
        """
        sys.modules["typst"] = None
        from typer.testing import CliRunner
        from selectorate.cli import app
        declare = lambda n: CliRunner().invoke(app, ["contest", "declare", str(folder), "--replace"])
        declare(0)
        for attempt in range(8):
            killed_while(declare, 0.0, 0.4)
            for path in (folder / "declaration").iterdir():
                if path.name.startswith("."):
                    continue
                text = path.read_text("utf-8")
                assert text.endswith("\\n") and len(text) > 100, path
                if path.suffix == ".json":
                    assert json.loads(text)["elected"] == ["ann"]
            whole()
        declare(0)
        assert not [path for path in (folder / "declaration").iterdir() if path.name.startswith(".")]
        """,
    )


def test_a_lock_left_over_is_no_lock(society: Path) -> None:
    driven(
        society,
        """
        child = os.fork()
        if child == 0:
            with folders.locked(folder):
                os.kill(os.getpid(), signal.SIGKILL)
        os.waitpid(child, 0)
        started = time.monotonic()
        nominate("Ann", "1")
        assert time.monotonic() - started < 5
        """,
    )
    (society / ".lock").write_text("4711")
    nominate(society, "Ann", "2")


def test_a_folder_that_somebody_is_at_work_in(society: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folders, "WAIT", 0.05)
    with folders.locked(society):
        for step in (["nominate", society, "Ann", "--by", "1"], ["close", society], ["declare", society]):
            result = CliRunner().invoke(app, ["contest", *map(str, step)])
            assert result.exit_code == 2
            assert "is being changed by somebody else" in result.output


# -- two at once ------------------------------------------------------------------------------------------------

RACE = """
    if os.environ.get("UNLOCKED"):
        folders.locked = lambda folder: nullcontext()
    children = []
    for side in "ab":
        child = os.fork()
        if child == 0:
            for number in range(50):
                try:
                    nominate(f"Candidate {number % 7}", f"{side}{number}")
                except SelectorateError:
                    if not os.environ.get("UNLOCKED"):
                        os._exit(1)
            os._exit(0)
        children.append(child)
    assert not any(os.waitpid(child, 0)[1] for child in children)
    print(len(read_nominations(folder / "nominations.csv")))
"""


def test_two_at_once_lose_nothing(society: Path) -> None:
    assert int(driven(society, RACE)) == 100
    case, rulings = folders.close(society)
    assert sum(ruling.count or 0 for ruling in rulings) == 100
    assert len(case.contest.candidates) == 7


def test_without_the_lock_nominations_are_lost(tmp_path: Path) -> None:
    """That the test above can fail at all."""
    for attempt in range(5):
        folder = tmp_path / str(attempt)
        folders.start(folder, title="The chair", organisation="Chess Club", office="Chair", date=DAY)
        if int(driven(folder, RACE, env={"UNLOCKED": "1"})) < 100:
            return
    raise AssertionError("nothing was lost in five races")


# -- nowhere to write -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fails_at", [1, 2])
def test_a_full_disk_changes_nothing(society: Path, monkeypatch: pytest.MonkeyPatch, fails_at: int) -> None:
    nominate(society, "Ann", "1", "2")
    before = files(society)
    calls = 0

    def full(descriptor: int) -> None:
        nonlocal calls
        calls += 1
        if calls == fails_at:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(InputError, match="cannot be written: No space left on device") as fault:
        nominate(society, "Bob", "3", "4")
    assert str(fault.value.where) == str(society / ["contest.toml", "nominations.csv"][fails_at - 1])
    assert files(society) == before


def test_a_real_limit_on_the_size_of_files(society: Path) -> None:
    nominate(society, "Ann", "1", "2")
    before = files(society)
    driven(
        society,
        """
        import resource
        from typer.testing import CliRunner
        from selectorate.cli import app
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500))
        result = CliRunner().invoke(app, ["contest", "nominate", str(folder), "Bob" * 40, "--by", "3"])
        assert result.exit_code == 2, result
        assert "cannot be written" in result.output and "File too large" in " ".join(result.output.split())
        """,
    )
    assert files(society) == before


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root mounts a small disk")
def test_a_really_full_disk(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32k", "none", disk], capture_output=True).returncode:
        pytest.skip("nothing can be mounted here")
    try:
        folder = disk / "society"
        folders.start(folder, title="The chair", organisation="Chess Club", office="Chair", date=DAY)
        nominate(folder, "Ann", "1", "2")
        nominate(folder, "Bob", "3", "4")
        folders.close(folder)
        paper_count.enter(folder, {"ann": 3, "bob": 2})
        before = files(folder)
        result = CliRunner().invoke(app, ["contest", "declare", str(folder)])
        assert result.exit_code == 2, result.output
        assert "No space left on device" in " ".join(result.output.split())
        assert files(folder) == before
        assert not (folder / "declaration").exists()
    finally:
        subprocess.run(["umount", disk], check=True)


def test_a_declaration_is_written_whole_or_not_at_all(society: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nominate(society, "Ann", "1", "2")
    folders.close(society)
    monkeypatch.setitem(sys.modules, "typst", None)
    real, calls = os.fsync, 0

    def full(descriptor: int) -> None:
        nonlocal calls
        calls += 1
        if calls == 3:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        result = CliRunner().invoke(app, ["contest", "declare", str(society)])
        assert result.exit_code == 2
        assert not (society / "declaration").exists()
    assert CliRunner().invoke(app, ["contest", "declare", str(society)]).exit_code == 0


def test_a_folder_that_goes_away_meanwhile(society: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = folders.write_all

    def gone(*given: object, **more: object) -> None:
        shutil.rmtree(society)
        real(*given, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(folders, "write_all", gone)
    with pytest.raises(InputError, match="cannot be written: No such file or directory"):
        nominate(society, "Ann", "1")
    assert not society.exists()


@pytest.mark.parametrize("step", [["nominate", "Ann", "--by", "3"], ["close"], ["count", "ann=1"], ["declare"]])
def test_a_folder_that_may_only_be_read(tmp_path: Path, step: list[str]) -> None:
    root = os.geteuid() == 0
    disk = tmp_path / "disk"
    disk.mkdir()
    if root and subprocess.run(["mount", "-t", "tmpfs", "none", disk], capture_output=True).returncode:
        pytest.skip("nothing can be mounted here, and root may write everywhere")
    try:
        folder = disk / "society"
        folders.start(folder, title="The chair", organisation="Chess Club", office="Chair", date=DAY)
        nominate(folder, "Ann", "1", "2")
        if step[0] == "declare":
            folders.close(folder)
        before = files(folder)
        if root:
            subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        else:
            folder.chmod(0o555)
            (folder / ".lock").unlink()
        result = CliRunner().invoke(app, ["contest", step[0], str(folder), *step[1:]])
        assert result.exit_code == 2, result.output
        assert any(said in " ".join(result.output.split()) for said in ("Read-only file system", "Permission denied"))
        assert files(folder) == before
    finally:
        if root:
            subprocess.run(["umount", disk], check=True)
        else:
            folder.chmod(0o755)
