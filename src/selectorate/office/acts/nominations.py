"""Nominations: who is proposed, by whom, with what consent; rulings; the close."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from ...contest.nominations import gates, on_the_paper, rule_on
from ...errors import InputError, RefusedError
from ...rules import MotionStage, NominationStage, held
from .. import timetable
from ..access import CANDIDATE, NOMINATOR
from ..documents import case_of
from ..mailing import tell
from ..models import BodySeat, Candidate, Contest, Nomination, Person, Role, StageState, User
from ..slugs import plain, same_name, slug_for
from . import rounds
from .core import CLOCK, Entry, act
from .people import person_named, user_with

OFFICER = Role.RETURNING_OFFICER


def stage_open(contest: Contest, stage: str, at: datetime) -> NominationStage:
    """The nomination stage, if it is open at that moment. Raises RefusedError if it is not."""
    found = contest.rulebook.stage_named(stage)
    if not isinstance(found, NominationStage):
        raise RefusedError(_("there is no such stage of nominations"), field="stage")
    state = contest.stages.filter(stage=stage).first()
    closes = timetable.at(contest, f"{stage}_closes")
    if state is None or state.status != StageState.Status.OPEN or (closes is not None and at >= closes):
        raise RefusedError(_("nominations are not open"))
    return found


def bodies_of(stage: NominationStage) -> list[str]:
    """The bodies that nominate at a stage."""
    return [gate.by for gate in gates(stage)] or ([stage.by] if stage.by else [])


@act(OFFICER)
def propose_candidate(
    entry: Entry,
    contest: Contest,
    *,
    name: str,
    email: str = "",
    person: str = "",
    groups: list[str] | None = None,
    slate: str = "",
) -> Candidate:
    """Enter somebody who may be nominated; with a mail address they (and their agents) can sign in for it."""
    if contest.status != Contest.Status.ADOPTED:
        raise RefusedError(_("the contest is not under way"))
    if contest.rulebook.stage[-1].kind == "motion":
        raise RefusedError(_("nobody stands in a motion"))
    known = Person.objects.filter(slug=person).first() if person else None
    if person and known is None:
        raise RefusedError(_("there is no such person"), field="person")
    name = plain(name)
    if not name:
        raise RefusedError(_("a candidate has a name"), field="name")
    if any(same_name(one.name) == same_name(name) for one in contest.candidates.all()):
        raise RefusedError(_("somebody of that name is there already; add what tells them apart"), field="name")
    unknown = set(groups or ()) - set(contest.rulebook.groups)
    if unknown:
        raise RefusedError(
            _("the rulebook knows no group %(name)s") % {"name": ", ".join(sorted(unknown))}, field="groups"
        )
    if known is not None and contest.candidates.filter(person=known).exists():
        raise RefusedError(_("they are there already"), field="person")
    lost = barred(contest)
    if lost is not None and (lost == known or same_name(lost.name) == same_name(name)):
        raise RefusedError(_("the rulebook says that the holder who lost the vote may not stand"), field="person")
    known = known or person_named(name, email=email)
    made = contest.candidates.create(
        person=known,
        user=user_with(email, name) if email else None,
        key=_key(contest, name),
        name=name,
        slate=plain(slate, longest=100),
        groups=groups or [],
        order=contest.candidates.count() + 1,
    )
    if email:
        tell(
            email,
            _("%(contest)s: do you consent to stand?") % {"contest": contest.title},
            _(
                "You have been proposed for “%(contest)s”. Sign in to say whether you consent to stand, and to enter"
                " what is published of you."
            )
            % {"contest": contest.title},
            "candidate-entry",
            contest=contest.slug,
            candidate=made.key,
        )
    return made


def barred(contest: Contest) -> Person | None:
    """Who may not stand, because the contest follows a vote that they lost; None where nobody is barred."""
    before = contest.follows
    if before is None or before.holder is None:
        return None
    stage = next((one for one in before.rulebook.stage if isinstance(one, MotionStage)), None)
    return before.holder if stage is not None and stage.holder_may_stand is False else None


def _key(contest: Contest, name: str) -> str:
    words = same_name(name).split()
    taken = {*contest.candidates.values_list("key", flat=True), "for", "against", "reopen", "total"}
    return slug_for(words[-1] if words else name, taken.__contains__)


@act(NOMINATOR, silent=True)
def nominate(entry: Entry, contest: Contest, *, stage: str, candidate: str, body: str = "") -> Nomination:
    """Nominate somebody, as one who sits in a body that nominates."""
    found = stage_open(contest, stage, entry.at)
    who = _may_be_nominated(contest, found, candidate)
    way, seat = seat_of(contest, found, entry.by, body)
    running = contest.nominations.filter(stage=stage, seat=seat, withdrawn=None)
    if running.filter(candidate=who).exists():
        raise RefusedError(_("you have nominated them already"))
    if found.each_nominates is not None and running.count() >= found.each_nominates:
        raise RefusedError(
            _("each nominates %(number)s at most; withdraw a nomination first") % {"number": found.each_nominates}
        )
    entry.details = {"stage": stage, "candidate": who.key, "seat": seat.name}
    return Nomination.objects.create(contest=contest, stage=stage, body=way, seat=seat, candidate=who, at=entry.at)


@act(NOMINATOR, silent=True)
def choose_nominees(
    entry: Entry, contest: Contest, *, stage: str, candidates: list[str], body: str = ""
) -> list[Nomination]:
    """Nominate exactly these, as one who sits in a body: those who are not among them any more are withdrawn."""
    found = stage_open(contest, stage, entry.at)
    wanted = list(dict.fromkeys(candidates))
    if found.each_nominates is not None and len(wanted) > found.each_nominates:
        raise RefusedError(
            _("each nominates %(number)s at most") % {"number": found.each_nominates}, field="candidates"
        )
    way, seat = seat_of(contest, found, entry.by, body)
    running = {
        one.candidate.key: one
        for one in contest.nominations.filter(stage=stage, seat=seat, withdrawn=None).select_related("candidate")
    }
    for key, one in running.items():
        if key not in wanted:
            one.withdrawn = entry.at
            one.save(update_fields=["withdrawn"])
    new = [_may_be_nominated(contest, found, key) for key in wanted if key not in running]
    entry.details = {
        "stage": stage,
        "seat": seat.name,
        "nominated": [who.key for who in new],
        "withdrawn": [key for key in running if key not in wanted],
    }
    if not new and not entry.details["withdrawn"]:
        raise RefusedError(_("nothing is changed by this"), field="candidates")
    return [
        Nomination.objects.create(contest=contest, stage=stage, body=way, seat=seat, candidate=who, at=entry.at)
        for who in new
    ]


def _may_be_nominated(contest: Contest, stage: NominationStage, key: str) -> Candidate:
    who = contest.candidates.filter(key=key).first()
    if who is None or who.status not in (Candidate.Status.PROPOSED, Candidate.Status.CONSENTED):
        raise RefusedError(_("there is no such candidate, or they do not stand"), field="candidate")
    if (
        held(stage.incumbent) == "may not stand"
        and contest.occasion == Contest.Occasion.CHALLENGE
        and who.person_id == contest.holder_id
    ):
        raise RefusedError(_("the rulebook says that a holder who is challenged may not stand"), field="candidate")
    return who


def seat_of(contest: Contest, stage: NominationStage, user: User | None, body: str = "") -> tuple[str, BodySeat]:
    """The body and seat for which somebody nominates, on the day on which the body counts. Raises RefusedError."""
    for link in contest.bodies.filter(key__in=[body] if body else bodies_of(stage)).select_related("body"):
        if link.key in bodies_of(stage):
            seat = link.body.seats_on(link.on).filter(user=user, ended=None).first()
            if seat is not None:
                return link.key, seat
    raise RefusedError(_("you do not sit in a body that nominates at this stage"))


@act(NOMINATOR, silent=True)
def withdraw_nomination(entry: Entry, contest: Contest, *, nomination: int) -> None:
    """Take back one's own nomination while nominations are open."""
    found = contest.nominations.filter(pk=nomination, withdrawn=None, seat__user=entry.by).first()
    if found is None:
        raise RefusedError(_("there is no such nomination of yours"))
    stage_open(contest, found.stage, entry.at)
    found.withdrawn = entry.at
    found.save(update_fields=["withdrawn"])
    entry.details = {"stage": found.stage, "candidate": found.candidate.key, "seat": found.seat.name}


