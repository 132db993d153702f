"""What the votes would have come to otherwise."""

from __future__ import annotations

from fractions import Fraction

import pytest
from tests.strategies import case_of, college, contest_text, motion, motion_rulebook, omov, ours, points, rulebook

from selectorate import exact, gallery, mandate
from selectorate.contest import Case, declare, load
from selectorate.errors import InputError, RulebookError
from selectorate.mandate import NOT_DECLARED, WhatIf


def share(answer: WhatIf, who: str) -> Fraction:
    assert answer.result is not None, answer.cannot
    found = next(row.share for row in answer.result.rows if row.candidate == who)
    assert found is not None
    return found


@pytest.mark.parametrize("name", gallery.contest_ids())
def test_with_nothing_changed_it_is_the_declaration(name: str) -> None:
    case = load(name)
    declaration = declare(case)
    ballot = declaration.deciding
    assert ballot is not None
    answer = mandate.nothing_changed(case)
    assert answer.result is not None and answer.declared is not None
    last = ballot.rounds[-1]
    assert answer.result.round == last.number
    assert {row.candidate: row.value for row in answer.result.rows} == {
        row.candidate: row.value for row in last.rows if row.value is not None
    }
    if declaration.derived:
        assert answer.result.elected == declaration.elected
        assert answer.changes_winner is False
    assert answer.not_declared == NOT_DECLARED == "This is not the declared result."


def test_every_answer_says_that_it_is_not_the_declared_result() -> None:
    case = load("labour-2016")
    answers = [
        *mandate.what_ifs(case),
        mandate.turnout_at(case, "members", valid=1),
        *mandate.another_rulebook(case, "labour-2007"),
    ]
    for answer in answers:
        assert answer.not_declared == NOT_DECLARED
        assert answer.assumptions and all(sentence.endswith(".") for sentence in answer.assumptions)
        assert mandate.to_json(answer)["not_declared"] == NOT_DECLARED
    assert mandate.swing(case).not_declared == NOT_DECLARED


# -- a segment left out ---------------------------------------------------------------------------------------------


def test_2016_without_each_segment() -> None:
    members, affiliated, registered = mandate.what_ifs(load("labour-2016"))
    assert [exact.cut_to(share(item, "corbyn") * 100, 2) for item in (members, affiliated, registered)] == [
        exact.cut_to(Fraction(100 * votes, of), 2)
        for votes, of in ((144_993, 221_262), (253_134, 406_693), (228_291, 384_921))
    ]
    assert not any(item.changes_winner for item in (members, affiliated, registered))
    assert members.left_out == ("party members",)


def test_2010_without_the_affiliated_had_another_winner() -> None:
    case = load("labour-2010")
    mps, members, affiliated = mandate.what_ifs(case)
    assert affiliated.result is not None and affiliated.result.elected == ("david-miliband",)
    assert affiliated.changes_winner is True
    assert (
        "in proportion" in affiliated.assumptions[1]
        and "MPs and MEPs 50%, party members 50%" in affiliated.assumptions[1]
    )
    assert members.changes_winner is False
    # Without the MPs another would have gone out first: the papers are not in the figures.
    assert mps.changes_winner is None
    assert mps.cannot is not None and "round 2 was held without" in mps.cannot


def test_a_section_that_nobody_knows_by_itself_cannot_be_left_out() -> None:
    answer = mandate.segment_left_out(load("uk-labour-deputy-2007"), "plp")
    assert answer.result is None
    assert answer.cannot == "round 1: what is missing is the votes of MPs and MEPs by themselves"
    assert mandate.segment_left_out(load("canada-conservative-leadership-2017"), "members").cannot is not None
    assert mandate.what_ifs(load("canada-conservative-leadership-2017")) == ()
    assert "only segment" in str(mandate.segment_left_out(omov({"members": {"ada": 2, "ben": 1}}), "members").cannot)


def test_a_segment_that_is_not_there_is_refused() -> None:
    with pytest.raises(InputError, match='no segment "member"') as caught:
        mandate.segment_left_out(load("labour-2016"), "member")
    assert caught.value.hint == 'Did you mean "members"?'
    with pytest.raises(InputError, match="no segment"):
        mandate.segment_left_out(load("uk-labour-plp-confidence-2016"), "plp")


