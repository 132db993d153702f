"""``count`` and ``lot``: ties and what breaks them, what is written, and what is refused."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from selectorate.cli import app
from selectorate.count.lot import Lot

TIED = '4 2\n4 1 3 0\n4 2 3 0\n7 3 4 0\n4 4 3 0\n0\n"Ann"\n"Bob"\n"Cyd"\n"Dan"\n"A small election"\n'


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(app, [str(item) for item in arguments], env={"COLUMNS": "200"})
    assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
    return result


@pytest.fixture
def ballots(tmp_path: Path) -> Path:
    path = tmp_path / "tied.blt"
    path.write_text(TIED)
    return path


def scottish(ballots: Path, *more: object) -> Result:
    return run("count", ballots, "--method", "scottish", *more)


# -- ties -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("more", [[], ["--ties", "ask"], ["--ties", "earlier-rounds"], ["--ties", "lot"]])
def test_a_tie_stops_the_count_and_says_what_to_give(ballots: Path, more: list[str]) -> None:
    result = scottish(ballots, *more)
    assert result.exit_code == 1
    assert "Elected: Cyd; a tie stopped the count" in result.stdout
    assert "Ann, Bob and Dan are tied for exclusion after round 1, and the count stopped there" in result.stderr
    assert '--officer "Ann before Bob before Dan"' in result.stderr
    plain = json.loads(scottish(ballots, *more, "--json").stdout)
    assert plain["tied"] == {"between": [1, 2, 4], "for": "exclusion"}
    assert plain["elected"] == [3]


def test_an_officer_decides(ballots: Path, tmp_path: Path) -> None:
    first = scottish(ballots, "--officer", "ann before 4", "--officer", "Bob before Dan")
    assert first.exit_code == 1, "Dan is out, and Ann and Bob are tied"
    assert "Ann and Bob are tied for exclusion after round 2" in first.stderr
    result = scottish(ballots, "--ties", "officer", "--officer", "Bob  before Ann before Dan", "--json")
    assert result.exit_code == 0
    plain = json.loads(result.stdout)
    assert plain["elected"] == [3, 2]
    assert [tie["how"] for item in plain["rounds"] for tie in item["ties"]] == ["by the officer's decision"] * 2
    file = tmp_path / "decisions.txt"
    file.write_text("# At the count on Friday, in presence of the agents\nBob before Ann\n\nAnn before Dan\n")
    assert json.loads(scottish(ballots, "--officer-file", file, "--json").stdout) == plain


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["--officer", "Ann"], "does not say who is preferred"),
        (["--officer", "Ann before Eve"], 'there is no candidate "Eve"'),
        (["--officer", "Ann before 5"], 'there is no candidate "5"'),
        (["--officer", "Ann before Bob", "--officer", "Bob before Ann"], "contradicts itself"),
        (["--officer", "Ann before Bob", "--ties", "lot"], "--ties officer"),
        (["--officer-file", "no-such-file"], "cannot be read"),
        (["--seed", "x", "--ties", "officer"], "--ties lot"),
        (["--seed", "x", "--seed-file", "y"], "given twice"),
        (["--seed", ""], "one line of text"),
        (["--seed-file", "no-such-file"], "cannot be read"),
        (["--seed", "x", "--numbers", "12,x"], '"x" is no number'),
        (["--seed", "x", "--numbers", "-1"], '"-1" is no number'),
        (["--seed", "x", "--numbers", "1" * 101], "is no number"),
        (["--numbers", "1"], "there is no seed"),
        (["--commitment", "ab"], "there is no seed"),
        (["--ties", "coin"], "coin"),
        (["--most", "1"], "limited-vote"),
    ],
)
def test_what_ties_cannot_be_broken_with(ballots: Path, more: list[str], said: str) -> None:
    result = scottish(ballots, *more)
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(("method", "said"), [("meek-nz", "leaves no tie open"), ("approval", "earlier rounds")])
def test_what_the_method_does_not_allow(ballots: Path, method: str, said: str) -> None:
    result = run("count", ballots, "-m", method, "--ties", "earlier-rounds")
    assert (result.exit_code, said in result.stderr) == (2, True)


def test_candidates_of_one_name_go_by_number(tmp_path: Path) -> None:
    path = tmp_path / "same.blt"
    path.write_text(TIED.replace('"Bob"', '"Ann"'))
    assert "Give the number: 1 and 2" in scottish(path, "--officer", "Ann before Dan").stderr
    assert scottish(path, "--officer", "1 before 2 before Dan").exit_code == 0


# -- the lot --------------------------------------------------------------------------------------------------------


def test_a_lot_from_commitment_to_check(ballots: Path, tmp_path: Path) -> None:
    seed, published = tmp_path / "seed.txt", tmp_path / "count.json"
    made = run("lot", "commit", seed)
    commitment = made.stdout.strip()
    assert re.fullmatch(r"[0-9a-f]{64}", commitment)
    assert seed.stat().st_mode & 0o777 == 0o600
    assert seed.read_text().strip() not in made.output
    assert Lot(seed.read_text().strip()).commitment() == commitment
    lot = ["--ties", "lot", "--seed-file", seed, "--commitment", commitment, "--numbers", "12, 045;7"]
    result = scottish(ballots, *lot, "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["lot"]["numbers"] == ["12", "45", "7"]
    assert f"Seed: {seed.read_text().strip()}" in scottish(ballots, *lot).stdout
    published.write_text(result.stdout)
    checked = run("lot", "check", published, "--commitment", commitment)
    assert checked.exit_code == 0
    assert "WRONG" not in checked.stdout
    assert "round 2, exclusion of Ann, Bob, Dan: the first drawn was taken" in checked.stdout
    # Another number gives by chance the same order now and then: of twenty some must give another, and be caught.
    caught = []
    for number in range(50, 70):
        published.write_text(result.stdout.replace('"45"', f'"{number}"'))
        caught.append(run("lot", "check", published).exit_code)
    assert set(caught) <= {0, 1} and 1 in caught
    assert run("lot", "check", published, "--commitment", "00").exit_code == 1


def test_a_wrong_seed_is_refused(ballots: Path) -> None:
    result = scottish(ballots, "--seed", "mine", "--commitment", Lot("yours").commitment())
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "not the one that was committed to" in result.stderr


def test_a_seed_is_never_written_over(tmp_path: Path) -> None:
    seed = tmp_path / "seed.txt"
    assert run("lot", "commit", seed).exit_code == 0
    before = seed.read_text()
    again = run("lot", "commit", seed)
    assert (again.exit_code, seed.read_text()) == (2, before)
    assert run("lot", "commit", tmp_path / "none" / "seed.txt").exit_code == 2
    assert run("lot", "commit", tmp_path).exit_code == 2
    (tmp_path / "x.json").write_text("{")
    for path in ("no-such-file", tmp_path, tmp_path / "x.json", seed):
        assert run("lot", "check", path).exit_code == 2


# -- several files --------------------------------------------------------------------------------------------------

NORTH = '3 2\n8 1 2 0\n2 2 3 0\n0\n"Ann"\n"Bob"\n"Cyd"\n"North"\n'
SOUTH = '3 2\n5 1 3 0\n4 3 2 0\n0\n"Ann"\n"Bob"\n"Cyd"\n"South"\n'


@pytest.fixture
def wards(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / "north.blt", tmp_path / "south.blt"]
    for path, text in zip(paths, (NORTH, SOUTH), strict=True):
        path.write_text(text)
    return paths


def test_the_result_by_file_follows_the_overall_count(wards: list[Path]) -> None:
    whole = json.loads(run("count", *wards, "-m", "scottish", "--json").stdout)
    plain = json.loads(run("count", *wards, "-m", "scottish", "--by-file", "--json").stdout)
    assert (whole["segments"], whole["title"]) == ([], "North and South")
    assert plain["rounds"] == whole["rounds"]
    north, south = plain["segments"]
    assert (north["name"], north["valid"], south["name"], south["valid"]) == ("north", 10, "south", 9)
    assert north["rounds"][1] == [
        {"candidate": 1, "papers": 0, "votes": "4.30776"},
        {"candidate": 2, "papers": 10, "votes": "5.69224"},
    ]
    named = [part for name, path in zip("NS", wards, strict=True) for part in ("--segment", f"{name}={path}")]
    again = json.loads(run("count", *named, "-m", "scottish", "--json").stdout)
    assert [segment["rounds"] for segment in again["segments"]] == [north["rounds"], south["rounds"]]
    assert [segment["name"] for segment in again["segments"]] == ["N", "S"]


def test_segments_on_sheet_and_table(wards: list[Path], tmp_path: Path) -> None:
    text = run("count", *wards, "-m", "scottish", "--by-file").stdout
    assert "north: papers after every round" in text
    assert "south: votes after every round" in text
    assert "papers after" not in run("count", *wards, "-m", "alternative-vote", "-n", 1, "--by-file").stdout
    table = tmp_path / "out.csv"
    run("count", *wards, "-m", "scottish", "--by-file", "--csv", table)
    assert "scottish,north,2,surplus,,candidate,2,Bob,10,5.69224,,,,,,continuing" in table.read_text().splitlines()


SMALL = "branch,ballots,rank 1,rank 2\n" + "".join(
    f"{branch},{number},{paper}\n"
    for branch, number, paper in [
        ("Bath", 30, "Ann,Bob"),
        ("Bath", 25, "Bob,Cyd"),
        ("York", 20, "Cyd,Ann"),
        ("York", 31, "Ann,Cyd"),
        ("Eton", 4, "Bob,Ann"),  # too few
        ("Wells", 20, "Ann,Cyd"),  # enough, but all but one of one mind
        ("Wells", 1, "Bob,Cyd"),
    ]
)


def test_segments_by_a_column_are_those_of_files(tmp_path: Path) -> None:
    table = tmp_path / "all.csv"
    table.write_text(SMALL)
    files = []
    for branch in ("Bath", "Eton", "Wells", "York"):
        lines = [line.removeprefix(f"{branch},") for line in SMALL.splitlines() if line.startswith(branch)]
        names = "".join(f"# candidate {number}: {name}\n" for number, name in enumerate(("Ann", "Bob", "Cyd"), 1))
        files.append(tmp_path / f"{branch}.csv")
        files[-1].write_text(f"{names}ballots,rank 1,rank 2\n" + "\n".join(lines))
    for method, seats in (("scottish", 2), ("meek-prf", 2), ("alternative-vote", 1), ("most-votes", 1)):
        more = ["-m", method, "-n", seats, "--json"]
        mine = json.loads(run("count", table, "--segment-column", "Branch", *more).stdout)
        theirs = json.loads(run("count", *files, "--by-file", *more).stdout)
        for key in ("segments", "rounds", "elected"):
            assert mine[key] == theirs[key]


@pytest.mark.parametrize("method", ["alternative-vote", "scottish", "meek-prf", "most-votes"])
def test_small_segments_are_marked_or_told_together(tmp_path: Path, method: str) -> None:
    """Eton has four ballots; Wells has 21, of which all but one are for Ann."""
    table = tmp_path / "all.csv"
    table.write_text(SMALL)
    command = ["count", table, "-m", method, "-n", 1, "--segment-column", "branch"]
    plain = json.loads(run(*command, "--json").stdout)
    assert [segment["name"] for segment in plain["segments"]] == ["Bath", "Eton", "Wells", "York"]
    assert "it can tell how somebody voted in Eton, Wells: fewer than 10" in plain["disclosure"]
    out = tmp_path / "out.csv"
    result = run(*command, "--floor", 10, "--json", "--csv", out)
    floored = json.loads(result.stdout)
    assert [(segment["name"], segment["valid"]) for segment in floored["segments"]] == [
        ("Bath", 55),
        ("York", 51),
        ("2 segments together", 25),
    ]
    assert floored["disclosure"].endswith("2 of 4 are not shown apart. Told together: Eton, Wells.")
    assert floored["rounds"] == plain["rounds"]
    for number in range(len(plain["rounds"])):
        papers = [
            sum(row["papers"] for item in told["segments"] for row in item["rounds"][number])
            for told in (plain, floored)
        ]
        assert papers[0] == papers[1]
    assert ",Eton," not in out.read_text() and ",2 segments together," in out.read_text()
    sheet = run(*command, "--floor", 10).stdout
    assert "Eton: " not in sheet and "2 segments together: " in sheet


def test_a_floor_that_hides_all_leaves_the_total(wards: list[Path]) -> None:
    result = run("count", *wards, "-m", "scottish", "--by-file", "--floor", 20)
    assert result.exit_code == 0
    assert "That leaves the total alone." in " ".join(result.stdout.split())
    assert "north: papers" not in result.stdout


def test_what_segments_cannot_be_told_by(wards: list[Path], tmp_path: Path) -> None:
    table = tmp_path / "all.csv"
    table.write_text(SMALL)
    for more, said in (
        ([table, "-m", "scottish", "--floor", 10], "--floor is for segments"),
        ([table, table, "-m", "scottish", "--segment-column", "branch"], "of one table"),
        ([table, "-m", "scottish", "--segment-column", "branch", "--by-file"], "of one table"),
        (["-m", "scottish", "--segment-column", "branch", "--segment", f"N={wards[0]}"], "of one table"),
        ([table, "-m", "scottish", "--segment-column", "brunch"], 'no column is called "brunch"'),
        ([wards[0], "-m", "scottish", "--segment-column", "branch"], "has no column that says"),
        ([table, "-m", "ers97", "--segment-column", "branch"], "cannot be told by segment"),
    ):
        result = run("count", *more)
        assert (result.exit_code, result.stdout) == (2, "")
        assert said in result.stderr


def test_places_that_the_file_says_are_named_as_such(wards: list[Path]) -> None:
    result = run("count", wards[0], "-m", "alternative-vote")
    assert (result.exit_code, "The file says 2 places; --seats 1 counts for one." in result.stderr) == (2, True)
    assert "See: selectorate methods" in run("count", wards[0], "-m", "alternative-vote", "-n", 2).stderr


def test_places_for_which_there_is_nobody(wards: list[Path]) -> None:
    for method in ("scottish", "meek-prf", "ers97", "block-vote", "alternative-vote-in-turn"):
        text = run("count", wards[0], "-m", method, "-n", 9).stdout
        assert "6 places stay empty: nobody else stands." in text
        assert ": elected (rule 53)" not in text, "nobody is named there"
        assert "stay empty" not in run("count", wards[0], "-m", method, "-n", 2).stdout


def test_files_that_cannot_be_counted_together(wards: list[Path], tmp_path: Path) -> None:
    def refused(*more: object, method: str = "scottish", said: str) -> None:
        result = run("count", *more, "-m", method)
        assert (result.exit_code, result.stdout) == (2, "")
        assert said in result.stderr

    other = tmp_path / "other.blt"
    refused(said="there is no file")
    refused("--segment", "x", said='"x" is no segment')
    refused("--segment", f"N={wards[0]}", wards[1], said="some files are segments")
    refused("--segment", f"N={wards[0]}", "--segment", f"N={wards[1]}", said='two files are called "N"')
    refused(wards[0], wards[0], said="two files are called")
    refused(*wards, "--by-file", method="ers97", said="cannot be told by segment")
    refused(*wards, "--by-file", "-n", 1, method="schulze", said="cannot be told by segment")
    for text, said in (
        (NORTH.replace("Cyd", "Eve"), 'candidate 3 is "Eve" and "Cyd"'),
        (NORTH.replace("3 2\n", "4 2\n", 1).replace('"Cyd"', '"Cyd"\n"Dan"'), "they have 4 and 3 candidates"),
        (NORTH.replace("3 2\n", "3 2\n-3\n", 1), "what they say of Cyd differs"),
        (NORTH.replace("3 2\n", "3 1\n", 1), "different numbers of places: 1, 2"),
    ):
        other.write_text(text)
        refused(wards[0], other, said=said)


# -- what is written ------------------------------------------------------------------------------------------------


def test_every_file_that_can_be_written(ballots: Path, tmp_path: Path) -> None:
    names = {option: tmp_path / f"out.{option[2:]}" for option in ("--html", "--pdf", "--csv", "--rctab-json")}
    result = scottish(ballots, "--seed", "x", *(part for item in names.items() for part in item))
    assert (result.exit_code, result.stdout) == (0, "")
    assert names["--html"].read_text().count("<svg") == 1
    assert names["--pdf"].read_bytes().startswith(b"%PDF")
    assert names["--csv"].read_text().startswith("method,segment,round,action,of,kind")
    assert json.loads(names["--rctab-json"].read_text())["config"]["contest"] == "A small election"


def test_what_rctab_cannot_say_leaves_no_file(ballots: Path, tmp_path: Path) -> None:
    path = tmp_path / "out.json"
    result = run("count", ballots, "-m", "meek-prf", "--seed", "x", "--rctab-json", path)
    assert result.exit_code == 2
    assert not path.exists()


def test_a_limited_vote(ballots: Path) -> None:
    assert json.loads(run("count", ballots, "-m", "limited-vote", "--json").stdout)["ballots"]["spoilt"] == 19
    assert run("count", ballots, "-m", "limited-vote", "--most", "2").exit_code == 2


@pytest.mark.parametrize("method", ["scottish", "meek-prf", "alternative-vote", "approval", "schulze", "yes-no"])
def test_decimal_weights_are_refused_and_what_to_do_is_said(tmp_path: Path, method: str) -> None:
    path = tmp_path / "shares.blt"
    path.write_text('2 1\n2.5 1 2 0\n1.25 2 0\n0\n"Ann"\n"Bob"\n"Shares"\n')
    result = run("count", path, "-m", method)
    assert result.exit_code == 2
    assert "decimal weights" in result.stderr
    assert "Multiply every weight by 4" in result.stderr


def test_a_majority_of_those_entitled_asks_how_many_they_are(tmp_path: Path) -> None:
    papers = tmp_path / "papers.csv"
    papers.write_text("ballots,rank 1\n60,Yes\n40,No\n")
    assert "Carried" in run("count", papers, "-m", "yes-no-entitled", "--entitled", "119").stdout
    assert "Not carried" in run("count", papers, "-m", "yes-no-entitled", "--entitled", "120").stdout
    for wrong in (["-m", "yes-no-entitled"], ["-m", "yes-no", "--entitled", "120"]):
        assert run("count", papers, *wrong).exit_code == 2


def test_an_election_is_not_counted_as_a_question(ballots: Path) -> None:
    """The first two of four candidates were taken for yes and no, and one of them was "elected" so."""
    result = run("count", ballots, "-m", "yes-no", "-n", 1)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "this is no question" in result.stderr and "Ann, Bob, Cyd and Dan" in result.stderr


def test_the_sides_of_a_question_that_are_called_otherwise(tmp_path: Path) -> None:
    """By the alphabet Down comes first: it is said what is taken for yes, and can be said otherwise."""
    papers = tmp_path / "papers.csv"
    papers.write_text("ballots,rank 1\n60,Up\n40,Down\n")
    plain = run("count", papers, "-m", "yes-no").stdout
    assert "Down is taken for yes, and Up for no." in plain and "Not carried." in plain
    told = run("count", papers, "-m", "yes-no", "--yes", "Up").stdout
    assert "Up is taken for yes, and Down for no." in told and "Not carried." not in told
    assert 'no option is called "Upp"' in run("count", papers, "-m", "yes-no", "--yes", "Upp").stderr
    assert "--yes belongs to questions" in run("count", papers, "-m", "most-votes", "--yes", "Up").stderr
    papers.write_text("ballots,rank 1\n60,Oui\n40,Non\n")
    assert "taken for yes" not in run("count", papers, "-m", "yes-no").stdout
    assert "Carried." in run("count", papers, "-m", "yes-no").stdout


def test_the_default_option_and_the_quorum_of_debian_are_said_on_the_command_line(tmp_path: Path) -> None:
    papers = tmp_path / "papers.csv"
    papers.write_text("ballots,rank 1,rank 2,rank 3\n5,Ann,Nobody,Bob\n2,Bob,Nobody,Ann\n")

    def elected(*more: str) -> list[int]:
        found: list[int] = json.loads(run("count", papers, "-m", "debian", "--json", *more).stdout)["elected"]
        return found

    assert elected("--default", "Nobody") == [1]
    assert elected("--default", "Nobody", "--quorum", "5") == [1]
    assert elected("--default", "Nobody", "--quorum", "6") == []
    assert elected("--default", "Ann") == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["-m", "debian", "--default", "Nobdy"], 'no option is called "Nobdy"'),
        (["-m", "schulze", "--default", "Nobody"], '--default belongs to debian, not to "schulze"'),
        (["-m", "schulze", "--quorum", "3"], '--quorum belongs to debian, not to "schulze"'),
    ],
)
def test_a_default_option_that_is_out_of_place_is_refused(tmp_path: Path, options: list[str], message: str) -> None:
    papers = tmp_path / "papers.csv"
    papers.write_text("ballots,rank 1,rank 2\n5,Ann,Nobody\n")
    result = run("count", papers, *options)
    assert result.exit_code == 2
    assert message in result.stderr


def test_the_list_of_methods_leads_to_their_pages() -> None:
    assert "docs/methods/ has a page on each" in run("methods").stdout


@pytest.mark.parametrize("numbers", ["3 3 0 2312", "3 3 0 0", "3 3 0", "3 3", "4 3 0 2312"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_ward_that_was_not_contested(numbers: str, end: str, tmp_path: Path) -> None:
    """A rank matrix without a ballot, as of wards in which as many stood as there were places."""
    ward = tmp_path / "1_North_Isles.dat"
    names = ["Ryan THOMSON, Ind", "Duncan ANDERSON, Ind", "Robert THOMSON, Ind"]
    ward.write_bytes(end.join(["1 North Isles", numbers, *names, ""]).encode())
    counted = scottish(ward, "--json")
    assert counted.exit_code == 0
    document = json.loads(counted.stdout)
    assert (document["elected"], document["title"], document["ballots"]["valid"]) == ([1, 2, 3], "1 North Isles", 0)
    assert [item["votes"] for shown in document["rounds"] for item in shown["standing"]] == ["0", "0", "0"]
    assert "Elected: Ryan THOMSON, Duncan ANDERSON and Robert THOMSON" in scottish(ward).stdout


# -- a configuration of RCTab ---------------------------------------------------------------------------------------


def rctab(folder: Path, *more: object, **rules: object) -> Result:
    """The count of five ballots by a configuration with ``rules``."""
    (folder / "cvr.csv").write_text("id,Ann,Bob,Cyd\n1,1,,\n2,1,,\n3,,1,\n4,,1,\n5,2,,1\n")
    source = {"provider": "genericCsv", "filePath": "cvr.csv", "firstVoteColumnIndex": "2", "firstVoteRowIndex": "2"}
    plain = {
        "tiebreakMode": "useCandidateOrder",
        "overvoteRule": "exhaustImmediately",
        "winnerElectionMode": "singleWinnerMajority",
        "numberOfWinners": "1",
        "decimalPlacesForVoteArithmetic": "4",
        "maxSkippedRanksAllowed": "1",
        "maxRankingsAllowed": "max",
    }
    document = {
        "tabulatorVersion": "2.0.0",
        "outputSettings": {"contestName": "Board", "contestOffice": "Chair", "contestDate": "2026-11-30"},
        "cvrFileSources": [source],
        "candidates": [{"name": name} for name in ("Ann", "Bob", "Cyd")],
        "rules": plain | rules,
    }
    path = folder / "board.json"
    path.write_text(json.dumps(document))
    return run("count", path, "--method", "rctab", *more)


def test_a_configuration_is_counted_by_its_own_rules(tmp_path: Path) -> None:
    result = rctab(tmp_path)
    assert result.exit_code == 0
    assert "Elected: Ann" in result.stdout and "By the rules of an RCTab configuration" in result.stdout
    summary = json.loads(rctab(tmp_path, "--rctab-json", "-").stdout)
    assert summary["config"]["office"] == "Chair" and summary["config"]["date"] == "2026-11-30"
    assert [item["tally"] for item in summary["results"]] == [
        {"Ann": "2", "Bob": "2", "Cyd": "1"},
        {"Ann": "3", "Bob": "2"},
    ]


def test_a_configuration_with_several_passes(tmp_path: Path) -> None:
    several = {"winnerElectionMode": "multiPassIrv", "numberOfWinners": "2"}
    assert "Elected: Ann and Bob" in rctab(tmp_path, **several).stdout
    summaries = json.loads(rctab(tmp_path, "--rctab-json", "-", **several).stdout)
    assert [item["results"][-1]["tallyResults"][0]["elected"] for item in summaries] == ["Ann", "Bob"]


def test_a_configuration_that_elects_by_share(tmp_path: Path) -> None:
    share = {
        "winnerElectionMode": "bottomsUpUsingPercentageThreshold",
        "numberOfWinners": "0",
        "multiSeatBottomsUpPercentageThreshold": "33",
    }
    shown = rctab(tmp_path, **share).stdout
    assert "Elected: Ann and Bob" in shown and "1.65" in shown and "Places" not in shown
    summary = json.loads(rctab(tmp_path, "--rctab-json", "-", **share).stdout)
    assert summary["summary"]["finalThreshold"] == "1.65" and summary["summary"]["numWinners"] == 0


def test_a_configuration_that_says_to_ask(tmp_path: Path) -> None:
    ask = {"tiebreakMode": "stopCountingAndAsk", "minimumVoteThreshold": "2", "maxRankingsAllowed": "3"}
    (tmp_path / "more").mkdir()
    result = rctab(tmp_path / "more", **ask)
    assert result.exit_code == 0, "nobody is tied"
    path = tmp_path / "more" / "board.json"
    (path.parent / "cvr.csv").write_text("id,Ann,Bob,Cyd\n1,1,,\n2,,1,\n3,,,1\n4,,,1\n")
    stopped = run("count", path, "--method", "rctab")
    assert stopped.exit_code == 0, "those under the minimum go out together"
    document = json.loads(path.read_text())
    document["rules"]["minimumVoteThreshold"] = ""
    path.write_text(json.dumps(document))
    stopped = run("count", path, "--method", "rctab")
    assert stopped.exit_code == 1 and "Ann and Bob are tied for exclusion" in stopped.stderr
    told = run("count", path, "--method", "rctab", "--officer", "Bob before Ann")
    assert told.exit_code == 0 and "Ann had fewest votes and went out" in told.stdout


@pytest.mark.parametrize(
    ("more", "rules", "said"),
    [
        (["--seats", "2"], {}, "the configuration says how many win"),
        (["--by-file"], {}, "counts by one configuration"),
        (["--officer", "Ann before Bob"], {}, "leaves no tie open"),
        ([], {"numberOfWinners": "2"}, 'board.json: "numberOfWinners" is 2'),
        ([], {"overvoteRule": "ask"}, '"overvoteRule" of the configuration is'),
        ([], {"tiebreakMode": "random"}, 'there is no "randomSeed"'),
    ],
)
def test_a_configuration_that_cannot_be_counted(
    tmp_path: Path, more: list[str], rules: dict[str, object], said: str
) -> None:
    result = rctab(tmp_path, *more, **rules)
    assert result.exit_code != 0
    assert said in result.stderr


def test_ballots_are_no_configuration(ballots: Path) -> None:
    result = run("count", ballots, "--method", "rctab")
    assert result.exit_code != 0 and "is no configuration of RCTab" in result.stderr
