"""A contest of one's own, run from the files of a folder on one laptop.

``start`` makes the folder; ``nominate`` enters nominations; ``close`` rules on them by the rulebook's thresholds;
``enter`` takes the figures of a paper count. ``contest.toml`` is the whole contest, and may be edited by hand between
the steps; ``nominations.csv`` says who nominated whom and stays in the house. Every step checks everything before it
writes, writes a file whole or not at all, and keeps a second one out while it works.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomlkit
from filelock import FileLock, Timeout
from tomlkit.items import AoT, Table

from .. import documents, rules
from ..errors import ContestError, InputError, Where
from ..rules import BallotStage, MotionStage, NominationStage, Rulebook
from .case import Case, from_document, load_file
from .model import MOTION, REOPEN, TOTAL
from .nominations import Ruling, gates, needed, rule_on

CONTEST, NOMINATIONS, RULEBOOK = "contest.toml", "nominations.csv", "rulebook.toml"
COLUMNS = ["date", "stage", "body", "candidate", "nominator"]

OWN_RULEBOOK = """# The rules of your contest. Change them to yours, then: selectorate rules check rulebook.toml
id = "{id}-rules"
name = "Election of the {office_lower}"
organisation = "{organisation}"
office = "{office}"

[bodies.members]
name = "members"

[segments.members]
name = "members"

[[stage]]
kind = "nomination"
id = "nomination"
by = "members"
threshold = 2             # or a share of them: "5%"
each_nominates = 1
incumbent = "needs nominations"

