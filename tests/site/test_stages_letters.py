"""Letters that ask for a motion: nobody but their keeper learns anything of them before there are enough."""

from __future__ import annotations

import re

import pytest
from tests.site.stages import Browser, both, figures, keeper, make, seats
from tests.site.world import World, at

from selectorate.errors import RefusedError
from selectorate.office import urls
from selectorate.office.access import routes
from selectorate.office.acts import contests, motions, nominations, people, taking_office, verify_log
from selectorate.office.acts.figures import close_ballot, declare_result
from selectorate.office.models import Contest, Log, Tenure, User

BODY = 20  # of whom 15% is 3


def setting(office: World, *, title: str = "Vote of confidence", adopt: bool = True) -> Contest:
    """A vote of confidence for which letters can be handed in."""
    holder = people.Person.objects.filter(slug="the-leader").first() or people.person_named("The Leader")
    if not office.leader.tenures.exists():
        Tenure.objects.create(office=office.leader, person=holder, began="2014-01-01", began_how="elected")
    body = people.Body.objects.filter(slug="conservative-mps").first()
    slug = body.slug if body else office.body("Conservative MPs", BODY)
    contest = make(
        office,
        "conservatives-confidence",
        bodies={"mps": slug},
        occasion="challenge",
        holder=holder.slug,
        title=title,
        adopt=False,
    )
    keeper(office, contest) if not User.objects.filter(email="graham@example.org").exists() else both(
        office, motions.appoint_letter_keeper(office.alice, contest, email="graham@example.org", name="Graham Keeper")
    )
    if adopt:
        contests.adopt_contest(office.alice, contest)
    contest.refresh_from_db()
    return contest


ADDRESSES = {"stage": "motion", "number": "1", "candidate": "nobody", "proposal": "1", "contest": ""}


def everything(office: World, contest: Contest, user: User | None) -> dict[str, tuple[int, bytes, tuple]]:
    """What every page of the site answers to somebody: status, text and headers, without what is random in them."""
    client = office.client(user)
    found = {}
    for address, pattern in routes(urls.urlpatterns):
        names = re.findall(r"<(?:\w+:)?(\w+)>", address)
        if "(?P" in address or not set(names) <= set(ADDRESSES):
            continue
        for name in names:
            value = contest.slug if name == "contest" else ADDRESSES[name]
            address = re.sub(rf"<(?:\w+:)?{name}>", value, address)
        if pattern.name in ("account_logout",):
            continue
        response = client.get(f"/{address.replace('^', '').replace('$', '')}")
        body = b"".join(response) if response.streaming else response.content
        body = re.sub(rb'name="csrfmiddlewaretoken" value="\w+"', b"", body)
        body = re.sub(rb"every \d+ms", b"", body)  # readers who wait do not ask all at once
        of_the_body = ("Set-Cookie", "Content-Length", "ETag")
        headers = tuple(sorted((k, v) for k, v in response.headers.items() if k not in of_the_body))
        found[address] = (response.status_code, body, headers)
    return found


def differing(now: list[dict], before: list[dict]) -> list[tuple[int, str]]:
    """Which onlooker sees another answer than before, on which page."""
    return [
        (number, address)
        for number, (here, there) in enumerate(zip(now, before, strict=True))
        for address in here.keys() | there.keys()
        if here.get(address) != there.get(address)
    ]


def test_no_page_tells_anybody_else_that_there_are_letters(office: World, mailoutbox) -> None:
    with at("2018-11-01T10:00"):
        contest = setting(office)
        members = seats(contest, "mps")
        onlookers = [
            None,
            office.alice,
            office.bob,
            office.registrar,
            office.scrutineer,
            office.nobody,
            members[9].user,
        ]
        before = [everything(office, contest, user) for user in onlookers]
        assert len(before[1]) > 20
        log = {one.pk: (one.height, one.head) for one in Log.shown()}
        Browser(office, members[0].user, contest).post("letters/motion/mine/", do="hand-in")
        motions.record_letter(User.objects.get(email="graham@example.org"), contest, stage="motion", seat=members[1].pk)
        assert contest.letters.count() == 2
        assert differing([everything(office, contest, user) for user in onlookers], before) == []
        assert {one.pk: (one.height, one.head) for one in Log.shown()} == log
        Browser(office, members[0].user, contest).post("letters/motion/mine/", do="withdraw")
        assert differing([everything(office, contest, user) for user in onlookers], before) == []
        assert mailoutbox == []


