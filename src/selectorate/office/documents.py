"""A contest of the office as the contest file and rulebook from which the rooms below replay and declare it."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import tomlkit
from django.utils import timezone

from .. import contest as contests
from .. import documents
from ..contest.loading import from_document
from ..contest.model import MOTION, REOPEN, TOTAL
from ..contest.nominations import gates
from ..errors import ContestError
from ..rules import NominationStage, held
from . import timetable
from .boxes import counting, laid
from .models import Candidate, ClosedRoll, Contest, FiguresEntry, Organisation, SealedBox, StageState
from .moment import now

RULEBOOK, CONTEST = "rulebook.toml", "contest.toml"
UNITS = "units"
"""In place of a segment: the file has the votes of every unit in every round."""


def contest_text(contest: Contest) -> str:
    """The contest file of ``contest`` as things stand, in TOML."""
    return tomlkit.dumps(_plain(contest_data(contest)))


def with_claims(contest: Contest) -> str:
    """The contest file as it was declared, with the claims that are entered now: they come after the result."""
    document = tomlkit.parse(contest.declaration.contest_text)
    document.pop("claims", None)
    if contest.claims:
        document["claims"] = _plain(contest.claims)
    return tomlkit.dumps(document)


def case_of(contest: Contest, text: str | None = None) -> contests.Case:
    """The contest as the rooms below know it, checked: from its file, its rulebook and the ballots taken in.

    Raises ContestError for whatever does not fit.
    """
    text = contest_text(contest) if text is None else text
    with tempfile.TemporaryDirectory(prefix="contest-") as name:
        folder = Path(name)
        (folder / RULEBOOK).write_text(contest.rulebook_text, encoding="utf-8")
        for entry in contest.figures.filter(replaced=None, agreed__isnull=False).exclude(file=""):
            with entry.file.open("rb") as taken_in:
                (folder / file_name(entry)).write_bytes(taken_in.read())
        for box in SealedBox.objects.filter(vote__contest=contest, phase="final"):
            # Checked when it was opened; its papers come from the database, not from the archive again.
            (folder / f"{box.uuid}.bel").touch()
        for name, content in papers_beside(contest).items():
            (folder / name).write_bytes(content)
        return from_document(documents.parse(text.encode(), CONTEST, ContestError), folder, counting.of_archive)


def contest_data(contest: Contest) -> dict[str, Any]:
    """What the contest file says, as plain values."""
    there = Organisation.there()
    declared = contest.declared or timetable.at(contest, timetable.DECLARED) or now()
    data: dict[str, Any] = {
        "id": contest.slug,
        "title": contest.title,
        "organisation": there.name if there else contest.rulebook.organisation,
        "office": contest.office.name if contest.office else contest.rulebook.office,
        "rulebook": RULEBOOK,
        "date": timezone.localtime(declared, timetable.zone()).date(),
        "occasion": contest.occasion,
        "figures": "ours",
    }
    if contest.about:
        data["about"] = contest.about
    candidates = list(contest.candidates.select_related("person"))
    if contest.holder is not None:
        incumbent = next((one for one in candidates if one.person_id == contest.holder_id), None)
        if incumbent is not None:
            data["holder"] = incumbent.key
    data["timetable"] = timetable.plain(contest)
    data["parameters"] = contest.parameters
    data["candidates"] = {
        one.key: {"name": one.name, **({"groups": one.groups} if one.groups else {})} for one in candidates
    }
    data["bodies"] = body_sizes(contest)
    data["nomination"] = [
        table
        for stage in contest.rulebook.stage
        if isinstance(stage, NominationStage) and closed(contest, stage.id)
        for table in nomination_tables(contest, stage)
    ]
    data["ballot"] = [table for stage in contest.rulebook.stage if (table := ballot_table(contest, stage))]
    return {key: value for key, value in data.items() if value not in ({}, [], None)}


def closed(contest: Contest, stage: str) -> bool:
    """Whether a stage is closed."""
    return contest.stages.filter(stage=stage, status=StageState.Status.CLOSED).exists()


def body_sizes(contest: Contest) -> dict[str, Any]:
    """How large every body of the rulebook was on its day, in all, by part and by measure."""
    sizes: dict[str, Any] = {}
    for link in contest.bodies.select_related("body"):
        seats = list(link.body.seats_on(link.on).values_list("part", "measure"))
        table: dict[str, Any] = {"size": len(seats), "name": link.body.name}
        known = contest.rulebook.bodies[link.key].parts if link.key in contest.rulebook.bodies else {}
        if known:
            table["parts"] = {part: sum(1 for here, _ in seats if here == part) for part in known}
        if seats and all(measure is not None for _, measure in seats):
            table["measured"] = sum(measure for _, measure in seats)
        sizes[link.key] = table
    return sizes


def nomination_tables(contest: Contest, stage: NominationStage) -> list[dict[str, Any]]:
    """The nominations of a stage, by body, as a contest file has them. Withdrawn and invalid ones do not count."""
    ways = [gate.by for gate in gates(stage)] or ([stage.by] if stage.by else [])
    valid = list(
        contest.nominations.filter(stage=stage.id, withdrawn=None, invalid="").select_related("seat", "candidate")
    )
    consented = {
        one.key
        for one in contest.candidates.all()
        if one.consented or one.status in (Candidate.Status.STANDING, Candidate.Status.OUT)
    }
    known_parts = {key: body.parts for key, body in contest.rulebook.bodies.items()}
    tables = []
    for number, way in enumerate(ways):
        mine = [one for one in valid if one.body == way]
        people = dict.fromkeys(one.candidate.key for one in mine)
        counts = {who: sum(one.candidate.key == who for one in mine) for who in people}
        table: dict[str, Any] = {"stage": stage.id, "counts": counts}
        if stage.any:
            table["by"] = way
        if known_parts.get(way):
            table["parts"] = {
                who: {
                    part: sum(o.candidate.key == who and o.seat.part == part for o in mine) for part in known_parts[way]
                }
                for who in people
            }
        gate = next((gate for gate in gates(stage) if gate.by == way), None)
        if gate is not None and gate.together is not None:
            table["measured"] = {
                who: sum(one.seat.measure or 0 for one in mine if one.candidate.key == who) for who in people
            }
        if gate is not None and gate.spread is not None:
            table["spread"] = {
                who: len({one.seat.place for one in mine if one.candidate.key == who and one.seat.place})
                for who in people
            }
        if number == 0 and stage.effect != "none":
            table |= _by_ruling(contest, stage, consented)
        tables.append({key: value for key, value in table.items() if value not in ({}, [])} | {"counts": counts})
    return tables


def _by_ruling(contest: Contest, stage: NominationStage, consented: set[str]) -> dict[str, Any]:
    """Who is on the paper by right, who withdrew, and who was refused: what does not follow from a number."""
    found: dict[str, Any] = {}
    later = {who for event in contest.rounds.all() for who in event.data.get("withdrawn", ())}
    if held(stage.incumbent) == "automatic" and contest.occasion == "challenge" and contest.holder_id:
        found["automatic"] = [
            one.key
            for one in contest.candidates.filter(person=contest.holder)
            if one.status != Candidate.Status.WITHDRAWN or one.key in later
        ]
    withdrawn = contest.candidates.filter(status=Candidate.Status.WITHDRAWN).exclude(key__in=later)
    found["withdrew"] = [one.key for one in withdrawn]
    refused = {one.key: one.reason for one in contest.candidates.filter(status=Candidate.Status.REFUSED)}
    for one in contest.candidates.all():
        if one.status == Candidate.Status.WITHDRAWN and one.key not in later:
            continue
        if one.key not in consented and one.key not in refused and one.key not in found.get("automatic", []):
            refused[one.key] = "did not consent to stand"
    found["refused"] = refused
    return {key: value for key, value in found.items() if value}


def ballot_table(contest: Contest, stage: Any) -> dict[str, Any] | None:
    """The figures of a ballot or motion on which two officials agree, or its boxes, as a contest file has them."""
    if stage.kind not in ("ballot", "motion"):
        return None
    online = laid.held_online(contest, stage.id)
    taken = sealed_rounds(contest, stage) if online else _taken_in(contest, stage)
    if not taken:
        return None
    table: dict[str, Any] = {"stage": stage.id}
    if stage.kind == "motion" and stage.motion != "resolution" and contest.holder is not None:
        table["holder"] = contest.holder.name
    draw = contest.draws.filter(about=stage.id).exclude(drawn=None).first()
    if draw is not None:
        table["lot"] = {"seed": draw.seed, "numbers": draw.numbers}
    events = {event.number: event.data for event in contest.rounds.filter(stage=stage.id)}
    repeated = is_repeated(stage)
    table["round"] = []
    for number, (found, roll) in taken.items():
        if repeated:
            table["round"].append({**found, **events.get(number, {}), "roll": roll})
        else:
            table.setdefault("roll", {}).update(roll)
            table["round"] += found.pop("round", [])
            if "votes" in found:
                table["round"].append({**found, **events.get(number, {})})
            else:
                table.update(found)
    table["round"] = [{key: value for key, value in item.items() if value not in ({}, [])} for item in table["round"]]
    if online and (said := _of_boxes(contest, stage, taken)):
        table["note"] = said
    return {key: value for key, value in table.items() if value not in ({}, [])}


Taken = dict[int, tuple[dict[str, Any], dict[str, Any]]]
"""By round: its votes, or the files of its ballots; and its roll."""


def _taken_in(contest: Contest, stage: Any) -> Taken:
    """What two officials agree on; nothing while the files of some segments are still to come."""
    by_round: dict[int, list[FiguresEntry]] = {}
    for entry in agreed(contest, stage.id):
        by_round.setdefault(entry.round, []).append(entry)
    fields = dict(contest.ballot_rounds.filter(stage=stage.id).values_list("number", "field"))
    found: Taken = {}
    for number, here in by_round.items():
        taken = (
            _files(stage, here)
            if here[0].file
            else {"votes": _in_order(here[0].data["votes"], stage, fields.get(number) or fields.get(1) or MOTION)}
        )
        if taken is None:
            return {}
        roll = {section: figures for entry in here for section, figures in entry.data.get("roll", {}).items()}
        found[number] = (taken, roll)
    return found


def sealed_rounds(contest: Contest, stage: Any) -> Taken:
    """The rounds of a stage held online whose boxes are all opened, and whose papers, if there are any, are taken in.

    ``entitled`` is that of the closed roll as it stands, and with them who was struck off after casting, for their
    ballots are counted: else more could have returned one than were entitled. How many did is counted.
    """
    rounds: dict[int, list[SealedBox]] = {}
    for box in laid.boxes_of(contest, stage.id):
        rounds.setdefault(box.round, []).append(box)
    entries = {(entry.round, entry.section): entry for entry in agreed(contest, stage.id)}
    closed = ClosedRoll.of(contest)
    standing = closed.standing.get(stage.id, {}) if closed is not None else {}
    found: Taken = {}
    for number, boxes in rounds.items():
        if any(box.phase != "final" for box in boxes):
            continue
        ballots: dict[str, Any] = {}
        roll: dict[str, Any] = {}
        for box in boxes:
            entry = entries.get((number, box.section)) or entries.get((number, ""))
            if entry is None and laid.papers_wanted(stage, box):
                break
            beside = [] if entry is None else [file_name(entry) if entry.file else papers_name(entry, box.section)]
            ballots[box.section] = [f"{box.uuid}.bel", *beside] if beside else f"{box.uuid}.bel"
            entitled = standing.get("entitled" if box.section == TOTAL else "by_segment")
            if isinstance(entitled, dict):
                entitled = entitled.get(box.section)
            if entitled is not None:
                roll[box.section] = {"entitled": entitled + laid.struck_after_casting(box)}
        else:
            found[number] = ({"ballots": ballots}, roll)
    return found


def _of_boxes(contest: Contest, stage: Any, taken: Taken) -> str:
    """What has to be known of the boxes of a ballot: papers that were void, voters who were struck after casting.

    In one language: it is part of what is declared.
    """
    void: dict[str, int] = {}
    struck: dict[str, int] = {}
    for box in laid.boxes_of(contest, stage.id):
        if box.round in taken:
            void[box.section] = void.get(box.section, 0) + box.outcome.get("void", 0)
            struck[box.section] = struck.get(box.section, 0) + laid.struck_after_casting(box)
    said = []
    for numbers, words in (
        (void, "{} of the spoilt papers were void: what was encrypted in them was no paper that can be filled in"),
        (
            struck,
            "{} struck off the roll after they had cast: their ballots stay and are counted, and so are they",
        ),
    ):
        if sum(numbers.values()):
            each = ", ".join(f"{name} {number:,}" for name, number in numbers.items() if name != TOTAL and number)
            said.append(words.format(f"{sum(numbers.values()):,}") + (f" ({each})." if each else "."))
    return " ".join(said)


def papers_name(entry: FiguresEntry, section: str) -> str:
    """The name of the file of the papers of a section whose figures were taken in, beside those in a box."""
    return f"{entry.stage}-{entry.round}-{section}-papers.blt"


def papers_beside(contest: Contest) -> dict[str, bytes]:
    """By name, the files of papers that stand beside boxes, made from their figures: one name is chosen on each."""
    found: dict[str, bytes] = {}
    names = {one.key: one.name for one in contest.candidates.all()} | {REOPEN: "Re-open nominations"}
    names |= {"for": "For", "against": "Against"}
    for entry in contest.figures.filter(replaced=None, agreed__isnull=False, file=""):
        if not laid.held_online(contest, entry.stage):
            continue
        for box in laid.boxes_of(contest, entry.stage, entry.round):
            parts = [part for part in (box.members or [box.section]) if part in entry.data["votes"]]
            votes = {who: 0 for part in parts for who in entry.data["votes"][part]}
            spoilt = 0
            for part in parts:
                spoilt += entry.data.get("roll", {}).get(part, {}).get("spoilt", 0)
                for who, number in entry.data["votes"][part].items():
                    votes[who] += number
            found[papers_name(entry, box.section)] = _blt(votes, spoilt, names)
    return found


def _blt(votes: dict[str, int], spoilt: int, names: dict[str, str]) -> bytes:
    """Papers on each of which one name is chosen, as a file of ballots."""
    lines = [f"{len(votes)} 1"]
    lines += [f"{number} {place} 0" for place, number in enumerate(votes.values(), 1) if number]
    lines += [f"{spoilt} 0"] if spoilt else []
    lines += ["0", *(json.dumps(names.get(who, who), ensure_ascii=False) for who in votes), '"Papers"']
    return ("\n".join(lines) + "\n").encode()


def _in_order(votes: dict[str, dict[str, int]], stage: Any, field: Sequence[str]) -> dict[str, dict[str, int]]:
    """Votes in the order of the segments and of the paper: a database keeps the keys of what it is given in its own."""
    sections = [name for name in (*getattr(stage, "segments", ()), TOTAL) if name in votes]
    return {name: {who: votes[name][who] for who in field if who in votes[name]} for name in sections}


def is_repeated(stage: Any) -> bool:
    """Whether every round of a stage is a ballot of its own."""
    return getattr(stage, "count", None) in ("repeated ballots", "two rounds")


def _files(stage: Any, entries: list[FiguresEntry]) -> dict[str, Any] | None:
    """The files of a round as a contest file names them; None while those of some segments are still to come."""
    sections = {entry.section: entry for entry in entries}
    if UNITS in sections:
        unit_rounds = _rounds_of_units(sections[UNITS])
        return {"units": file_name(sections[UNITS]), "round": [{"label": f"Round {n}"} for n in unit_rounds]}
    if TOTAL not in sections and not set(getattr(stage, "segments", ())) <= set(sections):
        return None
    return {"ballots": {section: file_name(entry) for section, entry in sections.items()}}


def _rounds_of_units(entry: FiguresEntry) -> range:
    """The rounds for which a file of units has figures; what is wrong with the file is told when it is read."""
    with entry.file.open("rb") as file:
        rows = csv.DictReader(io.TextIOWrapper(file, encoding="utf-8-sig", errors="replace", newline=""))
        try:
            texts = {row.get("round") or "" for row in rows}
        except csv.Error:
            texts = set()
    numbers = [int(text) for text in texts if len(text) <= 3 and text.isascii() and text.isdigit()]
    return range(1, max(numbers, default=1) + 1)


def agreed(contest: Contest, stage: str) -> list[FiguresEntry]:
    """One entry a round (or a section's file) on which two officials agree, in the order of the rounds."""
    found: dict[tuple[int, str], FiguresEntry] = {}
    for entry in contest.figures.filter(stage=stage, replaced=None, agreed__isnull=False).order_by("round", "pk"):
        found.setdefault((entry.round, entry.section), entry)
    return list(found.values())


def file_name(entry: FiguresEntry) -> str:
    """The name of a file of ballots beside the contest file."""
    return f"{entry.stage}-{entry.round}-{entry.section or TOTAL}{Path(entry.file.name).suffix}"


def _plain(value: Any) -> Any:
    """``value`` with nothing that TOML has no form for."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, str | int | bool | date):
        return value
    return str(value)
