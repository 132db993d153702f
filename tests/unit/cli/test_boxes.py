"""The commands of the box: a whole election, every mistake of a user, failed checks, and that no secret comes out."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_type_hints

import nacl.pwhash.argon2id as argon2id
import pytest
from tests.boxes import parts_of, put_together, repointed
from typer.testing import CliRunner, Result

from selectorate.box.archive import Archive
from selectorate.box.keyfile import KeyFile, read_key_file, write_key_file
from selectorate.cli import app
from selectorate.cli.box_ceremony import SEED
from selectorate.cli.box_keys import CREDENTIALS, TRUSTEE_KEY

WORDS = "correct horse battery staple"
TEMPLATE: dict[str, Any] = {
    "description": "desc",
    "name": "The [bold]name[/] ü",
    "questions": [
        {"type": "NonHomomorphic", "value": {"answers": ["A", "B", "C"], "question": "Rank"}},
        {"answers": ["Yes", "No"], "min": 1, "max": 1, "question": "OK?"},
    ],
    "administrator": "The officer",
    "language": ["en", "ltr"],
}


@pytest.fixture(scope="module", autouse=True)
def quick() -> Iterator[None]:
    """Passphrases are stretched as little as libsodium allows."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(argon2id, "OPSLIMIT_MODERATE", argon2id.OPSLIMIT_MIN)
        patched.setattr(argon2id, "MEMLIMIT_MODERATE", argon2id.MEMLIMIT_MIN)
        yield


@dataclass
class Hall:
    """A folder in which an election is held by commands; ``printed``: all that they said."""

    folder: Path
    uuid: str = ""
    printed: list[str] = field(default_factory=list)

    @property
    def box(self) -> Path:
        return self.folder / f"{self.uuid}.bel"

    def run(self, *arguments: object) -> Result:
        """Run a command of the box in the folder."""
        before = Path.cwd()
        os.chdir(self.folder)
        try:
            result = CliRunner().invoke(app, ["box", *map(str, arguments)])
        finally:
            os.chdir(before)
        assert result.exception is None or isinstance(result.exception, SystemExit), repr(result.exception)
        self.printed.append(result.stdout + result.stderr)
        return result

    def done(self, *arguments: object) -> str:
        """What a command prints that ends well."""
        result = self.run(*arguments)
        assert (result.exit_code, result.stderr) == (0, ""), result.stderr
        return result.stdout

    def fails(self, status: int, message: str, *arguments: object) -> str:
        """A command ends with ``status`` and one message, which has ``message`` in it."""
        result = self.run(*arguments)
        told = result.stderr.splitlines()
        assert result.exit_code == status, (result.exit_code, result.stdout, result.stderr)
        assert re.search(message, result.stderr), result.stderr
        assert len([text for text in told if text and not text.startswith(" ")]) == 1, result.stderr
        assert "Traceback" not in result.stderr
        return result.stderr

    def write(self, name: str, content: Any) -> str:
        """Write a file; its name."""
        raw = content if isinstance(content, bytes) else json.dumps(content).encode()
        (self.folder / name).write_bytes(raw)
        return name

    def copy(self, folder: Path) -> Hall:
        """The same in another folder, to be spoilt."""
        shutil.copytree(self.folder, folder, dirs_exist_ok=True)
        return Hall(folder, self.uuid)


WITH_WORDS = ("--passphrase-file", "pw")


def keys_made(hall: Hall) -> None:
    hall.write("pw", WORDS.encode() + b"\n")
    for name in "ab":
        hall.done("keys", "single", "--out", f"{name}.key", *WITH_WORDS)
    hall.done("keys", "trustees", "a.public.json", "b.public.json")
    said = hall.done("credentials", "--out", "reg", "--count", 5, *WITH_WORDS)
    hall.uuid = re.search(r"Election (\w+):", said)[1]  # type: ignore[index]


def opened(hall: Hall) -> None:
    hall.write("q.json", TEMPLATE)
    given = ("--credentials", "reg/public_creds.json", "--trustees", "trustees.json", "--uuid", hall.uuid)
    said = hall.done("open", "q.json", *given)
    assert "The [bold]name[/] ü" in said and f"The box is open: {hall.uuid}.bel" in said


def voted(hall: Hall) -> None:
    for voter in (1, 2, 3):
        hall.write(f"c{voter}", hall.done("deliver", "reg/credentials.key", "--voter", voter, *WITH_WORDS).encode())
        said = hall.done("cast", hall.box, "--credential-file", f"c{voter}", "--answers", "[[1,2,3],[1,0]]")
        assert f"Recorded as event {voter}," in said
    given = ("--credential-file", "c1", "--answers", "[[3,2,1],[0,1]]", "--out", "b.json")
    assert "Not cast: b.json" in hall.done("cast", hall.box, *given)
    once = hall.done("cast", hall.box, "--ballot", "b.json")
    assert hall.done("cast", hall.box, "--ballot", "b.json") == once
    tracker = re.search(r"Tracker: (\S+)", once)[1]  # type: ignore[index]
    assert "and it counts" in hall.done("show", hall.box, "--tracker", tracker)
    listed = hall.done("show", hall.box, "--trackers").split()
    assert len(listed) == 3 and tracker in listed
    assert "4 ballots of 3 voters; 5 may vote." in hall.done("show", hall.box)


