"""The checks of a record that look into its boxes, and count what they hold."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from .. import documents
from ..box.v1.elections import HomomorphicQuestion, RankingQuestion
from ..box.v1.events import Event
from ..box.v1.reading import Reading, read_box
from ..box.v1.report import facts, void_plaintexts
from ..errors import ContestError
from ..rules import BallotStage, MotionStage
from .case import Case
from .cast import REOPENED, SIDES, candidates_by_name, folded
from .declaration import to_json
from .declaring import declare
from .loading import from_document
from .model import REOPEN, TOTAL, BallotFigures
from .nominations import field_of
from .record import BOXES, CONTEST, DECLARATION, MANDATE, PAPERS, RULEBOOK, BoxPlace, declaration_hash
from .sealed import SUFFIX, SealedPapers, papers_of
from .verifying import Look, Looking, NotReachedError, NotThereError

__all__ = ["LOOKS", "facts_of"]


def _laid(looking: Looking) -> Iterator[str]:
    """One box a segment of each round; the files are those that are laid out."""
    record, case = looking.record, looking.need(looking.case)
    files = {name for name in record.files if name.startswith(f"{BOXES}/")}
    laid = {place.file for place in record.boxes}
    yield from (f"{name} is in the record, and is no box of the contest" for name in sorted(files - laid))
    yield from (f"the box {name} is not in the record" for name in sorted(laid - files))
    if len(laid) < len(record.boxes):
        yield "a box is laid out twice"
    rounds: dict[tuple[str, int], list[BoxPlace]] = {}
    for place in record.boxes:
        rounds.setdefault((place.stage, place.round), []).append(place)
    for (name, number), places in rounds.items():
        stage = case.rulebook.stage_named(name)
        if not isinstance(stage, BallotStage | MotionStage):
            yield f"the rulebook has no ballot {name!r}"
            continue
        segments = sorted(getattr(stage, "segments", ()) or (TOTAL,))
        members = sorted(member for place in places for member in place.members)
        if members != segments:
            yield f"{name}, round {number}: the boxes are of {', '.join(members)}; the segments {', '.join(segments)}"
        for place in places:
            if place.section != (place.members[0] if len(place.members) == 1 else TOTAL):
                yield f"the box {place.uuid} is named otherwise than the segments that vote in it"


def _sound(looking: Looking) -> Iterator[str]:
    """Every archive read and checked whole, once."""
    record = looking.record
    sizes = {p.uuid: record.path(p.file).stat().st_size for p in record.boxes if record.path(p.file).is_file()}
    done, whole = 0, max(sum(sizes.values()), 1)
    for number, place in enumerate(record.boxes, 1):
        if place.uuid not in sizes:
            yield f"{place.uuid}: there is no archive"
            continue
        first: list[Event] = []

        def on_event(event: Event, first: list[Event] = first) -> None:
            if not first:
                first.append(event)

        def progress(
            kind: str, share: float, number: int = number, done: int = done, size: int = sizes[place.uuid]
        ) -> None:
            looking.progress(f"box {number} of {len(record.boxes)}, {kind}", (done + share * size) / whole)

        reading = read_box(record.path(place.file), progress=progress, on_event=on_event)
        done += sizes[place.uuid]
        for fault in reading.faults[:5]:
            at = "" if fault.height is None else f" (event {fault.height})"
            yield f"{place.uuid}: {fault.check}{at}: {fault.message}"
        if reading.election is None:
            continue
        if reading.election.uuid != place.uuid:
            yield f"{place.uuid}: the archive is of another box, {reading.election.uuid}"
        elif not reading.faults:
            looking.readings[place.uuid] = reading
            looking.setups[place.uuid] = first[0].digest


def _readings(looking: Looking) -> Iterator[tuple[BoxPlace, Reading]]:
    """Every box that could be read and is sound; then, if one is missing, NotReachedError."""
    for place in looking.record.boxes:
        if place.uuid in looking.readings:
            yield place, looking.readings[place.uuid]
    if len(looking.readings) < len(looking.record.boxes):
        raise NotReachedError


def _final(looking: Looking) -> Iterator[str]:
    for place, reading in _readings(looking):
        if reading.phase != "final":
            yield f"{place.uuid}: it is {reading.phase}"


def _setup(looking: Looking) -> Iterator[str]:
    """The first event of each box is the one that the act of its opening told of."""
    looking.need(looking.kinds or None)
    told: dict[str, list[str]] = {}
    for _number, _kind, boxes in looking.told_of("boxes"):
        for uuid, digest in boxes.items():
            told.setdefault(uuid, []).append(digest)
    for place, _reading in _readings(looking):
        if told.get(place.uuid) != [looking.setups[place.uuid]]:
            yield (
                f"{place.uuid}: the log does not tell of its opening as it is"
                if place.uuid in told
                else (f"{place.uuid}: the log does not tell of its opening")
            )


def _trustees(looking: Looking) -> Iterator[str]:
    first: dict[str, str] = {}
    for place, reading in _readings(looking):
        first.setdefault(reading.setup["trustees"], place.uuid)
    if len(first) > 1:
        yield f"the trustees of {' and '.join(first.values())} are not the same"


def _papers(looking: Looking) -> Iterator[str]:
    """One question a box; the same names in all boxes of a round; those whom the nominations put on the paper."""
    case: Case = looking.need(looking.case)
    field = field_of(case)
    rounds: dict[tuple[str, int], tuple[str, ...]] = {}
    for place, reading in _readings(looking):
        question = reading.election.questions[0] if reading.election else None
        if reading.election is None or len(reading.election.questions) != 1:
            yield f"{place.uuid}: it does not ask one question"
            continue
        answers = getattr(question, "answers", ())
        if rounds.setdefault((place.stage, place.round), answers) != answers:
            yield f"{place.uuid}: its paper is not that of the other boxes of the ballot"
        stage = case.rulebook.stage_named(place.stage)
        people = [_who(case, stage, name) for name in answers]
        strange = [name for name, who in zip(answers, people, strict=True) if who is None]
        yield from (f"{place.uuid}: {name!r} is nobody who stands" for name in strange)
        first = isinstance(stage, BallotStage) and place.round == 1 and stage is _first_ballot(case)
        if first and field is not None and {who for who in people if who} - {REOPEN} != set(field) and not strange:
            yield f"{place.uuid}: the names are not those that the nominations put on the paper"


def _first_ballot(case: Case) -> BallotStage | None:
    return next((stage for stage in case.rulebook.stage if isinstance(stage, BallotStage)), None)


def _who(case: Case, stage: object, name: str) -> str | None:
    """Who is meant by a name on a paper in a box."""
    if isinstance(stage, MotionStage):
        return SIDES.get(folded(name))
    if getattr(stage, "reopen_nominations", False) and folded(name) in REOPENED:
        return REOPEN
    return candidates_by_name(case.contest).get(folded(name))


def _credentials(looking: Looking) -> Iterator[str]:
    roll: Mapping[str, Any] = looking.need(looking.roll)
    for place, reading in _readings(looking):
        table = roll.get(place.stage)
        if table is None:
            yield f"{place.uuid}: there are no counts of the roll for its ballot"
            continue
        names = (TOTAL,) if set(table["segments"]) == {TOTAL} else place.members
        voters = sum(_voters(table, name) for name in names)
        # Who was struck off since the first round was opened may have been before a further one, or after it.
        gone = sum(int(table["struck_after"].get(name, 0)) for name in names) if place.round > 1 else 0
        if not voters - gone <= len(reading.roll) <= voters:
            yield f"{place.uuid}: {len(reading.roll):,} credentials for {voters:,} voters"


def _voters(table: Mapping[str, Any], name: str) -> int:
    """How many of a segment could vote when its ballot was opened."""
    closed: int = table["segments"].get(name, 0)
    return closed - int(table["struck_before"].get(name, 0)) + int(table["added_before"].get(name, 0))


def _void(looking: Looking) -> Iterator[str]:
    """No more papers are void than are declared spoilt."""
    declared = looking.record.json(DECLARATION)
    sections = {
        (ballot["stage"], section["section"]): section["spoilt"]
        for ballot in declared["ballots"]
        for section in ballot["sections"]
    }
    for place, reading in _readings(looking):
        void = void_plaintexts(reading).get(0, 0)
        spoilt = sections.get((place.stage, place.section))
        if void and spoilt is not None and spoilt < void and place.round == 1:
            yield f"{place.uuid}: {void:,} papers came out void, and {spoilt:,} are declared spoilt"


# -- the count -----------------------------------------------------------------------------------------------------


def _counted(looking: Looking) -> Iterator[str]:
    """Each box is named by the contest file, or its sums are the figures there."""
    case: Case = looking.need(looking.case)
    for place, reading in _readings(looking):
        figures = case.ballot(place.stage)
        if figures is None:
            yield f"{place.uuid}: the contest has no figures of its ballot"
        elif f"{place.uuid}{SUFFIX}" in _files_of(figures, place):
            continue
        elif isinstance(reading.election and reading.election.questions[0], RankingQuestion):
            yield f"{place.uuid}: its papers are not those that are counted"
        else:
            yield from _sums(case, figures, place, reading)
    for name in _named(case):
        if name.endswith(SUFFIX) and f"{BOXES}/{Path(name).name}" not in {p.file for p in looking.record.boxes}:
            yield f"ballots are counted from {name}, which is no box of the contest"


def _files_of(figures: BallotFigures, place: BoxPlace) -> tuple[str, ...]:
    """The files of ballots of the section of a box: its archive, and beside it perhaps votes on paper."""
    files = figures.ballots
    if not files and len(figures.round) >= place.round:
        files = figures.round[place.round - 1].ballots
    return files.get(place.section, ())


def _named(case: Case) -> Iterator[str]:
    for figures in case.contest.ballot:
        for ballots in (figures.ballots, *(one.ballots for one in figures.round)):
            for names in ballots.values():
                yield from names


def _sums(case: Case, figures: BallotFigures, place: BoxPlace, reading: Reading) -> Iterator[str]:
    """The sums of a box against the votes of its section. A paper that was left blank is nobody's vote."""
    question = reading.election.questions[0] if reading.election else None
    if not isinstance(question, HomomorphicQuestion) or reading.opened is None:
        yield f"{place.uuid}: its result is neither papers nor sums"
        return
    numbers = list(reading.opened.result[0])[1 if question.blank else 0 :]
    stage = case.rulebook.stage_named(place.stage)
    sums = {_who(case, stage, name): number for name, number in zip(question.answers, numbers, strict=True)}
    votes = figures.round[place.round - 1].votes if len(figures.round) >= place.round else {}
    here = votes.get(place.section)
    if here is None and len(votes) == 1 and len(place.members) == len(getattr(stage, "segments", ()) or (TOTAL,)):
        here = next(iter(votes.values()))
    if here is None or {who: here.get(who or "", 0) for who in sums} != sums or sum(here.values()) != sum(numbers):
        yield f"{place.uuid}: its sums are not the votes that are declared"


