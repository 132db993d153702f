"""Threshold keys made by this program's trustees and the reference tool's together, step by step, and used by both."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.interop.box.tool import Tool

from selectorate.box import canonical
from selectorate.box.ed25519 import ED25519
from selectorate.box.finite import RFC_3526_2048
from selectorate.box.groups import Group
from selectorate.box.pools import new_pool
from selectorate.box.public import Pool
from selectorate.box.v1 import pedersen
from selectorate.box.v1.ceremony import Ceremony
from selectorate.box.v1.channels import Channel, Seed, read_seed
from selectorate.box.v1.decryptions import decryption_text
from selectorate.box.v1.elections import read_election
from selectorate.box.v1.keys import private_key_text, read_private_key, read_public_key
from selectorate.box.v1.messages import (
    read_certificate,
    read_polynomial,
    read_vinput,
    read_voutput,
)
from selectorate.box.v1.reading import read_box
from selectorate.box.v1.threshold import ThresholdParameters
from selectorate.box.v1.trustees import Single, election_key, make_key, read_trustees, trustee_faults, trustees_text

GROUPS = pytest.mark.parametrize("group", [ED25519, RFC_3526_2048], ids=lambda group: group.name)


def line(value: object) -> bytes:
    """``value`` as the tool has it in files."""
    return canonical.dumps(value).encode() + b"\n"


def lines(raw: bytes) -> list[bytes]:
    return raw.splitlines(keepends=True)


class Trustee:
    """A trustee of this program."""

    def __init__(self, tool: Tool, group: Group, folder: Path) -> None:
        self.tool, self.group, self.folder = tool, group, folder
        self.seed = Seed.generate()
        self.identifier = ""

    @property
    def channel(self) -> Channel:
        return Channel.of(self.group, self.seed)

    @property
    def pool(self) -> Pool:
        return new_pool(self.group, "libsodium")

    def named(self, certificate: bytes) -> bytes:
        """The tool's files of a trustee are named by the hash of what the certificate says."""
        message = json.loads(certificate)["message"]
        self.identifier = hashlib.sha256(message.encode()).hexdigest()
        (self.folder / f"{self.identifier}.key").write_text(self.seed.text + "\n")
        return certificate

    def certificate(self, index: int, threshold: int, size: int) -> bytes:
        made = pedersen.make_certificate(self.channel, index=index, threshold=threshold, size=size)
        return self.named(line(made.signed))

    def polynomial(self, certs: bytes, context: str) -> bytes:
        certificates = [read_certificate(one, self.group) for one in lines(certs)]
        return line(pedersen.make_polynomial(self.pool, self.channel, certificates))

    def voutput(self, certs: bytes, vinput: bytes) -> bytes:
        certificates = [read_certificate(one, self.group) for one in lines(certs)]
        given = read_vinput(vinput, self.group)
        return line(pedersen.make_voutput(self.pool, self.channel, certificates, given))


class ToolTrustee(Trustee):
    """A trustee of the tool: it does each step, and this program knows the seed afterwards."""

    def keygen(self, *args: str, stdin: bytes = b"") -> bytes:
        return keygen(self.tool, self.group, self.folder, *args, stdin=stdin)

    def certificate(self, index: int, threshold: int, size: int) -> bytes:
        printed = self.keygen("--step", "1", "--threshold-context", f"{index}/{threshold}/{size}")
        name = printed.decode().strip()
        self.seed = read_seed((self.folder / f"{name}.key").read_bytes())
        (self.folder / f"{name}.key").unlink()
        certificate = self.named((self.folder / f"{name}.cert").read_bytes())
        assert name == self.identifier
        return certificate

    def polynomial(self, certs: bytes, context: str) -> bytes:
        (self.folder / "certs.jsons").write_bytes(certs)
        key = f"{self.identifier}.key"
        given = ("--certs", "certs.jsons", "--key", key, "--threshold-context", context)
        return self.keygen("--step", "3", *given)

    def voutput(self, certs: bytes, vinput: bytes) -> bytes:
        (self.folder / "certs.jsons").write_bytes(certs)
        return self.keygen("--step", "5", "--certs", "certs.jsons", "--key", f"{self.identifier}.key", stdin=vinput)


