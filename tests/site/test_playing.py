"""``selectorate demo --play``: a whole vote held online, by the real command, and its record checked."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def test_a_whole_vote_is_played_and_its_record_verified(tmp_path: Path) -> None:
    command = [str(Path(sys.executable).with_name("selectorate")), "demo", "--play", "--folder", str(tmp_path / "demo")]
    # As in a terminal: what the tests have set for themselves is not for it.
    own = ("DJANGO_", "SELECTORATE_", "DATABASE_")
    env = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    done = subprocess.run(command, capture_output=True, text=True, timeout=500, check=False, env=env)
    assert done.returncode == 0, done.stderr
    assert "Every check passed" in done.stdout
    assert "members" in done.stdout and "affiliated" in done.stdout and "registered" in done.stdout
    assert "failed" not in done.stdout
