"""Where mail goes while no server for it is set: into the database, shown on the outbox page of a demonstration."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class OutboxBackend(BaseEmailBackend):
    """Keeps every message as a ``Mail``."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Keep the messages; how many they were."""
        from .models import Mail

        kept = [
            Mail(to=", ".join(message.to), subject=message.subject, body=str(message.body))
            for message in email_messages
        ]
        Mail.objects.bulk_create(kept)
        return len(kept)
