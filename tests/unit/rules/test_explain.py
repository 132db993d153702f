"""No silent rule: whatever is changed in a rulebook, what is read out changes too.

``changes`` walks a rulebook by the model's own annotations and yields it with one value changed, for every
value and every other member of every closed list. What contradicts itself after the change is no rulebook and
is left out; everything else must be told apart by its text.
"""

from __future__ import annotations

import datetime as dt
import types
import typing
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, Literal

import pytest
from pydantic import BaseModel

from selectorate import documents
from selectorate.errors import RulebookError
from selectorate.rules import Passage, Rulebook, explain, load, preset_ids, wording
from selectorate.rules import model as rules_model
from selectorate.rules.consistency import contradictions
from selectorate.rules.grammar import Base, GoingOut, ParameterRef, Quantity, Requirement
from selectorate.rules.load import from_document
from selectorate.rules.model import (
    Amendment,
    AskedBy,
    BallotRule,
    Gate,
    GroupRule,
    Interpretation,
    Online,
    Points,
    Source,
    Spread,
    Together,
)

KITCHEN_SINK = """
id = "kitchen-sink"
name = "Everything at once"
organisation = "Society of Examples"
office = "Chair"
in_force = "from the beginning"
candidate = "a pair"
may_stand = "members of ten years"
pair_rules = [{ group = "women", at_least = 1, at_most = 1 }]

[bodies.branches]
name = "branches"
parts = { rural = "rural branches" }
measure = "paying members"
[bodies.council]
name = "members of the council"
[groups.women]
name = "women"
[segments.a]
name = "old members"
voters = "delegations"
entitled = { "is old" = "joined <= freeze" }
[segments.b]
name = "new members"
[timetable]
freeze = "the day that counts"
[parameters.share]
says = "what share of the council must nominate"
default = "10% + 1"
[parameters.minimum]
says = "the votes needed to stay in"
by = "the returning officer"
default = [5, "10%"]
[parameters.places]
says = "how many places there are"

[[stage]]
kind = "motion"
id = "resolution"
name = "A resolution"
by = "council"
motion = "resolution"
asked_by = { body = "branches", threshold = 7, letters_to = "the secretary of the council" }
carried = ["at least 2/3 of valid votes", "turnout of at least 50%"]
effect = "as stated"
safe_months = 1
online = { revote = false, paper = "first counts" }
[[stage]]
kind = "nomination"
id = "one-way"
incumbent = "may not stand"
[[stage.any]]
by = "branches"
threshold = { vacancy = 1, challenge = { parameter = "share" } }
including = { rural = 1 }
together = { share = "1/3", of = "paying members" }
spread = { at_least = 3, of = "counties" }
[[stage]]
kind = "nomination"
id = "two-ways"
incumbent = { text = "unclear", held = "needs nominations", by = "a court", on = 2020-02-29 }
[[stage.any]]
by = "branches"
threshold = { vacancy = "5% + 1", challenge = "5%" }
[[stage.any]]
by = "council"
threshold = { parameter = "share" }
[[stage]]
kind = "nomination"
id = "supported"
by = "branches"
threshold = 3
each_nominates = 2
effect = "none"
[[stage]]
kind = "ballot"
id = "repeated"
by = "council"
paper = "choose one"
count = "repeated ballots"
online = {}
elected = "at least 1/2 of ballots returned"
minimum = ["5% + 1", 12]
until = 3
withdrawals = false
unopposed = "ballot held"
tie = ["earlier rounds", "lot", "officer"]
declare = ["total"]
[[stage.ballots]]
from = 3
new_candidates = true
[[stage.ballots]]
from = 5
out = "nobody"
[[stage]]
kind = "ballot"
id = "again"
by = "council"
paper = "choose one"
count = "repeated ballots"
minimum = { parameter = "minimum" }
until = 2
tie = []
declare = ["total"]
[[stage]]
kind = "ballot"
id = "points"
segments = ["a", "b"]
paper = "rank"
count = "supplementary vote"
combine = "points-by-unit"
points = { unit = "county", each = 1, units = 9, decimals = 1, cut = "half even" }
elected = "majority of points"
out = "all but 2"
until = 5
reopen_nominations = true
binding = false
formally = "the council elects"
[[stage]]
kind = "ballot"
id = "last"
segments = ["a", "b"]
paper = "choose up to"
choose_up_to = 3
places = { parameter = "places" }
result_rules = [{ group = "women", at_least = 2 }]
count = "most votes"
elected = "most votes"
"""


