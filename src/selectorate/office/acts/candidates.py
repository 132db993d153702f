"""A candidate's entry: statement, picture, agents, sign-off; and the preview of the paper."""

from __future__ import annotations

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _

from ...errors import RefusedError
from ...rules import BallotStage
from .. import markdown, paper
from ..access import CANDIDATE
from ..models import Agent, Candidate, Contest, PaperPreview, Role, StageState, User
from ..pictures import reencoded
from ..slugs import plain, same_name
from .core import Entry, act, sha256
from .people import user_with

OFFICER, SCRUTINEER = Role.RETURNING_OFFICER, Role.SCRUTINEER
MAX_STATEMENT = 6000
"""Characters of a statement: about two pages."""


def mine(contest: Contest, key: str, user: User | None) -> Candidate:
    """The candidate for whom somebody may act, as themselves or as an agent. Raises RefusedError."""
    found = contest.candidates.filter(key=key).first()
    acts_for = (
        found is not None
        and user is not None
        and (found.user_id == user.pk or found.agents.filter(user=user, ended=None).exists())
    )
    if found is None or not acts_for:
        raise RefusedError(_("you do not act for this candidate"))
    return found


def _entered_by(entry: Entry, contest: Contest, key: str) -> Candidate:
    """The candidate whose entry is changed: by who acts for them, or by an officer where they sign in nowhere."""
    if entry.role == CANDIDATE:
        return mine(contest, key, entry.by)
    found = contest.candidates.filter(key=key, user=None).first()
    if found is None:
        raise RefusedError(_("candidates who can sign in make their entry themselves"), field="candidate")
    return found


def changeable(contest: Contest) -> None:
    """Raises RefusedError once entries do not change any more: while a ballot is open, after the last, or it is over.

    A ballot that was never held (somebody was unopposed) waits for ever: what was declared must not change under it.
    """
    if contest.status not in (Contest.Status.DRAFT, Contest.Status.ADOPTED):
        raise RefusedError(_("the contest is over: entries do not change any more"))
    ballots = [s.id for s in contest.rulebook.stage if s.kind == "ballot"]
    states = contest.stages.filter(stage__in=ballots)
    waiting = states.filter(status=StageState.Status.WAITING).exists()
    if states.filter(status=StageState.Status.OPEN).exists() or (states.exists() and not waiting):
        raise RefusedError(_("the ballot has opened: entries do not change any more"))


@act(CANDIDATE, OFFICER, silent=True)
def write_statement(entry: Entry, contest: Contest, *, candidate: str, text: str, none: bool = False) -> None:
    """The candidate's statement, in a small Markdown; it has to be signed off again. ``none``: they make none."""
    found = _entered_by(entry, contest, candidate)
    changeable(contest)
    text = "" if none else text.replace("\r\n", "\n").strip()
    if len(text) > MAX_STATEMENT:
        raise RefusedError(
            _("a statement has %(most)s characters at most, this has %(has)s")
            % {"most": MAX_STATEMENT, "has": len(text)},
            field="text",
        )
    unsafe = markdown.refused(text)
    if unsafe:
        raise RefusedError(unsafe, field="text")
    found.statement, found.no_statement = text, none
    found.save(update_fields=["statement", "no_statement"])
    entry.details = {"candidate": candidate, "hash": sha256(text.encode()), "none": none}


@act(CANDIDATE, OFFICER, silent=True)
def set_picture(entry: Entry, contest: Contest, *, candidate: str, data: bytes) -> None:
    """The candidate's picture, made anew from its pixels: what a file carries besides does not come along."""
    found = _entered_by(entry, contest, candidate)
    changeable(contest)
    picture = reencoded(data)
    digest = sha256(picture)
    _forget_file(found)
    found.picture.save(f"{digest[:32]}.jpg", ContentFile(picture), save=False)
    found.save(update_fields=["picture"])
    entry.details = {"candidate": candidate, "hash": digest}


def _forget_file(candidate: Candidate) -> None:
    """Delete the file of a picture once what takes it away is kept: nothing would ever find it again to delete it."""
    name, storage = candidate.picture.name, candidate.picture.storage
    if name:
        transaction.on_commit(lambda: storage.delete(name))


@act(CANDIDATE, OFFICER)
def remove_picture(entry: Entry, contest: Contest, *, candidate: str) -> None:
    """Take the picture away, and its file with it."""
    found = _entered_by(entry, contest, candidate)
    changeable(contest)
    if not found.picture:
        raise RefusedError(_("there is no picture"))
    _forget_file(found)
    found.picture = ""
    found.save(update_fields=["picture"])