@act(OFFICER)
def rule_invalid(entry: Entry, contest: Contest, *, nomination: int, reason: str) -> None:
    """Rule that a nomination is not valid, with a reason; or, with none, that it is valid after all."""
    found = contest.nominations.filter(pk=nomination).first()
    if found is None:
        raise RefusedError(_("there is no such nomination"))
    if not contest.stages.filter(stage=found.stage, status=StageState.Status.OPEN).exists():
        raise RefusedError(_("nominations are closed, and ruled on"))
    if found.withdrawn:
        raise RefusedError(_("this nomination was withdrawn"))
    found.invalid = plain(reason, longest=500)
    found.save(update_fields=["invalid"])
    entry.details |= {"candidate": found.candidate.key, "seat": found.seat.name}


@act(CANDIDATE)
def consent(entry: Entry, contest: Contest, *, candidate: str) -> None:
    """Consent to stand, as the candidate themselves."""
    found = contest.candidates.filter(key=candidate, user=entry.by).first()
    if found is None:
        raise RefusedError(_("only the candidate consents, not an agent"))
    if found.status != Candidate.Status.PROPOSED:
        raise RefusedError(_("this has been decided already"))
    _not_closed(contest, entry.at)
    found.status, found.consented = _with_consent(contest), entry.at
    found.save(update_fields=["status", "consented"])


