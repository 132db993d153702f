"""What several commands on a contest of one's own are given: its folder, a stage, a day."""

from __future__ import annotations

import datetime as dt

import typer

from ..errors import InputError

FOLDER = typer.Argument(metavar="FOLDER", help="The folder of the contest.")
STAGE = typer.Option(None, "--stage", help="The stage of the rulebook, where there are several.")


def day_given(text: str | None) -> dt.date:
    """The day that ``text`` says, today without it. Raises InputError if it is not a date."""
    if text is None:
        return dt.datetime.now().astimezone().date()
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise InputError(f'"{text}" is not a date', hint="Write it as 2026-09-24.") from None
