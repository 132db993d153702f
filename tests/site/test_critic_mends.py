"""What a second look at the office found, each held by a test that failed before it was mended."""

from __future__ import annotations

import contextlib
import io
from datetime import timedelta
from typing import Any

import pytest
from django.core.mail.backends.smtp import EmailBackend
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from tests.site.rolled import contest_with_roll, csv_of, member
from tests.site.stages import Browser, both, make, ready, seats, stand
from tests.site.test_stages_candidates import photograph
from tests.site.world import World, at

from selectorate.errors import RefusedError
from selectorate.office import outbox, pictures
from selectorate.office.acts import candidates, contests, nominations, rounds
from selectorate.office.acts import figures as taking
from selectorate.office.commands import doctor
from selectorate.office.models import Contest, Mail, RollAppeal
from selectorate.office.pages import roll_public
from selectorate.office.rolls import asking

DATES = {
    "nomination_opens": "2016-06-29T08:00",
    "nomination_closes": "2016-06-30T12:00",
    "mps_opens": "2016-07-05T08:00",
    "mps_closes": "2016-07-20T08:00",
    "members_opens": "2016-07-25T08:00",
    "members_closes": "2016-09-08T08:00",
    "freeze": "2016-06-01",
}


def hidden(office: World) -> Contest:
    with at("2016-06-20T09:00"):
        return make(
            office,
            "conservatives-1998",
            bodies={"mps": office.body("MPs", 12)},
            on="2016-06-01",
            dates={**DATES, "declared": "2016-09-09"},
            board="hidden",
        )


def nominated(office: World, *names: str, **dates: str) -> Contest:
    """A contest in which all of ``names`` are nominated, before the MPs' first ballot; the clock is the caller's."""
    contest = make(
        office,
        "conservatives-1998",
        bodies={"mps": office.body("MPs", 12)},
        on="2016-06-01",
        dates={**DATES, **dates},
    )
    with at("2016-06-29T09:00"):
        keys = stand(office, contest, *names)
        contests.open_stage(office.alice, contest, stage="nomination")
        nominators = iter(seats(contest, "mps"))
        for key in keys:
            for _ in range(2):
                nominations.nominate(next(nominators).user, contest, stage="nomination", candidate=key)
    with at("2016-06-30T11:00"):
        nominations.close_nominations(office.alice, contest, stage="nomination")
    return contest


def test_a_hidden_board_is_not_read_off_the_pictures(office: World) -> None:
    """Whether somebody has consented is asked by guessing the address of their picture."""
    contest = hidden(office)
    with at("2016-06-29T09:00"):
        (key,) = stand(office, contest, "Theresa May")
        user = contest.candidates.get(key=key).user
        candidates.set_picture(user, contest, candidate=key, data=photograph((60, 60)))
        contests.open_stage(office.alice, contest, stage="nomination")
        anybody, herself = Browser(office, None, contest), Browser(office, user, contest)
        assert anybody.client.get(anybody.at(f"candidates/{key}/picture.jpg")).status_code == 404
        own = herself.client.get(herself.at(f"candidates/{key}/picture.jpg"))
        assert own.status_code == 200 and "no-store" in own.headers["Cache-Control"]


def test_a_hidden_board_is_not_read_off_the_pages_of_people(office: World) -> None:
    contest = hidden(office)
    with at("2016-06-29T09:00"):
        stand(office, contest, "Theresa May")
        contests.open_stage(office.alice, contest, stage="nomination")
        assert office.client().get("/people/theresa-may/").status_code == 404


def test_an_entry_does_not_change_once_the_contest_is_over(office: World) -> None:
    """Elected by the MPs unopposed: the ballot of the members never opens, and the declared entry stays as it was."""
    with at("2016-06-20T09:00"):
        contest = nominated(office, "Theresa May", declared="2016-09-09")
    with at("2016-07-05T08:00"):
        user = contest.candidates.get().user
        both(office, taking.declare_result(office.alice, contest))
        with pytest.raises(RefusedError, match="do not change"):
            candidates.write_statement(user, contest, candidate="may", text="Another word.")
        with pytest.raises(RefusedError, match="do not change"):
            candidates.set_name(office.alice, contest, candidate="may", name="Somebody Else")
        with pytest.raises(RefusedError):
            nominations.propose_candidate(office.alice, contest, name="Late Comer")


