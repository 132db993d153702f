"""Holders on a day against a naive walk, the tree after any moves, the busiest days against every window."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.site.world import World, at

from selectorate.errors import RefusedError
from selectorate.office import holdings
from selectorate.office.acts import organisation, units
from selectorate.office.models import Bench, Office, Person, Tenure, Unit

FIRST = date(2016, 1, 1)
DAYS = 24
days = st.integers(0, DAYS).map(lambda number: FIRST + timedelta(days=number))
spans = st.tuples(st.integers(0, 3), days, st.one_of(st.none(), days), st.sampled_from(["elected", "acting"]))
examples = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
"""Each example is some dozens of acts in a database; it is undone before the next."""


class Undone(Exception):
    """Takes back what an example wrote."""


def holds(span: tuple[date, date | None], day: date) -> bool:
    """Whether somebody holds an office on a day: from the first day, until the day on which they go begins."""
    return span[0] <= day and (span[1] is None or day < span[1])


@examples
@given(places=st.integers(1, 3), entered=st.lists(spans, max_size=10))
def test_holders_on_a_day_are_those_of_a_naive_walk(
    office: World, places: int, entered: list[tuple[int, date, date | None, str]]
) -> None:
    every = [FIRST + timedelta(days=number) for number in range(-2, DAYS + 3)]
    try:
        with transaction.atomic(), at("2016-06-01T10:00"):
            post = organisation.make_office(office.alice, None, unit="party", name="Post", places=places)
            people = [Person.objects.create(name=f"P{n}", slug=f"p{n}") for n in range(4)]
            kept: list[tuple[int, date, date | None, str]] = []
            for who, began, ended, how in entered:
                spans_now = [one for one in kept if one[0] == who]
                clash = any(
                    holds((one[1], one[2]), day) and holds((began, None), day) for one in spans_now for day in every
                )
                full = any(
                    sum(holds((one[1], one[2]), day) for one in kept) >= places and holds((began, None), day)
                    for day in every
                )
                try:
                    made = organisation.begin_tenure(
                        office.alice, None, office=post.pk, person=people[who].slug, began=began.isoformat(), how=how
                    )
                except RefusedError:
                    assert clash or full
                    continue
                assert not clash and not full
                if ended is not None and ended >= began:
                    organisation.end_tenure(office.alice, None, tenure=made.pk, ended=ended.isoformat(), how="resigned")
                    kept.append((who, began, ended, how))
                else:
                    kept.append((who, began, None, how))
            for day in every:
                naive = sorted(f"p{who}" for who, began, ended, _how in kept if holds((began, ended), day))
                assert sorted(one["slug"] for one in holdings.holders_on(office.national, day)) == naive
                assert sorted(one.person.slug for one in post.holders(day).select_related("person")) == naive
                assert len(naive) <= places and len(naive) == len(set(naive))
                acting = sum(how == "acting" and holds((b, e), day) for _who, b, e, how in kept)
                assert post.vacant(day) == (len(naive) - acting < places)
            raise Undone
    except Undone:
        pass


moves = st.lists(st.tuples(st.integers(0, 9), st.integers(-1, 9), st.booleans()), max_size=12)


@examples
@given(parents=st.lists(st.integers(-1, 8), min_size=10, max_size=10), moved=moves)
def test_paths_are_those_of_the_parents_after_any_moves(
    office: World, parents: list[int], moved: list[tuple[int, int, bool]]
) -> None:
    try:
        with transaction.atomic():
            made: list[Unit] = []
            for number, parent in enumerate(parents):
                above = made[parent].path if 0 <= parent < len(made) else "party"
                try:
                    made.append(units.make_unit(office.alice, None, name=f"Unit {number}", kind="branch", parent=above))
                except RefusedError:
                    made.append(
                        units.make_unit(office.alice, None, name=f"Unit {number}", kind="branch", parent="party")
                    )
            for number, (who, where, rename) in enumerate(moved):
                unit = Unit.objects.get(pk=made[who].pk)
                before = dict(Unit.objects.values_list("pk", "path"))
                try:
                    if rename:
                        units.rename_unit(
                            office.alice, None, unit=unit.pk, name=f"Renamed {number}", kind="branch", address=True
                        )
                    else:
                        parent = before[made[where].pk] if where >= 0 else ""
                        units.move_unit(office.alice, None, unit=unit.pk, parent=parent)
                except RefusedError:
                    assert dict(Unit.objects.values_list("pk", "path")) == before, "refused, and nothing changed"
                every = {one.pk: one for one in Unit.objects.all()}
                for one in every.values():
                    walk, up = [one.slug], one
                    while up.parent_id is not None:
                        up = every[up.parent_id]
                        walk.insert(0, up.slug)
                        assert len(walk) <= units.MAX_DEPTH
                    assert one.path == "/".join(walk)
            raise Undone
    except Undone:
        pass


@examples
@given(ends=st.lists(days, max_size=12), length=st.integers(1, 10))
def test_the_busiest_days_are_those_of_every_window(office: World, ends: list[date], length: int) -> None:
    try:
        with transaction.atomic():
            bench = Bench.objects.create(name="B", slug="b", unit=office.national)
            post = Office.objects.create(unit=office.national, name="O", slug="o", bench=bench, places=50)
            for number, day in enumerate(ends):
                person = Person.objects.create(name=f"P{number}", slug=f"q{number}")
                Tenure.objects.create(
                    office=post, person=person, began=FIRST, began_how="elected", ended=day, ended_how="resigned"
                )
            found = holdings.busiest(bench, length)
            if not ends:
                assert found is None
            else:
                most = max(sum(0 <= (day - first).days < length for day in ends) for first in ends)
                first, last = found
                assert (last - first).days == length - 1
                assert sum(first <= day <= last for day in ends) == most
            raise Undone
    except Undone:
        pass
