"""Records made for tests: a contest of three segments (one summed motion beside it, where asked for), held in sealed
boxes, with its log of acts; and records changed and put together again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.boxes import Made, new_box, single_trustees

from selectorate import mandate
from selectorate.box.ed25519 import ED25519
from selectorate.box.v1.ballots import make_ballot
from selectorate.box.v1.elections import HomomorphicQuestion, RankingQuestion
from selectorate.box.v1.reading import read_box
from selectorate.contest import Case, Declaration, declare, load_file, to_json
from selectorate.contest.published_log import GENESIS, commitment, entry_hash
from selectorate.contest.record import BoxPlace, Record, declaration_hash, json_bytes, sha256_of, write_record
from selectorate.contest.verifying import nominated

NAMES = ("Ada Lovelace", "Charles Babbage", "Mary Somerville")
SEGMENTS = ("members", "affiliated", "registered")
SALT = "ab" * 32
RULES = """
id = "society"
name = "Leader of the society"
organisation = "The society"
office = "Leader"
[bodies.council]
name = "the council"
[segments.members]
name = "party members"
[segments.affiliated]
name = "affiliated supporters"
[segments.registered]
name = "registered supporters"
[[stage]]
kind = "motion"
id = "rules"
motion = "resolution"
effect = "none"
by = "council"
carried = "majority of votes"
[[stage]]
kind = "nomination"
id = "nomination"
by = "council"
threshold = { vacancy = "10%", challenge = "10%" }
[[stage]]
kind = "ballot"
id = "ballot"
segments = ["members", "affiliated", "registered"]
votes = "one"
paper = "rank"
count = "alternative vote"
elected = "majority of votes"
"""
CONTEST = """
id = "leader-2026"
title = "Leader of the society"
organisation = "The society"
office = "Leader"
rulebook = "rulebook.toml"
date = 2026-11-30
figures = "ours"
[candidates.ada]
name = "Ada Lovelace"
[candidates.charles]
name = "Charles Babbage"
[candidates.mary]
name = "Mary Somerville"
[bodies.council]
size = 10
[[nomination]]
stage = "nomination"
counts = {{ ada = 5, charles = 3, mary = 2 }}
[[ballot]]
stage = "ballot"
ballots = {{ {files} }}
{rolls}
[[ballot]]
stage = "rules"
[ballot.roll.total]
entitled = 10
returned = 7
spoilt = 1
valid = 6
[[ballot.round]]
votes = {{ total = {{ for = 4, against = 2 }} }}
"""
VOTERS = {"members": 8, "affiliated": 6, "registered": 5}


def ranked(number: int) -> list[int]:
    """How voter ``number`` ranks: nearly all a legal ranking, of all three."""
    return [[1, 2, 3], [1, 3, 2], [2, 1, 3], [1, 2, 0], [3, 1, 2], [0, 0, 1]][number % 6]


def measured(case: Case, declared: Declaration) -> Any:
    """The measures, as `selectorate verify` makes them."""
    return mandate.to_json(mandate.mandate(declared))


@dataclass
class Whole:
    """A record and the secrets of its boxes."""

    folder: Path
    boxes: dict[str, Made]
    record: Record = field(init=False)


def cast(box: Made, answers: Sequence[Sequence[Sequence[int]]]) -> None:
    """Cast a ballot of each of the first voters; the box is opened once."""
    here = box.box
    for voter, given in enumerate(answers):
        box.receipts.append(here.cast(make_ballot(box.election, box.credentials[voter], given)))


def leader_boxes(folder: Path, trustees: Any = None, finish: bool = True) -> dict[str, Made]:
    """A box for each segment, in which two of three have voted."""
    trustees = trustees or single_trustees(ED25519, 2)
    made = {}
    for name in SEGMENTS:
        box = new_box(folder, (RankingQuestion("Who?", NAMES),), voters=VOTERS[name], trustees=trustees)
        cast(box, [[ranked(voter)] for voter in range(VOTERS[name] - 2)])
        if finish:
            box.to_the_end()
        made[name] = box
    motion = new_box(
        folder, (HomomorphicQuestion("Yes?", ("For", "Against"), 1, 1, blank=True),), voters=10, trustees=trustees
    )
    cast(motion, [[[1, 0, 0] if voter < 1 else [0, 1, 0] if voter < 5 else [0, 0, 1]] for voter in range(7)])
    if finish:
        motion.to_the_end()
    made["motion"] = motion
    return made


def places(boxes: dict[str, Made]) -> list[tuple[BoxPlace, Path]]:
    """Where each box belongs."""
    found = []
    for name, box in boxes.items():
        place = BoxPlace(box.election.uuid, "ballot", 1, name, (name,))
        if name == "motion":
            place = BoxPlace(box.election.uuid, "rules", 1, "total", ("total",))
        found.append((place, box.path))
    return found


class Log:
    """A log of acts with what it tells in the open."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []
        self.told: list[dict[str, Any]] = []

    def enter(self, kind: str, details: dict[str, Any]) -> None:
        """An entry of nobody's name."""
        entry = {
            "log": "contest:leader-2026",
            "number": len(self.entries) + 1,
            "kind": kind,
            "at": f"2026-11-30T10:00:{len(self.entries):02d}.000000Z",
            "role": "returning-officer",
            "second_role": "",
            "commitment": commitment(SALT, details),
            "previous": self.entries[-1]["hash"] if self.entries else GENESIS,
        }
        self.entries.append({**entry, "hash": entry_hash({**entry, "hash": ""})})

    def act(self, kind: str, says: dict[str, Any] | None = None) -> None:
        """An act, and what it says in the open."""
        self.enter(kind, {"what": kind})
        if says is not None:
            details = {"of": len(self.entries), "kind": kind, **says}
            self.enter("record", details)
            self.told.append({"number": len(self.entries), "salt": SALT, "details": details})

    def published(self) -> dict[str, Any]:
        """As it stands in a record."""
        return {"head": self.entries[-1]["hash"], "withheld": False, "entries": self.entries, "told": self.told}


