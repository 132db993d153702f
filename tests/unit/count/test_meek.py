"""Meek's method: against published counts, a plain twin, and the rules' own traps."""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest

from selectorate.ballots import profile_of, rankings
from selectorate.count.constraints import Constraints, Group
from selectorate.count.kept import KeptPapers
from selectorate.count.lot import Lot
from selectorate.count.meek import MEEK_1987, MEEK_NZ, MEEK_PRF, MeekRule, count_meek, pseudo_random
from selectorate.count.registry import METHODS, Options
from selectorate.count.result import Count
from selectorate.count.ties import Ties

from .test_ers97 import NAMES, PAPERS

Papers = Sequence[tuple[int, Sequence[int]]]

# The example of Voting matters, issue 12 ("The computational accuracy using the Meek algorithm"): three places.
ISSUE_12: Papers = [
    (333, (1, 3)),
    (333, (1, 4)),
    (333, (1, 5)),
    (333, (2, 3)),
    (333, (2, 4)),
    (333, (2, 5)),
    (667, (3,)),
    (667, (4,)),
    (667, (5,)),
    (1, (1, 2, 3)),
    (1, (1, 2, 4)),
    (2, (2, 1, 3)),
]


def count(
    names: Sequence[str],
    papers: Papers,
    seats: int,
    rule: MeekRule,
    ties: Ties | None = None,
    constraints: Constraints | None = None,
) -> Count:
    done = count_meek(rankings(profile_of(names, papers)), names, seats, rule, ties, constraints)
    for shown in done.rounds:
        assert sum(shown.totals.values()) + shown.exhausted + shown.lost == done.valid
    return done


def figures(text: str) -> list[Fraction]:
    return [Fraction(part) for part in text.split()]


# -- published counts ---------------------------------------------------------------------------------------------


def test_reference_rule_to_the_last_digit() -> None:
    """Droop (github jklundell/droop), test/ref/dump/SC-Vm-12-meek-prf-o6-fixed-p9-d9.txt."""
    # Droop's order of ties puts out the first on the list.
    done = count("ABXYZ", ISSUE_12, 3, MEEK_PRF, Ties(("order",), order=(5, 4, 3, 2, 1)))
    first, settled, last = done.rounds
    assert first.quota == Fraction("1000.750000001")
    assert first.elected == (1, 2)
    assert list(settled.totals.values()) == figures(
        "1000.750000126 1000.750000126 667.166666686 667.166666562 667.166666500"
    )
    assert "keep values A 0.999749750, B 0.999749750; surplus left 0.000000250" in " ".join(settled.say)
    assert last.excluded == (3,)
    assert last.quota == Fraction("800.580647027")
    assert list(last.totals.values()) == figures("800.584418564 800.584418564 0 800.596982770 800.556768208")
    assert last.exhausted == Fraction("800.677411894")
    assert "keep values A 0.799464312, B 0.799464312; surplus left 0.023878817" in " ".join(last.say)
    assert done.elected == (1, 2, 4)


@pytest.mark.parametrize(
    ("papers", "quota", "keep", "totals"),
    [
        # Droop's 42t and 513: Pollux and Helen would be level in exact arithmetic.
        ([(4, (1, 2)), (2, (3,))], "2.000000001", "0.500000001", "2.000000004 1.999999996 2"),
        ([(5, (1, 2)), (1, (2,)), (3, (3,))], "3.000000001", "0.600000001", "3.000000005 2.999999995 3"),
    ],
)
def test_rounding_up_decides_where_exact_votes_are_level(papers: Papers, quota: str, keep: str, totals: str) -> None:
    done = count(("Castor", "Pollux", "Helen"), papers, 2, MEEK_PRF)
    assert done.rounds[1].quota == Fraction(quota)
    assert list(done.rounds[1].totals.values()) == figures(totals)
    assert f"Castor {keep}" in " ".join(done.rounds[1].say)
    assert done.elected == (1, 3)


