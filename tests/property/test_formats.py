"""Files of ballots: what is written is read again, order and parts change nothing, and no bytes break a reader."""

from __future__ import annotations

import contextlib
import io
import random
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.bad.ballots import make_workbooks
from tests.strategies_ballots import profiles, said

import selectorate
from selectorate.ballots import Profile, formats, profile_of
from selectorate.ballots.formats import blt
from selectorate.errors import InputError

WRITTEN = [item.id for item in formats.FORMATS.values() if item.writes]
ONE_A_ROW = ("csv-columns", "rctab", "ess", "cdf", "clear-ballot", "debian")
READ = [item.id for item in formats.FORMATS.values() if item.reads]
SHARED = Path(selectorate.__file__).resolve().parents[3] / "shared" / "ballots"


def standing(profile: Profile, format: str) -> Profile:
    """``profile``, with nobody withdrawn if ``format`` cannot say that somebody is."""
    if formats.FORMATS[format].withdrawn:
        return profile
    return replace(profile, candidates=tuple(replace(option, withdrawn=False) for option in profile.candidates))


def text(profile: Profile, format: str) -> str:
    out = io.StringIO()
    formats.write(standing(profile, format), out, format)
    return out.getvalue()


def written_and_read(profile: Profile, format: str) -> Profile:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"x{formats.FORMATS[format].extensions[0]}"
        assert formats.write(profile, path, format)[0] == path
        return formats.read(path, format=format)


def again(profile: Profile, format: str) -> Profile:
    return written_and_read(standing(profile, format), format)


def renamed(profile: Profile) -> Profile:
    """``profile`` with names of which no two are the same, and which a spreadsheet would take for formulas."""
    called = [replace(option, name=f"=C{index}") for index, option in enumerate(profile.candidates, 1)]
    return replace(profile, candidates=tuple(called))


def same(one: Profile, other: Profile) -> bool:
    """Whether two profiles are kept alike, to the last bit."""
    return (
        np.array_equal(one.papers, other.papers)
        and np.array_equal(one.number, other.number)
        and one.sets == other.sets
        and one.scale == other.scale
    )


def names(profile: Profile) -> list[str]:
    return [option.name for option in profile.candidates]


# --- written and read again ---


@given(profiles(unknown=True, scales=True))
@example(profile_of(["Ann"], []))
@example(profile_of(["Ann", "Ann"], [(2, [1]), (1, [2]), (3, [])]))
def test_csv_keeps_everything(profile: Profile) -> None:
    back = again(profile, "csv")
    assert same(back, profile)
    assert (back.candidates, back.title, back.seats) == (profile.candidates, profile.title, profile.seats)


@given(profiles(scales=True))
def test_blt_keeps_everything_but_parties_and_write_ins(profile: Profile) -> None:
    back = again(profile, "blt")
    assert same(back, profile)
    assert names(back) == names(profile)
    assert [option.withdrawn for option in back.candidates] == [option.withdrawn for option in profile.candidates]
    assert (back.title, back.seats) == (profile.title, profile.seats)


@given(profiles(scales=True))
def test_preflib_keeps_the_ballots(profile: Profile) -> None:
    back = again(profile, "preflib")
    assert same(back, profile) and names(back) == names(profile)
    assert (back.title, back.seats) == (profile.title, profile.seats)


@given(profiles(repeats=False, scales=True))
def test_a_matrix_keeps_the_ballots_and_the_parties(profile: Profile) -> None:
    back = again(profile, "dat")
    assert same(back, profile)
    assert names(back) == names(profile)
    for one, other in zip(back.candidates, profile.candidates, strict=True):
        assert one.party == other.party or '"' in other.name + str(other.party), "a comma beside a quote is lost"
    assert (back.title, back.seats) == (profile.title, profile.seats)


@given(profiles(repeats=False))
def test_a_column_a_candidate_keeps_the_ballots(profile: Profile) -> None:
    back = again(profile, "csv-columns")
    assert same(back, profile) and names(back) == names(profile)


@given(profiles(repeats=False))
def test_a_tally_sheet_keeps_the_ballots(profile: Profile) -> None:
    back = again(profile, "debian")
    assert same(back, profile) and names(back) == names(profile)


@given(profiles())
def test_a_common_data_report_keeps_everything_but_withdrawals(profile: Profile) -> None:
    with contextlib.suppress(InputError):  # who is called "overvote"
        back = again(profile, "cdf")
        assert same(back, profile) and names(back) == names(profile)
        assert (back.title, back.seats) == (profile.title, profile.seats)


