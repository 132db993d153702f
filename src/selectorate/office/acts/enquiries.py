"""Appeals about the roll: made by anybody, ruled on by the registrar; letters that go by post."""

from __future__ import annotations

from typing import Any

from django.core.mail import EmailMessage
from django.db import transaction
from django.utils.translation import gettext as _

from ...errors import RefusedError
from ..models import Contest, Role, RollAppeal, RollEnquiry
from ..moment import now
from ..rolls import asking
from ..slugs import plain
from .core import Entry, act, log_of, write

REGISTRAR = Role.REGISTRAR
PUBLIC = "public"
"""The role under which anybody appeals: entered in the log, so that no appeal can be lost unnoticed."""
LONGEST = 4_000


def appeal(contest: Contest, *, name: str, email: str, text: str, number: str = "", **given: Any) -> RollAppeal:
    """Appeal, as anybody: somebody who is not on the roll has most reason to. Raises RefusedError at the field.

    ``given``: family, born, postcode, by which the entry is found that is meant.
    """
    text = text.strip()
    for field, value in (("name", plain(name)), ("email", email.strip()), ("text", text)):
        if not value:
            raise RefusedError(_("this is needed"), field=field)
    if len(text) > LONGEST:
        raise RefusedError(_("%(number)s characters at most") % {"number": LONGEST}, field="text")
    kept = {key: str(value) for key, value in given.items() if value}
    with transaction.atomic():
        made = RollAppeal.objects.create(
            contest=contest,
            at=now(),
            name=plain(name),
            email=email.strip(),
            number=plain(number, longest=60),
            text=text,
            given={"number": number, "email": email, **kept},
        )
        write(log_of(contest), "appeal", Entry(None, PUBLIC, None, "", made.at, {"appeal": made.pk}))
    # Beside the page: how long it takes to find somebody tells whether they are on the roll.
    asking.find_appellant.enqueue(made.pk)
    return made


def address_of(found: RollAppeal) -> str:
    """Where the ruling goes: to the address on the roll where they are on it, else to the one that they gave."""
    if found.person:
        rows = asking.rows_of(found.contest, found.person).rows
        mails = [row["email"] for row in rows.to_dicts() if row["person"] == found.person and row["email"]]
        if mails:
            return str(mails[0])
    return found.email


@act(REGISTRAR, silent=True)
def rule_on_appeal(entry: Entry, contest: Contest, *, appeal: int, upheld: bool, ruling: str) -> None:
    """Rule on an appeal, with the reason; it is answered by mail. What follows for the roll is an act of its own."""
    found = contest.appeals.select_for_update().filter(pk=appeal, status=RollAppeal.Status.OPEN).first()
    if found is None:
        raise RefusedError(_("there is no such open appeal"))
    if not ruling.strip():
        raise RefusedError(_("a ruling has a reason"), field="ruling")
    found.status = RollAppeal.Status.UPHELD if upheld else RollAppeal.Status.REFUSED
    found.ruling, found.ruled = ruling.strip()[:2_000], entry.at
    found.save(update_fields=["status", "ruling", "ruled"])
    word = _("Your appeal is upheld.") if upheld else _("Your appeal is refused.")
    subject = _("Your appeal about the roll: %(contest)s") % {"contest": contest.title}
    body = f"{word}\n\n{found.ruling}\n"
    # Kept with the ruling, the outbox being the database: a letter about nothing would be worse than none.
    EmailMessage(subject, body, to=[address_of(found)]).send()
    entry.details = {"appeal": found.pk, "upheld": upheld, "ruling": found.ruling}


@act(REGISTRAR)
def mark_posted(entry: Entry, contest: Contest, *, enquiry: int) -> None:
    """Say that the letter to somebody without a mail address was posted."""
    found = contest.enquiries.filter(pk=enquiry, status=RollEnquiry.Status.BY_POST).first()
    if found is None:
        raise RefusedError(_("there is no such letter"))
    found.status, found.answered = RollEnquiry.Status.POSTED, entry.at
    found.save(update_fields=["status", "answered"])