def test_what_is_left_of_a_paper_is_a_difference() -> None:
    """Dunedin, Cargill ward, 2004: papers that passed both elected candidates were worth 0.018467626.

    Keep values of 1 - 0.308948430 and 1 - 0.059775757; the text of clause 10, rounding up both parts, gives ...627.
    """
    scale = 10**9
    kept = KeptPapers(rankings(profile_of("ABC", [(1, (1, 2, 3))])), scale)
    kept.elect(1)
    kept.elect(2)
    assert kept.share([0, scale - 308_948_430, scale - 59_775_757, scale])[3] == 18_467_626


def test_the_model_election_of_1997() -> None:
    """Hill's count of it: quota 107.57 at first, Monk first to go out, the same six. The papers are ours (test_ers97);
    that the quota falls to 75.04 depends on what is not published."""
    for rule in (MEEK_1987, MEEK_NZ, MEEK_PRF):
        done = count(NAMES, PAPERS, 6, rule, None if rule.numbers else Ties(rule.ties, Lot("1997")))
        assert 107 < (done.rounds[0].quota or 0) * 100 // 1 / 100 < Fraction("107.58")
        assert next(shown.excluded for shown in done.rounds if shown.excluded) == (10,)
        assert set(done.elected) == {1, 2, 5, 6, 9, 11}


