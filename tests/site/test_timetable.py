"""The timetable: by the organisation's clock, in order, proposed backwards, changed in public."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as site
from tests.site.contests_world import DATES, adopted, drafted
from tests.site.test_contest_pages import text_of
from tests.site.world import World, at

from selectorate import rules
from selectorate.errors import RefusedError
from selectorate.office import timetable
from selectorate.office.acts import confirm, contests
from selectorate.office.models import Act
from selectorate.office.timetable_proposal import proposed

NOW = "2016-07-12T10:00"


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2016-07-18T17:00", "2016-07-18T16:00"),
        ("2016-01-18T17:00", "2016-01-18T17:00"),
        ("2016-03-27T00:59", "2016-03-27T00:59"),
        ("2016-03-27T02:00", "2016-03-27T01:00"),
        ("2016-10-30T00:59", "2016-10-29T23:59"),
        ("2016-10-30T01:30+01:00", "2016-10-30T00:30"),
        ("2016-10-30T01:30+00:00", "2016-10-30T01:30"),
        ("2016-10-30T02:00", "2016-10-30T02:00"),
    ],
)
def test_a_time_of_the_clock_is_a_moment(text: str, utc: str) -> None:
    when, whole = timetable.moment(text)
    assert not whole and when.utcoffset() == timedelta() and when.isoformat()[:16] == utc
    assert timetable.moment(timetable.written(when)) == (when, False)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2016-03-27T01:00", "the clock skips"),
        ("2016-03-27T01:59", "the clock skips"),
        ("2016-10-30T01:00", "twice"),
        ("2016-10-30T01:59", "twice"),
        ("2016-02-30", "a date is"),
        ("18 July", "a date is"),
        ("", "a date is"),
        ("0001-01-01", "the year"),
        ("9999-12-31T23:59", "the year"),
        ("2016-07-18T25:00", "a date is"),
    ],
)
def test_a_time_that_is_none_is_refused(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        timetable.moment(text)


@pytest.mark.parametrize(
    "zone",
    [
        "America/St_Johns",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "Asia/Kathmandu",
        "Africa/Casablanca",
        "America/Sao_Paulo",
    ],
)
def test_every_zone_has_its_own_gaps(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site, "TIME_ZONE", zone)
    skipped = twice = 0
    start = datetime(2016, 1, 1)
    for halves in range(0, 2 * 24 * 366):
        local = start + timedelta(minutes=30 * halves)
        try:
            when, _ = timetable.moment(local.strftime("%Y-%m-%dT%H:%M"))
        except timetable.TwiceError as fault:
            twice += 1
            first, second = (timetable.moment(local.strftime("%Y-%m-%dT%H:%M") + offset)[0] for offset in fault.offsets)
            assert first < second
        except ValueError:
            skipped += 1
        else:
            assert when.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local
            assert timetable.moment(timetable.written(when))[0] == when
    assert (skipped > 0) == (twice > 0) == (zone != "Asia/Kathmandu")


def test_the_page_tells_what_the_clock_does(office: World) -> None:
    browser = office.client(office.alice)
    with at(NOW):
        contest = drafted(office, members=1)
        contests.set_timetable(office.alice, contest, dates=dict.fromkeys(DATES, ""))
        here = f"/contests/{contest.slug}/office/timetable/"
        page = browser.post(here, {"ballot_closes_day": "2017-03-26", "ballot_closes_time": "01:30"})
        assert "the clock skips this time" in text_of(page)
        page = browser.post(here, {"ballot_closes_day": "2016-10-30", "ballot_closes_time": "01:30"})
        assert "say which is meant" in text_of(page) and 'name="ballot_closes_which"' in page.content.decode()
        assert not contest.dates.exists()
        given = {"ballot_closes_day": "2016-10-30", "ballot_closes_time": "01:30", "ballot_closes_which": "+00:00"}
        assert browser.post(here, given).status_code == 302
        assert timetable.said(timetable.at(contest, "ballot_closes")) == "30 October 2016, 01:30 GMT"
        page = browser.get(here).content.decode()
        assert '<option value="+00:00" selected>' in page
        assert browser.post(here, {**given, "ballot_closes_which": "+05:00"}).status_code == 200
        assert browser.post(here, {"ballot_closes_day": "", "ballot_closes_time": ""}).status_code == 302
        assert not contest.dates.exists()


def test_all_dates_move_together(office: World) -> None:
    """A shift of the whole timetable by a year is in order at its end, whatever is in order on the way there."""
    with at(NOW):
        contest = drafted(office, members=1)
        later = {key: text.replace("2016", "2017") for key, text in DATES.items()}
        contests.set_timetable(office.alice, contest, dates=later)
        assert timetable.at(contest, "ballot_opens").year == 2017
        with pytest.raises(RefusedError, match="would be before") as fault:
            contests.set_timetable(office.alice, contest, dates={"ballot_opens": "2017-09-22T09:00"})
        assert fault.value.field == "ballot_closes"
        assert timetable.at(contest, "ballot_opens").month == 8  # nothing of it was kept
        with pytest.raises(RefusedError, match="at the moment of"):
            contests.set_timetable(office.alice, contest, dates={"ballot_opens": "2017-09-21T12:00"})
        with pytest.raises(RefusedError, match="not on a day"):
            contests.set_timetable(office.alice, contest, dates={"ballot_opens": "2017-08-22"})


@pytest.mark.parametrize("name", rules.preset_ids())
def test_a_timetable_is_proposed_for_every_rulebook_and_is_in_order(name: str) -> None:
    rulebook = rules.load(name)
    dates = proposed(rulebook, datetime(2017, 9, 24, 11, 45))
    assert set(dates) == set(timetable.keys(rulebook))
    fixed = {key: timetable.moment(text) for key, text in dates.items()}
    assert timetable.order_problems(rulebook, {key: when for key, (when, _whole) in fixed.items()}) == {}
    assert not any(fixed[key][1] for key in timetable.stage_keys(rulebook))


def test_a_timetable_is_proposed_from_the_declaration_and_fixed_only_when_said_so(office: World) -> None:
    browser = office.client(office.alice)
    with at(NOW):
        contest = contests.create_contest(office.alice, None, title="New one", rulebook="labour-2014")
        here = f"/contests/{contest.slug}/office/timetable/"
        page = browser.get(f"{here}?declared_day=2016-12-24&declared_time=11:45").content.decode()
        assert 'value="2016-12-21"' in page and "This is a proposal" in page
        assert not contest.dates.exists()
        assert "give the time as well" in text_of(browser.get(f"{here}?declared_day=2016-12-24"))


def test_the_history_of_changes_is_public_data(office: World) -> None:
    contest = adopted(office, members=1)
    assert timetable.history(contest) == []
    with at("2016-07-13T10:00"):
        confirm(
            office.bob,
            contests.change_date(office.alice, contest, key="declared", at="2016-09-25T12:00", reason="The hall."),
        )
    (change,) = timetable.history(contest)
    assert (change.name, change.before, change.after, change.reason) == (
        "declaration of the result",
        "24 September 2016, 11:45 BST",
        "25 September 2016, 12:00 BST",
        "The hall.",
    )
    # It stays when the details of acts are deleted with the personal data.
    Act.objects.update(details=None, salt="")
    assert timetable.history(contest) == [change]
    said = text_of(office.client(office.scrutineer).get(f"/contests/{contest.slug}/office/timetable/"))
    assert "from 24 September 2016, 11:45 BST to 25 September 2016, 12:00 BST" in said and "The hall." in said
    page = office.client(office.alice).get(f"/contests/{contest.slug}/office/timetable/change/")
    assert "25 September 2016, 12:00 BST" in text_of(page)


def test_a_change_is_proposed_through_the_page(office: World) -> None:
    contest = adopted(office, members=1)
    browser = office.client(office.alice)
    here = f"/contests/{contest.slug}/office/timetable/change/"
    with at("2016-07-13T10:00"):
        given = {"key": "declared", "at_day": "2016-09-20", "at_time": "12:00", "reason": "The hall."}
        assert "would be before" in text_of(browser.post(here, given))
        assert "required" in text_of(browser.post(here, {**given, "reason": ""}))
        assert browser.post(here, {**given, "at_day": "2016-09-26"}).url.endswith("/proposals/")
        assert contest.proposals.get().payload == {"key": "declared", "at": "2016-09-26T12:00", "reason": "The hall."}


def test_a_contest_whose_time_is_over_is_not_adopted(office: World) -> None:
    with at(NOW):
        contest = drafted(office, members=1)
    with at("2016-07-20T16:00"), pytest.raises(RefusedError, match="past already"):
        contests.adopt_contest(office.alice, contest)