@contextlib.contextmanager
def _together(looking: Looking) -> Iterator[Path]:
    """A folder in which the contest file has its rulebook and every file that it names beside it."""
    record = looking.record
    with tempfile.TemporaryDirectory(prefix="contest-") as name:
        folder = Path(name)
        for text in (CONTEST, RULEBOOK):
            shutil.copyfile(record.path(text), folder / text)
        for paper in record.files:
            if paper.startswith(f"{PAPERS}/"):
                shutil.copyfile(record.path(paper), folder / Path(paper).name)
        for place in record.boxes:
            try:
                (folder / f"{place.uuid}{SUFFIX}").symlink_to(record.path(place.file).resolve())
            except OSError:  # a system without them
                shutil.copyfile(record.path(place.file), folder / f"{place.uuid}{SUFFIX}")
        yield folder


def _declaration(looking: Looking) -> Iterator[str]:
    """The contest counted and declared again."""
    looking.need(looking.case)
    for _ in _readings(looking):
        pass
    record = looking.record
    with _together(looking) as folder:

        def sealed(path: Path) -> SealedPapers:
            """What a box holds, which has been read: a large one takes minutes."""
            return papers_of(looking.readings[path.stem])

        document = documents.read(folder / CONTEST, ContestError)
        looking.whole = from_document(document, folder, sealed)
        looking.declaration = declare(looking.whole)
    yield from differences(record.json(DECLARATION), to_json(looking.declaration))


