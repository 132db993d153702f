"""What the format can say: the shapes of contests that no shipped rulebook covers.

These are shapes, not rules of anybody: nothing in them was looked up, and they are shipped nowhere.
"""

from __future__ import annotations

import pytest

from selectorate import documents
from selectorate.errors import RulebookError
from selectorate.rules import explain
from selectorate.rules.load import from_document

HEAD = 'id = "shape"\nname = "A shape"\norganisation = "Society"\noffice = "Leader"\n'
MEMBERS = '[segments.members]\nname = "members"\n'
BALLOT = '[[stage]]\nkind = "ballot"\nid = "ballot"\n'
RANKED = BALLOT + 'paper = "rank"\ncount = "alternative vote"\n'

SHAPES = {
    "half the caucus, half the members": (
        '[bodies.caucus]\nname = "members of the caucus"\n[segments.caucus]\nname = "members of the'
        ' caucus"\n'
        f"{MEMBERS}[[stage]]\nkind = 'nomination'\nid = 'nomination'\nby = 'caucus'\nthreshold ="
        f" '20%'\n{RANKED}"
        'segments = ["caucus", "members"]\nvotes = "one in each segment"\ncombine = "weighted-college"\n'
        'weights = { caucus = "1/2", members = "50%" }\nelected = "majority of the college"\n'
    ),
    "points of each district, at most as many as votes, of members and supporters": (
        f'{MEMBERS}[segments.supporters]\nname = "supporters"\n{RANKED}segments = ["members",'
        ' "supporters"]\ncombine = "points-by-unit"\npoints = { unit = "district", each = 100, units ='
        ' 124, at_most_votes = true }\nelected = "majority of points allotted"\ndeclare = ["total",'
        ' "unit"]\n'
    ),
    "pairs, with re-open nominations": (
        'candidate = "a person or a pair"\npair_rules = [{ group = "women", at_least = 1'
        f' }}]\n[groups.women]\nname = "women"\n{MEMBERS}{RANKED}segments = ["members"]\nreopen_nominations'
        ' = true\nelected = "majority of votes"\nunopposed = "ballot held"\n'
    ),
    "MPs to four, later to two, then members": (
        '[bodies.mps]\nname = "MPs"\n'
        + MEMBERS
        + "".join(
            f'[[stage]]\nkind = "ballot"\nid = "{name}"\nby = "mps"\npaper = "choose one"\n'
            f'count = "repeated ballots"\nuntil = {until}\ndeclare = ["total"]\n'
            for name, until in (("first", 4), ("second", 2))
        )
        + BALLOT
        + 'segments = ["members"]\npaper = "choose one"\ncount = "most votes"\nelected = "majority of'
        ' votes"\n'
    ),
    "both ways needed: so many members of so many branches, and so many MPs": (
        '[bodies.mps]\nname = "MPs"\n[bodies.members]\nname = "members"\n'
        + MEMBERS
        + '[[stage]]\nkind = "nomination"\nid = "mps"\nby = "mps"\nthreshold = "10%"\n'
        + '[[stage]]\nkind = "nomination"\nid = "members"\n[[stage.any]]\nby = "members"\nthreshold = 100\n'
        + 'spread = { at_least = 20, of = "branches" }\n'
        + RANKED
        + 'segments = ["members"]\nelected = "majority of votes"\n'
    ),
    "a motion of confidence that needs two thirds and a turnout": (
        '[bodies.council]\nname = "councillors"\n[[stage]]\nkind = "motion"\nid = "motion"\nby ='
        ' "council"\nmotion = "no confidence"\ncarried = ["at least 2/3 of valid votes", "turnout of at'
        ' least 50%"]\neffect = "vacancy"\n'
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_it_can_be_written(shape: str) -> None:
    rulebook = from_document(documents.parse((HEAD + SHAPES[shape]).encode(), "shape.toml", RulebookError))
    assert explain(rulebook)


WRONG = {
    "a rule for pairs, but no pairs": (
        (
            'pair_rules = [{ group = "women", at_least = 1 }]\n[groups.women]\nname = "women"\n'
            f'{MEMBERS}{RANKED}segments = ["members"]\nelected = "majority of votes"\n'
        ),
        "a candidate is one person",
    ),
    "more in a pair than two": (
        (
            'candidate = "a pair"\npair_rules = [{ group = "women", at_least = 3'
            f' }}]\n[groups.women]\nname = "women"\n{MEMBERS}{RANKED}segments = ["members"]\nelected ='
            ' "majority of votes"\n'
        ),
        "3 are asked for of 2",
    ),
    "one way among several": (
        '[bodies.mps]\nname = "MPs"\n'
        f"{MEMBERS}[[stage]]\nkind = 'nomination'\nid = 'n'\n[[stage.any]]\nby = 'mps'\nthreshold = 3\n"
        f'{RANKED}segments = ["members"]\nelected = "majority of votes"\n',
        "there is one way to be nominated, not several",
    ),
    "nominations without effect that put the holder on the paper": (
        '[bodies.mps]\nname = "MPs"\n'
        f"{MEMBERS}[[stage]]\nkind = 'nomination'\nid = 'n'\nby = 'mps'\neffect = 'none'\n"
        f'incumbent = \'automatic\'\n{RANKED}segments = ["members"]\nelected = "majority of votes"\n',
        "give the incumbent nothing",
    ),
    "a rule that never holds": (
        (
            f'[bodies.mps]\nname = "MPs"\n{BALLOT}by = "mps"\npaper = "choose one"\ncount = "repeated'
            ' ballots"\nelected = "majority of votes"\n[[stage.ballots]]\nfrom = 1\nelected = "majority of'
            ' those entitled"\n'
        ),
        '"elected" never holds',
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_contradicts_itself_is_refused(case: str) -> None:
    text, message = WRONG[case]
    with pytest.raises(RulebookError) as fault:
        from_document(documents.parse((HEAD + text).encode(), "shape.toml", RulebookError))
    assert message in str(fault.value)
    assert fault.value.where.line


@pytest.mark.parametrize(
    "test",
    [
        "paid",
        "NOT suspended",
        "joined <= freeze AND (left IS NULL OR left > freeze)",
        "registered <= freeze",
        "capacity IN ('member', 'honorary member')",
        "born <= freeze - INTERVAL '16 years'",
    ],
)
def test_a_condition_is_a_test_of_entitlement(test: str) -> None:
    segment = f'[timetable]\nfreeze = "the freeze date"\n{MEMBERS}[segments.members.entitled]\n"holds" = "{test}"\n'
    text = f'{HEAD}{segment}{RANKED}segments = ["members"]\nelected = "majority of votes"\n'
    assert from_document(documents.parse(text.encode(), "shape.toml", RulebookError)).segments["members"].entitled
