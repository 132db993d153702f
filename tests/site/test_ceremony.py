"""The trustees' common key, from their naming to the test, by the tools that trustees have and by the pages."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.site import rolled, trusted
from tests.site.trusted import ask
from tests.site.world import World, at

from selectorate.box.canonical import dumps
from selectorate.box.ed25519 import ED25519
from selectorate.box.pools import new_pool
from selectorate.box.v1 import pedersen, rehearsal
from selectorate.box.v1.messages import read_certificate
from selectorate.box.v1.trustees import election_key, read_trustees, trustee_faults
from selectorate.desks.keys import channel_of, private_of, public_of
from selectorate.desks.site import OfficeError
from selectorate.desks.trustee import Desk, join
from selectorate.desks.trustee_office import Files
from selectorate.errors import InputError, ProtocolError, RefusedError, SelectorateError
from selectorate.office import preflight
from selectorate.office.acts import confirm
from selectorate.office.acts import trustees as acts
from selectorate.office.boxes import ceremony
from selectorate.office.models import OnlineVote, SealedBox, Trustee


@pytest.fixture
def vote(office: World, monkeypatch: pytest.MonkeyPatch) -> Any:
    trusted.use_local(monkeypatch)
    with at("2016-07-01T10:00"):
        yield trusted.online(office, rolled.contest(office))


def shown(vote: OnlineVote) -> dict[str, Any]:
    answer = Client().get(f"/api/v1/contests/{vote.contest.slug}/ceremony")
    assert answer.status_code == 200
    return dict(answer.json())


def stepped(desks: list[Desk], steps: int) -> None:
    for _ in range(steps):
        for desk in desks:
            desk.next(ask)


def test_three_tools_make_a_key_and_test_it(vote: OnlineVote, tmp_path: Path) -> None:
    desks = trusted.desks(vote, tmp_path)
    assert len(ceremony.ready(vote)) == 1
    for step in ("certificates", "commitments", "polynomials", "voutputs"):
        for number, desk in enumerate(desks, 1):
            seen = shown(vote)
            assert (seen["step"], seen["waiting"]) == (step, list(range(number, 4)))
            desk.next(ask)
    assert shown(vote)["step"] == "done"
    assert "waited for" not in desks[0].next(ask)
    assert len(ceremony.ready(vote)) == 2
    stepped(desks, 1)
    assert ceremony.ready(vote) == []
    trustees = read_trustees(ceremony.trustees_of(vote), ED25519)
    assert not list(trustee_faults(new_pool(ED25519, "libsodium"), trustees, election_key(trustees)))
    for desk, key in zip(desks, trustees.keys, strict=True):
        private, held = private_of(desk.key, trusted.PASSPHRASE, key.public_key, ED25519)
        assert private and held["least"] == 2 and held["contest"] == vote.uuid
        assert desk.key.stat().st_mode & 0o777 == 0o600
    assert shown(vote)["key"].encode() == ceremony.trustees_of(vote)


def test_nothing_is_shown_before_its_time(vote: OnlineVote, tmp_path: Path) -> None:
    desks = trusted.desks(vote, tmp_path)
    desks[0].next(ask)
    assert shown(vote)["certificates"] == []
    stepped(desks[1:], 1)
    desks[0].next(ask)
    assert len(shown(vote)["certificates"]) == 3 and shown(vote)["commitments"] == []
    stepped(desks[1:], 1)
    desks[0].next(ask)
    assert len(shown(vote)["commitments"]) == 3 and shown(vote)["vinputs"] == []


@pytest.mark.parametrize("step", ["certificates", "commitments", "polynomials", "voutputs", "test"])
def test_a_step_that_was_interrupted_is_done_again(
    vote: OnlineVote, tmp_path: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer is lost after the office took it, then before; the tool is started anew each time."""
    steps = ["certificates", "commitments", "polynomials", "voutputs", "test"]
    desks = trusted.desks(vote, tmp_path)
    stepped(desks, steps.index(step))
    one = desks[1]
    real = type(one.office).give

    def lost(*given: Any) -> None:
        real(*given)
        raise OfficeError("the office cannot be reached")

    def never(*given: Any) -> None:
        raise OfficeError("the office cannot be reached")

    for broken in (never, lost):
        monkeypatch.setattr(type(one.office), "give", broken)
        with pytest.raises(OfficeError):
            Desk.at(one.key).next(ask)
    monkeypatch.setattr(type(one.office), "give", real)
    for _ in range(6):
        for desk in desks:
            Desk.at(desk.key).next(ask)
    assert ceremony.ready(vote) == []
    assert shown(vote)["faults"] == []