def kitchen_sink() -> Rulebook:
    return from_document(documents.parse(KITCHEN_SINK.encode(), "kitchen-sink.toml", RulebookError))


COMMITTEE = """
id = "committee"
name = "The committee"
organisation = "A society"
office = "Member of the committee"

[segments.members]
name = "members"

[[stage]]
kind = "ballot"
id = "ballot"
segments = ["members"]
paper = "rank"
count = "scottish"
"""


def committee() -> Rulebook:
    """A ballot that a method of its own counts."""
    return from_document(documents.parse(COMMITTEE.encode(), "committee.toml", RulebookError))


def rulebooks() -> list[Rulebook]:
    return [*(load(name) for name in preset_ids()), kitchen_sink(), committee()]


# -- changing one value -----------------------------------------------------------------------------------

MEANS_NOTHING_TO_A_READER = {"id", "kind"}
"""Names in files, and the kind of a stage, which decides what other keys it has."""
DEFINED_BEFORE_IT_IS_USED = {("Body", "parts"), ("Body", "measure"), ("Group", "one")}
"""Words for rules to use: as long as no rule uses them, there is nothing to say."""

SAMPLES: dict[Any, Any] = {
    str: "something-else",
    int: 7,
    Quantity: Quantity(Fraction(1, 7), 3),
    GoingOut: GoingOut("all but", 7),
    Together: Together(share=Quantity(Fraction(1, 7)), of="paying members"),
    Spread: Spread(at_least=7, of="villages"),
    AskedBy: AskedBy(body="plp", threshold=Quantity(None, 7)),
    Gate: Gate(by="plp", threshold=Quantity(None, 77)),
    GroupRule: GroupRule(group="women", at_most=1),
    Points: Points(unit="village", each=7),
    BallotRule: BallotRule.model_validate({"from": 90, "new_candidates": True}),
    Amendment: Amendment(on="today", says="everything"),
    Online: Online(revote=False, paper="online supersedes"),
    Source: Source(title="a book"),
    Requirement: Requirement("share", Fraction(6, 7), "votes"),
    bool: True,
    dt.date: dt.date(2001, 1, 1),
}