[[stage]]
kind = "ballot"
id = "ballot"
segments = ["members"]
paper = "rank"
count = "alternative vote"
elected = "majority of votes"
tie = ["earlier rounds", "lot"]
declare = ["total"]
"""


@dataclass(frozen=True)
class Nomination:
    """One nomination as entered: on which day, at which stage, by which body, of whom (a candidate's id), by whom."""

    date: dt.date
    stage: str
    body: str
    candidate: str
    nominator: str


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Keep every other step out of ``folder`` meanwhile. Raises InputError if one is at work there."""
    if not (folder / CONTEST).is_file():
        raise InputError(
            "is not the folder of a contest",
            where=Where(str(folder)),
            hint='Make one with "selectorate contest new".',
        )
    try:
        with FileLock(folder / ".lock", timeout=5):
            yield
    except Timeout:
        raise InputError(
            "is being changed by somebody else",
            where=Where(str(folder)),
            hint="Try again when they are done.",
        ) from None
    except OSError as fault:
        raise InputError(f"cannot be written in: {fault.strerror}", where=Where(str(folder))) from None


def _write(path: Path, text: str) -> None:
    """Write ``text`` to ``path``, whole or not at all."""
    try:
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
    except OSError as fault:
        raise InputError(f"cannot be written: {fault.strerror}", where=Where(str(path))) from None


def _id_from(name: str) -> str:
    """An id made from a name: "Anna Müller-Lüdenscheidt" gives "anna-muller-ludenscheidt"."""
    import unicodedata

    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or "candidate"


def start(
    folder: Path, *, title: str, organisation: str, office: str, date: dt.date, rulebook: str | None = None
) -> Case:
    """Make ``folder`` with the files of a new contest, and return it.

    ``rulebook``: the id of a shipped one, or a file, which is copied into the folder; without it the folder gets a
    plain one to be changed. Raises InputError if the folder has something in it, RulebookError for the rulebook.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(
            "is not an empty folder", where=Where(str(folder)), hint="Name a folder that is not there yet."
        )
    contest_id = _id_from(f"{office} {organisation} {date.year}")
    own: bytes | None = None
    if rulebook is None:
        own = OWN_RULEBOOK.format(
            id=contest_id,
            organisation=_quoted(organisation),
            office=_quoted(office),
            office_lower=_quoted(office.lower()),
        ).encode()
    elif rulebook.endswith(".toml"):
        rules.load_file(Path(rulebook))
        own = Path(rulebook).read_bytes()
    else:
        rules.load(rulebook)
    loaded = (
        rules.load(rulebook) if own is None and rulebook else rules.from_document(documents.parse(own or b"", RULEBOOK))
    )
    text = _new_contest(
        contest_id, title, organisation, office, date, RULEBOOK if own is not None else str(rulebook), loaded
    )
    documents.check(documents.parse(text.encode(), str(folder / CONTEST), ContestError), _contest_model(), ContestError)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise InputError(f"cannot be made: {fault.strerror}", where=Where(str(folder))) from None
    if own is not None:
        _write(folder / RULEBOOK, own.decode())
    _write(folder / CONTEST, text)
    _write(folder / NOMINATIONS, ",".join(COLUMNS) + "\r\n")
    return load_file(folder / CONTEST)


def _contest_model() -> Any:
    from .model import Contest

    return Contest


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")


def _new_contest(
    contest_id: str,
    title: str,
    organisation: str,
    office: str,
    date: dt.date,
    rulebook: str,
    loaded: Rulebook,
) -> str:
    document = tomlkit.document()
    document.add(tomlkit.comment("One contest. Everything in it may be changed by hand between the steps."))
    for key, value in (
        ("id", contest_id),
        ("title", title),
        ("organisation", organisation),
        ("office", office),
        ("rulebook", rulebook),
        ("date", date),
    ):
        document.add(key, tomlkit.item(value))
    document.add("occasion", tomlkit.item("vacancy"))
    document["occasion"].comment('or "challenge" (then name the holder: holder = "…"), or "regular"')
    document.add("figures", tomlkit.item("ours"))
    if loaded.timetable:
        table = tomlkit.table()
        for name, says in loaded.timetable.items():
            table.add(tomlkit.comment(f"{name} = {date.isoformat()}    {says}"))
        document.add("timetable", table)
    if loaded.parameters:
        table = tomlkit.table()
        for name, parameter in loaded.parameters.items():
            table.add(tomlkit.comment(f"{name} =     {parameter.says}"))
        document.add("parameters", table)
    if loaded.bodies:
        bodies = tomlkit.table(is_super_table=True)
        for body, found in loaded.bodies.items():
            table = tomlkit.table()
            table.add(tomlkit.comment(f"size =     how many {found.name} there are"))
            bodies.add(body, table)
        document.add("bodies", bodies)
    return tomlkit.dumps(document)


def _edited(folder: Path) -> tuple[Any, Case]:
    path = folder / CONTEST
    case = load_file(path)
    return tomlkit.parse(path.read_text(encoding="utf-8")), case


def _save(folder: Path, document: Any) -> Case:
    """Write the contest back, after checking that it can be read."""
    text = tomlkit.dumps(document)
    case = from_document(documents.parse(text.encode(), str(folder / CONTEST), ContestError), folder)
    _write(folder / CONTEST, text)
    return case


# -- nominations ------------------------------------------------------------------------------------------------


def read_nominations(folder: Path) -> list[Nomination]:
    """The nominations entered so far. Raises InputError with the line of a fault."""
    path = folder / NOMINATIONS
    if not path.is_file():
        return []
    rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""))
    found = []
    if next(rows, []) != COLUMNS:
        raise InputError(
            "the columns are not right", where=Where(str(path), 1), hint=f"They are: {', '.join(COLUMNS)}."
        )
    for row in rows:
        where = Where(str(path), rows.line_num)
        if not row:
            continue
        if len(row) != len(COLUMNS):
            raise InputError(f"has {len(row)} cells, not {len(COLUMNS)}", where=where)
        try:
            day = dt.date.fromisoformat(row[0])
        except ValueError:
            raise InputError(f'"{row[0]}" is not a date', where=where, hint="Write it as 2026-09-24.") from None
        found.append(Nomination(day, *row[1:]))
    return found


def open_stage(case: Case, stage: str | None) -> NominationStage:
    """The nomination stage that is open: the one named, or the first that is not closed.

    Raises InputError if there is none, or it is closed.
    """
    stages = [s for s in case.rulebook.stage if isinstance(s, NominationStage)]
    closed = {figures.stage for figures in case.contest.nomination}
    if not stages:
        raise InputError(f'the rulebook "{case.rulebook.id}" knows no nominations')
    if stage is not None:
        found = next((s for s in stages if s.id == stage), None)
        if found is None:
            raise InputError(
                f'there is no nomination stage "{stage}"',
                hint=f"There are: {', '.join(s.id for s in stages)}.",
            )
        if found.id in closed:
            raise InputError(f'nominations are closed ("{found.id}")')
        return found
    still = [s for s in stages if s.id not in closed]
    if not still:
        raise InputError("nominations are closed")
    return still[0]