def in_1990(office: World) -> Contest:
    """Two who challenge each other under rules that leave nominations out, and let others in after the first ballot."""
    with at("2016-06-20T09:00"):
        contest = make(
            office,
            "conservatives-1975",
            bodies={"mps": office.body("MPs", 100)},
            on="2016-06-01",
            dates={"ballots_opens": "2016-07-05T08:00", "ballots_closes": "2016-08-20T08:00", "declared": "2016-09-09"},
        )
    with at("2016-06-29T09:00"):
        stand(office, contest, "Margaret Thatcher", "Michael Heseltine", "Somebody Gone")
        nominations.propose_candidate(office.alice, contest, name="Never Asked")
        user = contest.candidates.get(key="gone").user
        nominations.withdraw_candidate(user, contest, candidate="gone")
    return contest


def taken_in(office: World, contest: Contest, number: int, **votes: int) -> None:
    for user in (office.alice, office.bob):
        taking.enter_figures(user, contest, stage="ballots", votes={"total": votes}, roll={}, round=number)


def test_a_rulebook_without_nominations_has_a_paper(office: World) -> None:
    """Who consents stands, where no nominations decide it; who was only proposed, or withdrew, does not."""
    contest = in_1990(office)
    status = dict(contest.candidates.values_list("key", "status"))
    assert status == {"thatcher": "standing", "heseltine": "standing", "gone": "withdrawn", "asked": "proposed"}
    with at("2016-07-05T08:00"):
        ready(office, contest, "ballots")
        contests.open_stage(office.alice, contest, stage="ballots")
        assert contest.ballot_rounds.get().field == ["thatcher", "heseltine"]
        rounds.close_round(office.alice, contest, stage="ballots")
        taken_in(office, contest, 1, thatcher=70, heseltine=20)
        rounds.announce_round(office.alice, contest, stage="ballots")
        assert both(office, taking.declare_result(office.alice, contest)).data["elected"] == ["thatcher"]


def test_who_comes_in_between_rounds_has_consented_and_stays(office: World) -> None:
    """Figures put aside take with them how their tie was broken, and not who came onto the paper before the round."""
    contest = in_1990(office)
    with at("2016-07-05T08:00"):
        ready(office, contest, "ballots")
        contests.open_stage(office.alice, contest, stage="ballots")
        rounds.close_round(office.alice, contest, stage="ballots")
        taken_in(office, contest, 1, thatcher=49, heseltine=40)
        rounds.announce_round(office.alice, contest, stage="ballots")
        made = nominations.propose_candidate(office.alice, contest, name="John Major", email="major@example.org")
        field = ["thatcher", "heseltine", "major"]
        with pytest.raises(RefusedError, match="do not stand"):
            rounds.open_round(office.alice, contest, stage="ballots", field=field)
        nominations.consent(made.user, contest, candidate="major")
        assert contest.candidates.get(key="major").status == "consented"
        rounds.open_round(office.alice, contest, stage="ballots", field=field)
        rounds.close_round(office.alice, contest, stage="ballots")
        taken_in(office, contest, 2, thatcher=20, heseltine=21, major=55)
        both(office, taking.set_figures_aside(office.alice, contest, stage="ballots", round=2, reason="misread"))
        assert contest.rounds.get(number=2).data == {"new": ["major"]}
        taken_in(office, contest, 2, thatcher=20, heseltine=20, major=56)
        rounds.announce_round(office.alice, contest, stage="ballots")
        assert both(office, taking.declare_result(office.alice, contest)).data["elected"] == ["major"]


def test_nobody_is_elected_unopposed_before_nominations_close(office: World) -> None:
    contest = hidden(office)
    with at("2016-06-29T09:00"):
        stand(office, contest, "Theresa May")
        contests.open_stage(office.alice, contest, stage="nomination")
        for stage in ("mps", "members"):
            with pytest.raises(RefusedError):
                rounds.pass_stage(office.alice, contest, stage=stage)


def test_a_ruling_is_not_taken_for_a_withdrawal(office: World) -> None:
    """Who was refused cannot put "withdrawn" and words of their own in the place of the ruling."""
    contest = hidden(office)
    with at("2016-06-29T09:00"):
        (key,) = stand(office, contest, "Theresa May")
        user = contest.candidates.get(key=key).user
        nominations.refuse_candidate(office.alice, contest, candidate=key, reason="not a member")
        with pytest.raises(RefusedError):
            nominations.withdraw_candidate(user, contest, candidate=key)
        assert contest.candidates.get(key=key).reason == "not a member"


@pytest.fixture
def slug(office: World) -> str:
    return contest_with_roll(office, csv_of([member("1", "Ann Able"), member("2", "Bea Best")])).contest.slug