def keygen(tool: Tool, group: Group, folder: Path, *args: str, stdin: bytes = b"") -> bytes:
    command = ("setup", "generate-trustee-key-threshold", "--group", group.name)
    return tool.run(*command, *args, stdin=stdin, cwd=folder)


def sealed_key(trustee: Trustee) -> str:
    """What the tool wrote of a trustee's decryption key in step 6."""
    return (trustee.folder / f"{trustee.identifier}.dkey").read_text().removesuffix("\n")


def private_of(trustee: Trustee, public_key: str) -> int:
    return pedersen.decryption_key(trustee.channel, sealed_key(trustee), public_key).exponent


def make_trustees(tool: Tool, group: Group, folder: Path, makers: str) -> list[Trustee]:
    """``makers``: a letter each, ``o`` for ours and ``t`` for the tool's."""
    return [(Trustee if maker == "o" else ToolTrustee)(tool, group, folder) for maker in makers]


def make_threshold(
    tool: Tool, group: Group, folder: Path, trustees: Sequence[Trustee], threshold: int
) -> ThresholdParameters:
    """All steps, with both programs as the server: what they send is the same, byte for byte."""
    size, pool = len(trustees), new_pool(group, "libsodium")
    ceremony = Ceremony(group, threshold, size)
    raw_certificates = [one.certificate(i, threshold, size) for i, one in enumerate(trustees, start=1)]
    for index, raw in enumerate(raw_certificates, start=1):
        ceremony = ceremony.with_certificate(pool, index, read_certificate(raw, group))
    certs = b"".join(raw_certificates)
    (folder / "certs.jsons").write_bytes(certs)
    keygen(tool, group, folder, "--step", "2", "--certs", "certs.jsons")

    raw_polynomials = [one.polynomial(certs, f"{i}/{threshold}/{size}") for i, one in enumerate(trustees, start=1)]
    polynomials = [read_polynomial(raw, group) for raw in raw_polynomials]
    assert [line(one) for one in polynomials] == raw_polynomials
    for index, polynomial in enumerate(polynomials, start=1):
        ceremony = ceremony.with_commitment(index, pedersen.commitment(polynomial["coefexps"]))
    for index, polynomial in enumerate(polynomials, start=1):
        ceremony = ceremony.with_polynomial(pool, index, polynomial)
    (folder / "polynomials.jsons").write_bytes(b"".join(raw_polynomials))
    keygen(tool, group, folder, "--step", "4", "--certs", "certs.jsons", "--polynomials", "polynomials.jsons")

    raw_voutputs = []
    for index, one in enumerate(trustees, start=1):
        vinput = line(ceremony.vinput(index))
        assert vinput == (folder / f"{one.identifier}.vinput").read_bytes()
        raw_voutputs.append(one.voutput(certs, vinput))
    for index, raw in enumerate(raw_voutputs, start=1):
        ceremony = ceremony.with_voutput(pool, index, read_voutput(raw, group))
    given = ("--step", "6", "--certs", "certs.jsons", "--polynomials", "polynomials.jsons")
    assembled = keygen(tool, group, folder, *given, stdin=b"".join(raw_voutputs))
    parameters = ceremony.parameters(pool)
    assert line(parameters.content) == assembled
    for index, one in enumerate(trustees, start=1):
        assert sealed_key(one) == ceremony.voutputs[index]["private_key"]
    return parameters


@GROUPS
@pytest.mark.parametrize(("makers", "threshold"), [("oto", 2), ("tot", 2), ("ooo", 1), ("ttt", 2), ("otoo", 3)])
def test_a_key_made_together(tool: Tool, tmp_path: Path, group: Group, makers: str, threshold: int) -> None:
    trustees = make_trustees(tool, group, tmp_path, makers)
    parameters = make_threshold(tool, group, tmp_path, trustees, threshold)
    (tmp_path / "threshold.json").write_bytes(line(parameters.content))
    (tmp_path / "public_keys.jsons").write_bytes(b"")
    tool.run("setup", "make-trustees", cwd=tmp_path)
    structure = read_trustees((tmp_path / "trustees.json").read_bytes().removesuffix(b"\n"), group)
    assert structure.raw == trustees_text([parameters])
    assert list(trustee_faults(new_pool(group), structure)) == []
    privates = {key.number: private_of(one, key.public_key) for key, one in zip(structure.keys, trustees, strict=True)}
    exponents = structure.exponents(range(len(trustees) - threshold + 1, len(trustees) + 1))
    secret = sum(privates[index] * exponent for index, exponent in exponents.items())
    assert group.power_g(secret) == election_key(structure)


