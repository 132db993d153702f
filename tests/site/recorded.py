"""A contest of three segments whose ballot was held in sealed boxes, up to its declaration: for what is made of it."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit
from django.db import transaction
from tests.site import public_world
from tests.site.boxed import Boxed
from tests.site.world import World, at

from selectorate.box.ed25519 import ED25519
from selectorate.box.v1 import acts as steps
from selectorate.box.v1.ballots import make_ballot
from selectorate.box.v1.credentials import PublicCredential, credential_text, generate, public, token
from selectorate.box.v1.elections import RankingQuestion, election_text
from selectorate.box.v1.keys import make_key
from selectorate.box.v1.reading import read_box
from selectorate.box.v1.trustees import Single, trustees_text
from selectorate.contest import declare, load_file, to_json
from selectorate.contest.record import declaration_hash
from selectorate.office.acts import fixing
from selectorate.office.acts.core import CLOCK, Entry, log_of, write
from selectorate.office.boxes import store, voters
from selectorate.office.documents import contest_data
from selectorate.office.models import BoxVoter, ClosedRoll, Contest, Declaration, OnlineVote, SealedBox
from selectorate.office.moment import now

NAMES = ("Jeremy Corbyn", "Owen Smith")
BALLOTS = 12


@dataclass
class Recorded:
    """A contest, its boxes by segment, and the trustee's private key."""

    contest: Contest
    boxes: dict[str, Boxed]
    private: int
    public: str


def act(contest: Contest, kind: str, details: dict[str, Any]) -> None:
    """Enter an act as the office does, and what it fixed."""
    entry = Entry(None, CLOCK, None, "", now(), details)
    fixing.say(write(log_of(contest), kind, entry), contest, entry)


def voted(office: World, monkeypatch: Any) -> Recorded:
    """The ballot is open, and some of each segment have voted."""
    monkeypatch.setattr(fixing, "those_online", lambda contests: frozenset(one.pk for one in contests))
    contest = public_world.played(office, "balloting")
    private, key = make_key(ED25519)
    vote = OnlineVote.objects.create(contest=contest, uuid=token())
    closed = ClosedRoll.of(contest)
    assert closed is not None
    boxes = {}
    with at("2016-08-22T09:00"), transaction.atomic():
        for segment, number in closed.counts["ballot"]["by_segment"].items():
            boxes[segment] = _opened(vote, segment, number, private.exponent, key)
        act(contest, "open_boxes", {"boxes": [one.box.uuid for one in boxes.values()]})
    made = Recorded(contest, boxes, private.exponent, key["public_key"])
    for number in range(BALLOTS):
        cast(made, number)
    return made


def cast(made: Recorded, number: int) -> None:
    """Let voter ``number`` of each segment vote."""
    for one in made.boxes.values():
        if number < len(one.credentials):
            append(one, number, [1, 2] if number % 3 else [2, 1])


def append(one: Boxed, number: int, answer: list[int]) -> None:
    """Put a ballot into a box."""
    from selectorate.office.boxes import casting

    with at("2016-08-22T10:00"):
        box = SealedBox.objects.get(pk=one.box.pk)
        raw = make_ballot(store.election_of(box), one.credentials[number], [answer])
        if transaction.get_connection().in_atomic_block:  # inside a test's transaction nothing is durable
            from selectorate.box.v1.ballots import read_ballot, tracker

            here = store.locked(box.pk)
            read = read_ballot(raw, store.election_of(box))
            store.append(here, "Ballot", payload=raw, tracker=tracker(raw), credential=read.credential)
            here.ballots, here.voted = here.ballots + 1, here.voted + 1
            here.save(update_fields=["ballots", "voted"])
        else:
            casting.cast(box, raw, who=one.who(number))


def _opened(vote: OnlineVote, segment: str, number: int, private: int, key: Any) -> Boxed:
    box = SealedBox.objects.create(
        vote=vote, stage="ballot", section=segment, members=[segment], uuid=token(), voters=number
    )
    credentials = [generate() for _ in range(number)]
    keys = [public(ED25519, box.uuid, one) for one in credentials]
    made = Boxed(box, private, key["public_key"], credentials)
    BoxVoter.objects.bulk_create(
        [BoxVoter(box=box, who=voters.who(vote, f"roll:{place}"), credential=one) for place, one in enumerate(keys)]
    )
    store.open_with(
        store.locked(box.pk),
        election=election_text(
            uuid=box.uuid,
            name=f"Leader: {segment}",
            description="",
            group=ED25519,
            public_key=key["public_key"],
            questions=[RankingQuestion("Who?", NAMES)],
        ),
        trustees=trustees_text([Single(key)]),
        credentials=credential_text(ED25519, [PublicCredential(one) for one in keys]),
        timestamp=1_471_852_800,
    )
    box.refresh_from_db()
    return made


def opened(made: Recorded) -> None:
    """Close every box, shuffle, decrypt, publish the result."""
    for one in made.boxes.values():
        box = SealedBox.objects.get(pk=one.box.pk)
        with transaction.atomic():
            here = store.locked(box.pk)
            store.append(here, "EndBallots")
            content, payload = steps.encrypted_tally(read_box(store.archive(here)))
            store.append(here, "EncryptedTally", data=[content], payload=payload)
            store.append_owned(here, "Shuffle", 1, steps.shuffle(read_box(store.archive(here))))
            store.append(here, "EndShuffles")
            share = steps.partial_decryption(read_box(store.archive(here)), made.private, made.public)
            store.append_owned(here, "PartialDecryption", 1, share)
            _opened_tally, raw = steps.opened(read_box(store.archive(here)))
            store.append(here, "Result", payload=raw)


def declared(made: Recorded, monkeypatch: Any) -> Contest:
    """Declare what the boxes hold."""
    from selectorate.office import published

    contest, boxes = made.contest, made.boxes
    closed = ClosedRoll.of(contest)
    assert closed is not None
    data = contest_data(contest)
    entitled = closed.counts["ballot"]["by_segment"]
    data["ballot"] = [
        {
            "stage": "ballot",
            "ballots": {segment: f"{one.box.uuid}.bel" for segment, one in boxes.items()},
            "roll": {segment: {"entitled": entitled[segment]} for segment in boxes},
        }
    ]
    from selectorate.office.documents import _plain

    text = tomlkit.dumps(_plain(data))
    folder = Path(tempfile.mkdtemp(prefix="declared-"))
    (folder / "contest.toml").write_text(text, encoding="utf-8")
    (folder / "rulebook.toml").write_text(contest.rulebook_text, encoding="utf-8")
    for one in boxes.values():
        (folder / f"{one.box.uuid}.bel").write_bytes(store.archive(SealedBox.objects.get(pk=one.box.pk)).read_bytes())
    case = load_file(folder / "contest.toml")
    monkeypatch.setattr(published, "declared_case", lambda contest: case)
    digest = declaration_hash(text.encode(), contest.rulebook_text.encode())
    with at("2016-09-24T11:45"):
        contest.status, contest.declared = Contest.Status.DECLARED, now()
        contest.save(update_fields=["status", "declared"])
        Declaration.objects.create(
            contest=contest, at=now(), contest_text=text, data=to_json(declare(case)), hash=digest
        )
        act(contest, "declare_result", {"hash": digest})
    return Contest.objects.get(pk=contest.pk)