def nominate(
    folder: Path,
    *,
    candidate: str,
    nominator: str,
    on: dt.date,
    stage: str | None = None,
    body: str | None = None,
) -> list[tuple[str, int, int | None]]:
    """Enter one nomination, and return the board: each candidate's name, nominations so far, and how many are needed.

    ``candidate``: an id that the contest has, or a new name. ``nominator``: whoever nominates, by name or number.
    Raises InputError if nominations are closed, or this nominator has no nomination left.
    """
    name, by = " ".join(candidate.split()), " ".join(nominator.split())
    if not name or not by:
        raise InputError("a nomination has a candidate and a nominator")
    with _locked(folder):
        document, case = _edited(folder)
        open_ = open_stage(case, stage)
        ways = [gate.by for gate in gates(open_)] or [open_.by or ""]
        way = body or ways[0]
        if way not in ways:
            raise InputError(f'"{way}" does not nominate at this stage', hint=f"It can be: {', '.join(ways)}.")
        if body is None and len(ways) > 1:
            raise InputError(
                "there are several ways to be nominated", hint=f"Say which with --body: {', '.join(ways)}."
            )
        who = _candidate(case, name)
        if who is None:
            who = _new_id(case, name)
            people = document.setdefault("candidates", tomlkit.table(is_super_table=True))
            entry = tomlkit.table()
            entry.add("name", name)
            people.add(who, entry)
        entered = read_nominations(folder)
        mine = [n for n in entered if n.stage == open_.id and n.body == way and n.nominator.casefold() == by.casefold()]
        if any(n.candidate == who for n in mine):
            raise InputError(f"{by} has nominated {name} already")
        if open_.each_nominates is not None and len(mine) >= open_.each_nominates:
            times = "once" if open_.each_nominates == 1 else f"{open_.each_nominates} times"
            given = ", ".join(_label(case, n.candidate) for n in mine)
            raise InputError(
                f"{by} has no nomination left",
                hint=f"Each nominates {times}, and they have nominated {given}.",
            )
        entered.append(Nomination(on, open_.id, way, who, by))
        case = _save(folder, document)
        _write(folder / NOMINATIONS, _csv(entered))
        return board(case, entered, open_)


