"""What a closed roll is held against: the figure that was announced, and who lies between the two."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from ...errors import RefusedError
from ..models import Announcement, Contest, ReconciliationLine, Role
from ..slugs import plain
from .core import Entry, act

REGISTRAR, OFFICER = Role.REGISTRAR, Role.RETURNING_OFFICER
MAX_PERSONS = 10**9


@act(REGISTRAR, OFFICER)
def announce_figure(entry: Entry, contest: Contest, *, number: int, source: str, on: str) -> Announcement:
    """Enter how many were announced, by whom and when."""
    if not isinstance(number, int) or not 0 <= number <= MAX_PERSONS:
        raise RefusedError(_("a number of persons is a whole number"), field="number")
    if not plain(source):
        raise RefusedError(_("say where it was announced"), field="source")
    try:
        day = date.fromisoformat(on)
    except ValueError:
        raise RefusedError(_("this is no day: 2016-01-12"), field="on") from None
    return Announcement.objects.create(
        contest=contest, number=number, source=plain(source, longest=300), on=day, by=entry.by, at=entry.at
    )


@act(REGISTRAR, OFFICER)
def account_for(
    entry: Entry, contest: Contest, *, side: str, reason: str, number: int, source: str
) -> ReconciliationLine:
    """Account for persons between the figure announced and the roll, with where that can be seen."""
    if side not in ReconciliationLine.Side.values:
        raise RefusedError(_("there is no such side of the sum"), field="side")
    if not isinstance(number, int) or not 0 < number <= MAX_PERSONS:
        raise RefusedError(_("a number of persons is a whole number"), field="number")
    for name, text in (("reason", reason), ("source", source)):
        if not plain(text):
            raise RefusedError(_("say why, and where it can be seen"), field=name)
    return ReconciliationLine.objects.create(
        contest=contest,
        side=side,
        reason=plain(reason),
        number=number,
        source=plain(source, longest=300),
        by=entry.by,
        at=entry.at,
    )


@act(REGISTRAR, OFFICER)
def withdraw_account(entry: Entry, contest: Contest, *, line: int) -> None:
    """Take back a line of the reconciliation."""
    found = contest.reconciliation_lines.filter(pk=line, withdrawn=None).first()
    if found is None:
        raise RefusedError(_("there is no such line"))
    found.withdrawn = entry.at
    found.save(update_fields=["withdrawn"])
    entry.details |= {"side": found.side, "reason": found.reason, "number": found.number}
