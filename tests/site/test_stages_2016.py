"""The contest of 2016, from nominations to the declaration, by the pages alone: each person with their own browser."""

from __future__ import annotations

from tests.site import rolled
from tests.site.stages import Browser, figures, make, seats
from tests.site.world import DATES, ROLL, VOTES, World, at

from selectorate.office.acts import contests, people, verify_log
from selectorate.office.models import Candidate, Contest, Log, Tenure


def test_the_contest_of_2016_by_pages(office: World, django_capture_on_commit_callbacks, mailoutbox) -> None:
    with at("2016-07-12T10:00"):
        bodies = {
            "plp": office.body("MPs and MEPs", 30),
            "clps": office.body("constituency parties", 2),
            "affiliates": office.body("affiliates", 2),
        }
        holder = people.person_named("Jeremy Corbyn")
        Tenure.objects.create(office=office.leader, person=holder, began="2015-09-12", began_how="elected")
        contest = make(office, "labour-2014", bodies=bodies, on="2016-07-11", dates=DATES, occasion="challenge")
        assert contest.holder == holder
        alice, bob = Browser(office, office.alice, contest), Browser(office, office.bob, contest)
        assert "The holder has a place by right, and is not entered" in alice.get("office/stages/nomination/")
        with django_capture_on_commit_callbacks(execute=True):
            alice.post(
                "office/candidates/", do="propose", name="Jeremy Corbyn", person="jeremy-corbyn", email="jc@x.org"
            )
            alice.post("office/candidates/", do="propose", name="Owen Smith", email="os@x.org")
        assert [mail.to for mail in mailoutbox] == [["jc@x.org"], ["os@x.org"]]
        assert f"/contests/{contest.slug}/candidate/smith/" in mailoutbox[1].body
        assert "opens at its published time" in alice.post("office/stages/nomination/", do="open")
    with at("2016-07-18T18:01"):
        alice.post("office/stages/nomination/", do="open")
        mps = seats(contest, "plp")
        for seat in mps[:6]:
            page = Browser(office, seat.user, contest).post(
                "nominate/", stage="nomination", body="plp", candidates="smith"
            )
            assert "as you chose them" in page
        first = Browser(office, mps[0].user, contest)
        assert 'value="smith" checked' in first.get("nominate/")
        first.post("nominate/", stage="nomination", body="plp", candidates="corbyn")
        assert contest.nominations.filter(withdrawn=None, candidate__key="smith").count() == 5
        refused = first.client.post(
            first.at("nominate/"),
            {"stage": "nomination", "body": "plp", "candidates": ["corbyn", "smith"]},
            follow=True,
        )
        assert "each nominates 1 at most" in refused.content.decode()
        first.post("nominate/", stage="nomination", body="plp", candidates="smith")
        anybody = Browser(office, None, contest)
        board = anybody.get("nominations/")
        assert "MPs and MEPs 6" in board and "on the paper by right" in board
        smith = Browser(office, Candidate.objects.get(key="smith").user, contest)
        smith.get("candidate/corbyn/", status=404)
        smith.post("candidate/smith/", do="consent")
        stranger = Browser(office, seats(contest, "clps")[0].user, contest)
        assert "you do not sit in a body" in stranger.post("nominate/", stage="nomination", candidates="smith")
    with at("2016-07-20T16:00"):
        assert "where 6 were needed" in alice.post("office/nominations/nomination/", do="close")
        late = first.post("nominate/", stage="nomination", body="plp", candidates="corbyn")
        assert "nominations are not open" in late
    with at("2016-08-22T08:00"):
        for key in ("corbyn", "smith"):
            own = Browser(office, Candidate.objects.get(key=key).user, contest)
            own.post(f"candidate/{key}/", do="statement", text=f"Vote for **{key}**.")
            assert f"<strong>{key}</strong>" in own.get(f"candidate/{key}/")
            own.post(f"candidate/{key}/", do="sign", seen=own.hidden(f"candidate/{key}/", "seen"))
        registrar = Browser(office, office.registrar, contest)
        for browser in (alice, registrar):
            browser.post("office/paper/ballot/", seen=browser.hidden("office/paper/ballot/", "seen"))
        rolled.ready(office, contest)
        assert 'value="open"' in alice.get("office/stages/ballot/")
        alice.post("office/stages/ballot/", do="open")
        contest.refresh_from_db()
        assert contest.ballot_rounds.get(stage="ballot").field == ["corbyn", "smith"]
        assert "Entries do not change any more" in smith.post("candidate/smith/", do="statement", text="More.")
    with at("2016-09-21T11:01"):
        alice.post("office/stages/ballot/", do="close")
    with at("2016-09-24T10:00"):
        page = alice.post("office/figures/ballot/1/", do="figures", **figures(VOTES, ROLL))
        assert "Your figures are taken in" in page
        assert "168,216" not in bob.get("office/figures/ballot/1/")
        wrong = {**VOTES, "members": {"corbyn": 168216, "smith": 116961}}
        differ = bob.post("office/figures/ballot/1/", do="figures", **figures(wrong, ROLL))
        assert "116,961" in differ and "116,960" not in differ and "Where you differ" in differ
        assert "506,438" not in differ.split("Where you differ")[1].split("Look at the paper")[0]
        assert "Two officials agree" in bob.post("office/figures/ballot/1/", do="figures", **figures(VOTES, ROLL))
        assert "313,209" not in registrar.get("office/declare/")
        preview = alice.get("office/declare/")
        assert "313,209" in preview and "Elected: Jeremy Corbyn" in preview and "Not declared yet" in preview
        alice.post("office/declare/", seen=alice.hidden("office/declare/", "seen"))
        assert "Elected" not in anybody.get("nominations/")
        bob.confirm("office/declare/")
        contest.refresh_from_db()
        assert contest.status == Contest.Status.DECLARED
        assert contest.declaration.data["elected"] == ["corbyn"]
        alice.post("office/after/", do="office", on="2016-09-24")
        old, new = office.leader.tenures.order_by("pk")
        assert (str(old.ended), old.ended_how) == ("2016-09-24", "term ended")
        assert (new.person, new.began_how, new.contest) == (holder, "elected", contest)
    for log in Log.objects.all():
        assert verify_log(log) == []


def test_contests_open_stage_still_needs_its_officer(office: World) -> None:
    contest = make(office, "plp-confidence", bodies={"plp": office.body("MPs", 3)}, adopt=False)
    for user in (office.registrar, office.scrutineer, office.nobody):
        try:
            contests.adopt_contest(user, contest)
        except Exception as fault:
            assert "another role" in str(fault)
        else:
            raise AssertionError(user)