@act(CANDIDATE)
def name_agent(entry: Entry, contest: Contest, *, candidate: str, email: str, name: str) -> Agent:
    """Name somebody who acts for the candidate, as the candidate themselves."""
    found = contest.candidates.filter(key=candidate, user=entry.by).first()
    if found is None:
        raise RefusedError(_("only the candidate names agents"))
    user = user_with(email, name)
    if found.agents.filter(user=user, ended=None).exists() or user == found.user:
        raise RefusedError(_("they act for the candidate already"), field="email")
    entry.details = {"candidate": candidate, "name": user.name}
    return Agent.objects.create(candidate=found, user=user)


@act(CANDIDATE)
def end_agent(entry: Entry, contest: Contest, *, candidate: str, agent: int) -> None:
    """End an agent's power to act."""
    found = Agent.objects.filter(pk=agent, candidate__key=candidate, candidate__contest=contest, ended=None).first()
    if found is None or found.candidate.user_id != (entry.by.pk if entry.by else None):
        raise RefusedError(_("only the candidate ends an agent's power"))
    found.ended = entry.at
    found.save(update_fields=["ended"])


@act(CANDIDATE)
def sign_off(entry: Entry, contest: Contest, *, candidate: str, seen: str) -> None:
    """Sign off one's entry as it stands; ``seen``: the hash of the entry that was looked at."""
    found = mine(contest, candidate, entry.by)
    if seen != paper.entry_hash(found):
        raise RefusedError(_("the entry has changed since you looked at it: look again"))
    found.signed_off, found.signed_hash = entry.at, seen
    found.save(update_fields=["signed_off", "signed_hash"])


@act(
    OFFICER,
    two=True,
    says=lambda contest, candidate, seen, evidence: (
        _("enter that %(who)s has signed off their entry on paper: %(what)s") % {"who": candidate, "what": evidence}
    ),
)
def record_sign_off(entry: Entry, contest: Contest, *, candidate: str, seen: str, evidence: str) -> None:
    """Enter a sign-off that was given on paper, by a candidate who signs in nowhere: by two officials."""
    found = _entered_by(entry, contest, candidate)
    if not plain(evidence):
        raise RefusedError(_("say what the sign-off is, and where it is kept"), field="evidence")
    if seen != paper.entry_hash(found):
        raise RefusedError(_("the entry has changed since you looked at it: look again"))
    found.signed_off, found.signed_hash = entry.at, seen
    found.save(update_fields=["signed_off", "signed_hash"])


@act(OFFICER, silent=True)
def set_name(entry: Entry, contest: Contest, *, candidate: str, name: str, slate: str = "") -> None:
    """The name on the paper and the slate, until the ballot opens; the candidate has to sign off again."""
    found = contest.candidates.filter(key=candidate).first()
    if found is None or not plain(name):
        raise RefusedError(_("there is no such candidate, or no name"), field="name")
    if any(same_name(one.name) == same_name(name) for one in contest.candidates.exclude(pk=found.pk)):
        raise RefusedError(_("somebody of that name is there already; add what tells them apart"), field="name")
    changeable(contest)
    entry.details = {"candidate": candidate, "before": found.name, "name": plain(name), "slate": plain(slate)}
    found.name, found.slate = plain(name), plain(slate, longest=100)
    found.save(update_fields=["name", "slate"])


@act(OFFICER)
def order_paper(entry: Entry, contest: Contest, *, order: list[str]) -> None:
    """The order of the names on the paper, until the ballot opens: all of them, each once."""
    changeable(contest)
    people = {one.key: one for one in contest.candidates.all()}
    if sorted(order) != sorted(people):
        raise RefusedError(_("the order has every candidate once"), field="order")
    for number, key in enumerate(order, 1):
        people[key].order = number
        people[key].save(update_fields=["order"])


@act(OFFICER)
def order_by_name(entry: Entry, contest: Contest) -> None:
    """Put the names on the paper in the order of the alphabet, by last name, until the ballot opens."""
    changeable(contest)
    people = sorted(contest.candidates.all(), key=lambda one: (same_name(one.name).split()[-1:], same_name(one.name)))
    for number, one in enumerate(people, 1):
        contest.candidates.filter(pk=one.pk).update(order=number)
    entry.details["order"] = [one.key for one in people]


@act(OFFICER, Role.REGISTRAR, SCRUTINEER)
def confirm_preview(entry: Entry, contest: Contest, *, stage: str, seen: str) -> PaperPreview:
    """Say that one has looked at the paper as it will be, and that it is right."""
    if not isinstance(contest.rulebook.stage_named(stage), BallotStage):
        raise RefusedError(_("there is no such ballot"), field="stage")
    if seen != paper.paper_hash(contest, stage):
        raise RefusedError(_("the paper has changed since you looked at it: look again"))
    if contest.previews.filter(by=entry.by, paper_hash=seen).exists():
        raise RefusedError(_("you have confirmed this paper already"))
    return contest.previews.create(by=entry.by, paper_hash=seen)