@given(profiles())
def test_clear_ballots_columns_keep_the_ballots(profile: Profile) -> None:
    with contextlib.suppress(InputError):
        back = again(profile, "clear-ballot")
        assert same(back, profile) and names(back) == names(profile)


@given(profiles(ties=False, unknown=True))
def test_a_workbook_keeps_the_ballots_and_the_candidates(profile: Profile) -> None:
    profile = renamed(profile)
    back = again(profile, "ess")
    assert same(back, profile) and back.candidates == standing(profile, "ess").candidates


@given(profiles(ties=False, unknown=True))
def test_a_workbook_keeps_all_names_that_it_takes(profile: Profile) -> None:
    with contextlib.suppress(InputError):  # two of one name, one called "overvote"
        back = again(profile, "ess")
        assert same(back, profile) and names(back) == names(profile)


@given(profiles(ties=False, unknown=True))
@settings(max_examples=30)
def test_a_workbook_is_the_same_bytes_each_time(profile: Profile) -> None:
    one, other = io.BytesIO(), io.BytesIO()
    formats.write(standing(renamed(profile), "ess"), one, "ess")
    formats.write(standing(renamed(profile), "ess"), other, "ess")
    assert one.getvalue() == other.getvalue()
    assert formats.detect(formats.Source.of(one.getvalue(), "x.xlsx")).id == "ess"


@given(profiles(repeats=False))
def test_a_configuration_keeps_everything_but_parties_and_write_ins(profile: Profile) -> None:
    profile = renamed(profile)
    back = again(profile, "rctab")
    assert same(back, profile) and names(back) == names(profile)
    assert [option.withdrawn for option in back.candidates] == [option.withdrawn for option in profile.candidates]
    assert (back.title, back.seats) == (profile.title, profile.seats)


@given(profiles(repeats=False))
def test_a_configuration_keeps_all_names_that_it_takes(profile: Profile) -> None:
    with contextlib.suppress(InputError):  # two of one name
        back = again(profile, "rctab")
        assert same(back, profile) and names(back) == names(profile)


@given(profiles(skips=False))
def test_categories_keep_approvals(profile: Profile) -> None:
    approvals = profile_of(
        profile.candidates, [(number, ranks[:1]) for number, ranks in profile.rankings()], seats=2, title="x"
    )
    back = again(approvals, "preflib-cat")
    assert same(back, approvals) and names(back) == names(approvals)


@given(profiles(unknown=True, scales=True), st.sampled_from(WRITTEN))
def test_a_writer_writes_or_refuses(profile: Profile, format: str) -> None:
    """What a format cannot say is refused; what is written is read again, with as many ballots."""
    for candidates in (profile, standing(profile, format)):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"x{formats.FORMATS[format].extensions[0]}"
            try:
                files = formats.write(candidates, path, format)
            except InputError:
                assert not list(Path(folder).iterdir()), "nothing is left of a refusal"
                continue
            assert sorted(files) == sorted(Path(folder).iterdir())
            back = formats.read(path, format=format)
        assert back.total == profile.total and back.scale == profile.scale
        assert [option.withdrawn for option in back.candidates] == [
            option.withdrawn for option in candidates.candidates
        ]


@given(profiles(scales=True), st.sampled_from(["blt", "preflib", "dat", "csv"]))
def test_a_written_file_is_recognised(profile: Profile, format: str) -> None:
    with contextlib.suppress(InputError):
        raw = text(profile, format).encode()
        name = "x" + formats.FORMATS[format].extensions[0]
        assert formats.detect(formats.Source.of(raw, name)).id == format


def test_nothing_is_left_of_a_refusal(tmp_path: Path) -> None:
    profile = profile_of(["Ann", "Ben"], [(3, [()])])
    with pytest.raises(InputError, match="without saying who: 3 ballots"):
        formats.write(profile, tmp_path / "x.blt", "blt")
    assert not list(tmp_path.iterdir())


# --- order and parts ---