def counted(hall: Hall) -> None:
    shutil.copy(hall.box, hall.folder / "old.bel")
    hall.done("close", hall.box)
    assert "3 ballots tallied" in hall.done("tally", hall.box)
    hall.done("shuffle", hall.box, "--trustee", 1)
    hall.done("shuffle", hall.box, "--trustee", 2, "--out", "sh.json")
    hall.done("shuffle", hall.box, "--trustee", 2, "--add", "sh.json")
    hall.done("shuffle", hall.box, "--end")
    hall.done("decrypt", hall.box, "--trustee", 1, "--key", "a.key", *WITH_WORDS)
    given = ("--trustee", 2, "--key", "b.key", "--since", "old.bel", "--out", "d.json")
    hall.done("decrypt", hall.box, *given, *WITH_WORDS)
    hall.done("decrypt", hall.box, "--trustee", 2, "--add", "d.json")
    hall.done("result", hall.box)


STEPS: dict[str, Callable[[Hall], None]] = {"keys": keys_made, "open": opened, "voted": voted, "final": counted}


@pytest.fixture(scope="module")
def halls(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Hall]:
    """The election after each of its steps."""
    hall = Hall(tmp_path_factory.mktemp("hall"))
    found = {}
    for name, step in STEPS.items():
        step(hall)
        found[name] = hall.copy(tmp_path_factory.mktemp(name))
        found[name].printed = list(hall.printed)
    return found


@pytest.fixture
def hall(halls: dict[str, Hall], tmp_path: Path, request: pytest.FixtureRequest) -> Hall:
    """A copy of the election after the step that a test names; it may be spoilt."""
    return halls[getattr(request, "param", "voted")].copy(tmp_path)


AFTER = {name: pytest.mark.parametrize("hall", [name], indirect=True) for name in STEPS}


# --- a whole election -------------------------------------------------------------------------------------


@AFTER["final"]
def test_a_whole_election(hall: Hall) -> None:
    said = hall.done("verify", hall.box, "--final")
    assert said.startswith("The box is final") and said.rstrip().endswith("All checks passed.")
    result = json.loads(hall.done("show", hall.box, "--result"))["result"]
    assert sorted(result[0]) == [[1, 2, 3], [1, 2, 3], [3, 2, 1]] and result[1] == [2, 1]
    assert "All 5 events" in hall.done("diff", "old.bel", hall.box)


@AFTER["final"]
def test_the_report_for_programs(hall: Hall) -> None:
    found = json.loads(hall.done("verify", hall.box, "--json", "--final"))
    assert found["sound"] is True and found["phase"] == "final" and found["void"] == {"1": 0}
    assert {one["verdict"] for one in found["checks"]} == {"passed"}
    assert found["facts"]["ballots"] == 4 and found["facts"]["tallied"] == 3
    assert found["facts"]["decrypted by"] == [1, 2] == found["facts"]["shuffled by"]


@AFTER["final"]
@pytest.mark.parametrize("arithmetic", ["auto", "libsodium"])
def test_either_arithmetic(hall: Hall, arithmetic: str) -> None:
    assert "All checks passed" in hall.done("verify", hall.box, "--arithmetic", arithmetic)


def test_an_open_box_is_sound_so_far(hall: Hall) -> None:
    assert "the box is not final" in hall.done("verify", hall.box)
    result = hall.run("verify", hall.box, "--final")
    assert result.exit_code == 1 and "NOT SOUND: 1 check fails." in result.stdout and result.stderr == ""


@AFTER["keys"]
def test_weights_from_a_list_of_voters(hall: Hall) -> None:
    hall.write("voters.csv", '\ufeffZoë,3\n\nBen\n"C, D",\n'.encode())
    said = hall.done("credentials", "--out", "more", "--voters", "voters.csv", "--uuid", "1" * 14, *WITH_WORDS)
    assert "Election 11111111111111: 3 credentials" in said
    listed = json.loads((hall.folder / "more/public_creds.json").read_bytes())
    assert sorted(entry.split(",")[1] for entry in listed) == ["1", "1", "3"]
    hall.done("deliver", "more/credentials.key", "--out", "letters.csv", *WITH_WORDS)
    letters = (hall.folder / "letters.csv").read_text(encoding="utf-8").splitlines()
    assert letters[0] == "voter,credential" and letters[3].startswith('"C, D",')
    assert (hall.folder / "letters.csv").stat().st_mode & 0o777 == 0o600


# --- mistakes ---------------------------------------------------------------------------------------------

