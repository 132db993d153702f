"""The reference tool (belenios-tool 3.3.0), for tests that hold this program to one that is not ours.

It is taken from the environment (SELECTORATE_BELENIOS_TOOL) or found as shared/tools/belenios-tool beside the
repository. Where it is not there, tests that ask for the fixture `tool` are skipped, with one line that says so::

    def test_something(tool: Tool, tmp_path: Path) -> None:
        tool.run("setup", "make-trustees", cwd=tmp_path)
"""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
LIMIT = 600
"""Seconds after which a command is given up."""


class ToolError(Exception):
    """The tool ended with a status that is not 0; the message is what it said."""


@dataclass(frozen=True)
class Tool:
    """The tool. ``folder``: a temporary one, in which commands run that are given none."""

    path: Path
    folder: Path

    def run(self, *args: str, stdin: bytes = b"", cwd: Path | None = None) -> bytes:
        """What the tool writes to its standard output. Raises ToolError unless it ends well."""
        ended = subprocess.run(
            [self.path, *args], input=stdin, cwd=cwd or self.folder, capture_output=True, timeout=LIMIT, check=False
        )
        if ended.returncode:
            raise ToolError(f"{' '.join(args)}: status {ended.returncode}: {ended.stderr.decode(errors='replace')}")
        return ended.stdout


def find() -> Path | None:
    """Where the tool is; None if it is not there."""
    given = os.environ.get("SELECTORATE_BELENIOS_TOOL")
    places = [Path(given)] if given else [up / "shared/tools/belenios-tool" for up in ROOT.parents]
    return next((place.resolve() for place in places if place.is_file()), None)


@pytest.fixture(scope="session")
def tool(tmp_path_factory: pytest.TempPathFactory) -> Tool:
    """The reference tool; a test that asks for it is skipped where it is not there."""
    path = find()
    if path is None:
        pytest.skip("the reference tool is not here (SELECTORATE_BELENIOS_TOOL, or ../shared/tools/belenios-tool)")
    return Tool(path, tmp_path_factory.mktemp("tool"))
