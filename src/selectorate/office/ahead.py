"""Sheets drawn ahead: the pictures of a declaration are made beside the pages, as soon as it is there.

Nothing depends on it: where no worker runs, the first reader waits the second that it takes (``published``).
"""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models.signals import post_save
from django_tasks import task

from . import published
from .models import Contest, Declaration


@task()
def draw(contest: int) -> None:
    """Make and keep the sheets of a contest that is declared."""
    found = Contest.objects.select_related("declaration").filter(pk=contest, declaration__isnull=False).first()
    if found is not None:
        published.declaration_of(found)
        published.mandate_of(found)


def when_declared(sender: type[Declaration], instance: Declaration, created: bool, **given: Any) -> None:
    """Have the sheets of a new declaration drawn, once it is safe in the database."""
    if created:
        transaction.on_commit(lambda: draw.enqueue(instance.contest_id))


def watch() -> None:
    """Watch for declarations."""
    post_save.connect(when_declared, sender=Declaration, dispatch_uid="drawn-ahead")