def test_the_comparison_would_see_a_page_that_tells(office: World, monkeypatch) -> None:
    with at("2018-11-01T10:00"):
        contest = setting(office)
        from selectorate.office import preflight

        leak = preflight.Item("letters", True, "")
        monkeypatch.setattr(
            preflight,
            "CHECKS",
            [lambda c, step: leak if c.letters.exists() else None, *preflight.CHECKS],
        )
        before = everything(office, contest, office.alice)
        motions.hand_in_letter(seats(contest, "mps")[0].user, contest, stage="motion")
        assert everything(office, contest, office.alice) != before


def test_the_letters_are_the_keepers_alone(office: World, mailoutbox, django_capture_on_commit_callbacks) -> None:
    with at("2018-11-01T10:00"):
        contest = setting(office)
        graham = Browser(office, User.objects.get(email="graham@example.org"), contest)
        for user in (office.alice, office.bob, office.registrar, office.scrutineer, seats(contest, "mps")[0].user):
            Browser(office, user, contest).get("letters/motion/kept/", status=403)
        members = seats(contest, "mps")
        for seat in members[:2]:
            page = Browser(office, seat.user, contest).post("letters/motion/mine/", do="hand-in")
            assert "Your letter is there" in page
        kept = graham.get("letters/motion/kept/")
        assert "Conservative MPs 1" in kept and '<span class="value">2</span>' in kept and ">3</span>" in kept
        again = Browser(office, members[0].user, contest).post("letters/motion/mine/", do="hand-in")
        assert "this letter is there already" in again
        Browser(office, members[1].user, contest).post("letters/motion/mine/", do="withdraw")
        assert '<span class="value">1</span>' in graham.get("letters/motion/kept/")
        graham.post("letters/motion/kept/", do="record", seat=members[2].pk)
        assert "not reached" in Browser(office, office.alice, contest).get("letters/motion/")
        assert mailoutbox == []
        with django_capture_on_commit_callbacks(execute=True):
            Browser(office, members[1].user, contest).post("letters/motion/mine/", do="hand-in")
        for user in (None, office.alice, office.nobody):
            page = Browser(office, user, contest).get("letters/motion/")
            assert "The threshold is reached" in page and "Conservative MPs 1" not in page
        assert sorted(mail.to[0] for mail in mailoutbox) == [
            "alice@example.org",
            "bob@example.org",
            "graham@example.org",
        ]
        assert not any(word in mail.body for mail in mailoutbox for word in ("Conservative MPs 1", "three", "3"))
        late = Browser(office, members[5].user, contest).post("letters/motion/mine/", do="hand-in")
        assert "no more letters" in late
        Browser(office, office.alice, contest).get("letters/motion/kept/", status=403)
        entry = Log.objects.get(name=f"contest:{contest.pk}").acts.get(kind="threshold_reached")
        assert entry.details == {"stage": "motion", "by": "clock"} and entry.by is None


def test_a_letter_of_somebody_who_has_left_does_not_count(office: World) -> None:
    with at("2018-11-01T10:00"):
        contest = setting(office)
        members = seats(contest, "mps")
        for seat in members[:2]:
            motions.hand_in_letter(seat.user, contest, stage="motion")
        people.unseat(office.alice, None, seat=members[0].pk, on="2018-11-01")
        motions.hand_in_letter(members[2].user, contest, stage="motion")
        assert contest.stages.get(stage="motion").reached is None
        motions.hand_in_letter(members[3].user, contest, stage="motion")
        assert contest.stages.get(stage="motion").reached is not None


