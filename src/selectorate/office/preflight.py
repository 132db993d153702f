"""What has to be there before a contest goes a step further: a list that a person can work through.

``CHECKS`` has every check; one that is not fulfilled and ``blocks`` a step is shown with what to do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from ..contest.model import REOPEN
from ..rules import BallotStage, MotionStage, NominationStage, held
from . import holdings, paper, timetable
from .boxes import ceremony, laid, layout, opening
from .holders import safe_until
from .models import Candidate, ClosedRoll, Contest, DuplicatePair, OnlineVote, Role, RollAppeal, StageState
from .moment import now
from .rounds import on_the_paper
from .slugs import same_name


@dataclass(frozen=True)
class Item:
    """One line of the list: what must be, whether it is, what is wrong, what to do, and on which page (a route).

    ``blocks``: False for what is only to be looked at.
    """

    name: str
    done: bool
    says: str
    todo: str = ""
    route: str = ""
    blocks: bool = True


Check = Callable[[Contest, str], "Item | None"]
"""From a contest and a step (``adoption``, or a stage to be opened) to a line, or None where it has no say."""


def checklist(contest: Contest, step: str) -> list[Item]:
    """Every line that concerns ``step``."""
    return [item for check in CHECKS if (item := check(contest, step)) is not None]


def blocking(contest: Contest, step: str) -> list[Item]:
    """The lines that block ``step``."""
    return [item for item in checklist(contest, step) if not item.done and item.blocks]


def _ballot(contest: Contest, step: str) -> BallotStage | None:
    stage = contest.rulebook.stage_named(step)
    return stage if isinstance(stage, BallotStage) else None


def _asking(stage: object) -> str | None:
    asked = getattr(stage, "asked_by", None)
    return asked.body if asked is not None else None


def _bodies(contest: Contest, step: str) -> Item | None:
    if step != "adoption":
        return None
    used = {
        body
        for stage in contest.rulebook.stage
        for body in (getattr(stage, "by", None), *(gate.by for gate in getattr(stage, "any", ())), _asking(stage))
        if body
    }
    missing = sorted(used - set(contest.bodies.values_list("key", flat=True)))
    names = ", ".join(contest.rulebook.bodies[key].name for key in missing)
    return Item(
        _("bodies are named"),
        not missing,
        _("it is not said who these are: %(names)s") % {"names": names} if missing else _("every body is named"),
        _("Name the body of the organisation, and the day on which its size counts."),
        "contest-bodies",
    )


def _occasion(contest: Contest, step: str) -> Item | None:
    """Whether the occasion is what the tenures say today: the rulebook's thresholds depend on it."""
    if step != "adoption" or contest.office is None:
        return None
    wrong = holdings.occasion_fault(contest, timezone.localdate(now()))
    return Item(
        _("the occasion is that of the tenures"),
        not wrong,
        wrong or _("it is"),
        _("Change the occasion of the contest, or enter how the tenure ended."),
    )


def _parameters(contest: Contest, step: str) -> Item | None:
    if step != "adoption":
        return None
    missing = [
        name
        for name, parameter in contest.rulebook_as_written.parameters.items()
        if parameter.default is None and name not in contest.parameters
    ]
    return Item(
        _("what the rules leave open is fixed"),
        not missing,
        _("not fixed: %(names)s") % {"names": ", ".join(missing)} if missing else _("nothing is open"),
        _("Fix it, as the rules ask."),
        "contest-parameters",
    )


def _holder(contest: Contest, step: str) -> Item | None:
    if step != "adoption" or contest.occasion != Contest.Occasion.CHALLENGE:
        return None
    return Item(
        _("the holder who is challenged is named"),
        contest.holder_id is not None,
        contest.holder.name if contest.holder else _("it is not said who holds the office"),
        _("Name the holder, or enter their tenure of the office."),
        "contest-details",
    )


def _dates(contest: Contest, step: str) -> Item | None:
    if step != "adoption":
        return None
    names = timetable.keys(contest.rulebook)
    fixed = set(contest.dates.values_list("key", flat=True))
    missing = [names[key] for key in timetable.needed(contest.rulebook) if key not in fixed]
    return Item(
        _("the timetable is complete"),
        not missing,
        _("not fixed: %(names)s") % {"names": "; ".join(missing)} if missing else _("every date is fixed"),
        _("Fix every date of the timetable."),
        "contest-timetable",
    )