def _deciding(contest: Contest) -> list[NominationStage]:
    """The stages of nominations that decide who stands."""
    return [s for s in contest.rulebook.stage if isinstance(s, NominationStage) and s.effect != "none"]


def _with_consent(contest: Contest) -> str:
    """What somebody is who consents: they stand, where the rules leave nominations out and no paper is made yet."""
    waits = _deciding(contest) or contest.ballot_rounds.exists()
    return Candidate.Status.CONSENTED if waits else Candidate.Status.STANDING


def _not_closed(contest: Contest, at) -> None:
    """Raises RefusedError once nominations that decide have closed by their published time, ruled on or not yet.

    What comes after that time must not count because the ruling was made a moment late.
    """
    if contest.status != Contest.Status.ADOPTED:
        raise RefusedError(_("the contest is not under way"))
    ends = [timetable.at(contest, f"{stage.id}_closes") for stage in _deciding(contest)]
    if ends and all(end is not None and end <= at for end in ends):
        raise RefusedError(_("nominations have closed"))


@act(CANDIDATE)
def decline(entry: Entry, contest: Contest, *, candidate: str) -> None:
    """Say that one does not consent to stand; nobody can nominate them any more."""
    found = contest.candidates.filter(key=candidate, user=entry.by, status=Candidate.Status.PROPOSED).first()
    if found is None:
        raise RefusedError(_("only the candidate declines, and only before they consent"))
    found.status, found.reason = Candidate.Status.WITHDRAWN, _("declined to stand")
    found.save(update_fields=["status", "reason"])


@act(OFFICER)
def record_consent(entry: Entry, contest: Contest, *, candidate: str, evidence: str) -> None:
    """Enter a consent that was given on paper: what it is, and where it is kept."""
    found = contest.candidates.filter(key=candidate, status=Candidate.Status.PROPOSED).first()
    if found is None:
        raise RefusedError(_("there is no such candidate who has not consented"), field="candidate")
    if not plain(evidence):
        raise RefusedError(_("say what the consent is, and where it is kept"), field="evidence")
    _not_closed(contest, entry.at)
    found.status, found.consented = _with_consent(contest), entry.at
    found.save(update_fields=["status", "consented"])


