"""Votes held online for the tests of the site: a contest whose members vote online, its boxes and credentials."""

from __future__ import annotations

import json
from pathlib import Path

from django.test import Client
from tests.site import rolled, stages
from tests.site.world import World, at

from selectorate.desks import registrar as desk
from selectorate.office.acts import contests, online
from selectorate.office.models import Contest, OnlineVote, RollJob

PASSPHRASE = "correct horse battery staple"
RULES = """# The rules of a society.
id = "society"
name = "Leader of the society"
organisation = "Party of the Test"
office = "Leader"

[segments.members]
name = "members"

[segments.supporters]
name = "supporters"  # they pay less

[[stage]]
kind = "ballot"
id = "ballot"
segments = ["members", "supporters"]
paper = "rank"
count = "alternative vote"
elected = "majority of votes"
# How it is printed.
[stage.shares]
decimals = 2
"""
DATES = {"ballot_opens": "2016-08-22T09:00", "ballot_closes": "2016-09-21T12:00", "declared": "2016-09-24T11:45"}


def rules(**tests: str) -> str:
    """The rules, with the tests of who belongs to a segment."""
    found = RULES
    for segment, test in tests.items():
        words = f'\n[segments.{segment}.entitled]\n"belongs to it" = "{test}"\n'
        mark = "\n[[stage]]" if segment == "supporters" else "\n[segments.supporters]"
        found = found.replace(mark, words + mark, 1)
    return found


SPLIT = {"members": "capacity = 'member'", "supporters": "capacity = 'supporter'"}


def roll_of(members: int, supporters: int) -> bytes:
    """A file of so many members and supporters."""
    rows = [rolled.member(f"m{n:04}", f"Member Number{n}") for n in range(members)]
    rows += [rolled.member(f"s{n:04}", f"Supporter Number{n}", capacity="supporter") for n in range(supporters)]
    return rolled.csv_of(rows)


def drafted(office: World, **more: object) -> Contest:
    """A contest in preparation whose ballot is held online."""
    contest = stages.make(office, "society", text=rules(**SPLIT), dates=DATES, adopt=False)
    online.hold_online(office.alice, contest, stage="ballot")
    online.set_up_vote(office.alice, contest, **more)
    contest.refresh_from_db()
    return contest


def laid_out(office: World, members: int = 14, supporters: int = 12, **more: object) -> Contest:
    """A contest whose boxes are laid out."""
    with at("2016-07-01T10:00"):
        rolled.applied(office, roll_of(members, supporters))
        contest = drafted(office, **more)
        contests.adopt_contest(office.alice, contest)
    with at("2016-08-10T10:00"):
        rolled.closed(office, contest)
        online.lay_out_boxes(office.alice, contest)
    contest.refresh_from_db()
    return contest


def files_of(office: World, contest: Contest, folder: Path) -> tuple[Path, Path]:
    """voting.json and voters.csv, as the registrar fetches them."""
    browser: Client = office.client(office.registrar)
    voting, voters = folder / "voting.json", folder / "voters.csv"
    voting.write_bytes(browser.get(f"/contests/{contest.slug}/office/online/voting.json").content)
    answer = browser.post(f"/contests/{contest.slug}/office/online/voters.csv")
    voters.write_bytes(b"".join(answer.streaming_content))
    return voting, voters


def made(office: World, contest: Contest, folder: Path) -> desk.Folder:
    """The registrar's folder, made from what the office gives."""
    voting, voters = files_of(office, contest, folder)
    desk.make(desk.read_voting(voting), voters, folder / "credentials", PASSPHRASE)
    return desk.Folder(folder / "credentials")


def handed_in(office: World, contest: Contest, content: bytes, reason: str = "") -> RollJob:
    """What came of handing in a list, by the page."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    browser = office.client(office.registrar)
    file = SimpleUploadedFile("credentials.jsonl", content)
    answer = browser.post(f"/contests/{contest.slug}/office/online/credentials/", {"file": file, "reason": reason})
    assert answer.status_code == 302, answer.content.decode()
    return RollJob.objects.filter(kind="take_credentials").latest("pk")


def changed(content: bytes, number: int, **values: object) -> bytes:
    """A list whose line ``number`` (from 0) is changed."""
    lines = content.splitlines()
    lines[number] = json.dumps(json.loads(lines[number]) | values).encode()
    return b"\n".join(lines) + b"\n"


def vote_of(contest: Contest) -> OnlineVote:
    """The online vote as it stands."""
    return OnlineVote.objects.get(contest=contest)