def _ahead(contest: Contest, step: str) -> Item | None:
    if step != "adoption":
        return None
    names = timetable.keys(contest.rulebook)
    ends = [f"{stage.id}_closes" for stage in contest.rulebook.stage]
    past = [names[one.key] for one in contest.dates.filter(key__in=ends, at__lte=now())]
    return Item(
        _("the timetable lies ahead"),
        not past,
        _("past already: %(names)s") % {"names": "; ".join(past)} if past else _("nothing is past that has to happen"),
        _("Fix later dates: what has closed before it opened is never held."),
        "contest-timetable",
    )


def _asked(contest: Contest, step: str) -> Item | None:
    stage = contest.rulebook.stage_named(step)
    if not isinstance(stage, MotionStage) or stage.asked_by is None:
        return None
    # It says whether the threshold is reached, and nothing else: how many letters there are, one person knows.
    reached = contest.stages.filter(stage=step).exclude(reached=None).exists()
    return Item(
        _("the vote is asked for"),
        reached,
        _("the threshold is reached") if reached else _("the threshold is not reached"),
        _("Wait for the letters."),
    )


def _dates_of_the_vote(contest: Contest, step: str) -> Item | None:
    if contest.rulebook.stage_named(step) is None or f"{step}_opens" in timetable.needed(contest.rulebook):
        return None
    fixed = set(contest.dates.values_list("key", flat=True))
    missing = {f"{step}_opens", f"{step}_closes", timetable.DECLARED} - fixed
    return Item(
        _("the dates of the vote are fixed"),
        not missing,
        _("they are not fixed") if missing else _("they are"),
        _("Fix them, by two officials, now that the vote is asked for."),
        "contest-change-date",
    )


def _safe(contest: Contest, step: str) -> Item | None:
    if step != "adoption" or not any(isinstance(s, MotionStage) and s.asked_by for s in contest.rulebook.stage):
        return None
    until = safe_until(contest)
    return Item(
        _("no earlier vote protects the holder"),
        until is None,
        _("the holder won the last vote, and is safe until %(day)s") % {"day": until} if until else _("none does"),
        _("Wait until then."),
    )


def _keeper(contest: Contest, step: str) -> Item | None:
    if step != "adoption" or not any(isinstance(s, MotionStage) and s.asked_by for s in contest.rulebook.stage):
        return None
    there = contest.appointments.filter(role=Role.LETTER_KEEPER, ended=None).exists()
    return Item(
        _("somebody receives the letters"),
        there,
        _("somebody does") if there else _("nobody is appointed"),
        _("Appoint the official whom the rulebook names, by two officials."),
    )


def _incumbent(contest: Contest, step: str) -> Item | None:
    stage = contest.rulebook.stage_named(step)
    if not isinstance(stage, NominationStage) or held(stage.incumbent) != "automatic":
        return None
    if contest.occasion != Contest.Occasion.CHALLENGE or contest.holder_id is None:
        return None
    there = contest.candidates.filter(person=contest.holder_id).exists()
    return Item(
        _("the holder is entered"),
        there,
        _("they are") if there else _("the holder has a place by right, and is not entered"),
        _("Enter them as a candidate, unless they do not stand."),
        "candidates-desk",
        blocks=False,
    )


def _earlier(contest: Contest, step: str) -> Item | None:
    stage = contest.rulebook.stage_named(step)
    if stage is None:
        return None
    earlier = []
    for one in contest.rulebook.stage:
        if one.id == step:
            break
        if not (isinstance(one, NominationStage) and one.effect == "none"):
            earlier.append(one.id)
    closed = set(contest.stages.filter(status=StageState.Status.CLOSED).values_list("stage", flat=True))
    waiting = [one for one in earlier if one not in closed]
    return Item(
        _("the stages before it are closed"),
        not waiting,
        _("not closed: %(names)s") % {"names": ", ".join(waiting)} if waiting else _("all before it are closed"),
        _("Close them first."),
        "contest-office",
    )


def _field(contest: Contest, step: str) -> Item | None:
    stage = _ballot(contest, step)
    if stage is None:
        return None
    names = [who for who in on_the_paper(contest, stage) if who != REOPEN]
    says = _("%(number)s stand") % {"number": len(names)} if names else _("nobody stands")
    todo = _("Close nominations; if nobody was nominated, the contest falls.")
    alone = len(names) == 1 and stage.unopposed == "elected" and not stage.reopen_nominations
    if alone:
        says = _("only one stands, and is elected unopposed: no ballot is held")
        todo = _("Declare the result.")
    return Item(_("there are candidates"), bool(names) and not alone, says, todo, "candidates-desk")