def hidden() -> Case:
    votes = {
        "members": {"ada": 500, "ben": 300},
        "affiliated": {"ada": 3, "ben": 1},
        "registered": {"ada": 40, "ben": 50},
    }
    return ours(omov(votes))


def test_nothing_is_worked_out_from_a_segment_that_is_not_shown() -> None:
    for answer in (
        mandate.segment_left_out(hidden(), "affiliated"),
        mandate.turnout_at(hidden(), "affiliated", valid=100),
        *mandate.another_rulebook(
            hidden(),
            rulebook(
                ("members", "affiliated"), combine="weighted-college", weights={"members": "1/2", "affiliated": "1/2"}
            ),
        ),
    ):
        assert answer.result is None
        assert "not shown apart" in str(answer.cannot)
    three = {"members": "1/3", "affiliated": "1/3", "registered": "1/3"}
    (weighed,) = mandate.another_rulebook(hidden(), rulebook(tuple(three), combine="weighted-college", weights=three))
    assert weighed.result is None and "not shown apart" in str(weighed.cannot)
    assert mandate.segment_left_out(hidden(), "members").result is not None
    assert {place.place for place in mandate.swing(hidden()).sections} == {"members"}


def test_segments_are_left_out_together() -> None:
    answer = mandate.segment_left_out(load("labour-2016"), "members", "affiliated", "members")
    assert answer.result is not None and share(answer, "corbyn") == Fraction(84_918, 121_517)
    assert answer.left_out == ("party members", "affiliated supporters")
    assert answer.title == "neither party members nor affiliated supporters had voted"
    assert answer.assumptions[0].endswith("are left out, all of them together.")
    weighed = mandate.segment_left_out(load("labour-2010"), "members", "affiliated")
    assert any("MPs and MEPs 100%" in sentence for sentence in weighed.assumptions)
    everybody = mandate.segment_left_out(load("labour-2016"), "members", "affiliated", "registered")
    assert everybody.title == "party members, affiliated supporters and registered supporters had not voted"
    assert "all there are" in str(everybody.cannot)


# -- another turnout ------------------------------------------------------------------------------------------------


def test_turnout_scales_votes_exactly() -> None:
    case = load("labour-2015")
    answer = mandate.turnout_at(case, "members", share=Fraction(1, 2))
    assert answer.result is not None
    rows = {row.candidate: row for row in answer.result.rows}
    factor = Fraction(146_487, 245_520)  # half of 292,973 is not whole: half a person does not vote
    assert rows["corbyn"].votes == 121_751 * factor + 88_449 + 41_217
    assert answer.assumptions[0] == (
        "Party members cast 146,487 valid votes (of 292,973, to the nearest whole vote) instead of 245,520."
    )
    assert any("only shares are said" in sentence for sentence in answer.assumptions)
    assert answer.result.say == ("majority of votes: more than half needed, 62.512% had",)
    assert answer.changes_winner is False


def test_turnout_without_a_roll_says_what_is_missing() -> None:
    case = load("labour-2016")
    answer = mandate.turnout_at(case, "members", share=Fraction(1, 2))
    assert answer.result is None
    assert answer.cannot is not None and answer.cannot.startswith("how many party members were entitled is not known")
    level = mandate.turnout_at(case, "members", valid=142_588)
    assert level.result is not None and level.result.rows[0].votes == Fraction(168_216, 2) + 84_918 + 60_075


def test_turnout_of_a_section_does_not_matter_in_a_college() -> None:
    case = college({"plp": {"ada": 3, "ben": 1}, "members": {"ada": 40, "ben": 60}}, {"plp": "1/2", "members": "1/2"})
    answer = mandate.turnout_at(case, "members", valid=10_000)
    assert answer.result is not None and answer.declared is not None
    assert [row.value for row in answer.result.rows] == [row.value for row in answer.declared.rows]


