"""Rounds of a body with the field shrinking: who goes out, who withdraws, how ties are broken, who goes on."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.site.stages import Browser, both, figures, make, ready, seats, stand
from tests.site.world import World, at

from selectorate.errors import RefusedError
from selectorate.office.acts import contests, draws, nominations, rounds, verify_log
from selectorate.office.acts import figures as taking
from selectorate.office.models import Candidate, Contest, Log, RoundEvent

DATES = {
    "freeze": "2016-06-01",
    "nomination_opens": "2016-06-29",
    "nomination_closes": "2016-06-30T12:00",
    "mps_opens": "2016-07-05",
    "mps_closes": "2016-07-20",
    "members_opens": "2016-07-25",
    "members_closes": "2016-09-08",
    "declared": "2016-09-09",
}
NAMES = ("Theresa May", "Andrea Leadsom", "Michael Gove", "Stephen Crabb", "Liam Fox")


def nominated(office: World, *names: str, text: str = "") -> Contest:
    """A contest in which all of ``names`` are nominated, before the MPs' first ballot; the clock is the caller's."""
    contest = make(
        office, "conservatives-1998", text=text, bodies={"mps": office.body("MPs", 12)}, on="2016-06-01", dates=DATES
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


def opened(office: World, *names: str, text: str = "") -> tuple[Contest, Browser, Browser]:
    with at("2016-06-20T09:00"):
        contest = nominated(office, *names, text=text)
    with at("2016-07-05T08:00"):
        ready(office, contest, "mps")
        contests.open_stage(office.alice, contest, stage="mps")
    return contest, Browser(office, office.alice, contest), Browser(office, office.bob, contest)


def count(alice: Browser, bob: Browser, number: int, **votes: int) -> str:
    """Close the round and take its figures in, by two officials."""
    alice.post("office/rounds/mps/", do="close")
    for browser in (alice, bob):
        page = browser.post(f"office/figures/mps/{number}/", do="figures", **figures({"total": votes}))
        assert "Your figures are taken in" in page
    return alice.get("office/rounds/mps/")


def status(contest: Contest) -> dict[str, str]:
    return dict(contest.candidates.values_list("key", "status"))


def test_from_five_to_two_to_the_members(office: World) -> None:
    contest, alice, bob = opened(office, *NAMES)
    anybody = Browser(office, None, contest)
    with at("2016-07-05T18:00"):
        alice.get("office/figures/mps/2/")
        with pytest.raises(RefusedError, match="once the round is closed"):
            taking.enter_figures(office.alice, contest, stage="mps", votes={"total": {}}, roll={})
        votes = {"may": 165, "leadsom": 66, "gove": 48, "crabb": 34, "fox": 16}
        page = count(alice, bob, 1, **votes)
        assert "the round can be announced" in page
        # Two know it; nobody else does before it is announced.
        assert "165" not in anybody.get("rounds/mps/") and status(contest)["fox"] == "standing"
        with pytest.raises(RefusedError, match="open"):
            nominations.withdraw_candidate(Candidate.objects.get(key="crabb").user, contest, candidate="crabb")
        alice.post("office/rounds/mps/", do="announce")
        assert "165" in anybody.get("rounds/mps/") and status(contest)["fox"] == "out"
        # Stephen Crabb withdraws himself; that he does is one act of his, on his own page.
        crabb = Browser(office, Candidate.objects.get(key="crabb").user, contest)
        crabb.post("candidate/crabb/", do="withdraw")
        assert status(contest)["crabb"] == "withdrawn"
        assert "withdrew" in anybody.get("rounds/mps/")
        assert "The next round can be opened" in alice.get("office/rounds/mps/")
        alice.post("office/rounds/mps/", do="open")
        assert contest.ballot_rounds.get(number=2).field == ["may", "leadsom", "gove"]
        assert "Round 2 is open" in anybody.get("rounds/mps/")
        with CaptureQueriesContext(connection) as queries:
            anybody.get("rounds/mps/")
        assert len(queries) <= 10
    with at("2016-07-07T16:00"):
        count(alice, bob, 2, may=199, leadsom=84, gove=46)
        alice.post("office/rounds/mps/", do="announce")
        state = contest.stages.get(stage="mps")
        assert (state.status, state.result) == ("closed", {"elected": [], "qualified": ["may", "leadsom"]})
        assert status(contest)["gove"] == "out"
        with pytest.raises(RefusedError, match="no further round"):
            rounds.open_round(office.alice, contest, stage="mps")
        why = alice.get("office/declare/")
        assert "“The ballot of the members” is still to be held" in why
    with at("2016-07-25T09:00"):
        ready(office, contest, "members")
        alice.post("office/stages/members/", do="open")
        assert contest.ballot_rounds.get(stage="members").field == ["may", "leadsom"]
    with at("2016-09-08T09:00"):
        alice.post("office/stages/members/", do="close")
        for browser in (alice, bob):
            browser.post(
                "office/figures/members/1/",
                do="figures",
                **figures({"members": {"may": 90000, "leadsom": 60000}}, {"total": {"entitled": 199000}}),
            )
        declaration = both(office, taking.declare_result(office.alice, contest))
        assert declaration.data["elected"] == ["may"]
        first = declaration.data["ballots"][0]["rounds"]
        assert len(first) == 2
    for log in Log.objects.all():
        assert verify_log(log) == []


def test_one_who_is_left_when_the_other_withdraws_is_elected(office: World) -> None:
    """Andrea Leadsom withdrew before the members voted."""
    contest, alice, bob = opened(office, *NAMES[:3])
    with at("2016-07-07T16:00"):
        count(alice, bob, 1, may=199, leadsom=84, gove=46)
        alice.post("office/rounds/mps/", do="announce")
    with at("2016-07-11T11:00"):
        with pytest.raises(RefusedError, match="two officials"):
            nominations.withdraw_candidate(office.alice, contest, candidate="leadsom", reason="a letter")
        alice.post("office/rounds/mps/", do="withdrawal", candidate="leadsom", says="a letter of 11 July, in the safe")
        assert status(contest)["leadsom"] == "standing"
        bob.confirm("office/rounds/mps/")
        assert status(contest)["leadsom"] == "withdrawn"
        assert contest.stages.get(stage="mps").result["elected"] == ["may"]
        assert both(office, taking.declare_result(office.alice, contest)).data["elected"] == ["may"]


def test_a_tie_is_voted_on_again_and_then_all_go_out(office: World) -> None:
    """The ruling of 2001."""
    contest, alice, bob = opened(office, *NAMES[:5])
    with at("2016-07-05T18:00"):
        page = count(alice, bob, 1, may=49, leadsom=39, gove=36, crabb=21, fox=21)
        assert "The round is tied" in page and 'value="lot"' not in page and 'value="vote again"' in page
        with pytest.raises(RefusedError, match="nothing to announce"):
            rounds.announce_round(office.alice, contest, stage="mps")
        with pytest.raises(RefusedError, match="tied"):
            rounds.open_round(office.alice, contest, stage="mps")
        with pytest.raises(RefusedError, match="does not break ties like that"):
            rounds.break_tie(office.alice, contest, stage="mps", round=1, how="officer", out=["fox"], says="mine")
        alice.post("office/rounds/mps/", do="tie", round="1", how="vote again", says="the rule of 2001")
        assert not RoundEvent.objects.filter(data__void=True).exists()
        bob.confirm("office/rounds/mps/")
        alice.post("office/rounds/mps/", do="open")
        assert contest.ballot_rounds.get(number=2).field == ["may", "leadsom", "gove", "crabb", "fox"]
        assert set(status(contest).values()) == {"standing"}
        count(alice, bob, 2, may=50, leadsom=40, gove=36, crabb=20, fox=20)
        alice.post("office/rounds/mps/", do="announce")
        assert [key for key, one in status(contest).items() if one == "out"] == ["crabb", "fox"]


LOT = (
    '\n[stage.tie]\ntext = "silent"\nheld = ["vote again", "all out"]\nby = "the returning officer"\non = 2001-07-10\n'
)


def with_tie(rule: str) -> str:
    """The shipped rules, with another way to break ties."""
    from selectorate import rules

    text = rules.preset_text("conservatives-1998")
    assert LOT in text
    return text.replace(LOT, "\n").replace("withdrawals = true\n", f"withdrawals = true\ntie = {rule}\n")


def test_a_tie_broken_by_a_lot_whose_seed_was_published(office: World) -> None:
    contest, alice, bob = opened(office, *NAMES[:4], text=with_tie('["lot"]'))
    with at("2016-07-05T12:00"):
        alice.post("office/rounds/mps/", do="begin-draw")
        draw = contest.draws.get(about="mps")
        assert draw.seed not in alice.get("office/rounds/mps/") and draw.commitment in alice.get("office/rounds/mps/")
        alice.post("office/rounds/mps/", do="finish-draw", says="17, 4")
        bob.confirm("office/rounds/mps/")
        page = Browser(office, None, contest).get("rounds/mps/")
        assert draw.seed in page and "17, 4" in page
        count(alice, bob, 1, may=50, leadsom=40, gove=20, crabb=20)
        alice.post("office/rounds/mps/", do="tie", round="1", how="lot")
        bob.confirm("office/rounds/mps/")
        alice.post("office/rounds/mps/", do="announce")
        from selectorate.count.lot import Lot

        order = Lot(draw.seed, ("17", "4")).order(list(NAMES[:4]))
        first = next(number for number in order if number in (3, 4))
        assert status(contest)[("may", "leadsom", "gove", "crabb")[first - 1]] == "out"
        assert sorted(status(contest).values()) == ["out", "standing", "standing", "standing"]


def test_a_seed_is_not_made_once_figures_are_there(office: World) -> None:
    contest, alice, bob = opened(office, *NAMES[:3], text=with_tie('["lot"]'))
    with at("2016-07-05T12:00"):
        count(alice, bob, 1, may=50, leadsom=20, gove=20)
        with pytest.raises(RefusedError, match="figures were taken in already"):
            draws.begin_draw(office.alice, contest, about="mps")
        with pytest.raises(RefusedError, match="1 of those who are tied"):
            rounds.break_tie(office.alice, contest, stage="mps", round=1, how="lot", out=["may"], says="a coin")
        alice.post("office/rounds/mps/", do="tie", round="1", how="lot", out="gove", says="a coin, before the agents")
        bob.confirm("office/rounds/mps/")
        alice.post("office/rounds/mps/", do="announce")
        assert contest.stages.get(stage="mps").result["qualified"] == ["may", "leadsom"]
        assert "a coin, before the agents" in Browser(office, None, contest).get("rounds/mps/")


def test_figures_on_which_both_were_wrong_are_put_aside_by_two(office: World) -> None:
    contest, alice, bob = opened(office, *NAMES[:3])
    with at("2016-07-05T12:00"):
        count(alice, bob, 1, may=50, leadsom=30, gove=20)
        with pytest.raises(RefusedError, match="agree on these figures already"):
            taking.enter_figures(
                office.alice, contest, stage="mps", votes={"total": {"may": 1, "leadsom": 2, "gove": 3}}, roll={}
            )
        alice.post("office/figures/mps/1/", do="aside", reason="the piles were swapped")
        bob.confirm("office/figures/mps/1/")
        for browser in (alice, bob):
            browser.post(
                "office/figures/mps/1/", do="figures", **figures({"total": {"may": 50, "leadsom": 20, "gove": 30}})
            )
        alice.post("office/rounds/mps/", do="announce")
        assert status(contest)["leadsom"] == "out"
        with pytest.raises(RefusedError, match="announced"):
            taking.set_figures_aside(office.alice, contest, stage="mps", reason="again")


def test_two_who_are_nominated_go_on_without_a_ballot(office: World) -> None:
    with at("2016-06-20T09:00"):
        contest = nominated(office, *NAMES[:2])
    with at("2016-07-05T08:00"):
        alice = Browser(office, office.alice, contest)
        assert "they go on without one" in alice.get("office/stages/mps/")
        alice.post("office/stages/mps/", do="pass")
    with at("2016-07-25T09:00"):
        ready(office, contest, "members")
        alice.post("office/stages/members/", do="open")
        assert contest.ballot_rounds.get().field == ["may", "leadsom"]


def test_one_who_is_nominated_is_elected_without_a_ballot(office: World) -> None:
    with at("2016-06-20T09:00"):
        contest = nominated(office, "Theresa May")
    with at("2016-07-05T08:00"):
        alice, bob = Browser(office, office.alice, contest), Browser(office, office.bob, contest)
        page = alice.get("office/declare/")
        assert "Elected unopposed: Theresa May" in page
        alice.post("office/declare/", seen=alice.hidden("office/declare/", "seen"))
        bob.confirm("office/declare/")
        assert contest.declaration.data["elected"] == ["may"]


def test_nobody_is_nominated(office: World) -> None:
    with at("2016-06-20T09:00"):
        contest = nominated(office)
    with at("2016-07-05T08:00"):
        alice = Browser(office, office.alice, contest)
        assert "Nobody was nominated" in alice.get("office/nominations/nomination/")
        with pytest.raises(RefusedError, match="nobody is on the paper"):
            taking.declare_result(office.alice, contest)
        both(office, contests.abandon_contest(office.alice, contest, reason="nobody was nominated"))
        contest.refresh_from_db()
        assert contest.status == Contest.Status.ABANDONED
