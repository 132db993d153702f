"""``selectorate demo --play``: a whole vote held online, from the roll to a record that is verified, in one terminal.

Everything is done by the acts and tools with which an office does it: the roll is taken in and closed, nominations
pass their threshold, three trustees make a key together, the registrar makes credentials, members of three segments
cast, two trustees open the boxes, the result is declared by segment. What is published of it is then checked as a
stranger would: from nothing but the record.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from .demonstrating import made_anew

PERSONS = 900
"""On the roll."""


def play(home: Path, say: Callable[[str], None]) -> Path:
    """Play it in ``home``, which is made anew; the folder of the record.

    Raises InputError if there is something else in ``home``.
    """
    home = made_anew(home, "--folder")
    from .. import recording
    from ..demo import online, seed
    from ..models import Contest

    begin = time.monotonic()

    def tell(what: str) -> None:
        say(f"  {time.monotonic() - begin:5.1f} s  {what}")

    seed(tell, persons=PERSONS, stories=("declared",), tell=tell)
    contest = Contest.objects.get(slug=online.SECRETARY)
    record = home / "record"
    tell("the record is written: rules, candidates, roll in numbers, boxes, acts, declaration")
    return recording.export(contest, record)
