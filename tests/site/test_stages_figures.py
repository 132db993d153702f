"""Figures and files of ballots, taken in by two officials; several places; the embargo until the declaration."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.site.stages import Browser, both, figures, make, ready, stand
from tests.site.world import World, at

from selectorate.errors import RefusedError
from selectorate.office.acts import contests, taking_office
from selectorate.office.acts import figures as taking
from selectorate.office.models import Contest, Office, Tenure

HEAD = """
id = "society"
name = "Rules of the society"
organisation = "A society"
office = "Member of the committee"
[segments.town]
name = "members in the town"
[segments.country]
name = "members in the country"
"""
STV = (
    HEAD
    + """
[[stage]]
kind = "ballot"
id = "ballot"
segments = ["town", "country"]
paper = "rank"
count = "scottish"
places = 2
"""
)
MOST = (
    HEAD
    + """
[[stage]]
kind = "ballot"
id = "ballot"
segments = ["town", "country"]
paper = "choose one"
count = "most votes"
elected = "most votes"
tie = ["officer"]
"""
)
POINTS = (
    HEAD
    + """
[[stage]]
kind = "ballot"
id = "ballot"
segments = ["town", "country"]
paper = "rank"
count = "alternative vote"
combine = "points-by-unit"
points = { unit = "district", each = 100 }
elected = "majority of points"
declare = ["total"]
"""
)
DATES = {"ballot_opens": "2026-02-01", "ballot_closes": "2026-02-20", "declared": "2026-02-21"}
NAMES = ("Ada Archer", "Ben Baker", "Cleo Cook")
TOWN = b'3 2\n5 1 2 0\n2 2 1 0\n1 3 0\n0\n"Ada Archer"\n"Ben Baker"\n"Cleo Cook"\n"Town"\n'
COUNTRY = b'3 2\n1 1 0\n4 2 3 0\n3 3 2 0\n0\n"Ada Archer"\n"Ben Baker"\n"Cleo Cook"\n"Country"\n'
UNITS = "unit,name,round,archer,baker,cook\n1,North,1,60,30,10\n2,South,1,10,40,50\n3,West,1,90,5,5\n"


def closed(office: World, text: str, *, names: tuple[str, ...] = NAMES, **more: object) -> Contest:
    """A contest whose ballot is closed, so that figures can be taken in."""
    with at("2026-01-01T09:00"):
        contest = make(office, "", text=text, dates=DATES, **more)
        stand(office, contest, *names)
        contest.candidates.update(status="standing")
    with at("2026-02-01T09:00"):
        ready(office, contest, "ballot")
        contests.open_stage(office.alice, contest, stage="ballot")
    with at("2026-02-20T09:00"):
        taking.close_ballot(office.alice, contest, stage="ballot")
    return contest


def send(browser: Browser, content: bytes, *, section: str = "total", name: str = "b.blt", **more: str) -> str:
    file = SimpleUploadedFile(name, content)
    return browser.post("office/figures/ballot/1/file/", section=section, file=file, **more)


def declared(alice: Browser, bob: Browser, contest: Contest) -> dict:
    alice.post("office/declare/", seen=alice.hidden("office/declare/", "seen"))
    bob.confirm("office/declare/")
    contest.refresh_from_db()
    return contest.declaration.data


def test_several_places_from_files_of_ballots_by_segment(office: World) -> None:
    contest = closed(office, STV)
    alice, bob = Browser(office, office.alice, contest), Browser(office, office.bob, contest)
    with at("2026-02-20T10:00"):
        page = alice.get("office/figures/ballot/1/")
        assert "counts the ballots themselves, not figures" in page and "votes.town.archer" not in page
        with pytest.raises(RefusedError, match="counts ballots"):
            taking.enter_figures(office.alice, contest, stage="ballot", votes={}, roll={})
        send(alice, TOWN, section="town", entitled="20")
        assert "It is not the file" in send(bob, TOWN + b"\n", section="town", entitled="20")
        assert "It is not the file" in send(bob, TOWN, section="town", entitled="21")
        assert "two officials agree" in send(bob, TOWN, section="town", entitled="20")
        refused = send(alice, TOWN)
        assert "not both" in refused
        # One of two segments is there: that is no result yet.
        assert "there are no figures" in alice.get("office/declare/")
        for browser in (alice, bob):
            send(browser, COUNTRY, section="country")
        data = declared(alice, bob, contest)
        assert data["elected"] == ["baker", "archer"] or data["elected"] == ["archer", "baker"]
        assert data["ballots"][0]["places"] == 2


def test_one_file_for_everybody(office: World) -> None:
    contest = closed(office, STV)
    alice, bob = Browser(office, office.alice, contest), Browser(office, office.bob, contest)
    with at("2026-02-20T10:00"):
        send(alice, TOWN)
        assert "not both" in send(bob, COUNTRY, section="country")
        send(bob, TOWN)
        assert len(declared(alice, bob, contest)["elected"]) == 2


def test_a_file_that_cannot_be_read_counts_for_nothing(office: World) -> None:
    contest = closed(office, STV)
    alice, bob = Browser(office, office.alice, contest), Browser(office, office.bob, contest)
    with at("2026-02-20T10:00"):
        for content in (b"\x00\xff\x00", b"3 2\n1 9 0\n0\n", TOWN.replace(b"Cleo Cook", b"Somebody Else")):
            send(alice, content)
            assert "but it cannot be" in send(bob, content)
            assert not contest.figures.filter(agreed__isnull=False).exists()
        assert "is not empty" in send(alice, b"") or "choose a file" in send(alice, b"")
        send(alice, TOWN)
        assert "two officials agree" in send(bob, TOWN)


def test_the_votes_of_every_unit_in_a_file(office: World) -> None:
    contest = closed(office, POINTS)
    alice, bob = Browser(office, office.alice, contest), Browser(office, office.bob, contest)
    with at("2026-02-20T10:00"):
        assert "every unit" in alice.get("office/figures/ballot/1/")
        for browser in (alice, bob):
            send(browser, UNITS.encode(), section="units", name="units.csv")
        assert declared(alice, bob, contest)["elected"] == ["archer"]


def test_neither_official_sees_the_figures_of_the_other(office: World) -> None:
    contest = closed(office, MOST)
    alice, bob = Browser(office, office.alice, contest), Browser(office, office.bob, contest)
    rita = Browser(office, office.registrar, contest)
    votes = {"town": {"archer": 4711, "baker": 815, "cook": 333}, "country": {"archer": 7, "baker": 6, "cook": 5}}
    with at("2026-02-20T10:00"):
        alice.post("office/figures/ballot/1/", do="figures", **figures(votes))
        for browser in (bob, rita):
            page = browser.get("office/figures/ballot/1/")
            assert "4,711" not in page and "1 other official has taken them in" in page
        other = {**votes, "country": {"archer": 8, "baker": 6, "cook": 5}}
        page = bob.post("office/figures/ballot/1/", do="figures", **figures(other))
        table = page.split("Where you differ")[-1].split("</table>")[0]
        assert re.findall(r'<td class="n">([\d,]+)</td>', table) == ["8"], "one's own, and not the other's"
        assert "4,711" not in rita.get("office/figures/ballot/1/")
        bob.post("office/figures/ballot/1/", do="figures", **figures(votes))
        for outsider in (rita, Browser(office, office.scrutineer, contest), Browser(office, office.nobody, contest)):
            if outsider is rita:
                assert "4,718" not in outsider.get("office/declare/")
            else:
                outsider.get("office/declare/", status=403)
        rita.post("office/declare/", status=403, seen="")
        # What waits for a second official is read by many: it does not say who won.
        proposal = taking.declare_result(office.alice, contest)
        assert "Ada" not in proposal.says and "declare the result" in proposal.says
        assert "Look at what would be declared" in bob.client.get("/desk/").content.decode()
        assert "4,718" in alice.get("office/declare/") and "4,718" in bob.get("office/declare/")


def test_what_is_typed_has_to_be_whole_numbers(office: World) -> None:
    contest = closed(office, MOST)
    alice = Browser(office, office.alice, contest)
    votes = {"town": {"archer": 1, "baker": 2, "cook": 3}, "country": {"archer": 7, "baker": 6, "cook": 5}}
    sent = figures(votes)
    with at("2026-02-20T10:00"):
        for bad in ("", "1.5", "-1", "1,2", "12,34", "1e5", "٣", "9" * 13, "one"):
            page = alice.post("office/figures/ballot/1/", do="figures", **{**sent, "votes.town.archer": bad})
            assert "a whole number is needed here" in page, bad
        assert not contest.figures.exists()
        for good in ("1234", "1,234", "1 234", "1 234"):
            alice.post("office/figures/ballot/1/", do="figures", **{**sent, "votes.town.archer": good})
            entry = contest.figures.get(replaced=None)
            assert entry.data["votes"]["town"]["archer"] == 1234


def test_a_tie_for_the_place_is_broken_by_two(office: World) -> None:
    contest = closed(office, MOST)
    votes = {"town": {"archer": 5, "baker": 5, "cook": 3}, "country": {"archer": 5, "baker": 5, "cook": 3}}
    with at("2026-02-20T10:00"):
        for user in (office.alice, office.bob):
            taking.enter_figures(user, contest, stage="ballot", votes=votes, roll={})
        alice, bob = Browser(office, office.alice, contest), Browser(office, office.bob, contest)
        assert "are tied" in alice.get("office/declare/")
        alice.post(
            "office/rounds/ballot/", do="tie", round="1", how="officer", out="baker", says="the rulebook, clause 9"
        )
        bob.confirm("office/rounds/ballot/")
        data = declared(alice, bob, contest)
        assert data["elected"] == ["archer"]


def test_what_has_changed_since_it_was_looked_at_is_not_declared(office: World) -> None:
    contest = closed(office, MOST)
    votes = {"town": {"archer": 9, "baker": 5, "cook": 3}, "country": {"archer": 5, "baker": 5, "cook": 3}}
    with at("2026-02-20T10:00"):
        for user in (office.alice, office.bob):
            taking.enter_figures(user, contest, stage="ballot", votes=votes, roll={})
        alice = Browser(office, office.alice, contest)
        seen = alice.hidden("office/declare/", "seen")
        both(office, taking.set_figures_aside(office.alice, contest, stage="ballot", reason="swapped"))
        assert "two officials agree" in alice.get("office/declare/")
        votes["town"]["archer"] = 10
        for user in (office.alice, office.bob):
            taking.enter_figures(user, contest, stage="ballot", votes=votes, roll={})
        assert "something has changed" in alice.post("office/declare/", seen=seen)
        assert not contest.proposals.filter(kind="declare_result").exists()


# -- taking office -------------------------------------------------------------------------------------------------


def committee(office: World, places: int) -> Office:
    return Office.objects.create(unit=office.national, name="Committee", slug="committee", places=places)


def test_a_whole_committee_is_followed_by_those_elected(office: World) -> None:
    """Who is elected anew begins again, who stood and lost is not re-elected, who did not stand has served the term."""
    from selectorate.office.acts import people

    post = committee(office, 2)
    before = {name: people.person_named(name) for name in ("Ada Archer", "Cleo Cook")}
    for person in before.values():
        Tenure.objects.create(office=post, person=person, began="2025-01-01", began_how="elected")
    contest = closed(office, STV)
    contest.candidates.filter(key="archer").update(person=before["Ada Archer"])
    contest.candidates.filter(key="cook").update(person=before["Cleo Cook"], slate="Blue")
    contest.candidates.filter(key="baker").update(slate="Green")
    contest.office = post
    contest.save()
    with at("2026-02-20T10:00"):
        for user in (office.alice, office.bob):
            taking.enter_file(user, contest, stage="ballot", name="b.blt", content=TOWN)
        both(office, taking.declare_result(office.alice, contest))
        with pytest.raises(RefusedError, match="after that day"):
            taking_office.take_office(office.alice, contest, on="2024-01-01")
        taking_office.take_office(office.alice, contest, on="2026-03-01")
        with pytest.raises(RefusedError, match="already"):
            taking_office.take_office(office.alice, contest, on="2026-03-01")
    found = {(t.person.name, t.ended_how or t.began_how, t.slate) for t in post.tenures.all()}
    assert found == {
        ("Ada Archer", "term ended", ""),
        ("Cleo Cook", "not re-elected", ""),
        ("Ada Archer", "elected", ""),
        ("Ben Baker", "elected", "Green"),
    }
    assert {t.contest for t in post.tenures.filter(ended=None)} == {contest}


def test_a_by_election_fills_the_free_place_alone(office: World) -> None:
    from selectorate.office.acts import people

    post = committee(office, 3)
    others = [people.person_named(name) for name in ("Dora Dean", "Eve Ellis")]
    for person in others:
        Tenure.objects.create(office=post, person=person, began="2025-01-01", began_how="elected")
    returning = people.person_named("Ada Archer")
    Tenure.objects.create(
        office=post, person=returning, began="2024-01-01", began_how="elected", ended="2024-06-01", ended_how="resigned"
    )
    contest = closed(office, STV.replace("places = 2", "places = 1").replace('"scottish"', '"meek-nz"'))
    contest.candidates.filter(key="archer").update(person=returning)
    contest.office = post
    contest.save()
    with at("2026-02-20T10:00"):
        for user in (office.alice, office.bob):
            taking.enter_file(user, contest, stage="ballot", name="b.blt", content=TOWN.replace(b"3 2", b"3 1"))
        both(office, taking.declare_result(office.alice, contest))
        taking_office.take_office(office.alice, contest, on="2026-03-01")
    running = post.tenures.filter(ended=None)
    assert {t.person.name for t in running} == {"Dora Dean", "Eve Ellis", "Ada Archer"}
    assert running.get(person=returning).began_how == "returned"


def test_more_than_the_office_has_places_is_refused(office: World) -> None:
    from selectorate.office.acts import people

    post = committee(office, 3)
    for name in ("Dora Dean", "Eve Ellis", "Flo Fox"):
        Tenure.objects.create(office=post, person=people.person_named(name), began="2025-01-01", began_how="elected")
    contest = closed(office, STV)
    contest.office = post
    contest.save()
    with at("2026-02-20T10:00"):
        for user in (office.alice, office.bob):
            taking.enter_file(user, contest, stage="ballot", name="b.blt", content=TOWN)
        both(office, taking.declare_result(office.alice, contest))
        with pytest.raises(RefusedError, match="5 would hold it"):
            taking_office.take_office(office.alice, contest, on="2026-03-01")
