"""A tenth of the drills of ``tools/voting_faults``, with fixed seeds; ``make faults`` runs all of them.

Marked ``slow``: real servers are started and killed, for minutes.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
DRILLS = (
    "server-killed",
    "database-killed",
    "disk-full",
    "one-credential",
    "closing",
    "many-processes",
    "put-back",
)


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
@pytest.mark.parametrize("drill", DRILLS)
def test_what_was_acknowledged_is_there(drill: str, database: str) -> None:
    command = [sys.executable, "-m", "tools.voting_faults", "--tenth", "--seed", "6", "--drill", drill]
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SELECTORATE_", "DJANGO_"))}
    done = subprocess.run(
        [*command, "--database", database],
        cwd=ROOT,
        env=kept,
        capture_output=True,
        text=True,
        timeout=1800,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-2000:]
    (line,) = [json.loads(one) for one in done.stdout.splitlines() if one.startswith("{")]
    assert "skipped" in line or (line["faults"] == [] and line["acknowledged"] > 0)


def test_every_drill_is_run() -> None:
    text = (ROOT / "tools" / "voting_faults" / "drills.py").read_text(encoding="utf-8")
    assert all(f'"{name}": ' in text for name in DRILLS)
    assert text.count('": ') >= len(DRILLS)
