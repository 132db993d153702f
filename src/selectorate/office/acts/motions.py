"""Letters that ask for a motion: only their keeper knows of them, and everybody else only that there are enough.

The letters stand in a log of their own, which is the keeper's: in the log of the contest even an entry that names
nobody would tell how many there are.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from ...errors import RefusedError
from ...rules import MotionStage
from ..access import NOMINATOR
from ..documents import body_sizes
from ..models import Contest, Letter, Role, StageState
from .core import Entry, act, write
from .core import log_of as contest_log

KEEPER = Role.LETTER_KEEPER


def letters_log(contest: Contest | None) -> str:
    """The name of the log of the letters."""
    return f"letters:{contest.pk}" if contest is not None else "letters"


def motion_stage(contest: Contest, stage: str) -> MotionStage:
    """The motion that letters can ask for. Raises RefusedError if there is none."""
    found = contest.rulebook.stage_named(stage)
    if not isinstance(found, MotionStage) or found.asked_by is None:
        raise RefusedError(_("no letters ask for this"), field="stage")
    return found


def letters_needed(contest: Contest, stage: str) -> int:
    """How many letters are needed: the rulebook's threshold of the body as it is."""
    asked = motion_stage(contest, stage).asked_by
    assert asked is not None
    size = body_sizes(contest)[asked.body]["size"]
    quantity = asked.threshold
    return int(quantity.number if quantity.share is None else quantity.of(size))


def _seat(contest: Contest, entry: Entry, stage: str):
    asked = motion_stage(contest, stage).asked_by
    link = contest.bodies.filter(key=asked.body).select_related("body").first()
    seat = link.body.seats_on(link.on).filter(user=entry.by, ended=None).first() if link else None
    if seat is None:
        raise RefusedError(_("you do not sit in the body that can ask for this"))
    return seat


def _collecting(contest: Contest, stage: str) -> StageState:
    state = contest.stages.filter(stage=stage).first()
    if contest.status != Contest.Status.ADOPTED or state is None or state.status != StageState.Status.WAITING:
        raise RefusedError(_("no letters are taken in for this"))
    return state


@act(NOMINATOR, log=letters_log, silent=True)
def hand_in_letter(entry: Entry, contest: Contest, *, stage: str) -> Letter:
    """Ask for the motion, as one who sits in the body; seen by the keeper of the letters alone."""
    state = _collecting(contest, stage)
    if state.reached:
        raise RefusedError(_("the threshold has been reached: no more letters are taken in"))
    seat = _seat(contest, entry, stage)
    if contest.letters.filter(stage=stage, seat=seat, withdrawn=None).exists():
        raise RefusedError(_("your letter is there already"))
    letter = Letter.objects.create(contest=contest, stage=stage, seat=seat)
    entry.details = {"stage": stage, "seat": seat.name}
    if contest.letters.filter(stage=stage, withdrawn=None).count() >= letters_needed(contest, stage):
        state.reached = entry.at
        state.save(update_fields=["reached"])
        reached = Entry(None, "clock", None, "", entry.at, {"stage": stage, "needed": letters_needed(contest, stage)})
        write(contest_log(contest), "threshold_reached", reached)
    return letter


@act(NOMINATOR, log=letters_log, silent=True)
def withdraw_letter(entry: Entry, contest: Contest, *, stage: str) -> None:
    """Take one's letter back, until the threshold is reached."""
    state = _collecting(contest, stage)
    letter = contest.letters.filter(stage=stage, seat=_seat(contest, entry, stage), withdrawn=None).first()
    if letter is None:
        raise RefusedError(_("there is no letter of yours"))
    if state.reached:
        raise RefusedError(_("the threshold has been reached: letters stay"))
    letter.withdrawn = entry.at
    letter.save(update_fields=["withdrawn"])
    entry.details = {"stage": stage, "seat": letter.seat.name}
