"""The sheets of a count: table, JSON, RCTab's summary, tables of pairs, and the pictures of the transfers."""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
from fractions import Fraction
from xml.etree import ElementTree

import jsonschema
import pytest
from tests.golden.countsheets.make import CASES, HERE

from selectorate import sheets
from selectorate.ballots import Option, Profile, profile_of
from selectorate.count.lot import Lot
from selectorate.count.registry import METHODS, Options
from selectorate.count.result import Count
from selectorate.errors import InputError
from selectorate.sheets.blocks import Picture, Sheet, Table
from selectorate.sheets.count_json import json_schema
from selectorate.sheets.transfers import transfer_pictures

SMALL = profile_of(
    ["=Ann", "Bob", "Cyd", Option("Dan", withdrawn=True)],
    [(7, [1, 2]), (4, [2, 3]), (3, [3, 2]), (1, [4, 1, 1]), (2, [])],
    seats=2,
    title="A small election",
)


def counted(profile: Profile = SMALL, method: str = "scottish", seats: int = 2, lot: str | None = "seed") -> Count:
    return METHODS[method].run(profile, seats, Options(lot=Lot(lot, ("12", "7")) if lot else None, entitled=30))


def crowd(people: int, seats: int = 5) -> Profile:
    """As many rounds as can be, everybody with a long name."""
    names = [f"Candidate Featherstonehaugh-{number}" for number in range(1, people + 1)]
    ballots = [(40 + 7 * who, [who, (who * 3) % people + 1, (who * 5) % people + 1]) for who in range(1, people + 1)]
    return profile_of(names, [(number, list(dict.fromkeys(ranks))) for number, ranks in ballots], seats=seats)


@pytest.mark.parametrize("name", CASES)
def test_the_golden_sheets_are_the_same(name: str) -> None:
    assert CASES[name]() == (HERE / name).read_text(encoding="utf-8"), "python -m tests.golden.countsheets.make"


# -- the table ----------------------------------------------------------------------------------------------------


def lines(count: Count) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(sheets.count_csv(count), newline="")))


def test_a_line_is_a_candidate_in_a_round() -> None:
    rows = [row for row in lines(counted()) if row["candidate"] == "2"]
    assert [(row["round"], row["action"], row["of"], row["votes"], row["transfer"], row["status"]) for row in rows] == [
        ("1", "first preferences", "", "4", "", "continuing"),
        ("2", "surplus", "'=Ann", "5.75000", "1.75000", "continuing"),
        ("3", "exclusion", "Cyd", "8.75000", "3", "elected"),
    ]
    assert {row["candidate_name"] for row in lines(counted())} == {"'=Ann", "Bob", "Cyd", ""}, "safe, none withdrawn"


@pytest.mark.parametrize("method", [key for key, method in METHODS.items() if method.many])
def test_votes_of_a_round_add_up_in_the_table(method: str) -> None:
    count = counted(method=method)
    for item in count.rounds:
        rows = [row for row in lines(count) if row["round"] == str(item.number)]
        votes = {row["candidate"]: _exactly(row, "votes") for row in rows if row["kind"] == "candidate"}
        assert {who: amount for who, amount in votes.items() if amount} == {
            str(who): amount for who, amount in item.totals.items() if amount
        }
        other = {row["kind"]: _exactly(row, "votes") for row in rows}
        assert (other["exhausted"], other["lost"], other.get("quota")) == (item.exhausted, item.lost, item.quota)


def _exactly(row: dict[str, str], key: str) -> Fraction:
    if row[f"{key}_numerator"]:
        return Fraction(int(row[f"{key}_numerator"]), int(row[f"{key}_denominator"]))
    return Fraction(row[key])


def test_pairs_have_a_table_of_their_own() -> None:
    rows = lines(counted(method="schulze", seats=1))
    assert {row["kind"] for row in rows} == {"pair"}
    assert [row["votes"] for row in rows if (row["candidate_name"], row["of"]) == ("Bob", "Cyd")] == ["11"]


# -- JSON ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", list(METHODS))
@pytest.mark.parametrize("lot", ["seed", None])
def test_every_count_is_valid_json(method: str, lot: str | None) -> None:
    level = profile_of(["Ann", "Bob", "Cyd"], [(3, [1]), (3, [2]), (3, [3])])
    for profile in (SMALL, level, profile_of(["Ann", "Bob"], [])):
        count = counted(profile, method, 1, lot)
        plain = sheets.count_json(count, METHODS[method], "Title")
        jsonschema.validate(plain, json_schema())
        assert json.loads(json.dumps(plain)) == plain
        assert (plain["tied"] is None) == (not count.tied)


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema())


