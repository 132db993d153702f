"""Weighted inclusive Gregory with chosen decimals and in fractions, against counts that the program Droop publishes."""

from __future__ import annotations

from fractions import Fraction

from selectorate.ballots import profile_of
from selectorate.count.registry import METHODS, Options
from selectorate.count.result import Count
from selectorate.count.ties import Ties

from .test_meek import ISSUE_12, figures

PROFILE = profile_of("ABXYZ", ISSUE_12)
# Droop's order of ties takes the first on the list, for a surplus as for an exclusion.
DROOP = Ties(("order",), order=(1, 2, 3, 4, 5))


def conserved(count: Count) -> None:
    for shown in count.rounds:
        assert sum(shown.totals.values()) + shown.exhausted + shown.lost == count.valid


def test_four_decimals_as_the_reference_rule() -> None:
    """test/ref/dump/SC-Vm-12-wigm-prf-fixed-p4-d4.txt (github jklundell/droop)."""
    count = METHODS["wigm"].run(PROFILE, 3, Options(ties=DROOP))
    conserved(count)
    assert count.rounds[0].quota == Fraction("1000.7501")
    assert [list(shown.totals.values()) for shown in count.rounds[1:]] == [
        figures("1000.7501 1001 667.0668 667.0668 667.0666"),
        figures("1000.7501 1000.7501 667.1338 667.1334 667.1332"),
        figures("1000.7501 1000.7501 667.1338 667.1334 0"),
        figures("1000.7501 1000.7501 667.1338 0 0"),
    ]
    assert [shown.exhausted for shown in count.rounds[3:]] == figures("667.1332 1334.2666")
    assert count.elected == (1, 2, 3)


def test_fractions() -> None:
    """test/ref/dump/SC-Vm-12-wigm-rational-d12.txt: the same to twelve decimals."""
    count = METHODS["wigm-exact"].run(PROFILE, 3, Options(ties=DROOP))
    conserved(count)
    assert count.rounds[0].quota == Fraction("1000.75")
    assert [[round(votes, 12) for votes in shown.totals.values()] for shown in count.rounds[1:]] == [
        figures("1000.75 1001 667.083416583417 667.083416583417 667.083166833167"),
        figures("1000.75 1000.75 667.167082917083 667.166583416583 667.166333666334"),
        figures("1000.75 1000.75 667.167082917083 667.166583416583 0"),
        figures("1000.75 1000.75 667.167082917083 0 0"),
    ]
    assert round(count.rounds[-1].exhausted, 12) == Fraction("1334.332917082917")
    assert all(shown.lost == 0 for shown in count.rounds)
    assert count.elected == (1, 2, 3)


def test_chosen_decimals() -> None:
    for decimals in (0, 2, 6):
        count = METHODS["wigm"].run(PROFILE, 3, Options(ties=DROOP, decimals=decimals))
        conserved(count)
        assert count.decimals == decimals
        assert all((votes * 10**decimals).denominator == 1 for shown in count.rounds for votes in shown.totals.values())


def test_exactly_the_quota_does_not_elect_where_nothing_is_rounded() -> None:
    profile = profile_of("AB", [(5, (1,)), (5, (2,))])
    count = METHODS["wigm-exact"].run(profile, 1, Options(ties=Ties(("order",), order=(2, 1))))
    assert count.rounds[0].quota == 5
    assert not count.rounds[0].elected
    assert count.elected == (2,)
