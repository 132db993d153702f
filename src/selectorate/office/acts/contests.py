"""A contest: made, adopted, dated, opened and closed stage by stage."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from ... import documents as files
from ... import gallery, rules
from ...errors import InputError, RefusedError
from ...rules import BallotStage, MotionStage, Rulebook
from .. import occasions, timetable
from ..access import roles_of
from ..boxes import laid, opening
from ..models import Body, Contest, ContestBody, Office, Person, Role, StageState, TimetableChange, TimetableDate
from ..moment import now
from ..preflight import blocking
from ..slugs import plain, slug_for
from . import rounds
from .core import CLOCK, Entry, act, log_of, sha256, write

OFFICER = Role.RETURNING_OFFICER
RESERVED = frozenset({"new"})
"""Addresses below contests/ that are pages and not contests."""
MAX_TITLE, MAX_ABOUT, MAX_RULEBOOK = 200, 4000, 200_000
"""Characters: one line; a page; a rulebook many times as long as any that is known."""
MAX_SAYS = 2000
"""Characters of a dispute or of its ruling."""


@act(OFFICER, silent=True)
def create_contest(
    entry: Entry,
    contest: None,
    *,
    title: str,
    rulebook: str,
    office: int | None = None,
    occasion: str = "",
    about: str = "",
    rulebook_text: str = "",
) -> Contest:
    """A contest in preparation, from a shipped rulebook (by id) or a text of one's own.

    Without an ``occasion`` it follows from who holds the office today: a challenge to them, or a vacancy.
    """
    text = rulebook_text or _preset(rulebook)
    loaded = _read(text)
    found = Office.objects.filter(pk=office).first() if office else None
    if office and found is None:
        raise RefusedError(_("there is no such office"), field="office")
    occasion = occasion or occasions.proposed(found, loaded, timezone.localdate(now()))
    if occasion not in Contest.Occasion.values:
        raise RefusedError(_("there is no such occasion"), field="occasion")
    title = _title(title)
    made = Contest.objects.create(
        slug=_address(title),
        title=title,
        about=_about(about),
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


def may_make(entry: Entry) -> None:
    """Raises RefusedError for a returning officer of one contest alone: they make no other."""
    if OFFICER not in roles_of(entry.by, None):
        raise RefusedError(_("you may not do this: contests are made by a returning officer of the whole organisation"))


def _title(text: str) -> str:
    title = plain(text, longest=MAX_TITLE + 1)
    if not title:
        raise RefusedError(_("a contest has a title"), field="title")
    if len(title) > MAX_TITLE:
        raise RefusedError(_("a title has %(most)s characters at most") % {"most": MAX_TITLE}, field="title")
    return title


def _about(text: str) -> str:
    return _words(text, "about", MAX_ABOUT)


def _words(text: str, field: str, most: int) -> str:
    """A text of several lines, without characters that no page can show, and not longer than ``most``."""
    lines = [plain(line, longest=most + 1) for line in text.replace("\r\n", "\n").split("\n")]
    found = "\n".join(lines).strip()
    if len(found) > most:
        raise RefusedError(_("this has %(most)s characters at most") % {"most": most}, field=field)
    return found


def _address(title: str) -> str:
    return slug_for(title, lambda slug: slug in RESERVED or Contest.objects.filter(slug=slug).exists())


def _preset(name: str) -> str:
    if name not in rules.preset_ids():
        raise RefusedError(_("there is no such rulebook"), field="rulebook")
    return rules.preset_text(name)


def _read(text: str, field: str = "rulebook_text") -> Rulebook:
    if len(text) > MAX_RULEBOOK:
        raise RefusedError(_("a rulebook has %(most)s characters at most") % {"most": MAX_RULEBOOK}, field=field)
    try:
        return rules.from_document(files.parse(text.encode(), "rulebook.toml"))
    except InputError as fault:
        raise RefusedError(str(fault), field=field) from None
    except UnicodeEncodeError:
        raise RefusedError(_("the text has characters that no file can hold"), field=field) from None


def _incumbent(office: Office | None, occasion: str) -> Person | None:
    """Who holds the office, where they are challenged (or the term ends): it follows from the tenures."""
    if office is None or occasion == "vacancy":
        return None
    running = office.incumbents(timezone.localdate(now())).select_related("person").first()
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
    nominators: str = "named",
    holder: str = "",
    against: str = "",
) -> None:
    """The title and what else a contest in preparation says of itself. ``holder``: the slug of the one challenged."""
    _draft(contest)
    if occasion not in Contest.Occasion.values:
        raise RefusedError(_("there is no such occasion"), field="occasion")
    if board not in ("public", "hidden") or nominators not in ("named", "numbers"):
        raise RefusedError(_("there is no such setting"), field="board")
    person = Person.objects.filter(slug=holder).first() if holder else None
    if holder and person is None:
        raise RefusedError(_("there is no such person"), field="holder")
    if board not in ("public", "hidden"):
        raise RefusedError(_("the board is public or hidden"), field="board")
    if against and not _earlier_contest(contest, against):
        raise RefusedError(_("there is no such earlier contest"), field="against")
    contest.title, contest.about, contest.occasion, contest.board = _title(title), _about(about), occasion, board
    # A vacant post has no holder, whoever was named before the occasion changed.
    contest.holder = None if occasion == "vacancy" else person or _incumbent(contest.office, occasion)
    contest.nominators, contest.against = nominators, against
    contest.save()


def _earlier_contest(contest: Contest, name: str) -> bool:
    """Whether ``name`` is a contest of this office, or of the gallery, that the mandate can be read beside."""
    return Contest.objects.filter(slug=name).exclude(pk=contest.pk).exists() or gallery.find(name) is not None


@act(OFFICER, silent=True)
def set_rulebook(entry: Entry, contest: Contest, *, text: str) -> None:
    """Another text of the rulebook, while the contest is in preparation."""
    _draft(contest)
    loaded = _read(text, "text")
    contest.rulebook_id, contest.rulebook_text = loaded.id, text
    # What was fixed for the rules before and has no place in these goes with them.
    contest.parameters = {key: value for key, value in contest.parameters.items() if key in loaded.parameters}
    contest.save(update_fields=["rulebook_id", "rulebook_text", "parameters"])
    contest.dates.exclude(key__in=timetable.keys(loaded)).delete()
    contest.bodies.exclude(key__in=loaded.bodies).delete()
    entry.details = {"rulebook": loaded.id, "rulebook_hash": sha256(text.encode())}


@act(OFFICER)
def set_parameters(entry: Entry, contest: Contest, *, values: dict[str, object]) -> None:
    """What the rulebook leaves to each contest."""
    _draft(contest)
    written = contest.rulebook_as_written
    unknown = set(values) - set(written.parameters)
    if unknown:
        raise RefusedError(_("the rulebook leaves nothing called %(name)s open") % {"name": ", ".join(sorted(unknown))})
    try:
        rules.with_parameters(written, dict(values))
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


@act(OFFICER)
def set_timetable(entry: Entry, contest: Contest, *, dates: dict[str, str]) -> None:
    """Fix several dates at once, while the contest is in preparation; an empty text makes a date open again."""
    _draft(contest)
    for key, text in dates.items():
        if text:
            _written(contest, key, text, field=key)
        else:
            contest.dates.filter(key=key).delete()
    wrong = timetable.order_problems(contest.rulebook, {item.key: item.at for item in contest.dates.all()})
    for key, says in wrong.items():
        raise RefusedError(says, field=key)


def _date(contest: Contest, key: str, at: str) -> TimetableDate:
    made = _written(contest, key, at, field="at")
    out_of_order = timetable.out_of_order(contest)
    if out_of_order:
        raise RefusedError(out_of_order, field="at")
    return made


def _written(contest: Contest, key: str, at: str, *, field: str) -> TimetableDate:
    if key not in timetable.keys(contest.rulebook):
        raise RefusedError(_("the timetable has no such date"), field="key")
    when, whole = _moment(at, field)
    if whole and key in timetable.stage_keys(contest.rulebook):
        # "Closes on the 20th" is read as its end by some and as its beginning by others.
        raise RefusedError(_("what opens or closes does so at a time, not on a day"), field=field)
    made, _new = TimetableDate.objects.update_or_create(
        contest=contest, key=key, defaults={"at": when, "whole_day": whole}
    )
    return made


def _says_change(contest: Contest, *, key: str, at: str, reason: str) -> str:
    before = contest.dates.filter(key=key).first()
    return _("change the timetable: %(what)s, from %(before)s to %(after)s, because: %(reason)s") % {
        "what": timetable.keys(contest.rulebook).get(key, key),
        "before": timetable.said(before.at, before.whole_day) if before else timetable.said(None),
        "after": timetable.said(*_moment(at, "at")),
        "reason": plain(reason, longest=500),
    }


def _change_rests_on(contest: Contest, *, key: str, **given: object) -> dict[str, object]:
    before = contest.dates.filter(key=key).first()
    return {"status": contest.status, "before": before.at.isoformat() if before else None}


@act(OFFICER, two=True, says=_says_change, basis=_change_rests_on)
def change_date(entry: Entry, contest: Contest, *, key: str, at: str, reason: str) -> TimetableDate:
    """Change the timetable of a contest that is under way: published, with a reason, by two officials.

    A date that has come does not change, but where what it opens has not opened, or nothing is declared. What is open
    is not closed earlier than it was published, nor later once that time has come.
    """
    if contest.status != Contest.Status.ADOPTED:
        raise RefusedError(_("only a contest that is under way has a timetable to change"))
    reason = plain(reason, longest=500)
    if not reason:
        raise RefusedError(_("a change of the timetable has a reason"), field="reason")
    before = contest.dates.filter(key=key).first()
    when, _whole = _moment(at, "at")
    _may_change(contest, key, before, when, entry.at)
    made = _date(contest, key, at)
    if key.endswith("_closes"):
        opening.move_closing(contest, key.removesuffix("_closes"), made.at)
    if before is not None and before.at == made.at and before.whole_day == made.whole_day:
        raise RefusedError(_("this is the date as it is"), field="at")
    TimetableChange.objects.create(
        contest=contest,
        key=key,
        before=before.at if before else None,
        before_whole_day=bool(before and before.whole_day),
        after=made.at,
        after_whole_day=made.whole_day,
        reason=reason,
        at=entry.at,
    )
    entry.details |= {"before": before.at.isoformat() if before else None, "after": made.at.isoformat()}
    return made


def _may_change(contest: Contest, key: str, before: TimetableDate | None, when, now) -> None:
    """Raises RefusedError where the date ``before`` may not become ``when``."""
    stage = timetable.stage_keys(contest.rulebook).get(key)
    status = _state(contest, stage).status if stage else ""
    waits = status == StageState.Status.WAITING or key == timetable.DECLARED
    if status == StageState.Status.CLOSED or (status == StageState.Status.OPEN and key.endswith("_opens")):
        raise RefusedError(_("this has happened: its date does not change"), field="key")
    if before is not None and before.at <= now and not waits:
        raise RefusedError(_("this date has passed"), field="key")
    if when <= now:
        raise RefusedError(_("the new date is past"), field="at")
    if before and status == StageState.Status.OPEN and when < before.at:
        raise RefusedError(_("what is open is not closed earlier than it was published"), field="at")


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
    opens, closes = timetable.at(contest, f"{stage}_opens"), timetable.at(contest, f"{stage}_closes")
    if opens is not None and opens > entry.at:
        raise RefusedError(_("it opens at its published time, not before"))
    if closes is not None and closes <= entry.at:
        raise RefusedError(
            _("the time at which it was to close has come before it opened"),
            hint=_("Change the timetable, by two officials, with the reason."),
        )
    state.status, state.opened = StageState.Status.OPEN, entry.at
    state.save(update_fields=["status", "opened"])
    if isinstance(found, BallotStage):
        rounds.begin(entry, contest, found)
    elif isinstance(found, MotionStage):
        rounds.entered(entry, opening.open_boxes(contest, found, 1, entry.at))
    return state


@act(OFFICER)
def raise_dispute(entry: Entry, contest: Contest, *, about: str, says: str):
    """Enter that something is disputed: no ballot opens until it is settled."""
    says = _words(says, "says", MAX_SAYS)
    if about not in ("roll", "other"):
        raise RefusedError(_("a dispute is about the roll, or something else"), field="about")
    if not says:
        raise RefusedError(_("say what is disputed"), field="says")
    if contest.status not in (Contest.Status.DRAFT, Contest.Status.ADOPTED):
        raise RefusedError(_("this contest is over"))
    return contest.disputes.create(about=about, says=says)


def _says_settle(contest: Contest, *, dispute: int, ruling: str) -> str:
    found = contest.disputes.filter(pk=dispute).first()
    return _("settle the dispute “%(dispute)s” with this ruling: %(ruling)s") % {
        "dispute": found.says if found else "",
        "ruling": ruling.strip(),
    }


@act(OFFICER, two=True, says=_says_settle)
def settle_dispute(entry: Entry, contest: Contest, *, dispute: int, ruling: str) -> None:
    """Settle what was disputed, with a ruling, by two officials."""
    found = contest.disputes.filter(pk=dispute, settled=None).first()
    ruling = _words(ruling, "ruling", MAX_SAYS)
    if found is None:
        raise RefusedError(_("there is no such open dispute"))
    if not ruling:
        raise RefusedError(_("a dispute is settled by a ruling"), field="ruling")
    found.settled, found.ruling = entry.at, ruling
    found.save(update_fields=["settled", "ruling"])


@act(
    OFFICER,
    two=True,
    says=lambda contest, reason: (
        _("abandon the contest “%(title)s”, because: %(reason)s") % {"title": contest.title, "reason": plain(reason)}
    ),
)
def abandon_contest(entry: Entry, contest: Contest, *, reason: str) -> None:
    """Abandon a contest, with a reason, by two officials; what was done so far stays."""
    if contest.status in (Contest.Status.DECLARED, Contest.Status.CLOSED, Contest.Status.ABANDONED):
        raise RefusedError(_("this contest is over"))
    if not plain(reason):
        raise RefusedError(_("say why"), field="reason")
    contest.status = Contest.Status.ABANDONED
    contest.save(update_fields=["status"])
    opening.close_boxes(box for stage in contest.rulebook.stage for box in laid.boxes_of(contest, stage.id))


@act(OFFICER)
def clone_contest(entry: Entry, contest: Contest, *, title: str) -> Contest:
    """A new contest in preparation with the rules and bodies of this one, and no dates."""
    may_make(entry)
    title = _title(title)
    occasion = occasions.proposed(contest.office, contest.rulebook, timezone.localdate(now()))
    made = Contest.objects.create(
        slug=_address(title),
        title=title,
        about=contest.about,
        office=contest.office,
        unit=contest.unit,
        occasion=occasion,
        holder=_incumbent(contest.office, occasion),
        rulebook_id=contest.rulebook_id,
        rulebook_text=contest.rulebook_text,
        parameters=contest.parameters,
        board=contest.board,
        nominators=contest.nominators,
        cloned_from=contest,
        against=contest.slug,
    )
    for link in contest.bodies.all():
        ContestBody.objects.create(contest=made, key=link.key, body=link.body, on=timezone.localdate(now()))
    entry.details["made"] = made.slug
    details = {"title": title, "cloned_from": contest.slug, "rulebook_hash": sha256(made.rulebook_text.encode())}
    write(log_of(made), "create_contest", Entry(entry.by, entry.role, None, "", entry.at, details))
    return made
