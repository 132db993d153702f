"""Everything from which anybody can make a declaration again: the contest file, its rulebook, its ballots.

What ``selectorate declare`` makes of it is the declaration, figure by figure. It is not given out where the rulebook's
rule of disclosure keeps figures of small units together: the contest file has them apart.

Files of ballots are written anew, equal ballots merged and in no order: what a scanner wrote beside them (numbers,
times, places) does not come along.
"""

from __future__ import annotations

import io
import tempfile
import zipfile
from pathlib import Path

from django.core.cache import caches

from .. import contest as contests
from ..ballots import formats
from ..errors import InputError
from .documents import CONTEST, RULEBOOK, file_name
from .models import Contest
from .published import declared_case

READ_ME = """This folder is the contest "{title}" as it was declared.

  contest.toml    the contest: dates, candidates, nominations, figures
  rulebook.toml   the rules under which it was held, as they were frozen

The declaration is made again, without this site, by the program selectorate:

  pip install selectorate
  selectorate declare .

SHA-256 of the declaration: {hash}
"""
DATE = (1980, 1, 1, 0, 0, 0)
"""Of every file in it, so that the same contest gives the same bytes."""


def disclosed(contest: Contest) -> bool:
    """Whether the declaration shows every figure that the contest file has."""
    key = f"withholds-{contest.declaration.hash}"
    found: bool | None = caches["sheets"].get(key)
    if found is None:
        found = contests.withholds(declared_case(contest))
        caches["sheets"].set(key, found)
    return not found


def remade_zip(contest: Contest) -> bytes | None:
    """The folder as a ZIP file; None where it would show what the declaration does not."""
    if not disclosed(contest):
        return None
    text, ballots = contest.declaration.contest_text, {}
    for entry in contest.figures.filter(replaced=None, agreed__isnull=False).exclude(file="").order_by("pk"):
        taken_in = file_name(entry)
        name = f"{Path(taken_in).stem}.blt"
        if name not in ballots:
            with entry.file.open("rb") as file:
                try:
                    ballots[name] = merged_ballots(file.read(), taken_in)
                except InputError:  # marks for which that format has no sign
                    return None
        text = text.replace(f'"{taken_in}"', f'"{name}"')
    files = {
        CONTEST: text.encode(),
        RULEBOOK: contest.rulebook_text.encode(),
        "README.txt": READ_ME.format(title=contest.title, hash=contest.declaration.hash).encode(),
        **ballots,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, content in files.items():
            packed.writestr(zipfile.ZipInfo(f"{contest.slug}/{name}", DATE), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def merged_ballots(content: bytes, name: str) -> bytes:
    """The ballots of a file as BLT, equal ones merged."""
    profile = formats.read(content, name=name)
    with tempfile.TemporaryDirectory(prefix="ballots-") as folder:
        path = Path(folder) / "ballots.blt"
        formats.write(profile, path, "blt")
        return path.read_bytes()
