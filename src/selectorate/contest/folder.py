"""A contest of one's own, run from the files of a folder on one laptop.

``start`` makes the folder; ``nominate`` enters nominations; ``close`` rules on them by the rulebook's thresholds;
``paper_count.enter`` takes the figures of a paper count. ``contest.toml`` is the whole contest, and may be edited by
hand between the steps; ``nominations.csv`` says who nominated whom and stays in the house. Every step checks
everything before it writes, writes a file whole or not at all, and keeps a second one out while it works.

A candidate's name is written to ``contest.toml`` before the nomination is written to ``nominations.csv``. Whoever is
killed between the two leaves a candidate without a nomination, which the same step, done again, puts right.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import tomlkit
from filelock import FileLock, Timeout

from .. import documents, rules
from ..errors import ContestError, InputError, Where
from ..rules import NominationStage, Rulebook
from .case import Case
from .entered import Nomination, check_nominations, nominations_csv, read_nominations, ways
from .loading import from_document, load_file
from .model import MOTION, REOPEN, TOTAL, Contest
from .nominations import Ruling, gates, needed, rule_on
from .writing import Plain, changed_toml, plain_name, read_text, remove_remains, same_name, write_all

CONTEST, NOMINATIONS, RULEBOOK = "contest.toml", "nominations.csv", "rulebook.toml"
WAIT = 10
"""Seconds that a step waits for another one that is at work in the same folder."""

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


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep every other step out of ``folder`` meanwhile. Raises InputError if one is at work there."""
    where = Where(str(folder))
    if not (folder / CONTEST).is_file():
        hint = 'Make one with "selectorate contest new".'
        raise InputError("is not the folder of a contest", where=where, hint=hint)
    lock = FileLock(folder / ".lock", timeout=WAIT)
    try:
        lock.acquire()
    except Timeout:
        hint = "Try again when they are done."
        raise InputError("is being changed by somebody else", where=where, hint=hint) from None
    except (OSError, NotImplementedError) as fault:
        said = getattr(fault, "strerror", None) or str(fault)
        raise InputError(f"cannot be written in: {said}", where=where) from None
    try:
        remove_remains(folder, (CONTEST, NOMINATIONS))
        yield
    finally:
        lock.release()


def start(
    folder: Path, *, title: str, organisation: str, office: str, date: dt.date, rulebook: str | None = None
) -> Rulebook:
    """Make ``folder`` with the files of a new contest, and return its rulebook.

    ``rulebook``: the id of a shipped one, or a file, which is copied into the folder; without it the folder gets a
    plain one to be changed. Raises InputError if the folder has something in it, RulebookError for the rulebook.
    """
    title, organisation = plain_name(title, "the title"), plain_name(organisation, "the organisation")
    office = plain_name(office, "the office")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        hint = "Name a folder that is not there yet."
        raise InputError("is not an empty folder", where=Where(str(folder)), hint=hint)
    contest_id = _id_from(f"{office} {organisation} {date.year}")
    own: str | None = None
    if rulebook is None:
        words = {"organisation": organisation, "office": office, "office_lower": office.lower()}
        own = OWN_RULEBOOK.format(id=contest_id, **{key: _quoted(value) for key, value in words.items()})
        loaded = rules.from_document(documents.parse(own.encode(), RULEBOOK))
    else:
        loaded = rules.load_file(Path(rulebook)) if rulebook.endswith(".toml") else rules.load(rulebook)
        if rulebook.endswith(".toml"):
            own = Path(rulebook).read_bytes().decode("utf-8-sig")
    named = RULEBOOK if own is not None else str(rulebook)
    text = _new_contest(contest_id, title, organisation, office, date, named, loaded)
    documents.check(documents.parse(text.encode(), str(folder / CONTEST), ContestError), Contest, ContestError)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise InputError(f"cannot be made: {fault.strerror}", where=Where(str(folder))) from None
    files = {} if own is None else {folder / RULEBOOK: own}
    files |= {folder / NOMINATIONS: nominations_csv([]), folder / CONTEST: text}
    write_all(files, private=[folder / NOMINATIONS])
    return loaded


