"""A trustee's tool at the boxes: what it refuses, what a lost key does, and its page."""

from __future__ import annotations

import http.client
import http.server
import json
import re
import shutil
import threading
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nacl.pwhash.argon2id as argon2id
import pytest
from tests.boxes import Made, new_box

from selectorate.box.canonical import dumps
from selectorate.box.ed25519 import ED25519
from selectorate.box.keyfile import KeyFile, write_key_file
from selectorate.box.pools import new_pool
from selectorate.box.v1 import acts, rehearsal
from selectorate.box.v1.ceremony import Ceremony
from selectorate.box.v1.credentials import token
from selectorate.box.v1.looking import look
from selectorate.box.v1.messages import read_certificate, read_polynomial, read_voutput
from selectorate.box.v1.trustees import election_key, read_trustees, trustees_text
from selectorate.desks import trustee_boxes, trustee_page
from selectorate.desks.keys import SEED, TRUSTEE_KEY, public_of
from selectorate.desks.site import OfficeError, Site
from selectorate.desks.trustee import Desk, join_by_file
from selectorate.desks.trustee_state import BoxSeen, CeremonySeen, read_seen
from selectorate.errors import InputError, ProtocolError, SelectorateError

PASSPHRASE = "four words for a test"


def ask(new: bool) -> str:
    return PASSPHRASE


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stretch passphrases little: that it is done at all is tested with the key files."""
    monkeypatch.setattr(argon2id, "OPSLIMIT_MODERATE", argon2id.OPSLIMIT_MIN)
    monkeypatch.setattr(argon2id, "MEMLIMIT_MODERATE", argon2id.MEMLIMIT_MIN)


@dataclass
class PlainOffice:
    """An office that keeps a ceremony and boxes, and does what it is told."""

    least: int = 2
    ceremony: Ceremony = field(default_factory=lambda: Ceremony(ED25519, 2, 3))
    uuid: str = field(default_factory=token)
    nonce: str = field(default_factory=token)
    tested: set[int] = field(default_factory=set)
    made: list[Made] = field(default_factory=list)
    number: int = 0
    instead: dict[str, Path] = field(default_factory=dict)
    lies: dict[str, Any] = field(default_factory=dict)

    def of(self, number: int) -> PlainOffice:
        """The same office, for the trustee of a number."""
        found = PlainOffice(number=number)
        found.__dict__ = {**self.__dict__, "number": number, "root": self}
        return found

    def state(self) -> CeremonySeen:
        root = self.__dict__.get("root", self)
        here: Ceremony = root.ceremony
        pool = new_pool(ED25519, "libsodium")
        key = trustees_text([here.parameters(pool)]).decode() if here.step == "done" else ""
        tests = []
        if key:
            for one in read_trustees(key.encode(), ED25519).keys:
                text = rehearsal.rehearsal_text(
                    contest=root.uuid, attempt=1, trustee=one.number, nonce=root.nonce, public=one.public_key
                )
                tests.append(
                    {
                        "number": one.number,
                        "nonce": root.nonce,
                        "text": text,
                        "alpha": rehearsal.alpha_of(ED25519, text),
                        "done": one.number in root.tested,
                    }
                )
        past = ["certificates", "commitments", "polynomials", "voutputs", "done"].index(here.step)
        return read_seen(
            {
                "format": "selectorate-ceremony-1",
                "contest": {"uuid": root.uuid, "slug": "test", "title": "<b>Test</b>"},
                "group": "Ed25519",
                "threshold": 2,
                "size": 3,
                "least": root.least,
                "attempt": 1,
                "step": here.step,
                "waiting": list(here.waiting),
                "trustees": [{"number": n, "name": f"T{n}", "tested": n in root.tested} for n in (1, 2, 3)],
                "certificates": [dumps(one.signed) for one in here.shown_certificates()] if past > 0 else [],
                "commitments": list(here.shown_commitments()) if past > 1 else [],
                "vinputs": [dumps(here.vinput(n)) for n in (1, 2, 3)] if past > 2 else [],
                "key": key,
                "tests": tests,
                "boxes": [self._box(one).model_dump() for one in root.made],
                **root.lies,
            }
        )

    def _box(self, made: Made) -> BoxSeen:
        box, reading = made.box, made.read()
        return BoxSeen(
            uuid=made.election.uuid,
            stage="ballot",
            round=1,
            section="members",
            phase=box.phase,
            height=box.height,
            head=box.head,
            archive="/x",
            shuffled=list(reading.shufflers),
            decrypted=[one.owner for one in reading.shares],
        )

    def give(self, step: str, content: bytes) -> None:
        root = self.__dict__.get("root", self)
        pool, here, n = new_pool(ED25519, "libsodium"), root.ceremony, self.number
        match step:
            case "certificates":
                root.ceremony = here.with_certificate(pool, n, read_certificate(content, ED25519))
            case "commitments":
                root.ceremony = here.with_commitment(n, content.decode())
            case "polynomials":
                root.ceremony = here.with_polynomial(pool, n, read_polynomial(content, ED25519))
            case "voutputs":
                root.ceremony = here.with_voutput(pool, n, read_voutput(content, ED25519))
            case "test":
                root.tested.add(n)

    def archive(self, box: BoxSeen, to: Path) -> None:
        root = self.__dict__.get("root", self)
        (made,) = [one for one in root.made if one.election.uuid == box.uuid]
        shutil.copyfile(root.instead.get(box.uuid, made.path), to)

    def add(self, box: BoxSeen, kind: str, content: bytes, after: str) -> None:
        root = self.__dict__.get("root", self)
        (made,) = [one for one in root.made if one.election.uuid == box.uuid]
        name: Any = "Shuffle" if kind == "shuffle" else "PartialDecryption"
        acts.require_good(made.read(), name, self.number, content)
        made.box.add_owned(name, self.number, content, after=after)

    # --- carried to where a test begins ------------------------------------------------------------------

    def desks(self, folder: Path) -> list[Desk]:
        found = []
        for number in (1, 2, 3):
            office, key = self.of(number), folder / f"{number}.key"
            join_by_file(office, number, key)
            found.append(Desk.at(key, office))
        for _step in range(5):
            for desk in found:
                desk.next(ask)
        return found

    def box(self, folder: Path, ballots: int = 3, *, close: bool = True) -> Made:
        raw = self.state().key.encode()
        made = new_box(folder, trustees=(raw, election_key(read_trustees(raw, ED25519)), {}), voters=5)
        for voter in range(ballots):
            made.cast(voter, [[1, 2, 3]])
        if close:
            made.close()
        self.made.append(made)
        return made


@pytest.fixture
def office() -> PlainOffice:
    return PlainOffice()


@pytest.fixture
def desks(office: PlainOffice, tmp_path: Path) -> list[Desk]:
    return office.desks(tmp_path)


def quiet(text: str) -> None:
    """Nothing is said."""


def refused(desk: Desk, match: str, *, kinds: tuple[str, ...] = ("shuffle", "decrypt")) -> None:
    """Both steps are refused, and nothing is noted of the key."""
    before = sorted(desk.key.parent.glob("*.used.json"))
    for kind in kinds:
        with pytest.raises(SelectorateError, match=match):
            if kind == "shuffle":
                trustee_boxes.shuffle(desk, quiet)
            else:
                trustee_boxes.decrypt(desk, ask, quiet)
    assert sorted(desk.key.parent.glob("*.used.json")) == before


# --- boxes --------------------------------------------------------------------------------------------------


def test_boxes_are_shuffled_and_opened(office: PlainOffice, desks: list[Desk], tmp_path: Path) -> None:
    made = office.box(tmp_path)
    said: list[str] = []
    assert [trustee_boxes.shuffle(desk, said.append) for desk in desks] == [1, 1, 1]
    assert any("3 ballots count, of 5" in one for one in said)
    assert trustee_boxes.shuffle(desks[0], quiet) == 0
    assert trustee_boxes.decrypt(desks[0], ask, quiet) == 0  # the shuffles have not ended
    made.box.add("EndShuffles")
    assert [trustee_boxes.decrypt(desk, ask, quiet) for desk in desks[:2]] == [1, 1]
    assert made.finish() == [[[1, 2, 3]] * 3]
    assert trustee_boxes.decrypt(desks[0], ask, quiet) == 0


def test_one_lost_key_is_no_loss_and_two_are_the_end(office: PlainOffice, desks: list[Desk], tmp_path: Path) -> None:
    """THREATS A21: of three keys of which two suffice, one is deleted, then two."""
    desks[2].key.unlink()
    for opened in (True, False):
        made = office.box(tmp_path)
        trustee_boxes.shuffle(desks[0], quiet)
        made.box.add("EndShuffles")
        if opened:
            assert [trustee_boxes.decrypt(desk, ask, quiet) for desk in desks[:2]] == [1, 1]
            assert made.finish() == [[[1, 2, 3]] * 3]
            desks[1].key.unlink()
            continue
        assert trustee_boxes.decrypt(desks[0], ask, quiet) == 1
        with pytest.raises((InputError, OSError)):
            trustee_boxes.decrypt(desks[1], ask, quiet)
        with pytest.raises(ProtocolError, match="still needed: 1 of trustees 2 and 3"):
            acts.opened(made.read())


def test_a_tampered_archive_is_refused(office: PlainOffice, desks: list[Desk], tmp_path: Path) -> None:
    made = office.box(tmp_path)
    raw = bytearray(made.path.read_bytes())
    place = raw.index(b'"signature"') + 30
    raw[place] = ord("1") if raw[place] != ord("1") else ord("2")
    changed = tmp_path / "changed.bel"
    changed.write_bytes(raw)
    office.instead[made.election.uuid] = changed
    refused(desks[0], "fails a check")


def test_fewer_ballots_than_the_minimum(office: PlainOffice, tmp_path: Path) -> None:
    office.least = 3
    desks = office.desks(tmp_path)
    made = office.box(tmp_path, 2)
    trustee_boxes.shuffle(desks[0], quiet)
    made.box.add("EndShuffles")
    office.least = 1  # the office says something else now: what is sealed in the key counts
    refused(desks[0], "2 ballots count in this box, and the key opens none with fewer than 3", kinds=("decrypt",))


def test_a_box_that_lost_ballots_is_refused(office: PlainOffice, desks: list[Desk], tmp_path: Path) -> None:
    made = office.box(tmp_path, 2, close=False)
    short = tmp_path / "short.bel"
    shutil.copyfile(made.path, short)
    made.cast(2, [[1, 2, 3]])
    for desk in desks:
        assert trustee_boxes.heads_seen(desk, desk.seen()) == []
    # The office goes back to what was in the box before the third ballot, and closes that.
    shutil.copyfile(short, made.path)
    made.close()
    office.lies["boxes"] = [office._box(made).model_copy(update={"height": 9, "head": "0" * 64}).model_dump()]
    refused(desks[0], "which was seen before, is gone from the box or is another")


def test_a_shorter_box_is_told(office: PlainOffice, desks: list[Desk], tmp_path: Path) -> None:
    office.box(tmp_path, 2, close=False)
    desk = desks[0]
    seen = desk.seen()
    assert trustee_boxes.heads_seen(desk, seen) == []
    (box,) = seen.boxes
    for change in ({"height": 1}, {"head": "0" * 64}):
        less = seen.model_copy(update={"boxes": [box.model_copy(update=change)]})
        assert len(trustee_boxes.heads_seen(desk, less)) == 1


def test_a_key_that_was_used_in_another_contest(office: PlainOffice, desks: list[Desk], tmp_path: Path) -> None:
    made = office.box(tmp_path)
    trustee_boxes.shuffle(desks[0], quiet)
    made.box.add("EndShuffles")
    note = tmp_path / "1.used.json"
    note.write_text(json.dumps([{"uuid": token(), "name": "Elsewhere", "tally": "0" * 64}]))
    with pytest.raises(InputError, match="used in another contest: Elsewhere"):
        trustee_boxes.decrypt(desks[0], ask, quiet)
    note.unlink()
    # A key file in its place that was made for another contest.
    desks[0].key.rename(tmp_path / "real.key")
    held = {"private": "5", "least": 2, "contest": token()}
    write_key_file(
        desks[0].key,
        KeyFile(TRUSTEE_KEY, {"group": "Ed25519", "public_key": public_of(tmp_path / "real.key")}, held),
        PASSPHRASE,
    )
    with pytest.raises(InputError, match="not the key that it names"):
        trustee_boxes.decrypt(desks[0], ask, quiet)
    assert not note.exists()


def test_a_box_under_another_key(office: PlainOffice, desks: list[Desk], tmp_path: Path) -> None:
    made = new_box(tmp_path, voters=3)
    made.cast(0, [[1, 2, 3]])
    made.close()
    office.made.append(made)
    refused(desks[0], "another key than yours")


def test_a_test_that_is_not_made_from_its_text(office: PlainOffice, tmp_path: Path) -> None:
    desks = [Desk.at(key, office.of(n)) for n, key in _joined(office, tmp_path)]
    for _step in range(4):
        for desk in desks:
            desk.next(ask)
    made = office.box(tmp_path)
    reading = made.read()
    (alpha, _beta), *_ = reading.ciphertexts[0].texts()
    seen = desks[0].seen()
    for change in ({"alpha": alpha}, {"text": "x"}, {"nonce": "other"}, {"nonce": "a|b"}):
        office.lies["tests"] = [seen.tests[0].model_copy(update=change).model_dump()]
        with pytest.raises(ProtocolError, match=r"not made from its text|does not name a test"):
            desks[0].next(ask)
    assert office.tested == set()


def _joined(office: PlainOffice, folder: Path) -> list[tuple[int, Path]]:
    found = []
    for number in (1, 2, 3):
        join_by_file(office.of(number), number, folder / f"{number}.key")
        found.append((number, folder / f"{number}.key"))
    return found


def test_secrets_are_in_no_file_but_the_keys(desks: list[Desk], tmp_path: Path) -> None:
    from selectorate.box.keyfile import read_key_file

    secrets = [
        str(value)
        for path in tmp_path.glob("*.key")
        for value in (
            read_key_file(path, SEED if ".seed" in path.name else TRUSTEE_KEY, PASSPHRASE).secret[
                "seed" if ".seed" in path.name else "private"
            ],
        )
    ]
    assert len(secrets) == 6
    for path in tmp_path.rglob("*"):
        if path.is_file():
            content = path.read_text()
            assert not any(one in content for one in [*secrets, PASSPHRASE]), path
            assert path.stat().st_mode & 0o077 == 0, path


# --- the way to an office ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    ["http://example.org", "ftp://example.org", "example.org", "https://a:b@example.org", "https://x?y=1", ""],
)
def test_addresses_that_are_refused(address: str) -> None:
    with pytest.raises(InputError):
        Site(address)


class _Elsewhere(http.server.BaseHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Nothing is logged."""

    def do_GET(self) -> None:
        if self.path == "/away":
            self.send_response(302)
            self.send_header("Location", "http://localhost:1/there")
        elif self.path == "/big":
            self.send_response(200)
        elif self.path == "/refused":
            self.send_response(409)
        self.end_headers()
        self.wfile.write(b'{"detail": "it is not the time"}' if self.path == "/refused" else b"[1]")


