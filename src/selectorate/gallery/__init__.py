"""Real contests, as data files: one folder a contest, with ``contest.toml`` and the files it names.

The short name of a contest is its id without ``uk-`` at its front and without ``leadership-``: ``labour-2016`` is
``uk-labour-leadership-2016``.
"""

from __future__ import annotations

import functools
from importlib.resources import files
from importlib.resources.abc import Traversable

ROOT = files(__package__)


@functools.cache
def contest_ids() -> tuple[str, ...]:
    """The ids of all contests that are shipped, in alphabetical order."""
    return tuple(sorted(item.name for item in ROOT.iterdir() if item.is_dir() and (item / "contest.toml").is_file()))


def short_name(contest_id: str) -> str:
    """The short name of a contest."""
    return contest_id.removeprefix("uk-").replace("leadership-", "")


@functools.cache
def find(name: str) -> Traversable | None:
    """The folder of the contest with the id or short name ``name``; None if there is none."""
    for contest_id in contest_ids():
        if name in (contest_id, short_name(contest_id)):
            return ROOT / contest_id
    return None
