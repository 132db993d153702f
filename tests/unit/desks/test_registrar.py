"""The registrar's desk by its commands: credentials made, mailed, printed, shown again, checked, destroyed."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import smtplib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from selectorate.box.ed25519 import ED25519
from selectorate.box.v1.credentials import public, token
from selectorate.cli import app
from selectorate.desks import posting
from selectorate.desks import registrar as desk

PASSPHRASE = "four words that nobody knows"
FORM = re.compile(r"[1-9A-Za-z]{5}-[1-9A-Za-z]{6}-[1-9A-Za-z]{5}-[1-9A-Za-z]{6}")


@dataclass
class Desk:
    """A registrar's machine: files from the office, and the commands."""

    path: Path
    boxes: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        sections = [("mps", 1, "total"), ("mps", 2, "total"), ("ballot", 1, "members"), ("ballot", 1, "supporters")]
        self.boxes = [
            {"uuid": token(), "stage": stage, "round": round_, "section": section, "members": [section]}
            for stage, round_, section in sections
        ]
        self.contest = token()
        self.voting()
        (self.path / "pass").write_text(f"{PASSPHRASE}\n")
        self.voters(
            [
                ["roll:1", "Ada", "ada@example.org", "1 Street\nTown", "ballot:members;mps:total"],
                ["roll:2", "Ben", "ben@example.org", "", "ballot:supporters"],
                ["roll:3", "Cyd", "", "3 Street", "ballot:members"],
            ]
        )

    def voting(self, **more: Any) -> None:
        contest = {"uuid": self.contest, "slug": "leader", "title": "Leader", "address": "https://vote.example.org"}
        said = {"format": "selectorate-voting-1", "contest": contest, "group": "Ed25519", "easy": False}
        said |= {"threshold": 2, "size": 3, "least": 10, "boxes": self.boxes, "receipts": "00"} | more
        (self.path / "voting.json").write_text(json.dumps(said))

    def voters(self, rows: list[list[str]], columns: tuple[str, ...] = desk.COLUMNS) -> None:
        with (self.path / "voters.csv").open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([columns, *rows])

    def run(self, *words: Any, status: int = 0) -> Result:
        result = CliRunner().invoke(app, ["registrar", *map(str, words)])
        assert result.exit_code == status, result.output
        assert result.exception is None or isinstance(result.exception, SystemExit)
        return result

    def make(self, status: int = 0) -> Result:
        files = (self.path / "voting.json", self.path / "voters.csv")
        return self.run(
            "make", *files, "--out", self.path / "F", "--passphrase-file", self.path / "pass", status=status
        )

    def secret(self, command: str, *words: Any, status: int = 0) -> Result:
        return self.run(command, self.path / "F", *words, "--passphrase-file", self.path / "pass", status=status)

    @property
    def folder(self) -> desk.Folder:
        return desk.Folder(self.path / "F")

    @property
    def private(self) -> dict[str, str]:
        return self.folder.secrets(PASSPHRASE)[1]

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.folder.public.read_text().splitlines()]


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stretch passphrases as little as can be: how slow that is meant to be is tested elsewhere."""
    from nacl.pwhash import argon2id

    monkeypatch.setattr(argon2id, "OPSLIMIT_MODERATE", argon2id.OPSLIMIT_MIN)
    monkeypatch.setattr(argon2id, "MEMLIMIT_MODERATE", argon2id.MEMLIMIT_MIN)


@pytest.fixture
def here(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


# -- making ------------------------------------------------------------------------------------------------------------


def test_one_credential_a_voter_serves_every_box_and_round(here: Desk) -> None:
    result = here.make()
    head, *lines = here.lines()
    assert head["format"] == "selectorate-credentials-1" and head["contest"] == here.contest
    assert [line["voter"] for line in lines] == ["roll:1", "roll:2", "roll:3"]
    assert [len(line["keys"]) for line in lines] == [3, 1, 1]
    for line in lines:
        for uuid, key in line["keys"].items():
            assert key == public(ED25519, uuid, here.private[line["voter"]])
    for print_ in head["fingerprints"].values():
        assert print_ in result.stdout
    assert len(set(here.private.values())) == 3 and all(FORM.fullmatch(one) for one in here.private.values())


def hashes(folder: Path) -> dict[str, str]:
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.rglob("*")
        if file.is_file()
    }


def test_a_secret_stands_in_the_key_file_and_nowhere_else(here: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    home = here.path / "home"
    for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME"):
        (home / name).mkdir(parents=True)
        monkeypatch.setenv(name, str(home / name))
    monkeypatch.chdir(home)
    before = hashes(here.path)
    result = here.make()
    after = hashes(here.path)
    assert {name: after[name] for name in before} == before
    assert set(after) - set(before) == {"F/credentials.key", "F/credentials.jsonl", "F/voters.csv"}
    for secret in here.private.values():
        assert secret not in result.output
        for name in after:
            assert secret.encode() not in (here.path / name).read_bytes(), name
    for name in ("credentials.key", "credentials.jsonl", "voters.csv"):
        assert (here.folder.path / name).stat().st_mode & 0o777 == 0o600
    assert here.folder.path.stat().st_mode & 0o777 == 0o700


def test_nothing_is_written_over(here: Desk) -> None:
    here.make()
    before = hashes(here.path)
    assert "there already" in here.make(status=2).output
    assert hashes(here.path) == before


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (["roll:1", "Eve", "", "", "ballot:members"], "name of their own"),
        (["roll:9", "Eve", "", "", ""], "section to vote in"),
    ],
)
def test_a_list_of_voters_that_cannot_be_used(here: Desk, row: list[str], says: str) -> None:
    here.voters([["roll:1", "Ada", "", "", "ballot:members"], row])
    output = here.make(status=2).output
    assert says in output and "voters.csv:3" in output
    assert not here.folder.path.exists()


def test_files_of_something_else_are_refused_before_anything_is_written(here: Desk) -> None:
    here.voters([["roll:1", "Ada", "", "", "ballot:members"]], columns=("voter", "name", "mail", "x", "y"))
    assert "columns" in here.make(status=2).output
    here.voters([["roll:1", "Ada", "", "", "ballot:members"], ["roll:2", "Ben", "", "", "ballot:branch"]])
    assert "no box" in here.make(status=2).output
    for more in ({"group": "RFC-3526-2048"}, {"format": "x"}, {"boxes": [*here.boxes, here.boxes[0]]}, {"easy": True}):
        here.voting(**more)
        here.make(status=2)
    (here.path / "voting.json").write_text("[]")
    here.make(status=2)
    (here.path / "pass").write_text("short")
    here.voting()
    here.make(status=2)
    assert not here.folder.path.exists()


def test_boxes_that_come_later_get_keys_of_the_same_credentials(here: Desk) -> None:
    here.make()
    here.boxes = [box | {"uuid": token()} for box in here.boxes]
    here.voting()
    here.secret("public", here.path / "voting.json", here.path / "voters.csv", "--out", here.path / "later.jsonl")
    lines = [json.loads(line) for line in (here.path / "later.jsonl").read_text().splitlines()][1:]
    for line in lines:
        for uuid, key in line["keys"].items():
            assert uuid in {box["uuid"] for box in here.boxes}
            assert key == public(ED25519, uuid, here.private[line["voter"]])


# -- checking ----------------------------------------------------------------------------------------------------------


def test_the_published_lists_are_held_to_those_made_here(here: Desk) -> None:
    here.make()
    voting = here.path / "voting.json"
    assert "nothing is published" in here.run("check", here.folder.path, voting, status=1).output
    prints = here.lines()[0]["fingerprints"]
    honest = [box | {"fingerprint": prints[box["uuid"]]} for box in here.boxes]
    here.voting(boxes=honest)
    assert here.run("check", here.folder.path, voting).output.count("as it was made here") == 4
    here.voting(boxes=[honest[0] | {"fingerprint": "A" * 43}, *honest[1:]])
    assert "another list than yours" in here.run("check", here.folder.path, voting, status=1).output
    here.voting(boxes=honest)
    text = here.folder.public.read_text().splitlines()
    here.folder.public.write_text("\n".join(text[:-1]) + "\n")
    assert "changed after it was made" in here.run("check", here.folder.path, voting, status=1).output


# -- mailing -----------------------------------------------------------------------------------------------------------


class Server:
    """A server of mail that does what its list says, a word a mail: ok, away, gone (after the text), busy, no."""

    def __init__(self, *does: str) -> None:
        self.does, self.taken, self.connections = list(does), [], 0

    def connect(self) -> Server:
        self.connections += 1
        if self.does and self.does[0] == "down":
            self.does.pop(0)
            raise ConnectionRefusedError
        return self

    def mail(self, sender: str) -> tuple[int, bytes]:
        self.now = self.does.pop(0) if self.does else "ok"
        if self.now == "away":
            raise smtplib.SMTPServerDisconnected
        return (550 if self.now == "not from you" else 250), b""

    def rcpt(self, recip: str) -> tuple[int, bytes]:
        self.to = recip
        return {"no": 550, "busy": 451}.get(self.now, 250), b""

    def data(self, msg: bytes) -> tuple[int, bytes]:
        if self.now == "later":
            raise smtplib.SMTPDataError(451, b"")
        self.taken.append((self.to, msg.decode()))
        if self.now == "gone":
            raise smtplib.SMTPServerDisconnected
        return 250, b""

    def rset(self) -> tuple[int, bytes]:
        return 250, b""

    def quit(self) -> tuple[int, bytes]:
        return 250, b""


@pytest.fixture
def served(here: Desk, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Mails by the command, to a server that does as it is told."""
    here.make()
    monkeypatch.setattr(posting, "WAITS", (0.0, 0.0))

    def mail(server: Server, *words: str, status: int = 0) -> str:
        monkeypatch.setattr(posting.Post, "connect", lambda self: server.connect())
        return here.secret(
            "mail", "--smtp", "mail.example.org", "--from", "reg@example.org", *words, status=status
        ).output

    return mail