def test_what_moved_is_in_the_json() -> None:
    plain = sheets.count_json(counted(), METHODS["scottish"])
    assert plain["candidates"][3] == {"number": 4, "name": "Dan", "status": "withdrawn"}
    (moved,) = plain["rounds"][1]["moved"]
    assert moved == {
        "from": 1,
        "value": "0.25000",
        "given": [{"to": None, "papers": 1, "votes": "0.25000"}, {"to": 2, "papers": 7, "votes": "1.75000"}],
    }


def test_fractions_are_told_exactly() -> None:
    profile = profile_of(["A", "B", "C", "D"], [(5, [1, 2]), (2, [2]), (3, [3]), (1, [4, 3])])
    plain = sheets.count_json(counted(profile, "wigm-exact"), METHODS["wigm-exact"])
    assert plain["rounds"][0]["quota"] == "11/3"
    assert [item["votes"] for item in plain["rounds"][1]["standing"]] == ["11/3", "10/3", "3", "1"]


# -- the lot ------------------------------------------------------------------------------------------------------

LEVEL = profile_of(list("ABCDEFG"), [(3, [who]) for who in range(1, 8)], title="Level")


def drawn() -> dict[str, object]:
    return sheets.count_json(counted(LEVEL, "alternative-vote", 1), METHODS["alternative-vote"])


def test_a_draw_can_be_repeated_from_what_is_published() -> None:
    document = drawn()
    checks = sheets.check_draw(json.loads(json.dumps(document)), Lot("seed").commitment())
    assert len(checks) >= 4
    assert all(right for right, _ in checks)


def test_a_draw_that_was_tampered_with_is_found() -> None:
    assert not sheets.check_draw(drawn(), Lot("another").commitment())[0][0]
    for change in ({"seed": "other"}, {"numbers": ["7", "12"]}, {"order": [7, 6, 5, 4, 3, 2, 1]}, {"commitment": "00"}):
        document = drawn()
        lot = document["lot"]
        assert isinstance(lot, dict)
        assert lot["order"] != [7, 6, 5, 4, 3, 2, 1]
        document["lot"] = {**lot, **change}
        assert not all(right for right, _ in sheets.check_draw(document)), change


@pytest.mark.parametrize("document", [None, [], {}, {"format": "selectorate-count"}, "x"])
def test_what_is_no_count_is_refused(document: object) -> None:
    with pytest.raises(InputError, match="no count in JSON"):
        sheets.check_draw(document)
    with pytest.raises(InputError, match="no draw"):
        sheets.check_draw(sheets.count_json(counted(), METHODS["scottish"]))


def test_the_sheet_says_how_to_repeat_the_draw() -> None:
    count = counted(LEVEL, "alternative-vote", 1)
    text = sheets.sheet_text(sheets.count_sheet(count, METHODS["alternative-vote"], "Level"), 200)
    assert f"before the numbers were given: {Lot('seed').commitment()}" in text
    assert "Numbers given by scrutineers: 12, 7" in text
    assert "U+001F" in text


# -- RCTab's summary ----------------------------------------------------------------------------------------------


def test_a_surplus_that_waits_is_told_where_it_moves() -> None:
    profile = profile_of(
        ["A", "B", "C", "D", "E"], [(17, [1, 3]), (14, [1]), (25, [2, 4]), (6, [3, 4]), (9, [4, 3]), (2, [5])]
    )
    summary = sheets.rctab_summary(counted(profile, "scottish", 3), contest="T", date="2026-05-01")
    assert summary["config"]["contest"] == "T"
    done = [item["tallyResults"] for item in summary["results"]]
    assert done[0] == [
        {"elected": "A", "transfers": {"exhausted": "5.41926", "C": "6.58053", "residual surplus": "0.00021"}},
        {"elected": "B", "transfers": {}},
    ]
    assert done[1] == [{"elected": "B", "transfers": {"D": "6"}}]
    assert done[2] == [{"eliminated": "E", "transfers": {"exhausted": "2"}}]


def test_what_rctab_cannot_say_is_refused() -> None:
    for method, seats in (("schulze", 1), ("meek-prf", 2)):
        with pytest.raises(InputError, match="cannot say"):
            sheets.rctab_summary(counted(method=method, seats=seats))


def test_candidates_of_one_name_stay_two() -> None:
    profile = profile_of(["Ann", "Ann", "exhausted"], [(3, [1]), (2, [2]), (1, [3])])
    summary = sheets.rctab_summary(counted(profile, "alternative-vote", 1))
    assert list(summary["results"][0]["tally"]) == ["Ann (1)", "Ann (2)", "exhausted (3)"]


# -- pairs --------------------------------------------------------------------------------------------------------


def tables(sheet: Sheet) -> dict[str, Table]:
    return {table.id: table for table in sheet.tables()}


