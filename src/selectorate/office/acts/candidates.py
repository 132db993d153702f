"""A candidate's entry: statement, picture, agents, sign-off; and the preview of the paper."""

from __future__ import annotations

from django.core.files.base import ContentFile
from django.utils.translation import gettext as _

from ...errors import RefusedError
from .. import paper
from ..access import CANDIDATE
from ..models import Agent, Candidate, Contest, PaperPreview, Role, StageState, User
from ..pictures import reencoded
from ..slugs import plain
from .core import Entry, act, sha256
from .people import user_with

OFFICER, SCRUTINEER = Role.RETURNING_OFFICER, Role.SCRUTINEER
MAX_STATEMENT = 6000
"""Characters of a statement: about two pages."""


def mine(contest: Contest, key: str, user: User | None) -> Candidate:
    """The candidate for whom somebody may act, as themselves or as an agent. Raises RefusedError."""
    found = contest.candidates.filter(key=key).first()
    acts_for = found is not None and (
        found.user_id == (user.pk if user else None) or found.agents.filter(user=user, ended=None).exists()
    )
    if found is None or not acts_for:
        raise RefusedError(_("you do not act for this candidate"))
    return found


def _changeable(contest: Contest) -> None:
    ballots = [s.id for s in contest.rulebook.stage if s.kind == "ballot"]
    if contest.stages.filter(stage__in=ballots).exclude(status=StageState.Status.WAITING).exists():
        raise RefusedError(_("the ballot has opened: entries do not change any more"))


@act(CANDIDATE, silent=True)
def write_statement(entry: Entry, contest: Contest, *, candidate: str, text: str) -> None:
    """The candidate's statement, in a small Markdown; it has to be signed off again."""
    found = mine(contest, candidate, entry.by)
    _changeable(contest)
    text = text.replace("\r\n", "\n").strip()
    if len(text) > MAX_STATEMENT:
        raise RefusedError(
            _("a statement has %(most)s characters at most, this has %(has)s")
            % {"most": MAX_STATEMENT, "has": len(text)},
            field="text",
        )
    found.statement = text
    found.save(update_fields=["statement"])
    entry.details = {"candidate": candidate, "hash": sha256(text.encode())}


@act(CANDIDATE, silent=True)
def set_picture(entry: Entry, contest: Contest, *, candidate: str, data: bytes) -> None:
    """The candidate's picture, made anew from its pixels: what a file carries besides does not come along."""
    found = mine(contest, candidate, entry.by)
    _changeable(contest)
    picture = reencoded(data)
    digest = sha256(picture)
    found.picture.save(f"{digest[:32]}.jpg", ContentFile(picture), save=False)
    found.save(update_fields=["picture"])
    entry.details = {"candidate": candidate, "hash": digest}


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


@act(OFFICER, silent=True)
def set_name(entry: Entry, contest: Contest, *, candidate: str, name: str, slate: str = "") -> None:
    """The name on the paper and the slate, until the ballot opens; the candidate has to sign off again."""
    found = contest.candidates.filter(key=candidate).first()
    if found is None or not plain(name):
        raise RefusedError(_("there is no such candidate, or no name"), field="name")
    _changeable(contest)
    entry.details = {"candidate": candidate, "before": found.name, "name": plain(name), "slate": plain(slate)}
    found.name, found.slate = plain(name), plain(slate, longest=100)
    found.save(update_fields=["name", "slate"])


@act(OFFICER)
def order_paper(entry: Entry, contest: Contest, *, order: list[str]) -> None:
    """The order of the names on the paper, until the ballot opens: all of them, each once."""
    _changeable(contest)
    people = {one.key: one for one in contest.candidates.all()}
    if sorted(order) != sorted(people):
        raise RefusedError(_("the order has every candidate once"), field="order")
    for number, key in enumerate(order, 1):
        people[key].order = number
        people[key].save(update_fields=["order"])


@act(OFFICER, Role.REGISTRAR, SCRUTINEER)
def confirm_preview(entry: Entry, contest: Contest, *, stage: str, seen: str) -> PaperPreview:
    """Say that one has looked at the paper as it will be, and that it is right."""
    if seen != paper.paper_hash(contest, stage):
        raise RefusedError(_("the paper has changed since you looked at it: look again"))
    if contest.previews.filter(by=entry.by, paper_hash=seen).exists():
        raise RefusedError(_("you have confirmed this paper already"))
    return contest.previews.create(by=entry.by, paper_hash=seen)