def _signed_off(contest: Contest, step: str) -> Item | None:
    if _ballot(contest, step) is None:
        return None
    open_ = [
        one.name
        for one in contest.candidates.filter(status=Candidate.Status.STANDING)
        if not one.signed_off or one.signed_hash != paper.entry_hash(one)
    ]
    return Item(
        _("each candidate has signed off their own entry"),
        not open_,
        _("not signed off: %(names)s") % {"names": ", ".join(open_)} if open_ else _("all have signed off"),
        _("Candidates, or their agents, look at their entry and sign it off; after a change again."),
        "candidates-desk",
    )


def _statements(contest: Contest, step: str) -> Item | None:
    if _ballot(contest, step) is None:
        return None
    without = [
        one.name
        for one in contest.candidates.filter(status=Candidate.Status.STANDING)
        if not one.statement.strip() and not one.no_statement
    ]
    return Item(
        _("each candidate's statement is there"),
        not without,
        _("no statement: %(names)s") % {"names": ", ".join(without)} if without else _("all are there"),
        _("Enter the statement, or that the candidate makes none."),
        "candidates-desk",
    )


def _names(contest: Contest, step: str) -> Item | None:
    if _ballot(contest, step) is None:
        return None
    seen: dict[str, int] = {}
    for one in contest.candidates.filter(status=Candidate.Status.STANDING):
        seen[same_name(one.name)] = seen.get(same_name(one.name), 0) + 1
    twice = [name for name, number in seen.items() if number > 1]
    return Item(
        _("names are distinct"),
        not twice,
        _("a voter could not tell apart: %(names)s") % {"names": ", ".join(twice)} if twice else _("they are"),
        _("Add what tells them apart to the names on the paper."),
        "candidates-desk",
    )


def _disputes(contest: Contest, step: str) -> Item | None:
    if contest.rulebook.stage_named(step) is None:
        return None
    if not isinstance(contest.rulebook.stage_named(step), BallotStage | MotionStage):
        return None
    number = contest.disputes.filter(settled=None).count()
    return Item(
        _("nothing is disputed"),
        number == 0,
        _("open disputes: %(number)s") % {"number": number} if number else _("no dispute is open"),
        _("Settle them, by two officials."),
        "contest-disputes",
    )


def _previewed(contest: Contest, step: str) -> Item | None:
    if _ballot(contest, step) is None:
        return None
    looked = contest.previews.filter(paper_hash=paper.paper_hash(contest, step)).values("by").distinct().count()
    return Item(
        _("two people have looked at the paper"),
        looked >= 2,
        _("%(number)s of 2 have looked at it as it is now") % {"number": looked},
        _("Two officials open the preview and confirm that it is right."),
        "paper-preview",
    )


def _with_segments(contest: Contest, step: str) -> bool:
    stage = _ballot(contest, step)
    return stage is not None and bool(stage.segments)


def _roll(contest: Contest, step: str) -> Item | None:
    if not _with_segments(contest, step):
        return None
    closed = ClosedRoll.of(contest)
    says = _("it is not closed")
    if closed is not None:
        says = _("closed on %(day)s, %(number)s entitled") % {
            "day": timezone.localtime(closed.closed, timetable.zone()).date(),
            "number": closed.standing.get(step, {}).get("entitled", 0),
        }
    return Item(
        _("the roll is closed"),
        closed is not None,
        says,
        _("The registrar prepares and closes it, after its last date."),
    )


def _appeals(contest: Contest, step: str) -> Item | None:
    if not _with_segments(contest, step):
        return None
    number = contest.appeals.filter(status=RollAppeal.Status.OPEN).count()
    return Item(
        _("appeals about the roll are ruled on"),
        number == 0,
        _("open: %(number)s") % {"number": number} if number else _("none is open"),
        _("The registrar rules on them, with a reason."),
        blocks=False,
    )


def _duplicates(contest: Contest, step: str) -> Item | None:
    if not _with_segments(contest, step):
        return None
    number = DuplicatePair.objects.filter(status__in=[DuplicatePair.Status.OPEN, DuplicatePair.Status.LATER]).count()
    return Item(
        _("probable duplicates are looked at"),
        number == 0,
        _("not decided: %(number)s pairs") % {"number": number} if number else _("none is open"),
        _("The registrar decides of each whether it is one person."),
        blocks=False,
    )


def _voted(contest: Contest, step: str) -> BallotStage | MotionStage | None:
    """The stage that is opened, if it is held online."""
    stage = contest.rulebook.stage_named(step)
    if not isinstance(stage, BallotStage | MotionStage) or not laid.held_online(contest, step):
        return None
    return stage


