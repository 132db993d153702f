"""The officer's pages of a contest: who may see them, what they say, and a contest of 2016 set up through them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.site.contests_world import CONFIDENCE, DATES, TITLE, adopted, drafted
from tests.site.world import World, at

from selectorate.office import clock
from selectorate.office.acts import contests, nominations, people
from selectorate.office.models import Appointment, Body, Contest, Proposal, Tenure

BEFORE = "2016-07-12T10:00"

OF_A_CONTEST = [
    "",
    "details/",
    "rules/",
    "rules/change/",
    "parameters/",
    "bodies/",
    "timetable/",
    "timetable/change/",
    "checklist/adoption/",
    "checklist/ballot/",
    "disputes/",
    "abandon/",
    "clone/",
    "officials/",
    "proposals/",
    "acts/",
]
OF_ALL = ["/contests/new/", "/contests/new/own/", "/contests/new/labour-2014/", "/officials/", "/proposals/", "/acts/"]
FOR_SCRUTINEERS = {
    "",
    "rules/",
    "timetable/",
    "checklist/adoption/",
    "checklist/ballot/",
    "disputes/",
    "proposals/",
    "acts/",
}
POSTS = [
    "adopt/",
    "stages/ballot/open/",
    "stages/ballot/close/",
    "disputes/raise/",
    "disputes/settle/",
    "officials/1/end/",
    "proposals/1/confirm/",
]


def text_of(answer: Any) -> str:
    """What a page says, without its marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


@pytest.mark.parametrize("where", OF_A_CONTEST)
def test_who_may_see_a_page_of_a_contest(office: World, where: str) -> None:
    with at(BEFORE):
        draft = drafted(office, members=1)
        address = f"/contests/{draft.slug}/office/{where}"
        assert office.client(office.alice).get(address).status_code == 200
        assert office.client(office.nobody).get(address).status_code == 404  # they do not even learn of a draft
        assert office.client().get(address).status_code == 404
        scrutineer = office.client(office.scrutineer).get(address).status_code
        assert scrutineer == (200 if where in FOR_SCRUTINEERS else 403)
        contests.adopt_contest(office.alice, draft)
        assert office.client(office.alice).get(address).status_code == 200
        assert office.client(office.nobody).get(address).status_code == 403
        assert office.client().get(address).status_code == 302
        elsewhere = people.appoint(
            office.alice, drafted(office, title="Other"), email="o@example.org", name="O", role="returning-officer"
        )
        assert office.client(elsewhere.user).get(address).status_code == 403  # an officer of another contest


@pytest.mark.parametrize("where", OF_ALL)
def test_who_may_see_a_page_of_the_organisation(office: World, where: str) -> None:
    assert office.client(office.alice).get(where).status_code == 200
    assert office.client(office.nobody).get(where).status_code == 403
    assert office.client().get(where).status_code == 302
    with at(BEFORE):
        drafted(office, members=1)
        seat = office.client(office.nobody.__class__.objects.get(email="mps-and-meps1@example.org"))
        assert seat.get(where).status_code == 403


@pytest.mark.parametrize("where", POSTS)
def test_an_act_is_refused_to_whom_it_is_not_for(office: World, where: str) -> None:
    contest = adopted(office, members=1)
    address = f"/contests/{contest.slug}/office/{where}"
    with at(BEFORE):
        assert office.client(office.nobody).post(address).status_code == 403
        assert office.client().post(address).status_code == 302
        asked = office.client(office.scrutineer).post(address).status_code
        assert asked == (404 if where.startswith("proposals/") else 403)
        assert office.client(office.alice).get(address).status_code == 405
        assert Client(enforce_csrf_checks=True).post(address).status_code in (302, 403)


def test_the_rulebooks_are_listed_with_who_uses_them(office: World) -> None:
    page = office.client(office.alice).get("/contests/new/")
    said = text_of(page)
    assert "Labour Party leadership, one member one vote" in said and "Labour Party (UK)" in said
    rows = re.findall(r"<tr>.*?</tr>", page.content.decode(), re.DOTALL)
    snp = next(row for row in rows if "/contests/new/snp/" in row)
    assert "unproven" in snp
    assert "unproven" not in next(row for row in rows if "/contests/new/labour-2014/" in row)


def test_a_rulebook_is_read_in_sentences_before_a_contest_is_made(office: World) -> None:
    said = text_of(office.client(office.alice).get("/contests/new/labour-2014/"))
    assert "Who may vote" in said and "joined on or before the freeze date" in said
    assert "The rules are silent on whether a holder who is challenged needs nominations" in said
    assert office.client(office.alice).get("/contests/new/no-such/").status_code == 404


