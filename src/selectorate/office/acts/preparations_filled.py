"""What is taken in for contests held together: candidates, sign-offs, papers, figures; the declaration; the tenures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from ...contest.model import REOPEN, TOTAL
from ...errors import RefusedError
from ...rules import BallotStage, NominationStage
from .. import paper, timetable
from ..models import (
    Candidate,
    Contest,
    Draw,
    FiguresEntry,
    PaperPreview,
    Person,
    Preparation,
    Role,
    RoundEvent,
    StageState,
    Tenure,
    User,
)
from ..slugs import plain, same_name, slug_for
from ..tables import MAX_FAULTS, Column, Fault, Row, whole
from .core import MANY, Entry, act, canonical, log_of, sha256
from .figures import MAX_VOTES, ROLL, sections_of
from .organisation import _day, most_at_once
from .preparations import OFFICER, _noted, contests_of, preparation_of, with_stage
from .seats import address_of, users_for
from .together import Outcome, on_each, own, rehearsed, write_many

MAX_STATEMENT = 6000
NO_STATEMENT = "—"
"""What stands for the statement of somebody who makes none."""

CANDIDATE_COLUMNS = (
    Column("unit", ("unit", "constituency", "branch", "code"), needed=True, longest=400),
    Column("name", ("name", "candidate"), needed=True, longest=200),
    Column("slate", ("slate", "list"), longest=100),
    Column("email", ("email", "e-mail", "mail", "mail address"), longest=254),
    Column("statement", ("statement",), longest=MAX_STATEMENT),
)
FIGURE_COLUMNS = (
    Column("unit", ("unit", "constituency", "branch", "code"), needed=True, longest=400),
    Column("candidate", ("candidate", "name", "figure"), needed=True, longest=200),
    Column("votes", ("votes", "number"), needed=True, longest=30),
    Column("segment", ("segment",), longest=60),
)


class _Places:
    """The contests of a preparation by what a table calls their unit: its address, code or name."""

    def __init__(self, contests: Iterable[Contest]) -> None:
        self.found: dict[str, Contest | None] = {}
        contests = list(contests)
        for one in contests:
            name = same_name(one.unit.name)
            self.found[name] = None if name in self.found else one
        for one in contests:
            self.found[one.unit.path] = one
            if one.unit.code:
                self.found[one.unit.code] = one

    def at(self, number: int, text: str) -> tuple[Contest | None, Fault | None]:
        """The contest in a unit, or what is wrong with the row that names it."""
        found = self.found.get(text) or self.found.get(same_name(text))
        if found is not None:
            return found, None
        says = _("no contest here is in a unit “%(name)s”, or several are") % {"name": text}
        return None, Fault(number, "unit", says, _("Name it by its code or its address."))


# -- candidates ----------------------------------------------------------------------------------------------------


@dataclass
class CandidatePlan:
    """What a table of candidates would do: who is new, by contest; how many are there already; faults."""

    new: dict[Contest, list[Row]] = field(default_factory=dict)
    same: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def number(self) -> int:
        """How many candidates are new."""
        return sum(map(len, self.new.values()))


def plan_candidates(preparation: Preparation, rows: Sequence[Row]) -> CandidatePlan:
    """What ``rows`` (by ``CANDIDATE_COLUMNS``) would do. Nothing is changed."""
    plan = CandidatePlan()
    contests = list(
        Contest.objects.filter(preparation=preparation, status=Contest.Status.ADOPTED)
        .select_related("unit", "office")
        .prefetch_related("candidates")
    )
    places = _Places(contests)
    shut = _ballot_opened(preparation)
    there = {(one.pk, same_name(c.name)): c.slate for one in contests for c in one.candidates.all()}
    seen: dict[tuple[int, str], int] = {}
    for row in rows:
        number = int(row["row"])
        contest, fault = places.at(number, row["unit"])
        _address, wrong = address_of(number, row.get("email", ""))
        faults = [one for one in (fault, wrong) if one]
        name = plain(row["name"])
        if not name:
            faults.append(Fault(number, "name", _("nothing is there"), _("Fill it in, or take the row out.")))
        if contest is None or faults:
            plan.faults += faults
            continue
        who = (contest.pk, same_name(name))
        if who in seen:
            says = _("they are in row %(row)s already") % {"row": seen[who]}
            plan.faults.append(Fault(number, "name", says, _("Take one out, or add what tells them apart.")))
        elif who in there and there[who] == plain(row.get("slate", ""), longest=100):
            plan.same += 1
        elif who in there:
            says = _("they stand there already, on the slate “%(slate)s”") % {"slate": there[who]}
            plan.faults.append(Fault(number, "slate", says, _("Change it on the page of the contest.")))
        elif contest.pk in shut:
            plan.faults.append(Fault(number, "unit", _("the ballot there has opened"), _("Take the row out.")))
        else:
            plan.new.setdefault(contest, []).append({**row, "name": name})
        seen[who] = number
    del plan.faults[MAX_FAULTS:]
    return plan


def _ballot_opened(preparation: Preparation) -> set[int]:
    states = StageState.objects.filter(contest__preparation=preparation).exclude(status=StageState.Status.WAITING)
    ballots: dict[str, set[str]] = {}
    found = set()
    for pk, stage, text in states.values_list("contest", "stage", "contest__rulebook_id"):
        if text not in ballots:
            rules = Contest.objects.get(pk=pk).rulebook
            ballots[text] = {one.id for one in rules.stage if isinstance(one, BallotStage)}
        if stage in ballots[text]:
            found.add(pk)
    return found


@act(OFFICER, silent=True)
def import_candidates(
    entry: Entry, contest: None, *, preparation: str, rows: list[dict[str, str]], evidence: str
) -> int:
    """Enter candidates in many contests from a table; ``evidence``: where their consents are kept.

    Where the rulebook has no nominations that decide, they are on the paper; else nominations decide.
    """
    found = preparation_of(preparation)
    if not plain(evidence, longest=500):
        raise RefusedError(_("say where the consents of the candidates are kept"), field="evidence")
    plan = plan_candidates(found, rows)
    if plan.faults:
        raise RefusedError(str(plan.faults[0]), field="file")
    users = users_for([(row["email"], row["name"]) for new in plan.new.values() for row in new if row.get("email")])
    people = _known_people(list(plan.new))
    new_people: list[Person] = []
    made: list[Candidate] = []
    taken = set(Person.objects.values_list("slug", flat=True))
    for one, new in plan.new.items():
        made += _candidates(one, new, entry, users, people, new_people, taken)
    Person.objects.bulk_create(new_people, batch_size=MANY)
    Candidate.objects.bulk_create(made, batch_size=MANY)
    entry.details = {"preparation": preparation, "new": plan.number, "evidence": plain(evidence, longest=500)}
    entry.details["hash"] = sha256(canonical(rows))
    by_contest = {one: [row["name"] for row in new] for one, new in plan.new.items()}
    write_many(
        "import_candidates",
        [(log_of(one), own(entry, {"names": names, "evidence": evidence})) for one, names in by_contest.items()],
    )
    return plan.number


def _known_people(contests: Sequence[Contest]) -> dict[tuple[int, str], Person]:
    """People who held an office or stood for it before, by the office's number and their name."""
    offices = [one.office_id for one in contests]
    found: dict[tuple[int, str], Person] = {}
    for start in range(0, len(offices), MANY):
        batch = offices[start : start + MANY]
        for candidate in Candidate.objects.filter(contest__office__in=batch).select_related("person", "contest"):
            found[candidate.contest.office_id, same_name(candidate.name)] = candidate.person
        for tenure in Tenure.objects.filter(office__in=batch).select_related("person"):
            found[tenure.office_id, same_name(tenure.person.name)] = tenure.person
    return found