def test_turnouts_that_make_no_sense_are_refused() -> None:
    case = load("labour-2015")
    with pytest.raises(InputError, match="more than the 292,973"):
        mandate.turnout_at(case, "members", valid=300_000)
    with pytest.raises(InputError, match="not a turnout"):
        mandate.turnout_at(case, "members", share=Fraction(11, 10))
    with pytest.raises(InputError, match="1 is not a number of votes"):
        mandate.turnout_at(case, "members", valid=-1)
    with pytest.raises(InputError, match="either a turnout or a number"):
        mandate.turnout_at(case, "members")
    nobody = omov({"members": {"ada": 2, "ben": 1}, "registered": {"ada": 0, "ben": 0}})
    assert "no vote of registered" in str(mandate.turnout_at(nobody, "registered", valid=5).cannot)


def test_no_more_vote_over_all_than_were_entitled() -> None:
    # In 2016 only the 654,006 entitled over all are known; 384,921 of them voted in the other two segments.
    case = load("labour-2016")
    with pytest.raises(InputError, match="who were entitled over all") as caught:
        mandate.turnout_at(case, "registered", valid=400_000)
    assert caught.value.hint == "It can be 269,085 at most."
    assert mandate.turnout_at(case, "registered", valid=200_000).result is not None


# -- another rulebook -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rules", ["labour-2007", "labour-1993"])
def test_2016_in_thirds_turns_on_who_the_silent_mps_are(rules: str) -> None:
    alone, with_rest = mandate.another_rulebook(load("labour-2016"), rules)
    third = Fraction(1, 3)
    members, affiliated = Fraction(168_216, 285_176), Fraction(60_075, 99_745)
    assert share(alone, "corbyn") == third * (members + affiliated)
    assert share(alone, "smith") == 1 - third * (members + affiliated)
    assert exact.cut_to(share(alone, "corbyn") * 100, 2) == exact.cut_to(Fraction(3974, 100), 2)
    assert exact.cut_to(share(alone, "smith") * 100, 1) == exact.cut_to(Fraction(603, 10), 1)
    assert share(with_rest, "corbyn") == third * (Fraction(79, 251) + members + affiliated)
    assert exact.cut_to(share(with_rest, "corbyn") * 100, 2) == exact.cut_to(Fraction(5023, 100), 2)
    assert alone.result is not None and alone.result.elected == ("smith",)
    assert with_rest.result is not None and with_rest.result.elected == ("corbyn",)
    assert (alone.changes_winner, with_rest.changes_winner) == (True, False)
    assert alone.left_out == with_rest.left_out == ("registered supporters",)
    assert "counting only those who nominated" in alone.title
    assert "79 who nominated nobody are counted for Jeremy Corbyn" in with_rest.assumptions[0]
    assert any("Registered supporters have no place in it" in sentence for sentence in alone.assumptions)
    assert alone.result.rows[0].parts["plp"] == third


def test_a_mapping_can_be_given() -> None:
    case = load("labour-2016")
    alone, _ = mandate.another_rulebook(case, "labour-2007", {"members": ["members", "registered"]})
    assert alone.left_out == ()
    assert alone.result is not None
    row = next(row for row in alone.result.rows if row.candidate == "corbyn")
    assert row.parts["members"] == Fraction(1, 3) * Fraction(168_216 + 84_918, 285_176 + 121_517)
    (motion_,) = mandate.another_rulebook(case, "labour-2007", {"plp": ["contest:uk-labour-plp-confidence-2016"]})
    assert motion_.result is not None
    row = next(row for row in motion_.result.rows if row.candidate == "corbyn")
    assert row.parts["plp"] == Fraction(1, 3) * Fraction(40, 212)
    assert "40 taken as for Jeremy Corbyn, 172 as for Owen Smith" in motion_.assumptions[0]
    (rest,) = mandate.another_rulebook(case, "labour-2007", {"plp": ["nominations+rest"]})
    assert rest.changes_winner is False
    (named,) = mandate.another_rulebook(case, "labour-2007", {"plp": ["nominations:clps"]})
    assert "285 for Jeremy Corbyn" in named.assumptions[0]


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ({"members": ["members", "members"]}, '"members" are taken twice, for "members"'),
        ({"plp": ["members"]}, '"members" are taken twice, for "plp" and for "members"'),
        ({"members": ["total"]}, '"total" is all the votes, and those of "affiliated" are taken beside it'),
        ({"members": ["total", "registered"]}, '"total" is all the votes'),
        ({"members": ["contest:labour-2016"]}, '"total" is all the votes'),
        ({"plp": ["nominations", "nominations:plp"]}, '"nominations:plp" are taken twice'),
        ({"plp": ["nominations", "nominations+rest"]}, '"nominations.rest" are taken twice'),
        (
            {"plp": ["contest:labour-2015"], "members": ["contest:uk-labour-leadership-2015"]},
            '"contest:uk-labour-leadership-2015" are taken twice',
        ),
    ],
)
def test_no_vote_is_counted_twice(mapping: dict[str, list[str]], message: str) -> None:
    with pytest.raises(InputError, match=message):
        mandate.another_rulebook(load("labour-2016"), "labour-2007", mapping)