def test_each_voter_is_mailed_once_with_their_own_credential(here: Desk, served: Any) -> None:
    server = Server()
    assert "2 would be sent" in served(server, "--dry-run").replace("2 mails would", "2 would")
    assert not server.connections and not here.folder.journal.exists()
    output = served(server)
    assert "2 mails sent now" in output and "1 voters have no mail address" in output
    assert [to for to, _text in server.taken] == ["ada@example.org", "ben@example.org"]
    for voter, (_to, text) in zip(("roll:1", "roll:2"), server.taken, strict=True):
        assert f"https://vote.example.org/vote/leader/#{here.private[voter]}" in text
        others = {one for key, one in here.private.items() if key != voter}
        assert not any(other in text for other in others)
    assert "0 mails sent now, 2 in all" in served(server)
    assert len(server.taken) == 2
    served(server, "--only", "BEN@example.org")
    assert server.taken[2] == (server.taken[1][0], server.taken[2][1]) and here.private["roll:2"] in server.taken[2][1]
    journal = here.folder.journal.read_text() + output
    assert not any(one in journal for one in here.private.values())


def test_a_server_that_comes_and_goes_is_tried_again(here: Desk, served: Any) -> None:
    server = Server("down", "away", "ok", "busy", "later", "ok")
    assert "2 mails sent now" in served(server)
    assert [to for to, _text in server.taken] == ["ada@example.org", "ben@example.org"]


