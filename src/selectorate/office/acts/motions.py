"""Letters that ask for a motion: only their keeper knows of them, and everybody else only that there are enough.

The letters stand in a log of their own, which is the keeper's: in the log of the contest even an entry that names
nobody would tell how many there are.
"""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from ...errors import RefusedError
from ...rules import MotionStage
from ..access import NOMINATOR, officers_of
from ..documents import body_sizes
from ..holders import holder_lost, safe_until
from ..mailing import tell
from ..models import Appointment, BodySeat, Contest, Letter, Role, StageState
from ..models.acts import LETTERS
from .contests import may_make
from .core import ACTS, CLOCK, Entry, act, write
from .core import log_of as contest_log
from .people import user_with

OFFICER = Role.RETURNING_OFFICER
KEEPER = Role.LETTER_KEEPER


def letters_log(contest: Contest | None) -> str:
    """The name of the log of the letters."""
    return f"{LETTERS}{contest.pk if contest is not None else ''}"


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


def seats_of(contest: Contest, stage: str) -> QuerySet[BodySeat]:
    """The seats of those who can ask for the motion: in the body on the day that counts, and still in it."""
    asked = motion_stage(contest, stage).asked_by
    assert asked is not None
    link = contest.bodies.filter(key=asked.body).select_related("body").first()
    return link.body.seats_on(link.on).filter(ended=None) if link else BodySeat.objects.none()


def letters_of(contest: Contest, stage: str) -> QuerySet[Letter]:
    """The letters that count: not withdrawn, of those who are still in the body. For the keeper's eyes."""
    return contest.letters.filter(stage=stage, withdrawn=None, seat__ended=None).select_related("seat")


def _seat(contest: Contest, entry: Entry, stage: str) -> BodySeat:
    seat = seats_of(contest, stage).filter(user=entry.by).first()
    if seat is None:
        raise RefusedError(_("you do not sit in the body that can ask for this"))
    return seat


def _collecting(contest: Contest, stage: str) -> StageState:
    state = contest.stages.filter(stage=stage).first()
    if contest.status != Contest.Status.ADOPTED or state is None or state.status != StageState.Status.WAITING:
        raise RefusedError(_("no letters are taken in for this"))
    until = safe_until(contest)
    if until is not None:
        raise RefusedError(
            _("the holder won the last vote: no letters are taken in before %(day)s")
            % {"day": date_format(until, "DATE_FORMAT")}
        )
    return state


@act(NOMINATOR, log=letters_log, silent=True)
def hand_in_letter(entry: Entry, contest: Contest, *, stage: str) -> Letter:
    """Ask for the motion, as one who sits in the body; seen by the keeper of the letters alone."""
    state = _collecting(contest, stage)
    if state.reached:
        raise RefusedError(_("the threshold has been reached: no more letters are taken in"))
    return _kept(entry, contest, state, _seat(contest, entry, stage))


def _kept(entry: Entry, contest: Contest, state: StageState, seat: BodySeat) -> Letter:
    """Keep a letter; if there are enough with it, that is told to everybody, and nothing else."""
    stage = state.stage
    earlier = contest.letters.filter(stage=stage, seat=seat, withdrawn=None).first()
    if earlier is not None:
        raise RefusedError(_("this letter is there already"))
    letter = Letter.objects.create(contest=contest, stage=stage, seat=seat, at=entry.at)
    entry.details = {"stage": stage, "seat": seat.name}
    needed = letters_needed(contest, stage)
    if letters_of(contest, stage).count() >= needed:
        state.reached = entry.at
        state.save(update_fields=["reached"])
        write(contest_log(contest), "threshold_reached", Entry(None, CLOCK, None, "", entry.at, {"stage": stage}))
        for user in {*officers_of(contest, Role.RETURNING_OFFICER), *officers_of(contest, KEEPER)}:
            tell(
                user.email,
                _("%(contest)s: the threshold is reached") % {"contest": contest.title},
                _("Enough letters ask for the vote. Fix its dates and open it."),
                "letters",
                contest=contest.slug,
                stage=stage,
            )
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


@act(KEEPER, log=letters_log, silent=True)
def record_letter(entry: Entry, contest: Contest, *, stage: str, seat: int) -> Letter:
    """Enter a letter that came on paper, as the keeper of the letters."""
    state = _collecting(contest, stage)
    if state.reached:
        raise RefusedError(_("the threshold has been reached: no more letters are taken in"))
    found = seats_of(contest, stage).filter(pk=seat).first()
    if found is None:
        raise RefusedError(_("nobody in the body has this seat"), field="seat")
    return _kept(entry, contest, state, found)


@act(KEEPER, log=letters_log, silent=True)
def strike_letter(entry: Entry, contest: Contest, *, stage: str, letter: int) -> None:
    """Enter that a letter was withdrawn on paper, as the keeper of the letters."""
    state = _collecting(contest, stage)
    if state.reached:
        raise RefusedError(_("the threshold has been reached: letters stay"))
    found = contest.letters.filter(pk=letter, stage=stage, withdrawn=None).first()
    if found is None:
        raise RefusedError(_("there is no such letter"), field="letter")
    found.withdrawn = entry.at
    found.save(update_fields=["withdrawn"])
    entry.details = {"stage": stage, "seat": found.seat.name}


@act(
    OFFICER,
    two=True,
    says=lambda contest, name, **given: (
        _("appoint %(name)s to receive the letters, and to know of them") % {"name": name}
    ),
)
def appoint_letter_keeper(entry: Entry, contest: Contest, *, email: str, name: str) -> Appointment:
    """Appoint the one official who receives the letters of a contest: by two officials, and everybody can see who."""
    asked = [s for s in contest.rulebook.stage if isinstance(s, MotionStage) and s.asked_by]
    if not asked:
        raise RefusedError(_("no letters ask for anything in this contest"))
    if contest.appointments.filter(role=KEEPER, ended=None).exists():
        raise RefusedError(_("somebody receives the letters already: end their appointment first"))
    user = user_with(email, name)
    entry.details = {"name": user.name, "role": KEEPER}
    return Appointment.objects.create(user=user, role=KEEPER, contest=contest)


@act(OFFICER)
def follow_up(entry: Entry, contest: Contest, *, title: str, rulebook: str) -> Contest:
    """Make the contest that follows a vote which left the office vacant; who lost it is barred where the rules say."""
    may_make(entry)
    stage = next((one for one in contest.rulebook.stage if isinstance(one, MotionStage)), None)
    over = contest.status in (Contest.Status.DECLARED, Contest.Status.CLOSED)
    if stage is None or stage.effect != "vacancy" or not over or not holder_lost(contest):
        raise RefusedError(_("nothing follows from this contest"))
    if contest.followed_by.exclude(status=Contest.Status.ABANDONED).exists():
        raise RefusedError(_("the contest that follows is there already"))
    # The act itself, inside this one: it is entered here, and not a second time as made by hand.
    made: Contest = ACTS["create_contest"].does(
        Entry(entry.by, entry.role, None, "", entry.at),
        None,
        title=title,
        rulebook=rulebook,
        office=contest.office_id,
        occasion="vacancy",
    )
    made.follows = contest
    made.save(update_fields=["follows"])
    entry.details["made"] = made.slug
    return made
