"""Every method of the registry counts, says what it did, and can be told from the others."""

from __future__ import annotations

import pytest

from selectorate.ballots import profile_of
from selectorate.count.lot import Lot
from selectorate.count.registry import METHODS, Method, Options
from selectorate.errors import CountError

PROFILE = profile_of(["Ann", "Bob", "Cat", "None"], [(9, [1, 2]), (6, [2, 3]), (4, [3, 2]), (1, [4])])


@pytest.mark.parametrize("method", METHODS.values(), ids=list(METHODS))
def test_every_method_counts(method: Method) -> None:
    count = method.run(PROFILE, 1, Options(lot=Lot("seed"), entitled=25))
    assert count.candidates == ("Ann", "Bob", "Cat", "None")
    assert count.valid + count.blank + count.spoilt == PROFILE.total
    assert len(count.elected) == 1 or count.reopened or "yes-no" in method.id
    assert all(round_.say for round_ in count.rounds[-1:])
    assert [round_.number for round_ in count.rounds] == list(range(1, len(count.rounds) + 1))


@pytest.mark.parametrize("method", METHODS.values(), ids=list(METHODS))
def test_a_method_fills_several_places_or_says_that_it_does_not(method: Method) -> None:
    if method.many:
        assert len(method.run(PROFILE, 2, Options(lot=Lot("seed"), entitled=25)).elected) == 2
    else:
        with pytest.raises(CountError, match=r"one place|one answer"):
            method.run(PROFILE, 2, Options())


def test_methods_are_told_apart() -> None:
    assert all(method.id == key and method.name and method.source for key, method in METHODS.items())
    assert len({method.name for method in METHODS.values()}) == len(METHODS)
    assert all(method.proved_by != "" for method in METHODS.values())
