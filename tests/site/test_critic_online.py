"""What a critic of the vote held online found, each with the case that shows it."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from tests.site import boxed, online, rolled, trusted
from tests.site.stages import Browser, make, ready
from tests.site.test_sealed_contest import (
    BALLOT,
    BEFORE,
    CLOSES,
    DURING,
    FIRST,
    HEAD,
    MOTION,
    NAMES,
    OPENS,
    PAPERS,
    POOLED,
    ROUNDS,
    SEGMENTS,
    adopted,
    declared,
    envelope,
    of_body,
    poll,
    standing,
    struck,
    tick,
    voted,
)
from tests.site.voted import Vote
from tests.site.world import World, at

from selectorate.contest import verifying_boxes
from selectorate.contest.record import BoxPlace
from selectorate.errors import RefusedError
from selectorate.office import previews, recording
from selectorate.office.acts import amending, confirm, figures, people, restoring, rounds, seats
from selectorate.office.acts import online as acts
from selectorate.office.boxes import board as boards
from selectorate.office.boxes import casting, laid
from selectorate.office.boxes.casting import CastRefusedError
from selectorate.office.models import (
    BodySeat,
    BoxVoter,
    Contest,
    Mail,
    OnlineVote,
    PaperVote,
    Restoration,
    RollJob,
)
from selectorate.office.preflight import blocking
from selectorate.office.rolls import working


@pytest.fixture(autouse=True)
def _site(transactional_db: None, settings: Any) -> None:
    settings.ADDRESS = "https://vote.example.org"


# -- set-up --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "field"), [({"size": 1, "threshold": 1}, "size"), ({"size": 3, "threshold": 3}, "threshold")]
)
def test_no_key_is_set_up_that_trustees_cannot_make(office: World, given: dict[str, int], field: str) -> None:
    with at("2016-07-01T10:00"):
        made = online.drafted(office)
        with pytest.raises(RefusedError) as caught:
            acts.set_up_vote(office.alice, made, **given)
        assert caught.value.field == field
        acts.set_up_vote(office.alice, made, size=2, threshold=1)
        Browser(office, office.alice, made).get("office/ceremony/")


def test_the_set_up_stays_that_of_the_key_that_is_made(office: World) -> None:
    with at("2016-07-01T10:00"):
        made = online.drafted(office)
        vote = online.vote_of(made)
        for number in (1, 2, 3):
            trusted.acts.name_trustee(office.alice, made, name=f"T {number}", email=f"t{number}@example.org")
        with pytest.raises(RefusedError, match="more trustees than that are named"):
            acts.set_up_vote(office.alice, made, size=2, threshold=1)
        vote.contributions.create(step="certificates", number=1, content=b"{}")
        for given in ({"threshold": 1}, {"size": 4}, {"least": 20}):
            with pytest.raises(RefusedError, match="have begun to make"):
                acts.set_up_vote(office.alice, made, **given)
        acts.set_up_vote(office.alice, made, easy=True)


def test_a_ballot_in_rounds_has_credentials_for_two_at_least(office: World) -> None:
    dates = {"mps_opens": "2016-07-05T09:00", "mps_closes": "2016-07-05T18:00", "declared": "2016-07-06"}
    with at("2016-07-01T10:00"):
        made = make(office, "", text=ROUNDS, bodies={"mps": office.body("MPs", 5)}, dates=dates, adopt=False)
        with pytest.raises(RefusedError) as caught:
            acts.set_up_vote(office.alice, made)
        assert caught.value.field == "rounds"
        acts.set_up_vote(office.alice, made, rounds=3)
        assert blocking(made, "adoption") == []
        OnlineVote.objects.update(rounds=1)
        assert [item.route for item in blocking(made, "adoption")] == ["contest-online"]


# -- the moment of a single ballot ---------------------------------------------------------------------------------


def test_nothing_public_is_ahead_of_the_archive(office: World, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.PAGES_KEPT = 0
    with at("2016-07-01T10:00"):
        made = boxed.box_of(rolled.contest(office))
    slug = made.box.vote.contest.slug
    OnlineVote.objects.update(threshold=2, size=3)

    def cast(number: int) -> None:
        casting.cast(made.box, made.ballot(number, [[1, 2, 3]]), who=made.who(number))

    def shown() -> tuple[int, int, int, str]:
        page = Client().get(f"/contests/{slug}/board/").content.decode()
        cells = [int(one) for one in re.findall(r'<td class="n">(\d+)</td>', page)]
        (box,) = Client().get(f"/contests/{slug}/board.json").json()["boxes"]
        (line,) = Client().get(f"/api/v1/contests/{slug}/ceremony").json()["boxes"]
        assert cells == [box["ballots"], box["voted"], box["voters"], box["height"]], "the page says the same"
        return box["voted"], box["height"], line["height"], line["head"]

    monkeypatch.setattr(boards, "FRESH", -1)
    for number in (0, 0):
        cast(number)
    before = shown()
    assert before[:3] == (1, 2, 2)
    monkeypatch.setattr(boards, "FRESH", 3600)
    for number in (1, 1, 0):
        cast(number)
    assert shown() == before
    monkeypatch.setattr(boards, "FRESH", -1)
    assert shown()[:3] == (2, 5, 5)


def test_a_closed_box_is_published_at_once(office: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the tool of a trustee is shown an event that the archive it fetches does not have yet."""
    monkeypatch.setattr(boards, "FRESH", 3600)
    made = voted(office, sections=POOLED, each=2)
    tick(OPENS)
    with at(DURING):
        made.cast(made.box(), "roll:m0", [1, 2, 3])
        assert boards.snapshot(made.box()).height == 1
    with at("2016-09-21T11:00"):
        tick("2016-09-21T11:00")
        assert boards.snapshot(made.box()).height == made.box().height == 2