@act(CANDIDATE, OFFICER)
def withdraw_candidate(entry: Entry, contest: Contest, *, candidate: str, reason: str = "") -> None:
    """Withdraw a candidate: themselves, or the officer with a reason (a letter), until the ballot opens."""
    # A ruling stays a ruling: who was refused does not put another word in its place.
    over = (Candidate.Status.WITHDRAWN, Candidate.Status.REFUSED, Candidate.Status.NOT_NOMINATED)
    found = contest.candidates.filter(key=candidate).exclude(status__in=over).first()
    if found is None or (entry.role == CANDIDATE and found.user_id != (entry.by.pk if entry.by else None)):
        raise RefusedError(_("there is no such candidate, or it is not you"), field="candidate")
    if entry.role != CANDIDATE and not plain(reason):
        raise RefusedError(_("say on what ground"), field="reason")
    if contest.status != Contest.Status.ADOPTED:
        raise RefusedError(_("the contest is not under way"))
    if contest.ballot_rounds.exists():
        if entry.role != CANDIDATE:
            raise RefusedError(_("between rounds a withdrawal is entered by two officials"))
        rounds.leave(entry, contest, found)
        return
    found.status, found.reason = Candidate.Status.WITHDRAWN, plain(reason, longest=500)
    found.save(update_fields=["status", "reason"])


@act(OFFICER)
def refuse_candidate(entry: Entry, contest: Contest, *, candidate: str, reason: str) -> None:
    """Rule that somebody may not stand, with the reason."""
    found = contest.candidates.filter(key=candidate, status__in=["proposed", "consented"]).first()
    if found is None:
        raise RefusedError(_("there is no such candidate to rule on"), field="candidate")
    if not plain(reason):
        raise RefusedError(_("a ruling has a reason"), field="reason")
    found.status, found.reason = Candidate.Status.REFUSED, plain(reason, longest=500)
    found.save(update_fields=["status", "reason"])


@act(OFFICER, CLOCK)
def close_nominations(entry: Entry, contest: Contest, *, stage: str) -> list[str]:
    """Close a stage of nominations and rule on everybody by the rulebook's thresholds; who is on the paper."""
    from .. import timetable

    if contest.status != Contest.Status.ADOPTED:
        raise RefusedError(_("the contest is not under way"))
    found = contest.rulebook.stage_named(stage)
    state = contest.stages.filter(stage=stage, status=StageState.Status.OPEN).first()
    if not isinstance(found, NominationStage) or state is None:
        raise RefusedError(_("there are no such nominations open"), field="stage")
    closes = timetable.at(contest, f"{stage}_closes")
    if closes is not None and entry.at < closes:
        raise RefusedError(_("they close at their published time, not before"))
    # It closed at its published time, whenever somebody, or the clock, came to say so.
    state.status, state.closed = StageState.Status.CLOSED, closes or entry.at
    state.save(update_fields=["status", "closed"])
    entry.details["closed"] = state.closed.isoformat()
    try:
        case = case_of(contest)
    except InputError as fault:
        raise RefusedError(_("the nominations cannot be ruled on: %(why)s") % {"why": fault}) from None
    rulings = [ruling for ruling in rule_on(case) if ruling.stage.id == stage]
    state.result = {
        "rulings": [
            {
                "candidate": ruling.candidate,
                "body": ruling.body,
                "count": ruling.count,
                "needed": ruling.needed,
                "size": ruling.size,
                "result": ruling.result,
                "reason": ruling.reason,
            }
            for ruling in rulings
        ]
    }
    state.save(update_fields=["result"])
    entry.details["result"] = state.result
    if found.effect == "none":
        return []
    through = {ruling.candidate for ruling in rulings if ruling.result in ("nominated", "automatic")}
    waiting = contest.candidates.filter(status__in=["proposed", "consented"])
    waiting.exclude(key__in=through).update(status=Candidate.Status.NOT_NOMINATED)
    deciding = [s.id for s in contest.rulebook.stage if isinstance(s, NominationStage) and s.effect != "none"]
    over = set(contest.stages.filter(status=StageState.Status.CLOSED).values_list("stage", flat=True))
    if not set(deciding) <= over:
        return []
    standing = on_the_paper(case)
    contest.candidates.filter(status__in=["proposed", "consented"], key__in=standing).update(
        status=Candidate.Status.STANDING
    )
    return standing