def test_the_third_trustee_cannot_change_its_part(vote: OnlineVote, tmp_path: Path, office: World) -> None:
    """THREATS A5: having seen the parts of the first and the second, the third gives another than that of the hash."""
    desks = trusted.desks(vote, tmp_path)
    stepped(desks, 2)
    stepped(desks[:2], 1)
    third = desks[2]
    channel, _ = channel_of(third._path("seed.key"), trusted.PASSPHRASE)
    certificates = [read_certificate(text.encode(), ED25519) for text in shown(vote)["certificates"]]
    other = pedersen.make_polynomial(new_pool(ED25519, "libsodium"), channel, certificates)
    with pytest.raises(OfficeError, match="not those of his hash"):
        third.office.give("polynomials", dumps(other).encode())
    (fault,) = shown(vote)["faults"]
    assert (fault["number"], fault["step"]) == (3, "polynomials")
    page = office.client(office.alice).get(f"/contests/{vote.contest.slug}/office/ceremony/").content.decode()
    assert "What trustee 3, Trustee 3, gave is not valid" in page
    third.next(ask)
    assert shown(vote)["step"] == "voutputs"


@pytest.mark.parametrize("content", ["", "{}", "[" * 9000, '{"message":"x"}', "é" * 10])
def test_what_is_no_message_is_named(vote: OnlineVote, tmp_path: Path, content: str) -> None:
    desk = trusted.joined(vote, 2, tmp_path / "2.key")
    if not content:
        with pytest.raises(OfficeError, match="no JSON object"):
            desk.office.give("certificates", b"")
        return
    with pytest.raises(OfficeError, match="did not take"):
        desk.office.give("certificates", content.encode())
    assert shown(vote)["faults"][0]["number"] == 2
    assert shown(vote)["given"]["certificates"] == []


def test_the_same_key_twice_is_refused(vote: OnlineVote, tmp_path: Path, office: World) -> None:
    desks = trusted.desks(vote, tmp_path)
    stepped(desks[:1], 1)
    channel, _ = channel_of(desks[0]._path("seed.key"), trusted.PASSPHRASE)
    again = pedersen.make_certificate(channel, index=2, threshold=2, size=3)
    with pytest.raises(OfficeError, match="that of another trustee"):
        desks[1].office.give("certificates", dumps(again.signed).encode())
    # Nor is it taken in the next attempt, or in another contest.
    again_by_two(vote, office)
    once_more = pedersen.make_certificate(channel, index=1, threshold=2, size=3)
    with pytest.raises(OfficeError, match="used before"):
        desks[0].office.give("certificates", dumps(once_more.signed).encode())


def again_by_two(vote: OnlineVote, office: World) -> None:
    proposal = acts.begin_key_again(office.alice, vote.contest, reason="a key was lost")
    with pytest.raises(RefusedError):
        confirm(office.alice, proposal)
    confirm(office.bob, proposal)
    vote.refresh_from_db()


def test_begun_again_by_two_officials(vote: OnlineVote, tmp_path: Path, office: World) -> None:
    desks = trusted.desks(vote, tmp_path)
    trusted.made(desks)
    first = ceremony.trustees_of(vote)
    again_by_two(vote, office)
    assert vote.attempt == 2 and len(ceremony.ready(vote)) == 1
    old = public_of(desks[0].key)
    trusted.made([Desk.at(desk.key) for desk in desks])
    assert ceremony.ready(vote) == []
    assert ceremony.trustees_of(vote) != first
    assert public_of(tmp_path / "1.1.old.key") == old != public_of(desks[0].key)


