"""Mail to one person: sent when what it tells of is kept, and never with anything in it that is not for a mailbox."""

from __future__ import annotations

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.urls import reverse


def tell(email: str, subject: str, text: str, route: str = "", **names: str) -> None:
    """Send ``text`` to somebody, with the address of a page under it, once the act that it tells of is kept."""
    page = f"\n\n{settings.ADDRESS.rstrip('/')}{reverse(route, kwargs=names)}" if route else ""
    one_line = " ".join(subject.split())[:200]
    transaction.on_commit(
        lambda: send_mail(one_line, f"{text}{page}\n", None, [email], fail_silently=False), robust=True
    )