def test_an_appeal_costs_the_same_whoever_is_on_the_roll(
    office: World, slug: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stopwatch at the form of appeals learns nothing of the roll: the entry is looked up beside the page."""
    looked: list[int] = []
    monkeypatch.setattr(asking, "find_appellant", type("Task", (), {"enqueue": staticmethod(looked.append)}))
    monkeypatch.setattr(asking, "entry_for", lambda *given: pytest.fail("looked up while they wait"))
    known = {"number": "1", "family": "Able", "born": "1970-01-02"}
    for given in (known, {**known, "number": "77"}):
        sent = {"name": "A", "email": "a@example.org", "text": "I am not on it.", **given}
        with at("2016-08-11T10:00"):
            assert office.client().post(reverse("contest-roll-appeal-form", args=[slug]), sent).status_code == 302
    monkeypatch.undo()
    for appeal in looked:
        asking.find_appellant.func(appeal)
    first, second = RollAppeal.objects.order_by("pk")
    assert (first.person, second.person) == ("1", "")
    assert first.given == second.given == {}, "what was given is wiped"


@pytest.mark.parametrize("text", ["²", "٣", "9" * 5000, "-1", "1e3", ""])
def test_odd_numbers_are_no_fault_of_the_site(office: World, slug: str, text: str) -> None:
    client = office.client(office.registrar)
    client.raise_request_exception = False
    with at("2016-08-11T10:00"):
        vote = Contest.objects.get(slug=slug).rolls.get(ended=None).entitlements.first()
        sent = [
            client.get(reverse("contest-roll-entitled", args=[slug]), {"segment": "members", "after": text}),
            client.post(reverse("contest-roll-close", args=[slug]), {"prepared": text, "fingerprint": "x"}),
            client.post(reverse("contest-roll-strike", args=[slug, vote.pk]), {"strike-reason": "x", "row": text}),
            client.get(reverse("roll-pairs"), {"page": text, "status": text}),
            client.get(reverse("roll"), {"page": text}),
            client.post(reverse("roll-find"), {"page": text, "asked": "Able"}),
            client.post(reverse("roll-import-drop", args=[999])),
            client.get("/desk/", {"page": text}),
            client.get("/contests/", {"page": text, "year": text, "office": text}),
        ]
    assert [one.status_code for one in sent if one.status_code >= 500] == []


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Pacific/Auckland", "Europe/London"])
@pytest.mark.parametrize("year", [1, 2, 1000, 9998, 9999])
def test_a_year_at_the_end_of_the_calendar(office: World, settings: Any, zone: str, year: int) -> None:
    client = office.client()
    client.raise_request_exception = False
    with timezone.override(zone):
        assert client.get("/contests/", {"year": year}).status_code == 200
        assert client.get("/contests.csv", {"year": year}).status_code == 200
        assert client.get("/api/v1/contests", {"year": year}).status_code in (200, 422)


def test_no_file_of_a_picture_is_a_fault_of_the_site() -> None:
    import random

    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "x" * 50
    source = [
        photograph((40, 30), exif=exif.tobytes()),
        photograph((40, 30), "PNG"),
        photograph((40, 30), "PNG", exif=exif.tobytes()),
        photograph((40, 30), "WEBP", exif=exif.tobytes()),
    ]
    chance = random.Random(5)
    for number in range(3000):
        data = bytearray(source[number % 4])
        where = 250 if number % 3 else len(data)
        for _ in range(chance.randint(1, 6)):
            data[chance.randrange(min(where, len(data)))] = chance.randrange(256)
        if chance.random() < 0.2:
            del data[chance.randrange(len(data)) :]
        with contextlib.suppress(RefusedError):
            pictures.reencoded(bytes(data))


def test_a_large_picture_does_not_fill_the_memory() -> None:
    """The largest that is taken in: at the most a few copies of it, not a dozen in every process that answers."""
    import resource

    large = photograph((7900, 5000), "PNG", compress_level=1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    made = Image.open(io.BytesIO(pictures.reencoded(large)))
    assert made.size == (480, 304)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000


def test_a_household_of_version_six_asks_as_one(office: World, slug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """One household has 2^64 addresses: the limit on questions about the roll counts them as one."""
    monkeypatch.setattr(roll_public, "A_HOUR", 3)
    client, answers = office.client(), []
    for number in range(6):
        with at("2016-08-11T10:00"):
            answers.append(
                client.post(
                    reverse("contest-roll-ask", args=[slug]),
                    {"number": "77", "family": "Able", "born": "1970-01-02"},
                    REMOTE_ADDR=f"2001:db8::{number + 1}",
                ).status_code
            )
    assert answers == [302, 302, 302, 429, 429, 429]


NUL = "a\x00b"


@pytest.mark.parametrize(
    "address",
    [
        "/units/%00/",
        "/units/?q=%00&kind=%00",
        "/offices/%00/leader/",
        "/contests/?page=%00&office=%00",
        "/api/v1/contests?status=%00",
        "/api/v1/contests?unit=a%00b",
        "/api/v1/units/%00",
        "/api/v1/units?under=%00",
        "/preparations/?change=%00&slate=%00",
        "/account/login/?next=%00",
    ],
)
def test_a_null_byte_in_an_address_is_no_fault_of_the_site(office: World, address: str) -> None:
    client = office.client()
    client.raise_request_exception = False
    assert client.get(address).status_code < 500


def test_a_null_byte_in_a_form_is_no_fault_of_the_site(office: World) -> None:
    contest = hidden(office)
    client = office.client(office.alice)
    client.raise_request_exception = False
    answers: list[tuple[str, int]] = []

    def post(address: str, **data: str) -> None:
        answers.append((address, client.post(f"/contests/{contest.slug}/{address}", data).status_code))

    with at("2016-06-29T09:00"):
        stand(office, contest, "Theresa May")
        contests.open_stage(office.alice, contest, stage="nomination")
        client.force_login(office.alice)
        for do in ("consent", "refuse", "withdraw", "sign", "rename", "statement", "begin-draw", "finish-draw"):
            post("office/candidates/", do=do, candidate=NUL, says=NUL, slate=NUL, seen=NUL)
            post("office/candidates/", do=do, candidate="may", says=NUL, slate=NUL, seen=NUL)
        post("office/candidates/", do="propose", name=NUL, email=NUL, person=NUL)
        post("office/paper/mps/", seen=NUL)
        post("office/declare/", seen=NUL)
        post("office/rounds/mps/", do="tie", how=NUL, says=NUL, out=NUL, round="1")
        post("office/rounds/mps/", do="withdrawal", candidate=NUL, says=NUL)
        post("office/figures/mps/1/", do="aside", section=NUL, reason=NUL)
        post("office/nominations/nomination/", do="rule", nomination="1", reason=NUL)
        post("roll/ask/", number=NUL, family=NUL)
        post("roll/appeal/", name=NUL, text=NUL, email=NUL)
        client.force_login(contest.bodies.get().body.seats.first().user)
        post("nominate/", stage=NUL, body=NUL, candidates=NUL)
        post("nominate/", stage="nomination", body=NUL, candidates=NUL)
    assert [one for one in answers if one[1] >= 500] == []


def test_an_address_that_no_mail_can_have_stops_no_other(office: World, settings: Any, monkeypatch: Any) -> None:
    """What stands on a roll as an address is somebody else's word: the codes of all others wait behind it."""
    sent: list[str] = []

    class Server:
        def sendmail(self, sender: str, to: list[str], message: bytes) -> None:
            sent.extend(to)

    class Backend(EmailBackend):
        def open(self) -> bool:
            self.connection = Server()
            return False

        def close(self) -> None:
            """Nothing is open."""

    settings.MAIL_SERVER = True
    monkeypatch.setattr(outbox, "get_connection", lambda *_: Backend())
    before = timezone.now() - timedelta(minutes=5)
    for address in ("ann@", "a b@c@d", "\u00e4nn able@x y", "x@y\nBcc: z@example.org", "@"):
        Mail.objects.create(to=address, subject="s", body="b", next=before)
    Mail.objects.create(to="charlie@example.org", subject="s", body="b", next=timezone.now())
    for _ in range(3):
        outbox.deliver()
    assert sent[-1] == "charlie@example.org" and "z@example.org" not in sent
    assert not Mail.objects.filter(sent=None).exclude(next=None).exists(), "nothing is tried for ever"


def test_the_doctor_finds_a_site_that_sends_on_to_itself(settings: Any) -> None:
    settings.ADDRESS, settings.SECURE, settings.ALLAUTH_TRUSTED_PROXY_COUNT = "https://elections.example.org", True, 0
    assert "send on to itself" in doctor._address("address").says
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert doctor._address("address").state == "good"


def test_no_file_of_a_picture_that_was_taken_away_is_left(
    office: World, django_capture_on_commit_callbacks: Any
) -> None:
    """What is deleted after its time is the picture that is shown: those before it would lie there for good."""
    contest = hidden(office)
    with at("2016-06-29T09:00"):
        (key,) = stand(office, contest, "Theresa May")
        user = contest.candidates.get(key=key).user
        candidates.set_picture(user, contest, candidate=key, data=photograph((60, 60)))
        first = contest.candidates.get(key=key).picture
        with django_capture_on_commit_callbacks(execute=True):
            candidates.set_picture(user, contest, candidate=key, data=photograph((50, 40)))
        second = contest.candidates.get(key=key).picture
        assert not first.storage.exists(first.name) and second.storage.exists(second.name)
        with django_capture_on_commit_callbacks(execute=True):
            candidates.remove_picture(user, contest, candidate=key)
        assert not second.storage.exists(second.name)
