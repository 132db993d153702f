"""Looking at a file, mapping it, reading it: what is not a matter of nasty files."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from selectorate import roll as R
from selectorate.errors import InputError, MissingPartError
from selectorate.roll import csvs, sources
from selectorate.rules.consistency import ROLL_COLUMNS

CSV = b"Member no,Full name,Member since,Note\n1,Ada,2015-03-17,x\n2,Bo,2014-02-28,y\n"


def test_what_rulebooks_can_test_is_on_the_roll() -> None:
    assert {name: R.COLUMNS[name].holds for name in ROLL_COLUMNS} == ROLL_COLUMNS


def test_a_table_says_what_it_is() -> None:
    table = R.look(CSV, "members.csv")
    assert (table.kind, table.encoding, table.separator, table.header) == ("csv", "utf-8", ",", 1)
    assert table.headings == ("Member no", "Full name", "Member since", "Note")
    assert table.sample[0] == ("1", "Ada", "2015-03-17", "x")
    assert "Ada" not in repr(table)


def test_a_mapping_is_remembered_where_its_headings_are() -> None:
    table = R.look(CSV, "members.csv")
    guess = R.propose_mapping(table)
    assert guess.columns == {"number": "Member no", "name": "Full name", "joined": "Member since"}
    mine = R.Mapping(columns={**guess.columns, "unit": "Note"}, fixed={"capacity": "member"})
    other = R.Mapping(columns={"number": "No", "name": "Who"})
    assert R.propose_mapping(table, [other, mine]) == mine
    assert R.propose_mapping(table, [other]) == guess


def test_a_mapping_is_kept_in_a_file(tmp_path: Path) -> None:
    mine = R.Mapping(
        columns={"number": "N°", "name": 'The "name"'},
        fixed={"capacity": "member"},
        words={"paid": {"bezahlt!": "yes"}},
        blank={"suspended": "no"},
        day_first=False,
        prefix="x-",
        digits=6,
        covers="additions",
    )
    path = tmp_path / "mapping.toml"
    path.write_text(mine.to_toml(), encoding="utf-8")
    assert R.load_mapping(path) == R.mapping_of(mine.to_toml()) == mine
    assert R.Mapping(**mine.model_dump(mode="json")) == mine


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            '[columns]\njoinde = "Since"\n',
            'm.toml:2: columns.joinde: a roll has no column "joinde". Did you mean "joined"?',
        ),
        ('covers = "all"\n', "m.toml:1: covers: "),
        ('zone = "London"\n', 'm.toml:1: zone: there is no zone of this name. Write it as "Europe/London".'),
        ('columns = { unit = "a" }\nfixed = { unit = "b" }\n', '"unit" is both a column and fixed'),
    ],
)
def test_a_mapping_that_cannot_be_is_refused_with_its_line(text: str, said: str) -> None:
    with pytest.raises(InputError) as told:
        R.mapping_of(text, "m.toml")
    assert said in str(told.value)


def test_where_there_are_questions_nothing_is_taken() -> None:
    reading = R.read(R.look(CSV, "members.csv"), R.Mapping(columns={"number": "Member no"}))
    assert [question.key for question in reading.questions] == ["columns.name", "fixed.capacity"]
    assert len(reading.roll) == 0
    with pytest.raises(InputError, match="which column has the name"):
        R.dry_run(R.Roll.empty(), reading)


def test_a_refusal_shows_its_value_to_the_clerk_only() -> None:
    table = R.look(b"Number,Name,Joined\n1,Ada,spring\n", "a.csv")
    reading = R.read(table, R.propose_mapping(table).model_copy(update={"fixed": {"capacity": "member"}}))
    (refusal,) = reading.refusals
    assert refusal.value == "spring" and "spring" not in repr(refusal)
    assert reading.held == {"1"} and reading.unnamed == 0


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file"):
        R.look(tmp_path / "none.csv")
    with pytest.raises(InputError, match="is a folder"):
        R.look(tmp_path)


def test_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "MAX_BYTES", 50)
    with pytest.raises(InputError, match="is larger than"):
        R.look(CSV)
    monkeypatch.undo()
    monkeypatch.setattr(csvs, "MAX_ROWS", 2)
    with pytest.raises(InputError, match="more than 2 rows"):
        R.look(CSV)


def test_without_the_extra_a_workbook_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    with pytest.raises(MissingPartError) as told:
        R.look(b"PK\x03\x04", "members.xlsx")
    assert 'pip install "selectorate[office]"' in str(told.value)


@pytest.mark.parametrize(
    "rows",
    [
        [{"person": "1", "name": "Ada"}],
        [{"person": "1", "name": "Ada", "capacity": "member"}] * 2,
        [{"person": "1", "name": "Ada", "capacity": "member", "shoe": 42}],
        [{"person": "1", "name": "Ada", "capacity": "member", "born": "long ago"}],
    ],
)
def test_a_roll_that_cannot_be_is_refused(rows: list[dict[str, object]]) -> None:
    with pytest.raises(InputError) as told:
        R.Roll.of(rows)
    assert "Ada" not in str(told.value)