BALLOT = ("--ballot", "b.json")
SINGLE = ("keys", "single", "--out", "c.key")
OPEN = ("--credentials", "reg/public_creds.json", "--trustees", "trustees.json")
MISTAKES: dict[str, tuple[str, tuple[object, ...]]] = {
    "no such group": ('no group "Curve"', (*SINGLE, "--group", "Curve", *WITH_WORDS)),
    "a weak passphrase": ("shorter than 12", (*SINGLE, "--passphrase-file", "weak")),
    "no passphrase": ("Give --passphrase-file", SINGLE),
    "no file of a passphrase": ("passphrase cannot be read", (*SINGLE, "--passphrase-file", "nothing")),
    "a key file that is there": ("is there already", ("keys", "single", "--out", "a.key", *WITH_WORDS)),
    "no trustees": ("there are no trustees", ("keys", "trustees", "--out", "t.json")),
    "a trustee twice": ("the same", ("keys", "trustees", "a.public.json", "a.public.json", "--out", "t.json")),
    "a key that is none": ("q.json: .*public key", ("keys", "trustees", "q.json", "--out", "t.json")),
    "no file of a key": ("No such file", ("keys", "trustees", "nothing", "--out", "t.json")),
    "a folder for a key": ("directory", ("keys", "trustees", "reg", "--out", "t.json")),
    "parameters that are none": ("q.json: ", ("keys", "trustees", "--threshold", "q.json", "--out", "t.json")),
    "trustees that are there": ("is there already", ("keys", "trustees", "a.public.json")),
    "a key of another group": ("a.public.json: ", ("keys", "trustees", "a.public.json", "--group", "RFC-3526-2048")),
    "no voters": ("how many credentials", ("credentials", "--out", "x", *WITH_WORDS)),
    "voters said twice": (
        "how many credentials",
        ("credentials", "--out", "x", "--count", 2, "--voters", "v", *WITH_WORDS),
    ),
    "no list of voters": ("list of voters cannot", ("credentials", "--out", "x", "--voters", "nothing", *WITH_WORDS)),
    "a voter twice": ("v:2: .*twice", ("credentials", "--out", "x", "--voters", "v", *WITH_WORDS)),
    "a weight that is none": ("w:1: a weight", ("credentials", "--out", "x", "--voters", "w", *WITH_WORDS)),
    "a list with a name of any length": (
        "long: .*cannot be read",
        ("credentials", "--out", "x", "--voters", "long", *WITH_WORDS),
    ),
    "an empty list of voters": ("nobody", ("credentials", "--out", "x", "--voters", "empty", *WITH_WORDS)),
    "no identifier": ("not the identifier", ("credentials", "--out", "x", "--count", 1, "--uuid", "0", *WITH_WORDS)),
    "a folder that is there": ("is there already", ("credentials", "--out", "reg", "--count", 1, *WITH_WORDS)),
    "nobody's credential": ("whose credential", ("deliver", "reg/credentials.key", *WITH_WORDS)),
    "no such voter": ("no such voter", ("deliver", "reg/credentials.key", "--voter", "9", *WITH_WORDS)),
    "the wrong passphrase": (
        "passphrase is not",
        ("deliver", "reg/credentials.key", "--voter", "1", "--passphrase-file", "wrong"),
    ),
    "another key file": ("holds a trustee", ("deliver", "a.key", "--voter", "1", *WITH_WORDS)),
    "no key file": ("this is no key file", ("deliver", "q.json", "--voter", "1", *WITH_WORDS)),
    "letters that are there": ("is there already", ("deliver", "reg/credentials.key", "--out", "pw", *WITH_WORDS)),
    "a template that is no JSON": ("c1: this is not JSON", ("open", "c1", *OPEN, "--uuid", "1" * 14)),
    "a template that is a list": ("trustees.json: .*JSON object", ("open", "trustees.json", *OPEN, "--uuid", "1" * 14)),
    "a template without questions": ("empty.json: .*questions", ("open", "empty.json", *OPEN, "--uuid", "1" * 14)),
    "a question that nobody can answer": ("most.json: .*0 to 3 of 1", ("open", "most.json", *OPEN, "--uuid", "1" * 14)),
    "a language that is none": ("lang.json: .*language", ("open", "lang.json", *OPEN, "--uuid", "1" * 14)),
    "a name that is none": ("name.json: .*name", ("open", "name.json", *OPEN, "--uuid", "1" * 14)),
    "a number that JSON has not": ("nan.json: .*election", ("open", "nan.json", *OPEN, "--uuid", "1" * 14)),
    "half of a letter": ("half.json: .*election", ("open", "half.json", *OPEN, "--uuid", "1" * 14)),
    "a name twice": (
        "twice.json: .*names on the paper are the same",
        ("open", "twice.json", *OPEN, "--uuid", "1" * 14),
    ),
    "a paper that is none": ("paper.json: .*none of rank", ("open", "paper.json", *OPEN, "--uuid", "1" * 14)),
    "a paper of which too much is asked": (
        "many.json: nobody can choose 1 to 3 of 2",
        ("open", "many.json", *OPEN, "--uuid", "1" * 14),
    ),
    "a paper with an unknown field": ("odd.json: .*colour", ("open", "odd.json", *OPEN, "--uuid", "1" * 14)),
    "a ranking too long for the group": (
        "long.json: .*ranks 31 names",
        ("open", "long.json", *OPEN, "--uuid", "1" * 14),
    ),
    "a ranking too long for any group": (
        "longer.json: a ranking of 255 names",
        ("open", "longer.json", *OPEN, "--uuid", "1" * 14),
    ),
    "a group that is none": ('no group "X"', ("open", "group.json", *OPEN, "--uuid", "1" * 14)),
    "an identifier that is none": ("not the identifier", ("open", "q.json", *OPEN, "--uuid", "x")),
    "no trustees' file": (
        "q.json: trustees",
        ("open", "q.json", *OPEN[:2], "--trustees", "q.json", "--uuid", "1" * 14),
    ),
    "no list of credentials": (
        "q.json: the list of credentials",
        ("open", "q.json", "--credentials", "q.json", *OPEN[2:], "--uuid", "1" * 14),
    ),
    "no template": ("No such file", ("open", "nothing", *OPEN, "--uuid", "1" * 14)),
    "no folder": ("No such file", ("open", "q.json", *OPEN, "--uuid", "1" * 14, "--folder", "nowhere")),
    "a box that is there": ("never overwritten", ("open", "q.json", *OPEN, "--uuid", "UUID")),
    "no ballot": ("there is no ballot", ("cast", "BOX")),
    "two ballots": ("there is no ballot", ("cast", "BOX", *BALLOT, "--credential-file", "c1")),
    "no file of a ballot": ("No such file", ("cast", "BOX", "--ballot", "nothing")),
    "no credential": ("not a credential", ("cast", "BOX", "--credential-file", "pw", "--answers", "[[1,2,3],[1,0]]")),
    "answers that are no JSON": ("not a list of lists", ("cast", "BOX", "--credential-file", "c1", "--answers", "x")),
    "answers that are a list": ("not a list of lists", ("cast", "BOX", "--credential-file", "c1", "--answers", "[1]")),
    "no answers": ("not a list of lists", ("cast", "BOX", "--credential-file", "c1")),
    "too few answers": ("1 answers for 2", ("cast", "BOX", "--credential-file", "c1", "--answers", "[[1,2,3]]")),
    "an answer that is not allowed": (
        "1 to 1 choices",
        ("cast", "BOX", "--credential-file", "c1", "--answers", "[[1,2,3],[1,1]]"),
    ),
    "a number that is too large": (
        "0 to 255",
        ("cast", "BOX", "--credential-file", "c1", "--answers", "[[1,2,256],[1,0]]"),
    ),
    "no number": ("0 to 255", ("cast", "BOX", "--credential-file", "c1", "--answers", '[[1,2,"x"],[1,0]]')),
    "a ballot's file that is there": (
        "is there already",
        ("cast", "BOX", "--credential-file", "c1", "--answers", "[[1,2,3],[1,0]]", "--out", "b.json"),
    ),
    "no trustee of this number": ("no trustee 3", ("shuffle", "BOX", "--trustee", 3)),
    "no trustee": ("no trustee 0", ("shuffle", "BOX")),
    "a negative trustee": ("no trustee -1", ("decrypt", "BOX", "--trustee", -1, "--key", "a.key", *WITH_WORDS)),
    "nothing to decrypt with": ("nothing to decrypt with", ("decrypt", "BOX", "--trustee", 1)),
    "no arithmetic": ('no arithmetic "x"', ("verify", "BOX", "--arithmetic", "x")),
    "no archive": ("not an archive of a box", ("verify", "q.json")),
    "no box": ("No such file|no box", ("verify", "nothing.bel")),
    "a folder for a box": ("directory", ("verify", "reg")),
    "no box to cast into": ("no box", ("cast", "nothing.bel", *BALLOT)),
    "no box to close": ("no box", ("close", "nothing.bel")),
    "no box to look at": ("No such file|no box", ("show", "nothing.bel")),
    "no archive to look at": ("not an archive", ("show", "q.json")),
    "no old archive": ("No such file", ("diff", "nothing.bel", "BOX")),
    "no new archive": ("not an archive", ("diff", "BOX", "q.json")),
}
FILES: dict[str, Any] = {
    "weak": b"weak\n",
    "wrong": b"another battery horse\n",
    "v": b"A\nA\n",
    "w": b"A,0\n",
    "empty": b"\n",
    "long": b'"' + b"A" * 200_000 + b'"\n',
    "nan.json": json.dumps(TEMPLATE | {"questions": [TEMPLATE["questions"][0] | {"extra": float("nan")}]}).encode(),
    "half.json": TEMPLATE | {"name": "\ud800"},
    "empty.json": {"name": "x"},
    "most.json": {"questions": [{"answers": ["a"], "min": 0, "max": 3, "question": "?"}]},
    "lang.json": TEMPLATE | {"language": 5},
    "name.json": TEMPLATE | {"name": 5},
    "paper.json": {"questions": [{"paper": "approve", "question": "?", "answers": ["a", "b"]}]},
    "many.json": {"questions": [{"paper": "choose up to", "question": "?", "answers": ["a", "b"], "most": 3}]},
    "odd.json": {"questions": [{"colour": 1, "paper": "rank", "question": "?", "answers": ["a", "b"]}]},
    "long.json": {"questions": [{"paper": "rank", "question": "?", "answers": [*map(str, range(31))]}]},
    "longer.json": {"questions": [{"paper": "rank", "question": "?", "answers": [*map(str, range(255))]}]},
    "group.json": TEMPLATE | {"group": "X"},
    "twice.json": TEMPLATE | {"questions": [{"answers": ["Ann", " ann"], "min": 1, "max": 1, "question": "?"}]},
}