def parts(raw: str, format: str) -> tuple[list[str], list[str], list[str]]:
    """The lines before the ballots, the ballots, and what comes after."""
    lines = raw.splitlines(keepends=True)
    if format == "blt":
        first = 2 if len(lines) > 1 and lines[1].startswith("-") else 1
        last = lines.index("0\n")
        return lines[:first], lines[first:last], lines[last:]
    if format == "csv":
        first = next(index for index, line in enumerate(lines) if not line.startswith("#")) + 1
    elif format == "preflib":
        lines = [line for line in lines if not line.startswith("# NUMBER") or "ALTERNATIVES" in line]
        first = next((index for index, line in enumerate(lines) if not line.startswith("#")), len(lines))
    else:
        first = 2 + int(lines[1].split()[1])
        lines[1] = " ".join(lines[1].split()[:2]) + "\n"
    return lines[:first], lines[first:], []


@given(profiles(repeats=False, scales=True), st.sampled_from(["blt", "preflib", "dat", "csv"]), st.randoms())
def test_order_and_parts_change_nothing(profile: Profile, format: str, chance: random.Random) -> None:
    before, ballots, after = parts(text(profile, format), format)

    def read(some: list[str]) -> Profile:
        return formats.read("".join([*before, *some, *after]).encode(), format=format)

    whole = read(ballots)
    shuffled = ballots[:]
    chance.shuffle(shuffled)
    assert same(read(shuffled), whole)
    assert said(read(ballots + ballots)) == {key: (2 * n, s) for key, (n, s) in said(whole).items()} or whole.scale != 1
    cut = chance.randint(0, len(ballots))
    assert same(formats.joined([read(shuffled[:cut]), read(shuffled[cut:])]), whole)


@given(
    st.lists(st.tuples(st.integers(1, 300), st.lists(st.integers(1, 12), max_size=15)), min_size=1, max_size=200),
    st.integers(20, 400),
    st.booleans(),
)
@settings(max_examples=60)
def test_the_quick_reader_is_the_plain_one(rows: list[tuple[int, list[int]]], chunk: int, merge: bool) -> None:
    """A naive twin: lines split in Python, against lines read many at a time, merged first or not."""
    raw = "12 1\n" + "".join(f"{number} {''.join(f'{who} ' for who in who_all)}0\n" for number, who_all in rows)
    raw += "0\n" + "".join(f'"c{number}"\n' for number in range(12))
    before = blt.CHUNK, blt.SMALL, blt.digits.worth_merging
    try:
        blt.CHUNK, blt.SMALL = chunk, 0 if merge else 1 << 30
        blt.digits.worth_merging = lambda _: True
        quick = formats.read(raw.encode(), format="blt")
    finally:
        blt.CHUNK, blt.SMALL, blt.digits.worth_merging = before
    twin: dict[tuple[object, ...], int] = {}
    for number, who_all in rows:
        twin[tuple(who_all)] = twin.get(tuple(who_all), 0) + number
    assert {tuple(ranks): number for number, ranks in quick.rankings()} == twin


# --- bytes that mean harm ---