def samples(annotation: Any) -> Iterator[Any]:
    """A value of each kind that ``annotation`` allows."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        yield from samples(typing.get_args(annotation)[0])
    elif origin is Literal:
        yield from typing.get_args(annotation)
    elif origin in (types.UnionType, typing.Union):
        for inner in typing.get_args(annotation):
            yield from samples(inner)
    elif origin is tuple:
        yield from ((item,) for item in samples(typing.get_args(annotation)[0]))
    elif annotation in SAMPLES:
        yield SAMPLES[annotation]


def others(value: Any, annotation: Any) -> Iterator[Any]:
    """Other values that could stand where ``value`` stands."""
    match value:
        case bool():
            yield not value
        case int():
            yield from (value + 1, value + 2)
        case str():
            literals = [item for item in samples(annotation) if item in _literals(annotation)]
            yield from (item for item in literals if item != value)
            if not literals:
                yield f"{value}-x"  # a name in files stays one
        case dt.date():
            yield value + dt.timedelta(days=1)
        case Fraction():
            yield value * Fraction(6, 7)
        case Quantity():
            yield from (Quantity(value.share, value.number + 1), Quantity(Fraction(3, 7), value.number))
            yield Quantity(None, 77)
        case Requirement():
            yield from (Requirement("most"), Requirement("turnout", Fraction(3, 7), "those entitled"))
            for base in typing.get_args(Base):
                yield Requirement("majority", Fraction(1, 2), base)
                yield from (
                    Requirement("share", Fraction(3, 7), base),
                    Requirement("lead", Fraction(3, 7), base),
                )
        case GoingOut():
            yield from (GoingOut("lowest"), GoingOut("nobody"), GoingOut("all but", value.number + 1))
        case tuple():
            inner = next(_tuples(annotation))
            for index, item in enumerate(value):
                yield from ((*value[:index], other, *value[index + 1 :]) for other in others(item, inner))
                yield (*value[:index], *value[index + 1 :])
            yield from ((*value, item) for item in samples(inner) if item not in value)
            yield value[::-1]
        case dict():
            inner = typing.get_args(annotation)[1]
            for key, item in value.items():
                yield from ({**value, key: other} for other in others(item, inner))
                yield {name: kept for name, kept in value.items() if name != key}
        case BaseModel():
            yield from changes(value)
    if not isinstance(value, BaseModel | tuple | dict):
        yield from (item for item in samples(annotation) if item not in (value, ()))
    if _optional(annotation):
        yield None


def _literals(annotation: Any) -> set[Any]:
    if typing.get_origin(annotation) is Literal:
        return set(typing.get_args(annotation))
    return {item for inner in typing.get_args(annotation) for item in _literals(inner)}


def _tuples(annotation: Any) -> Iterator[Any]:
    if typing.get_origin(annotation) is tuple:
        yield typing.get_args(annotation)[0]
    for inner in typing.get_args(annotation):
        yield from _tuples(inner)


def _optional(annotation: Any) -> bool:
    return type(None) in typing.get_args(annotation)


def changes(value: BaseModel) -> Iterator[Any]:
    """``value`` with one thing changed, in every way."""
    name = type(value).__name__.split("[")[0]
    for key, field in type(value).model_fields.items():
        if key in MEANS_NOTHING_TO_A_READER:
            continue
        now = getattr(value, key)
        if (name, key) == ("Segment", "entitled"):
            yield from (
                value.model_copy(update={key: {f"{words} x": now[words]}}) for words in now
            )  # the words, not the test
            continue
        if (name, key) in DEFINED_BEFORE_IT_IS_USED and not now:
            continue
        if (name, key) == ("Group", "name") and getattr(value, "one", None):
            continue  # "one woman" does not speak of women
        for other in others(now, field.annotation):
            if other != now:
                yield value.model_copy(update={key: other})


def text(rulebook: Rulebook) -> str:
    return "\n".join(line for passage in explain(rulebook) for line in (f"# {passage.heading}", *passage.sentences))


@pytest.mark.parametrize("rulebook", rulebooks(), ids=lambda rulebook: rulebook.id)
def test_no_value_is_silent(rulebook: Rulebook) -> None:
    assert not list(contradictions(rulebook))
    said = text(rulebook)
    tried = 0
    silent = []
    for changed in changes(rulebook):
        if list(contradictions(changed)):
            continue
        tried += 1
        if text(changed) == said:
            silent.append(_difference(rulebook, changed))
    assert tried > 20
    assert not silent, "\n".join(silent)


def _difference(one: Any, other: Any, path: str = "") -> str:
    if isinstance(one, BaseModel) and type(one) is type(other):
        keys = [key for key in type(one).model_fields if getattr(one, key) != getattr(other, key)]
        return "; ".join(_difference(getattr(one, key), getattr(other, key), f"{path}.{key}") for key in keys)
    if isinstance(one, tuple) and isinstance(other, tuple) and len(one) == len(other):
        pairs = [(index, pair) for index, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1]]
        return "; ".join(_difference(*pair, f"{path}[{index}]") for index, pair in pairs)
    return f"{path}: {one!r} and {other!r} read the same"


def _closed_lists() -> Iterator[tuple[str, str, Any]]:
    """Every value of every closed list of the model, with its model and key."""
    for name in rules_model.__all__:
        found = getattr(rules_model, name)
        if issubclass(found, BaseModel):
            for key, field in found.model_fields.items():
                if key not in MEANS_NOTHING_TO_A_READER:
                    yield from ((name, key, value) for value in _literals(field.annotation))


def _values(value: Any) -> Iterator[tuple[str, str, Any]]:
    """Every value of a closed list that stands somewhere in ``value``."""
    if isinstance(value, BaseModel):
        name = type(value).__name__.split("[")[0]
        for key, field in type(value).model_fields.items():
            now = getattr(value, key)
            held = now.held if isinstance(now, Interpretation) else now
            literals = _literals(field.annotation)
            for item in held if isinstance(held, tuple) else (held,):
                if isinstance(item, str) and item in literals:
                    yield name, key, item
            yield from _values(now)
    elif isinstance(value, tuple):
        for item in value:
            yield from _values(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _values(item)


def test_every_value_of_every_closed_list_is_walked_over() -> None:
    """So that the walk above cannot miss a value that a later hand adds to a list."""
    met: set[tuple[str, str, Any]] = set()
    for rulebook in rulebooks():
        for changed in changes(rulebook):
            if not list(contradictions(changed)):
                met |= set(_values(changed))
    missing = set(_closed_lists()) - met
    assert not missing, sorted(missing)


# -- what is said -----------------------------------------------------------------------------------------


def said(name: str, heading: str, sizes: dict[str, int] | None = None) -> tuple[str, ...]:
    rulebook = kitchen_sink() if name == "kitchen-sink" else load(name)
    return next(passage.sentences for passage in explain(rulebook, sizes) if passage.heading == heading)


def test_an_interpretation_is_told_apart_from_the_text() -> None:
    assert said("labour-2014", "What the rules do not say, and what was held") == (
        "The rules are silent on whether a holder who is challenged needs nominations.",
        "The National Executive Committee held on 12 July 2016"
        " that a holder who is challenged is on the paper without nominations.",
        "This was upheld by the High Court on 28 July 2016.",
    )
    nominations = " ".join(said("labour-2014", "First stage: Nominations"))
    assert "on the paper without nominations" not in nominations


def test_a_threshold_is_worked_out_where_the_size_is_known() -> None:
    vote = said("conservatives-confidence", "The motion", {"mps": 317})
    assert "The vote is held when it is asked for by 15% of the 317 Conservative MPs, rounded up: 48." in vote
    ballots = said("conservatives-1975", "The ballots of the MPs", {"mps": 372})
    assert any("(at least 187)" in sentence and "(at least 56)" in sentence for sentence in ballots)


def test_those_entitled_are_added_up_only_if_all_are_known() -> None:
    speaker = wording.Speaker(load("labour-2014"), {"members": 10, "affiliated": 20}, {})
    stage = load("labour-2014").stage[-1]
    assert isinstance(stage, rules_model.BallotStage)
    assert speaker.entitled(stage) is None
    assert wording.Speaker(speaker.rulebook, {**speaker.sizes, "registered": 5}, {}).entitled(stage) == 35


def test_the_size_of_a_segment_is_said_but_not_that_of_a_body_of_the_same_id() -> None:
    who = " ".join(said("labour-1993", "Who may vote", {"plp": 269, "members": 172356}))
    assert "The party members entitled to vote are 172,356 in number." in who
    assert "269" not in who


def test_the_stages_stand_in_their_order() -> None:
    headings = [passage.heading for passage in explain(load("conservatives-1998"))]
    assert headings[:4] == [
        "Conservative leadership, MPs and then members",
        "First stage: Nominations",
        "Second stage: The ballots of the MPs",
        "Third stage: The ballot of the members",
    ]


def test_passages_are_values() -> None:
    assert explain(load("snp")) == explain(load("snp"))
    assert all(isinstance(passage, Passage) for passage in explain(load("snp")))


def test_a_body_that_is_not_there_is_named_by_its_id() -> None:
    speaker = wording.Speaker(load("snp"), {}, {})
    assert speaker.body("council") == "council"
    assert speaker.segment("guests") == "guests"
    assert speaker.parameter(ParameterRef(parameter="size")) == "size"


# -- words ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("value", "words"), [(0, "none"), (1, "one"), (10, "ten"), (11, "11"), (33800, "33,800")])
def test_numbers_to_ten_are_words(value: int, words: str) -> None:
    assert wording.number(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [(1, "first"), (10, "tenth"), (11, "11th"), (21, "21st"), (22, "22nd"), (23, "23rd"), (112, "112th")],
)
def test_ordinals(value: int, words: str) -> None:
    assert wording.ordinal(value) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [(0, "no ridings"), (1, "one riding"), (2, "two ridings"), (338, "338 ridings")],
)
def test_singular_and_plural(value: int, words: str) -> None:
    assert wording.counted(value, "riding") == words


@pytest.mark.parametrize(
    ("one", "many"),
    [("county", "counties"), ("day", "days"), ("branch", "branches"), ("ward", "wards"), ("box", "boxes")],
)
def test_plurals(one: str, many: str) -> None:
    assert wording.plural(one) == many


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Fraction(1, 3), "one third"),
        (Fraction(2, 3), "two thirds"),
        (Fraction(1, 2), "50%"),
        (Fraction(1, 8), "12.5%"),
        (Fraction(7, 19), "7/19"),
    ],
)
def test_shares(value: Fraction, words: str) -> None:
    assert wording.share(value) == words


def test_lists() -> None:
    assert wording.listed(["a"]) == "a"
    assert wording.listed(["a", "b"]) == "a and b"
    assert wording.listed(["a", "b", "c"]) == "a, b and c"


@pytest.mark.parametrize(
    ("name", "spoken"),
    [
        ("Labour Party (UK)", "the Labour Party (UK)"),
        ("Liberal Democrats (UK)", "the Liberal Democrats (UK)"),
        ("Fine Gael", "Fine Gael"),
        ("SPD", "SPD"),
    ],
)
def test_organisations_have_an_article_if_they_take_one(name: str, spoken: str) -> None:
    assert wording.the(name) == spoken
