"""Trustees who have lost their keys: with one of three there is a result, with two a stop."""

from __future__ import annotations

import html
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from tests.site.stages import Browser, both
from tests.site.test_sealed_contest import CLOSES, DURING, POOLED, _site, declared, tick, voted
from tests.site.voted import Vote
from tests.site.world import World, at

from selectorate.box.v1.reading import read_box
from selectorate.errors import RefusedError
from selectorate.office.acts import confirm, contests, keys, verify_log
from selectorate.office.boxes import counting, lost, store
from selectorate.office.models import KeysLost, Log, Proposal

SITE = _site
"""The settings of those tests, which hold here too."""
LATER = "2016-09-22T12:00"


@pytest.fixture
def shuffled(office: World) -> Vote:
    """A contest whose one box waits for decryptions."""
    made = voted(office, sections=POOLED, each=2)
    tick("2016-08-22T08:00")
    with at(DURING):
        for voter in ("roll:m0", "roll:a0", "roll:r0"):
            made.cast(made.box(), voter, [1, 2, 0])
    tick(CLOSES)
    with at(LATER):
        counting.advance()
        for number in (1, 2, 3):
            made.shuffle(made.box(), number)
    return made


def page(made: Vote) -> str:
    """The page of the contest as everybody sees it now."""
    cache.clear()
    return html.unescape(Client().get(f"/contests/{made.contest.slug}/").content.decode())


def stated(office: World, made: Vote, *trustees: int) -> Any:
    return both(
        office, keys.state_keys_lost(office.alice, made.contest, trustees=list(trustees), reason="Both houses burnt.")
    )


def test_one_key_of_three_lost_is_a_result(office: World, shuffled: Vote) -> None:
    with at(LATER):
        with pytest.raises(RefusedError, match="the others can open every box: 2 of 3 are enough"):
            stated(office, shuffled, 2)
        shuffled.decrypt(shuffled.box(), 1)
        shuffled.decrypt(shuffled.box(), 3)
        assert declared(office, shuffled)["elected"] == ["ash"]
        with pytest.raises(RefusedError, match="not under way"):
            stated(office, shuffled, 1, 2)


def test_two_keys_lost_are_a_stop_that_is_stated_and_revoked(office: World, shuffled: Vote) -> None:
    contest = shuffled.contest
    with at(LATER):
        assert "Keys of the boxes" not in page(shuffled)
        shuffled.decrypt(shuffled.box(), 1)
        before = store.archive(shuffled.box()).read_bytes()
        proposed = keys.state_keys_lost(office.alice, contest, trustees=[3, 2], reason="Both houses burnt.")
        assert lost.stated(contest) is None and "Keys of the boxes" not in page(shuffled)
        assert "Bert Trustee, Cleo Trustee are lost. Both houses burnt." in proposed.says
        with pytest.raises(RefusedError, match="second official"):
            confirm(office.alice, proposed)
        both(office, proposed)
        said = page(shuffled)
        for words in (
            "The boxes cannot be opened: the keys of Bert Trustee (2), Cleo Trustee (3) are lost.",
            "Both houses burnt.",
            "1 of them still have theirs",
            "No ballot is lost",
            "No result can come of these ballots",
            "The rulebook has no rule for this",
            "there will be no result of them",
        ):
            assert words in said, words
        assert store.archive(shuffled.box()).read_bytes() == before
        assert read_box(store.archive(shuffled.box())).faults == []
        assert counting.advance() == 0 and shuffled.box().phase == "decrypting"
        with pytest.raises(RefusedError, match="it is stated that your key is lost"):
            shuffled.decrypt(shuffled.box(), 3)
        with pytest.raises(RefusedError, match="stated already"):
            stated(office, shuffled, 2, 3)
        with pytest.raises(RefusedError):
            declared(office, shuffled)
    with at("2016-09-23T12:00"):
        both(office, keys.state_key_found(office.alice, contest, reason="Cleo's was in a bank."))
        said = page(shuffled)
        assert "this holds no more" in said and "Cleo's was in a bank." in said
        assert "The boxes cannot be opened: the keys" not in said and "there will be no result" not in said
        with pytest.raises(RefusedError, match="not stated"):
            keys.state_key_found(office.alice, contest, reason="again")
        shuffled.decrypt(shuffled.box(), 3)
        assert shuffled.box().phase == "final"
        assert declared(office, shuffled)["elected"] == ["ash"]
    kinds = list(Log.objects.get(name=f"contest:{contest.pk}").acts.values_list("kind", flat=True))
    assert kinds.count("state_keys_lost") == kinds.count("state_key_found") == 1
    assert verify_log(Log.objects.get(name=f"contest:{contest.pk}")) == []


def test_what_is_proposed_rests_on_who_has_decrypted(office: World, shuffled: Vote) -> None:
    with at(LATER):
        proposed = keys.state_keys_lost(office.alice, shuffled.contest, trustees=[2, 3], reason="Burnt.")
        shuffled.decrypt(shuffled.box(), 2)
        with pytest.raises(RefusedError, match="things have changed"):
            both(office, proposed)
        # What one of them has given stays good: with another's it opens the box.
        with pytest.raises(RefusedError, match="the others can open every box"):
            stated(office, shuffled, 2, 3)


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({"trustees": [], "reason": "Burnt."}, "which trustees"),
        ({"trustees": [2, 9], "reason": "Burnt."}, "which trustees"),
        ({"trustees": [2, 3], "reason": " "}, "say why"),
    ],
)
def test_what_is_not_stated_well_is_refused(office: World, shuffled: Vote, given: dict[str, Any], match: str) -> None:
    with at(LATER), pytest.raises(RefusedError, match=match):
        keys.state_keys_lost(office.alice, shuffled.contest, **given)
    assert not KeysLost.objects.exists()


def test_before_a_box_is_open_the_key_is_begun_again(office: World) -> None:
    made = voted(office, sections=POOLED, each=2)
    with at(DURING), pytest.raises(RefusedError, match="no box is open under the key yet"):
        stated(office, made, 1, 2)


def test_an_abandoned_contest_says_so(office: World, shuffled: Vote) -> None:
    with at(LATER):
        stated(office, shuffled, 1, 2)
        both(office, contests.abandon_contest(office.alice, shuffled.contest, reason="no key is found"))
        said = page(shuffled)
        assert "The contest was abandoned." in said and "The boxes cannot be opened" in said


def test_officials_state_it_on_the_desk(office: World, shuffled: Vote) -> None:
    with at(LATER):
        alice = Browser(office, office.alice, shuffled.contest)
        assert "Too many keys are lost" in alice.get("office/boxes/")
        assert "the others can open every box" in alice.post(
            "office/boxes/", do="keys-lost", trustees=["2"], reason="Burnt."
        )
        assert "It is proposed." in alice.post("office/boxes/", do="keys-lost", trustees=["1", "2"], reason="Burnt.")
        both(office, Proposal.objects.get(status="open"))
        desk = alice.get("office/boxes/")
        assert "The boxes cannot be opened" in desk and "Anna Trustee (1), Bert Trustee (2)" in desk
        assert "It is proposed." in alice.post("office/boxes/", do="key-found", reason="Anna's, in a drawer.")
        both(office, Proposal.objects.get(status="open"))
        assert lost.stated(shuffled.contest) is None
        refused = Browser(office, office.scrutineer, shuffled.contest)
        assert "Too many keys are lost" not in refused.get("office/boxes/")
        refused.post("office/boxes/", 403, do="keys-lost", trustees=["1", "2"], reason="mine")