def test_the_keeper_is_appointed_by_two_and_for_one_contest(office: World) -> None:
    with at("2018-11-01T10:00"):
        contest = setting(office, adopt=False)
        with pytest.raises(RefusedError, match="by two officials"):
            people.appoint(office.alice, contest, email="alice@example.org", name="Alice", role="letter-keeper")
        with pytest.raises(RefusedError, match="by two officials"):
            people.appoint(office.alice, None, email="alice@example.org", name="Alice", role="letter-keeper")
        with pytest.raises(RefusedError, match="already"):
            motions.appoint_letter_keeper(office.alice, contest, email="alice@example.org", name="Alice")
        # A row that somebody wrote past the acts, for all contests at once, opens nothing either.
        people.Appointment.objects.create(user=office.scrutineer, role="letter-keeper")
        contests.adopt_contest(office.alice, contest)
        Browser(office, office.scrutineer, contest).get("letters/motion/kept/", status=403)
        other = make(
            office,
            "conservatives-confidence",
            bodies={"mps": "conservative-mps"},
            occasion="challenge",
            holder="the-leader",
            title="Another",
            adopt=False,
        )
        Browser(office, User.objects.get(email="graham@example.org"), other).get("letters/motion/kept/", status=404)
        with pytest.raises(RefusedError, match="nobody is appointed"):
            contests.adopt_contest(office.alice, other)
        alice, bob = Browser(office, office.alice, other), Browser(office, office.bob, other)
        alice.post("office/letters/motion/keeper/", name="Cheryl Keeper", email="cheryl@example.org")
        assert "Cheryl Keeper" not in Browser(office, office.registrar, other).get("letters/motion/")
        assert "you proposed it yourself" in alice.confirm("letters/motion/")
        assert not other.appointments.exists()
        bob.confirm("letters/motion/")
        assert "Cheryl Keeper" in Browser(office, office.registrar, other).get("letters/motion/")


def vote(office: World, contest: Contest, yes: int, no: int) -> None:
    """The vote, from the dates that two officials fix to the declaration."""
    for key, moment in (("motion_opens", "T18:00"), ("motion_closes", "T20:00"), ("declared", "T21:00")):
        both(office, contests.change_date(office.alice, contest, key=key, at=f"2018-12-12{moment}", reason="asked for"))
    with at("2018-12-12T18:00"):
        contests.open_stage(office.alice, contest, stage="motion")
    with at("2018-12-12T20:00"):
        close_ballot(office.alice, contest, stage="motion")
        for browser in (Browser(office, office.alice, contest), Browser(office, office.bob, contest)):
            browser.post("office/figures/motion/1/", do="figures", **figures({"total": {"for": yes, "against": no}}))
    with at("2018-12-12T21:00"):
        alice = Browser(office, office.alice, contest)
        alice.post("office/declare/", seen=alice.hidden("office/declare/", "seen"))
        Browser(office, office.bob, contest).confirm("office/declare/")


def collected(office: World, contest: Contest) -> None:
    for seat in seats(contest, "mps")[:3]:
        motions.hand_in_letter(seat.user, contest, stage="motion")


