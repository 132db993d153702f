"""Mail to one person: kept with what it tells of, and never with anything in it that is not for a mailbox."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse


def tell(email: str, subject: str, text: str, route: str = "", **names: str) -> None:
    """Send ``text`` to somebody, with the address of a page under it.

    Inside the transaction of the act that it tells of: the outbox is the database, so that both are kept, or neither.
    """
    page = f"\n\n{settings.ADDRESS.rstrip('/')}{reverse(route, kwargs=names)}" if route else ""
    send_mail(" ".join(subject.split())[:200], f"{text}{page}\n", None, [email], fail_silently=False)
