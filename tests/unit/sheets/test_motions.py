"""What the sheets say of motions, of winners without a ballot, and of ballots with a single segment."""

from __future__ import annotations

import json

import pytest
from tests.strategies import case_of, contest_text, omov

from selectorate import contest, documents, mandate, sheets
from selectorate.contest import Case, Declaration, declare, to_json
from selectorate.contest.audit import audit
from selectorate.errors import ContestError
from selectorate.rules import Rulebook
from selectorate.rules.load import from_document


def motion_rules(kind: str, effect: str, *, carried: str = "majority of valid votes", more: str = "") -> Rulebook:
    text = (
        'id = "made-up"\nname = "Made up"\norganisation = "Nobody"\noffice = "Leader"\n'
        '[bodies.board]\nname = "members"\n'
        f'[[stage]]\nkind = "motion"\nid = "ballot"\nby = "board"\nmotion = "{kind}"\ncarried = "{carried}"\n'
        f'effect = "{effect}"\nasked_by = {{ body = "board", threshold = "15%" }}\n{more}'
    )
    return from_document(documents.parse(text.encode(), "rulebook.toml"))


def put(rules: Rulebook, yes: int, no: int, ballot: str = "") -> Declaration:
    votes = [{"total": {"for": yes, "against": no}}]
    return declare(case_of(rules, contest_text((), votes, ballot=ballot, more="[bodies.board]\nsize = 100")))


def told(declaration: Declaration) -> dict[str, str]:
    """The declaration in every form that is read, in one line each."""
    forms = {
        "text": sheets.declaration_text(declaration),
        "html": sheets.declaration_html(declaration, pictures=False),
        "json": json.dumps(to_json(declaration), ensure_ascii=False),
    }
    return {kind: " ".join(text.split()) for kind, text in forms.items()}


