"""A contest: made, adopted, dated, opened and closed stage by stage."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from ... import documents as files
from ... import rules
from ...errors import InputError, RefusedError
from ...rules import Rulebook
from .. import timetable
from ..models import Body, Contest, ContestBody, Office, Person, Role, StageState, TimetableDate
from ..moment import now
from ..preflight import blocking
from ..slugs import plain, slug_for
from .core import CLOCK, Entry, act, sha256

OFFICER = Role.RETURNING_OFFICER


@act(OFFICER, silent=True)
def create_contest(
    entry: Entry,
    contest: None,
    *,
    title: str,
    rulebook: str,
    office: int | None = None,
    occasion: str = "vacancy",
    about: str = "",
    rulebook_text: str = "",
) -> Contest:
    """A contest in preparation, from a shipped rulebook (by id) or a text of one's own."""
    text = rulebook_text or _preset(rulebook)
    loaded = _read(text)
    found = Office.objects.filter(pk=office).first() if office else None
    if office and found is None:
        raise RefusedError(_("there is no such office"), field="office")
    if occasion not in Contest.Occasion.values:
        raise RefusedError(_("there is no such occasion"), field="occasion")
    title = plain(title)
    if not title:
        raise RefusedError(_("a contest has a title"), field="title")
    made = Contest.objects.create(
        slug=slug_for(title, lambda slug: Contest.objects.filter(slug=slug).exists()),
        title=title,
        about=about.strip(),
        office=found,
        unit=found.unit if found else None,
        occasion=occasion,
        holder=_incumbent(found, occasion),
        rulebook_id=loaded.id,
        rulebook_text=text,
    )
    entry.details = {
        "title": title,
        "rulebook": loaded.id,
        "rulebook_hash": sha256(text.encode()),
        "occasion": occasion,
    }
    return made


def _preset(name: str) -> str:
    if name not in rules.preset_ids():
        raise RefusedError(_("there is no such rulebook"), field="rulebook")
    return rules.preset_text(name)


def _read(text: str) -> Rulebook:
    try:
        return rules.from_document(files.parse(text.encode(), "rulebook.toml"))
    except InputError as fault:
        raise RefusedError(str(fault), field="rulebook_text") from None


def _incumbent(office: Office | None, occasion: str) -> Person | None:
    """Who holds the office, where they are challenged (or the term ends): it follows from the tenures."""
    if office is None or occasion == "vacancy":
        return None
    running = office.holders(timezone.localdate(now())).select_related("person").first()
    return running.person if running else None


def _draft(contest: Contest) -> None:
    if contest.status != Contest.Status.DRAFT:
        raise RefusedError(_("the rules of this contest are adopted: they do not change any more"))


@act(OFFICER)
def set_details(
    entry: Entry,
    contest: Contest,
    *,
    title: str,
    about: str = "",
    occasion: str = "vacancy",
    board: str = "public",
    holder: str = "",
    against: str = "",
) -> None:
    """The title and what else a contest in preparation says of itself. ``holder``: the slug of the one challenged."""
    _draft(contest)
    if occasion not in Contest.Occasion.values:
        raise RefusedError(_("there is no such occasion"), field="occasion")
    person = Person.objects.filter(slug=holder).first() if holder else None
    if holder and person is None:
        raise RefusedError(_("there is no such person"), field="holder")
    contest.title, contest.about, contest.occasion, contest.board = plain(title), about.strip(), occasion, board
    contest.holder = person or _incumbent(contest.office, occasion)
    contest.against = against
    contest.save()


@act(OFFICER, silent=True)
def set_rulebook(entry: Entry, contest: Contest, *, text: str) -> None:
    """Another text of the rulebook, while the contest is in preparation."""
    _draft(contest)
    loaded = _read(text)
    contest.rulebook_id, contest.rulebook_text = loaded.id, text
    contest.save(update_fields=["rulebook_id", "rulebook_text"])
    entry.details = {"rulebook": loaded.id, "rulebook_hash": sha256(text.encode())}