def _candidates(
    contest: Contest,
    rows: Sequence[Row],
    entry: Entry,
    users: dict[str, User],
    people: dict[tuple[int, str], Person],
    new_people: list[Person],
    taken: set[str],
) -> list[Candidate]:
    decides = any(isinstance(one, NominationStage) and one.effect != "none" for one in contest.rulebook.stage)
    status = Candidate.Status.CONSENTED if decides else Candidate.Status.STANDING
    there = list(contest.candidates.all())
    keys = {*(one.key for one in there), "for", "against", REOPEN, "reopen", TOTAL, *ROLL}
    standing = {one.person_id for one in there}
    made = []
    for number, row in enumerate(rows, len(there) + 1):
        person = people.get((contest.office_id, same_name(row["name"])))
        if person is not None and person.pk in standing:
            raise RefusedError(
                _("%(name)s stands in %(contest)s already, under another name on the paper")
                % {"name": row["name"], "contest": contest.title},
                field="file",
            )
        if person is None:
            person = Person(
                name=row["name"], slug=slug_for(row["name"], taken.__contains__), email=row.get("email", "")
            )
            taken.add(person.slug)
            new_people.append(person)
        key = slug_for(same_name(row["name"]).split()[-1], keys.__contains__)
        keys.add(key)
        made.append(
            Candidate(
                contest=contest,
                person=person,
                user=users.get(row.get("email", "").lower()) if row.get("email") else None,
                key=key,
                name=row["name"],
                slate=plain(row.get("slate", ""), longest=100),
                statement=row.get("statement", "").replace("\r\n", "\n").strip() or NO_STATEMENT,
                status=status,
                consented=entry.at,
                order=number,
            )
        )
    return made


