"""BLT in its dialects."""

from __future__ import annotations

import io

import pytest

from selectorate.ballots import Profile, formats
from selectorate.ballots.formats import blt
from selectorate.errors import InputError

NAMES = '"Ann"\n"Ben"\n"Cyd"\n"Dot"\n"Board"\n'
PLAIN = f"4 2\n3 1 3 4 0\n4 1 3 2 0\n2 4 1 3 0\n1 2 0\n2 2 4 3 1 0\n1 3 4 2 0\n0\n{NAMES}"


def read(text: str | bytes) -> Profile:
    return formats.read(text if isinstance(text, bytes) else text.encode(), format="blt")


def ballots(profile: Profile) -> dict[tuple[object, ...], int]:
    return {tuple(ranks): number for number, ranks in profile.rankings()}


def names(profile: Profile) -> list[str]:
    return [option.name for option in profile.candidates]


EXPECTED = ballots(read(PLAIN))


def test_plain() -> None:
    profile = read(PLAIN)
    assert profile.seats == 2 and profile.title == "Board" and names(profile) == ["Ann", "Ben", "Cyd", "Dot"]
    assert EXPECTED == {(1, 3, 4): 3, (1, 3, 2): 4, (4, 1, 3): 2, (2,): 1, (2, 4, 3, 1): 2, (3, 4, 2): 1}
    assert profile.total == 13 and profile.scale == 1


@pytest.mark.parametrize(
    "text",
    {
        "crlf": PLAIN.replace("\n", "\r\n"),
        "carriage returns": PLAIN.replace("\n", "\r"),
        "byte order mark": "\ufeff" + PLAIN,
        "400 blanks at each end": PLAIN.replace("\n", " " * 400 + "\n"),
        "tabs": PLAIN.replace(" ", "\t"),
        "blanks before": PLAIN.replace("\n", "\n   "),
        "ended by commas": PLAIN.replace("\n", ",\n"),
        "ended by many commas": PLAIN.replace("\n", ",,,, ,\n"),
        "parted by commas": PLAIN.replace(" ", ", "),
        "empty lines": PLAIN.replace("\n", "\n\n"),
        "no end of line at the end": PLAIN.rstrip("\n"),
        "no quotes": PLAIN.replace('"', ""),
        "curly quotes": PLAIN.replace('"Ann"', "\u201cAnn\u201d"),
        "comments": PLAIN.replace("\n", " # what 1 2 3 0\n# more 0\n"),
        "comments of C": PLAIN.replace("3 1 3 4 0", "/* 9 9\n 9 /* 9 */ 0\n*/ 3 1 /* x */ 3 4 0"),
        "a line a number": PLAIN.replace(NAMES, "").replace(" ", "\n") + NAMES,
        "one line": PLAIN.replace("\n", " "),
        "wrapped": PLAIN.replace("2 2 4 3 1 0", "2 2\n4 3\n1\n0"),
        "whole decimals": PLAIN.replace("\n3 1 3", "\n3.00 1 3"),
        "identifiers": PLAIN.replace("\n1 2 0", "\n(B 17) 1 2 0").replace("3 1 3 4 0", "(x) 3 1 3 4 0"),
        "two ballots a line": PLAIN.replace("3 1 3 4 0\n", "3 1 3 4 0 "),
        "split weights": PLAIN.replace("3 1 3 4 0", "1 1 3 4 0\n2 1 3 4 0"),
        "options": PLAIN.replace("4 2\n", "4 2\n[tie 1 2 3 4]\n"),
        "nicks": "4 2\n[nick a b c d]\n3 a c d 0\n4 a c b 0\n2 d a c 0\n1 b 0\n2 b d c a 0\n1 c d b 0\n0\n" + NAMES,
        "numbers and nicks": "4 2\n[nick a b c d]\n" + PLAIN.removeprefix("4 2\n"),
        "end of file of DOS": PLAIN + "\x1a",
        "source and comment": PLAIN + '"from here"\n"made up"\n',
    }.values(),
    ids=lambda text: "",
)
def test_dialects_that_say_the_same(text: str) -> None:
    profile = read(text)
    assert ballots(profile) == EXPECTED
    assert (names(profile), profile.title, profile.seats) == (["Ann", "Ben", "Cyd", "Dot"], "Board", 2)


