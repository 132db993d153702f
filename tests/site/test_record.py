"""The record of a contest that the office ran in sealed boxes: a stranger checks it, with nothing else."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.site import rolled
from tests.site.stages import make, ready, stand
from tests.site.test_sealed_contest import (
    BEFORE,
    CAPACITIES,
    CHOSEN,
    CLOSES,
    DATES,
    DURING,
    NAMES,
    OPENS,
    POOLED,
    RANKED,
    SEGMENTS,
    _site,
    declared,
    electorate,
    struck,
    tick,
)
from tests.site.voted import Vote, online
from tests.site.world import World, at

from selectorate.cli.records import measured
from selectorate.contest.record import json_bytes, sha256_of
from selectorate.contest.verifying import Verification, verify
from selectorate.office.acts import amending, confirm, contests, verify_log
from selectorate.office.boxes import counts
from selectorate.office.commands.recording import export_record
from selectorate.office.models import Candidate, Contest, Log

SITE = _site
"""The settings of those tests, which hold here too."""


def voted(office: World, text: str = RANKED, sections: Any = SEGMENTS, each: int = 6) -> Vote:
    """A contest that is ready to be opened, with ``each`` voters a segment."""
    with at(BEFORE):
        rows = [
            rolled.member(f"{capacity[0]}{number}", f"Voter {capacity[0].upper()}{number}", capacity=capacity)
            for capacity in CAPACITIES
            for number in range(each)
        ]
        rolled.applied(office, rolled.csv_of(rows))
        contest = make(office, "", text=text, bodies={"mps": office.body("MPs", 5)}, dates=DATES, adopt=False)
        made = online(office, contest)
        contests.adopt_contest(office.alice, contest)
        contest.refresh_from_db()
        stand(office, contest, *NAMES)
        contest.candidates.update(status=Candidate.Status.STANDING)
        rolled.ready(office, contest)
        made.lay_out("ballot", sections)
        ready(office, contest, "ballot")
    return made


def finished(office: World, made: Vote) -> Contest:
    """The boxes opened and the result declared."""
    tick(CLOSES)
    with at("2016-09-21T12:00"):
        for box in made.boxes:
            made.open(box)
    with at("2016-09-24T11:00"):
        declared(office, made)
    return Contest.objects.get(pk=made.contest.pk)


def fetched(contest: Contest, path: Path) -> Path:
    """The record as everybody can fetch it."""
    answer = Client().get(f"/contests/{contest.slug}/record.zip")
    assert answer.status_code == 200
    path.write_bytes(b"".join(answer.streaming_content))
    return path


def holds(path: Path) -> Verification:
    """A record whose every check passes."""
    found = verify(path, measured=measured)
    assert [(one.check, one.verdict, one.details) for one in found.findings if one.verdict != "passed"] == []
    assert found.sound
    return found


def refused(folder: Path, name: str, check: str, change: Callable[[Any], None]) -> None:
    """A record of which one file was changed, and its hash with it, fails first at ``check``."""
    path, manifest = folder / name, folder / "record.json"
    before, listed = path.read_bytes(), manifest.read_bytes()
    data, files = json.loads(before), json.loads(listed)
    change(data)
    path.write_bytes(json_bytes(data))
    files["files"][name] = sha256_of(path)
    manifest.write_bytes(json_bytes(files))
    assert verify(folder, measured=measured).first_failure == check, name
    path.write_bytes(before)
    manifest.write_bytes(listed)


def test_three_segments_with_a_changed_roll(office: World, tmp_path: Path) -> None:
    made = voted(office)
    with at(BEFORE):
        struck(office, made, "m0")
        late = rolled.member("m9", "Late Voter")
        confirm(office.bob, amending.admit_person(office.alice, made.contest, values=late, reason="forgotten"))
        made.credential(made.box(section="members"), "roll:m9")
    tick(OPENS)
    slug = made.contest.slug
    with at(DURING):
        for box in made.boxes:
            for number, voter in enumerate(electorate(made, box.section)[:5]):
                made.cast(box, voter, [[1, 2, 3], [2, 1, 3], [1, 0, 0]][number % 3])
        struck(office, made, "m1")
        assert Client().get(f"/contests/{slug}/board.json").json()["struck"] == 1
    assert Client().get(f"/contests/{slug}/record.zip").status_code == 404
    contest = finished(office, made)
    (table,) = counts.counts_of(contest)
    assert table["segments"] == dict.fromkeys(("members", "affiliated", "registered"), 6)
    assert (table["struck_before"], table["added_before"], table["struck_after"]) == (
        {"members": 1}, {"members": 1}, {"members": 1}
    )  # fmt: skip
    path = fetched(contest, tmp_path / "record.zip")
    found = holds(path)
    assert found.elected == ("Ada Ash",) and sum(box["tallied"] for box in found.boxes) == 15
    assert "record.zip" in Client().get(f"/contests/{slug}/declaration/").content.decode()
    assert export_record(slug, tmp_path / "folder").startswith(str(tmp_path))
    holds(tmp_path / "folder")
    refused(
        tmp_path / "folder", "roll.json", "roll.sums", lambda data: data["stages"][0]["struck_after"].update(members=7)
    )
    refused(
        tmp_path / "folder",
        "declaration.json",
        "count.declaration",
        lambda data: data["ballots"][0].update(title="Another"),
    )
    assert verify_log(Log.objects.get(name=f"contest:{contest.pk}")) == []
    texts = [file.read_text() for file in (tmp_path / "folder").iterdir() if file.is_file()]
    for personal in ("Voter", "Late", "Alice", "Bob", "@example", "roll:m1"):
        assert not any(personal in text for text in texts), personal


def test_segments_that_vote_in_one_box(office: World, tmp_path: Path) -> None:
    made = voted(office, sections=POOLED, each=2)
    tick(OPENS)
    with at(DURING):
        for voter in ("roll:m0", "roll:a0", "roll:r0", "roll:r1"):
            made.cast(made.box(), voter, [1, 0, 0])
    contest = finished(office, made)
    found = holds(fetched(contest, tmp_path / "record.zip"))
    assert [box["credentials"] for box in found.boxes] == [6]
    folder = tmp_path / "folder"
    export_record(contest.slug, folder)
    refused(folder, "roll.json", "roll.sums", lambda data: data["stages"][0].update(entitled=7))
    refused(folder, "declaration.json", "count.declaration", lambda data: data["ballots"][0].update(title="Another"))


def test_sums(office: World, tmp_path: Path) -> None:
    made = voted(office, CHOSEN)
    tick(OPENS)
    with at(DURING):
        for section, choices in (("members", (1, 1, 2, 0)), ("affiliated", (3, 1)), ("registered", (1,))):
            for voter, choice in zip(electorate(made, section), choices, strict=False):
                made.cast(made.box(section=section), voter, [int(place == choice) for place in range(4)])
    holds(fetched(finished(office, made), tmp_path / "record.zip"))


@pytest.mark.parametrize("path", ["record.zip"])
def test_a_record_is_made_once(path: str, office: World, tmp_path: Path, monkeypatch: Any) -> None:
    from selectorate.office import recording

    made = voted(office, CHOSEN)
    tick(OPENS)
    with at(DURING):
        for box in made.boxes:
            made.cast(box, electorate(made, box.section)[0], [0, 1, 0, 0])
    contest = finished(office, made)
    first = Client().get(f"/contests/{contest.slug}/{path}")
    content = b"".join(first.streaming_content)
    monkeypatch.setattr(recording, "export", lambda *given: pytest.fail("it is kept"))
    second = Client().get(f"/contests/{contest.slug}/{path}")
    assert b"".join(second.streaming_content) == content and second.headers["ETag"] == first.headers["ETag"]
    same = Client().get(f"/contests/{contest.slug}/{path}", headers={"If-None-Match": first.headers["ETag"]})
    assert same.status_code == 304
