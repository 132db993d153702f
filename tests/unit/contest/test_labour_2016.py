"""The contest we measure ourselves by: every figure of 2016, from our file, under the rulebook of 2014."""

from __future__ import annotations

from fractions import Fraction

from selectorate import contest
from selectorate.contest.audit import audit
from selectorate.exact import cut_to


def declared() -> contest.Declaration:
    return contest.declare(contest.load("labour-2016"))


def test_the_winner_follows_from_the_votes() -> None:
    declaration = declared()
    assert declaration.elected == ("corbyn",)
    assert declaration.derived


def test_votes_by_segment_and_in_total() -> None:
    rows = {row.candidate: row for row in declared().ballots[0].rounds[0].rows}
    assert rows["corbyn"].by_section == {"members": 168_216, "affiliated": 60_075, "registered": 84_918}
    assert rows["smith"].by_section == {"members": 116_960, "affiliated": 39_670, "registered": 36_599}
    assert (rows["corbyn"].votes, rows["smith"].votes) == (313_209, 193_229)


def test_shares_to_the_last_printed_decimal() -> None:
    rows = {row.candidate: row for row in declared().ballots[0].rounds[0].rows}
    assert rows["corbyn"].share == Fraction(313_209, 506_438)
    for who, one, two in (("corbyn", "61.8", "61.85"), ("smith", "38.2", "38.15")):
        share = rows[who].share
        assert share is not None
        assert str(cut_to(share * 100, 1)) == one
        assert str(cut_to(share * 100, 2)) == two


def test_turnout_has_two_bases() -> None:
    total = declared().ballots[0].sections[-1]
    assert total.turnout_returned == Fraction(507_480, 654_006)
    assert total.turnout_valid == Fraction(506_438, 654_006)
    assert str(cut_to(total.turnout_returned * 100, 1)) == "77.6"
    assert str(cut_to(total.turnout_valid * 100, 1)) == "77.4"


def test_a_challenger_needs_51_of_251_and_the_holder_none() -> None:
    by_name = {row.candidate: row for row in declared().nominations if row.stage == "nomination"}
    assert (by_name["smith"].count, by_name["smith"].needed, by_name["smith"].result) == (
        172,
        51,
        "nominated",
    )
    assert by_name["corbyn"].result == "automatic"
    assert by_name["eagle"].result == "withdrew"


def test_the_published_turnout_beside_the_valid_votes_is_found_out() -> None:
    (check,) = [
        check
        for check in audit(contest.load("labour-2016")).checks
        if check.topic == "turnout" and check.status == "disagrees"
    ]
    assert check.published == "77.6%"
    assert check.computed == "77.436%"
    assert check.explanation is not None
    assert "ballots returned" in check.explanation