def test_what_was_stopped_goes_on(here: Desk, served: Any) -> None:
    server = Server("ok", *["away"] * 3)
    output = served(server, status=1)
    assert "1 mails sent now" in output and "Run the same command again" in " ".join(output.split())
    with here.folder.journal.open("ab") as file:
        file.write(b'{"voter": "roll:')  # the machine stopped while it was written
    assert "1 mails sent now, 2 in all" in served(Server())


def test_a_server_that_may_have_the_mail_is_not_given_it_again(here: Desk, served: Any) -> None:
    server = Server("gone", "ok")
    output = served(server)
    assert "Of 1 it is not known" in output and "roll:1" in output
    assert "0 mails sent now, 1 in all" in served(server)
    served(server, "--only", "roll:1")
    assert [to for to, _text in server.taken] == ["ada@example.org", "ben@example.org", "ada@example.org"]


def test_an_address_that_is_refused_stops_nobody_else(here: Desk, served: Any) -> None:
    server = Server("no", "ok")
    output = served(server)
    assert "1 mails sent now" in output and "refused for good: roll:1" in output


def test_a_server_that_refuses_the_sender_refuses_no_voter(here: Desk, served: Any) -> None:
    served(Server(*["not from you"] * 3), status=1)
    assert "2 mails sent now" in served(Server())