def test_pseudo_random_numbers() -> None:
    """By the generator's definition: AS 183, seeded with candidates + 5, seats, votes + 10,000 times the last digit."""
    x, y, z = 5 + 5, 3, (1234 + 40_000) % 30_323
    stream = []
    for _ in range(9):
        x, y, z = (171 * x) % 30_269, (172 * y) % 30_307, (170 * z) % 30_323
        stream.append((10_000 * x // 30_269 + 10_000 * y // 30_307 + 10_000 * z // 30_323) % 10_000)
    assert pseudo_random(5, 3, 1234) == stream[4:]
    drawn = pseudo_random(200, 1, 7)
    assert len(set(drawn)) == 200


# -- a plain twin -------------------------------------------------------------------------------------------------


def naive_shares(papers: Papers, keep: dict[int, int], out: set[int], scale: int) -> tuple[dict[int, int], int]:
    votes = dict.fromkeys(keep, 0)
    exhausted = 0
    for number, ranked in papers:
        weight = scale
        for who in ranked:
            if who in out:
                continue
            part = -(-weight * keep[who] // scale)
            votes[who] += part * number
            weight -= part
            if not weight:
                break
        exhausted += weight * number
    return votes, exhausted


def naive_prf(papers: Papers, candidates: int, seats: int, scale: int = 10**9) -> list[int] | None:
    """The reference rule, step by step as it is written; None at a tie."""
    hopeful, elected, out = list(range(1, candidates + 1)), [], set()
    keep = dict.fromkeys(hopeful, scale)
    while len(elected) < seats and len(elected) + len(hopeful) > seats:  # B.1
        previous = None
        while True:
            votes, _ = naive_shares(papers, keep, out, scale)  # B.2.a
            quota = sum(votes.values()) // (seats + 1) + 1  # B.2.b
            fresh = [who for who in hopeful if votes[who] >= quota]  # B.2.c
            for who in fresh:
                hopeful.remove(who)
                elected.append(who)
            surplus = max(0, sum(votes[who] - quota for who in elected))  # B.2.d
            if fresh:  # B.2.e
                break
            if surplus * 1_000_000 < scale or (previous is not None and surplus >= previous):
                lowest = min(votes[who] for who in hopeful)  # B.3
                tied = [who for who in hopeful if votes[who] <= lowest + surplus]
                if len(tied) > 1:
                    return None
                hopeful.remove(tied[0])
                out.add(tied[0])
                keep[tied[0]] = 0
                break
            previous = surplus
            for who in elected:  # B.2.f
                product = -(-keep[who] * quota // scale)
                keep[who] = -(-product * scale // votes[who])
    return sorted(elected if len(elected) == seats else elected + hopeful)  # C


def naive_nz(papers: Papers, candidates: int, seats: int, scale: int = 10**9) -> list[int] | None:
    """Schedule 1A, clauses 3 to 18, one candidate out at a time; None at a tie."""
    hopeful, elected, out = list(range(1, candidates + 1)), [], set()
    keep = dict.fromkeys(hopeful, scale)
    while True:
        if len(elected) + len(hopeful) <= seats:
            return sorted(elected + hopeful)
        votes, exhausted = naive_shares(papers, keep, out, scale)
        valid = sum(number for number, _ in papers) * scale
        quota = (valid - exhausted) // (seats + 1) + 1
        for who in [who for who in hopeful if votes[who] >= quota]:
            hopeful.remove(who)
            elected.append(who)
        if len(elected) == seats:
            return sorted(elected)
        surplus = sum(max(0, votes[who] - quota) for who in elected)
        ranked = sorted(hopeful, key=lambda who: votes[who])
        if votes[ranked[0]] + surplus < votes[ranked[1]] or surplus * 10_000 < scale:
            if votes[ranked[0]] == votes[ranked[1]] and votes[ranked[0]]:
                return None
            hopeful.remove(ranked[0])
            out.add(ranked[0])
            keep[ranked[0]] = 0
        for who in elected:
            if votes[who] > quota:
                product = -(-keep[who] * quota // scale)
                keep[who] = -(-product * scale // votes[who])


def random_papers(rng: random.Random, candidates: int) -> Papers:
    people = list(range(1, candidates + 1))
    return [
        (rng.randint(1, 30), tuple(rng.sample(people, rng.randint(1, candidates)))) for _ in range(rng.randint(4, 40))
    ]


@pytest.mark.parametrize("seed", range(60))
def test_plain_twins(seed: int) -> None:
    rng = random.Random(seed)
    candidates = rng.randint(2, 8)
    seats = rng.randint(1, candidates)
    papers = random_papers(rng, candidates)
    names = [str(who) for who in range(1, candidates + 1)]
    plain = naive_prf(papers, candidates, seats)
    if plain is not None:
        assert sorted(count(names, papers, seats, MEEK_PRF).elected) == plain
    plain = naive_nz(papers, candidates, seats)
    if plain is not None:
        assert sorted(count(names, papers, seats, MEEK_NZ).elected) == plain


@pytest.mark.parametrize("seed", range(40))
def test_shares_are_those_of_every_single_paper(seed: int) -> None:
    rng = random.Random(seed)
    candidates = rng.randint(3, 9)
    papers = random_papers(rng, candidates)
    scale = 10 ** rng.choice((2, 9, 15))  # 15 decimals need more than 64 bits
    kept = KeptPapers(rankings(profile_of([str(n) for n in range(candidates)], papers)), scale)
    assert kept.kind is (object if scale == 10**15 else np.int64)
    keep = dict.fromkeys(range(1, candidates + 1), scale)
    out: set[int] = set()
    for who in rng.sample(range(1, candidates + 1), candidates - 1):
        if rng.random() < 0.5:
            kept.elect(who)
            keep[who] = rng.randint(0, scale)
        else:
            kept.exclude(who)
            keep[who] = 0
            out.add(who)
        votes, exhausted = naive_shares(papers, keep, out, scale)
        assert kept.share([0, *keep.values()]) == [exhausted, *votes.values()]


def test_values_that_64_bits_just_hold() -> None:
    """The bound of kept.py, at its edge: 9,223,372,035 papers at nine decimals fit, one more is counted with integers
    that have no bounds; the shares are right on both sides."""
    for papers, kind in ((9_223_372_035, np.int64), (9_223_372_037, object)):
        kept = KeptPapers(rankings(profile_of("AB", [(papers, (1, 2))])), 10**9)
        assert kept.kind is kind
        kept.elect(1)
        assert kept.share([0, 10**9 - 1, 10**9]) == [0, papers * (10**9 - 1), papers]


# -- traps --------------------------------------------------------------------------------------------------------


def test_quota_falls_as_papers_run_out() -> None:
    done = count("ABCD", [(40, (1,)), (30, (2,)), (20, (3,)), (10, (4,))], 2, MEEK_NZ)
    quotas = [shown.quota or 0 for shown in done.rounds]
    assert quotas[0] == Fraction("33.333333334")
    assert quotas == sorted(quotas, reverse=True)
    assert quotas[-1] < quotas[0]


def test_early_exclusion_only_where_the_lowest_cannot_catch_up() -> None:
    # 20 of A's surplus of about 26.7 could go to D, who has 5 against C's 20.
    papers = [(60, (1, 4)), (35, (2,)), (20, (3,)), (5, (4,))]
    for rule in (MEEK_NZ, MEEK_PRF):
        done = count("ABCD", papers, 2, rule)
        assert next(shown.excluded for shown in done.rounds if shown.excluded) == (3,)


def test_all_without_votes_go_out_together_in_new_zealand() -> None:
    # Nobody has a surplus, and E, F and G have no votes.
    papers = [(10, (1, 2)), (11, (2, 1)), (12, (3, 4)), (9, (4, 3))]
    done = count("ABCDEFG", papers, 2, MEEK_NZ)
    assert (5, 6, 7) in [shown.excluded for shown in done.rounds]


def test_new_zealand_breaks_ties_without_a_lot() -> None:
    papers = [(10, (1,)), (10, (2,)), (15, (3, 4)), (15, (4, 3))]
    done = count("ABCD", papers, 2, MEEK_NZ)
    (broken,) = [tie for shown in done.rounds for tie in shown.ties]
    assert set(broken.between) == {1, 2}
    assert "pseudo-random" in broken.how
    stopped = count("ABCD", papers, 2, MEEK_PRF)
    assert (stopped.tied, stopped.tied_for) == ((1, 2), "exclusion")
    assert "A, B are tied for exclusion" in stopped.rounds[-1].say[-1]


def test_ahead_at_the_first_difference() -> None:
    # C and D level after E went out; D had more first preferences.
    papers = [(20, (1,)), (21, (2,)), (8, (3,)), (9, (4,)), (3, (5, 3)), (2, (5, 4))]
    done = count("ABCDE", papers, 2, MEEK_NZ)
    (broken,) = [tie for shown in done.rounds for tie in shown.ties]
    assert (broken.chosen, broken.how) == (3, "fewest votes in iteration 1, where they differed")


@pytest.mark.parametrize("rule", [MEEK_1987, MEEK_NZ, MEEK_PRF])
def test_edges(rule: MeekRule) -> None:
    ties = Ties(("lot",), Lot("edge"))
    assert count("AB", [(1, (1,))], 1, rule, ties).elected == (1,)
    assert sorted(count("AB", [(1, (1,))], 3, rule, ties).elected) == [1, 2]
    assert len(count("ABC", [], 2, rule, ties).elected) == 2
    assert len(count("ABC", [(5, (1,)), (5, (2,)), (5, (3,))], 2, rule, ties).elected) == 2
    assert len(count("ABCD", [(7, (1, 2, 3, 4))], 3, rule, ties).elected) == 3


def test_withdrawn_candidates_are_neither_elected_nor_counted() -> None:
    from selectorate.ballots import Option

    profile = profile_of([Option("A"), Option("B", withdrawn=True), Option("C")], [(5, (2, 1)), (3, (3,))])
    for method in ("meek-nz", "meek-prf", "meek-1987", "ers97", "northern-ireland", "wigm", "scottish"):
        done = METHODS[method].run(profile, 2, Options(lot=Lot("x")))
        assert sorted(done.elected) == [1, 3]
        assert all(2 not in shown.totals for shown in done.rounds)


def test_constraints() -> None:
    rules = Constraints((Group("guild", frozenset({1, 2, 3}), most=1), Group("church", frozenset({8, 9, 10}), least=2)))
    for rule in (MEEK_1987, MEEK_NZ, MEEK_PRF):
        done = count(NAMES, PAPERS, 6, rule, None if rule.numbers else Ties(rule.ties, Lot("x")), rules)
        assert rules.kept_by(done.elected)
        assert len(done.elected) == 6