@act(OFFICER)
def set_parameters(entry: Entry, contest: Contest, *, values: dict[str, object]) -> None:
    """What the rulebook leaves to each contest."""
    _draft(contest)
    unknown = set(values) - set(contest.rulebook.parameters)
    if unknown:
        raise RefusedError(_("the rulebook leaves nothing called %(name)s open") % {"name": ", ".join(sorted(unknown))})
    try:
        rules.with_parameters(contest.rulebook, dict(values))
    except InputError as fault:
        raise RefusedError(str(fault), field="values") from None
    contest.parameters = values
    contest.save(update_fields=["parameters"])


@act(OFFICER)
def name_body(entry: Entry, contest: Contest, *, key: str, body: str, on: str) -> ContestBody:
    """Say which body of the organisation a body of the rulebook is, and on which day its size counts."""
    _draft(contest)
    found = Body.objects.filter(slug=body).first()
    if key not in contest.rulebook.bodies or found is None:
        raise RefusedError(_("there is no such body"), field="body")
    day, whole = _moment(on, "on")
    if not whole:
        raise RefusedError(_("the size of a body counts on a day"), field="on")
    made, _new = ContestBody.objects.update_or_create(
        contest=contest, key=key, defaults={"body": found, "on": timezone.localtime(day, timetable.zone()).date()}
    )
    return made


def _moment(text: str, field: str):
    try:
        return timetable.moment(text)
    except ValueError as fault:
        raise RefusedError(
            _("%(text)s is no date of the organisation's clock: %(why)s") % {"text": text[:40], "why": fault},
            field=field,
        ) from None


@act(OFFICER)
def set_date(entry: Entry, contest: Contest, *, key: str, at: str) -> TimetableDate:
    """Fix a date of the timetable while the contest is in preparation."""
    _draft(contest)
    return _date(contest, key, at)


def _date(contest: Contest, key: str, at: str) -> TimetableDate:
    if key not in timetable.keys(contest.rulebook):
        raise RefusedError(_("the timetable has no such date"), field="key")
    when, whole = _moment(at, "at")
    made, _new = TimetableDate.objects.update_or_create(
        contest=contest, key=key, defaults={"at": when, "whole_day": whole}
    )
    out_of_order = timetable.out_of_order(contest)
    if out_of_order:
        raise RefusedError(out_of_order, field="at")
    return made


@act(
    OFFICER,
    two=True,
    says=lambda contest, key, at, reason: (
        _("change the timetable: %(key)s to %(at)s, because %(reason)s")
        % {"key": timetable.keys(contest.rulebook).get(key, key), "at": at, "reason": reason}
    ),
)
def change_date(entry: Entry, contest: Contest, *, key: str, at: str, reason: str) -> TimetableDate:
    """Change the timetable of a contest that is under way: published, with a reason, by two officials.

    A date that has passed does not change, and a ballot that is open is not shortened.
    """
    if contest.status != Contest.Status.ADOPTED:
        raise RefusedError(_("only a contest that is under way has a timetable to change"))
    if not plain(reason):
        raise RefusedError(_("a change of the timetable has a reason"), field="reason")
    before = contest.dates.filter(key=key).first()
    when, _whole = _moment(at, "at")
    if before is not None and before.at <= entry.at:
        raise RefusedError(_("this date has passed"), field="key")
    if when <= entry.at:
        raise RefusedError(_("the new date is past"), field="at")
    stage = key.removesuffix("_closes")
    if before and key.endswith("_closes") and when < before.at and _state(contest, stage).status == "open":
        raise RefusedError(_("what is open is not closed earlier than it was published"), field="at")
    entry.details |= {"before": before.at.isoformat() if before else None}
    return _date(contest, key, at)


def _state(contest: Contest, stage: str) -> StageState:
    state, _new = StageState.objects.get_or_create(contest=contest, stage=stage)
    return state