def rows(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


def test_pairs_on_the_sheet() -> None:
    profile = profile_of(["Ann", "Bob", "Nobody"], [(5, [1, 2, 3]), (4, [2, 1, 3]), (10, [1, 3, 2])])
    count = METHODS["debian"].run(profile, 1, Options())
    found = tables(sheets.count_sheet(count, METHODS["debian"], "Leader"))
    assert set(found) == {"pairs", "matrix"}, "no column of zeros"
    assert rows(found["pairs"]) == [
        ["Ann", "2", "0", "0", "elected"],
        ["Nobody", "1", "0", "1", ""],
        ["Bob", "0", "0", "2", "not considered"],
    ]
    assert rows(found["matrix"]) == [["1 Ann", "", "19", "15"], ["3 Nobody", "0", "", "10"], ["2 Bob", "4", "9", ""]]
    assert [cell.strong for cell in found["matrix"].rows[1].cells] == [False, False, False, True]


# -- pictures -----------------------------------------------------------------------------------------------------


def drawn_texts(picture: Picture) -> list[tuple[float, str, str]]:
    root = ElementTree.fromstring(picture.svg)
    space = "{http://www.w3.org/2000/svg}"
    return [
        (float(node.get("x", "0")), node.get("text-anchor", "start"), node.text or "")
        for node in root.iter(f"{space}text")
    ]


@pytest.mark.parametrize(("people", "method"), [(3, "alternative-vote"), (10, "scottish"), (30, "wigm"), (60, "ers97")])
def test_pictures_of_transfers_stay_legible(people: int, method: str) -> None:
    count = counted(crowd(people, 1 if people == 3 else 5), method, 1 if people == 3 else 5)
    pictures = transfer_pictures(count)
    heads: list[str] = []
    for picture in pictures:
        texts = drawn_texts(picture)
        starts = sorted({x for x, anchor, _ in texts if anchor == "start" and x})
        assert all(later - earlier >= 85 for earlier, later in itertools.pairwise(starts)), "room for figures"
        assert all(0 <= x <= 700 for x, _, _ in texts)
        heads += [text for _, _, text in texts if text.startswith("Round ")]
        assert len([x for x, _, text in texts if not x and "Candidate" in text]) <= 40
    assert list(dict.fromkeys(heads)) == [f"Round {item.number}" for item in count.rounds]


def test_a_picture_is_told_in_words_and_needs_no_colour() -> None:
    (picture,) = transfer_pictures(counted())
    assert picture.description == (
        "Round 1, first preferences: =Ann 8, Bob 4, Cyd 3; elected: =Ann. "
        "Round 2, surplus of =Ann: =Ann −2, Bob +1.8. Round 3, Cyd out: Bob +3, Cyd −3; elected: Bob."
    )
    colours = set(re.findall(r"#([0-9a-f]{6})", picture.svg))
    assert all(colour[:2] == colour[2:4] == colour[4:] for colour in colours), "greys"
    assert 'role="img"' in picture.svg


def test_names_cannot_get_out_of_a_picture() -> None:
    profile = profile_of(["<script>x</script>", "B & C", "\x1b[31m"], [(5, [1, 2]), (4, [2]), (3, [3, 1])])
    for picture in transfer_pictures(counted(profile, "alternative-vote", 1)):
        assert "<script" not in picture.svg
        ElementTree.fromstring(picture.svg)


def shown(people: int, seats: int = 5, method: str = "scottish") -> Sheet:
    count = counted(crowd(people, seats), method, seats)
    return sheets.illustrated_count(sheets.count_sheet(count, METHODS[method], "A crowd"), count)


def test_pictures_are_on_the_page_and_not_in_text() -> None:
    sheet = shown(12)
    html = sheets.sheet_html(sheet)
    assert html.count("picture dense") == html.count("<svg") >= 2
    assert "svg" not in sheets.sheet_text(sheet)


def test_a_long_count_goes_over_as_many_pages_as_it_takes() -> None:
    pdf = sheets.sheet_pdf(shown(30), pages=None)
    assert pdf.startswith(b"%PDF")
    assert len(pdf) > 50_000


def test_unusual_marks_are_counted_by_kind() -> None:
    profile = profile_of(["Ann", "Bob", "Cyd"], [(3, [1, 2]), (2, [(1, 2), 3]), (1, [2, None, 3]), (4, [3, 3, 1])])
    count = METHODS["scottish"].run(profile, 1, Options(lot=Lot("x")))
    text = sheets.sheet_text(sheets.count_sheet(count, METHODS["scottish"], "Marks"))
    assert "Several candidates at one rank: 2 ballots." in text
    assert "A rank left empty before others: 1 ballot." in text
    assert "A candidate ranked more than once: 4 ballots." in text
    assert "Spoilt, several at the rank where it would begin: 2 ballots." in text