def test_a_holder_who_has_won_is_safe_for_so_many_months(office: World) -> None:
    with at("2018-12-11T09:00"):
        contest = setting(office)
        with pytest.raises(RefusedError, match="threshold is not reached"):
            contests.open_stage(office.alice, contest, stage="motion")
        collected(office, contest)
        with pytest.raises(RefusedError, match="not fixed"):
            contests.open_stage(office.alice, contest, stage="motion")
        vote(office, contest, 12, 8)
    contest.refresh_from_db()
    motion = contest.declaration.data["ballots"][0]["motion"]
    assert motion["result"] == "The motion was carried by 12 votes to 8"
    assert "12 months" in " ".join(motion["follows"])
    with at("2019-12-11T09:00"):
        with pytest.raises(RefusedError, match="safe until"):
            setting(office, title="Too soon")
        too_soon = Contest.objects.get(title="Too soon")
    with at("2019-12-12T09:00"):
        contests.adopt_contest(office.alice, too_soon)
        motions.hand_in_letter(seats(too_soon, "mps")[0].user, too_soon, stage="motion")
    with at("2019-12-11T09:00"), pytest.raises(RefusedError, match="no letters are taken in before"):
        motions.hand_in_letter(seats(too_soon, "mps")[1].user, too_soon, stage="motion")


def test_a_lost_vote_leaves_the_office_vacant_and_bars_who_lost(office: World) -> None:
    with at("2018-12-11T09:00"):
        contest = setting(office)
        collected(office, contest)
        vote(office, contest, 8, 12)
    with at("2018-12-13T09:00"):
        alice = Browser(office, office.alice, contest)
        page = alice.get("office/after/")
        assert "The post falls vacant" in page and "Who lost the vote may not stand in it." in page
        alice.post("office/after/", do="office", on="2018-12-13")
        tenure = office.leader.tenures.get()
        assert (str(tenure.ended), tenure.ended_how) == ("2018-12-13", "removed")
        alice.post("office/after/", do="follow", title="Leadership 2018", rulebook="conservatives-1998")
        made = Contest.objects.get(title="Leadership 2018")
        assert (made.follows, made.occasion, made.holder, made.office) == (contest, "vacancy", None, office.leader)
        with pytest.raises(RefusedError, match="there already"):
            motions.follow_up(office.alice, contest, title="Twice", rulebook="conservatives-1998")
        made.status = Contest.Status.ADOPTED
        made.save()
        with pytest.raises(RefusedError, match="may not stand"):
            nominations.propose_candidate(office.alice, made, name="The Leader", person="the-leader")
        with pytest.raises(RefusedError, match="may not stand"):
            nominations.propose_candidate(office.alice, made, name="the  LEADER")


def test_a_motion_without_effect(office: World) -> None:
    """172 to 40, and nothing follows."""
    with at("2016-06-28T09:00"):
        holder = people.person_named("Jeremy Corbyn")
        Tenure.objects.create(office=office.leader, person=holder, began="2015-09-12", began_how="elected")
        contest = make(
            office,
            "plp-confidence",
            bodies={"plp": office.body("Labour MPs", 230)},
            dates={"motion_opens": "2016-06-28", "motion_closes": "2016-06-28T16:00", "declared": "2016-06-28T16:30"},
            occasion="challenge",
            holder="jeremy-corbyn",
        )
        alice, bob = Browser(office, office.alice, contest), Browser(office, office.bob, contest)
        alice.get("letters/motion/", status=404)
        alice.post("office/stages/motion/", do="open")
    with at("2016-06-28T15:00"):
        alice.post("office/stages/motion/", do="close")
        sent = figures({"total": {"for": 172, "against": 40}}, {"total": {"spoilt": 4, "not_voting": 14}})
        for browser in (alice, bob):
            browser.post("office/figures/motion/1/", do="figures", **sent)
        assert "carried by 172 votes to 40" in alice.get("office/declare/")
        both(office, declare_result(office.alice, contest))
        page = alice.get("office/after/")
        assert "carried by 172 votes to 40" in page and "Nothing follows from the result under the rulebook" in page
        with pytest.raises(RefusedError, match="removes nobody"):
            taking_office.take_office(office.alice, contest, on="2016-06-28")
        with pytest.raises(RefusedError, match="nothing follows"):
            motions.follow_up(office.alice, contest, title="Next", rulebook="labour-2014")
        assert office.leader.tenures.get().ended is None
    for log in Log.objects.all():
        assert verify_log(log) == []
