"""What was said of a result, on every measure that it could mean."""

from __future__ import annotations

from fractions import Fraction

import pytest
from tests.strategies import case_of, contest_text, omov, rulebook

from selectorate import mandate
from selectorate.contest import Case, load
from selectorate.errors import ContestError
from selectorate.mandate import ClaimResult, precision
from selectorate.mandate.claims import verdict
from selectorate.mandate.findings import rounded


@pytest.fixture(scope="module")
def claims() -> dict[str, ClaimResult]:
    return {claim.quote: claim for claim in mandate.check_claims(load("labour-2016"))}


def test_a_larger_margin_depends_on_the_measure(claims: dict[str, ClaimResult]) -> None:
    claim = claims["a larger margin than last year"]
    assert claim.verdict == "depends on the measure"
    assert (claim.holds, claim.fails, claim.unknown) == (4, 2, 0)
    (reading,) = claim.readings
    found = {finding.measure: finding for finding in reading.findings}
    assert {name: finding.holds for name, finding in found.items()} == {
        "share-of-votes": True,
        "votes": True,
        "majority-votes": True,
        "majority-points": True,
        "lead-votes": False,
        "lead-points": False,
    }
    assert found["lead-votes"].say == "Does not hold: 119,980 beside 170,955 (−50,975)."
    assert found["share-of-votes"].say == "Holds: 61.85% beside 59.48% (+2.36 points)."
    assert found["lead-points"].say == "Does not hold: 23.69 points beside 40.45 points (−16.76 points)."
    assert claim.comment is not None and "say which is meant" in claim.comment


def test_in_all_three_segments(claims: dict[str, ClaimResult]) -> None:
    won, new = claims["in all three segments"].readings
    (larger,) = claims["a larger margin than last year, in all three segments"].readings
    assert won.verdict == "holds on every measure"
    assert [finding.say for finding in won.findings] == ["Holds: 3 of 3.", "Holds: 3 of 3."]
    assert new.beside and new.contest == "uk-labour-leadership-2015"
    assert [finding.holds for finding in new.findings] == [True, False]
    assert larger.verdict == "does not hold"
    found = {finding.measure: finding.holds_in for finding in larger.findings}
    assert found["share-of-votes"] == ("party members", "affiliated supporters")
    assert found["majority-votes"] == ("party members", "affiliated supporters")
    assert found["lead-points"] == ()
    # The question whether it was new is put beside the claim, and is not counted.
    claim = claims["in all three segments"]
    assert (claim.holds, claim.fails) == (2, 0)


def test_a_higher_rate_of_participation(claims: dict[str, ClaimResult]) -> None:
    claim = claims["on a higher rate of participation"]
    assert claim.verdict == "holds as far as can be known"
    total, segments = claim.readings
    assert all(finding.holds for finding in total.findings)
    assert total.findings[0].say == "Holds: 77.6% beside 76.3% (+1.30 points)."
    assert segments.verdict == "cannot be known from this"
    assert claim.unknown == 1


def test_numbers_that_were_claimed(claims: dict[str, ClaimResult]) -> None:
    nominated = claims["one hundred and sixty-two of his parliamentary colleagues nominated Mr Smith"]
    assert nominated.verdict == "holds on every measure"
    unfit = claims["172 publicly declared him unfit"]
    assert [reading.contest for reading in unfit.readings] == [
        "uk-labour-plp-confidence-2016",
        "uk-labour-leadership-2016",
        "uk-labour-leadership-2016",
    ]
    assert unfit.verdict == "holds as far as can be known"
    assert claims["signed up 120,000 new members"].verdict == "cannot be known from this"
    assert claims["signed up 120,000 new members"].readings[0].cannot is not None


def case(reading: str, more: str = "") -> Case:
    claim = f'[[claims]]\nquote = "so it was"\nby = "somebody"\n[[claims.reading]]\n{reading}\n{more}'
    return case_of(
        rulebook(("members", "registered")),
        contest_text(
            ("ada", "ben"), [{"members": {"ada": 62, "ben": 38}, "registered": {"ada": 60, "ben": 40}}], more=claim
        ),
    )


def one(reading: str, more: str = "") -> ClaimResult:
    (claim,) = mandate.check_claims(case(reading, more))
    return claim


