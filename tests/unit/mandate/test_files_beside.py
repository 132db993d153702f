"""Claims and rivals about a contest in a file beside the contest file; and that 0 is a known number."""

from __future__ import annotations

from pathlib import Path

import pytest

from selectorate import contest, mandate
from selectorate.errors import ContestError

CONTEST = """
id = "{name}"
title = "The chair {name}"
organisation = "Society"
office = "Chair"
rulebook = "libdem"
date = 2026-01-01
elected = ["ada"]
[candidates.ada]
name = "Ada"
[candidates.ben]
name = "Ben"
[bodies.mps]
size = 0
[[nomination]]
stage = "mps"
counts = {{ ada = 3 }}
[[ballot]]
stage = "ballot"
[[ballot.round]]
votes.total = {{ ada = {ada}, ben = 4 }}
elected = ["ada"]
{more}
"""
ABOUT = """
[[claims]]
quote = "more votes than before"
by = "Ada"
[[claims.reading]]
measures = ["votes"]
is = "higher than"
than = "{other}"
[[rivals]]
name = "Ada before"
contest = "{other}"
candidate = "ada"
[[rivals]]
name = "the MPs"
nominations = "mps"
candidate = "ada"
"""


def write(folder: Path, name: str, ada: int, other: str | None = None) -> Path:
    path = folder / f"{name}.toml"
    path.parent.mkdir(exist_ok=True)
    more = ABOUT.format(other=other) if other else ""
    path.write_text(CONTEST.format(name=path.stem, ada=ada, more=more), encoding="utf-8")
    return path


@pytest.mark.parametrize("other", ["before", "earlier/before"])
def test_a_contest_in_a_file_beside(tmp_path: Path, other: str) -> None:
    write(tmp_path, other, 7)
    case = contest.load(str(write(tmp_path, "now", 9, f"{other}.toml")))
    (claim,) = mandate.check_claims(case)
    (finding,) = claim.readings[0].findings
    assert (finding.holds, finding.figure.value, finding.beside.value) == (True, 9, 7)
    before, _ = mandate.rivals(case)
    assert (before.contest, before.number.value) == ("before", 7)


def test_two_files_may_name_each_other(tmp_path: Path) -> None:
    write(tmp_path, "one", 7, "two.toml")
    case = contest.load(str(write(tmp_path, "two", 9, "one.toml")))
    assert mandate.check_claims(case)[0].readings[0].findings[0].holds


def test_what_is_wrong_in_the_other_file_is_told_with_its_place_there(tmp_path: Path) -> None:
    write(tmp_path, "before", 7).write_text("id = 7\n[candidates.ada]\n", encoding="utf-8")
    case = contest.load(str(write(tmp_path, "now", 9, "before.toml")))
    with pytest.raises(ContestError) as fault:
        mandate.check_claims(case)
    assert str(fault.value.where.file).endswith("before.toml")


def test_a_candidate_whom_the_other_file_has_not(tmp_path: Path) -> None:
    write(tmp_path, "before", 7).write_text('id = "before"\n[candidates.cyd]\nname = "Cyd"\n', encoding="utf-8")
    with pytest.raises(ContestError, match='there is no candidate "ada"') as fault:
        contest.load(str(write(tmp_path, "now", 9, "before.toml")))
    assert str(fault.value.where.key) == "rivals[1].candidate"


def test_a_body_of_nobody_is_known(tmp_path: Path) -> None:
    write(tmp_path, "before", 7)
    case = contest.load(str(write(tmp_path, "now", 9, "before.toml")))
    share = mandate.measure("nominations-share", contest.declare(case), "ada")
    assert "there were no" in str(share.cannot)
    _, nominated = mandate.rivals(case)
    assert "there were no" in str(nominated.bases[0].share.cannot)
