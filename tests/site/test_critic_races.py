"""Two officers at once."""

from __future__ import annotations

import contextlib
import threading
from typing import Any

import pytest
from django.db.models import QuerySet
from tests.site.test_races import at_once
from tests.site.world import World

from selectorate.errors import RefusedError
from selectorate.office.acts import people
from selectorate.office.models import Appointment

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _database(transactional_db: None) -> None:
    """A database in which what one connection commits is seen by another."""


def test_two_officers_who_end_each_others_role_leave_one(office: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each sees the other before either is gone: the office would be without a returning officer, and nobody in it."""
    of_alice, of_bob = (Appointment.objects.get(user=user) for user in (office.alice, office.bob))
    both_have_looked, exists = threading.Barrier(2, timeout=1.5), QuerySet.exists

    def slowly(found: QuerySet[Any]) -> bool:
        answer = exists(found)
        if found.model is Appointment:
            with contextlib.suppress(threading.BrokenBarrierError):  # the other waits for a lock
                both_have_looked.wait()
        return answer

    monkeypatch.setattr(QuerySet, "exists", slowly)
    came = at_once(
        lambda: people.end_appointment(office.alice, None, appointment=of_bob.pk),
        lambda: people.end_appointment(office.bob, None, appointment=of_alice.pk),
    )
    assert Appointment.objects.filter(role="returning-officer", contest=None, ended=None).count() == 1
    assert sorted(type(one).__name__ for one in came) == ["NoneType", RefusedError.__name__]