CDF = (
    b'{"@type": "CVR.CastVoteRecordReport", "CVR": [{"CVRSnapshot": [{"Type": "original", "CVRContest": [{"ContestId":'
    b' "k", "CVRContestSelection": [{"ContestSelectionId": "s", "SelectionPosition": [{"Rank": 1, "HasIndication":'
    b' "yes"}]}]}]}]}], "Election": [{"Candidate": [{"@id": "a", "Name": "Ann"}], "Contest": [{"@id": "k", "Name":'
    b' "Board", "ContestSelection": [{"@id": "s", "CandidateIds": ["a"]}]}]}]}'
)
SEEDS: dict[str, bytes] = {
    "blt": b'3 1\n-2\n(id) 1 1 2=3 0\n# c\n1.5 - 3 0\n3 1 2 3 0\n0\n"Ann"\n"Be ""n"""\nCyd\n"Board"\n',
    "blt-nick": b'2 1 [nick a b] 1 a b 0 /* x */ 2 b 0 0 "Ann" "Ben" "Board"',
    "preflib": b"# DATA TYPE: toi\n# NUMBER ALTERNATIVES: 3\n# NUMBER VOTERS: 5\n# ALTERNATIVE NAME 1: Ann\n"
    b"# ALTERNATIVE NAME 2: Ben\n# ALTERNATIVE NAME 3: Cyd\n3: 1,{2,3}\n2: {},3\n",
    "preflib-cat": b"# DATA TYPE: cat\n# NUMBER CATEGORIES: 2\n# ALTERNATIVE NAME 1: Ann\n# ALTERNATIVE NAME 2: Ben\n"
    b"3: {1},{2}\n2: {},{1,2}\n",
    "dat": b'Ward\n2 3 2 900\nAnn, Red\n"Ben" "Blue",\nCyd\n4 1 2 3\n1 0 1 1\n',
    "csv": b'# title: T\n# candidate 1: Ann\n# candidate 2: Ben\nballots,rank 1,rank 2\n3,Ann,"Ben"\n1.5,,Ann|Ben\n',
    "csv-columns": b"id,Ann,Ben,Write-in\n1,1,2,\n2,,1,1\n",
    "debian": b"Tally Sheet\n  Option 1--->: Ann\n /  Option 2->: Ben\nV: 12 aa\nV: -1 bb\n",
    "json-records": b'[{"tracking": "1", "vote_1": "Ann", "vote_2": "Ben"}, {"vote_1": "Cyd"}]',
    "cdf": CDF,
    "clear-ballot": b"Row,Choice_1_1:Board:1:Vote For 1:Ann:Red,Choice_2_1:Board:2:Vote For 1:Ann:Red\n1,1,0\n2,0,1\n",
    "rctab": b'{"tabulatorVersion": "1", "candidates": [{"name": "Ann"}], "rules": {"numberOfWinners": "1"},'
    b' "cvrFileSources": [{"provider": "ess", "filePath": "x.xlsx"}]}',
    "ess": make_workbooks.workbook({make_workbooks.SHEET: make_workbooks.ballot('<c r="B2" t="str"><v>Ann</v></c>')}),
}
SIGNS = [
    b"\0",
    b"\n",
    b"\r",
    b",",
    b'"',
    b"0",
    b"-",
    b"=",
    b"(",
    b"[",
    b"{",
    b"}",
    b"#",
    b"/*",
    b":",
    b"9" * 12,
    b" ",
    b"\xff",
]


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, bytes]:
    """A valid file with a few of its bytes changed, left out, doubled or put in."""
    kind = draw(st.sampled_from(sorted(SEEDS)))
    raw = SEEDS[kind]
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(raw)))
        to = draw(st.integers(at, min(len(raw), at + 12)))
        put = draw(st.binary(max_size=3) | st.sampled_from(SIGNS) | st.just(raw[at:to] * 2))
        raw = raw[:at] + put + raw[to:]
    if draw(st.booleans()):
        raw = raw[: draw(st.integers(0, len(raw)))]
    return kind, raw


def sound(profile: Profile) -> bool:
    """Whether a profile is one: marks that mean something, numbers above 0."""
    count = len(profile.candidates)
    return (
        count > 0
        and profile.papers.shape[0] == profile.number.shape[0]
        and bool((profile.number > 0).all())
        and (profile.papers.size == 0 or int(profile.papers.max()) <= count)
        and (profile.papers.size == 0 or int(profile.papers.min()) >= -1 - len(profile.sets))
        and all(1 <= who <= count for group in profile.sets for who in group)
        and all(option.name.strip() for option in profile.candidates)
    )


@given(mutated(), st.sampled_from([None, *READ]))
@settings(max_examples=400)
def test_bytes_are_read_or_refused(case: tuple[str, bytes], format: str | None) -> None:
    with contextlib.suppress(InputError):
        assert sound(formats.read(case[1], format=format))


@given(mutated())
@settings(max_examples=400)
def test_bytes_of_a_known_format_are_read_or_refused(case: tuple[str, bytes]) -> None:
    with contextlib.suppress(InputError):
        assert sound(formats.read(case[1], format=case[0].removesuffix("-nick")))


@pytest.mark.parametrize("kind", [kind for kind in SEEDS if kind != "rctab"])
def test_the_seeds_are_valid(kind: str) -> None:
    assert sound(formats.read(SEEDS[kind], format=kind.removesuffix("-nick")))
    assert sound(formats.read(SEEDS[kind]))


# --- the shared files, which are there on a developer's machine ---


def shared() -> Iterator[Path]:
    if SHARED.is_dir():
        for suffix in (".blt", ".soi", ".toi", ".cat", ".dat", ".xlsx"):
            yield from sorted(SHARED.rglob(f"*{suffix}"))[:4]


@pytest.mark.parametrize("path", list(shared()), ids=lambda path: path.name)
@pytest.mark.parametrize("format", WRITTEN)
def test_real_ballots_are_written_and_read_again(path: Path, format: str) -> None:
    profile = formats.read(path)
    if profile.total > 200_000 or (format in ONE_A_ROW and profile.total > 20_000):
        pytest.skip("large")
    try:
        back = written_and_read(profile, format)
    except InputError:
        return
    assert said(back) == said(profile)
