"""Mandates of other kinds beside the declared one."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from tests.strategies import case_of, contest_text, rulebook

from selectorate import mandate
from selectorate.contest import load
from selectorate.contest.model import Claim, Fact, Reading, Rival
from selectorate.errors import ContestError


def test_the_rivals_of_2016() -> None:
    own, motion, nominators, *rest = mandate.rivals(load("labour-2016"))
    assert own.kind == "ballot" and own.number.value == 313_209
    assert [(base.of, base.size, base.share.value) for base in own.bases] == [
        ("those entitled", 654_006, Fraction(313_209, 654_006)),
        ("valid votes", 506_438, Fraction(313_209, 506_438)),
    ]
    assert motion.kind == "motion" and motion.number.value == 172 and motion.by == "Labour MPs"
    assert [(base.size, base.share.value) for base in motion.bases] == [
        (230, Fraction(172, 230)),
        (212, Fraction(172, 212)),
    ]
    assert motion.note is not None
    assert nominators.kind == "nominations" and nominators.number.value == 172
    assert nominators.by == "MPs and MEPs"
    assert [(base.size, base.share.value) for base in nominators.bases] == [(251, Fraction(172, 251))]
    assert all(item.kind == "fact" and item.source for item in rest)


def text(rival: str) -> str:
    more = (
        f'[facts.tories]\nname = "votes at an election"\nfigure = 300\nof = 1000\nof_name = "valid votes"\n'
        f'source = "a book"\n[[rivals]]\nname = "Others"\n{rival}'
    )
    return contest_text(("ada", "ben"), [{"members": {"ada": 6, "ben": 4}}], more=more)


def test_a_fact_stands_with_its_own_base() -> None:
    case = case_of(rulebook(("members",)), text('fact = "tories"'))
    (rival,) = mandate.rivals(case)
    assert isinstance(case.contest.facts["tories"], Fact) and isinstance(case.contest.rivals[0], Rival)
    assert rival.number.value == 300 and (rival.by, rival.source) == ("votes at an election", "a book")
    assert [(base.of, base.size, base.share.value) for base in rival.bases] == [("valid votes", 1000, Fraction(3, 10))]


def test_a_contest_is_found_by_the_loader() -> None:
    asked: list[str] = []

    def loader(name: str) -> object:
        asked.append(name)
        return load("labour-2015")

    case = case_of(rulebook(("members",)), text('contest = "elsewhere"\ncandidate = "burnham"'))
    (rival,) = mandate.rivals(case, loader)  # type: ignore[arg-type]  # a loader of Case
    assert asked == ["elsewhere"]
    assert rival.candidate_name == "Andy Burnham" and rival.number.value == 80_462


def test_what_is_not_known_is_said() -> None:
    case = case_of(rulebook(("members",)), text('contest = "made-up"'))
    (rival,) = mandate.rivals(case)
    assert [base.share.known for base in rival.bases] == [False, True]


@pytest.mark.parametrize(
    ("rival", "message"),
    [
        ('contest = "labour-2061"', "there is no contest"),
        ('contest = "labour-2016"\ncandidate = "corbin"', "there is no candidate"),
    ],
)
def test_a_rival_that_is_not_there_is_named_with_its_line(rival: str, message: str) -> None:
    with pytest.raises(ContestError, match=message) as caught:
        mandate.rivals(case_of(rulebook(("members",)), text(rival)))
    assert caught.value.where.line is not None and caught.value.where.line > 5
    assert str(caught.value.where.key).startswith("rivals[1].")


def test_what_another_body_said_at_its_own_ballot() -> None:
    """The MPs preferred another than the members elected in 2022."""
    members, truss, sunak = mandate.rivals(load("uk-conservative-leadership-2022"))
    assert members.number.value == 81_326 and truss.number.value == 113 and sunak.number.value == 137
    assert sunak.bases[0].of == "those entitled" and sunak.bases[0].share.value == Fraction(137, 358)
    first = Rival(name="the MPs at first", stage="mps", round=1, candidate="sunak")
    case = load("uk-conservative-leadership-2022")
    other = replace(case, contest=case.contest.model_copy(update={"rivals": (first,)}))
    assert mandate.rivals(other)[0].number.value == 88


def test_a_claim_can_be_about_another_ballot() -> None:
    case = load("uk-conservative-leadership-2022")
    reading = Reading.model_validate(
        {"measures": ["votes"], "stage": "mps", "candidate": "sunak", "is": "higher than", "than": 130}
    )
    claim = Claim(quote="most MPs were for Sunak", by="a test", reading=(reading,))
    (found,) = mandate.check_claims(replace(case, contest=case.contest.model_copy(update={"claims": (claim,)})))
    assert found.holds == 1
    assert found.readings[0].findings[0].figure.value == 137


def test_a_ballot_or_a_round_that_is_not_there_is_told() -> None:
    case = load("uk-conservative-leadership-2022")
    late = Rival(name="late", stage="mps", round=9, candidate="sunak")
    with pytest.raises(ContestError, match="has no round 9"):
        mandate.rivals(replace(case, contest=case.contest.model_copy(update={"rivals": (late,)})))
    other = Rival(name="elsewhere", contest="labour-2016", stage="mps")
    with pytest.raises(ContestError, match='no figures of a ballot "mps" in "uk-labour-leadership-2016"'):
        mandate.rivals(replace(case, contest=case.contest.model_copy(update={"rivals": (other,)})))