@GROUPS
def test_single_keys_are_exchanged(tool: Tool, tmp_path: Path, group: Group) -> None:
    tool.run("setup", "generate-trustee-key", "--group", group.name, cwd=tmp_path)
    (public_file,) = tmp_path.glob("*.pubkey")
    (private_file,) = tmp_path.glob("*.privkey")
    theirs = read_public_key(public_file.read_bytes(), group)
    private = read_private_key(private_file.read_bytes(), group)
    assert private_key_text(private) + b"\n" == private_file.read_bytes()
    assert group.power_g(private.exponent) == theirs["public_key"]
    _, ours = make_key(group)
    (tmp_path / "public_keys.jsons").write_bytes(line(theirs) + line({**ours, "name": "Zoë"}))
    tool.run("setup", "make-trustees", cwd=tmp_path)
    structure = read_trustees((tmp_path / "trustees.json").read_bytes().removesuffix(b"\n"), group)
    assert list(trustee_faults(new_pool(group), structure)) == []
    assert [key.name for key in structure.keys] == [None, "Zoë"]


# --- an election that both open ---------------------------------------------------------------------------

QUESTIONS = {
    "description": "",
    "name": "An election",
    "questions": [{"answers": ["A", "B"], "min": 0, "max": 1, "question": "Who?"}],
}
VOTES = [[1, 0], [0, 1], [1, 0]]


def make_box(tool: Tool, group: Group, folder: Path) -> list[str]:
    """Make an archive by the tool with ballots and tally, under the keys in ``folder``; the alphas of the tally."""
    uuid = tool.run("setup", "generate-token", cwd=folder).decode().strip()
    tool.run(
        "setup", "generate-credentials", "--uuid", uuid, "--group", group.name, "--count", str(len(VOTES)), cwd=folder
    )
    next(folder.glob("*.pubcreds")).rename(folder / "public_creds.json")
    credentials = json.loads(next(folder.glob("*.privcreds")).read_bytes())
    (folder / "template.json").write_bytes(line(QUESTIONS))
    election = ("--uuid", uuid, "--group", group.name, "--template", "template.json")
    tool.run("setup", "make-election", *election, cwd=folder)
    tool.run("archive", "init", cwd=folder)
    for credential, vote in zip(credentials.values(), VOTES, strict=True):
        (folder / "credential").write_text(credential + "\n")
        (folder / "vote").write_bytes(line([vote]))
        ballot = tool.run("election", "generate-ballot", "--privcred", "credential", "--choice", "vote", cwd=folder)
        tool.run("archive", "add-event", "--type=Ballot", stdin=ballot, cwd=folder)
    tool.run("archive", "add-event", "--type=EndBallots", cwd=folder)
    tally = tool.run("election", "compute-encrypted-tally", cwd=folder)
    tool.run("archive", "add-event", "--type=EncryptedTally", stdin=tally, cwd=folder)
    return [ciphertext["alpha"] for ciphertext in json.loads(lines(tally)[0])[0]]


def add_decryption(tool: Tool, folder: Path, owner: int, decryption: bytes) -> None:
    """Add a partial decryption of this program: the data, then what says whose it is."""
    owned = {"owner": owner, "payload": hashlib.sha256(decryption).hexdigest()}
    given = decryption + b"\n" + line(owned)
    tool.run("archive", "add-event", "--type=PartialDecryption", stdin=given, cwd=folder)


def key_files(trustee: Trustee) -> tuple[str, ...]:
    return ("--key", f"{trustee.identifier}.key", "--decryption-key", f"{trustee.identifier}.dkey")


def tool_decrypts(tool: Tool, folder: Path, owner: int, *keys: str) -> None:
    """Let the tool make and add the partial decryption of a trustee."""
    command = "decrypt" if "--privkey" in keys else "decrypt-threshold"
    decrypted = tool.run("election", command, *keys, "--trustee-id", str(owner), cwd=folder)
    tool.run("archive", "add-event", "--type=PartialDecryption", stdin=decrypted, cwd=folder)