def contents(hall: Hall) -> dict[Path, bytes]:
    """All files, but for those that only say who writes."""
    return {path: path.read_bytes() for path in hall.folder.rglob("*") if path.is_file() and path.suffix != ".lock"}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_told_in_one_message(hall: Hall, mistake: str) -> None:
    for name, content in FILES.items():
        hall.write(name, content)
    message, arguments = MISTAKES[mistake]
    before = contents(hall)
    given = [{"BOX": hall.box.name, "UUID": hall.uuid}.get(str(one), one) for one in arguments]
    told = hall.fails(2, message, *given)
    assert WORDS not in told
    assert contents(hall) == before


@AFTER["final"]
def test_mistakes_of_a_trustee(hall: Hall) -> None:
    """A box that is decrypted is still asked for: the key is looked at first."""
    hall.fails(2, "not the key of trustee 2", "decrypt", hall.box, "--trustee", 2, "--key", "a.key", *WITH_WORDS)
    given = ("decrypt", hall.box, "--trustee", 1, "--key", "a.key")
    hall.fails(2, "passphrase is not", *given, "--passphrase-file", hall.write("wrong", b"another battery horse"))
    hall.fails(2, "no key file", "decrypt", hall.box, "--trustee", 1, "--key", "q.json", *WITH_WORDS)
    hall.fails(2, "shuffled already", "shuffle", hall.box, "--trustee", 1)