@pytest.mark.parametrize("name", ["ward.blt", "ward.BLT", "ward.txt", "ward", "ward.dat", "WARD.DAT"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_blt_file_is_recognised(name: str, end: str) -> None:
    """Whatever ends its lines, and though Hill's own files are called .dat, as rank matrices are."""
    commas = ("\n# a ward\n" + PLAIN.replace(" ", ",")).replace("\n", ",,,\n")
    for text in (PLAIN, "# a ward\n" + PLAIN, "2 1\n1 1 0\n0\nAnn\nBen\n", PLAIN.replace("\n", "\n\n"), commas):
        for mark in ("", "\ufeff"):
            raw = (mark + text).replace("\n", end).encode()
            assert formats.detect(formats.Source.of(raw, name)).id == "blt", text


def test_a_matrix_is_recognised_whatever_ends_its_lines() -> None:
    for title in ("10 Morningside", "4 2", ""):
        for end in ("\n", "\r\n", "\r"):
            raw = f"{title}\n2 2 1 100\nAnn, Red\nBen, Blue\n3 1 2\n".replace("\n", end).encode()
            assert formats.detect(formats.Source.of(raw, "ward.dat")).id == "dat"
            assert formats.read(raw, name="ward.dat").total == 3


def test_withdrawn() -> None:
    for text in ("4 2\n-3 -4\n1 1 3 0\n0\n", "4 2\n-3\n-4\n1 1 3 0\n0\n", "4 2 -3 -4 1 1 3 0 0\n"):
        profile = read(text + NAMES)
        assert [option.withdrawn for option in profile.candidates] == [False, False, True, True]
        assert ballots(profile) == {(1, 3): 1}, "marks for them stay: the rule passes them over"


def test_unusual_marks() -> None:
    profile = read("4 2\n2 2=3 - 1 0\n1 1 - - 0\n1 2=2 4 0\n5 0\n1 1 2 1 0\n1 (1 4) 2 0\n1 1 = 4 2 0\n0\n" + NAMES)
    assert ballots(profile) == {((2, 3), None, 1): 2, (1,): 1, (2, 4): 1, (): 5, (1, 2, 1): 1, ((1, 4), 2): 2}
    assert profile.blank == 5 and profile.sets == ((1, 4), (2, 3))


def test_weights_in_decimals() -> None:
    profile = read("4 2\n1.5 1 0\n2 2 0\n0.25 1 0\n1 3 0\n0\n" + NAMES)
    assert profile.scale == 4 and ballots(profile) == {(1,): 7, (2,): 8, (3,): 4} and profile.total == 19


def test_weights_in_decimals_after_unusual_lines() -> None:
    """Lines that are remembered are not remembered in units that are no longer in use."""
    for finer in ("1.5 1 0", "1.5 1 0 1 2 0", "(x) 1.5 1 0", "1.5\n1 0"):
        profile = read(f"4 2\n1 1 0\n2 2=3 0\n2 2=3 0\n{finer}\n2 2=3 0\n2 2=3 0\n0\n" + NAMES)
        assert profile.scale == 2 and ballots(profile)[((2, 3),)] == 16, finer


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ('"John "Jack" Smith"', 'John "Jack" Smith'),
        ('"Neil ALEXANDER ""Scottish Liberal Democrats"""', 'Neil ALEXANDER "Scottish Liberal Democrats"'),
        (r'"John \"Jack\" Smith"', 'John "Jack" Smith'),
        ('"Ann # 1" # first', "Ann # 1"),
        ('"Smith, Ann",,,', "Smith, Ann"),
        ("Smith, Ann ,", "Smith, Ann"),
        ("Rose-Ann CUNINGHAME (Con)", "Rose-Ann CUNINGHAME (Con)"),
        ("O'Brien", "O'Brien"),
        ('"Kevin  LANG"', "Kevin  LANG"),
        ("0", "0"),
        ('"1 2 0"', "1 2 0"),
    ],
)
def test_names(line: str, name: str) -> None:
    profile = read(f"2 1\n1 1 2 0\n0\n{line}\n{line}\nWard\n")
    assert names(profile) == [name, name] and profile.title == "Ward"
    assert ballots(profile) == {(1, 2): 1}, "two of one name are two"


def test_names_in_one_line() -> None:
    assert names(read('3 1\n1 1 0\n0 "Ann" "Ben"\n"Cyd" "Board"\n')) == ["Ann", "Ben", "Cyd"]


def test_names_with_parties_in_a_line() -> None:
    profile = read('2 1\n1 1 0\n0\n"Ann" "Red Party",\n"Ben" "Blue"\n"Board"\n')
    assert [(option.name, option.party) for option in profile.candidates] == [("Ann", "Red Party"), ("Ben", "Blue")]
    assert profile.title == "Board"


@pytest.mark.parametrize("line", ['"{}" {}', '"{}", {}', '"{}",{},', '"{}"\t{}  ', '"{}" "{}"'])
@pytest.mark.parametrize("after", ["", '"Board"\n', '"Board"\n"source"\n"comment"\n', "Board\n", '"Board" "source"\n'])
def test_names_with_parties_outside_their_quotes(line: str, after: str) -> None:
    who = "\n".join(line.format(*both) for both in (("Ann", "Red Party"), ("Ben", "(Ind)"), ("Cyd", "Blue")))
    profile = read(f"3 1\n1 1 0\n0\n{who}\n{after}")
    assert [(option.name, option.party) for option in profile.candidates] == [
        ("Ann", "Red Party"),
        ("Ben", "(Ind)"),
        ("Cyd", "Blue"),
    ]
    assert profile.title == ("Board" if after else "")


