"""One contest held in sealed boxes, in a real browser: from its set-up to a record that a stranger verifies.

Everybody has a browser of their own, and uses it by keyboard: the returning officers, the registrar, three trustees,
six voters of three segments, a scrutineer, and somebody who is nobody. What is done on machines of their own is done
there: commands in a folder, with nothing of this process (``own_machine``). What stands in long tables (the roll, who
is nominated) comes from the acts behind the pages that other tests look at.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from playwright.sync_api import expect
from tests import booths
from tests.browser.own_machine import PASSPHRASE, mails, passphrase_in, run, trustee_page
from tests.browser.person import Person, declare
from tests.interop.box import tool as reference
from tests.site import rolled
from tests.site.stages import make, ready, stand
from tests.site.test_sealed_contest import CAPACITIES, RANKED, SEGMENTS
from tests.site.world import World, at, second_factor

from selectorate.box import canonical
from selectorate.box.archive import Archive
from selectorate.box.v1.ballots import MOST_BYTES, read_ballot, tracker
from selectorate.box.v1.reading import read_box
from selectorate.office.boxes import board, counting, store
from selectorate.office.models import Contest, OnlineVote, SealedBox, Trustee

RULES = RANKED[: RANKED.index("online = ")]
"""The rules before anybody has said that the ballot is held online."""
DATES = {"ballot_opens": "2016-08-22T09:00", "ballot_closes": "2016-08-31T12:00", "declared": "2016-09-02T11:45"}
NAMES = ("Ada Ashworth", "Ben Birchall", "Cyd Cedar")
TRUSTEES = ("Anna Thorne", "Bert Quill", "Cleo Marsh")
EACH = 4
"""Voters of each segment, of whom two vote."""
VOTES = {
    "m0": ("Ada Ashworth", "Ben Birchall"),
    "m1": ("Ben Birchall", "Ada Ashworth", "Cyd Cedar"),
    "a0": ("Ada Ashworth",),
    "a1": ("Ben Birchall",),
    "r0": ("Ada Ashworth", "Ben Birchall", "Cyd Cedar"),
    "r1": ("Cyd Cedar", "Ada Ashworth"),
}
"""By membership number, whom each voter ranks. First choices: Ada 3 of 6, which is no majority; then 4."""
CHANGED_MIND, AUDITOR = "a0", "m1"
STEPS = ("certificates", "commitments", "polynomials", "voutputs", "test")


@dataclass
class Machine:
    """A trustee with a browser, and a folder on their own machine; ``page``: their program's page, or None."""

    number: int
    person: Person
    folder: Path
    page: Person | None = None

    @property
    def name(self) -> str:
        return TRUSTEES[self.number - 1]

    def do(self, button: str, *words: str, typed: tuple[str, ...] = ()) -> None:
        """One step: by a button of the page after ``typed``, or by the command ``trustee WORDS``."""
        if self.page is None:
            run(self.folder, "trustee", *words, "my.key", *self._passphrase(words[0]))
            return
        for label in typed:
            self.page.fill(label, PASSPHRASE)
        self.page.press(button)
        expect(self.page.page.locator("h1")).not_to_contain_text("…", timeout=60_000)
        assert self.page.page.locator(".fault").count() == 0, self.page.page.locator("main").inner_text()

    def _passphrase(self, word: str) -> list[str]:
        return [] if word == "shuffle" else ["--passphrase-file", str(passphrase_in(self.folder))]


