"""What everybody may see of the boxes of a contest: trackers with their heights, events, heads; never a name or a time.

What is shown is what the archive has, which is brought up to date at most every ``FRESH`` seconds: a thousand people
who look cost one look into the database, and who asks every second does not learn the second of a single ballot.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from ...errors import RefusedError
from ...rules import BallotStage, MotionStage
from .. import booth, timetable
from ..models import BoxEvent, Contest, OnlineVote, SealedBox
from . import laid, receipts, store

FRESH = 10
"""Seconds for which an archive is served as it was written."""
A_PAGE = 100
"""Events of a box on one page."""
AT_ONCE = 1000
"""Events of a box in one answer to a program."""
PHASES = ("empty", "voting", "closed", "tallied", "shuffled", "decrypting", "final")


@dataclass(frozen=True)
class Snapshot:
    """A box as it is published now: ``size`` bytes of its archive at ``path``, up to the event ``height``.

    ``phase``: as its events make it. ``ballots``: events that are ballots; ``voted``: voters who cast them, as far as
    it is known; ``voters``: credentials.
    """

    box: SealedBox
    path: Path
    height: int
    size: int
    head: str

    @property
    def ballots(self) -> int:
        """Ballots in the archive, all revotes counted."""
        return self.height if self.box.phase == "voting" else min(self.box.ballots, max(self.height, 0))

    @property
    def voted(self) -> int:
        """Voters whose ballots are among them: not those who have cast since, whose moment would be seen by it."""
        since = self.box.events.filter(height__gt=self.height, height__lte=self.box.height, credential__isnull=False)
        before = BoxEvent.objects.filter(box=self.box, credential=OuterRef("credential"), height__lte=self.height)
        new = since.annotate(before=Exists(before)).filter(before=False)
        return min(max(self.box.voted - new.order_by().values("credential").distinct().count(), 0), self.ballots)

    @property
    def phase(self) -> str:
        """The phase; a box that nobody opened yet is empty."""
        return self.box.phase if self.height >= 0 else "empty"

    @property
    def etag(self) -> str:
        """What changes when the archive grows."""
        return f'"{self.height}-{self.head[:40]}"'

    def plain(self, slug: str) -> dict[str, Any]:
        """As it stands on the board."""
        box = self.box
        return {
            "uuid": box.uuid,
            "stage": box.stage,
            "round": box.round,
            "section": box.section,
            "members": box.members,
            "phase": self.phase,
            "height": self.height,
            "head": self.head,
            "ballots": self.ballots,
            "voted": self.voted,
            "voters": box.voters,
            "archive": f"/contests/{slug}/boxes/{box.uuid}.bel",
        }


def vote_of(contest: Contest) -> OnlineVote | None:
    """The online vote of a contest, once everybody may know of it: its rules are adopted."""
    if contest.adopted is None or not contest.public:
        return None
    return OnlineVote.objects.filter(contest=contest).first()


def snapshots(vote: OnlineVote) -> list[Snapshot]:
    """Every box of a vote, as it is published now, in the order of stages and rounds."""
    return [snapshot(box) for box in vote.boxes.select_related("vote").order_by("stage", "round", "pk")]


def snapshot(box: SealedBox) -> Snapshot:
    """A box as it is published now; while it is open its archive is written further every ``FRESH`` seconds."""
    path = store.root() / f"{box.uuid}.bel"
    if box.phase == "empty":
        return Snapshot(box, path, -1, 0, "")
    # Once it is closed nobody is protected by waiting, and trustees work on what comes after one another.
    found = _noted(path, FRESH if box.phase == "voting" else None)
    if found is None or (box.phase != "voting" and found[0] < box.height):
        try:
            store.archive(box)
        except RefusedError:  # put back from an older copy: what was published stays published
            found = _noted(path, None)
            if found is None:
                raise
        else:
            found = _noted(path, None)
    if found is None:
        return Snapshot(box, path, -1, 0, "")
    return Snapshot(box, path, *found)


def _noted(path: Path, seconds: float | None) -> tuple[int, int, str] | None:
    """Height, size and head of an archive that was written within so many ``seconds`` (None: ever)."""
    note = path.with_suffix(".at")
    try:
        if seconds is not None and time.time() - note.stat().st_mtime > seconds:
            return None
        height, end, head = note.read_text(encoding="ascii").split()
        found = int(height), int(end), head
        return found if path.stat().st_size >= found[1] else None
    except (OSError, ValueError):
        return None


def board(contest: Contest, vote: OnlineVote) -> dict[str, Any]:
    """The board as ``board.json`` has it."""
    files = booth.files()
    return {
        "contest": vote.uuid,
        "receipts": receipts.public_key(vote),
        "easy": vote.easy,
        "threshold": vote.threshold,
        "trustees": vote.size,
        "boxes": [one.plain(contest.slug) for one in snapshots(vote)],
        "booth": {"base": "/booth", "files": files} if files else {},
        "struck": struck(vote),
    }


def struck(vote: OnlineVote) -> int:
    """How many voters were taken off the roll after they had cast: their ballots stay in the boxes."""
    return sum(laid.struck_after_casting(box) for box in vote.boxes.all())


def events(found: Snapshot, after: int, most: int = AT_ONCE) -> list[dict[str, Any]]:
    """The events of a box higher than ``after``, as far as they are published."""
    rows = BoxEvent.objects.filter(box=found.box, height__gt=after, height__lte=found.height).order_by("height")[:most]
    return [
        {"height": height, "type": kind, "digest": digest, **({"tracker": tracker} if tracker else {})}
        for height, kind, digest, tracker in rows.values_list("height", "type", "digest", "tracker")
    ]


def title_of(contest: Contest, box: SealedBox) -> str:
    """What a box is called: its ballot, its round where there are several, whose it is."""
    stage = contest.rulebook.stage_named(box.stage)
    parts = [timetable.stage_name(stage) if isinstance(stage, BallotStage | MotionStage) else box.stage]
    if box.vote.rounds > 1:
        parts.append(_("round %(number)s") % {"number": box.round})
    if box.section in contest.rulebook.segments:
        parts.append(contest.rulebook.segments[box.section].name)
    return ", ".join(parts)


def phase_name(phase: str) -> str:
    """What a phase is called."""
    names = {
        "empty": _("not open yet"),
        "voting": _("open for voting"),
        "closed": _("closed"),
        "tallied": _("being shuffled"),
        "shuffled": _("waits for the trustees"),
        "decrypting": _("being decrypted"),
        "final": _("opened"),
    }
    return names[phase]