def test_the_occasion_follows_from_who_holds_the_office(office: World) -> None:
    browser = office.client(office.alice)
    with at(BEFORE):
        given = {"title": "For a vacancy", "office": office.leader.pk, "occasion": "", "about": ""}
        assert browser.post("/contests/new/labour-2014/", given).status_code == 302
        vacancy = Contest.objects.get(title="For a vacancy")
        assert (vacancy.occasion, vacancy.holder, vacancy.unit) == ("vacancy", None, office.national)
        corbyn = people.person_named("Jeremy Corbyn")
        Tenure.objects.create(office=office.leader, person=corbyn, began="2015-09-12", began_how="elected")
        page = browser.get(f"/contests/new/?office={office.leader.pk}")
        assert "It is held by Jeremy Corbyn since 12 September 2015" in text_of(page)
        page = browser.get(f"/contests/new/labour-2014/?office={office.leader.pk}")
        assert '<option value="challenge" selected>' in page.content.decode()
        browser.post("/contests/new/labour-2014/", {**given, "title": "Challenge"})
        challenge = Contest.objects.get(title="Challenge")
        assert (challenge.occasion, challenge.holder) == ("challenge", corbyn)
        # Rules that know no challenge: the term ends.
        browser.post("/contests/new/plp-shadow-cabinet-2010/", {**given, "title": "Regular"})
        assert Contest.objects.get(title="Regular").occasion == "regular"


def test_a_title_that_would_be_a_page_gets_another_address(office: World) -> None:
    made = contests.create_contest(office.alice, None, title="New", rulebook="labour-2014")
    assert made.slug == "new-2"


def test_a_text_of_ones_own_is_read_and_its_faults_are_told_with_line_and_key(office: World) -> None:
    browser = office.client(office.alice)
    wrong = CONFIDENCE.replace('motion = "confidence"', 'motion = "trust"').replace("threshold = 2", "threshold = 0.5")
    page = browser.post("/contests/new/own/", {"text": wrong, "read": "1"})
    said = text_of(page)
    assert "2 faults" in said
    line = wrong.splitlines().index('motion = "trust"') + 1
    assert re.search(rf"line {line}, stage\S*motion", said), said
    assert not Contest.objects.exists()
    page = browser.post("/contests/new/own/", {"text": CONFIDENCE, "read": "1"})
    assert "The rules, in sentences" in text_of(page) and not Contest.objects.exists()
    file = SimpleUploadedFile("rules.toml", b"\xef\xbb\xbf" + CONFIDENCE.encode())
    given = {"title": "Confidence", "occasion": "regular", "make": "1"}
    assert browser.post("/contests/new/own/", {**given, "file": file}).status_code == 302
    made = Contest.objects.get()
    assert made.rulebook_text == CONFIDENCE and made.rulebook_id == "confidence"
    page = browser.post("/contests/new/own/", {**given, "file": SimpleUploadedFile("r.toml", b"\xff\xfeid")})
    assert "no text file in UTF-8" in text_of(page)
    page = browser.post("/contests/new/own/", {**given, "title": "", "text": CONFIDENCE})
    assert "This field is required" in text_of(page) and Contest.objects.count() == 1


def test_what_the_rules_leave_open_is_a_form(office: World) -> None:
    made = contests.create_contest(office.alice, None, title="Tory", rulebook="conservatives-1998")
    browser = office.client(office.alice)
    address = f"/contests/{made.slug}/office/parameters/"
    page = browser.get(address)
    assert "How many MPs must nominate a candidate" in text_of(page)
    assert "Fixed by the executive of the 1922 Committee" in text_of(page)
    page = browser.post(address, {"nominations": "many", "minimum": ""})
    assert page.status_code == 200 and "nominations" in text_of(page)
    made.refresh_from_db()
    assert made.parameters == {}
    assert browser.post(address, {"nominations": "20", "minimum": "30, 10%"}).status_code == 302
    made.refresh_from_db()
    assert made.parameters == {"nominations": 20, "minimum": [30, "10%"]}
    assert made.rulebook.stage_named("nomination").threshold.number == 20  # filled in where rules are asked


