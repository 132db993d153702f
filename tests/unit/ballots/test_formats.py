"""The registry of formats, and the formats other than BLT."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from tests.bad.ballots.make_workbooks import workbook

import selectorate
from selectorate.ballots import Option, Profile, formats, profile_of
from selectorate.ballots.formats import rctab
from selectorate.ballots.formats.base import Tally
from selectorate.ballots.formats.cells import rank_heading
from selectorate.errors import InputError

SHARED = Path(selectorate.__file__).resolve().parents[3] / "shared" / "ballots"
RCTAB = SHARED / "rctab"
NOT_BALLOTS = {
    "LICENSE.html",
    "LICENSE.md",
    "README.md",
    "expected.json",
    "expected_winners.json",
    "official_counts.json",
}
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="../shared/ballots is not here")


def ballots(profile: Profile) -> dict[tuple[object, ...], int]:
    return {tuple(ranks): number for number, ranks in profile.rankings()}


def names(profile: Profile) -> list[str]:
    return [option.name for option in profile.candidates]


def read(text: str, format: str | None = None, contest: str | None = None) -> Profile:
    return formats.read(text.encode(), format=format, contest=contest)


# --- the registry ---


@pytest.mark.parametrize("found", formats.FORMATS.values(), ids=lambda found: found.id)
def test_every_format_says_what_it_is(found: formats.Format) -> None:
    assert found.id == found.id.lower() and formats.FORMATS[found.id] is found
    assert found.name and found.description.endswith(".") and len(found.description) < 120
    assert found.reads or found.writes
    assert found.extensions and all(ending.startswith(".") for ending in found.extensions)


def test_a_format_that_is_not_there() -> None:
    with pytest.raises(InputError, match='there is no format "word"'):
        read("x", format="word")
    with pytest.raises(InputError, match="is not written"):
        formats.write(profile_of(["Ann"], []), io.StringIO(), "json-records")


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("x.blt", "blt"),
        ("X.SOI", "preflib"),
        ("x.toc", "preflib"),
        ("x.cat", "preflib-cat"),
        ("x.dat", "dat"),
        ("x.csv", "csv"),
        ("x.xlsx", "ess"),
    ],
)
def test_the_format_of_a_file_to_be_written(tmp_path: Path, name: str, found: str) -> None:
    assert formats.by_extension(name).id == found
    formats.write(profile_of(["Ann", "Ben"], [(2, [1])]), tmp_path / name)
    assert ballots(formats.read(tmp_path / name))
    with pytest.raises(InputError, match="does not say in which format"):
        formats.by_extension("x.doc")


def test_a_file_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written"):
        formats.write(profile_of(["Ann"], []), tmp_path / "no" / "x.blt")


def test_an_open_file_and_a_name() -> None:
    assert formats.read(io.BytesIO(b"1 1\n2 1 0\n0\nAnn\n")).total == 2
    with pytest.raises(InputError, match=r"^upload.blt:2: "):
        formats.read(io.BytesIO(b"1 1\n2 x 0\n0\nAnn\n"), name="upload.blt")


def test_joined_ballots_have_the_same_candidates() -> None:
    one, other = profile_of(["Ann", "Ben"], [(2, [1, 2])]), profile_of(["Ann", "Bem"], [(1, [1])])
    assert formats.joined([one, one]).total == 4
    with pytest.raises(InputError, match="different candidates"):
        formats.joined([one, other])


# --- papers as they add up ---


def test_papers_are_merged_as_they_come() -> None:
    """What stays in memory follows the number of distinct papers, not of ballots."""
    tally = Tally("x")
    for number in range(300_000):
        tally.add((1 + number % 5, 1 + number % 7), 1)
    assert len(tally._papers) == 35
    profile = tally.profile([Option(str(number)) for number in range(1, 8)])
    assert profile.total == 300_000 and profile.papers.shape == (35, 2)


def test_sets_are_numbered_in_an_order_of_their_own() -> None:
    options = [Option(name) for name in "abcd"]
    one, other = Tally("x"), Tally("x")
    papers = [([2, 3], 1), ([1, 4], 2), ([], 3)]
    for group, number in papers:
        one.add([one.code(group), 1], number)
    other.code([1, 2, 3])  # of a paper that was not counted
    for group, number in reversed(papers):
        other.add([other.code(group), 1], number)
    first, second = one.profile(options), other.profile(options)
    assert first.sets == second.sets == ((), (1, 4), (2, 3))
    assert (first.papers == second.papers).all() and (first.number == second.number).all()


def test_profile_of_does_not_depend_on_order_either() -> None:
    rows = [(1, [(2, 3)]), (2, [(1, 2), 3]), (1, [None, 1, None])]
    one, other = profile_of("abc", rows), profile_of("abc", rows[::-1])
    assert one.sets == other.sets == ((1, 2), (2, 3)) and (one.papers == other.papers).all()
    assert (None, 1) in ballots(one)


# --- PrefLib, matrices, tables, tally sheets, records ---


def test_preflib_with_ties_gaps_and_blanks() -> None:
    head = "# TITLE: T\n# ALTERNATIVE NAME 1: A: B\n# ALTERNATIVE NAME 2: C\n# ALTERNATIVE NAME 3: D\n"
    profile = read(head + "2: 3,{1,2}\n1: {},2\n4: {}\n1:1,2 , 3\n")
    assert ballots(profile) == {(3, (1, 2)): 2, (None, 2): 1, (): 4, (1, 2, 3): 1}
    assert names(profile) == ["A: B", "C", "D"] and profile.title == "T" and profile.seats is None


def test_preflib_is_written_as_narrow_as_can_be() -> None:
    def kind(*papers: tuple[int, list[object]]) -> str:
        out = io.StringIO()
        formats.write(profile_of("abc", papers), out, "preflib")  # type: ignore[arg-type]
        return out.getvalue().split("DATA TYPE: ")[1][:3]

    assert kind((1, [1, 2, 3])) == "soc"
    assert kind((1, [1, 2])) == "soi"
    assert kind((1, [(1, 2), 3])) == "toc"
    assert kind((1, [(1, 2)])) == "toi"


def test_categories_of_more_than_two_are_ranks() -> None:
    head = "# DATA TYPE: cat\n# NUMBER CATEGORIES: 3\n# ALTERNATIVE NAME 1: A\n# ALTERNATIVE NAME 2: B\n"
    assert ballots(read(head + "2: {1},{},{2}\n")) == {(1, None, 2): 2}


def test_a_ward_without_a_contest() -> None:
    profile = formats.read(b"1 North Isles\n3 2 0 0\nDuncan ANDERSON, Ind\nRyan THOMSON, Ind\n", name="x.dat")
    assert (profile.total, profile.seats, profile.title) == (0, 3, "1 North Isles")
    assert profile.candidates == (Option("Duncan ANDERSON", "Ind"), Option("Ryan THOMSON", "Ind"))


def test_a_matrix_with_ties_and_gaps() -> None:
    profile = read('W\n2 3 3 9\n"A B" "P, Q", \nC, D, E\nF\n2 1 1 2\n1 0 3 0\n5 0 0 0\n')
    assert ballots(profile) == {((1, 2), 3): 2, (None, None, 2): 1, (): 5}
    assert [(o.name, o.party) for o in profile.candidates] == [("A B", "P, Q"), ("C, D", "E"), ("F", None)]


@pytest.mark.parametrize(
    ("heading", "rank"),
    [
        ("rank 1", 1),
        ("Rank2", 2),
        ("choice_3", 3),
        ("1st Choice", 1),
        (" 4th Choice", 4),
        ("2nd", 2),
        ("5", 5),
        ("For Mayor Choice 10 (90)", 10),
        ("3RD CHOICE PARK AND RECREATION COMMISSIONER AT LARGE MINNEAPOLIS", 3),
        ("Second preference", 2),
        ("first", 1),
        ("Precinct", None),
        ("Ballot #", None),
        ("Ann Choice", None),
        ("COUNT", None),
    ],
)
def test_headings_of_ranks(heading: str, rank: int | None) -> None:
    assert rank_heading(heading) == rank


def test_a_table_of_ranks() -> None:
    text = "Ballot;Precinct;1st choice;2nd choice;3rd choice;Count\n"
    text += "1;p;Ann;;Ben;2\n2;p;undervote;Ben;overvote;1\n3;q;;;;4\n"
    profile = read(text)
    assert names(profile) == ["Ann", "Ben"]
    assert ballots(profile) == {(1, None, 2): 2, (None, 2, ()): 1, (): 4}


def test_a_table_of_candidates() -> None:
    profile = read("Response ID,precinct_id,Ann,Ben,Ann,Write-in\n1,a,1,2,,\n2,a,1,1,3,\n3,b,,,,0\n")
    assert names(profile) == ["Ann", "Ben", "Ann", "Write-in"], "two of one name are two"
    assert profile.candidates[3].write_in
    assert ballots(profile) == {(1, 2): 1, ((1, 2), None, 3): 1, (): 1}


def test_two_of_one_name_are_two_in_our_table() -> None:
    text = "# candidate 1: Ann\n# candidate 2: Ann\nballots,rank 1,rank 2\n2,#1,#2\n1,#2|#1,\n"
    assert ballots(read(text)) == {(1, 2): 2, ((1, 2),): 1}


def test_a_spreadsheet_finds_no_formula() -> None:
    out = io.StringIO()
    formats.write(profile_of(["=HYPERLINK()", "Ben"], [(1, [1, 2])]), out, "csv")
    assert out.getvalue().splitlines()[-1] == "1,#1,Ben"
    out = io.StringIO()
    formats.write(profile_of(["=HYPERLINK()", "Ben"], [(1, [1, 2])]), out, "csv-columns")
    assert out.getvalue().splitlines()[0] == "ballot id, =HYPERLINK(),Ben"


def test_a_tally_sheet() -> None:
    text = " Tally Sheet\n  Option 1------->: Ann\n /  Option 2---->: Raphaël\n |/  Option 3-->: None\n"
    text += "V: 21- \t\tabc\nV: 1AA def\n"
    profile = formats.read(text.encode("latin-1"))
    assert names(profile) == ["Ann", "Raphaël", "None"]
    assert ballots(profile) == {(2, 1): 1, (1, *[None] * 8, (2, 3)): 1}


def test_records_of_ranks() -> None:
    profile = read('[{"id": 7, "rank_1": "Ben", "rank_2": null, "rank_3": "Ann"}, {"rank_2": "Ben"}]')
    assert ballots(profile) == {(2, None, 1): 1, (None, 2): 1}


def test_records_of_approvals_have_no_order() -> None:
    profile = read('[{"vote_1": "B", "vote_2": "A"}, {"vote_1": "A", "vote_2": "B"}, {"vote_1": "A"}, {}]')
    assert ballots(profile) == {((1, 2),): 2, (1,): 1, (): 1}


# --- CDF ---


def cdf(*cvrs: dict[str, object], first: str = "CVR", selections: list[dict[str, object]] | None = None) -> str:
    election = {
        "Candidate": [
            {"@id": "a", "Name": "Ann", "PartyId": "p"},
            {"@id": "b", "Name": {"Text": [{"Content": "Ben"}]}},
        ],
        "Contest": [
            {
                "@id": "k",
                "Name": "Board",
                "NumberElected": 2,
                "ContestSelection": selections
                or [
                    {"@id": "sa", "CandidateIds": ["a"]},
                    {"@id": "sb", "CandidateIds": ["b"]},
                    {"@id": "sw", "IsWriteIn": True},
                ],
            },
            {"@id": "m", "Name": "Mayor", "ContestSelection": [{"@id": "sm", "CandidateIds": ["a"]}]},
        ],
    }
    document: dict[str, object] = {"@type": "CVR.CastVoteRecordReport"}
    both: dict[str, object] = {"CVR": list(cvrs), "Election": [election], "Party": [{"@id": "p", "Name": "Red"}]}
    for key in (first, *(key for key in both if key != first)):
        document[key] = both[key]
    return json.dumps(document, indent=1)


def record(*marks: dict[str, object], contest: str = "k", kind: str = "original") -> dict[str, object]:
    selections = [
        {"ContestSelectionId": str(mark["who"]), "SelectionPosition": [{k: v for k, v in mark.items() if k != "who"}]}
        for mark in marks
    ]
    contests = [{"ContestId": contest, "CVRContestSelection": selections}]
    return {"CVRSnapshot": [{"@id": "1", "Type": kind, "CVRContest": contests}], "CurrentSnapshotId": "1"}


@pytest.mark.parametrize("first", ["CVR", "Election"])
def test_cdf_before_and_after_the_election(first: str) -> None:
    text = cdf(
        record({"who": "sb", "Rank": 1}, {"who": "sa", "Rank": 3}),
        record({"who": "sb", "Rank": 1}, {"who": "sa", "Rank": 1}),
        record({"who": "sa", "Rank": 1, "HasIndication": "no"}, {"who": "sb", "Rank": 2, "IsAllocable": "no"}),
        record({"who": "sw", "Rank": "1"}),
        record({"who": "sm", "Rank": 1}, contest="m"),
        first=first,
    )
    profile = read(text, contest="Board")
    assert profile.candidates == (Option("Ann", "Red"), Option("Ben"), Option("Write-in", write_in=True))
    assert ballots(profile) == {(2, None, 1): 1, ((1, 2),): 1, (): 1, (3,): 1}
    assert (profile.title, profile.seats) == ("Board", 2)
    assert ballots(read(text, contest="m")) == {(1,): 1}
    with pytest.raises(InputError, match=r'2 contests\. Name one: "Board", "Mayor"'):
        read(text)
    with pytest.raises(InputError, match='there is no contest "Chair"'):
        read(text, contest="Chair")


def test_cdf_approvals_and_snapshots() -> None:
    ballot = record({"who": "sa"}, {"who": "sb"})
    later = {"@id": "2", "Type": "interpreted", "CVRContest": []}
    ballot["CVRSnapshot"] = [*ballot["CVRSnapshot"], later]  # type: ignore[misc]
    ballot["CurrentSnapshotId"] = "2"
    assert ballots(read(cdf(ballot))) == {((1, 2),): 1}, "the marks, not what a tabulator made of them"


def test_cdf_a_name_that_a_voter_wrote() -> None:
    selections: list[dict[str, object]] = [{"@id": "sa", "CandidateIds": ["a"]}]
    text = cdf(record({"who": "sa", "Rank": 1, "CVRWriteIn": {"Text": "Zoe"}}), selections=selections)
    profile = read(text)
    assert ballots(profile) == {(2,): 1} and profile.candidates[1] == Option("Write-in", write_in=True)


def test_json_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats.cdf.elements.__globals__["_Stream"], "_read", slowly)
    text = cdf(*[record({"who": "sb", "Rank": 1}, {"who": "sa", "Rank": 3})] * 40)
    assert ballots(read(text)) == {(2, None, 1): 40}


def slowly(stream: object) -> object:
    """The text of a file, a few letters at a time."""
    with stream.source.open() as file:  # type: ignore[attr-defined]
        while piece := file.read(7):
            yield piece.decode()


# --- workbooks ---


def test_a_workbook_of_another_make() -> None:
    """Prefixes, texts in cells, rows and cells without their places, phonetic remarks, a sheet by another name."""
    sheet = (
        '<x:worksheet xmlns:x="u"><x:sheetData>'
        '<x:row><x:c t="inlineStr"><x:is><x:t>id</x:t></x:is></x:c><x:c t="s"><x:v>0</x:v></x:c><x:c t="s"><x:v>1</x:v>'
        '</x:c></x:row><x:row r="3"><x:c r="A3"><x:v>1.0</x:v></x:c><x:c r="C3" t="s"><x:v>2</x:v></x:c></x:row>'
        "<x:row/><x:row><x:c><x:v>2</x:v></x:c></x:row></x:sheetData></x:worksheet>"
    )
    strings = (
        "<sst><si><t>Choice 1</t></si><si><r><t>Choice</t></r><r><t> 2</t></r></si>"
        "<si><t>Ann</t><rPh><t>an</t></rPh></si></sst>"
    )
    raw = workbook(
        {
            "xl/workbook.xml": '<workbook xmlns:r="u"><sheets><sheet name="x" r:id="r7"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": '<Relationships><Relationship Id="r7" Target="/xl/a.xml"/></Relationships>',
            "xl/a.xml": sheet,
            "xl/sharedStrings.xml": strings,
        }
    )
    assert ballots(formats.read(raw)) == {(None, 1): 1, (): 1}


def test_a_large_workbook_is_no_bomb() -> None:
    row = '<row r="%d"><c r="A%d"><v>%d</v></c><c r="B%d" t="str"><v>Ann</v></c></row>'
    rows = "".join(row % (n, n, n, n) for n in range(2, 20_002))
    heading = '<row r="1"><c r="A1" t="str"><v>id</v></c><c r="B1" t="str"><v>Choice 1</v></c></row>'
    raw = workbook({"xl/worksheets/sheet1.xml": f"<worksheet><sheetData>{heading}{rows}</sheetData></worksheet>"})
    assert ballots(formats.read(raw)) == {(1,): 20_000}


def test_preflib_as_it_was_until_2022() -> None:
    strict = formats.read(b"3\n1,Ann\n2,Ben, Jr\n3,Cyd\n10,10,3\n6,1,2\n3,3\n1,2,1,3\n", name="x.soi")
    assert names(strict) == ["Ann", "Ben, Jr", "Cyd"]
    assert ballots(strict) == {(1, 2): 6, (3,): 3, (2, 1, 3): 1}
    weak = formats.read(b"3\r\n1,Ann\r\n2,Ben\r\n3,Cyd\r\n10,10,2\r\n6,{1,2}\r\n4,3,{2,1}\r\n", name="x.toi")
    assert ballots(weak) == {((1, 2),): 6, (3, (1, 2)): 4}


XML = """<?xml version="1.0" encoding="UTF-8"?>
<CastVoteRecordReport xmlns="NIST_V0_cast_vote_records.xsd" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <CVR>
    <CVRSnapshot ObjectId="s0"><Type>original</Type>
      <CVRContest><ContestId>c</ContestId>
        <CVRContestSelection><ContestSelectionId>sb</ContestSelectionId>
          <SelectionPosition><HasIndication>yes</HasIndication><Rank>1</Rank></SelectionPosition>
        </CVRContestSelection>
        <CVRContestSelection><ContestSelectionId>sa</ContestSelectionId>
          <SelectionPosition><HasIndication>yes</HasIndication><Rank>3</Rank></SelectionPosition>
          <SelectionPosition><HasIndication>no</HasIndication><Rank>2</Rank></SelectionPosition>
        </CVRContestSelection>
        <CVRContestSelection><ContestSelectionId>sw</ContestSelectionId><Status>needs-adjudication</Status>
          <SelectionPosition><Rank>2</Rank></SelectionPosition>
        </CVRContestSelection>
      </CVRContest>
    </CVRSnapshot>
    <CurrentSnapshotId>s0</CurrentSnapshotId>
  </CVR>
  <CVR>
    <CVRSnapshot ObjectId="s1">
      <CVRContest><ContestId>c</ContestId>
        <CVRContestSelection><ContestSelectionId>sw</ContestSelectionId>
          <SelectionPosition><CVRWriteIn/><Rank>1</Rank></SelectionPosition>
        </CVRContestSelection>
      </CVRContest>
    </CVRSnapshot>
    <CurrentSnapshotId>s1</CurrentSnapshotId>
  </CVR>
  <CVR>
    <CVRSnapshot ObjectId="s2"><CVRContest><ContestId>c</ContestId></CVRContest></CVRSnapshot>
    <CurrentSnapshotId>s2</CurrentSnapshotId>
  </CVR>
  <Election>
    <Candidate ObjectId="a"><Name>Ann</Name></Candidate>
    <Candidate ObjectId="b"><Name>Bob &amp; Co</Name></Candidate>
    <Contest ObjectId="c" xsi:type="CandidateContest"><Name>Mayor</Name>
      <ContestSelection ObjectId="sa"><CandidateIds>a</CandidateIds></ContestSelection>
      <ContestSelection ObjectId="sb"><CandidateIds>b</CandidateIds></ContestSelection>
      <ContestSelection ObjectId="sw"><IsWriteIn>true</IsWriteIn></ContestSelection>
    </Contest>
  </Election>
