"""Mail: kept in the database with what caused it, and sent from there.

A page never waits for a server of mail, and none is lost when that server is away: ``deliver`` (called by the clock of
``selectorate serve``) tries again, more and more rarely, for a day. Without a server every message stays, and the
outbox page shows it.
"""

from __future__ import annotations

import contextlib
import logging
import smtplib
from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from .models import Mail

log = logging.getLogger(__name__)

SMTP = "django.core.mail.backends.smtp.EmailBackend"
WAITS = (10, 30, 120, 600, 1800, 3600, 7200, 14400, 28800, 28800)
"""Seconds after the first, second ... failure; after the last of them a message is given up: about a day."""


class OutboxBackend(BaseEmailBackend):
    """Keeps every message as a ``Mail``."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Keep the messages; how many they were."""
        now = timezone.now() if settings.MAIL_SERVER else None
        kept = [
            Mail(to=", ".join(message.to), subject=message.subject, body=str(message.body), next=now)
            for message in email_messages
        ]
        Mail.objects.bulk_create(kept)
        return len(kept)


def deliver(most: int = 100) -> int:
    """Send what waits, at most so many; how many a server took."""
    if not settings.MAIL_SERVER:
        return 0
    due = Q(sent=None, next__lte=timezone.now())
    waiting = list(Mail.objects.filter(due).order_by("next").values_list("pk", flat=True)[:most])
    if not waiting:
        return 0
    Mail.objects.filter(due, pk__in=waiting, to="").delete()
    connection, sent = get_connection(SMTP), 0
    try:
        for key in waiting:
            sent += _deliver(key, connection)
    finally:
        _close(connection)
    return sent


def _deliver(key: int, connection: BaseEmailBackend) -> bool:
    """Send one message, which no other process takes meanwhile; whether a server took it."""
    with transaction.atomic():
        mail = Mail.objects.select_for_update(skip_locked=_skips()).filter(pk=key, sent=None).first()
        if mail is None:
            return False
        mail.tries += 1
        try:
            connection.send_messages(
                [EmailMessage(mail.subject, mail.body, to=mail.to.split(", "), connection=connection)]
            )
        except (smtplib.SMTPException, OSError, ValueError) as fault:
            _close(connection)
            # The kind of fault only: a server's own words can quote the address.
            mail.fault = type(fault).__name__
            # A ValueError is Django's: no mail can have that address (from a roll, say). It must not stop the others.
            refused = isinstance(fault, ValueError) or (
                isinstance(fault, smtplib.SMTPRecipientsRefused) and _for_good(fault)
            )
            mail.next = None if refused or mail.tries > len(WAITS) else timezone.now() + _wait(mail.tries)
            log.warning("mail %s was not taken (%s), try %s", mail.pk, mail.fault, mail.tries)
            mail.save()
            return False
        mail.sent, mail.next, mail.fault = timezone.now(), None, ""
        mail.to = mail.subject = mail.body = ""
        mail.save()
        return True


def _wait(tries: int) -> timedelta:
    return timedelta(seconds=WAITS[tries - 1])


def _for_good(fault: smtplib.SMTPRecipientsRefused) -> bool:
    return all(code >= 500 for code, _said in fault.recipients.values())


def _skips() -> bool:
    from django.db import connection

    return connection.features.has_select_for_update_skip_locked


def _close(connection: BaseEmailBackend) -> None:
    with contextlib.suppress(smtplib.SMTPException, OSError):
        connection.close()