def test_the_contest_of_2016_set_up_through_the_pages(office: World) -> None:
    browser = office.client(office.alice)
    with at(BEFORE):
        corbyn = people.person_named("Jeremy Corbyn")
        Tenure.objects.create(office=office.leader, person=corbyn, began="2015-09-12", began_how="elected")
        names = {
            "plp": office.body("MPs and MEPs", 4),
            "clps": office.body("CLPs", 2),
            "affiliates": office.body("Unions", 2),
        }
        browser.post("/contests/new/labour-2014/", {"title": TITLE, "office": office.leader.pk})
        contest = Contest.objects.get()
        here = f"/contests/{contest.slug}/office/"
        said = text_of(browser.get(here))
        assert "bodies are named" in said and "the timetable is complete" in said and "Jeremy Corbyn" in said
        assert browser.post(f"{here}adopt/").status_code == 302
        contest.refresh_from_db()
        assert contest.status == "draft"
        # Bodies.
        form = {}
        for key, slug in names.items():
            form |= {f"{key}.body": Body.objects.get(slug=slug).pk, f"{key}.on": "2016-07-11"}
        page = browser.post(f"{here}bodies/", {**form, "clps.on": ""})
        assert page.status_code == 200 and "say the day on which its size counts" in text_of(page)
        assert browser.post(f"{here}bodies/", form).status_code == 302
        said = text_of(browser.get(f"{here}bodies/"))
        assert "MPs and MEPs MPs and MEPs 11 July 2016 4" in said
        # The rules now say how many are needed.
        assert "from 20% of the 4 MPs and MEPs, rounded up: 1" in text_of(browser.get(f"{here}rules/"))
        form = {}
        for key, text in DATES.items():
            form |= {f"{key}_day": text[:10], f"{key}_time": text[11:]}
        page = browser.post(f"{here}timetable/", {**form, "ballot_opens_time": ""})
        assert "give the time as well" in text_of(page)
        page = browser.post(f"{here}timetable/", {**form, "ballot_closes_day": "2016-08-01"})
        assert "The ballot: closes” would be before" in text_of(
            page
        ) or "“the ballot: closes” would be before" in text_of(page)
        assert not contest.dates.exists()
        assert browser.post(f"{here}timetable/", form).status_code == 302
        said = text_of(browser.get(f"{here}checklist/adoption/"))
        assert "Everything on the list is there" in said
        assert browser.post(f"{here}adopt/").status_code == 302
        contest.refresh_from_db()
        assert contest.status == "adopted"
        said = text_of(browser.get(f"{here}timetable/"))
        assert "18 July 2016, 19:00 BST" in said and "12 January 2016" in said and "Europe/London" in said
        # Not before its time; then by the page.
        browser.post(f"{here}stages/nomination/open/")
        assert not contest.stages.filter(status="open").exists()
    with at("2016-07-18T18:00"):
        # The holder has a place by right, and is entered first.
        assert "is not entered" in text_of(browser.get(f"{here}checklist/nomination/"))
        nominations.propose_candidate(office.alice, contest, name="Jeremy Corbyn", person="jeremy-corbyn")
        assert "Open: Nominations" in text_of(browser.get(here))
        browser.post(f"{here}stages/nomination/open/")
        assert contest.stages.get(stage="nomination").status == "open"
        assert "open until 20 July 2016, 17:00 BST" in text_of(browser.get(here))
        browser.post(f"{here}stages/nomination/close/")
        assert contest.stages.get(stage="nomination").status == "open"
    with at("2016-07-20T16:03"):
        assert "its time is over" in text_of(browser.get(here))
        browser.post(f"{here}stages/nomination/close/")
        state = contest.stages.get(stage="nomination")
        assert state.status == "closed" and state.closed.isoformat() == "2016-07-20T16:00:00+00:00"
    with at("2016-08-22T08:00"):
        said = text_of(browser.get(f"{here}checklist/ballot/"))
        assert "Two people have looked at the paper" in said and "Nothing is disputed" in said


def test_details_are_set_until_adoption(office: World) -> None:
    browser = office.client(office.alice)
    with at(BEFORE):
        contest = drafted(office, members=1)
        here = f"/contests/{contest.slug}/office/details/"
        form = {
            "title": "Another",
            "about": "Why\r\nso.",
            "occasion": "challenge",
            "holder": "Nobody Known",
            "board": "hidden",
            "nominators": "numbers",
        }
        assert "there is no such person" in text_of(browser.post(here, form))
        people.person_named("Jeremy Corbyn")
        form |= {"holder": "jeremy corbyn", "against": "uk-labour-leadership-2015"}
        assert browser.post(here, form).status_code == 302
        contest.refresh_from_db()
        assert (contest.title, contest.about, contest.board) == ("Another", "Why\nso.", "hidden")
        assert contest.nominators == "numbers"
        assert (contest.holder.name, contest.against) == ("Jeremy Corbyn", "uk-labour-leadership-2015")
        browser.post(here, form | {"occasion": "vacancy"})
        contest.refresh_from_db()
        assert contest.holder is None
        contests.adopt_contest(office.alice, contest)
        page = browser.post(here, form)
        assert page.status_code == 200 and "do not change any more" in text_of(page)