</CastVoteRecordReport>
"""


def test_cdf_as_xml(tmp_path: Path) -> None:
    profile = read(XML)
    assert names(profile) == ["Ann", "Bob & Co", "Write-in"] and profile.title == "Mayor"
    assert ballots(profile) == {(2, None, 1): 1, (3,): 1, (): 1}
    (tmp_path / "cvr.xml").write_text(XML, encoding="utf-8")
    source = {"filePath": "cvr.xml", "provider": "cdf", "contestId": "Mayor", "undeclaredWriteInLabel": "Write-in"}
    candidates = [{"name": "Bob & Co"}, {"name": "Ann"}]
    assert ballots(formats.read(configuration(tmp_path, cvrFileSources=[source], candidates=candidates))) == {
        (1, None, 2): 1,
        (3,): 1,
        (): 1,
    }


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (XML[:900], "this is not XML"),
        (XML.replace("<CastVote", "<!DOCTYPE x [<!ENTITY a 'aa'>]><CastVote", 1), "document type"),
        (XML.replace("<Rank>1</Rank>", "<Rank>first</Rank>"), '"first" is not a rank'),
        (XML.replace("<Name>Mayor</Name>", "<x>" * 200 + "</x>" * 200), "too many elements within elements"),
        (XML.replace("<Contest ", "<Contest>x</Contest><Contest ", 1), "is both a text and more"),
        (XML.replace("Mayor", "M" * (17 << 20)), "an element of more than"),
        (XML.replace("<CVRSnapshot ", "<Other ").replace("</CVRSnapshot>", "</Other>"), "without CVRSnapshot"),
    ],
    ids=range(7),
)
def test_broken_cdf_as_xml(broken: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read(broken)


# --- RCTab ---


def configuration(folder: Path, **more: object) -> Path:
    (folder / "cvr.csv").write_text("id,Ann,Bob,Write-in\n1,1,2,\n2,,1,2\n3,,,\n", encoding="utf-8")
    source = {"filePath": "cvr.csv", "provider": "genericCsv", "firstVoteColumnIndex": "2", "firstVoteRowIndex": 2}
    document = {
        "tabulatorVersion": "1",
        "outputSettings": {"contestName": "Board"},
        "cvrFileSources": [source | {"undeclaredWriteInLabel": "Write-in"}],
        "candidates": [{"name": "Ben", "aliases": ["Bob"]}, {"name": "Ann", "excluded": True}],
        "rules": {"numberOfWinners": "2", "overvoteRule": "exhaustImmediately", "batchElimination": True},
    } | more
    path = folder / "config.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_a_configuration(tmp_path: Path) -> None:
    found = rctab.load(formats.Source.of(configuration(tmp_path)), formats.Options())
    profile = found.profile
    assert profile.candidates == (
        Option("Ben"),
        Option("Ann", withdrawn=True),
        Option("Undeclared Write-ins", write_in=True),
    )
    assert ballots(profile) == {(2, 1): 1, (1, 3): 1, (): 1}
    assert (profile.seats, profile.title) == (2, "Board")
    assert found.rules["overvoteRule"] == "exhaustImmediately" and found.rules["batchElimination"] is True


def test_a_configuration_with_a_stranger(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r'cvrFileSources\[1\]: "Bob" has votes and is not a candidate'):
        formats.read(configuration(tmp_path, candidates=[{"name": "Ann"}]))


def sheet_of(rows: list[list[str] | None]) -> bytes:
    """A workbook with ``rows`` of cells; of None there is a row without a cell."""
    text = ""
    for number, row in enumerate(rows, 1):
        cells = "".join(
            f'<c r="{chr(65 + column)}{number}" t="str"><v>{cell}</v></c>'
            for column, cell in enumerate(row or [])
            if cell
        )
        text += f'<row r="{number}">{cells}</row>'
    return workbook({"xl/worksheets/sheet1.xml": f"<worksheet><sheetData>{text}</sheetData></worksheet>"})


def of_workbooks(folder: Path, *sheets: list[list[str] | None], rules: dict[str, object], **more: object) -> Profile:
    """The ballots of Ann and Ben in workbooks whose votes begin at B2, or as ``more`` says."""
    sources = []
    for number, rows in enumerate(sheets):
        (folder / f"cvr{number}.xlsx").write_bytes(sheet_of(rows))
        told = {"provider": "ess", "firstVoteColumnIndex": "2", "firstVoteRowIndex": "2"} | more
        sources.append({"filePath": f"cvr{number}.xlsx"} | told)
    path = configuration(
        folder, cvrFileSources=sources, candidates=[{"name": "Ann"}, {"name": "Ben"}, {"name": "Skip"}], rules=rules
    )
    return formats.read(path)


def test_a_configuration_says_where_ballots_stand(tmp_path: Path) -> None:
    # No heading is looked at: there may be none, or one that is too narrow. A row without a cell is a ballot.
    rows: list[list[str] | None] = [["1", "Ann", "Ben"], None, ["3", "", "Ben"], ["4", "Ben", "Ann", "Ann", "Ann"]]
    profile = of_workbooks(tmp_path, rows, rules={"maxRankingsAllowed": "3"}, firstVoteRowIndex="1")
    assert ballots(profile) == {(1, 2): 1, (): 1, (None, 2): 1, (2, 1, 1): 1}


def test_a_ballot_without_its_identifier(tmp_path: Path) -> None:
    rows: list[list[str] | None] = [["id", "1", "2"], ["7", "Ann", ""], None]
    with pytest.raises(InputError, match="there is no identifier in column 1") as caught:
        of_workbooks(tmp_path, rows, rules={}, idColumnIndex="1")
    assert caught.value.problems[0].where.line == 3


def test_the_most_ranks_do_not_grow_with_the_files(tmp_path: Path) -> None:
    rows: list[list[str] | None] = [[], ["1", "Ann", "Ben", "W", "Skip"]]  # three candidates: the fourth is no rank
    profile = of_workbooks(tmp_path, rows, rows, rules={"maxRankingsAllowed": "max"}, undeclaredWriteInLabel="W")
    assert ballots(profile) == {(1, 2, 4): 2}


def test_labels_are_those_of_the_configuration(tmp_path: Path) -> None:
    rows: list[list[str] | None] = [[], ["1", "Skip", "Ann"], ["2", "none", "Ben"]]  # Skip is a candidate
    assert ballots(of_workbooks(tmp_path, rows, rules={}, skippedRankLabel="none")) == {(3, 1): 1, (None, 2): 1}
    assert ballots(of_workbooks(tmp_path, rows, rules={}, undervoteLabel="none")) == {(3, 1): 1, (None, 2): 1}
    assert ballots(of_workbooks(tmp_path, rows, rules={"undervoteLabel": "none"})) == {(3, 1): 1, (None, 2): 1}
    for cell in ("undervote", "overvote", "Ann|Ben", "Write-in"):
        with pytest.raises(InputError, match="is not a candidate"):
            of_workbooks(tmp_path, [[], ["1", cell]], rules={})
    rows = [[], ["1", "Ann/Ben"]]
    assert ballots(of_workbooks(tmp_path, rows, rules={}, overvoteDelimiter="/")) == {((1, 2),): 1}


def test_a_blank_that_is_a_write_in(tmp_path: Path) -> None:
    rows: list[list[str] | None] = [[], ["1", "", "Ann"], ["2", "Ben"]]
    told = of_workbooks(tmp_path, rows, rules={"maxRankingsAllowed": "2"}, treatBlankAsUndeclaredWriteIn=True)
    assert ballots(told) == {(4, 1): 1, (2, 4): 1}
    # Former configurations said it once for all files.
    former = {"maxRankingsAllowed": "2", "treatBlankAsUndeclaredWriteIn": True}
    assert ballots(of_workbooks(tmp_path, rows, rules=former)) == {(4, 1): 1, (2, 4): 1}
    with pytest.raises(InputError, match="blankInterpretation is of a later RCTab"):
        of_workbooks(tmp_path, rows, rules={}, blankInterpretation="invalid")


def test_more_ranks_than_are_allowed(tmp_path: Path) -> None:
    path = configuration(tmp_path, rules={"maxRankingsAllowed": "1"})
    with pytest.raises(InputError, match="a ballot has 2 ranks, and maxRankingsAllowed is 1"):
        formats.read(path)


def test_names_with_semicolons(tmp_path: Path) -> None:
    path = configuration(tmp_path, candidates=[{"name": "Ann; A; B; C"}, {"name": "Ben"}])
    (tmp_path / "cvr.csv").write_text("id,Ann; A; B; C,Ben\n1,1,2\n", encoding="utf-8")
    assert ballots(formats.read(path)) == {(1, 2): 1}


def test_the_former_names_of_providers(tmp_path: Path) -> None:
    rows: list[list[str] | None] = [[], ["1", "Ann"]]
    assert ballots(of_workbooks(tmp_path, rows, rules={}, provider="ES&S")) == {(1,): 1}
    with pytest.raises(InputError, match='files of "dominion" cannot be read'):
        of_workbooks(tmp_path, rows, rules={}, provider="dominion")


def test_a_configuration_keeps_to_its_folder(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (tmp_path / "x.csv").write_text("id,Ann\n1,1\n", encoding="utf-8")
    source = {"filePath": "../../x.csv", "provider": "genericCsv", "firstVoteColumnIndex": "2"}
    path = configuration(inner, cvrFileSources=[source], candidates=[{"name": "Ann"}])
    with pytest.raises(InputError, match="outside the folders that are read"):
        formats.read(path)
    assert formats.read(path, options=formats.Options(folder=tmp_path)).total == 1
    (inner / "link.csv").symlink_to(tmp_path / "x.csv")
    path = configuration(inner, cvrFileSources=[source | {"filePath": "link.csv"}], candidates=[{"name": "Ann"}])
    with pytest.raises(InputError, match="outside the folders that are read"):
        formats.read(path)


# --- the shared files ---


def shared_files() -> list[Path]:
    if not SHARED.is_dir():
        return []
    return [
        path
        for path in sorted(SHARED.rglob("*"))
        if path.is_file() and path.name not in NOT_BALLOTS and "expected_detailed_report" not in path.name
    ]


@needs_shared
def test_every_shared_file_is_read() -> None:
    files = shared_files()
    assert len(files) > 290
    for path in files:
        profile = formats.read(path)
        assert profile.total > 0 and profile.candidates, path


@needs_shared
def test_numbers_that_are_known() -> None:
    assert formats.read(SHARED / "approval/utah_senate_11_cvr.json").total == 1301
    assert formats.read(SHARED / "debian/leader2007_tally.txt").total == 482
    assert formats.read(SHARED / "preflib/00019-oakland/00019-00000002.toi").total == 119_256
    assert formats.read(SHARED / "preflib/00001-irish/00001-00000002.soi").total == 29_988
    park = formats.read(RCTAB / "_shared/2013_minneapolis_park_cvr.xlsx")
    assert park.total == 80_101 and park.candidates[-1] == Option("UWI", write_in=True)


@needs_shared
def test_first_preferences_of_edinburgh() -> None:
    official = json.loads((SHARED / "scottish/edinburgh-2017/official_counts.json").read_text(encoding="utf-8"))
    for name, ward in official.items():
        profile = formats.read(SHARED / "scottish/edinburgh-2017" / name)
        first: dict[str, int] = {}
        for number, ranks in profile.rankings():
            if ranks:
                first[str(ranks[0])] = first.get(str(ranks[0]), 0) + number
        assert first == {who: int(votes) for who, votes in ward["counts"][0].items()}, name
        assert profile.seats == ward["seats"]


@needs_shared
def test_wards_of_2022() -> None:
    expected = json.loads((SHARED / "scottish/2022/expected_winners.json").read_text(encoding="utf-8"))
    for name, ward in expected.items():
        profile = formats.read(SHARED / "scottish/2022" / name)
        assert (profile.seats, len(profile.candidates), profile.total) == (
            ward["seats"],
            ward["candidates"],
            ward["ballots"],
        ), name


@needs_shared
def test_one_contest_in_three_formats() -> None:
    """RCTab's test sets as CDF, as CDF that RCTab wrote with every round, and as workbooks: the same ballots."""
    for path in sorted(RCTAB.glob("*/*_expected_cdf_cvr.json")):
        case = path.name.removesuffix("_expected_cdf_cvr.json")
        theirs, written = formats.read(path.with_name(f"{case}_cvr.json")), formats.read(path)
        assert ballots(theirs) == ballots(written) and names(theirs) == names(written), case


def test_the_ballots_that_we_ship() -> None:
    mps = formats.read(Path(selectorate.__file__).parent / "gallery/uk-labour-leadership-2010/mps.blt")
    assert mps.total == 266 and names(mps)[-1] == "Ed Miliband"
    first = [sum(n for n, ranks in mps.rankings() if ranks[0] == who) for who in range(1, 6)]
    assert first == [7, 40, 24, 111, 84]
    ward = formats.read(Path(__file__).parents[2] / "golden/counts/edinburgh-2017-ward10.blt")
    assert ward.total == 13_579 and ward.seats == 4


def test_the_workbook_maker_makes_zips() -> None:
    assert zipfile.is_zipfile(io.BytesIO(workbook({"a": "b"})))