def test_a_server_that_refuses_everybody_is_looked_into(here: Desk, served: Any, tmp_path: Path) -> None:
    here.voters([[f"roll:{n}", "A", f"a{n}@example.org", "", "ballot:members"] for n in range(30)])
    (tmp_path / "two").mkdir()
    here.run(
        "make", here.path / "voting.json", here.path / "voters.csv", "--out", here.path / "two/F",
        "--passphrase-file", here.path / "pass",
    )  # fmt: skip
    here.path = tmp_path / "two"
    (here.path / "pass").write_text(PASSPHRASE)
    server = Server(*["no"] * 40)
    assert "refused 10 mails in a row" in served(server, status=1)
    assert len(server.does) == 30


def test_credentials_do_not_go_unencrypted_to_another_machine(here: Desk, served: Any) -> None:
    assert "unencrypted" in served(Server(), "--no-tls", status=2)


# -- printing, showing again, destroying -------------------------------------------------------------------------------


def test_letters_are_a_page_a_voter(here: Desk) -> None:
    here.make()
    here.secret("print", "--out", here.path / "letters.pdf")
    import io

    from pypdf import PdfReader

    pages = PdfReader(io.BytesIO((here.path / "letters.pdf").read_bytes())).pages
    assert len(pages) == 3
    for voter, page in zip(("roll:1", "roll:2", "roll:3"), pages, strict=True):
        assert here.private[voter] in page.extract_text()
    here.secret("print", "--out", here.path / "letters.csv", "--without-mail")
    (row,) = csv.DictReader((here.path / "letters.csv").read_text("utf-8-sig").splitlines())
    assert row["voter"] == "roll:3" and row["credential"] == here.private["roll:3"]
    for name in ("letters.pdf", "letters.csv"):
        assert (here.path / name).stat().st_mode & 0o777 == 0o600
    here.secret("print", "--out", here.path / "letters.pdf", status=2)
    here.secret("print", "--out", here.path / "letters.txt", status=2)


def test_a_voter_gets_the_same_credential_again_and_nobody_a_new_one(here: Desk) -> None:
    here.make()
    before = here.private
    for name in ("roll:1", "ADA@example.org"):
        assert before["roll:1"] in here.secret("again", "--voter", name).stdout
    assert "no new one can be made" in " ".join(here.secret("again", "--voter", "roll:4", status=1).output.split())
    assert here.private == before
    (here.path / "pass").write_text("another passphrase of many words")
    output = here.secret("again", "--voter", "roll:1", status=2).output
    assert before["roll:1"] not in output


def test_what_is_destroyed_is_gone_and_what_is_left_is_named(here: Desk) -> None:
    here.make()
    here.secret("print", "--out", here.path / "letters.csv")
    private, digest = here.private, hashlib.sha256(here.folder.key.read_bytes()).hexdigest()
    assert (
        "Destroy them?" in CliRunner().invoke(app, ["registrar", "forget", str(here.folder.path)], input="n\n").output
    )
    assert here.folder.key.exists()
    output = here.run("forget", here.folder.path, "--yes").output
    assert digest in output.replace("\n", "") and "letters.csv" in output.replace("\n", "")
    assert not here.folder.key.exists()
    note = json.loads((here.folder.path / "forgotten.json").read_text())
    assert note["deleted"][0]["sha256"] == digest
    for file in here.folder.path.iterdir():
        assert not any(one.encode() in file.read_bytes() for one in private.values())
    assert "was destroyed" in here.secret("again", "--voter", "roll:1", status=2).output
    here.run("forget", here.folder.path, "--yes", status=2)