def _id_from(name: str) -> str:
    """An id made from a name: "Anna Müller-Lüdenscheidt" gives "anna-muller-ludenscheidt"."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-") or "candidate"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


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
            if found.measure:
                table.add(tomlkit.comment(f"measured =     how many {found.measure} they have together"))
            bodies.add(body, table)
        document.add("bodies", bodies)
    return tomlkit.dumps(document)


def to_be_fixed(rulebook: Rulebook) -> dict[str, str]:
    """What every contest under ``rulebook`` has to fix before anything else: parameters without a default."""
    return {name: found.says for name, found in rulebook.parameters.items() if found.default is None}


def changed(folder: Path, change: Callable[[Plain], None], text: str | None = None) -> tuple[str, Case]:
    """The text of the contest (or ``text``) as ``change`` leaves it, and the contest that it is, after checking it."""
    path = folder / CONTEST
    text = changed_toml(path, read_text(path) if text is None else text, change)
    return text, from_document(documents.parse(text.encode(), str(path), ContestError), folder)


# -- nominations ------------------------------------------------------------------------------------------------


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
            hint = f"There are: {', '.join(s.id for s in stages)}."
            raise InputError(f'there is no nomination stage "{stage}"', hint=hint)
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
    nominators: Sequence[str],
    on: dt.date,
    stage: str | None = None,
    body: str | None = None,
    part: str | None = None,
    counts: int | None = None,
) -> list[tuple[str, int, int | None]]:
    """Enter nominations of one candidate, all or none; return the board: names, nominations so far, needed.

    ``candidate``: an id that the contest has, or a name. ``nominators``: whoever nominates, by name or number.
    ``part``: the part of the body that they belong to; ``counts``: how many each of them counts by its measure.
    Raises InputError if nominations are closed, or a nominator has no nomination left.
    """
    name = plain_name(candidate, "the name of a candidate")
    names = [plain_name(nominator, "the name of a nominator") for nominator in nominators]
    with locked(folder):
        case = load_file(folder / CONTEST)
        open_ = open_stage(case, stage)
        way = _way(open_, body)
        entered = read_nominations(folder / NOMINATIONS)
        who = id_of(case, name) or new_id(case, name)
        if who == case.contest.holder and _held(case, open_) == "may not stand":
            raise InputError(f"{name} may not stand", hint="The rulebook says so of a holder who is challenged.")
        text, case = changed(folder, lambda contest: add_candidate(contest, who, name))
        entered += [Nomination(on, open_.id, way, who, by, part, counts) for by in names]
        check_nominations(case, entered, folder / NOMINATIONS)
        files = {folder / CONTEST: text, folder / NOMINATIONS: nominations_csv(entered)}
        write_all(files, private=[folder / NOMINATIONS])
        return board(case, entered, open_)


def _way(stage: NominationStage, body: str | None) -> str:
    known = ways(stage)
    if body is None and len(known) > 1:
        hint = f"Say which with --body: {', '.join(known)}."
        raise InputError("there are several ways to be nominated", hint=hint)
    if body is not None and body not in known:
        raise InputError(f'"{body}" does not nominate at this stage', hint=f"It can be: {', '.join(known)}.")
    return body or known[0]


def add_candidate(contest: Plain, who: str, name: str) -> None:
    """Add a candidate to the values of a contest file, unless they are there."""
    contest.setdefault("candidates", {}).setdefault(who, {"name": name})


def _held(case: Case, stage: NominationStage) -> str | None:
    """What the rulebook says at ``stage`` of the holder who is challenged; None in a contest without one."""
    challenged = case.contest.occasion == "challenge" and case.contest.holder is not None
    return rules.held(stage.incumbent) if challenged else None


def id_of(case: Case, name: str) -> str | None:
    """The id of the candidate who is called ``name``, or whose id it is."""
    wanted = same_name(name)
    found = next((key for key, one in case.contest.candidates.items() if same_name(one.name) == wanted), None)
    return found or (name if name in case.contest.candidates else None)


def new_id(case: Case, name: str) -> str:
    """An id for a new candidate who is called ``name``."""
    wanted = _id_from(name)
    taken = {*case.contest.candidates, *MOTION, REOPEN, TOTAL}
    number, free = 2, wanted
    while free in taken:
        free, number = f"{wanted}-{number}", number + 1
    return free


def board(case: Case, entered: Sequence[Nomination], stage: NominationStage) -> list[tuple[str, int, int | None]]:
    """Each candidate's name, nominations so far at ``stage``, and how many are needed (None where not known)."""
    rows = []
    asked = {gate.by: needed(case, gate) for gate in gates(stage)}
    for way in ways(stage):
        body = f" ({case.body_name(way)})" if len(ways(stage)) > 1 else ""
        for who, number in _counted(entered, stage, way).items():
            rows.append((case.contest.candidates[who].name + body, number, asked.get(way)))
    return sorted(rows, key=lambda item: (-item[1], item[0]))