def test_the_rules_change_until_adoption_and_take_what_has_no_place_with_them(office: World) -> None:
    browser = office.client(office.alice)
    with at(BEFORE):
        contest = drafted(office, members=1)
        here = f"/contests/{contest.slug}/office/rules/change/"
        assert "cannot be used" in text_of(browser.post(here, {"text": "id = 1", "change": "1"}))
        assert "asked for by two of the MPs" in text_of(browser.post(here, {"text": CONFIDENCE, "read": "1"}))
        contest.refresh_from_db()
        assert contest.rulebook_id == "labour-2014"
        assert browser.post(here, {"text": CONFIDENCE, "change": "1"}).status_code == 302
        contest.refresh_from_db()
        assert contest.rulebook_id == "confidence"
        assert set(contest.dates.values_list("key", flat=True)) == {"declared"} and not contest.bodies.exists()


def test_officials_are_given_roles_and_lose_them(office: World) -> None:
    browser = office.client(office.alice)
    contest = adopted(office, members=1)
    here = f"/contests/{contest.slug}/office/officials/"
    with at(BEFORE):
        form = {"name": "Sue Scrutineer", "email": "sue@example.org", "role": "scrutineer"}
        assert browser.post(here, form).status_code == 302
        given = Appointment.objects.get(user__email="sue@example.org")
        assert given.contest == contest
        assert "already" in text_of(browser.post(here, form))
        assert "Enter a valid email" in text_of(browser.post(here, {**form, "email": "sue"}))
        themselves = browser.post(here, {**form, "email": "alice@example.org"})
        assert "cannot give this role to themselves" in text_of(themselves)
        assert "Sue Scrutineer" in text_of(browser.get(here))
        browser.post(f"{here}{given.pk}/end/")
        given.refresh_from_db()
        assert given.ended is not None
        # A role of the organisation is not ended through the page of a contest.
        whole = Appointment.objects.get(user=office.bob, contest=None)
        browser.post(f"{here}{whole.pk}/end/")
        whole.refresh_from_db()
        assert whole.ended is None
        browser.post(f"/officials/{whole.pk}/end/")
        last = Appointment.objects.get(user=office.alice, role="returning-officer")
        page = browser.post(f"/officials/{last.pk}/end/", follow=True)
        assert "without a returning officer" in text_of(page)
        last.refresh_from_db()
        assert last.ended is None


def test_disputes_are_raised_and_settled_by_two(office: World) -> None:
    alice, bob = office.client(office.alice), office.client(office.bob)
    contest = adopted(office, members=1)
    here = f"/contests/{contest.slug}/office/disputes/"
    with at(BEFORE):
        assert "required" in text_of(alice.post(f"{here}raise/", {"about": "roll", "says": ""}))
        alice.post(f"{here}raise/", {"about": "roll", "says": "The freeze date\nis contested."})
        dispute = contest.disputes.get()
        alice.post(f"{here}settle/", {"dispute": dispute.pk, "ruling": "It stands."})
        proposal = Proposal.objects.get()
        assert "The freeze date" in proposal.says and "It stands." in proposal.says
        dispute.refresh_from_db()
        assert dispute.settled is None
        bob.post(f"/contests/{contest.slug}/office/proposals/{proposal.pk}/confirm/")
        dispute.refresh_from_db()
        assert dispute.settled is not None and dispute.ruling == "It stands."
        assert "settled" in text_of(office.client(office.scrutineer).get(here))


def test_a_contest_is_abandoned_by_two(office: World) -> None:
    alice, bob = office.client(office.alice), office.client(office.bob)
    contest = adopted(office, members=1)
    here = f"/contests/{contest.slug}/office/"
    with at(BEFORE):
        assert "required" in text_of(alice.post(f"{here}abandon/", {"reason": ""}))
        alice.post(f"{here}abandon/", {"reason": "The post was filled otherwise."})
        contest.refresh_from_db()
        assert contest.status == "adopted"
        bob.post(f"{here}proposals/{Proposal.objects.get().pk}/confirm/")
        contest.refresh_from_db()
        assert contest.status == "abandoned"
        assert alice.get(here).status_code == 200
    with at("2016-07-18T18:00"):
        assert clock.tick().opened == []


def test_a_contest_is_cloned_for_next_year(office: World) -> None:
    alice = office.client(office.alice)
    contest = adopted(office, members=1)
    with at("2017-05-01T10:00"):
        page = alice.post(f"/contests/{contest.slug}/office/clone/", {"title": "Leadership election 2017"})
        made = Contest.objects.get(title="Leadership election 2017")
        assert page.url == f"/contests/{made.slug}/office/"
        assert made.rulebook_text == contest.rulebook_text and made.cloned_from == contest
        assert {link.key: link.on.isoformat() for link in made.bodies.all()} == {
            "plp": "2017-05-01",
            "clps": "2017-05-01",
            "affiliates": "2017-05-01",
        }
        assert made.status == "draft" and not made.dates.exists()
        assert "Leadership election 2017" in text_of(alice.get(f"/contests/{contest.slug}/office/"))