def _csv(entered: Sequence[Nomination]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for n in entered:
        writer.writerow([n.date.isoformat(), n.stage, n.body, n.candidate, n.nominator])
    return text.getvalue()


def _candidate(case: Case, name: str) -> str | None:
    if name in case.contest.candidates:
        return name
    folded = name.casefold()
    return next((key for key, found in case.contest.candidates.items() if found.name.casefold() == folded), None)


def _new_id(case: Case, name: str) -> str:
    wanted = _id_from(name)
    taken = {*case.contest.candidates, *MOTION, REOPEN, TOTAL}
    number, free = 2, wanted
    while free in taken:
        free, number = f"{wanted}-{number}", number + 1
    return free


def _label(case: Case, who: str) -> str:
    found = case.contest.candidates.get(who)
    return found.name if found else who


def board(case: Case, entered: Sequence[Nomination], stage: NominationStage) -> list[tuple[str, int, int | None]]:
    """Each candidate's name, nominations so far at ``stage``, and how many are needed (None where not known)."""
    rows = []
    for gate in gates(stage):
        counted: dict[str, int] = {}
        for nomination in entered:
            if nomination.stage == stage.id and nomination.body == gate.by:
                counted[nomination.candidate] = counted.get(nomination.candidate, 0) + 1
        asked = needed(case, gate)
        rows += [(_label(case, who), number, asked) for who, number in counted.items()]
    return sorted(rows, key=lambda item: (-item[1], item[0]))


def close(folder: Path, stage: str | None = None) -> tuple[Case, list[Ruling]]:
    """Close nominations at a stage and rule on them; the contest as it is then, and the rulings.

    Raises InputError if the size of a body is not known whose share is asked for, or nominations are closed.
    """
    with _locked(folder):
        document, case = _edited(folder)
        closing = open_stage(case, stage)
        entered = [n for n in read_nominations(folder) if n.stage == closing.id]
        tables = document.setdefault("nomination", tomlkit.aot())
        for gate in gates(closing):
            asked = needed(case, gate)
            if asked is None:
                where = case.document.where("bodies", gate.by)
                raise InputError(
                    f"how many {case.body_name(gate.by)} there are is not known",
                    where=where,
                    hint=f"A share of them is needed: write size = … under [bodies.{gate.by}].",
                )
            counted: dict[str, int] = {}
            for nomination in entered:
                if nomination.body == gate.by:
                    counted[nomination.candidate] = counted.get(nomination.candidate, 0) + 1
            table = tomlkit.table()
            table.add("stage", closing.id)
            if closing.any:
                table.add("by", gate.by)
            counts = tomlkit.inline_table()
            counts.update(counted)
            table.add("counts", counts)
            table.add("needed", asked)
            if _holder_stands(case, closing):
                automatic = tomlkit.array()
                automatic.append(case.contest.holder)
                table.add("automatic", automatic)
            _append(tables, table)
        case = _save(folder, document)
        return case, [ruling for ruling in rule_on(case) if ruling.stage.id == closing.id]


def _append(tables: Any, table: Table) -> None:
    if isinstance(tables, AoT):
        tables.append(table)


def _holder_stands(case: Case, stage: NominationStage) -> bool:
    return (
        rules.held(stage.incumbent) == "automatic"
        and case.contest.occasion == "challenge"
        and case.contest.holder is not None
    )


def on_the_paper(case: Case) -> list[str]:
    """The candidates who got on the paper: nominated at every stage that decides, or there by right."""
    deciding = [s for s in case.rulebook.stage if isinstance(s, NominationStage) and s.effect != "none"]
    if not deciding:
        return list(case.contest.candidates)
    rulings = list(rule_on(case))
    paper = []
    for who in case.contest.candidates:
        passed = [
            any(r.candidate == who and r.stage.id == s.id and r.result in ("nominated", "automatic") for r in rulings)
            for s in deciding
        ]
        if all(passed):
            paper.append(who)
    return paper


# -- figures ----------------------------------------------------------------------------------------------------


def enter(
    folder: Path,
    votes: Mapping[str, int],
    *,
    section: str = TOTAL,
    stage: str | None = None,
    round_: int = 1,
    roll: Mapping[str, int] | None = None,
) -> Case:
    """Enter the votes of a section in a round of a paper count, and figures of its roll; the contest as it is then.

    ``votes``: by candidate. ``roll``: any of entitled, returned, spoilt, valid, not_voting. Entering again replaces.
    Raises InputError or ContestError if they do not fit the contest or do not add up with each other.
    """
    with _locked(folder):
        document, case = _edited(folder)
        ballot_stage = _ballot_stage(case, stage)
        paper = set(on_the_paper(case)) if isinstance(ballot_stage, BallotStage) else set(MOTION)
        if isinstance(ballot_stage, BallotStage) and ballot_stage.reopen_nominations:
            paper.add(REOPEN)
        for who in votes:
            if who not in paper:
                raise InputError(
                    f'"{who}" is not on the paper',
                    hint=f"On it are: {', '.join(sorted(paper)) or 'nobody yet; close nominations first'}.",
                )
        tables = document.setdefault("ballot", tomlkit.aot())
        table = next((t for t in tables if t.get("stage") == ballot_stage.id), None)
        if table is None:
            table = tomlkit.table()
            table.add("stage", ballot_stage.id)
            tables.append(table)
            table = tables[-1]
        if roll:
            rolls = table.setdefault("roll", tomlkit.table(is_super_table=True))
            mine = rolls.setdefault(section, tomlkit.table())
            for key, value in roll.items():
                mine[key] = value
        if votes:
            _enter_votes(table, votes, section, round_)
        return _save(folder, document)


def _enter_votes(table: Any, votes: Mapping[str, int], section: str, round_: int) -> None:
    rounds = table.setdefault("round", tomlkit.aot())
    if round_ < 1 or round_ > len(rounds) + 1:
        raise InputError(f"round {round_} cannot be entered yet", hint=f"The next one is round {len(rounds) + 1}.")
    if round_ == len(rounds) + 1:
        fresh = tomlkit.table()
        fresh.add("votes", tomlkit.table())
        rounds.append(fresh)
    row = tomlkit.inline_table()
    row.update(dict(votes))
    rounds[round_ - 1].setdefault("votes", tomlkit.table())[section] = row


def _ballot_stage(case: Case, stage: str | None) -> BallotStage | MotionStage:
    stages = [s for s in case.rulebook.stage if isinstance(s, BallotStage | MotionStage)]
    if stage is None and len(stages) == 1:
        return stages[0]
    found = next((s for s in stages if s.id == stage), None)
    if found is None:
        names = ", ".join(s.id for s in stages)
        raise InputError(
            f'there is no ballot "{stage}"' if stage else "there are several ballots",
            hint=f"Say which: {names}.",
        )
    return found