# -- who is admitted late ------------------------------------------------------------------------------------------


def sent(office: World, contest: Contest) -> None:
    """The server makes what credentials are missing, and mails them."""
    confirm(office.bob, acts.send_credentials(office.alice, contest))
    job = RollJob.objects.filter(kind="mail_credentials").latest("pk")
    if job.status == RollJob.Status.WAITING:
        working.work_on(job.pk)
    job.refresh_from_db()
    assert job.status == RollJob.Status.DONE, job.says


def test_in_easy_mode_who_is_admitted_before_the_opening_gets_a_credential(office: World) -> None:
    contest = online.laid_out(office, easy=True)
    with at("2016-08-11T10:00"):
        sent(office, contest)
        before = set(BoxVoter.objects.values_list("credential", flat=True))
        with pytest.raises(RefusedError, match="wait for credentials"):
            acts.send_credentials(office.alice, contest)
        admitted = amending.admit_person(
            office.alice, contest, values=rolled.member("m99", "Late Voter"), reason="forgotten"
        )
        confirm(office.bob, admitted)
        assert "Propose to make and mail them" in Browser(office, office.alice, contest).get("office/online/")
        sent(office, contest)
        after = set(BoxVoter.objects.values_list("credential", flat=True))
        assert before < after and len(after) == len(before) + 1
        assert Mail.objects.filter(subject__startswith="Your credential", to="m99@example.org").count() == 1
        assert Mail.objects.filter(subject__startswith="Your credential").count() == len(after)
        with pytest.raises(RefusedError, match="wait for credentials"):
            acts.send_credentials(office.alice, contest)


IN_ROUNDS = HEAD + BALLOT.format(paper="choose one", count="repeated ballots").replace(
    'tie = ["earlier rounds", "lot"]', 'tie = ["stop"]'
)


def in_rounds(office: World) -> Vote:
    with at(BEFORE):
        made = adopted(office, IN_ROUNDS, rounds=2)
        rolled.ready(office, made.contest)
        made.lay_out("ballot", SEGMENTS, rounds=2)
        ready(office, made.contest, "ballot")
    tick(OPENS)
    return made


def test_who_is_admitted_between_rounds_does_not_hold_up_the_next(office: World) -> None:
    made = in_rounds(office)
    with at(DURING):
        for section in SEGMENTS:
            for number, choice in enumerate((1, 1, 2, 2, 3)):
                made.cast(made.box(section=section), f"roll:{section[0]}{number}", [int(n == choice) for n in range(4)])
        struck(office, made, "m1")
        struck(office, made, "m5")
        for values in (rolled.member("m9", "Late Voter"), rolled.member("m5", "Voter M5")):
            confirm(office.bob, amending.admit_person(office.alice, made.contest, values=values, reason="appeal"))
        rounds.close_round(office.alice, made.contest, stage="ballot")
        for section in SEGMENTS:
            made.open(made.box(section=section))
        rounds.open_round(office.alice, made.contest, stage="ballot")
        second = made.box(section="members", number=2)
        # m1 is gone, m9 came too late for a credential, m5 was away only for a moment.
        assert second.phase == "voting" and second.voters == 5
        made.cast(second, "roll:m5", [0, 1, 0])


def test_credentials_of_a_further_round_are_held_to_the_roll() -> None:
    table = {"segments": {"total": 5}, "struck_before": {}, "added_before": {}, "struck_after": {"total": 1}}

    def said(number: int, keys: int) -> list[str]:
        place = BoxPlace("box", "ballot", number, "total", ("total",))
        looking: Any = SimpleNamespace(
            need=lambda given: given,
            roll={"ballot": table},
            record=SimpleNamespace(boxes=[place]),
            readings={"box": SimpleNamespace(roll=range(keys))},
        )
        return list(verifying_boxes.LOOKS["roll.credentials"](looking))

    assert not said(1, 5) and said(1, 4) and not said(2, 5) and not said(2, 4) and said(2, 3) and said(2, 6)


