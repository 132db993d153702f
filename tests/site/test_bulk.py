"""Many rows at once: an empty table gets its indexes when the rows are in, and has all of them again."""

from __future__ import annotations

import polars as pl
import pytest
from django.db import connection, transaction
from tests.site import rolled
from tests.site.world import World

from selectorate.office.models import RollEntry
from selectorate.office.rolls import bulk

TABLE = RollEntry._meta.db_table


def indexes() -> dict[str, str]:
    """Every index of the roll, with the words that make it."""
    sql = {
        "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = %s AND sql IS NOT NULL",
        "postgresql": "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(sql, [TABLE])
        return dict(cursor.fetchall())


def statements(run: object) -> list[str]:
    """What the database is told of the indexes of the roll while ``run`` runs."""
    found: list[str] = []
    indexed = bulk.raw

    class Told:
        """A connection whose words are taken down."""

        def __getattr__(self, name: str) -> object:
            return getattr(indexed(), name)

        def execute(self, sql: str, *given: object) -> object:
            found.append(sql)
            return indexed().execute(sql, *given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bulk, "raw", Told)
        run()  # type: ignore[operator]
    there = indexes()
    return [one for one in found if one.startswith(("DROP", "CREATE")) and any(name in one for name in there)]


def test_the_first_roll_leaves_every_index_there(office: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "CHUNK", 3)
    before = indexes()
    assert "entry_by_mail" in before
    rows = [rolled.member(f"m{number}", f"Member {number}") for number in range(4)]
    told = statements(lambda: rolled.applied(office, rolled.csv_of(rows)))
    assert any(one.startswith("DROP INDEX") for one in told) and any(one.startswith("CREATE INDEX") for one in told)
    assert indexes() == before
    assert RollEntry.objects.count() == 4


def test_a_few_rows_and_a_roll_that_is_there_are_put_in_as_ever(office: World, monkeypatch: pytest.MonkeyPatch) -> None:
    assert statements(lambda: rolled.applied(office, rolled.csv_of([rolled.member("m1", "Member One")]))) == []
    monkeypatch.setattr(bulk, "CHUNK", 1)
    rows = [rolled.member(f"m{number}", f"Member {number}") for number in range(4)]
    assert statements(lambda: rolled.applied(office, rolled.csv_of(rows))) == []


def test_rows_that_are_refused_leave_every_index_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "CHUNK", 1)
    before = indexes()
    with pytest.raises(Exception, match=r"(?i)null"), transaction.atomic():
        bulk.insert(TABLE, pl.DataFrame({"person": ["m1", "m2"]}))
    assert indexes() == before