def test_what_a_site_may_not_do() -> None:
    server = http.server.HTTPServer(("127.0.0.1", 0), _Elsewhere)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    site = Site(f"http://127.0.0.1:{server.server_address[1]}", "secret")
    try:
        with pytest.raises(OfficeError, match="sends elsewhere"):
            site.json("/away")
        with pytest.raises(OfficeError, match="cannot be read"):
            site.json("/big")
        with pytest.raises(OfficeError, match="not the time"):
            site.json("/refused")
        with pytest.raises(OfficeError, match="address that is none"):
            site.json("//elsewhere/x")
        assert "secret" not in repr(site)
    finally:
        server.shutdown()
        server.server_close()


# --- the page ------------------------------------------------------------------------------------------------


@pytest.fixture
def server(tmp_path: Path) -> Iterator[trustee_page.PageServer]:
    made = trustee_page.PageServer(tmp_path / "1.key")
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


@dataclass
class Browser:
    """What a browser sends, header by header."""

    server: trustee_page.PageServer
    cookie: str = ""

    def ask(self, method: str, path: str, body: dict[str, str] | None = None, **headers: str) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.server_address[1], timeout=20)
        sent = {"Host": self.server.host, **({"Cookie": self.cookie} if self.cookie else {})}
        if method == "POST":
            sent |= {"Origin": f"http://{self.server.host}", "Content-Type": "application/x-www-form-urlencoded"}
        sent |= headers
        connection.request(method, path, urllib.parse.urlencode(body) if body else None, sent)
        answer = connection.getresponse()
        answer.text = answer.read().decode()  # type: ignore[attr-defined]
        connection.close()
        return answer

    def start(self) -> None:
        answer = self.ask("GET", f"/start/{self.server.once}")
        assert answer.status == 303
        cookie = answer.headers["Set-Cookie"]
        assert "HttpOnly" in cookie and "SameSite=Strict" in cookie
        self.cookie = cookie.split(";")[0]

    def press(self, do: str, **fields: str) -> str:
        page = self.ask("GET", "/").text
        (found, *_) = re.findall(r'name="token" value="([^"]+)"', page)
        assert self.ask("POST", "/", {"do": do, "token": found, **fields}).status == 303
        return str(self.ask("GET", "/").text)


