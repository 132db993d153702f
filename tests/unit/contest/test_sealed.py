"""A contest declared from sealed boxes: what it says is what files of the same ballots say."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.boxes import YES_NO, Made, new_box, single_trustees

from selectorate.box.ed25519 import ED25519
from selectorate.box.v1.elections import RankingQuestion
from selectorate.box.v1.papers import question_for
from selectorate.box.v1.report import report
from selectorate.cli.box_demo import CONTEST, RULES
from selectorate.contest import declare, load_file, to_json
from selectorate.contest.sealed import papers_of, read_sealed
from selectorate.errors import ContestError

NAMES = tuple(re.findall(r'^name = "(.+)"$', CONTEST, re.MULTILINE))
"""The candidates of the demonstration, in the order of its contest file."""
SEGMENTS = ("one", "two", "three")
Vectors = Sequence[Sequence[int]]


def vectors(seed: int, count: int) -> list[list[int]]:
    chance = random.Random(seed)
    found = []
    for _ in range(count):
        order = chance.sample(range(len(NAMES)), chance.choice((0, 1, 2, len(NAMES))))
        found.append([order.index(name) + 1 if name in order else 0 for name in range(len(NAMES))])
    return found


def sealed(folder: Path, votes: Vectors, trustees: Any) -> Path:
    made = new_box(folder, (RankingQuestion("Who?", NAMES),), voters=len(votes), trustees=trustees)
    for voter, vector in enumerate(votes):
        if voter % 3 == 0:
            made.cast(voter, [list(reversed(vector))])  # an earlier ballot, which does not count
        made.cast(voter, [vector])
    made.to_the_end()
    return made.path


def blt(folder: Path, name: str, votes: Vectors) -> Path:
    lines = [f"{len(NAMES)} 1"]
    for vector in votes:
        order = [name for _, name in sorted((rank, name) for name, rank in enumerate(vector, 1) if rank)]
        lines.append(" ".join(map(str, (1, *order, 0))))
    lines += ["0", *(f'"{name}"' for name in NAMES), '"A contest"']
    path = folder / f"{name}.blt"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def declared(folder: Path, files: dict[str, Path], counts: dict[str, int]) -> str:
    """The declaration of a contest whose ballots are in ``files``, by segment."""
    tables = "".join(f'[segments.{name}]\nname = "Segment {name}"\n' for name in files)
    ids = ", ".join(f'"{name}"' for name in files)
    (folder / "rules.toml").write_text(RULES.format(segments=tables, ids=ids), encoding="utf-8")
    told = ", ".join(f'{name} = "{path.name}"' for name, path in files.items())
    rolls = "".join(f"[ballot.roll.{name}]\nentitled = {count}\n" for name, count in counts.items())
    contest = folder / "contest.toml"
    contest.write_text(CONTEST.format(files=told, rolls=rolls), encoding="utf-8")
    return json.dumps(to_json(declare(load_file(contest))), ensure_ascii=False, indent=1)


def test_boxes_and_files_of_the_same_ballots_are_declared_alike(tmp_path: Path) -> None:
    votes = {name: vectors(seed, 24 + seed) for seed, name in enumerate(SEGMENTS)}
    counts = {name: len(of_it) + 5 for name, of_it in votes.items()}
    trustees = single_trustees(ED25519, 2)
    boxes = {name: sealed(tmp_path, of_it, trustees) for name, of_it in votes.items()}
    files = {name: blt(tmp_path, name, of_it) for name, of_it in votes.items()}
    from_boxes, from_files = declared(tmp_path, boxes, counts), declared(tmp_path, files, counts)
    for name in SEGMENTS:
        from_boxes = from_boxes.replace(boxes[name].name, "FILE")
        from_files = from_files.replace(files[name].name, "FILE")
    assert NAMES[0] in from_boxes
    assert from_boxes == from_files


# --- what nothing is declared from ------------------------------------------------------------------------


def refused(path: Path, message: str) -> None:
    with pytest.raises(ContestError, match=message) as caught:
        read_sealed(path)
    assert str(path) in str(caught.value.problems[0].where)


@pytest.fixture
def made(tmp_path: Path) -> Made:
    box = new_box(tmp_path, (RankingQuestion("Who?", NAMES),), voters=2, trustees=1)
    box.cast(0, [[1, *[0] * (len(NAMES) - 1)]])
    return box


def test_a_box_that_is_not_opened_gives_nothing(made: Made) -> None:
    refused(made.path, "not been opened yet")
    made.close()
    refused(made.path, "not been opened yet")
    made.shuffle(1)
    made.decrypt(1)
    refused(made.path, "not been opened yet")
    made.finish()
    assert read_sealed(made.path).profile.total == 1


def test_a_box_that_fails_a_check_gives_nothing(made: Made) -> None:
    made.to_the_end()
    raw = bytearray(made.path.read_bytes())
    at = raw.index(b'"alpha":"') + 20
    raw[at] = ord("0") if raw[at] != ord("0") else ord("1")
    made.path.write_bytes(bytes(raw))
    refused(made.path, "fails the check archive.hash")


def test_where_one_is_chosen_the_sums_are_papers(tmp_path: Path) -> None:
    made = new_box(tmp_path, (question_for("choose one", "Who?", ("a", "b", "c")),), voters=5, trustees=1)
    for voter, choice in enumerate((1, 1, 3, 0)):
        made.cast(voter, [[int(place == choice) for place in range(4)]])
    made.to_the_end()
    papers = read_sealed(made.path)
    assert (papers.total, papers.blank, papers.void, papers.sums) == (4, 1, 0, None)
    found = dict(zip(papers.profile.papers[:, 0].tolist(), papers.profile.number.tolist(), strict=True))
    assert found == {0: 1, 1: 2, 3: 1}


def test_where_several_are_chosen_there_are_sums_and_no_papers(tmp_path: Path) -> None:
    question = question_for("choose up to", "Who?", ("a", "b", "c"), most=2)
    made = new_box(tmp_path, (question,), voters=4, trustees=1)
    for voter, answer in enumerate(([0, 1, 1, 0], [0, 0, 1, 0], [1, 0, 0, 0])):
        made.cast(voter, [answer])
    made.to_the_end()
    papers = read_sealed(made.path)
    assert (papers.sums, papers.blank, papers.total, papers.profile.total) == ((1, 2, 0), 1, 3, 0)


def test_a_box_of_two_questions_is_not_declared_from(tmp_path: Path) -> None:
    question = RankingQuestion("Who?", ("a", "b"))
    made = new_box(tmp_path, (YES_NO, question), voters=2, trustees=1)
    made.cast(0, [[1, 0], [2, 1]])
    made.to_the_end()
    refused(made.path, "has one question")
    papers = papers_of(made.read(), 1)
    assert papers.profile.papers.tolist() == [[2, 1]] and papers.void == 0
    assert papers_of(made.read(), 0).profile.papers.tolist() == [[1]]


def test_papers_on_which_names_are_chosen(tmp_path: Path) -> None:
    """Where one paper has rules it is opened, and is no ranking: 0 or 1 for each name."""
    question = question_for("choose up to", "Who?", ("a", "b", "c", "d"), most=2, paper_rules=True)
    made = new_box(tmp_path, (question,), voters=5, trustees=1)
    for voter, vector in enumerate(([1, 0, 0, 1], [0, 1, 0, 0], [0, 0, 0, 0], [1, 1, 1, 0], [1, 2, 0, 0])):
        made.cast(voter, [vector])
    made.to_the_end()
    assert report(made.read()).void == {0: 2}
    papers = read_sealed(made.path)
    assert papers.void == 2
    # All chosen stand at the first rank: where they stand on the paper must not become an order of preference.
    rows = {ranks: number for number, ranks in papers.profile.rankings()}
    assert rows == {(): 3, ((1, 4),): 1, (2,): 1}
