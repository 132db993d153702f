"""The leadership contest of 2016 in a real browser, each person at their own, by keyboard alone.

What stands in long tables (who sits in a body of 251, every date of a timetable) is entered by the acts behind the
pages that other tests look at; everything that somebody decides is done on its page.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.browser.person import Person, declare
from tests.site import rolled
from tests.site.stages import make
from tests.site.world import DATES, ROLL, VOTES, World, at

from selectorate.office.acts import contests, people
from selectorate.office.models import Candidate, Contest, Tenure

MPS, NEEDED = 251, 51
CLAIM = "a larger margin than last year"


def test_2016(office: World, visitor: Callable[..., Person], tmp_path: Path) -> None:
    visit = visitor
    with at("2016-06-20T10:00"):
        holder = people.person_named("Jeremy Corbyn")
        Tenure.objects.create(office=office.leader, person=holder, began="2015-09-12", began_how="elected")
        mps = office.body("MPs and MEPs", MPS)
        bodies = {
            "plp": mps,
            "clps": office.body("constituency parties", 2),
            "affiliates": office.body("affiliates", 2),
        }
        _roll(office, visit(Person), tmp_path)
    _motion(office, visit, mps)
    contest = _nominations(office, visit, bodies)
    _paper(office, visit, contest)
    _result(office, visit, contest)


def _roll(office: World, rita: Person, tmp_path: Path) -> None:
    """The registrar takes the roll in: three segments, and people in two of them."""
    file = tmp_path / "members.csv"
    file.write_bytes(rolled.invented(400))
    rita.sign_in(office.registrar).go("/roll/imports/")
    rita.look("2016-01-imports")
    rita.page.set_input_files("input[type=file]", file)
    rita.press("Take it in")
    rita.page.wait_for_load_state()
    rita.look("2016-02-mapping")
    rita.press("Show what would happen")
    rita.sees("Nothing has changed yet")
    rita.look("2016-03-dry-run")
    rita.press("Apply it")
    rita.sees("Applied as step 1")


def _motion(office: World, visit: Callable[..., Person], mps: str) -> None:
    """172 to 40, four spoilt; and no effect."""
    dates = {"motion_opens": "2016-06-28T10:00", "motion_closes": "2016-06-28T16:00", "declared": "2016-06-28T16:30"}
    with at("2016-06-27T10:00"):
        motion = make(
            office,
            "plp-confidence",
            bodies={"plp": mps},
            on="2016-06-27",
            dates=dates,
            occasion="challenge",
            holder="jeremy-corbyn",
            title="Motion of no confidence",
        )
    where = f"/contests/{motion.slug}/office"
    with at("2016-06-28T09:01"):
        alice = visit(Person).sign_in(office.alice)
        alice.go(f"{where}/stages/motion/")
        alice.press("Open it")
    with at("2016-06-28T15:01"):
        alice.sign_in(office.alice).go(f"{where}/stages/motion/")
        alice.press("Close it")
        bob = visit(Person).sign_in(office.bob)
        for one in (alice, bob):
            one.go(f"{where}/figures/motion/1/")
            row = one.page.locator("table").first.locator("tbody th").first.inner_text()
            one.fill(f"{row}: For", "172")
            one.fill(f"{row}: Against", "40")
            one.press("Take in my figures")
        bob.sees("Two officials agree")
        bob.look("2016-04-motion-figures")
        declare(alice, bob, motion, "2016-05-motion-preview")
    anybody = visit(Person)
    anybody.go(f"/contests/{motion.slug}/declaration/")
    anybody.sees("172")
    anybody.look("2016-06-motion-declared")


def _nominations(office: World, visit: Callable[..., Person], bodies: dict[str, str]) -> Contest:
    """A challenge: 51 of 251 needed; the incumbent by an interpretation."""
    with at("2016-07-12T10:00"):
        alice = visit(Person).sign_in(office.alice)
        alice.go(f"/contests/new/labour-2014/?office={office.leader.pk}")
        alice.fill("Title", "Leadership election 2016")
        alice.look("2016-07-make")
        alice.press("Make the contest")
        contest = Contest.objects.get(title="Leadership election 2016")
        assert (contest.occasion, contest.holder and contest.holder.name) == ("challenge", "Jeremy Corbyn")
        for key, body in bodies.items():
            contests.name_body(office.alice, contest, key=key, body=body, on="2016-07-11")
        for key, moment in DATES.items():
            contests.set_date(office.alice, contest, key=key, at=moment)
        alice.go(f"/contests/{contest.slug}/office/rules/")
        alice.look("2016-08-rules")
        alice.go(f"/contests/{contest.slug}/office/checklist/adoption/")
        alice.look("2016-09-adoption")
        with alice.page.expect_navigation():
            alice.page.locator("main form button").first.focus()
            alice.page.keyboard.press("Enter")
        contest.refresh_from_db()
        assert contest.status == Contest.Status.ADOPTED, alice.page.locator("main").inner_text()
        for name, email in (("Jeremy Corbyn", "jc@example.org"), ("Owen Smith", "os@example.org")):
            known = "jeremy-corbyn" if name == "Jeremy Corbyn" else ""
            from selectorate.office.acts import nominations

            nominations.propose_candidate(office.alice, contest, name=name, email=email, person=known)
    with at("2016-07-18T18:01"):
        alice.sign_in(office.alice).go(f"/contests/{contest.slug}/office/stages/nomination/")
        alice.press("Open it")
        seats = list(contest.bodies.get(key="plp").body.seats.select_related("user").order_by("pk"))
        for seat in seats[: NEEDED - 1]:
            nominations.nominate(seat.user, contest, stage="nomination", candidate="smith")
        anybody = visit(Person)
        anybody.go(f"/contests/{contest.slug}/")
        anybody.look("2016-10-contest")
        last = visit(Person).sign_in(seats[NEEDED - 1].user)
        last.go(f"/contests/{contest.slug}/nominate/")
        last.look("2016-11-nominate")
        last.choose("Owen Smith")
        last.press("Nominate")
        anybody.go(f"/contests/{contest.slug}/nominations/")
        anybody.sees(str(NEEDED))
        anybody.look("2016-12-board")
        smith = visit(Person).sign_in(Candidate.objects.get(key="smith").user)
        smith.go(f"/contests/{contest.slug}/candidate/smith/")
        smith.press("I consent to stand")
    with at("2016-07-20T16:01"):
        alice.sign_in(office.alice).go(f"/contests/{contest.slug}/office/stages/nomination/")
        alice.press("Close it")
    assert set(contest.candidates.values_list("key", "status")) == {("corbyn", "standing"), ("smith", "standing")}
    return contest


def _paper(office: World, visit: Callable[..., Person], contest: Contest) -> None:
    """The roll closed, entries signed off, the paper looked at by two, the ballot opened and closed."""
    where = f"/contests/{contest.slug}/office"
    with at("2016-08-10T10:00"):
        rita = visit(Person).sign_in(office.registrar)
        rita.go(f"{where}/roll/")
        rita.press("Prepare it: show what closing would give")
        rita.page.goto(f"{rita.address}{where}/roll/")
        rita.look("2016-13-roll-prepared")
        rita.press("Close the roll")
        rita.look("2016-14-roll-closed")
    with at("2016-08-22T08:01"):
        for key in ("corbyn", "smith"):
            own = visit(Person).sign_in(Candidate.objects.get(key=key).user)
            own.go(f"/contests/{contest.slug}/candidate/{key}/")
            own.fill("Statement (may be left empty)", f"Vote for **{key}**.")
            own.press("Keep the statement")
            own.press("This is right: sign it off")
            own.look(f"2016-15-entry-{key}")
        alice = visit(Person).sign_in(office.alice)
        rita.sign_in(office.registrar)
        for one in (alice, rita):
            one.go(f"{where}/paper/ballot/")
            one.press("I have looked at it, and it is right")
        alice.look("2016-16-paper")
        alice.go(f"{where}/stages/ballot/")
        alice.press("Open it")
        alice.look("2016-17-ballot-open")
    with at("2016-09-21T11:01"):
        alice.sign_in(office.alice).go(f"{where}/stages/ballot/")
        alice.press("Close it")


def _result(office: World, visit: Callable[..., Person], contest: Contest) -> None:
    """Figures in by two officials; declared by segment; the mandate beside 2015, with the claim."""
    where = f"/contests/{contest.slug}/office"
    with at("2016-09-24T10:00"):
        alice, bob = visit(Person).sign_in(office.alice), visit(Person).sign_in(office.bob)
        waiting = visit(Person)
        waiting.go(f"/contests/{contest.slug}/declaration/")
        waiting.look("2016-18-waiting")
        names = contest.rulebook.segments
        for one in (alice, bob):
            one.go(f"{where}/figures/ballot/1/")
            for section, votes in VOTES.items():
                for key, number in votes.items():
                    one.page.locator(f"[id='votes.{section}.{key}']").focus()
                    one.page.keyboard.type(f"{number:,}")
            for name, number in ROLL["total"].items():
                one.page.locator(f"[id='roll.total.{name}']").focus()
                one.page.keyboard.type(str(number))
            one.look(f"2016-19-figures-{'first' if one is alice else 'second'}")
            one.press("Take in my figures")
        bob.sees("Two officials agree")
        declare(alice, bob, contest, "2016-20-preview")
        waiting.page.get_by_text("313,209").first.wait_for(timeout=30_000)  # without reloading
        waiting.look("2016-21-declared")
        for segment in VOTES:
            waiting.sees(names[segment].name.split()[-1])
        alice.go(f"{where}/claims/")
        alice.fill("What was said", CLAIM)
        alice.fill("By whom, where and when", "a newspaper comment of 25 September 2016")
        for measure in ("share of valid votes", "lead over the runner-up, points"):
            alice.page.get_by_label(measure, exact=True).focus()
            alice.page.keyboard.press("Space")
        alice.page.locator("#id_than").focus()
        alice.page.keyboard.press("ControlOrMeta+a")
        alice.page.keyboard.type("uk-labour-leadership-2015")
        alice.look("2016-22-claims")
        alice.press("Enter the claim")
        alice.sees(CLAIM)
    waiting.go(f"/contests/{contest.slug}/mandate/")
    waiting.sees("313,209")
    waiting.sees(CLAIM)
    waiting.sees("depends on the measure")
    waiting.look("2016-23-mandate")