def test_a_contest_without_a_common_candidate_is_refused() -> None:
    with pytest.raises(InputError, match="is one of") as caught:
        mandate.another_rulebook(
            load("labour-2016"), "labour-2007", {"plp": ["contest:uk-conservative-leadership-1995"]}
        )
    assert caught.value.hint is not None
    assert "Redwood" in caught.value.hint and "Smith" in caught.value.hint


def test_votes_of_another_contest_can_stand_for_a_section() -> None:
    chosen: list[Case] = []

    def loader(name: str) -> Case:
        assert name == "elsewhere"
        return chosen[-1]

    case = omov({"members": {"ada": 60, "ben": 40}}, top='holder = "ada"\noccasion = "challenge"')
    college_ = college({"members": {"ada": 1}, "mps": {"ada": 1}}, {"members": "1/2", "mps": "1/2"}).rulebook
    theirs = {
        "ballot": omov({"members": {"ada": 7, "cyd": 9}}),
        **{asked: motion(9, 5, asked=asked) for asked in ("confidence", "no confidence", "resolution")},
    }
    for kind, row in (
        ("ballot", {"ada": Fraction(1), "ben": Fraction(0)}),
        ("confidence", {"ada": Fraction(9, 14), "ben": Fraction(5, 14)}),
        ("no confidence", {"ada": Fraction(5, 14), "ben": Fraction(9, 14)}),
    ):
        chosen.append(theirs[kind])
        (answer,) = mandate.another_rulebook(case, college_, {"mps": ["contest:elsewhere"]}, loader)
        assert answer.result is not None, answer.cannot
        assert {item.candidate: item.parts["mps"] * 2 for item in answer.result.rows} == row
    chosen.append(theirs["resolution"])
    (answer,) = mandate.another_rulebook(case, college_, {"mps": ["contest:elsewhere"]}, loader)
    assert answer.cannot == "a resolution does not say whom its votes are for"
    (answer,) = mandate.another_rulebook(case, college_, {"mps": ["nominations"]}, loader)
    assert answer.cannot == "there are no figures of nominations"


def test_one_roll_under_one_roll_is_the_same() -> None:
    (answer,) = mandate.another_rulebook(load("labour-2016"), "labour-2018")
    assert answer.result is not None and answer.declared is not None
    assert answer.result.rows == answer.declared.rows
    assert "not asked" in answer.assumptions[-1]


def test_it_stops_where_rounds_were_not_held() -> None:
    (first,) = mandate.another_rulebook(load("labour-2015"), "labour-2007")
    assert first.changes_winner is None
    assert first.cannot == "after round 1 nobody is elected under these rules, and no further round is in the figures"
    assert first.result is not None and len(first.result.rows) == 4
    (canada,) = mandate.another_rulebook(load("canada-conservative-leadership-2017"), "libdem")
    assert canada.cannot is not None and "was held without" in canada.cannot
    # The college of 2010 as one roll: on votes the same went out, in the same order, but for the last.
    (merged,) = mandate.another_rulebook(
        load("labour-2010"), rulebook(("everybody",)), {"everybody": ["plp", "members", "affiliated"]}
    )
    assert merged.result is not None or merged.cannot is not None