def _laid_out(contest: Contest, step: str) -> Item | None:
    stage = _voted(contest, step)
    if stage is None:
        return None
    boxes = laid.boxes_of(contest, step, 1)
    return Item(
        _("the boxes are laid out"),
        bool(boxes),
        _("%(number)s boxes") % {"number": len(boxes)} if boxes else _("the vote online is not set up"),
        _("Set up the vote online, once the roll is closed."),
        "contest-office",
    )


def _large_enough(contest: Contest, step: str) -> Item | None:
    """Whether each box has so many voters that it can be opened."""
    stage = _voted(contest, step)
    boxes = laid.boxes_of(contest, step, 1) if stage is not None else []
    if stage is None or not boxes:
        return None
    small = opening.too_small(contest, stage, boxes)
    names = ", ".join(opening.title_of(contest, stage, box) for box in small)
    return Item(
        _("each box has voters enough to be opened"),
        not small,
        _("too few: %(names)s") % {"names": names} if small else _("it has"),
        _("Hold this ballot on paper: of so few it would be seen how they voted."),
    )


def _credentials(contest: Contest, step: str) -> Item | None:
    stage = _voted(contest, step)
    if stage is None or not laid.boxes_of(contest, step, 1):
        return None
    missing = opening.without_credential(contest, stage)
    return Item(
        _("each of those entitled has a credential"),
        not missing,
        _("%(number)s have none") % {"number": missing} if missing else _("each has one, and nobody else"),
        _("The registrar makes the credentials for the roll as it stands, and hands in the public ones."),
        "contest-office",
    )


def _trustees(contest: Contest, step: str) -> Item | None:
    if _voted(contest, step) is None or not laid.boxes_of(contest, step, 1):
        return None
    missing = ceremony.ready(contest.online)
    return Item(
        _("the trustees' key is made, and each has decrypted a test"),
        not missing,
        "; ".join(missing) or _("it is, and they have"),
        _("The trustees make the key together, and decrypt the test."),
        "ceremony",
    )


def _fits(contest: Contest, step: str) -> Item | None:
    stage = _voted(contest, step)
    if stage is None:
        return None
    why = opening.fits(contest, stage)
    return Item(_("the paper fits a box"), not why, why or _("it does"), _("Hold this ballot on paper."))


def _address(contest: Contest, step: str) -> Item | None:
    if _voted(contest, step) is None:
        return None
    there = bool(settings.ADDRESS) or settings.DEMO or settings.DEBUG
    return Item(
        _("the address of the site is set"),
        there,
        settings.ADDRESS or _("voters are mailed an address, and none is set"),
        _("Set SELECTORATE_ADDRESS to the address under which voters reach the site."),
    )


def _online(contest: Contest, step: str) -> Item | None:
    """What a vote held online needs at adoption; whether a ranking is too long shows only when it is opened."""
    held_online = [
        stage
        for stage in contest.rulebook.stage
        if isinstance(stage, BallotStage | MotionStage) and stage.online is not None
    ]
    if step != "adoption" or not held_online:
        return None
    vote = OnlineVote.objects.filter(contest=contest).first()
    rounds = vote is not None and not layout.too_few_rounds(contest, vote.rounds)
    there = vote is not None and rounds and vote.least >= layout.fewest(contest)
    ranked = any(isinstance(stage, BallotStage) and stage.paper == "rank" for stage in held_online)
    says = _("it is") if there else _("it is not said who makes the credentials and who opens the boxes")
    if vote is not None and not rounds:
        says = _("a ballot is held in rounds, and there would be credentials for one round alone")
    elif vote is not None and not there:
        says = _("boxes would be opened with fewer ballots than the rules let be shown by themselves")
    if there and ranked:
        says = _("it is; a ranking of more than 30 names cannot be sealed, which shows only when the ballot is opened")
    return Item(_("the online vote is set up"), there, says, _("Set it up."), "contest-online")


CHECKS: list[Check] = [
    _online,
    _occasion,
    _bodies,
    _parameters,
    _holder,
    _asked,
    _dates,
    _ahead,
    _earlier,
    _dates_of_the_vote,
    _safe,
    _keeper,
    _incumbent,
    _field,
    _signed_off,
    _statements,
    _names,
    _disputes,
    _roll,
    _appeals,
    _duplicates,
    _previewed,
    _laid_out,
    _large_enough,
    _credentials,
    _trustees,
    _fits,
    _address,
]
"""Every check, in the order in which a person works through them."""
