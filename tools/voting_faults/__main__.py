"""Break things while people vote, and say what came of it; status 1 if anything did not hold.

    make faults                                        everything, on both databases (an hour and more)
    make faults ARGS=--tenth                           a tenth of it
    make faults ARGS="--database sqlite --drill closing --seed 7"

Each drill prints one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from . import office
from .drills import DRILLS, Setting
from .servers import Postgres

DATABASES = ("sqlite", "postgres")


def one(database: str, drills: list[str], part: float, seed: int) -> int:
    """The drills on one database, in this process; how many did not hold."""
    folder = Path(tempfile.mkdtemp(prefix="voting-faults-"))
    postgres = Postgres(folder / "postgres") if database == "postgres" else None
    bad = 0
    try:
        home, address = folder / "home", postgres.address if postgres else ""
        office.begin(home, address)
        contest = office.contest()
        office.beside(contest, 500)
        for name in drills:
            here = Setting(contest, folder, office.environment(home, address), postgres, part, seed)
            begun = time.monotonic()
            try:
                found = DRILLS[name](here)
            finally:
                for site in here.sites:
                    site.kill()
            bad += bool(found.get("faults"))
            line = {"drill": name, "database": database, "seconds": round(time.monotonic() - begun, 1), **found}
            print(json.dumps(line), flush=True)
    finally:
        if postgres is not None:
            postgres.server.cleanup()
        if not bad:
            shutil.rmtree(folder, ignore_errors=True)
    if bad:
        print(f"what is left of it: {folder}", file=sys.stderr)
    return bad


def main() -> int:
    """Each database in a process of its own."""
    parser = argparse.ArgumentParser(prog="make faults", description=__doc__.splitlines()[0])
    parser.add_argument("--database", choices=DATABASES, action="append", help="only this one")
    parser.add_argument("--drill", choices=list(DRILLS), action="append", help="only this one")
    parser.add_argument("--tenth", action="store_true", help="a tenth of the full number")
    parser.add_argument("--part", type=float, default=1.0, help="this part of the full number")
    parser.add_argument("--seed", type=int, default=1, help="of the random instants")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    part = 0.1 if given.tenth else given.part
    drills = given.drill or list(DRILLS)
    databases = given.database or list(DATABASES)
    if given.here:
        return 1 if one(databases[0], drills, part, given.seed) else 0
    status = 0
    for database in databases:
        command = [sys.executable, "-m", "tools.voting_faults", "--here", "--database", database]
        command += ["--part", str(part), "--seed", str(given.seed)]
        command += [word for drill in drills for word in ("--drill", drill)]
        status = max(status, subprocess.run(command, env=dict(os.environ), check=False).returncode)
    return status


if __name__ == "__main__":
    sys.exit(main())