def test_a_title_with_something_after_it() -> None:
    for title in ('"Ward 4" - Forth', '"Ward 4" "a source" "a comment"', '"Ward 4" "a source"\n"a comment"\n"more"'):
        profile = read(f"2 1\n1 1 0\n0\n'Ann'\nBen\n{title}\n")
        assert names(profile) == ["'Ann'", "Ben"] and profile.title == "Ward 4"


def test_a_missing_title() -> None:
    assert read("2 1\n1 1 0\n0\nAnn\nBen\n").title == ""


def test_names_in_an_older_encoding() -> None:
    assert names(read(b'2 1\n1 1 0\n0\n"Rapha\xebl"\n"\xc3\x89ric"\n')) == ["Rapha\u00ebl", "\u00c9ric"]


def test_no_ballots() -> None:
    profile = read("2 3\n0\n" + '"Ann"\n"Ben"\n')
    assert profile.total == 0 and profile.blank == 0 and len(profile.candidates) == 2


def test_what_is_blank_only() -> None:
    profile = read('2 1\n3 0\n0\n"Ann"\n"Ben"\n')
    assert (profile.total, profile.blank) == (3, 3)


def lines_of(number: int) -> bytes:
    return b"".join(b"%d %d %d 0\n" % (1 + i % 3, 1 + i % 4, 1 + (i + 1) % 4) for i in range(number))


@pytest.mark.parametrize("chunk", [64, 200, 1 << 16])
@pytest.mark.parametrize("small", [0, 1 << 30])
def test_pieces_change_nothing(monkeypatch: pytest.MonkeyPatch, chunk: int, small: int) -> None:
    """Reading in pieces, with and without merging equal lines first, gives what the careful reader gives."""
    body = (
        lines_of(500) + b"1 2=3 - 1 0\n(id) 1 4\n3 0\n# 1 1 0\n0003 1 0\n" + lines_of(300) + b"1.5 1 0\n" + lines_of(9)
    )
    text = b"4 2\n-2\n" + body + b"0\n" + NAMES.encode()
    whole = read(text)
    monkeypatch.setattr(blt, "CHUNK", chunk)
    monkeypatch.setattr(blt, "SMALL", small)
    monkeypatch.setattr(blt.digits, "worth_merging", lambda _: small == 0)
    pieces = read(text)
    careful = blt._Careful("twin")
    for line in text.split(b"\n"):
        careful.line(line)
    for profile in (pieces, careful.profile()):
        assert ballots(profile) == ballots(whole)
        assert profile.candidates == whole.candidates and profile.title == whole.title
    assert whole.scale == 2


def test_the_line_of_a_fault_after_many_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blt, "CHUNK", 256)
    monkeypatch.setattr(blt, "SMALL", 0)
    text = (
        b"4 2\n" + lines_of(1000) + b"1 2=3 0\n" + lines_of(500) + b"1 7 0\n" + lines_of(500) + b"0\n" + NAMES.encode()
    )
    with pytest.raises(InputError) as caught:
        read(text)
    assert caught.value.where.line == 1 + 1000 + 1 + 500 + 1


def test_more_than_255_candidates() -> None:
    everybody = " ".join(str(number) for number in range(1, 301))
    many = "\n".join(f"c{number}" for number in range(1, 301))
    profile = read(f"300 5\n2 {everybody} 0\n1 300 1 0\n0\n{many}\n")
    assert ballots(profile) == {tuple(range(1, 301)): 2, (300, 1): 1}


def test_numbers_of_many_digits() -> None:
    profile = read("2 1\n123456789 1 0\n1234567890 2 0\n00001 0001 0\n0\nAnn\nBen\n")
    assert ballots(profile) == {(1,): 123456790, (2,): 1234567890}


def test_writing() -> None:
    out = io.StringIO()
    formats.write(read("3 2\n-2\n2 2=3 - 1 0\n1 0\n0\n" + 'A "B" C\n"D\\E"\nF\nWard "1"\n'), out, "blt")
    assert out.getvalue() == ('3 2\n-2\n2 2=3 - 1 0\n1 0\n0\n"A \\"B\\" C"\n"D\\\\E"\n"F"\n"Ward \\"1\\""\n')


def test_a_ballot_without_its_end_is_not_joined_to_the_next() -> None:
    with pytest.raises(InputError, match=r":3: the ballot goes on to line 4, where candidate 1 comes a second time"):
        read("4 2\n1 1 0\n2 1 2\n3 1 4 0\n0\n" + NAMES)
