"""Contests held together: what a second official confirms is what the first proposed, as in a contest alone."""

from __future__ import annotations

import pytest
from tests.site.test_organisation_together import candidates, figures, prepared, roll, rolls_closed
from tests.site.world import World, at

from selectorate.errors import RefusedError
from selectorate.office.acts import candidates as acts_of_one
from selectorate.office.acts import confirm, contests
from selectorate.office.acts import figures as taking
from selectorate.office.acts import preparations as acts
from selectorate.office.acts import preparations_filled as filled
from selectorate.office.models import Candidate, Preparation

NUMBER = 3


def to_the_papers(office: World) -> Preparation:
    """The contests with rolls and candidates, of whom nobody has signed off."""
    with at("2016-06-01T10:00"):
        made = prepared(office, NUMBER)
        roll(office, NUMBER)
    with at("2016-06-20T10:00"):
        rolls_closed(office, made)
        rows = candidates(NUMBER)
        filled.import_candidates(office.alice, None, preparation=made.slug, rows=rows, evidence="folder 12")
    return made


def test_an_entry_written_anew_is_not_signed_off_by_what_was_signed_before(office: World) -> None:
    made = to_the_papers(office)
    with at("2016-06-20T10:00"):
        proposal = filled.record_sign_offs(office.alice, None, preparation=made.slug, evidence="folder 13")
        one = Candidate.objects.order_by("pk").first()
        acts_of_one.write_statement(office.alice, one.contest, candidate=one.key, text="Not what they signed.")
        with pytest.raises(RefusedError, match="things have changed"):
            confirm(office.bob, proposal)
        again = filled.record_sign_offs(office.alice, None, preparation=made.slug, evidence="folder 14")
        assert confirm(office.bob, again) == 3 * NUMBER


def test_figures_that_changed_meanwhile_are_not_declared_with_the_others(office: World) -> None:
    made = to_the_papers(office)
    with at("2016-06-20T10:00"):
        confirm(office.bob, filled.record_sign_offs(office.alice, None, preparation=made.slug, evidence="folder 13"))
        for who in (office.alice, office.registrar):
            seen = filled.all_papers_hash(filled.papers(made, "ballot").values())
            filled.preview_together(who, None, preparation=made.slug, stage="ballot", seen=seen)
    with at("2016-07-01T09:30"):
        acts.open_together(office.alice, None, preparation=made.slug, stage="ballot")
    with at("2016-07-15T12:30"):
        acts.close_together(office.alice, None, preparation=made.slug, stage="ballot")
        given = {"preparation": made.slug, "stage": "ballot"}
        for who in (office.alice, office.bob):
            filled.enter_figures_together(who, None, **given, rows=figures(NUMBER))
    with at("2016-07-16T12:30"):
        ready = [one.contest.pk for one in filled.waiting(made) if one.agreed]
        proposal = filled.declare_together(office.alice, None, preparation=made.slug, contests=ready)
        one = made.contests.get(unit__code="C001")
        confirm(office.bob, taking.set_figures_aside(office.alice, one, stage="ballot", reason="two columns changed"))
        rows = [
            {**row, "votes": {"60": "40", "40": "60"}.get(row["votes"], row["votes"])}
            for row in figures(NUMBER)
            if row["unit"] == "C001"
        ]
        for who in (office.alice, office.registrar):
            filled.enter_figures_together(who, None, **given, rows=rows)
        with pytest.raises(RefusedError, match="things have changed"):
            confirm(office.bob, proposal)
        assert not made.contests.filter(declared__isnull=False).exists()
        again = filled.declare_together(office.alice, None, preparation=made.slug, contests=ready)
        assert len(confirm(office.bob, again).done) == NUMBER


def test_a_date_that_was_changed_alone_is_not_undone_with_all(office: World) -> None:
    made = prepared(office, NUMBER)
    with at("2016-06-10T10:00"):
        given = {"key": "ballot_closes", "at": "2016-07-16T09:00", "reason": "the post is late"}
        proposal = acts.change_date_together(office.alice, None, preparation=made.slug, **given)
        one = made.contests.order_by("pk").first()
        confirm(
            office.bob,
            contests.change_date(
                office.alice, one, key="ballot_closes", at="2016-07-16T11:00", reason="a flood in this constituency"
            ),
        )
        with pytest.raises(RefusedError, match="things have changed"):
            confirm(office.bob, proposal)
        assert one.dates.get(key="ballot_closes").at.hour == 10  # 11:00 by the clock of summer