def test_the_page_lets_nobody_else_in(server: trustee_page.PageServer) -> None:
    once = server.once
    stranger = Browser(server)
    for path in ("/", "/style.css", "/start/x", "/start/"):
        assert stranger.ask("GET", path).status == 403
    assert stranger.ask("POST", "/", {"do": "next"}).status == 403
    mine = Browser(server)
    mine.start()
    assert stranger.ask("GET", f"/start/{once}").status == 403
    assert mine.ask("GET", "/", Host="evil.example:80").status == 403
    assert mine.ask("GET", "/", Host=f"localhost:{server.server_address[1]}").status == 403
    good = {"do": "look", "token": server.form_token}
    assert mine.ask("POST", "/", good, Origin="http://evil.example").status == 403
    assert mine.ask("POST", "/", good, Origin="null").status == 403
    assert mine.ask("POST", "/", {**good, "token": "x"}).status == 403
    assert mine.ask("POST", "/", {**good, "more": "x" * 20_000}).status == 413
    page = mine.ask("GET", "/")
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"
    assert "<script" not in page.text and "style=" not in page.text
    assert mine.ask("GET", "/style.css").headers["Content-Type"].startswith("text/css")
    assert mine.ask("GET", "/other").status == 404


def test_every_step_in_the_page(
    server: trustee_page.PageServer, office: PlainOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = Browser(server)
    browser.start()
    assert "Join the trustees" in browser.ask("GET", "/").text
    others = _others(office, tmp_path)

    def join(address: str, slug: str, code: str, key: Path, *, least: int) -> str:
        assert (address, slug, code, least) == ("https://example.org", "test", "the code", 3)
        return join_by_file(office.of(1), 1, key, least=least)

    real = Desk.at
    monkeypatch.setattr(trustee_page, "join", join)
    monkeypatch.setattr(trustee_page.PageServer, "_desk", lambda self: real(self.key, office.of(1)))
    said = browser.press("join", address="https://example.org", contest="test", code="the code", least="3")
    assert "trustee 1 of 3" in said and "&lt;b&gt;Test" in said and "<b>Test" not in said
    said = browser.press("next", passphrase=PASSPHRASE, again="another one of these")
    assert "not the same" in said
    assert "shorter than 12" in browser.press("next", passphrase="short", again="short")
    for _step in range(5):
        said = browser.press("next", passphrase=PASSPHRASE, again=PASSPHRASE)
        assert "Not done" not in said
        for desk in others:
            desk.next(ask)
    assert "decrypted the test" in said and office.tested == {1, 2, 3}
    made = office.box(tmp_path)
    assert "Check and shuffle" in browser.ask("GET", "/").text
    assert "your shuffle is handed in" in browser.press("shuffle")
    made.box.add("EndShuffles")
    assert "is not the one of this file" in browser.press("decrypt", passphrase="something else entirely")
    assert "your decryption is handed in" in browser.press("decrypt", passphrase=PASSPHRASE)
    assert "No box waits" in browser.press("decrypt", passphrase=PASSPHRASE)
    assert PASSPHRASE not in browser.ask("GET", "/").text
    trustee_boxes.decrypt(others[0], ask, quiet)
    assert made.finish() == [[[1, 2, 3]] * 3]
    assert look(made.path).phase == "final"


def _others(office: PlainOffice, folder: Path) -> list[Desk]:
    found = []
    for number in (2, 3):
        join_by_file(office.of(number), number, folder / f"{number}.key")
        found.append(Desk.at(folder / f"{number}.key", office.of(number)))
    return found