def test_not_begun_again_when_a_box_is_open(vote: OnlineVote, tmp_path: Path, office: World) -> None:
    stepped(trusted.desks(vote, tmp_path), 1)
    SealedBox.objects.create(vote=vote, stage="ballot", section="total", uuid="Box1111111111111111111", phase="voting")
    with pytest.raises(RefusedError, match="a box is open"):
        acts.begin_key_again(office.alice, vote.contest, reason="why not")


def test_codes(vote: OnlineVote, tmp_path: Path) -> None:
    trustee = Trustee.objects.get(vote=vote, number=1)
    code = acts.take_trustee_code(trustee.user, vote.contest)
    trustee.refresh_from_db()
    assert code not in json.dumps([trustee.token]) and len(trustee.token) == 64
    address = f"/api/v1/contests/{vote.contest.slug}/ceremony"

    def sent(given: str) -> int:
        return (
            Client(enforce_csrf_checks=True)
            .post(
                address,
                {"step": "commitments", "content": "x"},
                content_type="application/json",
                headers={"Authorization": given},
            )
            .status_code
        )

    assert [sent("Bearer x"), sent(""), sent(f"Basic {code}"), sent(f"Bearer {code}")] == [403, 403, 403, 409]
    acts.take_trustee_code(trustee.user, vote.contest)
    assert sent(f"Bearer {code}") == 403
    second = acts.take_trustee_code(trustee.user, vote.contest)
    with at("2016-07-15T10:01"):
        assert sent(f"Bearer {second}") == 403
    signed_in = Client()
    signed_in.force_login(trustee.user)
    assert signed_in.post(address, "{}", content_type="application/json").status_code == 403


def test_a_trustee_is_taken_off_only_while_they_gave_nothing(vote: OnlineVote, tmp_path: Path, office: World) -> None:
    desks = trusted.desks(vote, tmp_path)
    stepped(desks[:1], 1)
    with pytest.raises(RefusedError, match="given something"):
        acts.end_trustee(office.alice, vote.contest, number=1)
    acts.end_trustee(office.alice, vote.contest, number=2)
    with pytest.raises(OfficeError):
        desks[1].next(ask)
    assert any("2 of 3 trustees are named" in one for one in ceremony.ready(vote))
    assert acts.name_trustee(office.alice, vote.contest, name="New", email="new@example.org").number == 2


def test_pages(vote: OnlineVote, tmp_path: Path, office: World) -> None:
    address = f"/contests/{vote.contest.slug}/office/ceremony/"
    trustee = Trustee.objects.get(vote=vote, number=1)
    client = office.client(trustee.user)
    page = client.get(address).content.decode()
    assert "You are trustee 1" in page and "It is waited for: Trustee 1, Trustee 2, Trustee 3." in page
    answer = client.post(f"{address}code/")
    assert "selectorate trustee join" in answer.content.decode() and "no-store" in answer["Cache-Control"]
    assert "selectorate trustee join" not in client.get(address).content.decode()
    assert office.client(office.alice).post(f"{address}code/").status_code == 403
    assert Client().get(address).status_code == 302
    assert office.client(office.nobody).get(address).status_code == 403
    # A file from a machine without a network.
    state, out, key = tmp_path / "ceremony.json", tmp_path / "out.json", tmp_path / "offline.key"
    state.write_bytes(Client().get(f"/api/v1/contests/{vote.contest.slug}/ceremony").content)
    from selectorate.desks.trustee import join_by_file

    join_by_file(Files(state, out), 1, key)
    Desk.at(key, Files(state, out)).next(ask)
    sent = client.post(f"{address}give/", {"file": SimpleUploadedFile("out.json", out.read_bytes())})
    assert sent.status_code == 302 and shown(vote)["given"]["certificates"] == [1]
    sent = client.post(f"{address}give/", {"file": SimpleUploadedFile("out.json", out.read_bytes())})
    assert "Nothing is asked of you now" in sent.content.decode()
    for number in (2, 3):
        trusted.joined(vote, number, tmp_path / f"{number}.key").next(ask)
    assert Client().get(f"/contests/{vote.contest.slug}/ceremony/2.certificate.json").status_code == 200
    assert Client().get(f"/contests/{vote.contest.slug}/ceremony/hashes.txt").status_code == 404