def short(hall: Hall, events: int = 10) -> Path:
    """The box before anybody has decrypted, under its own name in a folder of its own; nothing is noted of keys."""
    for note in hall.folder.glob("*.used.json"):
        note.unlink()
    (hall.folder / "short").mkdir(exist_ok=True)
    path = hall.folder / "short" / hall.box.name
    path.write_bytes(put_together(parts_of(hall.box)[:events], stamp(hall)))
    return path


def stamp(hall: Hall) -> int:
    """What the header of the box says."""
    with Archive(hall.box) as archive:
        return archive.timestamp


# --- the fewest ballots that are opened --------------------------------------------------------------------


@AFTER["final"]
def test_the_fewest_ballots_are_fixed_when_a_key_is_made(hall: Hall) -> None:
    """Three ballots count. What a command says later can only ask for more, and nobody changes what is sealed."""
    box = short(hall)
    held = read_key_file(hall.folder / "a.key", TRUSTEE_KEY, WORDS)
    assert held.secret["least"] == 2
    cases: list[tuple[Any, tuple[object, ...], str | None]] = [
        (4, (), "a.key: 3 ballots count in this box, and the key opens none with fewer than 4"),
        (4, ("--least", 1), "fewer than 4"),
        (1, ("--least", 4), "fewer than 4"),
        (5, ("--least", 4), "fewer than 5"),
        (0, (), "are no number"),
        (True, (), "are no number"),
        ("3", (), "are no number"),
        (3, (), None),
        (1, (), None),
    ]
    for least, options, told in cases:
        (hall.folder / "a.key").unlink()
        changed = KeyFile(TRUSTEE_KEY, held.public | {"least": 1}, held.secret | {"least": least})
        write_key_file(hall.folder / "a.key", changed, WORDS)
        given = ("decrypt", box, "--trustee", 1, "--key", "a.key", "--out", f"{least}.json", *options, *WITH_WORDS)
        if told is None:
            hall.done(*given)
        else:
            hall.fails(2, told, *given)
            assert not (hall.folder / f"{least}.json").exists() and not (hall.folder / "a.used.json").exists()


@AFTER["final"]
def test_a_key_of_before_minima_opens_two_ballots_and_more(hall: Hall) -> None:
    box = short(hall)
    held = read_key_file(hall.folder / "a.key", TRUSTEE_KEY, WORDS)
    write_key_file(
        hall.folder / "old.key", KeyFile(TRUSTEE_KEY, held.public, {"private": held.secret["private"]}), WORDS
    )
    hall.done("decrypt", box, "--trustee", 1, "--key", "old.key", "--out", "o.json", *WITH_WORDS)


