"""Commands of parts that may or may not be installed: the office brings its own.

Commands import no office, and the office no commands: the two meet in the entry points of the installation
(``selectorate.commands`` in pyproject.toml). What is loaded there is called with the program and with
``failures_told``, and adds its commands; it imports nothing heavy before one of them runs.
"""

from __future__ import annotations

from importlib.metadata import entry_points

import typer

from . import base

GROUP = "selectorate.commands"
"""The name of the entry points."""


def add_to(app: typer.Typer) -> None:
    """Add every installed part's commands to ``app``, in the order of their names."""
    for entry in sorted(entry_points(group=GROUP), key=lambda one: one.name):
        entry.load()(app, base.failures_told)
