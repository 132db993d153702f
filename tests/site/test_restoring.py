"""A database that was put back: found out, and nothing is cast until two officers have reconciled it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from tests.site import boxed, rolled
from tests.site.test_copies import emptied
from tests.site.world import World, at

from selectorate.errors import RefusedError
from selectorate.office import copies
from selectorate.office.acts import confirm, restoring
from selectorate.office.boxes import casting, store, voters, witness
from selectorate.office.boxes.casting import CastRefusedError
from selectorate.office.models import Act, BoxAlpha, Contest, Mail, Proposal, Restoration


@pytest.fixture
def made(office: World, transactional_db: None, tmp_path: Path, settings: Any) -> boxed.Boxed:
    settings.MEDIA_ROOT = tmp_path / "media"
    with at("2016-07-01T10:00"):
        return boxed.box_of(rolled.contest(office))


def cast(made: boxed.Boxed, number: int) -> dict[str, Any]:
    return casting.cast(made.box, made.ballot(number, [[1, 2, 3]]), who=made.who(number))


def put_back(made: boxed.Boxed, height: int) -> None:
    """The database as it was when the box had ``height``, by hand."""
    made.box.events.filter(height__gt=height).delete()
    BoxAlpha.objects.filter(box=made.box).delete()
    made.box.refresh_from_db()
    made.box.height, made.box.head = height, made.box.events.get(height=height).digest
    made.box.save()


def refused(made: boxed.Boxed, number: int) -> str:
    with pytest.raises(CastRefusedError) as caught:
        cast(made, number)
    return caught.value.code


def test_a_database_put_back_by_hand_is_found_out_and_reconciled(office: World, made: boxed.Boxed) -> None:
    contest = made.box.vote.contest
    kept = [cast(made, number) for number in range(3)]
    store.archive(made.box)
    put_back(made, 1)
    assert refused(made, 3) == "restored"
    assert Restoration.objects.get().found == {made.box.uuid: 3}
    assert refused(made, 4) == "restored" and Restoration.objects.count() == 1
    heads = f"{made.box.uuid} 3 {'0' * 64}\n{made.box.uuid} 1 {kept[0]['event']}\nnothing of ours\n"
    forged = {**kept[1], "height": 9}
    text = heads + json.dumps(kept[0]) + "\n" + json.dumps([kept[1], kept[2]], indent=1) + json.dumps(forged)
    found = restoring.hand_in_proof(office.alice, contest, text=text)
    assert (found.whole, len(found.lost), found.unread, found.said) == (2, 2, 2, {made.box.uuid: 3})
    restoring.reconcile(office.alice, contest)
    assert refused(made, 3) == "restored"
    confirm(office.bob, Proposal.objects.get(kind="reconcile", status="open"))
    done = Restoration.objects.get()
    assert [one["tracker"] for one in done.lost] == [one["tracker"] for one in kept[1:]]
    assert "credential" not in done.lost[0]
    assert cast(made, 1)["height"] == 2
    assert witness.seen(made.box)[0] == 2
    assert store.archive(made.box).exists()
    assert list(store.root().glob("*.before-1.bel"))
    entry = Act.objects.get(kind="reconcile")
    assert entry.details is not None and entry.details["heights"] == {made.box.uuid: 1}


def test_another_machine_forgets_its_own_note_once_it_is_reconciled(office: World, made: boxed.Boxed) -> None:
    for number in range(3):
        cast(made, number)
    store.archive(made.box)
    note, archive = witness.note_of(made.box), store.root() / f"{made.box.uuid}.at"
    kept = {path: path.read_bytes() for path in (note, archive)}
    put_back(made, 1)
    assert refused(made, 3) == "restored"
    Restoration.objects.update(reconciled="2099-01-01T00:00Z")
    for path, content in kept.items():
        path.write_bytes(content)
    assert cast(made, 3)["height"] == 2
    assert store.archive(made.box).exists()


def test_a_copy_of_an_office_with_an_open_box_stops_casting(
    office: World, made: boxed.Boxed, tmp_path: Path, settings: Any
) -> None:
    cast(made, 0)
    file = tmp_path / "copy.zip"
    copies.back_up(file)
    lost = cast(made, 1)
    emptied(tmp_path, settings)
    copies.restore(file)
    assert refused(made, 2) == "restored"
    contest = Contest.objects.get(pk=made.box.vote.contest_id)
    assert restoring.waiting(contest) is not None
    restoring.hand_in_proof(office.alice, contest, text=json.dumps(lost))
    restoring.reconcile(office.alice, contest)
    confirm(office.bob, Proposal.objects.get(kind="reconcile", status="open"))
    assert cast(made, 1)["height"] == 2


def test_a_copy_is_not_put_back_under_another_secret_key(
    office: World, made: boxed.Boxed, tmp_path: Path, settings: Any
) -> None:
    file = tmp_path / "copy.zip"
    copies.back_up(file)
    emptied(tmp_path, settings)
    with another_key(settings), pytest.raises(RefusedError, match="another secret key"):
        copies.restore(file)
    assert not Contest.objects.exists()
    copies.restore(file)


@contextmanager
def another_key(settings: Any) -> Iterator[None]:
    """Another secret key for a while."""
    before, settings.SECRET_KEY = settings.SECRET_KEY, "k" * 50
    yield
    settings.SECRET_KEY = before


def test_what_is_no_proof_is_refused(office: World, made: boxed.Boxed) -> None:
    contest = made.box.vote.contest
    with pytest.raises(RefusedError, match="does not wait"):
        restoring.hand_in_proof(office.alice, contest, text="x")
    restoring.say_restored(office.alice, contest, why="the disk of yesterday")
    with pytest.raises(RefusedError, match="has stopped already"):
        restoring.say_restored(office.alice, contest, why="again")
    for text in ("", "{", "[[[", '{"box": 1}', "\ud800".encode("utf-8", "replace").decode()):
        with pytest.raises(RefusedError, match="no receipt"):
            restoring.hand_in_proof(office.alice, contest, text=text)
    assert refused(made, 0) == "restored"


def test_the_page_stops_takes_in_and_proposes(office: World, made: boxed.Boxed) -> None:
    contest = made.box.vote.contest
    receipt = cast(made, 0)
    address = f"/contests/{contest.slug}/office/restoration/"
    with at("2016-07-02T10:00"):
        alice = office.client(office.alice)
        assert alice.post(address, {"why": "the disk"}).status_code == 302
        assert "No ballot is taken: the disk" in alice.get(address).content.decode()
        assert "put back from a copy" in alice.get(f"/contests/{contest.slug}/office/").content.decode()
        put_back(made, 0)
        assert alice.post(address, {"text": json.dumps(receipt)}).status_code == 302
        assert receipt["tracker"] in alice.get(address).content.decode()
        assert alice.post(address, {"act": "reconcile"}).status_code == 302
        scrutineer = office.client(office.scrutineer)
        assert receipt["tracker"] in scrutineer.get(address).content.decode()
        assert scrutineer.post(address, {"act": "reconcile"}).status_code == 403
        confirm(office.bob, Proposal.objects.get(kind="reconcile", status="open"))
        assert "Nothing waits" in alice.get(address).content.decode()
    assert not mail.outbox


def test_voters_whose_ballots_are_known_to_be_lost_are_told(
    office: World, made: boxed.Boxed, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "selectorate.office.outbox.OutboxBackend"
    contest, lost = made.box.vote.contest, cast(made, 2)
    people = [voters.Voter(f"roll:{number}", "N. N.", f"{number}@example.org", ("total",)) for number in range(5)]
    monkeypatch.setattr(voters, "electorate", lambda contest, stage: iter(people))
    restoring.say_restored(office.alice, contest, why="the disk of yesterday")
    put_back(made, 0)
    restoring.hand_in_proof(office.alice, contest, text=json.dumps(lost))
    restoring.reconcile(office.alice, contest)
    assert not Mail.objects.filter(subject__contains="vote again").exists()
    confirm(office.bob, Proposal.objects.get(kind="reconcile", status="open"))
    told = Mail.objects.get(subject__contains="vote again")
    assert "2@example.org" in told.to and contest.slug in told.body