def unsigned(preparation: Preparation) -> list[Candidate]:
    """Candidates on the paper who sign in nowhere, and whose entry nobody has signed off as it stands.

    Those who can sign in do it themselves, as in a single contest.
    """
    standing = Candidate.objects.filter(
        contest__preparation=preparation,
        contest__status=Contest.Status.ADOPTED,
        status=Candidate.Status.STANDING,
        user=None,
    )
    standing = standing.select_related("contest__unit").order_by("contest__unit__path", "order")
    return [one for one in standing if not one.signed_off or one.signed_hash != paper.entry_hash(one)]


def _signed(contest: None, *, preparation: str, evidence: str) -> dict[str, str]:
    """The entries that are signed off: what somebody writes anew meanwhile, nobody has signed."""
    entries = [f"{one.pk} {paper.entry_hash(one)}" for one in unsigned(preparation_of(preparation))]
    return {"entries": sha256("\n".join(entries).encode())}


@act(
    OFFICER,
    two=True,
    basis=_signed,
    says=lambda contest, preparation, evidence: (
        _("enter the written sign-offs of %(number)s candidates, kept at: %(evidence)s")
        % {"number": len(unsigned(preparation_of(preparation))), "evidence": evidence}
    ),
)
def record_sign_offs(entry: Entry, contest: None, *, preparation: str, evidence: str) -> int:
    """Enter that every candidate on the papers has signed off their entry in writing; two officials have seen it."""
    found = preparation_of(preparation)
    if not plain(evidence, longest=500):
        raise RefusedError(_("say where the signed entries are kept"), field="evidence")
    people = unsigned(found)
    if not people:
        raise RefusedError(_("everybody has signed off already"))
    if rehearsed(entry):
        return len(people)
    by_contest: dict[Contest, list[str]] = {}
    for one in people:
        one.signed_off, one.signed_hash = entry.at, paper.entry_hash(one)
        by_contest.setdefault(one.contest, []).append(one.key)
    Candidate.objects.bulk_update(people, ["signed_off", "signed_hash"], batch_size=MANY)
    details = {"evidence": plain(evidence, longest=500)}
    write_many(
        "record_sign_offs",
        [(log_of(one), own(entry, {**details, "candidates": keys})) for one, keys in by_contest.items()],
    )
    return len(people)


# -- papers --------------------------------------------------------------------------------------------------------


def papers(preparation: Preparation, stage: str) -> dict[Contest, str]:
    """The hash of the paper in every contest in which the ballot waits to be opened."""
    waiting = Contest.objects.filter(
        preparation=preparation,
        status=Contest.Status.ADOPTED,
        stages__stage=stage,
        stages__status=StageState.Status.WAITING,
    )
    return {one: paper.paper_hash(one, stage) for one in waiting.select_related("unit").order_by("unit__path")}


def all_papers_hash(hashes: Iterable[str]) -> str:
    """One hash for many papers: what somebody says they have looked at."""
    return sha256("\n".join(hashes).encode())


