"""The phrases of a rulebook: what they read, what they refuse, and that they write themselves back."""

from __future__ import annotations

from fractions import Fraction
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticCustomError

from selectorate.rules.grammar import Base, GoingOut, Quantity, Requirement, Weight, share_text

shares = st.fractions(0, 1, max_denominator=10**6)
quantities = st.one_of(
    st.builds(Quantity, st.none(), st.integers(0, 10**12 - 1)),
    st.builds(Quantity, shares, st.integers(0, 999_999)),
)
some = st.fractions(Fraction(1, 10**6), 1, max_denominator=10**6)
bases = st.sampled_from(get_args(Base))
requirements = st.one_of(
    st.just(Requirement("most")),
    st.builds(Requirement, st.just("majority"), st.just(Fraction(1, 2)), bases),
    st.builds(Requirement, st.sampled_from(["share", "lead"]), some, bases),
    st.builds(Requirement, st.just("turnout"), some, st.just("those entitled")),
)
leavers = st.one_of(
    st.sampled_from([GoingOut("lowest"), GoingOut("nobody")]),
    st.builds(GoingOut, st.just("all but"), st.integers(1, 999)),
)


@given(quantities)
def test_a_quantity_reads_what_it_writes(quantity: Quantity) -> None:
    assert Quantity.read(str(quantity)) == quantity


@given(requirements)
def test_a_requirement_reads_what_it_writes(requirement: Requirement) -> None:
    assert Requirement.read(str(requirement)) == requirement


@given(leavers)
def test_who_goes_out_reads_what_it_writes(rule: GoingOut) -> None:
    assert GoingOut.read(str(rule)) == rule


@given(quantities, st.integers(0, 10**6))
def test_a_share_of_a_body_is_never_too_few_and_never_one_too_many(quantity: Quantity, size: int) -> None:
    needed = quantity.of(size)
    if quantity.share is None:
        assert needed == quantity.number
    else:
        people = needed - quantity.number
        assert people >= quantity.share * size > people - 1


@given(some, st.integers(1, 10**9))
def test_what_is_needed_is_the_first_number_that_meets_it(share: Fraction, base: int) -> None:
    for requirement in (
        Requirement("majority", Fraction(1, 2), "votes"),
        Requirement("share", share, "votes"),
        Requirement("lead", share, "those entitled"),
    ):
        needed = requirement.needed(base)
        assert requirement.met(needed, base)
        assert not requirement.met(needed - 1, base)


@pytest.mark.parametrize(
    ("text", "size", "needed"),
    [
        ("20%", 251, 51),
        ("20%", 250, 50),
        ("15%", 232, 35),
        ("12.5%", 257, 33),
        ("1/3", 10, 4),
        ("5% + 1", 313, 17),
        ("10% + 1", 313, 33),
        ("15%", 317, 48),
        ("0%", 100, 0),
        ("100%", 7, 7),
        (100, 357, 100),
        ("100", 357, 100),
        (0, 5, 0),
    ],
)
def test_how_many_a_quantity_is(text: object, size: int, needed: int) -> None:
    assert Quantity.read(text).of(size) == needed


@pytest.mark.parametrize(
    "text",
    [
        "",
        "20 %%",
        "0.2",
        "120%",
        "-5%",
        "1/0",
        "4/3",
        "20% + ",
        "20% - 1",
        "5% + 1.5",
        "twenty",
        "٢٠%",
        "٢٠",
        -1,
        True,
        10**13,
        None,
        ["20%"],
        "9" * 13,
        "1e1%",
    ],
)
def test_what_is_no_quantity(text: object) -> None:
    with pytest.raises(PydanticCustomError) as fault:
        Quantity.read(text)
    assert fault.value.context
    assert "Write a whole number" in fault.value.context["hint"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("majority", "is not a requirement"),
        ("majority of everybody", "is not a base"),
        ("at least 0% of votes", "is not a share"),
        ("at least 101% of votes", "is not a share"),
        ("at least many of votes", "is not a share"),
        ("turnout of at least 0%", "is not a share"),
        ("lead of 15% of votes", "is not a requirement"),
        ("most  votes", "is not a requirement"),
        (15, "must be a requirement in words"),
    ],
)
def test_what_is_no_requirement(text: object, message: str) -> None:
    with pytest.raises(PydanticCustomError, match=message):
        Requirement.read(text)


@pytest.mark.parametrize("text", ["all but 0", "all but 1000", "all but two", "highest", 2, None])
def test_what_does_not_say_who_goes_out(text: object) -> None:
    with pytest.raises(PydanticCustomError, match="does not say who goes out"):
        GoingOut.read(text)


def test_the_majority_of_372_and_the_lead_that_was_missed_by_four() -> None:
    majority = Requirement.read("majority of those entitled")
    lead = Requirement.read("lead of at least 15% of those entitled")
    assert majority.needed(372) == 187
    assert lead.needed(372) == 56
    assert majority.met(204, 372)
    assert not lead.met(204 - 152, 372)


def test_half_is_no_majority() -> None:
    assert not Requirement("majority", base="votes").met(50, 100)
    assert not Requirement("majority", base="points").met(Fraction(33800, 2), 33800)


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (Fraction(1, 5), "20%"),
        (Fraction(1, 8), "12.5%"),
        (Fraction(1, 3), "1/3"),
        (Fraction(1, 10**5), "0.001%"),
    ],
)
def test_a_share_is_written_as_a_rulebook_writes_it(share: Fraction, text: str) -> None:
    assert share_text(share) == text


@pytest.mark.parametrize("text", ["0", "0%", "3/2", "x", 0.5, 1, ""])
def test_what_is_no_weight(text: object) -> None:
    with pytest.raises(ValidationError, match="is not a weight"):
        TypeAdapter(Weight).validate_python(text)


def test_a_weight_writes_itself_back() -> None:
    adapter = TypeAdapter(Weight)
    assert adapter.validate_python("1/3") == Fraction(1, 3)
    assert adapter.dump_python(Fraction(1, 3)) == "1/3"