def test_the_test_is_bound_to_its_text(vote: OnlineVote, tmp_path: Path) -> None:
    desks = trusted.desks(vote, tmp_path)
    stepped(desks, 4)
    trustees = read_trustees(ceremony.trustees_of(vote), ED25519)
    one = Trustee.objects.get(vote=vote, number=1)
    text = ceremony.test_of(one, trustees)
    public = trustees.keys[0].public_key
    private, _ = private_of(desks[0].key, trusted.PASSPHRASE, public, ED25519)
    for other in (text.replace("|1|1|", "|2|1|"), text.replace("|1|1|", "|1|2|"), text + "x"):
        answer = rehearsal.make_answer(ED25519, private, public, other)
        with pytest.raises(OfficeError, match="not decrypted with the key"):
            desks[0].office.give("test", dumps(answer).encode())
    # Anybody can compute the factor; only the holder of the key can prove it.
    from selectorate.box.v1.hashes import challenge

    factor = ED25519.power(public, challenge(text, ED25519.q))
    assert factor == rehearsal.make_answer(ED25519, private, public, text)["factor"]
    forged = rehearsal.make_answer(ED25519, private + 1, public, text) | {"factor": factor}
    with pytest.raises(OfficeError, match="not decrypted with the key"):
        desks[0].office.give("test", dumps(forged).encode())
    one.refresh_from_db()
    assert one.tested is None
    desks[0].next(ask)
    one.refresh_from_db()
    assert one.tested is not None


def lying(desk: Desk, monkeypatch: pytest.MonkeyPatch, change: Any) -> Desk:
    """A tool whose office says something else."""
    real = desk.office.state

    class Lies:
        def __getattr__(self, name: str) -> Any:
            return getattr(desk.office, name)

        def state(self) -> Any:
            return change(real())

    return Desk.at(desk.key, Lies())  # type: ignore[arg-type]