@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        ('measures = ["votes"]\nis = "about"\nthan = 120', True),
        ('measures = ["votes"]\nis = "about"\nthan = 130', False),
        ('measures = ["votes"]\nis = "about"\nthan = 123', False),
        ('measures = ["share-of-votes"]\nis = "about"\nthan = 61', True),
        ('measures = ["share-of-votes"]\nis = "at least"\nthan = 61', True),
        ('measures = ["share-of-votes"]\nis = "equal to"\nthan = 61', True),
        ('measures = ["lead-points"]\nis = "lower than"\nthan = 23', True),
        ('measures = ["lead-points"]\nis = "higher than"\nthan = 22', False),
        ('measures = ["votes"]\ncandidate = "ben"\nis = "equal to"\nthan = 78', True),
        ('measures = ["votes"]\nis = "higher than"\nthan = 60\nin = "every segment"', False),
        ('measures = ["votes"]\nis = "at least"\nthan = 60\nin = "every segment"', True),
        ('measures = ["segments-majority"]\nis = "all"', True),
        ('measures = ["segments-majority"]\ncandidate = "ben"\nis = "all"', False),
        ('measures = ["votes"]\nis = "all"', None),
        ('measures = ["units-won"]\nis = "all"', None),
        ('measures = ["turnout-valid"]\nis = "higher than"\nthan = 50', None),
        ('measures = ["turnout-valid"]\nis = "higher than"\nthan = 50\nin = "every segment"', None),
    ],
)
def test_what_can_be_claimed(reading: str, expected: bool | None) -> None:
    (finding,) = one(reading).readings[0].findings
    assert finding.holds is expected, finding.say
    starts = {True: ("Holds",), False: ("Does not hold", "Holds for", "Not for"), None: ("Cannot be known",)}[expected]
    assert finding.say.startswith(starts)


def test_about_says_how_it_was_rounded() -> None:
    (finding,) = one('measures = ["votes"]\nis = "about"\nthan = 120').readings[0].findings
    assert finding.say == "Holds: 122 is 120, rounded to the nearest 10 as the 120 claimed."
    (finding,) = one('measures = ["share-of-votes"]\nis = "about"\nthan = 60').readings[0].findings
    assert finding.say == "Does not hold: 61.00% is 61.00%, rounded to whole per cents as the 60.00% claimed."


def test_a_fact_is_held_to_a_number() -> None:
    fact = '[facts.voters]\nname = "votes at an election"\nfigure = 9347324\nsource = "a book"'
    claim = one('fact = "voters"\nis = "about"\nthan = 9000000', fact)
    assert claim.verdict == "holds on every measure"
    (finding,) = claim.readings[0].findings
    assert "rounded to the nearest 1,000,000 as the 9,000,000 claimed" in finding.say
    assert one('fact = "voters"\nis = "about"\nthan = 9400000', fact).verdict == "does not hold"
    assert one('fact = "voters"\nis = "higher than"\nthan = "labour-2015"', fact).verdict == "cannot be known from this"


def test_the_precision_of_a_claimed_number() -> None:
    assert precision(9_000_000) == 1_000_000
    assert precision(120_000) == 10_000
    assert precision(172) == 1
    assert precision(0) == 1
    assert rounded(Fraction(125), Fraction(10)) == 130
    assert rounded(Fraction(1249, 10), Fraction(10)) == 120


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([True, True], "holds on every measure"),
        ([True, None], "holds as far as can be known"),
        ([True, False], "depends on the measure"),
        ([False, None], "does not hold"),
        ([None], "cannot be known from this"),
        ([], "cannot be known from this"),
    ],
)
def test_the_verdict_is_drawn_from_what_can_be_known(answers: list[bool | None], expected: str) -> None:
    assert verdict(answers) == expected


@pytest.mark.parametrize(
    ("reading", "key", "message"),
    [
        ('measures = ["votes"]\nis = "higher than"\nthan = "nowhere"', "than", "there is no contest"),
        ('measures = ["votes"]\ncontest = "nowhere"\nis = "equal to"\nthan = 1', "contest", "there is no contest"),
        (
            'measures = ["votes"]\ncontest = "labour-2016"\ncandidate = "corbin"\nis = "equal to"\nthan = 1',
            "candidate",
            "there is no candidate",
        ),
    ],
)
def test_what_is_not_there_is_named_with_its_line(reading: str, key: str, message: str) -> None:
    with pytest.raises(ContestError, match=message) as caught:
        one(reading)
    assert caught.value.where.key == f"claims[1].reading[1].{key}"


def test_a_named_candidate_is_held_to_the_same_one_elsewhere() -> None:
    def loader(name: str) -> Case:
        return omov({"members": {"ada": 70, "ben": 77}, "registered": {"ada": 1, "ben": 0}})

    reading = 'measures = ["votes"]\nis = "higher than"\nthan = "other"\n'
    (claim,) = mandate.check_claims(case(reading), loader)
    assert claim.readings[0].findings[0].beside.value == 77
    (claim,) = mandate.check_claims(case(reading + 'candidate = "ada"'), loader)
    assert claim.readings[0].findings[0].beside.value == 71
