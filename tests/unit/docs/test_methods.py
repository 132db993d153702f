"""Every method has its page, which says what the registry says; its example comes out as it was worked by hand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import pytest
from tools import make_docs
from tools.docgen import methods, shown

from selectorate import exact
from selectorate.ballots import Option, formats, profile_of
from selectorate.count.registry import METHODS, Options
from selectorate.count.result import Count
from selectorate.count.schulze import PairwiseCount

PAGES = make_docs.METHOD_PAGES
SECTIONS = (
    "What the voter does",
    "How it is counted",
    "Ties",
    "Unusual marks",
    "How it differs from its neighbours",
    "What proves it",
    "To run it",
)
ROW = re.compile(r"^\| \[`([\w-]+)`\]\([\w-]+\.md\) \| (.+) \| (.+) \|$", re.MULTILINE)


def text_of(name: str) -> str:
    return (PAGES / f"{name}.md").read_text(encoding="utf-8")


def test_every_method_has_a_page_and_every_page_a_method() -> None:
    assert {page.stem for page in PAGES.glob("*.md")} == {*METHODS, "index"}


def test_the_index_leads_to_each_and_says_which_are_unproven() -> None:
    rows = dict(re.findall(r"^\| \[`([\w-]+)`\]\(\1\.md\) \| .+ \| (.+) \|$", text_of("index"), re.MULTILINE))
    assert set(rows) == set(METHODS)
    assert {name for name, said in rows.items() if said == "unproven"} == {
        method.id for method in METHODS.values() if method.proved_by is None
    }
    assert rows["ers97"] == "by its narrative only"


@pytest.mark.parametrize("name", METHODS)
def test_a_page_says_what_the_registry_says(name: str) -> None:
    text, method = text_of(name), METHODS[name]
    assert text == methods.with_facts(text, name), "run make docs"
    assert f"| source | {method.source} |" in text
    assert f"| proved by | {method.proved_by or '**unproven**'} |" in text
    assert text.startswith(f"# `{name}`: {method.name}\n")
    assert tuple(re.findall(r"^## (.+)$", text, re.MULTILINE)) == SECTIONS
    proof = " ".join(text.partition("## What proves it")[2].partition("## To run it")[0].split())
    assert proof.startswith("**Unproven.**") == (method.proved_by is None)
    assert method.proved_by is not None or "What would prove it" in proof or "would prove" in proof


@pytest.mark.parametrize("name", METHODS)
def test_what_a_page_points_to_is_there(name: str) -> None:
    for path in re.findall(r"`((?:tests|src)/[\w./-]+)`", text_of(name)):
        assert (make_docs.DOCS.parent / path).is_file(), path


@pytest.mark.parametrize("name", METHODS)
def test_a_page_runs_its_method(name: str) -> None:
    run = [block.body for block in shown.blocks(text_of(name)) if block.kind == "console"]
    assert run and all(f" --method {name}" in body for body in run)


def names_of(count: Count, people: Sequence[int]) -> str:
    names = [count.name(who) for who in people]
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def votes(value: Fraction) -> str:
    if value.denominator == 1:
        return f"{value.numerator:,}"
    return f"{exact.cut_to(value, 9, 'down'):,f}".rstrip("0")


def outcome(method: str, path: Path, places: int) -> tuple[str, str]:
    """Who is elected, and the votes of the last round, as the tables of the pages have it."""
    profile = formats.read(path)
    count = METHODS[method].run(profile, profile.seats or places, Options(entitled=120))
    elected = names_of(count, count.elected) or "nobody"
    if count.tied:
        elected = "stopped, tied: " + ", ".join(count.name(who) for who in count.tied)
    last = count.rounds[-1].totals
    return elected, ", ".join(f"{count.name(who)} {votes(value)}" for who, value in last.items() if value) or "–"


@pytest.mark.parametrize("name", METHODS)
def test_the_example_comes_out_as_it_was_worked_by_hand(name: str, tmp_path: Path) -> None:
    text = text_of(name)
    example = next(block for block in shown.blocks(text) if shown.is_file(block))
    path = shown.write(example, tmp_path)
    places = int((re.findall(r"--seats (\d+)", text) or ["1"])[0])
    rows = ROW.findall(text.partition(SECTIONS[4])[2])
    assert name in [method for method, _, _ in rows] and len(rows) > 1
    for method, elected, last in rows:
        assert outcome(method, path, places) == (elected, last), method
    assert len({(elected, last) for _, elected, last in rows}) > 1, "an example that tells nothing apart"


# -- unusual marks, as the pages tell them ---------------------------------------------------------------------------

RANKED = [name for name in METHODS if "**A skipped rank** is passed over, however many are skipped." in text_of(name)]
PAIRS = [name for name in METHODS if "**Several at one rank** are level on that paper" in text_of(name)]
MARKED = profile_of(
    [Option("Ann"), Option("Bob"), Option("Cyd", withdrawn=True)],
    [
        (20, [1]),
        (7, [None, 2]),  # a skipped rank
        (4, [3, 2]),  # one who withdrew
        (3, [2, 2, 1]),  # one who is named twice
        (2, [1, (2, 3)]),  # several at the second rank
        (5, [(1, 2)]),  # several at the first
        (6, []),
    ],
)


def test_the_pages_tell_apart_how_marks_are_read() -> None:
    several = [name for name in METHODS if "**Several at one rank**: the paper ends there." in text_of(name)]
    assert len(several) == 16 and {*several} - {*RANKED} == {"scottish"} and len(PAIRS) == 4


@pytest.mark.parametrize("name", RANKED)
def test_marks_of_ranked_papers(name: str) -> None:
    count = METHODS[name].run(MARKED, 1, Options())
    first = {count.name(who): votes for who, votes in count.rounds[0].totals.items()}
    assert {who: votes for who, votes in first.items() if votes} == {"Ann": 22, "Bob": 14}
    assert (count.valid, count.blank, count.spoilt) == (36, 6, 5)


def test_marks_in_scotland() -> None:
    """Preferences count "in consecutive order" (article 2): not after a gap, and none without a first."""
    assert "**A skipped rank** ends the paper" in text_of("scottish")
    count = METHODS["scottish"].run(MARKED, 1, Options())
    first = {count.name(who): votes for who, votes in count.rounds[0].totals.items()}
    assert first == {"Ann": 22, "Bob": 7}
    assert (count.valid, count.blank, count.spoilt) == (29, 6, 12)
    assert count.spoilt_by["skipped"] == 7
    papers = [(6, [1, None, 2]), (3, [2]), (4, [3])]
    second = METHODS["scottish"].run(profile_of(["Ann", "Bob", "Cyd"], papers), 2, Options()).rounds[1]
    assert (second.exhausted, second.why["skipped"]) == (Fraction("0.99996"), Fraction("0.99996"))


def test_marks_in_minneapolis() -> None:
    """A rank with several is passed over; the fourth rank is not read; nobody's names are a pool that never wins."""
    options = [Option("Ann"), Option("Bob"), Option("Cyd"), Option("others", write_in=True)]
    papers = [(3, [(1, 2), 2]), (4, [None, None, 1]), (2, [None, None, None, 1]), (9, [4, 3]), (1, [])]
    count = METHODS["minneapolis"].run(profile_of(options, papers), 1, Options())
    first, second, *_ = count.rounds
    assert dict(first.totals) == {1: 4, 2: 3, 3: 0, 4: 9}
    assert (first.elected, second.excluded, count.elected) == ((), (4,), (3,))
    assert (count.valid, count.blank, count.spoilt) == (16, 1, 2)