@AFTER["keys"]
def test_the_minimum_is_said_and_goes_through_the_ceremony(hall: Hall) -> None:
    said = hall.done("keys", "single", "--out", "c.key", "--least", 50, *WITH_WORDS)
    assert "It opens no box with fewer than 50 ballots." in said
    assert json.loads((hall.folder / "c.key").read_bytes())["public"]["least"] == 50
    certificates: list[object] = []
    for index in (1, 2):
        about = ("--index", index, "--of", 2, "--threshold", 1, "--least", 30)
        assert "fewer than 30" in hall.done("keys", "certificate", "--out", f"t{index}.key", *about, *WITH_WORDS)
        certificates += ["--certificate", f"t{index}.certificate.json"]
    polynomials, hashes = [], []
    for index in (1, 2):
        given = (f"t{index}.key", *certificates, "--out", f"t{index}.polynomial.json")
        said = hall.done("keys", "polynomial", *given, *WITH_WORDS)
        polynomials += ["--polynomial", f"t{index}.polynomial.json"]
        hashes += ["--hash", re.findall("[0-9a-f]{64}", said)[-1]]
    hall.done("keys", "sort", *certificates, *polynomials, *hashes)
    share = ("t1.key", *certificates, "--vinput", "1.vinput.json", *hashes, "--out", "share.key")
    hall.done("keys", "share", *share, *WITH_WORDS)
    assert read_key_file(hall.folder / "share.key", TRUSTEE_KEY, WORDS).secret["least"] == 30
    assert hall.run("keys", "single", "--out", "d.key", "--least", 0, *WITH_WORDS).exit_code == 2


# --- what a key has opened ---------------------------------------------------------------------------------

DECRYPT = ("--trustee", 1, "--key", "a.key", *WITH_WORDS)


@AFTER["final"]
def test_another_tally_of_the_same_election_is_not_opened(hall: Hall) -> None:
    """Whoever is shown two tallies that differ by one ballot, and opens both, opens that ballot."""
    box = short(hall)
    hall.done("decrypt", box, *DECRYPT, "--out", "one.json")
    note = hall.folder / "a.used.json"
    kept = note.read_bytes()
    assert [one["uuid"] for one in json.loads(kept)] == [hall.uuid] and note.stat().st_mode & 0o777 == 0o600
    assert "opened before" not in hall.done("decrypt", box, *DECRYPT, "--out", "again.json")
    short(hall, 4)  # with one ballot less
    note.write_bytes(kept)
    hall.done("close", box)
    hall.done("tally", box)
    hall.done("shuffle", box, "--trustee", 1)
    hall.done("shuffle", box, "--end")
    hall.fails(2, "a.used.json: this key has opened another tally of this election", "decrypt", box, *DECRYPT)
    assert note.read_bytes() == kept


@AFTER["final"]
def test_what_a_key_has_opened_before_is_said(hall: Hall) -> None:
    box = short(hall)
    earlier = [{"uuid": "1" * 14, "name": "Leader [bold]2025[/]", "tally": "0" * 64}]
    hall.write("a.used.json", earlier)
    said = " ".join(hall.done("decrypt", box, *DECRYPT, "--out", "one.json").split())
    assert f"This key has opened before: Leader [bold]2025[/] ({'1' * 14})." in said
    assert [one["uuid"] for one in json.loads((hall.folder / "a.used.json").read_bytes())] == ["1" * 14, hall.uuid]


