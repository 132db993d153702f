"""Sealed boxes in the database: what is acknowledged is in them once, and the archive is one that everybody accepts."""

from __future__ import annotations

import json
from base64 import b64decode
from datetime import timedelta

import pytest
from django.db import connection, transaction
from nacl.signing import VerifyKey
from tests.site import boxed, rolled
from tests.site.world import World, at

from selectorate.box.v1.ballots import tracker
from selectorate.box.v1.box import Box
from selectorate.box.v1.reading import read_box
from selectorate.errors import RefusedError
from selectorate.office import moment
from selectorate.office.boxes import casting, receipts, store
from selectorate.office.boxes.casting import CastRefusedError
from selectorate.office.models import BoxEvent, PaperVote, Restoration

ONE_CLOCK = casting.clock
"""By which boxes close, outside of tests that travel in time."""


@pytest.fixture
def made(office: World, transactional_db: None) -> boxed.Boxed:
    with at("2016-07-01T10:00"):
        return boxed.box_of(rolled.contest(office))


def test_what_is_cast_is_in_the_archive(made: boxed.Boxed) -> None:
    sent = [made.ballot(0, [[1, 2, 3]]), made.ballot(1, [[0, 0, 0]]), made.ballot(0, [[2, 1, 0]])]
    given = [casting.cast(made.box, raw, who=made.who(number)) for raw, number in zip(sent, (0, 1, 0), strict=True)]
    assert [one["tracker"] for one in given] == [tracker(raw) for raw in sent]
    assert [one["height"] for one in given] == [1, 2, 3]
    made.box.refresh_from_db()
    assert (made.box.ballots, made.box.voted, made.box.head) == (3, 2, given[-1]["event"])
    reading = read_box(store.archive(made.box))
    assert reading.faults == [] and reading.phase == "voting"
    assert Box(reading.path).height_of(given[1]["tracker"]) == 2


def test_the_archive_only_grows(made: boxed.Boxed) -> None:
    casting.cast(made.box, made.ballot(0, [[1, 2, 3]]), who=made.who(0))
    before = store.archive(made.box).read_bytes()
    casting.cast(made.box, made.ballot(1, [[1, 2, 3]]), who=made.who(1))
    after = store.archive(made.box).read_bytes()
    assert after.startswith(before) and len(after) > len(before)
    assert store.archive(made.box).read_bytes() == after
    store.archive(made.box).write_bytes(after + b"torn")
    assert store.archive(made.box).read_bytes() == after


def test_an_archive_that_knows_more_than_the_database_is_told(made: boxed.Boxed) -> None:
    casting.cast(made.box, made.ballot(0, [[1, 2, 3]]), who=made.who(0))
    store.archive(made.box)
    BoxEvent.objects.filter(box=made.box, height=1).delete()
    with pytest.raises(RefusedError, match="older copy"):
        store.archive(made.box)


def test_the_same_ballot_again_gets_the_same_receipt(made: boxed.Boxed) -> None:
    raw = made.ballot(0, [[1, 2, 3]])
    first = casting.cast(made.box, raw, who=made.who(0))
    assert casting.cast(made.box, raw, who=made.who(0)) == first
    assert made.box.events.count() == 2


def test_a_receipt_is_signed(made: boxed.Boxed) -> None:
    receipt = casting.cast(made.box, made.ballot(0, [[1, 2, 3]]), who=made.who(0))
    key = VerifyKey(bytes.fromhex(receipts.public_key(made.box.vote)))
    key.verify(receipts.signed_text(receipt), b64decode(receipt["signature"]))
    assert json.loads(receipts.signed_text(receipt))["box"] == made.box.uuid


@pytest.mark.parametrize("code", ["credential", "voted", "closed", "early", "paper", "restored", "invalid"])
def test_what_is_not_taken(made: boxed.Boxed, code: str) -> None:
    raw, who = made.ballot(0, [[1, 2, 3]]), made.who(0)
    if code == "credential":
        who = made.who(1)
    elif code == "voted":
        casting.cast(made.box, made.ballot(0, [[2, 1, 3]]), who=who)
        made.box.revote = False
        made.box.save(update_fields=["revote"])
    elif code == "closed":
        with transaction.atomic():
            store.append(store.locked(made.box.pk), "EndBallots")
    elif code == "early":
        made.box.phase = "empty"
        made.box.save()
        code = "closed"
    elif code == "paper":
        PaperVote.objects.create(box=made.box, who=who, outcome="counts")
    elif code == "restored":
        Restoration.objects.create(why="a test")
    else:
        # The last number of a ballot is its signature's: another one is no signature.
        place = max(place for place, byte in enumerate(raw) if chr(byte).isdigit())
        raw = raw[:place] + (b"1" if raw[place : place + 1] != b"1" else b"2") + raw[place + 1 :]
    before = made.box.events.count()
    with pytest.raises(CastRefusedError) as caught:
        casting.cast(made.box, raw, who=who)
    assert caught.value.code == code
    assert made.box.events.count() == before


def test_a_ballot_at_the_published_instant_is_too_late(made: boxed.Boxed) -> None:
    with at("2016-09-21T12:00"):
        made.box.closes = casting.clock()
        made.box.save()
        with pytest.raises(CastRefusedError, match="too late"):
            casting.cast(made.box, made.ballot(0, [[1, 2, 3]]), who=made.who(0))
    with at("2016-09-21T11:59:59"):
        assert casting.cast(made.box, made.ballot(0, [[1, 2, 3]]), who=made.who(0))["height"] == 1


def test_the_one_clock_is_the_databases_where_machines_may_share_it() -> None:
    with at("2016-09-21T12:00"):
        there = ONE_CLOCK()
        assert (there == moment.now()) is (connection.vendor == "sqlite")
    assert abs(there - moment.now()) < timedelta(minutes=1) or connection.vendor == "sqlite"
