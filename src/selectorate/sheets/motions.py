"""What a sheet says of a motion beside its votes: what it was about, who asked for it, what follows from it."""

from __future__ import annotations

from collections.abc import Iterator

from ..contest.declaration import BallotSheet
from ..contest.motions import MotionSheet
from . import numbers, words
from .blocks import MARK_WORDS, Part, Sentences

ABOUT = {
    "confidence": "A motion of confidence in the holder",
    "no confidence": "A motion of no confidence in the holder",
    "resolution": "A resolution",
}


def motion_part(ballot: BallotSheet, before: str = "") -> Iterator[Part]:
    """What the motion was about, and who asked for it; nothing for a ballot."""
    motion = ballot.motion
    if motion is not None:
        yield Part(words.capital(f"{before}the motion"), (Sentences((" ".join((about(motion), *asked(motion))),)),))


def effect_part(ballot: BallotSheet, before: str = "") -> Iterator[Part]:
    """What a tie means, and what follows from the result; nothing for a ballot."""
    motion = ballot.motion
    if motion is not None:
        tie = [Sentences((motion.tie,))] if motion.tie else []
        yield Part(words.capital(f"{before}what follows"), (*tie, Sentences((" ".join(motion.follows),))))


def about(motion: MotionSheet) -> str:
    """What the motion was about: ``A motion of confidence in the holder, Theresa May.``"""
    holder = f", {motion.holder}{told(motion, 'holder')}" if motion.holder else ""
    return f"{ABOUT[motion.about]}{holder}."


def asked(motion: MotionSheet) -> Iterator[str]:
    """How many asked for the motion, and how many had to; nothing where neither is known."""
    of = f" of the {motion.asked_of}" if motion.asked_of else ""
    needed = f"{numbers.whole(motion.asked_needed)}{{}}{told(motion, 'asked_needed')}"
    if motion.asked is not None:
        more = f"; {needed.format(' had to')}" if motion.asked_needed is not None else ""
        yield f"It was asked for by {numbers.whole(motion.asked)}{of}{told(motion, 'asked')}{more}."
    elif motion.asked_needed is not None:
        yield f"{needed.format(f'{of} had to ask for it')}; how many did is not known."


def told(motion: MotionSheet, key: str) -> str:
    """That a figure is less certain than others, in brackets; nothing where it is not."""
    mark = motion.certainty.get(key)
    return f" ({MARK_WORDS[mark]})" if mark else ""
