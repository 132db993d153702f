"""A contest held in sealed boxes, through the acts: opened, cast, closed, opened by trustees, declared."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.site import rolled
from tests.site.stages import Browser, both, make, ready, stand
from tests.site.voted import Vote, online
from tests.site.world import World, at

from selectorate.box.v1.reading import read_box
from selectorate.contest.sealed import read_sealed
from selectorate.errors import RefusedError
from selectorate.office import clock
from selectorate.office.acts import amending, confirm, contests, figures, rounds
from selectorate.office.acts import boxes as acts
from selectorate.office.boxes import counting, laid, store, voters
from selectorate.office.boxes.casting import CastRefusedError
from selectorate.office.documents import ballot_table
from selectorate.office.models import Candidate, Contest, HandedIn, OnlineVote
from selectorate.office.preflight import blocking

RULES = """
id = "sealed"
name = "Held in boxes"
organisation = "Party of the Test"
office = "Leader"
[bodies.mps]
name = "MPs"
[disclosure]
floor = 1
unanimity_below = 1
"""
HEAD = (
    RULES
    + """
[segments.members]
name = "party members"
entitled = { "is a member" = "capacity = 'member'" }
[segments.affiliated]
name = "affiliated supporters"
entitled = { "is one" = "capacity = 'affiliated supporter'" }
[segments.registered]
name = "registered supporters"
entitled = { "is one" = "capacity = 'registered supporter'" }
"""
)
BALLOT = """
[[stage]]
kind = "ballot"
id = "ballot"
segments = ["members", "affiliated", "registered"]
paper = "{paper}"
count = "{count}"
elected = "majority of votes"
tie = ["earlier rounds", "lot"]
online = {{ revote = true, paper = "none" }}
"""
RANKED = HEAD + BALLOT.format(paper="rank", count="alternative vote")
CHOSEN = HEAD + BALLOT.format(paper="choose one", count="most votes").replace('"majority of votes"', '"most votes"')
DATES = {"ballot_opens": "2016-08-22T09:00", "ballot_closes": "2016-09-21T12:00", "declared": "2016-09-24T11:45"}
NAMES = ("Ada Ash", "Ben Birch", "Cyd Cedar")
SEGMENTS = {name: [name] for name in ("members", "affiliated", "registered")}
CAPACITIES = ("member", "affiliated supporter", "registered supporter")
BEFORE, OPENS, DURING, CLOSES = "2016-08-20T10:00", "2016-08-22T08:00", "2016-09-01T10:00", "2016-09-21T11:00"
"""The timetable is of London's clock, an hour before UTC."""


@pytest.fixture(autouse=True)
def _site(transactional_db: None, settings: Any) -> None:
    """Ballots are committed one by one; voters are told an address."""
    settings.ADDRESS = "https://vote.example.org"


def adopted(office: World, text: str, *, each: int = 6, names: tuple[str, ...] = NAMES, rounds: int = 1) -> Vote:
    """A contest that is held online, with ``each`` voters a segment."""
    rows = [
        rolled.member(f"{capacity[0]}{number}", f"Voter {capacity[0].upper()}{number}", capacity=capacity)
        for capacity in CAPACITIES
        for number in range(each)
    ]
    rolled.applied(office, rolled.csv_of(rows))
    contest = make(office, "", text=text, bodies={"mps": office.body("MPs", 5)}, dates=DATES, adopt=False)
    return standing(office, contest, *names, rounds=rounds)


def standing(office: World, contest: Contest, *names: str, **more: Any) -> Vote:
    """A contest that is set up to be held online, adopted, with ``names`` on the paper."""
    made = online(office, contest, **more)
    contests.adopt_contest(office.alice, contest)
    contest.refresh_from_db()
    if names:
        stand(office, contest, *names)
        contest.candidates.update(status=Candidate.Status.STANDING)
    return made


def voted(office: World, text: str = RANKED, sections: dict[str, Any] = SEGMENTS, **more: Any) -> Vote:
    """A contest that is ready to be opened."""
    with at(BEFORE):
        made = adopted(office, text, **more)
        rolled.ready(office, made.contest)
        made.lay_out("ballot", sections)
        ready(office, made.contest, "ballot")
    return made