@dataclass
class Play:
    """Who and what the steps of the contest have in common."""

    office: World
    visit: Callable[..., Any]
    address: str
    folder: Path
    cleanup: ExitStack
    contest: Contest = field(init=False)
    links: dict[str, str] = field(default_factory=dict)
    trustees: list[Machine] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)
    trackers: dict[str, str] = field(default_factory=dict)
    people: list[Person] = field(default_factory=list)

    def person(self, user: Any = None) -> Person:
        """Somebody with a browser of their own; ``user``: as whom they are signed in."""
        made: Person = self.visit(Person)
        self.people.append(made)
        if user is not None:
            made.sign_in(user)
        return made

    @property
    def where(self) -> str:
        """Where the contest is to be found."""
        return f"/contests/{self.contest.slug}"

    @property
    def boxes(self) -> list[SealedBox]:
        """The boxes as they are now."""
        return list(SealedBox.objects.filter(vote__contest=self.contest).select_related("vote__contest"))

    def own(self, name: str) -> Path:
        """Somebody's folder on their own machine."""
        path = self.folder / name
        path.mkdir(exist_ok=True)
        return path


@pytest.fixture
def play(
    office: World,
    visitor: Callable[..., Any],
    live_server: Any,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Any:
    """The site with an address of its own, and a booth that is built."""
    booths.built()
    cache.clear()
    settings.ADDRESS = str(live_server)
    monkeypatch.setattr(board, "FRESH", 1)
    with ExitStack() as cleanup:
        yield Play(office, visitor, str(live_server), tmp_path, cleanup)


def test_a_contest_in_sealed_boxes(play: Play, tmp_path: Path) -> None:
    with at("2016-07-12T10:00"):
        _set_up(play)
    with at("2016-08-20T10:00"):
        _name_trustees(play)
        _make_key(play)
        _credentials(play)
        _paper(play)
    with at("2016-08-22T08:01"):
        _open(play)
    with at("2016-08-24T10:00"):
        for number in VOTES:
            _vote(play, number)
    _watch(play)  # by the clock of the files: how old the board may be is told from them
    with at("2016-08-31T11:01"):
        _close(play)
    with at("2016-08-31T12:00"):
        _unseal(play)
    with at("2016-09-02T10:46"):
        _declare(play)
        _record(play)
    _ballots(play)
    assert [one.elsewhere for one in play.people if one.elsewhere] == []
    for box in play.boxes:
        assert read_box(store.archive(box)).faults == []
    _reference(play, tmp_path / "reference")


# -- before anybody votes ------------------------------------------------------------------------------------------


def _set_up(play: Play) -> None:
    """The returning officer says that the ballot is held online, under which trustees, and adopts the rules."""
    office = play.office
    rows = [
        rolled.member(f"{capacity[0]}{number}", f"Voter {capacity[0].upper()}{number}", capacity=capacity)
        for capacity in CAPACITIES
        for number in range(EACH)
    ]
    rolled.applied(office, rolled.csv_of(rows))
    bodies = {"mps": office.body("MPs", 5)}
    play.contest = make(
        office, "", text=RULES, bodies=bodies, dates=DATES, title="Leadership election 2016", adopt=False
    )
    alice = play.person(office.alice)
    alice.go(f"{play.where}/office/online/")
    alice.examine("sealed-01-not-online")
    alice.choose("It is held online")
    alice.press("Write it into the rules")
    alice.examine("sealed-02-set-up")
    alice.fill("Fewest ballots with which a box is opened", "2")
    alice.press("Set up the vote")
    alice.sees("2 of 3 open a box together")
    alice.examine("sealed-03-what-follows")
    alice.go(f"{play.where}/office/checklist/adoption/")
    alice.press("Adopt the rules and the timetable")
    play.contest.refresh_from_db()
    assert play.contest.status == Contest.Status.ADOPTED
    stand(office, play.contest, *NAMES)
    play.contest.candidates.update(status="standing")


def _name_trustees(play: Play) -> None:
    alice = play.person(play.office.alice)
    alice.go(f"{play.where}/office/ceremony/")
    for name in TRUSTEES:
        alice.fill("Name", name)
        alice.fill("Mail address", f"{name.split()[0].lower()}@trustees.example")
        alice.press("Name this trustee")
    alice.examine("sealed-04-trustees-named")


def _make_key(play: Play) -> None:
    """Two trustees work in the page of their program, one by commands; the office's page shows who is waited for."""
    vote = OnlineVote.objects.get(contest=play.contest)
    for trustee in Trustee.objects.filter(vote=vote).order_by("number"):
        second_factor(trustee.user)
        person = play.person(trustee.user)
        machine = Machine(trustee.number, person, play.own(trustee.name.split()[0].lower()))
        play.trustees.append(machine)
        person.go(f"{play.where}/office/ceremony/")
        person.press("Get a code for my program")
        code = person.page.locator("section[aria-labelledby=your-code] strong").inner_text()
        if trustee.number == 1:
            person.examine("sealed-05-trustee-code")
        _join(play, machine, code)
    for step in STEPS:
        for machine in play.trustees:
            typed = {
                "certificates": ("A new passphrase for your key", "The passphrase once more"),
                "polynomials": (),
            }.get(step, ("Passphrase of your key",))
            if machine.number == 1 and machine.page is not None:
                machine.page.examine(f"sealed-06-trustee-{step}")
            if (machine.number, step) == (2, "polynomials"):
                _look_at_ceremony(play)
            machine.do("Do this step", "next", typed=typed)
            assert machine.page is None or machine.page.page.locator(".said").count(), "it says what was done"
        for machine in play.trustees:
            if machine.page is not None:
                machine.page.press("Ask the office how it stands")
    play.trustees[0].page.examine("sealed-08-trustee-key-made")  # type: ignore[union-attr]
    for machine in play.trustees:
        assert (machine.folder / "my.key").is_file()
    person = play.trustees[1].person
    person.go(f"{play.where}/office/ceremony/")
    person.sees("The key is made, and each trustee has decrypted the test.")
    person.examine("sealed-09-ceremony-done")


def _join(play: Play, machine: Machine, code: str) -> None:
    if machine.number == len(TRUSTEES):
        (machine.folder / "code").write_text(code, encoding="utf-8")
        words = ("--contest", play.contest.slug, "--out", "my.key", "--code-file", "code")
        run(machine.folder, "trustee", "join", play.address, *words)
        return
    address = play.cleanup.enter_context(trustee_page(machine.folder, "my.key"))
    machine.page = play.person()
    machine.page.address = address.partition("/start/")[0]
    machine.page.page.goto(address)
    if machine.number == 1:
        machine.page.examine("sealed-05-trustee-join")
    for label, text in (("Address of the office's site", play.address), ("Contest", play.contest.slug), ("Code", code)):
        machine.page.fill(label, text)
    machine.page.press("Join")
    machine.page.sees("You are trustee")


def _look_at_ceremony(play: Play) -> None:
    """The page of the ceremony, for each official and for a trustee who is waited for."""
    users = {"officer": play.office.alice, "registrar": play.office.registrar, "scrutineer": play.office.scrutineer}
    for name, user in users.items():
        person = play.person(user)
        person.go(f"{play.where}/office/ceremony/")
        person.sees("It is waited for: Bert Quill, Cleo Marsh.")
        person.examine(f"sealed-07-ceremony-{name}")
    waited = play.trustees[1].person
    waited.go(f"{play.where}/office/ceremony/")
    waited.sees("You are asked for: 3. Parts.")
    waited.examine("sealed-07-ceremony-trustee")


def _credentials(play: Play) -> None:
    """The registrar makes the credentials at home, hands the public ones in, compares, and mails the private ones."""
    rolled.closed(play.office, play.contest)
    rita, home = play.person(play.office.registrar), play.own("registrar")
    online = f"{play.where}/office/online/"
    rita.go(online)
    rita.press("Lay out the boxes")
    rita.examine("sealed-10-boxes-laid-out")
    rita.save("voting.json", home / "voting.json")
    rita.save("Fetch voters.csv", home / "voters.csv")
    secret = ("--passphrase-file", passphrase_in(home))
    made = run(home, "registrar", "make", "voting.json", "voters.csv", "--out", "credentials", *secret)
    rita.page.set_input_files("input[type=file]", home / "credentials" / "credentials.jsonl")
    rita.press("Hand in the public list")
    rita.page.wait_for_load_state()
    rita.examine("sealed-11-list-taken")
    rita.go(online)
    for found in re.findall(r"fingerprint (\S+)", made):
        rita.sees(found)
    rita.examine("sealed-12-fingerprints")
    rita.save("voting.json", home / "published.json")
    assert run(home, "registrar", "check", "credentials", "published.json").count("as it was made here") == len(
        SEGMENTS
    )
    with mails() as server:
        words = ("--smtp", server.place, "--no-tls", "--from", "reg@example.org")
        run(home, "registrar", "mail", "credentials", *words, *secret)
        play.links = server.links
    assert len(play.links) == len(CAPACITIES) * EACH
    secrets = [link.partition("#")[2] for link in play.links.values()]
    assert not any(one in (home / "credentials" / "credentials.jsonl").read_text() for one in secrets)


def _paper(play: Play) -> None:
    """Entries signed off; the paper looked at by two officials."""
    ready(play.office, play.contest, "ballot")


def _open(play: Play) -> None:
    desk = f"{play.where}/office/stages/ballot/"
    alice = play.person(play.office.alice)
    alice.go(desk)
    alice.examine("sealed-13-before-it-opens")
    alice.press("Open it")
    assert {box.phase for box in play.boxes} == {"voting"}
    alice.go(f"{play.where}/office/boxes/")
    alice.examine("sealed-14-boxes-open")


# -- the voters ----------------------------------------------------------------------------------------------------


def _vote(play: Play, number: str) -> None:
    """A voter comes by the link of their mail, and casts; one has another ballot opened before, one casts again."""
    voter, ranking = play.person(), VOTES[number]
    page, first = voter.page, number == "m0"
    page.on("request", lambda asked: play.sent.append(asked.post_data.encode()) if "/cast/" in asked.url else None)
    _to_booth(play, voter, number)
    if number == CHANGED_MIND:
        _rank(voter, ("Cyd Cedar", "Ben Birchall"))
        play.trackers["before"] = _cast(voter)
        _to_booth(play, voter, number)
    _rank(voter, ranking)
    if first:
        voter.examine("sealed-15-booth-check")
    if number == AUDITOR:
        _audit(play, voter)
    play.trackers[number] = _cast(voter)
    if first:
        voter.examine("sealed-16-booth-receipt")
        voter.save("Save the receipt", play.folder / "receipt.json")
        receipt = json.loads((play.folder / "receipt.json").read_text())
        assert receipt["tracker"] == play.trackers[number]
    credential = play.links[f"{number}@example.org"].partition("#")[2]
    assert not any(credential.encode() in one for one in play.sent)


def _to_booth(play: Play, voter: Person, number: str) -> None:
    """From the link in the mail, with the code that is mailed now, to the paper."""
    voter.page.goto("about:blank")
    voter.page.goto(play.links[f"{number}@example.org"])
    voter.page.get_by_text("is at hand").wait_for()
    voter.fill("Your mail address or membership number", f"{number}@example.org")
    voter.hit("Send me a code")  # by a script, so that the page goes on having the credential
    voter.page.get_by_role("heading", name="Your code", level=1).wait_for()
    found = re.search(r"^[B-Z]{4}-[B-Z]{4}$", str(mail.outbox[-1].body), re.M)
    assert found is not None and mail.outbox[-1].to == [f"{number}@example.org"]
    voter.fill("Code", found.group())
    voter.hit("Go on")
    voter.awaits("Choose")


def _rank(voter: Person, ranking: tuple[str, ...]) -> None:
    for name in ranking:
        voter.hit(f"Add {name}")
    assert tuple(voter.page.locator(".ranked .who").all_inner_texts()) == ranking
    voter.hit("Seal and check")
    voter.awaits("Check your vote")


def _fact(voter: Person, name: str) -> str:
    return voter.page.locator(f'[data-fact="{name}"]').inner_text()


def _audit(play: Play, voter: Person) -> None:
    """The sealed ballot is opened instead of cast, and checked by the command that the page names."""
    commitment, before = _fact(voter, "commitment"), _fact(voter, "tracker")
    voter.hit("Test the booth instead")
    voter.hit("Open it instead of casting it")
    voter.awaits("This ballot was opened")
    voter.examine("sealed-15-booth-opened")
    box = next(one for one in play.boxes if one.section == "members")
    home = play.own("auditor")
    voter.save("Save the audit file", home / f"ballot-{box.uuid}.audit.json")
    anybody = play.person()
    anybody.go(f"{play.where}/board/")
    anybody.save(f"{box.uuid}.bel", home / f"{box.uuid}.bel")
    command = voter.page.locator("code", has_text="ballot audit").inner_text().split()
    said = run(home, *command[1:], "--commitment", commitment)
    assert all(name in said for name in VOTES[AUDITOR]), said
    voter.hit("Seal it anew")
    voter.awaits("Check your vote")
    assert _fact(voter, "tracker") != before


def _cast(voter: Person) -> str:
    """The tracker, which stands there before anything is sent, and on the receipt."""
    shown = _fact(voter, "tracker")
    voter.hit("Cast this ballot")
    voter.awaits("Your ballot is in the box")
    assert _fact(voter, "tracker") == shown
    return shown


def _watch(play: Play) -> None:
    """Everybody's board, while people vote; a voter finds their ballot; the scrutineer keeps a copy."""
    anybody = play.person()
    anybody.go(f"{play.where}/board/")
    anybody.examine("sealed-17-board-open")
    anybody.press(_title(play, "members"))
    for number in ("m0", "m1"):
        anybody.sees(play.trackers[number])
    anybody.examine("sealed-18-box-open")
    anybody.go(f"/vote/{play.contest.slug}/find/")
    for name, says in ((CHANGED_MIND, "the last, which is the one that counts"), ("before", "not the last")):
        anybody.fill("Tracker", play.trackers[name])
        anybody.press("Find")
        anybody.sees(says)
        anybody.examine(f"sealed-19-found-{name}")
    home = play.own("scrutineer")
    run(home, "watch", play.address, "--contest", play.contest.slug, "--keep", "watched", "--once")
    sid = play.person(play.office.scrutineer)
    sid.go(f"{play.where}/office/")
    sid.press("Boxes")
    sid.examine("sealed-20-scrutineer-boxes")
    for box in play.boxes:
        sid.save(f"Download {box.uuid}.bel", play.own("seen") / f"{box.uuid}.bel")


def _title(play: Play, section: str) -> str:
    """What the board calls a box."""
    title = board.title_of(play.contest, next(one for one in play.boxes if one.section == section))
    return title[0].upper() + title[1:]


# -- the opening ---------------------------------------------------------------------------------------------------


def _close(play: Play) -> None:
    alice = play.person(play.office.alice)
    alice.go(f"{play.where}/office/stages/ballot/")
    alice.press("Close it")
    assert {box.phase for box in play.boxes} == {"closed"}
    assert {box.ballots for box in play.boxes} == {2, 3}
    counting.advance()


def _unseal(play: Play) -> None:
    """Each trustee checks and shuffles; the first, in the page, and the third, by a command, decrypt."""
    first, _second, third = play.trustees
    for machine in play.trustees:
        if machine.page is not None:
            machine.page.press("Ask the office how it stands")
        if machine is first:
            first.page.examine("sealed-21-trustee-shuffle")  # type: ignore[union-attr]
        machine.do("Check and shuffle", "shuffle")
        counting.advance()
    alice = play.person(play.office.alice)
    for machine in (first, third):
        if machine.page is not None:
            machine.page.press("Ask the office how it stands")
            machine.page.examine("sealed-22-trustee-decrypt")
        machine.do("Check and decrypt", "decrypt", typed=("Passphrase of your key",))
        counting.advance()
        if machine is first:
            first.page.examine("sealed-23-trustee-decrypted")  # type: ignore[union-attr]
            alice.go(f"{play.where}/office/boxes/")
            alice.examine("sealed-24-boxes-decrypting")
    assert {box.phase for box in play.boxes} == {"final"}
    alice.go(f"{play.where}/office/boxes/")
    alice.examine("sealed-25-boxes-opened")


def _declare(play: Play) -> None:
    """Declared by two officials, by segment; the public pages."""
    alice, bob = play.person(play.office.alice), play.person(play.office.bob)
    declare(alice, bob, play.contest, "sealed-26-preview")
    anybody = play.person()
    anybody.go(f"{play.where}/declaration/")
    anybody.sees("Elected: Ada Ashworth")
    for segment in SEGMENTS:
        anybody.sees(play.contest.rulebook.segments[segment].name)
    anybody.examine("sealed-27-declaration")
    anybody.save("Record", play.folder / "record.zip")
    anybody.go(f"{play.where}/board/")
    anybody.examine("sealed-28-board-final")
    anybody.press(_title(play, "members"))
    anybody.examine("sealed-29-box-final")
    sid = play.person(play.office.scrutineer)
    for name, address in {"boxes": "office/boxes/", "log": "office/acts/", "overview": "office/"}.items():
        sid.go(f"{play.where}/{address}")
        sid.examine(f"sealed-30-scrutineer-{name}")


# -- what a stranger finds -----------------------------------------------------------------------------------------


def _record(play: Play) -> None:
    """The record verifies; the scrutineer's copies have only grown; every tracker counts as was said."""
    said = run(play.folder, "verify", "record.zip")
    assert "Ada Ashworth" in said, said
    home = play.own("scrutineer")
    run(home, "watch", play.address, "--contest", play.contest.slug, "--keep", "watched", "--once")
    for box in play.boxes:
        shutil.copy(store.archive(box), home)
        run(home, "box", "verify", f"{box.uuid}.bel")
    box = next(one for one in play.boxes if one.section == "affiliated")
    run(home, "box", "show", f"{box.uuid}.bel", "--tracker", play.trackers[CHANGED_MIND])
    run(home, "box", "show", f"{box.uuid}.bel", "--tracker", play.trackers["before"], status=1)


def _ballots(play: Play) -> None:
    """Every ballot of the booth is in a box, in the one form there is: read, and written again, the same bytes."""
    sent = {json.loads(one)["ballot"].encode() for one in play.sent}
    there = set()
    for box in play.boxes:
        election = store.election_of(box)
        with Archive(store.archive(box)) as archive:
            texts = [archive.read(one, MOST_BYTES) for one in archive.members() if one.kind == "data"]
        for raw in (one for one in texts if one.startswith(b'{"election_uuid"') and b'"answers"' in one):
            assert canonical.dumps(read_ballot(raw, election).content).encode() == raw
            there.add(raw)
    assert there == sent and len(sent) == len(VOTES) + 1
    assert {tracker(raw) for raw in sent} == set(play.trackers.values())


def _reference(play: Play, folder: Path) -> None:
    """The reference tool accepts every box, and that it has only grown since people voted."""
    path = reference.find()
    if path is None:
        pytest.skip("all but the reference tool, which is not here, has passed")
    tool = reference.Tool(path, folder)
    for box in play.boxes:
        before, after = folder / box.uuid / "before", folder / box.uuid / "after"
        for place, archive in ((before, play.own("seen") / f"{box.uuid}.bel"), (after, store.archive(box))):
            place.mkdir(parents=True)
            shutil.copy(archive, place)
            tool.run("election", "verify", "--dir", str(place), cwd=place)
        tool.run("election", "verify-diff", "--dir1", str(before), "--dir2", str(after), cwd=folder)