def test_who_is_admitted_after_the_opening_votes_on_paper(office: World) -> None:
    made = voted(office, FIRST, each=3)
    tick(OPENS)
    with at(DURING):
        late = amending.admit_person(office.alice, made.contest, values=rolled.member("m9", "Late"), reason="appeal")
        confirm(office.bob, late)
        assert envelope(office, made, "m9") == "counts"
        # Who was moved to another segment has voted in the first: no second vote there.
        made.cast(made.box(section="members"), "roll:m0", [1, 0, 0])
        struck(office, made, "m0")
        moved = rolled.member("m0", "Voter M0", capacity="affiliated supporter")
        confirm(office.bob, amending.admit_person(office.alice, made.contest, values=moved, reason="is one"))
        for number in ("m0", "z9"):
            with pytest.raises(RefusedError):
                envelope(office, made, number)


def test_two_keys_of_one_person_are_one_vote(office: World) -> None:
    made = voted(office)
    tick(OPENS)
    box = made.box(section="members")
    with at(DURING):
        made.cast(box, "roll:m1", [1, 2, 3])
        made.cast(made.box(section="affiliated"), "roll:a1", [1, 2, 3])
        for keep, other in (("m0", "m1"), ("m2", "a1"), ("m3", "m4")):
            joined = amending.join_persons(office.alice, made.contest, keep=keep, other=other, reason="one person")
            confirm(office.bob, joined)
        for voter in ("roll:m0", "roll:m2"):
            with pytest.raises(CastRefusedError):
                made.cast(box, voter, [3, 2, 1])
        made.cast(box, "roll:m3", [3, 2, 1])
        assert laid.struck_after_casting(made.box(section="members")) == 1


def test_a_later_change_of_the_roll_gives_no_second_vote(office: World) -> None:
    """Of two keys of one person one has voted: what is corrected of the other afterwards does not let it vote."""
    made = voted(office, FIRST)
    tick(OPENS)
    box = made.box(section="members")
    with at(DURING):
        made.cast(box, "roll:m1", [1, 2, 3])
        made.cast(made.box(section="affiliated"), "roll:a1", [1, 2, 3])
        assert envelope(office, made, "m3") == "counts"
        made.cast(box, "roll:m5", [1, 2, 3])
        late = amending.admit_person(office.alice, made.contest, values=rolled.member("m9", "Late"), reason="appeal")
        confirm(office.bob, late)
        for keep, other in (("m0", "m1"), ("m2", "a1"), ("m3", "m5"), ("m9", "m0")):
            joined = amending.join_persons(office.alice, made.contest, keep=keep, other=other, reason="one person")
            confirm(office.bob, joined)
        assert PaperVote.objects.get().outcome == "unopened"
        for person in ("m2", "m3", "m9"):
            key = [person, "member", None, 1]
            given = {"key": key, "values": {"name": f"New Name {person}"}, "reason": "misspelt"}
            confirm(office.bob, amending.change_entry(office.alice, made.contest, **given))
        for voter in ("roll:m0", "roll:m2", "roll:m3"):
            with pytest.raises(CastRefusedError):
                made.cast(box, voter, [3, 2, 1])
        for number in ("m2", "m9"):
            with pytest.raises(RefusedError, match="no vote in this box"):
                envelope(office, made, number)
        assert PaperVote.objects.get().outcome == "unopened"


def test_the_envelope_of_who_is_struck_stays_unopened_until_they_are_back(office: World) -> None:
    made = voted(office, FIRST)
    tick(OPENS)
    with at(DURING):
        assert [envelope(office, made, number) for number in ("m0", "m1")] == ["counts", "counts"]
        struck(office, made, "m0")
        struck(office, made, "m1")
        values = rolled.member("m1", "Voter M1")
        confirm(office.bob, amending.admit_person(office.alice, made.contest, values=values, reason="is alive"))
    assert sorted(PaperVote.objects.values_list("outcome", flat=True)) == ["counts", "unopened"]


def test_no_more_vote_than_were_entitled(office: World) -> None:
    """All cast, and some are struck off: their ballots stay, so they are among those whose turnout is told."""
    made = voted(office, each=3)
    tick(OPENS)
    with at(DURING):
        for section in SEGMENTS:
            for number in range(3):
                made.cast(made.box(section=section), f"roll:{section[0]}{number}", [1, 0, 0])
        struck(office, made, "m0")
        struck(office, made, "m1")
    tick(CLOSES)
    with at("2016-09-21T12:00"):
        for box in made.boxes:
            made.open(box)
        result = declared(office, made)
    sections = {one["section"]: one for one in result["ballots"][0]["sections"]}
    assert (sections["members"]["entitled"], sections["members"]["returned"]) == (3, 3)
    assert (sections["total"]["entitled"], sections["total"]["returned"]) == (9, 9)


