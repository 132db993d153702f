"""Two mandates side by side."""

from __future__ import annotations

from fractions import Fraction

from tests.strategies import college, omov

from selectorate import mandate
from selectorate.contest import declare, load


def test_2016_beside_2015() -> None:
    compared = mandate.compare(declare(load("labour-2016")), declare(load("labour-2015")))
    changes = {line.measure: line for line in compared.total}
    assert changes["votes"].change == 61_792
    assert changes["lead-votes"].change == -50_975
    assert changes["majority-votes"].change == 39_810
    assert mandate.change_text(changes["share-of-votes"].change or 0, "share") == "+2.36 points"
    assert mandate.change_text(changes["lead-points"].change or 0, "points") == "−16.76 points"
    assert mandate.change_text(changes["majority-points"].change or 0, "points") == "+4.72 points"
    assert changes["nominations"].change is None
    assert changes["nominations"].cannot is not None and changes["nominations"].cannot.startswith("now: ")
    assert [item.segment for item in compared.segments] == ["members", "affiliated", "registered"]
    shares = {
        item.segment: next(line.change for line in item.changes if line.measure == "share-of-votes")
        for item in compared.segments
    }
    assert {segment: (change or 0) > 0 for segment, change in shares.items()} == {
        "members": True,
        "affiliated": True,
        "registered": False,
    }
    leads = [next(line.change for line in item.changes if line.measure == "lead-points") for item in compared.segments]
    assert all(change is not None and change < 0 for change in leads)
    assert (compared.only_now, compared.only_before) == ((), ())
    assert "two candidates now and four before" in compared.notes[0]
    assert any("those entitled (recalled, 2015)" in note for note in compared.notes)


def test_segments_are_matched_by_id_and_kinds_told_apart() -> None:
    now = declare(
        college({"members": {"ada": 6, "ben": 4}, "plp": {"ada": 1, "ben": 0}}, {"members": "1/2", "plp": "1/2"})
    )
    before = declare(omov({"members": {"ada": 4, "ben": 6}, "registered": {"ada": 1, "ben": 2}}))
    compared = mandate.compare(now, before)
    assert [item.segment for item in compared.segments] == ["members"]
    assert (compared.only_now, compared.only_before) == (("plp",), ("registered",))
    assert any("not shares of the same thing" in note for note in compared.notes)
    assert any("two persons" in note for note in compared.notes)
    assert any("weighted college" in note for note in compared.now.notes)


def test_somebody_else_can_be_compared() -> None:
    now, before = declare(load("labour-2016")), declare(load("labour-2015"))
    compared = mandate.compare(now, before, who="smith", before_who="burnham")
    assert not compared.now.elected
    assert next(line.change for line in compared.total if line.measure == "votes") == 193_229 - 80_462


def test_counts_of_different_wholes_are_not_subtracted() -> None:
    now = declare(omov({name: {"ada": 6, "ben": 4} for name in ("members", "registered", "affiliated")}))
    before = declare(omov({"members": {"ada": 6, "ben": 4}, "registered": {"ada": 3, "ben": 2}}))
    line = next(item for item in mandate.compare(now, before).total if item.measure == "segments-first")
    assert (line.change, line.cannot) == (None, "one is of 3, the other of 2")


def test_the_first_round_stands_beside_the_last() -> None:
    found = mandate.mandate(declare(load("labour-2010")))
    assert found.rounds == 4 and found.counted_in == "college"
    assert found.total["lead-points"].value is not None and found.total["lead-points"].value > 0
    first = found.first_round["lead-points"].value
    assert first is not None and first < 0
    assert "share-of-entitled" not in found.first_round
    assert found.segments["plp"]["votes"].value == 122
    assert found.segments["plp"]["share-of-votes"].value == Fraction(122, 262)
    assert not mandate.mandate(declare(load("labour-2016"))).first_round