def test_what_has_no_counterpart_is_said() -> None:
    case = load("labour-2016")
    (fine_gael,) = mandate.another_rulebook(case, "fine-gael-2017")
    assert fine_gael.result is None
    assert fine_gael.cannot is not None and fine_gael.cannot.startswith("nothing in the contest stands for")
    (canada,) = mandate.another_rulebook(case, "cpc-2017")
    assert canada.cannot == "it counts by riding, and the votes of every riding are not known"
    (confidence,) = mandate.another_rulebook(case, "plp-confidence")
    assert confidence.cannot == "that rulebook knows no ballot"
    (turnout,) = mandate.another_rulebook(case, "spd-2019")
    assert turnout.cannot is not None and "those entitled is not known" in turnout.cannot


def test_mistakes_in_a_mapping_are_refused() -> None:
    case = load("labour-2016")
    for mapping, message in (
        ({"mps": ["members"]}, 'no section "mps"'),
        ({"members": ["member"]}, '"member" is not a source'),
        ({"plp": ["nominations:lords"]}, 'no body "lords"'),
    ):
        with pytest.raises(InputError, match=message):
            mandate.another_rulebook(case, "labour-2007", mapping)
    with pytest.raises(RulebookError, match="there is no rulebook"):
        mandate.another_rulebook(case, "labour-2061")
    (none,) = mandate.another_rulebook(load("labour-2015"), "labour-2007", {"plp": ["nominations+rest"]})
    assert none.cannot == "there is no holder on the paper for whom those who nominated nobody could be counted"
    (many,) = mandate.another_rulebook(
        load("labour-2015"), "labour-2007", {"plp": ["contest:uk-labour-plp-confidence-2016"]}
    )
    assert many.cannot is not None and "one challenger" in many.cannot


def test_repeated_ballots_of_a_body_under_other_rules_for_it() -> None:
    (answer,) = mandate.another_rulebook(load("labour-1976"), "conservatives-1975")
    assert answer.result is not None
    assert answer.cannot is not None and "those entitled is not known" in answer.cannot
    (own,) = mandate.another_rulebook(load("uk-conservative-leadership-1990"), "labour-1922")
    # More than half of the votes cast: Thatcher had 204 of 372.
    assert own.result is not None and own.result.elected == ("thatcher",)
    assert own.changes_winner is True and own.result.round == 1


def test_points_by_unit_as_votes_and_votes_as_points() -> None:
    units = {"north": {"ada": 60, "ben": 40}, "south": {"ada": 1, "ben": 9}}
    case = points(units, '{ unit = "riding", each = 100 }')
    assert declare(case).elected == ("ben",)
    (plain,) = mandate.another_rulebook(case, rulebook(("members",)))
    assert plain.result is not None and plain.result.elected == ("ada",)
    assert plain.changes_winner is True
    capped = points(units, '{ unit = "riding", each = 100, at_most_votes = true }').rulebook
    (cap,) = mandate.another_rulebook(case, capped)
    assert cap.result is not None and cap.result.whole == 110


def test_a_motion_under_another_wording() -> None:
    case = motion(40, 30)
    (again,) = mandate.another_rulebook(case, motion_rulebook("confidence", "majority of valid votes"))
    assert again.result is not None
    assert again.result.outcome == "lost"
    assert {row.candidate: row.votes for row in again.result.rows} == {"for": 30, "against": 40}
    assert "the other way round" in again.assumptions[0]
    (harder,) = mandate.another_rulebook(case, motion_rulebook("no confidence", "at least 2/3 of valid votes"))
    assert harder.result is not None and harder.result.elected == ("against",)
    assert harder.changes_winner is True


def test_a_contest_without_a_ballot_is_refused() -> None:
    case = case_of(rulebook(("members",)), contest_text(("ada", "ben"), [], top='elected = ["ada"]'))
    with pytest.raises(InputError, match="nothing can be asked"):
        mandate.what_ifs(case)
    assert mandate.swing(case).cannot == "no ballot was held, or its figures are not here"
