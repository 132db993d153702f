"""What a command puts out: files, all of them or none, and at most one thing on standard output."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from ..contest.writing import write_all
from ..errors import InputError, Where
from . import base

STANDARD_OUTPUT = Path("-")
"""Given as the name of a file it means standard output."""

Content = str | bytes


@dataclass(frozen=True)
class Outputs:
    """Where the results of a command go.

    ``files``: by the name of its option ("html", "rctab_json"), the path that was given, "-" for standard output.
    ``json``: whether JSON goes to standard output. Raises InputError if two of them go to one place, before anything is
    made.
    """

    files: Mapping[str, Path | None]
    json: bool = False

    def __post_init__(self) -> None:
        printed = ["--json"] if self.json else []
        printed += [f"--{_option(name)} -" for name, path in self.files.items() if path == STANDARD_OUTPUT]
        if len(printed) > 1:
            hint = "Give all but one of them the name of a file." if not self.json else "Give the other a file's name."
            raise InputError(f"{' and '.join(printed)} cannot both go to standard output", hint=hint)
        taken: dict[Path, str] = {}
        for name, path in self.files.items():
            if path is None or path == STANDARD_OUTPUT:
                continue
            place = _place(path)
            if place in taken and not _is_device(path):
                both = f"--{taken[place]} and --{_option(name)}"
                raise InputError(f"{both} cannot both be written to one file", where=_at(path))
            taken[place] = _option(name)

    @property
    def none(self) -> bool:
        """Whether nothing is asked for but what is shown to a person."""
        return not self.json and all(path is None for path in self.files.values())

    def put(self, *, json: Callable[[], Any] | None = None, **makers: Callable[[], Content]) -> None:
        """Make all that is asked for, then write all the files, then print.

        ``json``: makes the value to print as JSON; ``makers``: make what goes to the file of that option. Nothing is
        written if one of them cannot be made or written: raises what the maker raises, or InputError.
        """
        contents: dict[Path, Content] = {}
        for name, make in makers.items():
            path = self.files[name]
            if path is not None:
                if path.is_dir():
                    raise InputError("is a folder, not a file", where=_at(path))
                with base.working(
                    "Making what goes to standard output" if path == STANDARD_OUTPUT else f"Writing {path}"
                ):
                    contents[path] = make()
        printed = contents.pop(STANDARD_OUTPUT, None)
        if self.json and json is not None:
            printed = base.json_text(json())
        write_files(contents)
        for path in contents:
            written(path)
        if printed is not None:
            _print(printed)


def written(path: Path) -> None:
    """Say that a file was written, on the error stream."""
    base.err().print(base.line(f"Written: {path}"), soft_wrap=True)


def write_files(contents: Mapping[Path, Content]) -> None:
    """Write every file of ``contents`` whole, or none of them. Raises InputError if one cannot be written.

    A link is followed; what is a device or a pipe is written to, not replaced.
    """
    devices = {path: content for path, content in contents.items() if _is_device(path)}
    for path, content in devices.items():
        try:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        except BrokenPipeError:
            raise
        except OSError as fault:
            raise InputError(f"cannot be written: {fault.strerror}", where=_at(path)) from None
    files = {path: content for path, content in contents.items() if path not in devices}
    write_all({_place(path) if path.is_symlink() else path: content for path, content in files.items()})


def _print(content: Content) -> None:
    """Print ``content`` as it would be in a file, and nothing else."""
    if sys.stdout is None:
        return
    if isinstance(content, str):
        base.print_text(content)
    else:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)


def print_file(file: IO[bytes]) -> None:
    """Print what is left of ``file`` as it is, a piece at a time."""
    if sys.stdout is None:
        return
    sys.stdout.flush()
    shutil.copyfileobj(file, sys.stdout.buffer)
    sys.stdout.buffer.flush()


def _option(name: str) -> str:
    return name.replace("_", "-")


def _place(path: Path) -> Path:
    """Where what is written to ``path`` comes to lie."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):  # a loop of links, a name that is too long: writing will say so
        return path


def _is_device(path: Path) -> bool:
    try:
        return path.exists() and not path.is_file() and not path.is_dir()
    except OSError:
        return False


def _at(path: Path) -> Where:
    return Where(str(path))
