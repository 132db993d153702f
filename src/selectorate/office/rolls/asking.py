"""Somebody asks which entry they have.

Whoever asks is shown the same page, and the same is done for them while they wait: what they gave is kept and looked up
later, beside the pages. What is found goes to the address on the roll and nowhere else.
"""

from __future__ import annotations

import datetime as dt
import logging
from datetime import timedelta
from typing import Any

from django.core.mail import EmailMessage
from django.db.models import Q
from django.utils.translation import gettext as _
from django_tasks import task

from ... import roll
from ...errors import SelectorateError
from ...roll import Roll
from ..models import ClosedRoll, Contest, Entitlement, RollAppeal, RollEnquiry, RollEntry
from ..moment import now
from . import closing, store

log = logging.getLogger(__name__)
MAX_LETTERS = 3
"""Letters to one person in a day: nobody's mailbox is filled by somebody else's questions."""
_SOME = 20


def enquire(contest: Contest, given: dict[str, Any]) -> None:
    """Keep a question, to be looked up beside the pages. Nothing here depends on who is on the roll."""
    kept = {name: str(value) for name, value in given.items() if value}
    asked = RollEnquiry.objects.create(contest=contest, given=kept)
    answer.enqueue(asked.pk)


@task()
def answer(enquiry: int) -> None:
    """Look up a question, and send the entry to the address that stands there; what was given is wiped."""
    asked = RollEnquiry.objects.filter(pk=enquiry, status=RollEnquiry.Status.WAITING).select_related("contest").first()
    if asked is None:
        return
    asked.status = RollEnquiry.Status.NOTHING
    try:
        asked.status, asked.person = _answered(asked)
    except SelectorateError:
        log.exception("an enquiry could not be looked up")
    finally:
        asked.given, asked.answered = {}, now()
        asked.save()


@task()
def find_appellant(appeal: int) -> None:
    """Look up which entry an appeal is about; what was given for it is wiped."""
    made = RollAppeal.objects.filter(pk=appeal).select_related("contest").first()
    if made is None or not made.given:
        return
    try:
        found = entry_for(made.contest, made.given)
        made.person = (found.person or "") if found else ""
    except SelectorateError:
        log.exception("the entry that an appeal is about could not be looked up")
    finally:
        made.given = {}
        made.save(update_fields=["person", "given"])


def _answered(asked: RollEnquiry) -> tuple[str, str]:
    found = entry_for(asked.contest, asked.given)
    if found is None or found.person is None:
        return RollEnquiry.Status.NOTHING, ""
    lately = RollEnquiry.objects.filter(contest=asked.contest, person=found.person, at__gt=now() - timedelta(days=1))
    if lately.count() >= MAX_LETTERS:
        return RollEnquiry.Status.TOO_MANY, found.person
    if found.to is None or "@" not in found.to:
        return RollEnquiry.Status.BY_POST, found.person
    subject = _("Your entry on the roll: %(contest)s") % {"contest": asked.contest.title}
    EmailMessage(subject, letter(asked.contest, found.person), to=[found.to]).send()
    return RollEnquiry.Status.MAILED, found.person


def entry_for(contest: Contest, given: dict[str, Any]) -> roll.Answer | None:
    """The entry of who knows number, family name, and date of birth, postcode or mail address of it, all right."""
    number = given.get("number", "").strip()
    rows = rows_of(contest, number)
    if not number or not len(rows):
        return None
    day = given.get("born")
    if day or given.get("postcode"):
        found = roll.ask(
            rows,
            None,
            number=number,
            family=given.get("family", ""),
            born=dt.date.fromisoformat(day) if day else None,
            postcode=given.get("postcode"),
        )
        return found if found.person else None
    return _by_mail(rows, number, given)


def _by_mail(rows: Roll, number: str, given: dict[str, Any]) -> roll.Answer | None:
    mail, family = given.get("email", "").strip().casefold(), store.folded(given.get("family", ""))
    fits = {
        row["person"]
        for row in rows.rows.iter_rows(named=True)
        if mail
        and family
        and (row["email"] or "").strip().casefold() == mail
        and number in (row["number"], row["person"])
        and store.folded(row["family"] or row["name"].split(" ")[-1]) == family
    }
    return roll.entry(rows, None, fits.pop()) if len(fits) == 1 else None


def rows_of(contest: Contest, number: str) -> Roll:
    """The rows of whoever has that number: on the roll of the contest once it is closed, else on the organisation's."""
    here = RollEntry.objects.filter(Q(number=number) | Q(person=number)).values_list("person", flat=True)[:_SOME]
    persons = {*here, number}
    closed = ClosedRoll.of(contest)
    return closing.of_persons(closed, sorted(persons)) if closed else store.load_persons(sorted(persons))


def letter(contest: Contest, person: str) -> str:
    """What somebody is told of themselves: their entry, and whether they may vote."""
    closed = ClosedRoll.of(contest)
    rows = closing.of_persons(closed, [person]) if closed else store.load_persons([person])
    told = roll.entry(rows, None, person).letter or ""
    return f"{contest.title}\n\n{told}\n{verdict(contest, closed, person)}\n"


def verdict(contest: Contest, closed: ClosedRoll | None, person: str) -> str:
    """Whether somebody may vote, at every ballot, in sentences."""
    if closed is None:
        return _("Who may vote is decided when the roll is closed.")
    lines = []
    book = contest.rulebook
    for stage in closing.stages(contest):
        rows = list(Entitlement.objects.filter(closed=closed, stage=stage.id, person=person, ended=None))
        name = stage.name or _("the ballot")
        votes = [book.segments[row.segment].name for row in rows if row.segment]
        if votes:
            lines.append(_("%(stage)s: you may vote, in %(segments)s.") % {"stage": name, "segments": ", ".join(votes)})
        also = sorted({one for row in rows for one in row.also.split(", ") if one})
        if also:
            names = ", ".join(book.segments[one].name for one in also)
            lines.append(_("You belong to %(segments)s too; under the rules you vote once.") % {"segments": names})
        if not votes:
            why = [reason for row in rows for reason in closing.reasons_of(row)] or [
                _("you are not on the closed roll")
            ]
            lines.append(_("%(stage)s: you may not vote: %(why)s.") % {"stage": name, "why": "; ".join(why)})
    return "\n".join(lines)