def finish(tool: Tool, folder: Path) -> None:
    """Let the tool compute the result; both programs then find nothing wrong with the archive."""
    result = tool.run("election", "compute-result", cwd=folder)
    assert json.loads(lines(result)[0]) == {"result": [[2, 1]]}
    tool.run("archive", "add-event", "--type=Result", stdin=result, cwd=folder)
    tool.run("election", "verify", cwd=folder)
    (archive,) = folder.glob("*.bel")
    reading = read_box(archive, arithmetic="libsodium")
    assert (reading.faults, reading.phase) == ([], "final")


@GROUPS
@pytest.mark.parametrize("decrypting", [(2, 3), (4, 2), (3, 4)])
def test_an_election_of_a_mixed_key(tool: Tool, tmp_path: Path, group: Group, decrypting: tuple[int, int]) -> None:
    """Trustee 1 is ours and mandatory; of 2 and 4 (ours) and 3 (the tool's) two suffice.

    Keys are exchanged: with the tool's keys this program decrypts, and with ours the tool.
    """
    trustees = make_trustees(tool, group, tmp_path, "oto")
    parameters = make_threshold(tool, group, tmp_path, trustees, 2)
    server, server_public = make_key(group)
    (tmp_path / "threshold.json").write_bytes(line(parameters.content))
    (tmp_path / "public_keys.jsons").write_bytes(line(server_public))
    (tmp_path / "server").write_bytes(private_key_text(server) + b"\n")
    tool.run("setup", "make-trustees", cwd=tmp_path)
    structure = read_trustees((tmp_path / "trustees.json").read_bytes().removesuffix(b"\n"), group)
    assert structure.raw == trustees_text([Single(server_public), parameters])

    alphas = make_box(tool, group, tmp_path)
    election = read_election((tmp_path / "election.json").read_bytes().removesuffix(b"\n"))
    assert list(trustee_faults(new_pool(group, "libsodium"), structure, election.public_key)) == []

    tool_decrypts(tool, tmp_path, 1, "--privkey", "server")
    for owner in decrypting:
        public_key, trustee = structure.keys[owner - 1].public_key, trustees[owner - 2]
        if owner == 3:
            private = private_of(trustee, public_key)
            add_decryption(tool, tmp_path, owner, decryption_text(election, private, public_key, [alphas]))
        else:
            tool_decrypts(tool, tmp_path, owner, *key_files(trustee))
    finish(tool, tmp_path)
    assert structure.exponents([1, *decrypting]).keys() == {1, *decrypting}


def test_trustees_are_counted_over_all_items(tool: Tool, tmp_path: Path) -> None:
    """Three of whom two suffice, then a mandatory one, then two of whom one suffices: numbers 1 to 3, 4, 5 and 6."""
    group = ED25519
    first, second = make_trustees(tool, group, tmp_path, "oto"), make_trustees(tool, group, tmp_path, "to")
    first_item = make_threshold(tool, group, tmp_path, first, 2)
    second_item = make_threshold(tool, group, tmp_path, second, 1)
    server, server_public = make_key(group)
    (tmp_path / "server").write_bytes(private_key_text(server) + b"\n")
    raw = trustees_text([first_item, Single(server_public), second_item])
    (tmp_path / "trustees.json").write_bytes(raw + b"\n")
    make_box(tool, group, tmp_path)
    structure = read_trustees(raw, group)
    assert [(key.number, key.item, key.index) for key in structure.keys] == [
        (1, 0, 1),
        (2, 0, 2),
        (3, 0, 3),
        (4, 1, 1),
        (5, 2, 1),
        (6, 2, 2),
    ]
    assert [structure.mandatory(number) for number in range(1, 7)] == [False] * 3 + [True] + [False] * 2
    tool_decrypts(tool, tmp_path, 6, *key_files(second[1]))
    tool_decrypts(tool, tmp_path, 3, *key_files(first[2]))
    tool_decrypts(tool, tmp_path, 4, "--privkey", "server")
    tool_decrypts(tool, tmp_path, 2, *key_files(first[1]))
    finish(tool, tmp_path)