@act(OFFICER)
def adopt_contest(entry: Entry, contest: Contest) -> Contest:
    """Adopt the rules and the timetable: both are frozen from here on, and published."""
    _draft(contest)
    problems = blocking(contest, "adoption")
    if problems:
        raise RefusedError(problems[0].says, hint=problems[0].todo)
    contest.status, contest.adopted = Contest.Status.ADOPTED, entry.at
    contest.save(update_fields=["status", "adopted"])
    for stage in contest.rulebook.stage:
        _state(contest, stage.id)
    entry.details = {
        "rulebook_hash": sha256(contest.rulebook_text.encode()),
        "timetable": {item.key: item.at.isoformat() for item in contest.dates.all()},
    }
    return contest


@act(OFFICER, CLOCK)
def open_stage(entry: Entry, contest: Contest, *, stage: str) -> StageState:
    """Open a stage: after those before it, and once nothing on the preflight list blocks it."""
    found = contest.rulebook.stage_named(stage)
    if found is None:
        raise RefusedError(_("there is no such stage"), field="stage")
    if contest.status != Contest.Status.ADOPTED:
        raise RefusedError(_("the contest is not under way"))
    state = _state(contest, stage)
    if state.status != StageState.Status.WAITING:
        raise RefusedError(_("this stage has been opened already"))
    problems = blocking(contest, stage)
    if problems:
        raise RefusedError(problems[0].says, hint=problems[0].todo)
    opens = timetable.at(contest, f"{stage}_opens")
    if opens is not None and opens > entry.at:
        raise RefusedError(_("it opens at its published time, not before"))
    state.status, state.opened = StageState.Status.OPEN, entry.at
    state.save(update_fields=["status", "opened"])
    return state


@act(OFFICER)
def raise_dispute(entry: Entry, contest: Contest, *, about: str, says: str):
    """Enter that something is disputed: no ballot opens until it is settled."""
    if about not in ("roll", "other") or not says.strip():
        raise RefusedError(_("say what is disputed"), field="says")
    return contest.disputes.create(about=about, says=says.strip())


@act(OFFICER, two=True, says=lambda contest, dispute, ruling: _("settle a dispute: %(ruling)s") % {"ruling": ruling})
def settle_dispute(entry: Entry, contest: Contest, *, dispute: int, ruling: str) -> None:
    """Settle what was disputed, with a ruling, by two officials."""
    found = contest.disputes.filter(pk=dispute, settled=None).first()
    if found is None or not ruling.strip():
        raise RefusedError(_("there is no such open dispute, or no ruling"))
    found.settled, found.ruling = entry.at, ruling.strip()
    found.save(update_fields=["settled", "ruling"])


@act(OFFICER, two=True, says=lambda contest, reason: _("abandon the contest: %(reason)s") % {"reason": reason})
def abandon_contest(entry: Entry, contest: Contest, *, reason: str) -> None:
    """Abandon a contest, with a reason, by two officials; what was done so far stays."""
    if contest.status in (Contest.Status.DECLARED, Contest.Status.CLOSED, Contest.Status.ABANDONED):
        raise RefusedError(_("this contest is over"))
    if not plain(reason):
        raise RefusedError(_("say why"), field="reason")
    contest.status = Contest.Status.ABANDONED
    contest.save(update_fields=["status"])


@act(OFFICER)
def clone_contest(entry: Entry, contest: Contest, *, title: str) -> Contest:
    """A new contest in preparation with the rules and bodies of this one, and no dates."""
    title = plain(title)
    if not title:
        raise RefusedError(_("a contest has a title"), field="title")
    made = Contest.objects.create(
        slug=slug_for(title, lambda slug: Contest.objects.filter(slug=slug).exists()),
        title=title,
        about=contest.about,
        office=contest.office,
        unit=contest.unit,
        occasion=contest.occasion,
        holder=_incumbent(contest.office, contest.occasion),
        rulebook_id=contest.rulebook_id,
        rulebook_text=contest.rulebook_text,
        parameters=contest.parameters,
        board=contest.board,
        cloned_from=contest,
        against=contest.slug,
    )
    for link in contest.bodies.all():
        ContestBody.objects.create(contest=made, key=link.key, body=link.body, on=timezone.localdate(now()))
    entry.details["made"] = made.slug
    return made