ADOPTED = {"nomination_opens": "2026-10-01T09:00:00+00:00", "ballot_closes": "2026-11-30T12:00:00+00:00"}
CHANGE = {"key": "ballot_closes", "before": ADOPTED["ballot_closes"], "after": "2026-11-30T13:00:00+00:00"}


@dataclass
class Making:
    """What goes into a record; a test changes some of it before it is written."""

    boxes: dict[str, Made]
    rules: str = RULES
    contest: str = ""
    notice: dict[str, Any] = field(default_factory=dict)
    roll: dict[str, Any] = field(default_factory=dict)
    declaration: Any = None
    mandate: Any = None
    places: list[tuple[BoxPlace, Path]] = field(default_factory=list)
    adopted_hash: str = ""
    setups: dict[str, str] = field(default_factory=dict)
    declared_hash: str = ""
    log: Callable[[Making], dict[str, Any]] = field(default=lambda making: making.acts())

    def acts(self) -> dict[str, Any]:
        """The log of a contest that went as it should."""
        log = Log()
        log.act("create_contest")
        log.act("adopt_contest", {"rulebook_hash": self.adopted_hash, "timetable": ADOPTED})
        log.act("change_date")
        log.act("open_stage", {"boxes": self.setups})
        declared = self.declared_hash or declaration_hash(self.contest.encode(), self.rules.encode())
        log.act("declare_result", {"declaration": declared})
        return log.published()

    def write(self, folder: Path) -> Record:
        """Write it."""
        texts = {
            "rulebook.toml": self.rules.encode(),
            "contest.toml": self.contest.encode(),
            "notice.json": json_bytes(self.notice),
            "roll.json": json_bytes(self.roll),
            "acts.json": json_bytes(self.log(self)),
            "declaration.json": json_bytes(self.declaration),
            "mandate.json": json_bytes(self.mandate),
        }
        about = {"slug": "leader-2026", "title": "Leader of the society", "organisation": "The society"}
        return write_record(folder, contest=about, texts=texts, boxes=self.places, receipts="ab" * 32)


def setup_digest(path: Path) -> str:
    """The hash of a box's first event."""
    found: list[str] = []
    read_box(path, on_event=lambda event: found.append(event.digest))
    return found[0]


def contest_text(boxes: dict[str, Made]) -> str:
    """The contest file whose ballots lie in the boxes."""
    files = ", ".join(f'{name} = "{boxes[name].path.name}"' for name in SEGMENTS)
    rolls = "".join(f"[ballot.roll.{name}]\nentitled = {VOTERS[name]}\n" for name in SEGMENTS)
    return CONTEST.format(files=files, rolls=rolls)


def making(boxes: dict[str, Made], scratch: Path) -> Making:
    """Everything for a record that holds. ``scratch``: a new folder to declare in."""
    import hashlib

    made = Making(boxes, contest=contest_text(boxes), places=places(boxes))
    scratch.mkdir(parents=True)
    (scratch / "rulebook.toml").write_text(made.rules, encoding="utf-8")
    (scratch / "contest.toml").write_text(made.contest, encoding="utf-8")
    for box in boxes.values():
        shutil.copy(box.path, scratch)
    case = load_file(scratch / "contest.toml")
    declared = declare(case)
    made.declaration = to_json(declared)
    made.mandate = measured(case, declared)
    made.notice = {
        "title": "Leader of the society",
        "timetable": {
            "adopted": ADOPTED,
            "changes": [CHANGE],
            "now": {**ADOPTED, "ballot_closes": CHANGE["after"]},
        },
        "candidates": nominated(case),
    }
    made.roll = {
        "fingerprint": "cd" * 32,
        "stages": [stage_counts("ballot", VOTERS), stage_counts("rules", {"total": 10})],
    }
    made.adopted_hash = hashlib.sha256(made.rules.encode()).hexdigest()
    made.setups = {box.election.uuid: setup_digest(box.path) for box in boxes.values()}
    return made


def stage_counts(stage: str, segments: dict[str, int]) -> dict[str, Any]:
    """The counts of the roll for a stage."""
    entitled = sum(segments.values())
    return {
        "stage": stage,
        "entitled": entitled,
        "segments": dict(segments),
        "refused": 7,
        "persons": entitled + 7,
        "struck_before": {},
        "added_before": {},
        "struck_after": {},
    }


def relisted(folder: Path, names: Sequence[str] = ()) -> None:
    """Make the list of files fit what lies there: what somebody who doctors a record does first."""
    data = json.loads((folder / "record.json").read_text())
    for name in names or list(data["files"]):
        data["files"][name] = sha256_of(folder / name)
    (folder / "record.json").write_bytes(json_bytes(data))
