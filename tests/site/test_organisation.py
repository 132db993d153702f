"""Units, offices, tenures, benches, bodies: what officers do by their pages, and what everybody reads."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from tests.site.world import DATES, World, at

from selectorate.errors import RefusedError
from selectorate.office import holdings, occasions, preflight
from selectorate.office.acts import confirm, contests, nominations, organisation, people, units, verify_log
from selectorate.office.models import Act, Body, BodySeat, Contest, Log, Office, Person, Proposal, Tenure, Unit

NOON = "2016-06-20T11:00"


def post(client: Client, route: str, /, *args: Any, **data: Any) -> Any:
    return client.post(reverse(route, args=args), data)


def said(answer: Any) -> str:
    """The faults on a page."""
    text = answer.content.decode()
    return " ".join(re.sub("<[^>]+>", " ", block) for block in re.findall(r'<div class="fault".*?</div>', text, re.S))


def csv(text: str) -> SimpleUploadedFile:
    return SimpleUploadedFile("table.csv", text.encode())


def unit(office: World, name: str, kind: str = "region", parent: str = "party", code: str = "") -> Unit:
    return units.make_unit(office.alice, None, name=name, kind=kind, parent=parent, code=code)


def post_of(office: World, name: str, **more: Any) -> Office:
    return organisation.make_office(office.alice, None, unit="party", name=name, **more)


def begin(office: World, post: Office, name: str, began: str, how: str = "appointed", **more: Any) -> Tenure:
    return organisation.begin_tenure(office.alice, None, office=post.pk, name=name, began=began, how=how, **more)


def end(office: World, tenure: Tenure, ended: str, how: str = "resigned") -> Tenure:
    return organisation.end_tenure(office.alice, None, tenure=tenure.pk, ended=ended, how=how)


# -- the tree ------------------------------------------------------------------------------------------------------


def test_a_unit_is_made_renamed_and_moved_with_all_below_it(office: World) -> None:
    alice = office.client(office.alice)
    with at(NOON):
        assert post(alice, "new-unit", name="North", kind="region", parent="party").status_code == 302
        post(alice, "new-unit", name="South", kind="region", parent="party", code="S")
        post(alice, "new-unit", name="Ashby", kind="constituency", parent="party/north")
        post(alice, "new-unit", name="Ashby Town", kind="branch", parent="party/north/ashby")
        ashby = Unit.objects.get(path="party/north/ashby")
        moved = post(alice, "move-unit", ashby.pk, parent="party/south")
        assert moved.headers["Location"] == reverse("unit", args=["party/south/ashby"])
        assert Unit.objects.filter(path="party/south/ashby/ashby-town").exists()
        post(alice, "rename-unit", ashby.pk, name="Ashby and Vale", kind="constituency", code="A1", address="on")
        assert Unit.objects.get(name="Ashby Town").path == "party/south/ashby-and-vale/ashby-town"
        page = alice.get(reverse("unit", args=["party/south/ashby-and-vale"])).content.decode()
    assert "Ashby Town" in page and "A1" in page
    assert [act.kind for act in Act.objects.order_by("-pk")[:2]] == ["rename_unit", "move_unit"]


def test_what_the_tree_refuses(office: World) -> None:
    alice = office.client(office.alice)
    with at(NOON):
        north = unit(office, "North", code="N")
        ashby = unit(office, "Ashby", "constituency", "party/north")
        assert "of that name is there" in said(post(alice, "new-unit", name=" NORTH ", kind="region", parent="party"))
        assert "has this code" in said(post(alice, "new-unit", name="West", kind="region", parent="party", code="N"))
        assert "no such unit" in said(post(alice, "new-unit", name="West", kind="region", parent="party/east"))
        assert "below itself" in said(post(alice, "move-unit", north.pk, parent="party/north/ashby"))
        assert "below itself" in said(post(alice, "move-unit", north.pk, parent="party/north"))
        assert "there already" in said(post(alice, "move-unit", ashby.pk, parent="party/north"))
        path = "party/north/ashby"
        for depth in range(3, 8):
            path = unit(office, f"Level {depth}", "branch", path).path
        assert "too deep" in said(post(alice, "new-unit", name="Lower", kind="branch", parent=path))
        assert "too deep" in said(
            post(alice, "move-unit", ashby.pk, parent=unit(office, "X", parent="party/north").path)
        )
    assert office.client(office.registrar).get(reverse("new-unit")).status_code == 403
    assert office.client(office.nobody).get(reverse("manage-units")).status_code == 403
    assert office.client().get(reverse("manage-units")).status_code == 302


UNITS = """Name;Kind;Parent;Code
North;region;party;N
Ashby;constituency;N;A1
Béthune;constituency;North;B1
"""


def test_units_come_from_a_table_after_a_dry_run(office: World) -> None:
    alice = office.client(office.alice)
    with at(NOON):
        looked = post(alice, "import-units", file=SimpleUploadedFile("t.csv", UNITS.encode("cp1252")), step="look")
        assert Unit.objects.count() == 1
        text = looked.context["form"]["text"].value()
        assert "Béthune" in looked.content.decode()
        assert post(alice, "import-units", text=text, step="do").status_code == 302
        assert set(Unit.objects.values_list("path", flat=True)) == {
            "party", "party/north", "party/north/ashby", "party/north/bethune",
        }  # fmt: skip
        again = post(alice, "import-units", file=csv(UNITS.replace("Ashby", "Ashby Vale")), step="look")
        assert dict(again.context["facts"]) == {"new": 0, "changed": 1, "as they are": 2}


def test_faults_of_a_table_of_units_are_told_by_row_and_column(office: World) -> None:
    alice = office.client(office.alice)
    with at(NOON):
        unit(office, "North", code="N")
        unit(office, "South", code="S")
        unit(office, "Ashby", "constituency", "party/north", "A1")
        table = (
            "name,kind,parent,code\n"
            "East,,party,E\n"  # 2: no kind
            "Vale,constituency,party/nowhere,V\n"  # 3
            "Ashby,constituency,party/south,A1\n"  # 4: elsewhere
            "Dale,constituency,N,D\n"
            "Dale,constituency,N,D\n"  # 6: twice
            "Ashby,constituency,N,A2\n"  # 7: another code
        )
        looked = post(alice, "import-units", file=csv(table), step="do")
        found = {(fault.row, fault.column) for fault in looked.context["faults"]}
        assert found == {(2, "kind")}, "what cannot be read is told first"
        looked = post(alice, "import-units", file=csv(table.replace("East,,", "East,region,")), step="do")
        found = {(fault.row, fault.column) for fault in looked.context["faults"]}
    assert found == {(3, "parent"), (4, "parent"), (6, "name"), (7, "code")}
    assert Unit.objects.count() == 4


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"name,kind\n", "no rows"),
        (b"name,parent\nA,B\n", "no column headed kind"),
        (b"name,name,kind\nA,B,C\n", "two columns"),
        (b"\x00\x01\x02", "no table of text"),
        (b"PK\x03\x04\x00\x00", "no table of text"),
        (b'name,kind\n"A,B\n', "cannot be read"),
    ],
)
def test_what_is_no_table_is_told_so(office: World, content: bytes, message: str) -> None:
    alice = office.client(office.alice)
    answer = post(alice, "import-units", file=SimpleUploadedFile("t.csv", content or b"\n"), step="look")
    assert message in said(answer)


# -- offices and tenures -------------------------------------------------------------------------------------------


def test_an_office_and_its_tenures_by_pages(office: World) -> None:
    alice = office.client(office.alice)
    with at(NOON):
        national = Unit.objects.get(path="party")
        post(alice, "new-office", national.pk, name="Treasurer", places=1, filled="elected", order=0)
        treasurer = Office.objects.get(name="Treasurer")
        assert treasurer.vacant(date(2016, 6, 20))
        post(alice, "begin-tenure", treasurer.pk, name="Ann Able", began="2014-01-01", how="elected", slate="Unity")
        ann = Tenure.objects.get()
        assert not treasurer.vacant(date(2016, 6, 20)) and treasurer.vacant(date(2013, 12, 31))
        post(alice, "end-tenure", ann.pk, ended="2016-06-15", how="resigned")
        page = office.client().get(reverse("office", args=["party", "treasurer"])).content.decode()
        assert "Ann Able" in page and "resigned" in page and "Nobody holds it." in page
        before = office.client().get(reverse("office", args=["party", "treasurer"]) + "?on=2016-06-14")
        assert [one.person.name for one in before.context["holding"]] == ["Ann Able"]
        # Somebody of the same name: the officer is asked whether it is them.
        asked = post(alice, "begin-tenure", treasurer.pk, name="ann able", began="2016-06-16", how="returned")
        assert "say whether it is them" in said(asked) and Tenure.objects.count() == 1
        post(alice, "begin-tenure", treasurer.pk, name="Ann Able", who="ann-able", began="2016-06-16", how="returned")
        assert Person.objects.count() == 1
        person = office.client().get(reverse("person", args=["ann-able"])).content.decode()
    assert "returned" in person and "resigned" in person


def test_what_a_tenure_refuses(office: World) -> None:
    alice = office.client(office.alice)
    with at(NOON):
        chair = post_of(office, "Chair")
        ann = begin(office, chair, "Ann Able", "2015-01-01")

        def begun(**given: Any) -> str:
            data = {"name": "Bea Bold", "began": "2016-01-01", "how": "appointed", **given}
            return said(post(alice, "begin-tenure", chair.pk, **data))

        assert "no free place then: it is held by Ann Able" in begun()
        assert "holds Chair already: since 2015-01-01" in begun(name="Ann Able", who="ann-able")
        assert "too far ahead" in begun(began="2018-01-01")
        assert "too long ago" in begun(began="1066-10-14")
        assert "valid date" in begun(began="yesterday").lower()
        assert "cannot end before" in said(post(alice, "end-tenure", ann.pk, ended="2014-12-31", how="resigned"))
        assert "too far ahead" in said(post(alice, "end-tenure", ann.pk, ended="2019-01-01", how="resigned"))
        end(office, ann, "2016-06-10", "removed")
        assert "has ended already" in said(post(alice, "end-tenure", ann.pk, ended="2016-06-11", how="died"))
        # A tenure entered late, in the middle of another one.
        assert "no free place" in begun(began="2016-06-09")
        begin(office, chair, "Bea Bold", "2016-06-10")
        with pytest.raises(RefusedError, match="no free place"):
            begin(office, chair, "Cal Cold", "2014-12-01")
        with pytest.raises(RefusedError, match="no such person"):
            begin(office, chair, "", "2014-12-01", person="nobody")
        with pytest.raises(RefusedError, match="did not elect them"):
            held = contests.create_contest(office.alice, None, title="T", rulebook="labour-2014", office=chair.pk)
            begin(office, chair, "", "2014-12-01", how="elected", person="ann-able", contest_slug=held.slug)
        assert "2 hold it" not in said(
            post(alice, "change-office", chair.pk, name="Chair", places=2, filled="elected", order=0)
        )
        begin(office, chair, "Dan Dark", "2016-06-11")
        assert "2 hold it" in said(
            post(alice, "change-office", chair.pk, name="Chair", places=1, filled="elected", order=0)
        )


def test_a_tenure_is_corrected_by_two_with_a_reason(office: World) -> None:
    alice = office.client(office.alice)
    with at(NOON):
        chair = post_of(office, "Chair")
        ann = begin(office, chair, "Ann Able", "2015-01-01")
        given = {"began": "2015-02-01", "how": "elected", "ended": "", "ended_how": "", "slate": "", "reason": "a slip"}
        assert "required" in said(post(alice, "correct-tenure", ann.pk, **{**given, "reason": ""}))
        post(alice, "correct-tenure", ann.pk, **given)
        ann.refresh_from_db()
        assert ann.began == date(2015, 1, 1), "one official is not enough"
        proposal = Proposal.objects.get()
        assert "because a slip" in proposal.says
        with pytest.raises(RefusedError, match="second official"):
            confirm(office.alice, proposal)
        confirm(office.bob, proposal)
        ann.refresh_from_db()
        assert (ann.began, ann.began_how) == (date(2015, 2, 1), "elected")
        wrong = {**given, "ended": "2014-01-01", "ended_how": "resigned"}
        assert "cannot end before" in said(post(alice, "correct-tenure", ann.pk, **wrong))
        confirm(
            office.bob, organisation.correct_tenure(office.alice, None, tenure=ann.pk, reason="not her", strike=True)
        )
    assert not chair.tenures.exists() and Tenure.with_struck.count() == 1
    assert office.client().get(reverse("person", args=["ann-able"])).status_code == 404
    assert verify_log(Log.objects.get(name="organisation")) == []


def test_somebody_who_acts_is_no_incumbent(office: World) -> None:
    with at(NOON):
        begin(office, office.leader, "Harry Acting", "2016-06-01", "acting")
        assert office.leader.vacant(date(2016, 6, 20))
        assert [one["person"] for one in holdings.holders_on(office.national, date(2016, 6, 20))] == ["Harry Acting"]
        made = contests.create_contest(
            office.alice, None, title="Leader", rulebook="labour-2014", office=office.leader.pk
        )
    assert (made.occasion, made.holder) == ("vacancy", None)


# -- vacancy and incumbent drive the thresholds --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("resigns", "occasion", "needed", "on_paper"), [(True, "vacancy", 5, True), (False, "challenge", 6, False)]
)
def test_tenures_drive_the_thresholds_of_2014(
    office: World, resigns: bool, occasion: str, needed: int, on_paper: bool
) -> None:
    """Of thirty, five are 15% and enough for a vacancy; a challenge needs six, 20%."""
    with at("2016-07-12T10:00"):
        bodies = {key: office.body(key, size) for key, size in (("plp", 30), ("clps", 2), ("affiliates", 2))}
        tenure = begin(office, office.leader, "Jan Holder", "2015-09-12", "elected")
        if resigns:
            end(office, tenure, "2016-07-11")
        made = contests.create_contest(
            office.alice, None, title="2016", rulebook="labour-2014", office=office.leader.pk
        )
        assert made.occasion == occasion
        assert (made.holder.name if made.holder else None) == (None if resigns else "Jan Holder")
        for key, body in bodies.items():
            contests.name_body(office.alice, made, key=key, body=body, on="2016-07-11")
        for key, moment in DATES.items():
            contests.set_date(office.alice, made, key=key, at=moment)
        contests.adopt_contest(office.alice, made)
        nominations.propose_candidate(office.alice, made, name="Kim Challenger", email="k@example.org")
        if not resigns:
            nominations.propose_candidate(office.alice, made, name="Jan Holder", person="jan-holder")
    with at("2016-07-18T19:00"):
        contests.open_stage(office.alice, made, stage="nomination")
        kim = made.candidates.get(key="challenger")
        nominations.consent(kim.user, made, candidate="challenger")
        for seat in Body.objects.get(slug="plp").seats.all()[:5]:
            nominations.nominate(seat.user, made, stage="nomination", candidate="challenger")
    with at("2016-07-20T16:00"):
        standing = nominations.close_nominations(office.alice, made, stage="nomination")
    ruling = next(
        one for one in made.stages.get(stage="nomination").result["rulings"] if one["candidate"] == "challenger"
    )
    assert (ruling["count"], ruling["needed"]) == (5, needed)
    assert ("challenger" in standing) is on_paper


def test_an_occasion_that_the_tenures_deny_blocks_adoption(office: World) -> None:
    with at(NOON):
        tenure = begin(office, office.leader, "Jan Holder", "2015-09-12", "elected")
        made = contests.create_contest(
            office.alice, None, title="2016", rulebook="labour-2014", office=office.leader.pk, occasion="vacancy"
        )

        def fault(of: Contest) -> str:
            of = Contest.objects.get(pk=of.pk)
            return "; ".join(one.says for one in preflight.blocking(of, "adoption") if "occasion" in one.name)

        assert fault(made) == "there is no vacancy: the office is held by Jan Holder"
        end(office, tenure, "2016-09-01")
        assert fault(made) == "", "a resignation to a later day is a vacancy that is known"
        challenge = contests.create_contest(
            office.alice, None, title="Challenge", rulebook="labour-2014", office=office.leader.pk
        )
        assert (challenge.occasion, fault(challenge)) == ("challenge", "")
    with at("2016-09-02T10:00"):
        assert "the one who is challenged is Jan Holder: it is vacant" in fault(challenge)
        assert occasions.proposed(office.leader, made.rulebook, date(2016, 8, 31)) == "challenge"
        assert occasions.proposed(office.leader, made.rulebook, date(2016, 9, 1)) == "vacancy"


# -- a bench -------------------------------------------------------------------------------------------------------


def front_bench(office: World) -> str:
    """Twenty offices, eight of them filled by election, all held since the autumn of 2015."""
    bench = organisation.make_bench(office.alice, None, name="Front bench", unit="party")
    for number in range(1, 21):
        how = "elected" if number <= 8 else "appointed"
        post = post_of(office, f"Shadow {number:02}", filled=how, bench=bench.slug, order=number)
        begin(office, post, f"Member {number:02}", "2015-09-14", how)
    return bench.slug


def wave(office: World) -> None:
    """One is removed and eleven resign on two days; two of the places are filled on the third."""
    tenures = {one.office.name: one for one in Tenure.objects.select_related("office")}
    end(office, tenures["Shadow 01"], "2016-06-26", "removed")
    for number in range(2, 6):
        end(office, tenures[f"Shadow {number:02}"], "2016-06-26")
    for number in range(6, 13):
        end(office, tenures[f"Shadow {number:02}"], "2016-06-27")
    begin(office, tenures["Shadow 01"].office, "Newcomer One", "2016-06-28")
    begin(office, tenures["Shadow 02"].office, "Newcomer Two", "2016-06-28")


def test_the_bench_on_any_day(office: World) -> None:
    with at("2016-07-01T10:00"):
        slug = front_bench(office)
        wave(office)
        everybody = office.client()
        page = everybody.get(reverse("bench", args=[slug]) + "?on=2016-06-26")
        figures = page.context["figures"]
        assert (figures.places, figures.held, figures.free) == (20, 15, 5)
        assert (figures.elected, figures.appointed) == (3, 12)
        assert page.context["before"] == date(2015, 9, 14) and page.context["after"] == date(2016, 6, 27)
        before = everybody.get(reverse("bench", args=[slug]) + "?on=2016-06-25")
        assert before.context["figures"].held == 20
        after = everybody.get(reverse("bench", args=[slug]) + "?on=2016-06-28")
        assert (after.context["figures"].held, after.context["figures"].appointed) == (10, 10)
        assert "Newcomer One" in after.content.decode()
        assert after.context["after"] is None
        wrong = everybody.get(reverse("bench", args=[slug]) + "?on=2016-06-31")
        assert wrong.status_code == 200 and "This is no day" in said(wrong)


def test_a_wave_is_a_picture_over_days_with_its_table(office: World) -> None:
    with at("2016-07-01T10:00"):
        slug = front_bench(office)
        wave(office)
        page = office.client().get(reverse("bench-wave", args=[slug]))
        text = page.content.decode()
        days = [(one.day, len(one.began), len(one.ended)) for one in page.context["days"]]
        assert days == [(date(2016, 6, 26), 0, 5), (date(2016, 6, 27), 0, 7), (date(2016, 6, 28), 2, 0)]
        assert (page.context["went"], page.context["resigned"], page.context["came"]) == (12, 11, 2)
        picture = text[text.index("<svg") : text.index("</svg>")]
        assert "<script" not in picture and "style" not in picture
        assert 'role="img"' in picture and "27 June: 0 came, 7 went" in picture
        assert "Member 01, Shadow 01 (removed)" in text
        table = office.client().get(reverse("bench-wave-csv", args=[slug])).content.decode().splitlines()
        assert len(table) == 15 and table[1] == "2016-06-26,ended,removed,Member 01,Shadow 01"
        long = office.client().get(reverse("bench-wave", args=[slug]) + "?from=2015-01-01&until=2016-12-31")
        assert "more than 120" in said(long)


def test_a_name_cannot_break_out_of_the_picture(office: World) -> None:
    with at(NOON):
        bench = organisation.make_bench(office.alice, None, name='B</title><script>alert("x")</script>', unit="party")
        post = post_of(office, "<b>Shadow", bench=bench.slug)
        end(office, begin(office, post, "<img src=x onerror=y>", "2016-01-01"), "2016-06-01")
        text = office.client().get(reverse("bench-wave", args=[bench.slug])).content.decode()
    assert "<script>alert" not in text and "<img" not in text and "<b>Shadow" not in text


def test_which_offices_belong_to_a_bench(office: World) -> None:
    alice = office.client(office.alice)
    with at(NOON):
        post(alice, "new-bench", name="Executive", unit="party")
        first, second = post_of(office, "First"), post_of(office, "Second")
        post(alice, "set-bench", "executive", name="Executive", offices=[first.pk, second.pk])
        assert {one.name for one in Office.objects.filter(bench__slug="executive")} == {"First", "Second"}
        other = organisation.make_bench(office.alice, None, name="Other", unit="party")
        with pytest.raises(RefusedError, match="belongs to another bench"):
            organisation.set_bench(office.alice, None, bench=other.slug, name="Other", offices=[first.pk])
        post(alice, "set-bench", "executive", name="Executive committee", offices=[second.pk])
    assert [one.name for one in Office.objects.filter(bench__slug="executive")] == ["Second"]


# -- bodies --------------------------------------------------------------------------------------------------------

SEATS = """name,email,part,counts,since
Ann Able,ann@example.org,mps,,2015-05-07
Bea Bold,BEA@example.org,meps,,01/07/2014
Cal Cold,,mps,,
"""


def test_a_body_is_seated_from_a_table(office: World) -> None:
    alice = office.client(office.alice)
    with at(NOON):
        post(alice, "new-body", name="MPs and MEPs")
        page = reverse("import-seats", args=["mps-and-meps"])
        looked = alice.post(page, {"file": csv(SEATS), "began": "2016-01-01", "step": "look"})
        assert dict(looked.context["facts"])["new"] == 3 and not BodySeat.objects.exists()
        done = alice.post(page, {"text": SEATS, "began": "2016-01-01", "step": "do"})
        assert done.status_code == 302
        seats = {one.name: one for one in BodySeat.objects.select_related("user")}
        assert seats["Bea Bold"].began == date(2014, 7, 1) and seats["Bea Bold"].user.email == "BEA@example.org"
        assert seats["Cal Cold"].user is None and seats["Cal Cold"].began == date(2016, 1, 1)
        body = Body.objects.get()
        assert [body.seats_on(day).count() for day in (date(2014, 7, 1), date(2015, 5, 7), date(2016, 1, 1))] == [
            1,
            2,
            3,
        ]
        # Another table: Bea stays (her address in other letters), Cal goes, Dan comes.
        later = "name,email\nAnn Able,ann@example.org\nBea Bold,bea@EXAMPLE.org\nDan Dark,\n"
        alice.post(page, {"text": later, "began": "2016-06-01", "step": "do", "end_missing": "on"})
        assert sorted(body.seats_on(date(2016, 6, 1)).values_list("name", flat=True)) == [
            "Ann Able",
            "Bea Bold",
            "Dan Dark",
        ]
        shown = alice.get(reverse("body", args=[body.slug]) + "?on=2016-05-31")
        assert shown.context["sums"]["size"] == 3 and "Cal Cold" in shown.content.decode()
        ann = body.seats.get(name="Ann Able")
        assert "began later" in said(post(alice, "end-seat", ann.pk, on="2015-05-06"))
        post(alice, "end-seat", ann.pk, on="2016-06-15")
        assert body.seats_on(date(2016, 6, 15)).count() == 2
    assert office.client(office.scrutineer).get(reverse("body", args=[body.slug])).status_code == 200
    assert office.client(office.scrutineer).get(page).status_code == 403
    assert office.client().get(reverse("body", args=[body.slug])).status_code == 302


def test_faults_of_a_table_of_seats(office: World) -> None:
    alice = office.client(office.alice)
    with at(NOON):
        people.make_body(office.alice, None, name="MPs")
        table = (
            "name,email,counts,since,unit\n"
            "Ann,no address,,,\n"
            "Bea,b@example.org,many,,\n"
            "Cal,b@example.org,,,\n"
            "Dan,,,the day before,\n"
            "Eve,,,,nowhere\n"
        )
        looked = alice.post(
            reverse("import-seats", args=["mps"]), {"file": csv(table), "began": "2016-01-01", "step": "do"}
        )
    assert {(one.row, one.column) for one in looked.context["faults"]} == {
        (2, "email"), (3, "measure"), (5, "began"), (6, "unit"),
    }  # fmt: skip
    assert not BodySeat.objects.exists()


def test_a_seat_with_a_day_that_is_none_is_refused(office: World) -> None:
    people.make_body(office.alice, None, name="MPs")
    with pytest.raises(RefusedError, match="is no day"):
        people.seat(office.alice, None, body="mps", name="Ann", began="soon")
    with pytest.raises(RefusedError, match="no mail address"):
        people.seat(office.alice, None, body="mps", name="Ann", began="2016-01-01", email="ann")
    assert not BodySeat.objects.exists()


# -- what is public, and how much it costs -------------------------------------------------------------------------


def test_a_person_who_only_was_proposed_has_no_page(office: World) -> None:
    people.person_named("Quiet Person")
    assert office.client().get(reverse("person", args=["quiet-person"])).status_code == 404


def test_public_pages_of_three_hundred_people_ask_few_questions(
    office: World, django_assert_max_num_queries: Any
) -> None:
    with at("2016-07-01T10:00"):
        bench = organisation.make_bench(office.alice, None, name="Front bench", unit="party")
        Office.objects.bulk_create(
            Office(unit=office.national, name=f"Post {n:03}", slug=f"post-{n}", bench=bench) for n in range(300)
        )
        Person.objects.bulk_create(Person(name=f"Holder {n}", slug=f"holder-{n}") for n in range(300))
        pairs = zip(Office.objects.filter(bench=bench), Person.objects.all(), strict=True)
        Tenure.objects.bulk_create(
            Tenure(office=post, person=person, began=date(2015, 1, 1), began_how="appointed") for post, person in pairs
        )
        everybody = office.client()
        for name, args in (("bench", [bench.slug]), ("bench-wave", [bench.slug]), ("unit", ["party"])):
            with django_assert_max_num_queries(16):
                assert everybody.get(reverse(name, args=args)).status_code == 200
    values = holdings.holders_on(office.national, date(2016, 1, 1))
    assert len(values) == 300 and values[0]["began_how"] == "appointed"
    offices = holdings.offices_of(office.national)
    assert [one["bench"] for one in offices] == [None, *["front-bench"] * 300]


@pytest.mark.parametrize(
    "address",
    [
        "/units/?q=%00&kind=%00",
        "/units/?page=99999999999999999999",
        "/units/?q=%F0%9F%92%A9%27%22%3E%3Cscript%3E",
        "/units/party/?on=0000-00-00",
        "/units/party/?on=9999-12-31",
        "/benches/front-bench/?on=1",
        "/benches/front-bench/wave/?from=2016-06-01&until=2015-01-01",
        "/benches/front-bench/wave/?from=9999-12-31",
        "/benches/front-bench/wave/?from=2200-12-31",
        "/offices/party/leader/?on=%00&page=-1",
    ],
)
def test_addresses_that_make_no_sense_are_answered(office: World, address: str) -> None:
    organisation.make_bench(office.alice, None, name="Front bench", unit="party")
    answer = office.client().get(address)
    # A null character is no text: nothing is looked up by it.
    assert answer.status_code == (400 if "%00" in address else 200) and "<script>" not in answer.content.decode()


def test_addresses_of_nothing_are_not_found(office: World) -> None:
    for address in ("/units/%00/", "/units/party/nothing/", "/offices/%00/leader/", "/offices/party/x/", "/people/x/"):
        assert office.client().get(address).status_code == (400 if "%00" in address else 404)
