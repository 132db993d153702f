"""A published log of acts, checked from the file alone: whatever is done to it is found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from selectorate.cli import app
from selectorate.contest.published_log import (
    FIELDS,
    GENESIS,
    canonical,
    commitment,
    entry_hash,
    read_published,
    verify_published,
)
from selectorate.errors import InputError

VECTOR = Path(__file__).parents[2] / "vectors" / "acts.json"
"""A log as an office published it; its hashes are worked out here by another way."""


def log(number: int = 6, name: str = "contest:1") -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = []
    for place in range(1, number + 1):
        entry = {
            "log": name,
            "number": place,
            "kind": "set_date",
            "at": f"2016-07-12T10:00:00.{place:06d}Z",
            "role": "returning-officer",
            "second_role": "",
            "commitment": commitment("ab" * 32, {"place": place}),
            "previous": entries[-1]["hash"] if entries else GENESIS,
        }
        entry["hash"] = entry_hash({**entry, "hash": ""})
        entries.append(entry)
    return entries


def vector() -> str:
    """What stands in ``tests/vectors/acts.json``, made anew."""
    entries = log(4)
    data = {"contest": "leader", "log": "contest:1", "head": entries[-1]["hash"], "withheld": False, "entries": entries}
    return json.dumps(data, indent=1) + "\n"


def says(entries: Any, **more: Any) -> list[tuple[int, str]]:
    return [(fault.number, fault.says) for fault in verify_published(entries, **more)]


def test_a_whole_log_holds() -> None:
    assert says(log()) == [] and says([]) == []
    assert says(log(), head=log()[-1]["hash"], kept=log(4)) == []
    assert str(verify_published(log()[1:])[0]) == "entry 2: an entry is missing before it"


def test_the_vector_is_what_its_generator_makes() -> None:
    assert VECTOR.read_text(encoding="utf-8") == vector()


def test_the_hash_is_what_the_documentation_says() -> None:
    entries, head = read_published(VECTOR.read_bytes(), "acts.json")
    import hashlib

    for entry in entries:
        fields = sorted(set(FIELDS) - {"hash"})
        number = {"number": str(entry["number"])}
        text = "{" + ",".join(f'"{key}":{number.get(key) or json.dumps(entry[key])}' for key in fields) + "}"
        assert hashlib.sha256(text.encode()).hexdigest() == entry["hash"]
    assert says(entries, head=head) == []


@given(st.data())
def test_any_change_is_found(data: st.DataObject) -> None:
    entries = log()
    place = data.draw(st.integers(0, 5))
    field = data.draw(st.sampled_from(FIELDS))
    value = entries[place][field]
    other = data.draw(
        st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.floats(), st.lists(st.integers()))
        if field == "number"
        else st.one_of(st.none(), st.integers(), st.text(max_size=70), st.from_regex(r"\A[0-9a-f]{64}\Z"))
    )
    if other == value and type(other) is type(value):
        return
    entries[place][field] = other
    assert says(entries), (place, field, other)


@pytest.mark.parametrize("place", range(6))
def test_dropped_doubled_and_swapped_entries_are_found(place: int) -> None:
    entries, head = log(), log()[-1]["hash"]
    assert says([*entries[:place], *entries[place + 1 :]], head=head)
    doubled = says([*entries[: place + 1], *entries[place:]], head=head)
    assert (place + 1, "there are two of this number") in doubled
    if place < 5:
        swapped = [*entries]
        swapped[place], swapped[place + 1] = swapped[place + 1], swapped[place]
        assert says(swapped, head=head)


def test_the_end_is_missing() -> None:
    assert says(log()[:4], head=log()[-1]["hash"]) == [(4, "the end of the log is missing, or is another")]
    assert says(log(4), kept=log()) == [(5, "it was in the older copy, and is gone")]


def test_a_log_written_anew_differs_from_the_older_copy() -> None:
    anew = log()
    for place in range(2, 6):
        anew[place]["kind"] = "nominate" if place == 2 else anew[place]["kind"]
        anew[place]["previous"] = anew[place - 1]["hash"]
        anew[place]["hash"] = entry_hash(anew[place])
    assert says(anew) == []
    assert says(anew, kept=log(4)) == [(3, "it was another in the older copy: the log was written anew from here on")]
    assert says(anew, kept=[{"log": 1}])[0][1].startswith("in the older copy, it has not exactly these")


@pytest.mark.parametrize("entry", [None, 1, [], {}, {**log(1)[0], "more": 1}, {"log": "\ud800"}])
def test_what_is_no_entry_is_a_fault_and_no_crash(entry: Any) -> None:
    found = says([*log(1), entry, *log(3)[2:]])
    assert found and found[0][0] == 2


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(FIELDS) | st.text(), inner),
    )
)
def test_anything_at_all_is_read_or_refused(anything: Any) -> None:
    says([anything])
    assert canonical({"b": 1, "a": [True, None]}) == b'{"a":[true,null],"b":1}'


def test_the_command(tmp_path: Path) -> None:
    def run(*arguments: object) -> Any:
        return CliRunner().invoke(app, ["acts", "check", *map(str, arguments)])

    good, bad, older = tmp_path / "good.json", tmp_path / "bad.json", tmp_path / "older.json"
    entries = log()
    good.write_text(json.dumps({"head": entries[-1]["hash"], "entries": entries}))
    older.write_text(json.dumps({"head": entries[3]["hash"], "entries": entries[:4]}))
    result = run(good, "--kept", older)
    assert result.exit_code == 0 and "6 entries" in result.output and "the 4 entries of the older copy" in result.output
    entries[2]["kind"] = "nominate"
    bad.write_text(json.dumps({"head": entries[-1]["hash"], "entries": entries}))
    result = run(bad)
    assert result.exit_code == 1 and "entry 3: it was changed after it was written" in result.output
    assert json.loads(run(bad, "--json").output)["faults"][0]["number"] == 3
    for broken in ("[" * 100_000, "{}", '{"entries": {}, "head": ""}', "\udcff"):
        bad.write_bytes(broken.encode("utf-8", "surrogateescape"))
        assert run(bad).exit_code == 2
    for nothing in (tmp_path / "none.json", tmp_path):
        assert run(nothing).exit_code == 2
    with pytest.raises(InputError):
        read_published(b"1", "x")