def test_a_tool_believes_no_office_that_lies(vote: OnlineVote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desks = trusted.desks(vote, tmp_path)
    one = desks[0]

    def refused(match: str, **said: Any) -> None:
        desk = lying(one, monkeypatch, lambda seen: seen.model_copy(update=said))
        with pytest.raises(SelectorateError, match=match):
            desk.next(ask)

    refused("another contest", contest=one.office.state().contest.model_copy(update={"uuid": "Z" * 22}))
    refused("sufficed", threshold=1)
    stepped(desks, 1)
    seen = one.office.state()
    refused("another certificate in your place", certificates=seen.certificates[::-1])
    stepped(desks, 1)
    seen = one.office.state()
    refused("another hash in your place", commitments=seen.commitments[::-1])
    stepped(desks, 1)
    seen = one.office.state()
    other = [seen.commitments[0], "0" * 64, seen.commitments[2]]
    refused("other hashes than before", commitments=other)
    refused("other certificates than before", certificates=[*seen.certificates[:2], seen.certificates[1]])
    stepped(desks, 1)
    seen = one.office.state()
    for change in ({"text": "selectorate-rehearsal-1|x"}, {"alpha": ED25519.power_g(7)}):
        tests = [seen.tests[0].model_copy(update=change), *seen.tests[1:]]
        refused("not made from its text", tests=tests)
    refused(".", key=seen.key.replace("1", "2", 1))
    assert one.office.state().tests[0].done is False


def test_a_bad_share_is_complained_of(vote: OnlineVote, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What trustee 2 sealed for trustee 1 does not fit: only trustee 1 can see it, and everybody is told."""
    desks = trusted.desks(vote, tmp_path)
    stepped(desks, 2)
    second = desks[1]
    path = second._path("polynomial.json")
    made = json.loads(path.read_bytes())
    made["secrets"][0], made["secrets"][2] = made["secrets"][2], made["secrets"][0]
    path.write_text(dumps(made))
    stepped(desks, 1)
    with pytest.raises(ProtocolError, match="trustee 2"):
        desks[0].next(ask)
    (fault,) = shown(vote)["faults"]
    assert (fault["number"], fault["step"]) == (1, "complaint") and "trustee 2" in fault["says"]


def test_a_key_of_another_contest(vote: OnlineVote, tmp_path: Path, office: World) -> None:
    trusted.joined(vote, 1, tmp_path / "1.key")
    other = trusted.online(office, rolled.contest(office, "Another"))
    trustee = Trustee.objects.get(vote=other, number=1)
    code = acts.take_trustee_code(trustee.user, other.contest)
    with pytest.raises(InputError, match="another contest"):
        join("http://localhost", other.contest.slug, code, tmp_path / "1.key")


def test_commands_over_a_network(
    office: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, live_server: Any, transactional_db: None
) -> None:
    """The commands that the guide names, against the site as it is served."""
    from typer.testing import CliRunner

    from selectorate.cli.program import app

    secret = tmp_path / "passphrase"
    secret.write_text(trusted.PASSPHRASE)

    def run(*args: str, status: int = 0) -> str:
        result = CliRunner().invoke(app, ["trustee", *args])
        assert result.exit_code == status, result.output
        return result.output

    with at("2016-07-01T10:00"):
        vote = trusted.online(office, rolled.contest(office))
        keys = [str(tmp_path / f"{number}.key") for number in (1, 2, 3)]
        for number, key in enumerate(keys, 1):
            code = tmp_path / "code"
            code.write_text(
                acts.take_trustee_code(Trustee.objects.get(vote=vote, number=number).user, vote.contest) + "\n"
            )
            said = run("join", live_server.url, "--contest", vote.contest.slug, "--out", key, "--code-file", str(code))
            assert f"trustee {number} of 3" in said
        for _step in range(5):
            for key in keys:
                run("next", key, "--passphrase-file", str(secret))
        assert "decrypted the test" in " ".join(run("next", keys[0], "--passphrase-file", str(secret)).split())
        assert ceremony.ready(vote) == []
        assert "2 suffice" in run("status", keys[0])
        assert "No box waits for your decryption" in run("decrypt", keys[0], "--passphrase-file", str(secret))
        Trustee.objects.update(token="")
        path = tmp_path / "1.trustee.json"
        assert path.stat().st_mode & 0o777 == 0o600
        vote.contributions.all().delete()
        run("next", keys[0], "--passphrase-file", str(secret), status=1)


def test_opening_waits_for_the_test(vote: OnlineVote, tmp_path: Path) -> None:
    SealedBox.objects.create(vote=vote, stage="ballot", section="total", uuid="Box1111111111111111111")
    desks = trusted.desks(vote, tmp_path)
    stepped(desks, 4)
    name = "the trustees' key is made, and each has decrypted a test"

    def item() -> Any:
        return next(one for one in preflight.checklist(vote.contest, "ballot") if one.name == name)

    assert not item().done and "Trustee 3 has not decrypted the test" in item().says
    stepped(desks, 1)
    assert item().done


def test_what_is_handed_in_of_a_box(vote: OnlineVote, monkeypatch: pytest.MonkeyPatch) -> None:
    """The body as it is, longer than any form, with the trustee's code; the act decides."""
    taken: list[tuple[Any, ...]] = []

    def take(by: Any, contest: Any, *, box: str, content: bytes, after: str) -> None:
        if after != "f" * 64:
            raise RefusedError("somebody else was faster")
        taken.append((by.name, box, len(content)))

    monkeypatch.setitem(
        sys.modules,
        "selectorate.office.acts.boxes",
        SimpleNamespace(take_shuffle=take, take_decryption=take),  # type: ignore[arg-type]
    )
    trustee = Trustee.objects.get(vote=vote, number=2)
    code = acts.take_trustee_code(trustee.user, vote.contest)
    address = f"/api/v1/contests/{vote.contest.slug}/boxes/Box1111111111111111111/contributions/"

    def sent(kind: str, after: str, given: str = code) -> int:
        return (
            Client(enforce_csrf_checks=True)
            .post(
                f"{address}{kind}?after={after}",
                b"x" * 3_000_000,
                content_type="application/octet-stream",
                headers={"Authorization": f"Bearer {given}"},
            )
            .status_code
        )

    assert [sent("shuffle", "f" * 64), sent("decryption", "f" * 64), sent("decryption", "0" * 64)] == [200, 200, 409]
    assert [sent("other", "f" * 64), sent("shuffle", "f" * 64, "x")] == [404, 403]
    assert taken == [("Trustee 2", "Box1111111111111111111", 3_000_000)] * 2
