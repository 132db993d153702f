"""The single transferable vote, by every method of the registry that is one: what has to hold whatever the ballots."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from selectorate.ballots import Profile, in_parts, merged, profile_of
from selectorate.count.constraints import Constraints, Group
from selectorate.count.lot import Lot
from selectorate.count.registry import METHODS, Options
from selectorate.count.result import Count
from selectorate.count.ties import Ties
from selectorate.errors import CountError

STV = sorted(id_ for id_, method in METHODS.items() if method.name.startswith("Single transferable vote"))
PROPORTIONAL = ("scottish", "wigm", "wigm-exact", "meek-1987", "meek-nz", "meek-prf")
"""Those that promise a solid coalition its places. By parcels, two decimals can lose a whole vote in one transfer."""
FOLLOWED = ("scottish", "minneapolis", "wigm", "wigm-exact", "meek-1987", "meek-nz", "meek-prf")
"""Those that can be told by part of the ballots."""
CONSTRAINED = tuple(id_ for id_ in STV if id_ != "minneapolis")

Papers = tuple[tuple[int, tuple[int, ...]], ...]


@dataclass(frozen=True)
class Election:
    """Ballots, and how many places there are."""

    candidates: int
    seats: int
    papers: Papers

    @property
    def names(self) -> list[str]:
        return [f"c{number}" for number in range(1, self.candidates + 1)]

    def profile(self) -> Profile:
        return profile_of(self.names, self.papers)


@st.composite
def elections(draw: st.DrawFn, *, most: int = 7, lines: int = 24) -> Election:
    candidates = draw(st.integers(1, most))
    people = range(1, candidates + 1)
    paper = st.permutations(people).flatmap(
        lambda order: st.integers(0, candidates).map(lambda length: tuple(order[:length]))
    )
    papers = draw(st.lists(st.tuples(st.integers(1, 25), paper), max_size=lines))
    return Election(candidates, draw(st.integers(1, candidates)), tuple(papers))


def run(method: str, election: Election, options: Options | None = None, profile: Profile | None = None) -> Count:
    lot = Options(lot=Lot("a seed", ("1", "2")))
    return METHODS[method].run(profile or election.profile(), election.seats, options or lot)


def told(count: Count) -> list[tuple[object, ...]]:
    """All of a count that does not hang on the names."""
    return [
        (shown.action, shown.totals, shown.exhausted, shown.lost, shown.quota, shown.elected, shown.excluded)
        for shown in count.rounds
    ]


# -- always -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", STV)
@given(election=elections())
def test_no_vote_is_lost_or_made_and_every_place_is_filled(method: str, election: Election) -> None:
    count = run(method, election)
    assert count.valid == sum(number for number, ranked in election.papers if ranked)
    for shown in count.rounds:
        assert sum(shown.totals.values()) + shown.exhausted + shown.lost == count.valid
        assert min([shown.exhausted, shown.lost, *shown.totals.values()]) >= 0
        for moved in shown.moved:
            assert all(amount <= moved.value * moved.papers.get(to, 0) or to == 0 for to, amount in moved.by.items())
    assert len(count.elected) == len(set(count.elected)) == election.seats
    assert [who for shown in count.rounds for who in shown.elected] == list(count.elected)
    out = [who for shown in count.rounds for who in shown.excluded]
    assert len(out) == len(set(out))
    assert not set(out) & set(count.elected)
    assert all(said for shown in count.rounds for said in shown.say)


@pytest.mark.parametrize("method", STV)
@given(election=elections(), seed=st.integers(0, 10_000))
def test_order_splitting_and_merging_of_ballots_and_files_change_nothing(
    method: str, election: Election, seed: int
) -> None:
    rng = random.Random(seed)
    whole = told(run(method, election))
    single = [(1, ranked) for number, ranked in election.papers for _ in range(number)]
    rng.shuffle(single)
    assert told(run(method, election, profile=profile_of(election.names, single))) == whole
    # Two files, read apart and joined.
    half = rng.randint(0, len(single))
    parts = [profile_of(election.names, part) for part in (single[:half], single[half:])]
    width = max(part.papers.shape[1] for part in parts)
    padded = [np.pad(part.papers, ((0, 0), (0, width - part.papers.shape[1]))) for part in parts]
    papers, number = merged(np.concatenate(padded), np.concatenate([part.number for part in parts]))
    joined = Profile(parts[0].candidates, papers, number)
    assert told(run(method, election, profile=joined)) == whole


@pytest.mark.parametrize("method", STV)
@given(election=elections(), seed=st.integers(0, 10_000))
def test_order_of_candidates_changes_nothing(method: str, election: Election, seed: int) -> None:
    count = run(method, election, Options())
    # A lot, and New Zealand's numbers, go by the order of the candidates, and may.
    assume(not any("pseudo-random" in tie.how or tie.lot for shown in count.rounds for tie in shown.ties))
    to = list(range(1, election.candidates + 1))
    random.Random(seed).shuffle(to)
    new = dict(enumerate(to, 1))
    papers = tuple((number, tuple(new[who] for who in ranked)) for number, ranked in election.papers)
    other = run(method, Election(election.candidates, election.seats, papers), Options())
    assert {new[who] for who in count.elected} == set(other.elected)
    assert ({new[who] for who in count.tied}, count.tied_for) == (set(other.tied), other.tied_for)
    assert len(count.rounds) == len(other.rounds)
    for one, two in zip(count.rounds, other.rounds, strict=True):
        assert {new[who]: votes for who, votes in one.totals.items()} == two.totals
        assert (one.quota, one.exhausted, one.lost) == (two.quota, two.exhausted, two.lost)
        assert {new[who] for who in one.excluded} == set(two.excluded)


@pytest.mark.parametrize("method", STV)
@given(election=elections())
def test_a_count_that_stops_at_a_tie_is_the_beginning_of_the_one_that_a_lot_decides(
    method: str, election: Election
) -> None:
    stopped, whole = run(method, election, Options()), run(method, election)
    told_ = told(stopped)
    assert told_ == told(whole)[: len(told_)]
    assert bool(stopped.tied) == (len(stopped.elected) < election.seats)
    breaks = [tie for shown in whole.rounds for tie in shown.ties]
    if stopped.tied:
        assert next(tie.between for tie in breaks if tie.draw) == stopped.tied
        assert "are tied for" in stopped.rounds[-1].say[-1]
    else:
        assert not any(tie.draw for tie in breaks)


@pytest.mark.parametrize("method", [*FOLLOWED, "alternative-vote", "bottoms-up", "block-vote"])
@given(election=elections(), seed=st.integers(0, 10_000))
def test_parts_change_nothing_and_add_up(method: str, election: Election, seed: int) -> None:
    rng = random.Random(seed)
    parts: dict[str, list[tuple[int, tuple[int, ...]]]] = {"a": [], "b": [], "c": []}
    for number, ranked in election.papers:
        parts[rng.choice(list(parts))].append((number, ranked))
    profile = in_parts({name: profile_of(election.names, papers) for name, papers in parts.items()})
    seats = election.seats if METHODS[method].many else 1
    options = Options(lot=Lot("a seed", ("1", "2")))
    count = METHODS[method].run(profile, seats, options)
    assert told(count) == told(METHODS[method].run(profile.without_parts(), seats, options))
    assert [segment.name for segment in count.segments] == list(parts)
    for index, shown in enumerate(count.rounds):
        now = [segment.rounds[index] for segment in count.segments]
        votes = {who: sum(part.votes.get(who, 0) for part in now) for who in (0, *shown.totals)}
        assert votes[0] == shown.exhausted
        over = {who: votes[who] - total for who, total in shown.totals.items()}
        assert min(over.values()) >= 0
        assert sum(over.values()) == shown.lost
        if method != "block-vote":
            for segment, part in zip(count.segments, now, strict=True):
                assert sum(part.papers.values()) == sum(part.votes.values()) == segment.valid


# -- proportionality ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", PROPORTIONAL)
@given(data=st.data())
def test_a_solid_coalition_gets_its_places(method: str, data: st.DataObject) -> None:
    election = data.draw(elections(lines=12).filter(lambda found: found.candidates > 1))
    people = list(range(1, election.candidates + 1))
    coalition = data.draw(st.sets(st.sampled_from(people), min_size=1, max_size=election.candidates - 1))
    solid = []
    for number in data.draw(st.lists(st.integers(1, 40), min_size=1, max_size=6)):
        first = data.draw(st.permutations(sorted(coalition)))
        rest = data.draw(st.permutations([who for who in people if who not in coalition]))
        solid.append((number, (*first, *rest[: data.draw(st.integers(0, len(rest)))])))
    whole = Election(election.candidates, election.seats, (*election.papers, *solid))
    votes = sum(number for number, ranked in whole.papers if ranked)
    quota = votes // (whole.seats + 1) + 1
    due = min(sum(number for number, _ in solid) // quota, len(coalition))
    assert len(coalition.intersection(run(method, whole).elected)) >= due


@pytest.mark.parametrize("method", STV)
@given(election=elections())
def test_who_has_a_majority_of_first_preferences_has_the_only_place(method: str, election: Election) -> None:
    firsts = dict.fromkeys(range(1, election.candidates + 1), 0)
    for number, ranked in election.papers:
        if ranked:
            firsts[ranked[0]] += number
    best = max(firsts, key=lambda who: firsts[who])
    assume(2 * firsts[best] > sum(firsts.values()))
    count = run(method, Election(election.candidates, 1, election.papers))
    assert count.elected == (best,)


# -- rules on the result ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", CONSTRAINED)
@given(data=st.data())
def test_rules_on_the_result_are_never_broken(method: str, data: st.DataObject) -> None:
    election = data.draw(elections())
    people = list(range(1, election.candidates + 1))
    groups = []
    for index in range(data.draw(st.integers(1, 3))):
        members = frozenset(data.draw(st.sets(st.sampled_from(people), min_size=1)))
        least = data.draw(st.integers(0, min(len(members), election.seats)))
        most = data.draw(st.none() | st.integers(least, election.candidates))
        groups.append(Group(f"group {index}", members, least, most))
    rules = Constraints(tuple(groups))
    options = Options(lot=Lot("a seed"), result=rules)
    if not rules.possible([], people, election.seats):
        with pytest.raises(CountError, match="no result"):
            run(method, election, options)
        return
    count = run(method, election, options)
    assert rules.kept_by(count.elected)
    assert len(count.elected) == election.seats
    for shown in count.rounds:
        assert sum(shown.totals.values()) + shown.exhausted + shown.lost == count.valid


@pytest.mark.parametrize("method", CONSTRAINED)
@given(election=elections())
def test_rules_that_bind_nobody_change_nothing(method: str, election: Election) -> None:
    everybody = frozenset(range(1, election.candidates + 1))
    rules = Constraints((Group("all", everybody, 0, election.candidates),))
    free = told(run(method, election))
    assert told(run(method, election, Options(lot=Lot("a seed", ("1", "2")), result=rules))) == free


# -- a plain twin -------------------------------------------------------------------------------------------------


def plain_gregory(
    election: Election, scale: int | None, *, quota_cut: int = 1
) -> tuple[list[dict[int, Fraction]], list[int]] | None:
    """One paper at a time: Scotland's rules (``scale`` 10**5) or exact fractions (None). None where a lot decides.

    ``quota_cut``: to how many parts of a vote the quota is cut, before one of them is added.
    """
    seats = election.seats
    people = range(1, election.candidates + 1)
    papers = [list(ranked) for number, ranked in election.papers if ranked for _ in range(number)]
    worth = [Fraction(1)] * len(papers)
    holder = [ranked[0] for ranked in papers]
    votes = len(papers)
    quota = Fraction(votes * quota_cut // (seats + 1) + 1, quota_cut) if scale else Fraction(votes, seats + 1)
    hopeful, elected, pending = set(people), [], []
    kept: dict[int, Fraction] = {}
    history: list[dict[int, Fraction]] = []

    def tally() -> dict[int, Fraction]:
        totals = {who: kept.get(who, Fraction(0)) for who in people}
        for index, who in enumerate(holder):
            if who:
                totals[who] += worth[index]
        return totals

    def reach() -> None:
        totals = tally()
        history.append(totals)
        fresh = [who for who in hopeful if (totals[who] >= quota if scale else totals[who] > quota)]
        for who in sorted(fresh, key=lambda who: (-totals[who], who)):
            hopeful.remove(who)
            elected.append(who)
            if totals[who] > quota:
                pending.append(who)

    def pick(tied: Sequence[int], least: bool) -> int | None:
        for totals in reversed(history):
            edge = (min if least else max)(totals[who] for who in tied)
            tied = [who for who in tied if totals[who] == edge]
            if len(tied) == 1:
                return tied[0]
        return None

    def move(index: int) -> None:
        ranked = papers[index]
        later = ranked[ranked.index(holder[index]) + 1 :]
        holder[index] = next((who for who in later if who in hopeful), 0)

    reach()
    while len(elected) < seats:
        if len(hopeful) <= seats - len(elected):
            last = history[-1]
            elected += sorted(hopeful, key=lambda who: (-last[who], who))
            break
        totals = history[-1]
        if pending:
            most = max(totals[who] for who in pending)
            who = pick([who for who in pending if totals[who] == most], least=False)
            if who is None:
                return None
            pending.remove(who)
            surplus = totals[who] - quota
            for index in [index for index, lying in enumerate(holder) if lying == who]:
                value = worth[index] * surplus / totals[who]
                worth[index] = Fraction(int(value * scale), scale) if scale else value
                move(index)
            kept[who] = quota
        else:
            fewest = min(totals[who] for who in hopeful)
            who = pick([who for who in hopeful if totals[who] == fewest], least=True)
            if who is None:
                return None
            hopeful.remove(who)
            for index in [index for index, lying in enumerate(holder) if lying == who]:
                move(index)
        reach()
    return history, elected


@pytest.mark.parametrize(
    ("method", "scale", "quota_cut"), [("scottish", 10**5, 1), ("wigm", 10**4, 10**4), ("wigm-exact", None, 1)]
)
@settings(max_examples=200)
@given(election=elections(most=6, lines=16))
def test_plain_twin(method: str, scale: int | None, quota_cut: int, election: Election) -> None:
    plain = plain_gregory(election, scale, quota_cut=quota_cut)
    assume(plain is not None)
    assert plain is not None
    history, elected = plain
    count = run(method, election, Options(ties=Ties(("latest difference",))))
    assert [dict(shown.totals) for shown in count.rounds] == history
    assert set(count.elected) == set(elected)


CLOSE = Decimal("0.01")
"""Votes. Rules of Meek's method settle to different decimals: nearer than this they may tell apart or not."""