@act(OFFICER, Role.REGISTRAR, Role.SCRUTINEER)
def preview_together(entry: Entry, contest: None, *, preparation: str, stage: str, seen: str) -> int:
    """Say that one has looked at the papers of all contests as they will be, and that they are right."""
    found = papers(preparation_of(preparation), stage)
    if not found:
        raise RefusedError(_("no ballot of these waits to be opened"), field="stage")
    if seen != all_papers_hash(found.values()):
        raise RefusedError(_("a paper has changed since you looked at them: look again"))
    looked = set(
        PaperPreview.objects.filter(by=entry.by, contest__preparation__slug=preparation).values_list(
            "contest", "paper_hash"
        )
    )
    new = {one: digest for one, digest in found.items() if (one.pk, digest) not in looked}
    if not new:
        raise RefusedError(_("you have confirmed these papers already"))
    PaperPreview.objects.bulk_create(
        [PaperPreview(contest=one, by=entry.by, paper_hash=digest) for one, digest in new.items()], batch_size=MANY
    )
    write_many(
        "confirm_preview", [(log_of(one), own(entry, {"stage": stage, "seen": digest})) for one, digest in new.items()]
    )
    return len(new)


# -- figures -------------------------------------------------------------------------------------------------------


@dataclass
class FigurePlan:
    """What a table of figures gives each contest: votes and roll by segment; faults."""

    figures: dict[Contest, dict[str, dict[str, dict[str, int]]]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def plan_figures(preparation: Preparation, stage: str, rows: Sequence[Row]) -> FigurePlan:
    """What ``rows`` (by ``FIGURE_COLUMNS``) say. Beside candidates a row may name a figure of the roll (``ROLL``).

    Whether another official has taken in the same is not looked at, so that neither sees the other's.
    """
    plan = FigurePlan()
    contests = list(
        Contest.objects.filter(
            preparation=preparation,
            status=Contest.Status.ADOPTED,
            stages__stage=stage,
            stages__status=StageState.Status.CLOSED,
        )
        .select_related("unit", "office")
        .prefetch_related("candidates")
    )
    places = _Places(contests)
    names = {one.pk: _names(one, stage) for one in contests}
    first: dict[Contest, int] = {}
    for row in rows:
        number = int(row["row"])
        contest, fault = places.at(number, row["unit"])
        if contest is None:
            says = _("no ballot is closed there, or there is no such unit")
            plan.faults.append(Fault(number, "unit", fault.says if not contests else says, fault.todo))
            continue
        first.setdefault(contest, number)
        if fault := _take(plan, contest, stage, names[contest.pk], number, row):
            plan.faults.append(fault)
    for contest, number in first.items():
        plan.faults += _incomplete(plan, contest, stage, names[contest.pk], number)
    del plan.faults[MAX_FAULTS:]
    return plan


def _names(contest: Contest, stage: str) -> dict[str, str]:
    """The key of a candidate by whatever a table may call them."""
    found = {}
    for one in contest.candidates.all():
        if one.status == Candidate.Status.STANDING:
            found[same_name(one.name)] = found[one.key] = one.key
    if getattr(contest.rulebook.stage_named(stage), "reopen_nominations", False):
        found[REOPEN] = found[same_name("re-open nominations")] = REOPEN
    return found


def _take(plan: FigurePlan, contest: Contest, stage: str, names: dict[str, str], number: int, row: Row) -> Fault | None:
    """Put one row into the plan, or say what is wrong with it."""
    sections = sections_of(contest.rulebook.stage_named(stage))
    who = names.get(row["candidate"]) or names.get(same_name(row["candidate"]))
    figure = same_name(row["candidate"]).replace(" ", "_")
    votes = whole(row["votes"])
    if votes is None or votes > MAX_VOTES:
        return Fault(number, "votes", _("this is no whole number"), _("Write it as 12345."))
    if who is None and figure not in ROLL:
        says = _("nobody called “%(name)s” stands there") % {"name": row["candidate"]}
        return Fault(number, "candidate", says, _("Write the name as on the paper, or one of: ") + ", ".join(ROLL))
    segment = row.get("segment") or (sections[0] if who and len(sections) == 1 else TOTAL)
    if segment not in (*sections, *([] if who else [TOTAL])):
        says = _("there is no segment “%(name)s”") % {"name": segment}
        return Fault(number, "segment", says, _("It is one of: ") + ", ".join(sections))
    tables = plan.figures.setdefault(contest, {"votes": {}, "roll": {}})
    table = tables["votes" if who else "roll"].setdefault(segment, {})
    if (who or figure) in table:
        return Fault(number, "candidate", _("this figure is there already"), _("Take one of the two rows out."))
    table[who or figure] = votes
    return None


def _incomplete(plan: FigurePlan, contest: Contest, stage: str, names: dict[str, str], number: int) -> list[Fault]:
    votes = plan.figures.get(contest, {"votes": {}})["votes"]
    faults = []
    for section in sections_of(contest.rulebook.stage_named(stage)):
        missing = sorted(set(names.values()) - set(votes.get(section, {})))
        if missing:
            says = _("%(unit)s: no votes (%(segment)s) for %(names)s") % {
                "unit": contest.unit.name,
                "segment": section,
                "names": ", ".join(missing),
            }
            faults.append(Fault(number, "candidate", says, _("Give everybody's votes, 0 where there are none.")))
    return faults


@act(OFFICER, Role.REGISTRAR, silent=True)
def enter_figures_together(
    entry: Entry, contest: None, *, preparation: str, stage: str, rows: list[dict[str, str]]
) -> Outcome:
    """Take in the figures of many contests; those of a contest count once a second official has taken in the same.

    Contests on whose figures two officials agree already are told of and stay as they are.
    """
    found = preparation_of(preparation)
    plan = plan_figures(found, stage, rows)
    if plan.faults:
        raise RefusedError(str(plan.faults[0]), field="file")
    closed = {one.pk: one for one in with_stage(found, stage, StageState.Status.CLOSED)}
    figures = {closed[one.pk]: tables for one, tables in plan.figures.items()}
    outcome = on_each(entry, figures, "enter_figures", lambda one: {"stage": stage, **figures[one]})
    entry.details = {"preparation": preparation, "stage": stage, "hash": sha256(canonical(rows))}
    return _noted(entry, outcome)


@dataclass(frozen=True)
class Waiting:
    """A contest that is not declared: how many officials have taken in figures, and whether two agree."""

    contest: Contest
    officials: int
    agreed: bool


def waiting(preparation: Preparation) -> list[Waiting]:
    """Every contest under way, with what is there of the figures of its last ballot."""
    contests = Contest.objects.filter(preparation=preparation, status=Contest.Status.ADOPTED).defer("about")
    first = contests.first()
    if first is None:
        return []
    last = [one.id for one in first.rulebook.stage if isinstance(one, BallotStage)][-1]
    here = Q(figures__stage=last, figures__replaced=None)
    rows = contests.select_related("unit").order_by("unit__path").defer("rulebook_text", "unit__parent")
    rows = rows.annotate(
        officials=Count("figures__by", filter=here, distinct=True),
        agreeing=Count("figures__by", filter=here & Q(figures__agreed__isnull=False), distinct=True),
    )
    return [Waiting(one, one.officials, one.agreeing >= 2) for one in rows]


def _declared_from(contest: None, *, preparation: str, contests: list[int]) -> dict[str, str]:
    """What the results rest on, in a few statements: figures (an entry never changes), people, rounds, lots."""
    chosen: list[Any] = []
    for start in range(0, len(contests), MANY):
        here = {"contest__in": contests[start : start + MANY]}
        figures = FiguresEntry.objects.filter(**here, replaced=None, agreed__isnull=False)
        people = Candidate.objects.filter(**here).order_by("pk")
        chosen += [
            list(figures.order_by("pk").values_list("pk", flat=True)),
            [list(row) for row in people.values_list("pk", "name", "status", "slate")],
            [list(row) for row in RoundEvent.objects.filter(**here).order_by("pk").values_list("pk", "data")],
            list(Draw.objects.filter(**here, drawn__isnull=False).order_by("pk").values_list("pk", flat=True)),
        ]
    return {"from": sha256(canonical(chosen))}


@act(
    OFFICER,
    two=True,
    basis=_declared_from,
    says=lambda contest, preparation, contests: (
        _("declare the results of %(number)s contests of %(name)s")
        % {"number": len(contests), "name": preparation_of(preparation).name}
    ),
)
def declare_together(entry: Entry, contest: None, *, preparation: str, contests: list[int]) -> Outcome:
    """Declare the results of the contests that are complete, by two officials; ``contests``: their numbers.

    One that cannot be declared (a tie that no rule breaks) is told of and stays; the others are declared.
    """
    found = preparation_of(preparation)
    ready = {one.contest.pk for one in waiting(found) if one.agreed}
    if not contests or set(contests) - ready:
        raise RefusedError(_("there is nothing to declare, or a contest among them has no agreed figures"))
    if rehearsed(entry):  # two officials agree on the figures: counting them waits for the second
        return Outcome((), ())
    chosen = set(contests)
    rows = [one for one in contests_of(found, Contest.Status.ADOPTED) if one.pk in chosen]
    return _noted(entry, on_each(entry, rows, "declare_result"))


# -- tenures -------------------------------------------------------------------------------------------------------


@act(OFFICER)
def take_office_together(entry: Entry, contest: None, *, preparation: str, on: str) -> Outcome:
    """Let those who were elected hold their offices from a day on; whoever held one and was not re-elected goes.

    Somebody who was re-elected begins another term. Contests of whose elected some hold the office already by the
    contest are passed over.
    """
    found = preparation_of(preparation)
    day = _day(on, "on")
    declared = contests_of(found, Contest.Status.DECLARED).filter(office__isnull=False)
    rows = list(declared.exclude(tenures__isnull=False).select_related("declaration").prefetch_related("candidates"))
    done, refused, ending, beginning, entries = [], [], [], [], []
    tenures = _tenures([one.office_id for one in rows])
    for one in rows:
        declared_on = timezone.localtime(one.declared, timetable.zone()).date()
        if day < declared_on:
            refused.append((one, _("it was declared only on %(day)s") % {"day": declared_on}))
            continue
        elected = [c for c in one.candidates.all() if c.key in set(one.declaration.data.get("elected") or ())]
        ends, begins, why = _handover(one, elected, tenures.get(one.office_id, []), day)
        if why:
            refused.append((one, why))
            continue
        ending += ends
        beginning += begins
        done.append(one)
        details = {"on": on, "began": [t.person.name for t in begins], "ended": [t.person.name for t in ends]}
        entries.append((log_of(one), own(entry, details)))
    if not done:
        raise RefusedError(refused[0][1] if refused else _("nobody was elected who does not hold their office already"))
    Tenure.objects.bulk_update(ending, ["ended", "ended_how"], batch_size=MANY)
    Tenure.objects.bulk_create(beginning, batch_size=MANY)
    write_many("take_office", entries)
    return _noted(entry, Outcome(tuple(done), tuple(refused)))


def _tenures(offices: Sequence[int]) -> dict[int, list[Tenure]]:
    found: dict[int, list[Tenure]] = {}
    for start in range(0, len(offices), MANY):
        for tenure in Tenure.objects.filter(office__in=offices[start : start + MANY]).select_related("person"):
            found.setdefault(tenure.office_id, []).append(tenure)
    return found


def _handover(
    contest: Contest, elected: Sequence[Candidate], tenures: Sequence[Tenure], day: Any
) -> tuple[list[Tenure], list[Tenure], str]:
    """The tenures that end and that begin with a contest, or why they cannot.

    Where the contest fills every place, all who hold one go; where it fills a vacancy, nobody but those who act.
    """
    running = [one for one in tenures if one.began <= day and (one.ended is None or one.ended > day)]
    if any(one.began > day for one in tenures):
        return [], [], _("somebody is entered as holding it from a later day")
    won = {one.person_id for one in elected}
    fills = contest.occasion != Contest.Occasion.VACANCY or len(elected) >= contest.office.places
    ends = [one for one in running if fills or one.began_how == Tenure.Began.ACTING or one.person_id in won]
    begins = [
        Tenure(
            office=contest.office,
            person=one.person,
            began=day,
            began_how=Tenure.Began.ELECTED,
            slate=one.slate,
            contest=contest,
        )
        for one in elected
    ]
    staying = [one for one in running if one not in ends]
    if len(begins) + most_at_once(staying, day, None) > contest.office.places:
        return [], [], _("there are not so many places free")
    if any(one.began == day for one in ends):
        return [], [], _("somebody began to hold it on that day")
    for one in ends:
        one.ended = day
        one.ended_how = Tenure.Ended.TERM if one.person_id in won else Tenure.Ended.REPLACED
        if one.began_how == Tenure.Began.ACTING:
            one.ended_how = Tenure.Ended.TERM
    return ends, begins, ""