# -- a seat --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["by itself", "by a table"])
def test_whose_seat_ended_after_signing_in_casts_no_more(office: World, how: str) -> None:
    made = of_body(office, ROUNDS, "mps", 5, rounds_=3)
    box = made.box("mps")
    with at("2016-07-05T09:00"):
        poll(made, box, "mps", 1)
        first, second, *others = BodySeat.objects.order_by("pk")
        if how == "by itself":
            for seat in (first, second):
                people.unseat(office.alice, None, seat=seat.pk, on="2016-07-05")
        else:
            rows = [{"row": str(n), "name": seat.name, "email": seat.user.email} for n, seat in enumerate(others, 1)]
            seats.import_seats(
                office.alice, None, body=first.body.slug, rows=rows, began="2016-07-05", end_missing=True
            )
        for seat in (first, second):
            with pytest.raises(CastRefusedError) as caught:
                made.cast(box, f"seat:{seat.pk}", [0, 0, 1, 0])
            assert caught.value.code == "credential"
        made.cast(box, f"seat:{others[0].pk}", [0, 0, 1, 0])
        assert laid.struck_after_casting(box) == 1


# -- after a restore -----------------------------------------------------------------------------------------------


def test_reconciled_is_the_contest_that_was_meant(office: World, tmp_path: Path) -> None:
    with at("2016-07-01T10:00"):
        first, second = (rolled.contest(office, title) for title in ("First election", "Second election"))
        for number, contest in enumerate((first, second)):
            OnlineVote.objects.create(contest=contest, uuid=f"Contest11111111111111{number}")
        Restoration.objects.create(contest=None, why="a disk")
        confirm(office.bob, restoring.reconcile(office.alice, first))
        assert restoring.waiting(first) is None and restoring.waiting(second) is not None


# -- the record ----------------------------------------------------------------------------------------------------


def test_papers_beside_a_box_are_in_a_form_that_a_record_has(office: World) -> None:
    """Else the record could never be made, and who asks for it would be told of an error."""
    made = voted(office, FIRST, POOLED, each=3)
    tick(OPENS)
    with at(DURING):
        for number in ("a0", "a1", "a2"):
            assert envelope(office, made, number) == "counts"
    tick(CLOSES)
    with at("2016-09-21T12:00"):
        made.open(made.box())
        with pytest.raises(RefusedError, match="as a BLT file"):
            figures.enter_file(office.alice, made.contest, stage="ballot", name="p.csv", content=PAPERS)
        for user in (office.alice, office.bob):
            figures.enter_file(user, made.contest, stage="ballot", name="P.BLT", content=PAPERS)
        declared(office, made)
        assert recording.why_none(made.contest) == ""
        made.contest.figures.update(file="ballots/of-before.csv")
        assert "says more than the ballots" in recording.why_none(made.contest)
        assert Client().get(f"/contests/{made.contest.slug}/record.zip").status_code == 404


# -- what is declared ----------------------------------------------------------------------------------------------

AND_A_BALLOT = (
    MOTION
    + """
[[stage]]
kind = "ballot"
id = "mps"
by = "mps"
paper = "choose one"
count = "most votes"
elected = "most votes"
"""
)


def test_a_motion_in_a_box_that_is_not_opened_is_not_left_out(office: World) -> None:
    dates = {"motion_opens": "2016-07-05T09:00", "motion_closes": "2016-07-05T18:00", "declared": "2016-07-08"}
    dates |= {"mps_opens": "2016-07-06T09:00", "mps_closes": "2016-07-06T18:00"}
    with at("2016-07-01T10:00"):
        contest = make(office, "", text=AND_A_BALLOT, bodies={"mps": office.body("MPs", 4)}, dates=dates, adopt=False)
        made = standing(office, contest, *NAMES)
        made.lay_out("motion")
        ready(office, contest, "mps")
    tick("2016-07-05T08:00")
    with at("2016-07-05T09:00"):
        poll(made, made.box("motion"), "motion", 1, 1, 2, 0)
    for moment in ("2016-07-05T17:00", "2016-07-06T08:00", "2016-07-06T17:00"):
        tick(moment)
    with at("2016-07-07T10:00"):
        votes = {"total": {"ash": 3, "birch": 1, "cedar": 0}}
        for user in (office.alice, office.bob):
            figures.enter_figures(user, contest, stage="mps", votes=votes, roll={})
        assert "boxes of" in previews.undecided(contest)
        made.open(made.box("motion"))
        assert previews.undecided(contest) == ""