def plain_meek(election: Election) -> set[int] | None:
    """Meek's method, settled to many decimals, one thing at a time. None where anything is close."""
    hopeful, elected = list(range(1, election.candidates + 1)), list[int]()
    keep = dict.fromkeys(hopeful, Decimal(1))
    while len(elected) < election.seats:
        if len(hopeful) <= election.seats - len(elected):
            return {*elected, *hopeful}
        for _ in range(2000):
            votes = dict.fromkeys(keep, Decimal(0))
            for number, ranked in election.papers:
                left = Decimal(number)
                for who in ranked:
                    votes[who] += left * keep[who]
                    left -= left * keep[who]
            quota = sum(votes.values()) / (election.seats + 1)
            if all(abs(votes[who] - quota) < Decimal("1e-9") for who in elected):
                break
            for who in elected:
                keep[who] = min(Decimal(1), keep[who] * quota / votes[who])
        else:
            return None
        ranked_ = sorted(hopeful, key=lambda who: votes[who])
        if any(abs(votes[who] - quota) < CLOSE for who in hopeful) or votes[ranked_[1]] - votes[ranked_[0]] < CLOSE:
            return None
        reached = [who for who in hopeful if votes[who] > quota]
        elected += reached
        gone = [] if reached else ranked_[:1]
        keep.update(dict.fromkeys(gone, Decimal(0)))
        hopeful = [who for who in hopeful if who not in (*reached, *gone)]
    return set(elected)


@pytest.mark.parametrize("method", ["meek-1987", "meek-nz", "meek-prf"])
@settings(max_examples=60)
@given(election=elections(most=5, lines=10))
def test_plain_twin_of_meek(method: str, election: Election) -> None:
    plain = plain_meek(election)
    assume(plain is not None)
    assert set(run(method, election).elected) == plain