def _mandate(looking: Looking) -> Iterator[str]:
    """Every measure of the mandate, made again from the declaration that was made again."""
    if MANDATE not in looking.record.files or looking.measured is None:
        raise NotThereError
    case, declared = looking.need(looking.whole), looking.need(looking.declaration)
    yield from differences(looking.record.json(MANDATE), looking.measured(case, declared))


def differences(said: Any, computed: Any, at: str = "") -> Iterator[str]:
    """Where two JSON values differ, in words."""
    if isinstance(said, dict) and isinstance(computed, dict):
        for key in dict.fromkeys((*said, *computed)):
            yield from differences(said.get(key), computed.get(key), f"{at}.{key}" if at else str(key))
    elif isinstance(said, list) and isinstance(computed, list) and len(said) == len(computed):
        for number, (one, other) in enumerate(zip(said, computed, strict=True), 1):
            yield from differences(one, other, f"{at}[{number}]")
    elif said != computed or type(said) is not type(computed):
        yield f"{at}: declared {_short(said)}, but {_short(computed)} follows"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _act(looking: Looking) -> Iterator[str]:
    """The log tells of one declaration, of this one."""
    looking.need(looking.kinds or None)
    told = [digest for _number, _kind, digest in looking.told_of("declaration")]
    path = looking.record.path
    digest = declaration_hash(path(CONTEST).read_bytes(), path(RULEBOOK).read_bytes())
    if not told:
        yield "the log does not tell of a declaration"
    elif told[-1] != digest:
        yield f"the hash of contest and rulebook is {digest}, and the log tells of {told[-1]}"


def facts_of(looking: Looking) -> tuple[Mapping[str, Any], ...]:
    """What is in each box that could be read."""
    found = []
    for place in looking.record.boxes:
        reading = looking.readings.get(place.uuid)
        if reading is not None:
            void = sum(void_plaintexts(reading).values())
            found.append({**place.plain(), **facts(reading), "void": void, "phase": reading.phase})
    return tuple(found)


LOOKS: dict[str, Look] = {
    "boxes.laid": _laid,
    "boxes.sound": _sound,
    "boxes.final": _final,
    "boxes.setup": _setup,
    "boxes.trustees": _trustees,
    "boxes.papers": _papers,
    "roll.credentials": _credentials,
    "boxes.void": _void,
    "count.boxes": _counted,
    "count.declaration": _declaration,
    "acts.declaration": _act,
    "mandate.figures": _mandate,
}
"""The checks of this module, by name."""

__all__ += ["NotThereError", "differences"]
