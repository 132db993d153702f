"""The officer's pages of a contest in a real browser: looked at one by one, and worked by keyboard."""

from __future__ import annotations

from collections.abc import Callable

from tests.browser.conftest import Visitor
from tests.site.contests_world import TITLE, drafted
from tests.site.world import World, at

from selectorate.office.acts import contests, nominations


def test_the_pages_of_a_contest(office: World, visitor: Callable[[], Visitor]) -> None:
    with at("2016-07-12T10:00"):
        draft = drafted(office, title="Draft")
        contests.raise_dispute(office.alice, draft, about="roll", says="The freeze date is contested in court.")
        own = contests.create_contest(office.alice, None, title="Conservative way", rulebook="conservatives-1998")
        contest = drafted(office)
        contests.adopt_contest(office.alice, contest)
        nominations.propose_candidate(office.alice, contest, name="Owen Smith", email="os@example.org")
        contests.change_date(
            office.alice, contest, key="declared", at="2016-09-25T12:00", reason="The hall is not free."
        )
    alice, bob = visitor().sign_in(office.alice), visitor().sign_in(office.bob)
    for name, address in (
        ("desk", "/desk/"),
        ("new", f"/contests/new/?office={office.leader.pk}"),
        ("make", "/contests/new/labour-2014/"),
        ("own", "/contests/new/own/"),
        ("overview-draft", f"/contests/{draft.slug}/office/"),
        ("overview", f"/contests/{contest.slug}/office/"),
        ("details", f"/contests/{draft.slug}/office/details/"),
        ("rules", f"/contests/{contest.slug}/office/rules/"),
        ("change-rules", f"/contests/{draft.slug}/office/rules/change/"),
        ("parameters", f"/contests/{own.slug}/office/parameters/"),
        ("bodies", f"/contests/{draft.slug}/office/bodies/"),
        ("timetable-draft", f"/contests/{draft.slug}/office/timetable/"),
        ("timetable", f"/contests/{contest.slug}/office/timetable/"),
        ("change-date", f"/contests/{contest.slug}/office/timetable/change/"),
        ("checklist-adoption", f"/contests/{own.slug}/office/checklist/adoption/"),
        ("checklist-ballot", f"/contests/{contest.slug}/office/checklist/ballot/"),
        ("disputes", f"/contests/{draft.slug}/office/disputes/"),
        ("abandon", f"/contests/{draft.slug}/office/abandon/"),
        ("clone", f"/contests/{contest.slug}/office/clone/"),
        ("officials", f"/contests/{contest.slug}/office/officials/"),
        ("proposals", f"/contests/{contest.slug}/office/proposals/"),
        ("acts", f"/contests/{contest.slug}/office/acts/"),
        ("all-officials", "/officials/"),
        ("all-proposals", "/proposals/"),
        ("all-acts", "/acts/"),
    ):
        alice.go(address)
        alice.look(f"contest-{name}")
    bob.go("/desk/")
    bob.look("contest-desk-second")


def test_a_contest_is_made_by_keyboard(office: World, visitor: Callable[[], Visitor]) -> None:
    alice = visitor().sign_in(office.alice)
    page = alice.go("/contests/new/labour-2014/")
    page.locator("#id_title").focus()
    page.keyboard.type(TITLE)
    for _field in range(3):
        page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Make the contest"
    page.keyboard.press("Enter")
    page.wait_for_url("**/office/")
    assert page.locator("h1").inner_text() == TITLE
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
