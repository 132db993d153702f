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
from .boxes import store
from .documents import CONTEST, RULEBOOK, file_name, papers_beside
from .models import Contest, SealedBox
from .published import declared_case

READ_ME = """This folder is the contest "{title}" as it was declared.

  contest.toml    the contest: dates, candidates, nominations, figures
  rulebook.toml   the rules under which it was held, as they were frozen

The declaration is made again, without this site, by the program selectorate:

  pip install selectorate
  selectorate declare .

SHA-256 of the declaration: {hash}
"""
BOXES = """
Put the sealed boxes beside them; they are public, on the page of the contest: {names}
"""
MOST_BOXES = 50_000_000
"""Bytes of sealed boxes that come along; larger ones are fetched for themselves."""
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
    boxes, apart = _boxes(contest, text)
    read_me = READ_ME.format(title=contest.title, hash=contest.declaration.hash)
    files = {
        CONTEST: text.encode(),
        RULEBOOK: contest.rulebook_text.encode(),
        "README.txt": (read_me + (BOXES.format(names=", ".join(apart)) if apart else "")).encode(),
        **ballots,
        **papers_beside(contest),
        **boxes,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name, content in files.items():
            packed.writestr(zipfile.ZipInfo(f"{contest.slug}/{name}", DATE), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _boxes(contest: Contest, text: str) -> tuple[dict[str, bytes], list[str]]:
    """The archives of the boxes that a contest file names; and the names of those that are too large to come along."""
    found, apart, room = {}, [], MOST_BOXES
    for box in SealedBox.objects.filter(vote__contest=contest, phase="final"):
        name = f"{box.uuid}.bel"
        if f'"{name}"' not in text:
            continue
        path = store.archive(box)
        room -= path.stat().st_size
        if room < 0:
            apart.append(name)
        else:
            found[name] = path.read_bytes()
    return found, apart


def merged_ballots(content: bytes, name: str) -> bytes:
    """The ballots of a file as BLT, equal ones merged."""
    profile = formats.read(content, name=name)
    with tempfile.TemporaryDirectory(prefix="ballots-") as folder:
        path = Path(folder) / "ballots.blt"
        formats.write(profile, path, "blt")
        return path.read_bytes()