def test_two_choices_count_in_a_supplementary_vote() -> None:
    papers = [(4, [1]), (3, [2]), (2, [3, None, 2]), (2, [None, 3, 2])]
    count = METHODS["supplementary-vote"].run(profile_of(["Ann", "Bob", "Cyd"], papers), 1, Options())
    assert dict(count.rounds[0].totals) == {1: 4, 2: 3, 3: 4}


@pytest.mark.parametrize("name", PAIRS)
def test_marks_of_papers_that_are_compared(name: str) -> None:
    count = METHODS[name].run(MARKED, 1, Options())
    assert isinstance(count, PairwiseCount)
    apart = name == "schulze-not-compared"
    assert dict(count.pairs) == ({(1, 2): 2, (2, 1): 3} if apart else {(1, 2): 22, (2, 1): 14})
    assert (count.blank, count.spoilt) == (6, 0)


@pytest.mark.parametrize(("name", "most"), [("most-votes", 1), ("limited-vote", 1), ("block-vote", 2), ("approval", 4)])
def test_marks_of_papers_on_which_candidates_are_chosen(name: str, most: int) -> None:
    options = [Option("Ann"), Option("Bob"), Option("Dan"), Option("Cyd", withdrawn=True)]
    papers = [(9, [1]), (4, [(1, 2)]), (2, [(1, 2, 3)]), (3, [(1, 4)]), (5, [4]), (6, [])]
    count = METHODS[name].run(profile_of(options, papers), 2, Options())
    few = 9 + 3 + (4 if most > 1 else 0) + (2 if most > 2 else 0)
    assert (count.rounds[0].totals[1], count.valid, count.blank) == (few, few, 6)
    assert count.spoilt_by["nobody chosen who stands"] == 5
    assert count.spoilt_by.get("too many chosen", 0) == 18 - few
