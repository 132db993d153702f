"""``acts check``: the published log of an office's acts, checked by a stranger from the file alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from ..contest.published_log import read_published, verify_published
from ..documents import not_a_file
from ..errors import InputError, Where
from . import base

app = typer.Typer(no_args_is_help=True)
MAX_BYTES = 500 * 1024 * 1024
"""Of a log: a million entries."""


@app.callback()
def _group() -> None:
    pass


@app.command("check")
def check_command(
    path: Path = typer.Argument(metavar="FILE", help="The log as published: acts.json of a contest."),
    kept: Path | None = typer.Option(
        None, "--kept", metavar="OLDER", help="An older copy of the same log, which this one must begin with."
    ),
    json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Check a published log of official acts: that no entry was changed, dropped, moved or slipped in.

    A log that was written anew as a whole is found only beside an older copy: keep one. Ends with 1 if something is
    wrong.
    """
    with base.failures_told():
        entries, head = _read(path)
        older = _read(kept)[0] if kept is not None else None
        faults = verify_published(entries, head=head, kept=older)
        if json:
            said = [{"number": fault.number, "says": fault.says} for fault in faults]
            base.print_json({"entries": len(entries), "head": head, "faults": said})
        else:
            _print(len(entries), head, faults, older)
        if faults:
            raise typer.Exit(base.CHECK_FAILED)


def _read(path: Path) -> tuple[list[Any], str]:
    where = Where(str(path))
    try:
        kind = "a folder" if path.is_dir() else not_a_file(path)
        if kind is not None:
            raise InputError(f"is {kind}, not a file", where=where, hint="Name the file acts.json.")
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise InputError("there is no such file", where=where, hint="Look at the name.") from None
    except OSError as fault:
        raise InputError(f"cannot be read: {fault.strerror}", where=where) from None
    if len(raw) > MAX_BYTES:
        raise InputError("is larger than any log of acts", where=where, hint="Name the file acts.json.")
    return read_published(raw, str(path))


def _print(number: int, head: str, faults: list[Any], older: list[Any] | None) -> None:
    console = base.out()
    for fault in faults:
        console.print(base.line(f"✗ {fault}", "red"))
    if faults:
        console.print(base.line(f"The log does not hold ({len(faults)} faults in {number} entries)."))
        return
    console.print(base.line(f"✓ {number} entries, each following the one before it, none changed.", "green"))
    if older is not None:
        console.print(base.line(f"✓ It begins with the {len(older)} entries of the older copy.", "green"))
    console.print(base.line(f"Head: {head}"))
