"""The desk: what waits for somebody, in one page, however many contests there are."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from tests.site.contests_world import adopted, drafted
from tests.site.test_contest_pages import text_of
from tests.site.world import World, at, second_factor

from selectorate.office import clock
from selectorate.office.access import roles_everywhere, roles_of
from selectorate.office.acts import candidates, contests, nominations, people
from selectorate.office.models import Contest
from selectorate.office.paper import entry_hash


def test_each_sees_what_waits_for_them(office: World) -> None:
    contest = adopted(office)
    seats = list(contest.bodies.get(key="plp").body.seats.all())
    with at("2016-07-18T18:00"):
        assert "Nominations: opens 18 July 2016" not in text_of(office.client(office.nobody).get("/desk/"))
        clock.tick()
        nominations.propose_candidate(office.alice, contest, name="Owen Smith", email="os@example.org")
        smith = contest.candidates.get()
        said = text_of(office.client(seats[0].user).get("/desk/"))
        assert "you can nominate" in said and "until 20 July 2016, 17:00 BST" in said
        nominations.nominate(seats[0].user, contest, stage="nomination", candidate="smith")
        assert "you nominate Owen Smith" in text_of(office.client(seats[0].user).get("/desk/"))
        said = text_of(office.client(smith.user).get("/desk/"))
        assert "say whether you stand" in said and "to be signed off" in said
        nominations.consent(smith.user, contest, candidate="smith")
        candidates.sign_off(smith.user, contest, candidate="smith", seen=entry_hash(smith))
        assert "Your entry" not in text_of(office.client(smith.user).get("/desk/"))
        candidates.write_statement(smith.user, contest, candidate="smith", text="Vote.")
        assert "changed: to be signed off again" in text_of(office.client(smith.user).get("/desk/"))
        said = text_of(office.client(office.alice).get("/desk/"))
        assert "Nominations: open until 20 July 2016, 17:00 BST" in said and "A new contest" in said
        assert "you can nominate" not in said
        said = text_of(office.client(office.nobody).get("/desk/"))
        assert "You have no role in any contest" in said and contest.title not in said
    with at("2016-07-20T16:00"):
        assert "you can nominate" not in text_of(office.client(seats[1].user).get("/desk/"))
        assert "Nominations: to be closed" in text_of(office.client(office.alice).get("/desk/"))
    assert office.client().get("/desk/").status_code == 302


def test_a_draft_is_on_the_desk_of_its_officials_alone(office: World) -> None:
    with at("2016-07-12T10:00"):
        draft = drafted(office, members=1)
        people.appoint(office.alice, draft, email="own@example.org", name="Olga", role="registrar")
    member = draft.bodies.get(key="plp").body.seats.get().user
    assert draft.title not in text_of(office.client(member).get("/desk/"))
    olga = people.user_with("own@example.org", "Olga")
    second_factor(olga)
    said = text_of(office.client(olga).get("/desk/"))
    assert draft.title in said and "in preparation: to be adopted" in said and "registrar" in said


def test_roles_are_the_same_asked_one_by_one_or_all_at_once(office: World) -> None:
    contest = adopted(office, members=2)
    with at("2016-07-12T11:00"):
        nominations.propose_candidate(office.alice, contest, name="Owen Smith", email="os@example.org")
        people.appoint(office.alice, contest, email="os@example.org", name="x", role="scrutineer")
        drafted(office, title="Another")
    smith = contest.candidates.get().user
    candidates.name_agent(smith, contest, candidate="smith", email="agent@example.org", name="Ag")
    for user in (
        office.alice,
        office.nobody,
        smith,
        people.user_with("agent@example.org", ""),
        contest.bodies.first().body.seats.first().user,
    ):
        if not Authenticator.objects.filter(user=user).exists():
            second_factor(user)
        whole, mine = roles_everywhere(user)
        for one in Contest.objects.all():
            assert roles_of(user, one) == whole | mine.get(one.pk, set())


def test_six_hundred_contests_are_shown_fifty_at_a_time(office: World, django_assert_max_num_queries: Any) -> None:
    with at("2016-07-12T10:00"):
        first = drafted(office, members=1)
        rows = []
        for number in range(600):
            row = Contest(
                slug=f"branch-{number}",
                title=f"Branch {number}",
                rulebook_id=first.rulebook_id,
                rulebook_text=first.rulebook_text,
                status="adopted",
            )
            rows.append(row)
        Contest.objects.bulk_create(rows)
        contests.raise_dispute(office.alice, first, about="roll", says="x")
        browser = office.client(office.alice)
        with django_assert_max_num_queries(20):
            page = browser.get("/desk/")
        assert page.content.decode().count('class="title"') == 50
        assert "Page 1 of 13" in text_of(page)
        assert "Page 13 of 13" in text_of(browser.get("/desk/?page=13"))


def test_without_a_second_factor_nothing_of_an_office_is_shown(office: World) -> None:
    with at("2016-07-12T10:00"):
        draft = drafted(office, members=1)
        carl = people.appoint(office.alice, None, email="c@example.org", name="Carl", role="returning-officer").user
        said = text_of(office.client(carl).get("/desk/"))
        assert "set up a second factor" in said and draft.title not in said and "A new contest" not in said
        second_factor(carl)
        assert draft.title in text_of(office.client(carl).get("/desk/"))