def _counted(entered: Sequence[Nomination], stage: NominationStage, way: str) -> dict[str, int]:
    counted: dict[str, int] = {}
    for n in entered:
        if n.stage == stage.id and n.body == way:
            counted[n.candidate] = counted.get(n.candidate, 0) + 1
    return counted


def close(folder: Path, stage: str | None = None) -> tuple[Case, list[Ruling]]:
    """Close nominations at a stage and rule on them; the contest as it is then, and the rulings.

    Raises InputError if the size of a body is not known whose share is asked for, or nominations are closed.
    """
    with locked(folder):
        case = load_file(folder / CONTEST)
        closing = open_stage(case, stage)
        entered = read_nominations(folder / NOMINATIONS)
        check_nominations(case, entered, folder / NOMINATIONS)
        tables = [_figures(case, closing, way, entered) for way in ways(closing)]
        if _held(case, closing) == "automatic":
            tables[0]["automatic"] = [case.contest.holder]
        text, case = changed(folder, lambda contest: contest.setdefault("nomination", []).extend(tables))
        write_all({folder / CONTEST: text})
        return case, [ruling for ruling in rule_on(case) if ruling.stage.id == closing.id]


def _figures(case: Case, stage: NominationStage, way: str, entered: Sequence[Nomination]) -> Plain:
    """The table of the contest that says how many nominations everybody has from one body."""
    mine = [n for n in entered if n.stage == stage.id and n.body == way]
    counted = _counted(entered, stage, way)
    table: Plain = {"stage": stage.id}
    if stage.any:
        table["by"] = way
    table["counts"] = counted
    gate = next((gate for gate in gates(stage) if gate.by == way), None)
    asked_parts = list(gate.including) if gate else []
    if asked_parts or any(n.part is not None for n in mine):
        named = list(dict.fromkeys([*asked_parts, *(n.part for n in mine if n.part is not None)]))
        table["parts"] = {
            who: {part: sum(n.candidate == who and n.part == part for n in mine) for part in named} for who in counted
        }
    if gate is not None and gate.together is not None:
        table["measured"] = {
            who: sum(n.counts or 0 for n in mine if n.candidate == who)
            for who in counted
            if all(n.counts is not None for n in mine if n.candidate == who)
        }
    if gate is not None:
        asked = needed(case, gate)
        if asked is None:
            raise InputError(
                f"how many {case.body_name(way)} there are is not known",
                where=case.document.where("bodies", way),
                hint=f"A share of them is needed: write size = … under [bodies.{way}].",
            )
        table["needed"] = asked
    return {key: value for key, value in table.items() if value != {} or key == "counts"}