CASES = {
    "carried": (
        "no confidence",
        "vacancy",
        60,
        30,
        "The motion was carried by 60 votes to 30",
        "The post falls vacant",
    ),
    "lost": ("no confidence", "vacancy", 30, 60, "The motion was lost by 30 votes to 60", "The holder, Ann Low, stays"),
    "confidence lost": (
        "confidence",
        "vacancy",
        30,
        60,
        "The motion was lost by 30 votes to 60",
        "The post falls vacant",
    ),
    "tied": (
        "confidence",
        "vacancy",
        45,
        45,
        "The motion was tied, 45 votes to 45, and not carried",
        "The votes are equal. The rulebook asks for more than half of all valid votes, which a tied motion has not"
        " got: it is lost.",
    ),
    "no effect": (
        "no confidence",
        "none",
        60,
        30,
        "The motion was carried by 60 votes to 30",
        "Nothing follows from the result under the rulebook. It does not remove the holder.",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_motion_says_what_it_came_to_and_what_follows(name: str) -> None:
    kind, effect, yes, no, result, follows = CASES[name]
    declaration = put(motion_rules(kind, effect), yes, no, 'holder = "Ann Low"\nasked = 17')
    for form, text in told(declaration).items():
        for said in (result, follows, "Ann Low"):
            assert said in text, (form, said)
    for form in ("text", "html"):
        assert "It was asked for by 17 of the members; 15 had to." in told(declaration)[form]
    plain = to_json(declaration)["ballots"][0]["motion"]
    assert (plain["asked"], plain["asked_needed"], plain["asked_of"]) == (17, 15, "members")
    assert (plain["votes_for"], plain["votes_against"], plain["tied"]) == (yes, no, yes == no)
    assert plain["holder"] == "Ann Low"
    if yes == no:
        assert [row.candidate for row in declaration.ballots[0].rounds[0].rows] == ["for", "against"]


def test_what_the_rulebook_says_of_holders() -> None:
    may_not = motion_rules("confidence", "vacancy", more="holder_may_stand = false\nsafe_months = 1")
    lost = told(put(may_not, 30, 60))["text"]
    assert "The post falls vacant under the rulebook. The holder may not stand in the contest that follows." in lost
    won = told(put(may_not, 60, 30))["text"]
    assert "The holder stays in the post. Under the rulebook no other such vote can be held for 1 month." in won
    assert "15 of the members had to ask for it; how many did is not known." in won


def test_a_tie_that_is_enough() -> None:
    declaration = put(motion_rules("resolution", "as stated", carried="at least 1/2 of valid votes"), 45, 45)
    text = told(declaration)["text"]
    assert "The motion was tied, 45 votes to 45, and carried" in text
    assert "which this tied motion has: it is carried. What it states itself is what follows." in text


def test_a_motion_that_is_lost_with_more_for_it() -> None:
    declaration = put(motion_rules("no confidence", "vacancy", carried="at least 2/3 of valid votes"), 60, 40)
    assert "The motion was lost, with 60 votes for it and 40 against" in told(declaration)["text"]
    assert "The motion was lost, with" in sheets.sheet_text(sheets.mandate_sheet(mandate.mandate(declaration)))


def test_a_motion_that_is_not_decided() -> None:
    rules = motion_rules("no confidence", "vacancy", carried="at least 1/2 of ballots returned")
    text = told(put(rules, 60, 30))["text"]
    assert "does not follow from these figures" in text
    assert "Under the rulebook the post falls vacant if the motion is carried." in text


def test_less_certain_figures_of_a_motion_say_so() -> None:
    declaration = contest.declare(contest.load("conservative-confidence-2003"))
    assert declaration.ballots[0].motion is not None
    assert declaration.ballots[0].motion.certainty == {"asked_needed": "recalled"}
    assert "had to ask for it (from memory, not read in a source)" in told(declaration)["text"]
    assert "The holder, Iain Duncan Smith, may not stand" in told(declaration)["html"]


@pytest.mark.parametrize("name", ["labour-plp-confidence-2016", "conservative-confidence-2018"])
def test_the_mandate_of_a_motion_speaks_of_the_motion(name: str) -> None:
    found = mandate.mandate(contest.declare(contest.load(name)))
    text = " ".join(sheets.sheet_text(sheets.mandate_sheet(found)).split())
    assert "The motion was carried by" in text
    assert "the votes for the motion" in text
    assert "mandate of For" not in text
    assert "runner-up" not in text and "egments" not in text and "ominations" not in text


def test_two_motions_beside_each_other() -> None:
    now, before = (contest.declare(contest.load(f"conservative-confidence-{year}")) for year in (2018, 2003))
    compared = mandate.compare(now, before)
    text = " ".join(sheets.sheet_text(sheets.mandate_sheet(compared.now, compared)).split())
    assert "the votes against the motion, Conservative Party (UK) confidence vote" in text
    assert "They are different sides: the votes for the motion now, against before." in text
    assert "runner-up" not in text
    person = contest.declare(contest.load("labour-2016"))
    assert any("One of the two is a motion" in note for note in mandate.compare(person, before).notes)


def test_a_motion_is_not_elected_in_a_what_if() -> None:
    case = contest.load("conservative-confidence-2018")
    answers = mandate.another_rulebook(case, "plp-confidence")
    text = " ".join(sheets.sheet_text(sheets.what_if_sheet(declare(case), answers, mandate.swing(case))).split())
    assert "The motion would have been lost." in text
    assert "The motion was carried by 200 votes to 117" in text
    assert "elected" not in text and "candidates" not in text
    assert "no longer" not in text


# -- without a ballot -------------------------------------------------------------------------------------------


UNOPPOSED = """
id = "made-up"
title = "Made up"
organisation = "Nobody"
office = "Leader"
rulebook = "{rulebook}"
date = 2026-01-01
elected = ["ann"]
candidates = {{ ann = {{ name = "Ann Low" }}, bob = {{ name = "Bob High" }} }}
[bodies.{body}]
size = 200
[[nomination]]
stage = "nomination"
"""


def unopposed(figures: str, rulebook: str = "labour-2014", body: str = "plp") -> Case:
    text = UNOPPOSED.format(rulebook=rulebook, body=body) + figures
    return contest.loading.from_document(documents.parse(text.encode(), "contest.toml", ContestError), None)


def test_at_least_so_many_is_enough() -> None:
    case = unopposed("counts = { bob = 4 }\nat_least = { ann = 51 }")
    declaration = declare(case)
    assert declaration.derived and declaration.elected == ("ann",)
    text = told(declaration)["text"]
    assert "Elected unopposed: Ann Low" in text
    assert "Ann Low at least 51 30 nominated" in text
    assert (
        "No ballot was held: Ann Low was the only candidate, and the rulebook has a single candidate elected." in text
    )
    for word in ("ROLL", "Voters:", "Paper:", "NOTES"):
        assert word not in text
    assert to_json(declaration)["nominations"][1]["at_least"] == 51
    assert "nominated; at least 51" in sheets.declaration_csv(declaration)
    found = mandate.measure("nominations", declaration, "ann")
    assert found.cannot == "how many nominated Ann Low is not known, only that there were at least 51"
    checks = {check.what: check.status for check in audit(case).checks}
    assert checks["Low: on the paper by the rules (nomination)"] == "agrees"


def test_at_least_so_many_may_not_be_enough_to_know() -> None:
    case = unopposed("at_least = { ann = 29 }")
    (ruling,) = declare(case).nominations
    assert (ruling.result, ruling.count, ruling.at_least) == ("not known", None, 29)
    assert ruling.reason == "at least 29 of the 30 needed; whether there were more is not known"
    assert "cannot be checked" in {c.status for c in audit(case).checks if "Low: on the paper" in c.what}
    assert not declare(case).derived


@pytest.mark.parametrize(
    ("figures", "status"),
    [
        ("counts = { bob = 100 }\nat_least = { ann = 51 }\nnobody = 20", "cannot be checked"),
        ("counts = { bob = 100 }\nat_least = { ann = 51 }\nnobody = 60", "disagrees"),
        ("counts = { bob = 100, ann = 51 }\nnobody = 49", "agrees"),
    ],
)
def test_lower_bounds_are_added_up_as_far_as_they_go(figures: str, status: str) -> None:
    (check,) = [check for check in audit(unopposed(figures)).checks if "who nominated nobody" in check.what]
    assert check.status == status


def test_a_winner_without_figures_stands_in_the_table() -> None:
    declaration = declare(unopposed("counts = { bob = 4 }"))
    rows = {sheet.candidate: (sheet.result, sheet.count) for sheet in declaration.nominations}
    assert rows == {"bob": ("not nominated", 4), "ann": ("not known", None)}
    assert "not known: how many nominated them is not known" in told(declaration)["text"]
    # Those who lost a ballot are not added: the file says of whom it knows.
    assert {sheet.candidate for sheet in contest.declare(contest.load("labour-2016")).nominations if sheet.needed} == {
        "smith",
        "corbyn",
        "eagle",
    }


def test_two_who_go_on_without_a_ballot() -> None:
    case = unopposed("counts = { ann = 9, bob = 9 }", "conservatives-1998", "mps")
    text = told(declare(case))["text"]
    assert "Ann Low and Bob High were the only candidates, and go on to the next stage without one." in text
    assert "no more candidates than" not in text


# -- one segment ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["libdem-2019", "spd-2019", "libdem-2015"])
def test_a_single_segment_stands_once(name: str) -> None:
    declaration = contest.declare(contest.load({"spd-2019": "germany-spd-leadership-2019"}.get(name, name)))
    text = sheets.declaration_text(declaration)
    assert "All   " not in text and "All votes" not in text
    assert "in each section" not in text
    headings = {column.heading for table in sheets.declaration_sheet(declaration).tables() for column in table.columns}
    if len(declaration.ballots[-1].rounds) == 1:
        (segment, _) = declaration.ballots[-1].sections
        assert segment.name.capitalize() in {heading.capitalize() for heading in headings}
    found = mandate.mandate(declaration)
    page = sheets.declaration_html(declaration)
    assert ">All<" not in page
    measured = sheets.sheet_text(sheets.mandate_sheet(found))
    assert "1 of 1" not in measured and "segments" not in measured and "By segment" not in measured


def test_single_segments_beside_each_other() -> None:
    now, before = (declare(omov({"members": {"ada": 6, "ben": votes}})) for votes in (4, 3))
    compared = mandate.compare(now, before)
    text = sheets.sheet_text(sheets.mandate_sheet(compared.now, compared))
    assert "segment" not in text.casefold()


# -- words of mandates ------------------------------------------------------------------------------------------


def test_a_share_is_named_after_what_it_is_a_share_of() -> None:
    college, votes = (contest.declare(contest.load(name)) for name in ("labour-2010", "labour-2015"))
    points = contest.declare(contest.load("canada-conservative-leadership-2017"))
    texts = [sheets.sheet_text(sheets.mandate_sheet(mandate.mandate(item))) for item in (college, votes, points)]
    assert "Share of the college" in texts[0] and "Share of valid votes " not in texts[0]
    assert "share of valid votes" in texts[0]  # within segments
    assert "Share of valid votes" in texts[1]
    assert "Share of the points" in texts[2]
    names = {item.measure: item.name for item in mandate.compare(college, votes).total}
    assert names["share-of-votes"] == "share of valid votes or of the college"


def test_a_claim_on_recalled_nominations_says_so() -> None:
    claims = {claim.quote: claim for claim in mandate.check_claims(contest.load("labour-2016"))}
    claim = next(claim for quote, claim in claims.items() if quote.startswith("one hundred and sixty-two"))
    assert claim.certainty == {"nominations by part": "recalled"}
    found = mandate.mandate(contest.declare(contest.load("labour-2016")))
    text = " ".join(sheets.sheet_text(sheets.mandate_sheet(found, claims=[claim])).split())
    assert "holds on every measure. This rests on figures that are from memory, not read in a source." in text
    assert "162†" in text
    whole = mandate.measure("nominations", contest.declare(contest.load("labour-2016")), "smith")
    assert not whole.certainty  # the 172 are confirmed