def tick(moment: str) -> None:
    """The clock ticks at a moment."""
    with at(moment):
        assert not clock.tick().refused


def electorate(made: Vote, section: str) -> list[str]:
    return [one.voter for one in voters.electorate(made.contest, "ballot") if section in one.segments]


def rankings(chance: random.Random, names: int = 3) -> list[int]:
    order = chance.sample(range(names), chance.randint(0, names))
    return [order.index(name) + 1 if name in order else 0 for name in range(names)]


def declared(office: World, made: Vote) -> dict[str, Any]:
    made.contest.refresh_from_db()
    found = both(office, figures.declare_result(office.alice, made.contest))
    return dict(found.data)


TOOL = os.environ.get("SELECTORATE_BELENIOS_TOOL") or shutil.which("belenios-tool")
BESIDE = Path(__file__).resolve().parents[3] / "shared" / "tools" / "belenios-tool"
TOOLS = [Path(TOOL)] if TOOL else [path for path in (BESIDE,) if path.is_file()]


def accepted(path: Path, folder: Path) -> None:
    """The box holds for us, and for the reference tool where it is there."""
    assert read_box(path).faults == []
    if TOOLS:
        folder.mkdir()
        shutil.copy(path, folder)
        command = [str(TOOLS[0]), "election", "verify", "--dir", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_three_segments_from_opening_to_declaration(office: World, tmp_path: Path) -> None:
    made = voted(office)
    assert {box.phase for box in made.boxes} == {"empty"}
    with at(BEFORE):
        assert blocking(made.contest, "ballot") == []
    tick(OPENS)
    assert {box.phase for box in made.boxes} == {"voting"}
    chance, last = random.Random(6), {}
    with at(DURING):
        for box in made.boxes:
            for number, voter in enumerate(electorate(made, box.section)[:5]):
                for _again in range(1 + (number == 2)):
                    last[box.section, voter] = rankings(chance)
                    made.cast(box, voter, last[box.section, voter])
        last["members", "roll:m0"] = [1, 2, 3]
        made.cast(made.box(section="members"), "roll:m0", [1, 2, 3])
    tick(CLOSES)
    assert {box.phase for box in made.boxes} == {"closed"}
    with at("2016-09-21T12:00"):
        for box in made.boxes:
            assert made.open(box).phase == "final"
            papers = read_sealed(store.archive(box)).profile
            assert papers.total == 5 and papers.papers.tolist() == counting.papers_of(box).profile.papers.tolist()
            accepted(store.archive(box), tmp_path / box.section)
        result = declared(office, made)
    rounds_ = result["ballots"][0]["rounds"]
    by_hand = dict.fromkeys(("ash", "birch", "cedar"), 0)
    for paper in last.values():
        if 1 in paper:
            by_hand[list(by_hand)[paper.index(1)]] += 1
    first = {row["candidate"]: row["votes"] for row in rounds_[0]["rows"]}
    assert first == by_hand
    sections = {one["section"]: one for one in result["ballots"][0]["sections"]}
    assert {name: sections[name]["entitled"] for name in SEGMENTS} == dict.fromkeys(SEGMENTS, 6)
    assert sections["total"]["returned"] == 15
    assert sections["total"]["spoilt"] == sum(not any(paper) for paper in last.values())


def test_pooled_segments_vote_in_one_box(office: World) -> None:
    made = voted(office, sections=POOLED, each=2)
    tick(OPENS)
    box = made.box()
    assert box.voters == 6
    with at(DURING):
        for voter in ("roll:m0", "roll:a0", "roll:r0"):
            made.cast(box, voter, [1, 0, 0])
        made.cast(box, "roll:r1", [2, 1, 0])
    tick(CLOSES)
    with at("2016-09-21T12:00"):
        made.open(box, (2, 3))
        result = declared(office, made)
    assert result["elected"] == ["ash"]
    total = {one["section"]: one for one in result["ballots"][0]["sections"]}["total"]
    assert (total["entitled"], total["returned"]) == (6, 4)
    assert not any(result["ballots"][0]["rounds"][0]["rows"][0]["by_section"].values())


def test_only_sums_are_opened_where_one_is_chosen(office: World) -> None:
    made = voted(office, CHOSEN)
    tick(OPENS)
    with at(DURING):
        for section, choices in (("members", (1, 1, 2, 0)), ("affiliated", (3, 1)), ("registered", ())):
            box = made.box(section=section)
            for voter, choice in zip(electorate(made, section), choices, strict=False):
                made.cast(box, voter, [int(place == choice) for place in range(4)])
    tick(CLOSES)
    with at("2016-09-21T12:00"):
        for box in made.boxes:
            made.open(box)
            assert not laid.boxes_of(made.contest, "ballot")[0].events.filter(type="Shuffle").exists()
        result = declared(office, made)
    first = {row["candidate"]: row["votes"] for row in result["ballots"][0]["rounds"][0]["rows"]}
    assert first == {"ash": 3, "birch": 1, "cedar": 1}
    total = {one["section"]: one for one in result["ballots"][0]["sections"]}["total"]
    assert (total["returned"], total["spoilt"], total["valid"]) == (6, 1, 5)


# -- the instant ---------------------------------------------------------------------------------------------------


def test_at_the_instant_nothing_is_cast_however_late_the_tick(office: World) -> None:
    made = voted(office)
    tick(OPENS)
    box = made.box(section="members")
    with at("2016-09-21T10:59:59"):
        made.cast(box, "roll:m0", [1, 2, 3])
    with at(CLOSES), pytest.raises(CastRefusedError, match="too late"):
        made.cast(box, "roll:m1", [1, 2, 3])
    with at("2016-09-21T11:07"):
        with pytest.raises(CastRefusedError, match="too late"):
            made.cast(box, "roll:m1", [1, 2, 3])
        clock.tick()
    assert made.box(section="members").phase == "closed" and made.box(section="members").ballots == 1


def test_a_later_closing_moves_the_boxes_with_it(office: World) -> None:
    made = voted(office)
    tick(OPENS)
    with at(DURING):
        before = made.box(section="members").closes
        proposed = contests.change_date(
            office.alice, made.contest, key="ballot_closes", at="2016-09-22T12:00", reason="a strike of the post"
        )
        assert made.box(section="members").closes == before
        both(office, proposed)
    assert {box.closes for box in made.boxes} == {before + timedelta(days=1)}
    with at("2016-09-21T12:00"):
        clock.tick()
        made.cast(made.box(section="members"), "roll:m0", [1, 0, 0])


# -- what blocks opening -------------------------------------------------------------------------------------------


def test_opening_waits_for_key_credentials_and_address(office: World, settings: Any) -> None:
    made = voted(office)
    settings.ADDRESS = ""
    made.vote.contributions.all().delete()
    box = made.box(section="members")
    box.people.filter(who=voters.who(made.vote, "roll:m0")).delete()
    with at(OPENS):
        said = {item.name: item.says for item in blocking(made.contest, "ballot")}
        assert said["each of those entitled has a credential"] == "1 have none"
        assert {"the trustees' key is made, and each has decrypted a test", "the address of the site is set"} <= set(
            said
        )
        assert clock.tick().refused and made.box(section="members").phase == "empty"


def test_more_than_thirty_names_are_not_ranked_in_a_box(office: World) -> None:
    made = voted(office, names=tuple(f"Some Name{number}" for number in range(31)))
    with at(OPENS):
        assert [item.name for item in blocking(made.contest, "ballot")] == ["the paper fits a box"]


def test_a_box_of_too_few_voters_is_not_opened(office: World) -> None:
    made = voted(office)
    with at(OPENS):
        OnlineVote.objects.update(least=7)
        (item,) = blocking(made.contest, "ballot")
        assert item.name == "each box has voters enough to be opened" and "party members" in item.says


def struck(office: World, made: Vote, person: str) -> None:
    confirm(office.bob, amending.strike_person(office.alice, made.contest, person=person, reason="died"))


def test_who_is_struck_before_opening_leaves_the_list(office: World) -> None:
    made = voted(office)
    with at(BEFORE):
        struck(office, made, "m0")
        admitted = amending.admit_person(
            office.alice, made.contest, values=rolled.member("m9", "Late Voter"), reason="forgotten"
        )
        confirm(office.bob, admitted)
        assert [item.says for item in blocking(made.contest, "ballot")] == ["1 have none"]
        made.credential(made.box(section="members"), "roll:m9")
        assert blocking(made.contest, "ballot") == []
    tick(OPENS)
    assert made.box(section="members").voters == 6


def test_who_is_struck_after_opening(office: World) -> None:
    made = voted(office)
    tick(OPENS)
    box = made.box(section="members")
    with at(DURING):
        made.cast(box, "roll:m0", [1, 2, 3])
        made.cast(box, "roll:m2", [1, 2, 0])
        struck(office, made, "m0")
        struck(office, made, "m1")
        for voter in ("roll:m0", "roll:m1"):
            with pytest.raises(CastRefusedError) as caught:
                made.cast(box, voter, [2, 1, 3])
            assert caught.value.code == "credential"
        assert laid.struck_after_casting(box) == 1
        for section in ("affiliated", "registered"):
            made.cast(made.box(section=section), f"roll:{section[0]}0", [1, 0, 0])
    tick(CLOSES)
    with at("2016-09-21T12:00"):
        for one in made.boxes:
            made.open(one)
        result = declared(office, made)
    page = Browser(office, None, made.contest).get("declaration/")
    assert "1 voter was struck off the roll after they had cast" in page and "party members: 1." in page
    assert "The margin is" in page
    assert any("1 struck off the roll after they had cast" in note for note in result["ballots"][0]["notes"])
    assert {one["section"]: one["entitled"] for one in result["ballots"][0]["sections"]}["members"] == 5


# -- trustees ------------------------------------------------------------------------------------------------------


@pytest.fixture
def closed(office: World) -> Vote:
    """One box that is closed and tallied."""
    made = voted(office, sections=POOLED, each=2)
    tick(OPENS)
    with at(DURING):
        for number, voter in enumerate(("roll:m0", "roll:a0", "roll:r0")):
            made.cast(made.box(), voter, [1, 2, 0] if number else [0, 1, 0])
    tick(CLOSES)
    counting.advance()
    return made


def test_what_is_not_valid_is_refused_with_whose_it_is(closed: Vote) -> None:
    box = closed.box()
    good = closed.shuffled(box)
    wrong = good.replace(b'"proofs"', b'"Proofs"')
    with pytest.raises(RefusedError, match=r"Anna Trustee .trustee 1.: this is not valid"):
        closed.shuffle(box, 1, wrong)
    refused = HandedIn.objects.get(status="refused")
    assert refused.fault and refused.trustee.number == 1 and box.events.filter(type="Shuffle").count() == 0
    closed.shuffle(box, 1, good)
    with pytest.raises(RefusedError, match="given it already"):
        closed.shuffle(box, 1)
    with pytest.raises(RefusedError, match="somebody has shuffled since"):
        acts.take_shuffle(closed.user(2), closed.contest, box=box.uuid, content=good, after="0" * 64)
    with pytest.raises(RefusedError, match="does not wait for this"):
        closed.decrypt(box, 1, b"{}")
    closed.shuffle(box, 2)
    closed.shuffle(box, 3)
    assert closed.box().phase == "shuffled"
    with pytest.raises(RefusedError, match="trustee 2"):
        closed.decrypt(box, 2, closed.decrypted(box, 1))
    closed.decrypt(box, 2)
    closed.decrypt(box, 1)
    assert closed.box().phase == "final"


def test_officials_end_the_shuffles_without_one_trustee(office: World, closed: Vote) -> None:
    box = closed.box()
    closed.shuffle(box, 3)
    with pytest.raises(RefusedError, match="1 have shuffled; it takes 2"):
        acts.end_shuffles(office.alice, closed.contest, box=box.uuid)
    closed.shuffle(box, 1)
    acts.end_shuffles(office.alice, closed.contest, box=box.uuid)
    closed.decrypt(box, 3)
    assert counting.advance() == 0
    assert [one.number for one in counting.still_needed(closed.box())] == [1, 2]
    closed.decrypt(box, 1)
    assert closed.box().phase == "final"


def test_a_stranger_gives_nothing(office: World, closed: Vote) -> None:
    with pytest.raises(RefusedError, match="for a trustee"):
        acts.take_shuffle(office.nobody, closed.contest, box=closed.box().uuid, content=b"{}", after="")


def test_a_large_box_is_checked_by_the_clock(closed: Vote, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counting, "SMALL", 1)
    box = closed.box()
    assert closed.shuffle(box, 1).status == "waiting"
    assert closed.box().events.filter(type="Shuffle").count() == 0
    counting.advance()
    assert closed.box().events.filter(type="Shuffle").count() == 1


def test_figures_are_not_taken_in_for_a_box(office: World, closed: Vote) -> None:
    with pytest.raises(RefusedError, match="held online"):
        figures.enter_figures(office.alice, closed.contest, stage="ballot", votes={}, roll={})


def test_a_paper_that_cannot_be_filled_in_is_void(office: World) -> None:
    made = voted(office, sections=POOLED, each=2)
    tick(OPENS)
    with at(DURING):
        made.cast(made.box(), "roll:m0", [1, 2, 3])
        made.cast(made.box(), "roll:m1", [1, 0, 0])
        made.cast(made.box(), "roll:a0", [7, 7, 1])
    tick(CLOSES)
    with at("2016-09-21T12:00"):
        assert made.open(made.box()).outcome["void"] == 1
        result = declared(office, made)
    assert any("1 of the spoilt papers were void" in note for note in result["ballots"][0]["notes"])
    total = {one["section"]: one for one in result["ballots"][0]["sections"]}["total"]
    assert (total["returned"], total["spoilt"]) == (3, 1)


# -- bodies --------------------------------------------------------------------------------------------------------

ROUNDS = (
    RULES
    + """
[[stage]]
kind = "ballot"
id = "mps"
by = "mps"
paper = "choose one"
count = "repeated ballots"
elected = "majority of votes"
tie = ["stop"]
online = { revote = false }
"""
)
MOTION = (
    RULES
    + """
[[stage]]
kind = "motion"
id = "motion"
by = "mps"
motion = "resolution"
carried = "majority of valid votes"
effect = "as stated"
online = {}
"""
)


def of_body(office: World, text: str, stage: str, number: int, rounds_: int = 1) -> Vote:
    dates = {f"{stage}_opens": "2016-07-05T09:00", f"{stage}_closes": "2016-07-05T18:00", "declared": "2016-07-06"}
    with at("2016-07-01T10:00"):
        bodies = {"mps": office.body("MPs", number)}
        contest = make(office, "", text=text, bodies=bodies, dates=dates, adopt=False)
        made = standing(office, contest, *(NAMES if stage == "mps" else ()), rounds=max(rounds_, 2))
        made.lay_out(stage, rounds=rounds_)
        if stage == "mps":
            ready(office, contest, stage)
    tick("2016-07-05T08:00")
    return made


def poll(made: Vote, box: Any, stage: str, *choices: int) -> None:
    width = store.election_of(box).questions[0].width  # type: ignore[union-attr]
    for voter, choice in zip(voters.electorate(made.contest, stage), choices, strict=False):
        made.cast(box, voter.voter, [int(place == choice) for place in range(width)])


def test_the_next_box_of_a_body_opens_with_the_announcement(office: World) -> None:
    made = of_body(office, ROUNDS, "mps", 5, rounds_=3)
    with at("2016-07-05T09:00"):
        poll(made, made.box("mps"), "mps", 1, 1, 2, 2, 3)
        rounds.close_round(office.alice, made.contest, stage="mps")
        assert made.box("mps").phase == "closed" and made.box("mps", number=2).phase == "empty"
        made.open(made.box("mps"))
        rounds.open_round(office.alice, made.contest, stage="mps")
        second = made.box("mps", number=2)
        assert second.phase == "voting"
        assert [*store.election_of(second).questions[0].answers] == ["Ada Ash", "Ben Birch"]  # type: ignore[union-attr]
        poll(made, second, "mps", 1, 1, 1, 2, 2)
        rounds.close_round(office.alice, made.contest, stage="mps")
        made.open(second)
        rounds.announce_round(office.alice, made.contest, stage="mps")
        result = declared(office, made)
    assert result["elected"] == ["ash"] and len(result["ballots"][0]["rounds"]) == 2


def test_a_round_for_which_there_are_no_credentials(office: World) -> None:
    made = of_body(office, ROUNDS, "mps", 5)
    with at("2016-07-05T09:00"):
        poll(made, made.box("mps"), "mps", 1, 1, 2, 2, 3)
        rounds.close_round(office.alice, made.contest, stage="mps")
        made.open(made.box("mps"))
        with pytest.raises(RefusedError, match="no credentials for round 2"):
            rounds.open_round(office.alice, made.contest, stage="mps")


def test_a_motion_in_a_box(office: World) -> None:
    made = of_body(office, MOTION, "motion", 4)
    with at("2016-07-05T09:00"):
        poll(made, made.box("motion"), "motion", 1, 1, 2, 0)
    tick("2016-07-05T17:00")
    with at("2016-07-05T19:00"):
        made.open(made.box("motion"))
        result = declared(office, made)
    motion = result["ballots"][0]["motion"]
    assert (motion["votes_for"], motion["votes_against"]) == (2, 1) and "carried" in motion["result"]


def test_an_abandoned_contest_takes_no_more_ballots(office: World) -> None:
    made = voted(office)
    tick(OPENS)
    with at(DURING):
        both(office, contests.abandon_contest(office.alice, made.contest, reason="a court said so"))
        with pytest.raises(CastRefusedError, match="closed"):
            made.cast(made.box(section="members"), "roll:m0", [1, 0, 0])


# -- paper beside a box --------------------------------------------------------------------------------------------

FIRST = RANKED.replace('paper = "none"', 'paper = "first counts"')
SUPERSEDES = CHOSEN.replace('paper = "none"', 'paper = "online supersedes"')
POOLED = {"total": list(SEGMENTS)}
PAPERS = b"""3 1
1 2 1 0
1 2 0
0
"Ada Ash"
"Ben Birch"
"Cyd Cedar"
"Papers"
"""


def envelope(office: World, made: Vote, number: str) -> str:
    return str(acts.record_envelope(office.registrar, made.contest, stage="ballot", number=number).outcome)


def test_the_first_of_paper_and_box_counts(office: World) -> None:
    made = voted(office, FIRST, POOLED, each=3)
    tick(OPENS)
    with at(DURING):
        made.cast(made.box(), "roll:m0", [1, 0, 0])
        made.cast(made.box(), "roll:m1", [0, 1, 0])
        assert envelope(office, made, "m0") == "unopened"
        assert [envelope(office, made, number) for number in ("a0", "a1")] == ["counts", "counts"]
        with pytest.raises(CastRefusedError) as caught:
            made.cast(made.box(), "roll:a0", [1, 0, 0])
        assert caught.value.code == "paper"
        made.cast(made.box(), "roll:m0", [1, 2, 0])
        for number, why in (("a0", "recorded already"), ("z9", "nobody with this number")):
            with pytest.raises(RefusedError, match=why):
                envelope(office, made, number)
    tick(CLOSES)
    with at("2016-09-21T12:00"):
        made.open(made.box())
        assert ballot_table(made.contest, made.contest.rulebook.stage_named("ballot")) is None
        with pytest.raises(RefusedError, match="3 papers, and 2 envelopes"):
            figures.enter_file(
                office.alice, made.contest, stage="ballot", name="p.blt", content=PAPERS.replace(b"1 2 0", b"2 2 0")
            )
        with pytest.raises(RefusedError, match="as a file"):
            figures.enter_figures(office.alice, made.contest, stage="ballot", votes={}, roll={})
        for user in (office.alice, office.bob):
            figures.enter_file(user, made.contest, stage="ballot", name="p.blt", content=PAPERS)
        table = ballot_table(made.contest, made.contest.rulebook.stage_named("ballot"))
        assert table and table["ballots"] == {"total": [f"{made.box().uuid}.bel", "ballot-1-total.blt"]}
        result = declared(office, made)
    first = {row["candidate"]: row["votes"] for row in result["ballots"][0]["rounds"][0]["rows"]}
    assert first == {"ash": 1, "birch": 3, "cedar": 0}
    total = {one["section"]: one for one in result["ballots"][0]["sections"]}["total"]
    assert (total["entitled"], total["returned"]) == (9, 4)


def test_an_online_ballot_supersedes_an_envelope(office: World) -> None:
    made = voted(office, SUPERSEDES, POOLED, each=3)
    tick(OPENS)
    with at(DURING):
        assert [envelope(office, made, number) for number in ("a0", "a1", "m1")] == ["waits"] * 3
        made.cast(made.box(), "roll:m0", [0, 1, 0, 0])
        made.cast(made.box(), "roll:a0", [0, 0, 1, 0])
    tick(CLOSES)
    assert sorted(made.box().papers.values_list("outcome", flat=True)) == ["counts", "counts", "unopened"]
    with at("2016-09-21T12:00"):
        made.open(made.box())
        votes = {name: {"ash": int(name == "members"), "birch": 0, "cedar": 0} for name in SEGMENTS}
        roll = {name: {"spoilt": int(name == "affiliated")} for name in SEGMENTS}
        for user in (office.alice, office.bob):
            figures.enter_figures(user, made.contest, stage="ballot", votes=votes, roll=roll)
        result = declared(office, made)
    first = {row["candidate"]: row["votes"] for row in result["ballots"][0]["rounds"][0]["rows"]}
    assert first == {"ash": 2, "birch": 1, "cedar": 0}
    total = {one["section"]: one for one in result["ballots"][0]["sections"]}["total"]
    assert (total["returned"], total["spoilt"]) == (4, 1)


# -- pages ---------------------------------------------------------------------------------------------------------


def test_officials_see_who_is_waited_for(office: World, closed: Vote) -> None:
    browser = Browser(office, office.alice, closed.contest)
    OnlineVote.objects.update(least=10)
    page = browser.get("office/boxes/")
    assert "0 of 3 have" in page and "Anna Trustee (1), Bert Trustee (2), Cleo Trustee (3)" in page
    assert "Fewer than 10 ballots were cast in this box" in page
    assert "boxes/" in browser.get("office/stages/ballot/")
    with pytest.raises(RefusedError):
        closed.shuffle(closed.box(), 1, b"{}")
    assert "What was not taken" in browser.get("office/boxes/")
    closed.shuffle(closed.box(), 1)
    closed.shuffle(closed.box(), 3)
    page = browser.post("office/boxes/", do="end-shuffles", box=closed.box().uuid)
    assert "The shuffles are ended." in page and "0 have, and 2 are needed" in page
    browser.get("office/envelopes/ballot/", 404)
    response = browser.client.get(browser.at(f"office/boxes/{closed.box().uuid}.bel"))
    assert b"".join(response.streaming_content) == store.archive(closed.box()).read_bytes()  # type: ignore[attr-defined]


def test_the_registrar_records_envelopes_on_a_page(office: World) -> None:
    made = voted(office, FIRST, POOLED, each=2)
    tick(OPENS)
    with at(DURING):
        browser = Browser(office, office.registrar, made.contest)
        assert "the paper counts" in browser.post("office/envelopes/ballot/", number="m0")
        assert "recorded already" in browser.post("office/envelopes/ballot/", number="m0")