@AFTER["final"]
def test_a_note_that_cannot_be_read_or_written_stops_the_key(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    box = short(hall)
    given = ("decrypt", box, *DECRYPT, "--out", "one.json")
    for spoilt in (b"", b"{}", b"[5]", b'[{"uuid":"x","name":"","tally":""}]', b"[" * 100_000):
        hall.write("a.used.json", spoilt)
        hall.fails(2, "a.used.json: this does not say what the key has opened", *given)
    (hall.folder / "a.used.json").unlink()
    (hall.folder / "a.used.json").mkdir()
    hall.fails(2, "a.used.json: ", *given)
    (hall.folder / "a.used.json").rmdir()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    hall.fails(2, "a.used.json: it cannot be noted what the key opens: No space", *given)
    assert not (hall.folder / "one.json").exists() and not list(hall.folder.glob("tmp*"))


# --- an earlier copy ---------------------------------------------------------------------------------------


@AFTER["final"]
@pytest.mark.parametrize("opening", range(5))
def test_what_was_compared_is_what_was_checked(hall: Hall, monkeypatch: pytest.MonkeyPatch, opening: int) -> None:
    """Whenever the box is exchanged for another while a trustee's command runs, the key opens only what has grown."""
    box, events = short(hall), parts_of(hall.box)
    good = box.read_bytes()
    forked = Hall(hall.folder / "forked", hall.uuid)
    forked.folder.mkdir()
    forked.box.write_bytes(put_together([events[0], *events[2:5]], stamp(hall)))  # the first ballot is gone
    for step in (("close",), ("tally",), ("shuffle", "--trustee", 1), ("shuffle", "--end")):
        forked.done(step[0], forked.box, *step[1:])
    hall.fails(1, "NOT THE SAME", "decrypt", forked.box, *DECRYPT, "--since", "old.bel")
    opened, count = Archive.__init__, iter(range(100))

    def exchanging(self: Archive, path: Path) -> None:
        if next(count) == opening:
            shutil.copy(forked.box, hall.folder / "copy")
            (hall.folder / "copy").replace(box)
        opened(self, path)

    with monkeypatch.context() as patched:
        patched.setattr(Archive, "__init__", exchanging)
        result = hall.run("decrypt", box, *DECRYPT, "--since", "old.bel", "--out", "d1.json")
    if result.exit_code == 0:
        box.write_bytes(good)
        hall.done("decrypt", box, "--trustee", 1, "--add", "d1.json")
    else:
        assert "NOT THE SAME" in result.stderr and not (hall.folder / "d1.json").exists()
    assert (result.exit_code == 0) == (opening > 1), "the old copy is opened first, then the box, once"


@AFTER["final"]
def test_verify_tells_whether_a_box_has_only_grown(hall: Hall) -> None:
    said = hall.done("verify", hall.box, "--since", "old.bel")
    assert "All checks passed." in said and "All 5 events that were there still stand where they stood." in said
    assert json.loads(hall.done("verify", hall.box, "--since", "old.bel", "--json"))["only_grown"] is True
    result = hall.run("verify", "old.bel", "--since", hall.box)
    assert result.exit_code == 1 and "LOST: 8 events that were there are gone." in result.stdout
    spoilt = hall.write("spoilt.bel", hall.box.read_bytes()[:-100])
    hall.fails(1, "ends inside", "verify", hall.box, "--since", spoilt)
    result = hall.run("verify", spoilt, "--since", "old.bel")
    assert result.exit_code == 1 and "archive.truncated" in result.stdout and "LOST" not in result.stdout


@AFTER["final"]
def test_a_key_file_that_holds_another_key_is_refused(hall: Hall) -> None:
    """The public part of a key file is not sealed: somebody may have put another there."""
    held = read_key_file(hall.folder / "a.key", TRUSTEE_KEY, WORDS)
    other = read_key_file(hall.folder / "b.key", TRUSTEE_KEY, WORDS)
    for number, secret in enumerate(({}, {"private": "x" * 5}, {"private": 5}, {"private": "0"}, other.secret)):
        write_key_file(hall.folder / f"{number}.key", KeyFile(TRUSTEE_KEY, held.public, secret), WORDS)
        told = hall.fails(
            2,
            "not the key|key file|private key",
            "decrypt",
            hall.box,
            "--trustee",
            1,
            "--key",
            f"{number}.key",
            *WITH_WORDS,
        )
        assert "xxxxx" not in told and other.secret["private"] not in told


@AFTER["keys"]
def test_a_seed_that_is_none_is_refused(hall: Hall) -> None:
    about = {"group": "Ed25519", "index": 1, "of": 3, "threshold": 2}
    for number, secret in enumerate(({}, {"seed": "xxxxx"}, {"seed": 5})):
        write_key_file(hall.folder / f"{number}.key", KeyFile(SEED, about, secret), WORDS)
        given = ("--certificate", "a.public.json", "--out", "p.json", *WITH_WORDS)
        assert "xxxxx" not in hall.fails(2, "no seed|not a seed", "keys", "polynomial", f"{number}.key", *given)


# --- failed checks ----------------------------------------------------------------------------------------


def test_a_ballot_that_is_refused(hall: Hall) -> None:
    raw = (hall.folder / "b.json").read_bytes()
    changed = re.sub(rb'(?<="response":")\d', lambda digit: b"2" if digit[0] != b"2" else b"3", raw, count=1)
    hall.write("bad.json", changed)
    hall.fails(1, "hash that is signed", "cast", hall.box, "--ballot", "bad.json")
    hall.fails(1, "canonical", "cast", hall.box, "--ballot", hall.write("line.json", raw + b"\n"))
    hall.write("stranger", b"nqAqa-xjrdhv-5GH8N-2psiGU")
    answers = ("--answers", "[[1,2,3],[1,0]]")
    hall.fails(1, "not on the list", "cast", hall.box, "--credential-file", "stranger", *answers)
    hall.fails(1, "nobody votes twice", "cast", hall.box, "--credential-file", "c2", *answers, "--no-revote")


def test_a_step_that_comes_too_early_or_too_late(hall: Hall) -> None:
    hall.fails(1, "cannot come now|phase", "shuffle", hall.box, "--end")
    hall.fails(1, "phase", "shuffle", hall.box, "--trustee", 1)
    hall.fails(1, "phase", "tally", hall.box)
    hall.fails(1, "phase", "decrypt", hall.box, "--trustee", 1, "--key", "a.key", "--least", 0, *WITH_WORDS)
    hall.fails(1, "phase", "result", hall.box)
    hall.done("close", hall.box)
    hall.fails(1, "cannot come now", "close", hall.box)
    answers = ("--answers", "[[1,2,3],[1,0]]")
    hall.fails(1, "cannot come now", "cast", hall.box, "--credential-file", "c2", *answers)
    hall.done("tally", hall.box)
    hall.fails(1, "before there is one", "shuffle", hall.box, "--end")


@AFTER["final"]
def test_a_box_that_was_changed(hall: Hall) -> None:
    parts = parts_of(hall.box)
    parts[1].data[0] = parts[1].data[0].replace(b'"challenge":"', b'"challenge":"1', 1)
    hall.box.write_bytes(put_together([repointed(part) for part in parts]))
    result = hall.run("verify", hall.box)
    assert result.exit_code == 1 and "NOT SOUND" in result.stdout and "✗ ballot." in result.stdout
    for command in (("tally",), ("shuffle", "--trustee", 2), ("result",)):
        hall.fails(1, "fails a check", command[0], hall.box, *command[1:])
    given = ("--trustee", 1, "--key", "a.key", *WITH_WORDS)
    hall.fails(1, "fails a check", "decrypt", hall.box, *given)


@AFTER["final"]
def test_a_setup_that_cannot_be_read_is_told_as_such(hall: Hall) -> None:
    parts = parts_of(hall.box)
    parts[0].data[1] = b"{}"
    hall.box.write_bytes(put_together([repointed(part) for part in parts]))
    for command in (("shuffle",), ("decrypt", "--key", "a.key", *WITH_WORDS)):
        told = hall.fails(1, "fails a check", command[0], hall.box, "--trustee", 1, *command[1:])
        assert "no trustee" not in told


@AFTER["final"]
def test_a_box_that_is_not_the_one_it_was(hall: Hall) -> None:
    result = hall.run("diff", hall.box, "old.bel")
    assert result.exit_code == 1 and "LOST: 8 events" in result.stdout
    given = ("--trustee", 1, "--key", "a.key", "--since", hall.box, *WITH_WORDS)
    assert "The key was not used" in hall.fails(1, "LOST", "decrypt", "old.bel", *given)


def test_a_tracker_that_is_not_there(hall: Hall) -> None:
    result = hall.run("show", hall.box, "--tracker", "x" * 43)
    assert result.exit_code == 1 and "no ballot with this tracker" in result.stdout


@AFTER["final"]
def test_what_a_trustee_sends_is_checked_when_it_is_added(hall: Hall) -> None:
    box = short(hall, 9)
    for spoilt in (b"{}", b"", (hall.folder / "d.json").read_bytes() + b"\n"):
        hall.fails(1, "decryption", "decrypt", box, "--trustee", 2, "--add", hall.write("bad", spoilt))
    hall.fails(1, "proof", "decrypt", box, "--trustee", 1, "--add", "d.json")
    box = short(hall, 7)
    for spoilt in (b"{}", (hall.folder / "sh.json").read_bytes()[:-1]):
        hall.fails(1, "shuffle", "shuffle", box, "--trustee", 2, "--add", hall.write("bad", spoilt))


# --- secrets ----------------------------------------------------------------------------------------------


@AFTER["final"]
def test_no_secret_is_printed_or_written(halls: dict[str, Hall], hall: Hall) -> None:
    """All that a whole election printed and wrote, searched for every private value of it."""
    secrets: dict[str, str] = {"the passphrase": WORDS}
    for name in "ab":
        secrets[f"key {name}"] = read_key_file(hall.folder / f"{name}.key", TRUSTEE_KEY, WORDS).secret["private"]
    credentials = read_key_file(hall.folder / "reg/credentials.key", CREDENTIALS, WORDS).secret
    secrets |= {f"credential {voter}": text for voter, text in credentials.items()}
    assert len(secrets) == 8
    hall.fails(2, "", "cast", hall.box, "--credential-file", "c1", "--answers", "[[1,2,3]]")
    allowed = {hall.folder / "pw": {"the passphrase"}}
    allowed |= {hall.folder / f"c{voter}": {f"credential {voter}"} for voter in (1, 2, 3)}
    searched = 0
    for path in hall.folder.rglob("*"):
        if path.is_file():
            raw = path.read_bytes()
            found = {name for name, secret in secrets.items() if secret.encode() in raw}
            assert found == allowed.get(path, set()), path
            searched += len(raw)
    assert searched > 20_000
    printed = [*halls["final"].printed, *hall.printed]
    delivered = {f"{credentials[voter]}\n" for voter in ("1", "2", "3")}
    for text in printed:
        found = {name for name, secret in secrets.items() if secret in text}
        assert not found or text in delivered, text
    assert len(printed) > 25


def test_no_secret_is_an_argument() -> None:
    """What is secret comes from files or from the terminal: arguments are seen by all users of a machine."""
    from tests.unit.cli.test_commands import COMMANDS

    tried = 0
    for path, command in COMMANDS.items():
        if path[0] != "box":
            continue
        for name, kind in get_type_hints(command.callback).items():
            if any(word in name for word in ("pass", "secret", "private", "seed", "key", "credential")):
                assert kind in (Path, Path | None), (path, name)
                tried += 1
    assert tried > 10
