"""A voter with a browser: from the registrar's link to the booth, by keyboard, with the credential left nowhere."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from tests.browser.conftest import Visitor
from tests.site import boxed, stages
from tests.site.world import World

from selectorate.office.boxes import casting, store, voters
from selectorate.office.models import BoxVoter, Contest, SealedBox


@pytest.fixture
def made(office: World) -> boxed.Boxed:
    """A body of three that votes, in the easy mode; its box is open."""
    cache.clear()
    office.body("MPs", 3)
    contest = stages.make(office, "labour-1922", bodies={"plp": "mps"}, adopt=False)
    Contest.objects.filter(pk=contest.pk).update(status=Contest.Status.ADOPTED, adopted=timezone.now())
    found = boxed.box_of(contest, 3)
    SealedBox.objects.update(stage="ballots")
    for row, voter in zip(BoxVoter.objects.order_by("pk"), voters.electorate(contest, "ballots"), strict=True):
        row.who = voters.who(found.box.vote, voter.voter)
        row.save()
    found.box.vote.easy = True
    found.box.vote.save()
    found.box.refresh_from_db()
    return found


def code() -> str:
    """The code of the last mail."""
    found = re.search(r"^[B-Z]{4}-[B-Z]{4}$", str(mail.outbox[-1].body), re.M)
    assert found is not None
    return found.group()


def test_from_the_link_to_the_booth_by_keyboard(made: boxed.Boxed, visitor: Callable[[], Visitor]) -> None:
    credential, slug = made.credentials[0], made.box.vote.contest.slug
    somebody = visitor()
    page, sent, been = somebody.page, [], []
    page.on("request", lambda request: sent.append((request.url, dict(request.headers), request.post_data or "")))
    page.on("framenavigated", lambda frame: been.append(frame.url))
    page.set_viewport_size({"width": 390, "height": 844})
    somebody.go(f"/vote/{slug}/#{credential}")
    page.get_by_text("is at hand").wait_for()
    assert page.url == f"{somebody.address}/vote/{slug}/", "taken out of the address at once"
    somebody.look("vote-ask")
    page.get_by_label("Your mail address").focus()
    page.keyboard.type("mps1@example.org")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Your code", level=1).wait_for()
    assert page.get_by_text("is at hand").is_visible()
    somebody.look("vote-code")
    page.keyboard.type("BBBBBBBB")  # the field has the focus
    page.keyboard.press("Enter")
    page.get_by_text("This is not the code").wait_for()
    page.keyboard.press("Control+A")
    page.keyboard.type(code().lower())
    page.keyboard.press("Enter")
    page.wait_for_url("**/booth/*")
    assert f"{somebody.address}/vote/{slug}/ballots/booth/#{credential}" in been, "handed to the booth"
    parts = [credential, credential.replace("-", "")]
    assert not [one for one in sent if any(part in text for part in parts for text in (one[0], str(one[1]), one[2]))]
    client = somebody.context.new_cdp_session(page)
    history = [one["url"] for one in client.send("Page.getNavigationHistory")["entries"]]
    assert not [one for one in history[:-1] if "#" in one], history
    kept = "JSON.stringify([{...localStorage}, {...sessionStorage}, history.state, document.cookie])"
    assert credential not in page.evaluate(kept)


def test_without_a_credential_the_pages_say_so_and_a_link_opened_later_is_taken(
    made: boxed.Boxed, visitor: Callable[[], Visitor]
) -> None:
    slug = made.box.vote.contest.slug
    somebody = visitor()
    page = somebody.go(f"/vote/{slug}/")
    page.get_by_text("You come without the credential").wait_for()
    page.evaluate(f"location.hash = '{made.credentials[1]}'")
    page.get_by_text("is at hand").wait_for()
    assert "#" not in page.url
    somebody.context.set_offline(True)
    page.get_by_label("Your mail address").fill("mps2@example.org")
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_text("Nothing came back").wait_for()
    somebody.context.set_offline(False)
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_role("heading", name="Your code", level=1).wait_for()
    assert page.get_by_text("is at hand").is_visible()


def test_what_a_voter_looks_up(made: boxed.Boxed, visitor: Callable[[], Visitor]) -> None:
    slug = made.box.vote.contest.slug
    who = BoxVoter.objects.order_by("pk")[0].who
    receipt = casting.cast(made.box, made.ballot(0, [[1, 2, 3]]), who=who or "", email="mps1@example.org")
    with transaction.atomic():
        store.append(store.locked(made.box.pk), "EndBallots")
    somebody = visitor()
    page = somebody.go(f"/vote/{slug}/find/")
    somebody.look("vote-find")
    page.get_by_label("Tracker").fill(receipt["tracker"])
    page.get_by_role("button", name="Find").click()
    page.get_by_text("the one that counts").wait_for()
    somebody.look("vote-found")
    page.get_by_label("Tracker").fill("A" * 43)
    page.get_by_role("button", name="Find").click()
    page.get_by_text("No ballot with this tracker").wait_for()
    somebody.look("vote-not-found")
    somebody.go(f"/vote/{slug}/promises/")
    somebody.look("vote-promises")
    somebody.go(f"/vote/{slug}/")
    page.get_by_label("Your mail address").fill("mps1@example.org")
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_role("heading", name="Your code", level=1).wait_for()
    page.get_by_label("Code", exact=True).fill(code())
    page.get_by_role("button", name="Go on").click()
    page.get_by_text("The last ballot recorded for you").wait_for()
    assert page.locator("[data-tracker]").inner_text() == receipt["tracker"]
    somebody.look("vote-voter")


def test_without_a_script_the_code_is_given_all_the_same(made: boxed.Boxed, visitor: Callable[[], Visitor]) -> None:
    somebody = visitor()
    browser = somebody.context.browser
    assert browser is not None
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{somebody.address}/vote/{made.box.vote.contest.slug}/")
    page.get_by_label("Your mail address").fill("mps1@example.org")
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("Code", exact=True).fill(code())
    page.get_by_role("button", name="Go on").click()
    page.wait_for_url("**/booth/")
    context.close()
