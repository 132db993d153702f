"""How an act is done: authorised, locked, entered in its log, all in one transaction."""

from __future__ import annotations

import functools
import hashlib
import importlib
import logging
import pkgutil
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from ...contest.published_log import LogFault, verify_published
from ...errors import RefusedError
from ..access import roles_of
from ..models import Act, Contest, Log, Proposal, User
from ..models.acts import PROPOSAL_LASTS, canonical
from ..moment import now
from . import fixing

logger = logging.getLogger(__name__)
MANY = 200
"""Rows of one statement, where many are written at once: databases bound the number of values in one."""
CLOCK = "clock"
"""The role under which the site does by itself what the timetable says."""


@dataclass
class Entry:
    """What an act knows of itself: who does it, as what, when; ``details`` go into the log, under a commitment."""

    by: User | None
    role: str
    second: User | None
    second_role: str
    at: datetime
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Definition:
    """One kind of act. ``roles``: who may do it, the first that fits is entered; ``seconds``: who may confirm it."""

    kind: str
    does: Callable[..., Any]
    roles: tuple[str, ...]
    two: bool
    seconds: tuple[str, ...]
    says: Callable[..., str] | None
    log: Callable[[Contest | None], str]
    silent: bool
    basis: Callable[..., dict[str, Any]]


ACTS: dict[str, Definition] = {}
"""Every kind of act, by its name; tests and the page of scrutineers walk it."""


def log_of(contest: Contest | None) -> str:
    """The name of the log in which acts on a contest, or on the organisation, stand."""
    return f"contest:{contest.pk}" if contest is not None else "organisation"


def definition_of(kind: str) -> Definition:
    """The kind of act of that name. Raises RefusedError where there is none (any more)."""
    if kind not in ACTS:
        # A command may come here before any page has loaded the module that defines it.
        package = importlib.import_module(__package__)
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{__package__}.{module.name}")
    if kind not in ACTS:
        raise RefusedError(_("there is no such act"))
    return ACTS[kind]


def standing(contest: Contest | None, **given: Any) -> dict[str, Any]:
    """What an act of two rests on unless it says otherwise: where the contest stands."""
    return {"status": contest.status} if contest is not None else {}


def act(
    *roles: str,
    two: bool = False,
    seconds: tuple[str, ...] | None = None,
    says: Callable[..., str] | None = None,
    log: Callable[[Contest | None], str] = log_of,
    silent: bool = False,
    basis: Callable[..., dict[str, Any]] = standing,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make an act of a function ``(entry, contest or None, **given)``; called as ``(user, contest or None, **given)``.

    ``says``: for an act of two, what is proposed, in a sentence, from ``(contest, **given)``. ``log``: in which log it
    is entered. ``silent``: what is given stays out of the log's details too (long texts, files); the act enters what
    matters itself. ``basis``: for an act of two, what it rests on, as JSON, from ``(contest, **given)``; if that has
    changed when the second official comes, what they would confirm is not what was proposed.
    """
    names = tuple(str(getattr(role, "value", role)) for role in roles)
    confirmers = tuple(str(getattr(role, "value", role)) for role in (seconds or roles))

    def made(function: Callable[..., Any]) -> Callable[..., Any]:
        kind = function.__name__
        ACTS[kind] = Definition(kind, function, names, two, confirmers, says, log, silent, basis)

        @functools.wraps(function)
        def perform(by: User | None, contest: Contest | None = None, **given: Any) -> Any:
            return _propose(ACTS[kind], by, contest, given) if two else _do(ACTS[kind], by, contest, given)

        return perform

    return made


def _authorised(definition: Definition, by: User | None, contest: Contest | None, roles: tuple[str, ...]) -> str:
    if by is None:
        if CLOCK in roles:
            return CLOCK
        raise RefusedError(_("nobody is signed in"))
    having = roles_of(by, contest)
    for role in roles:
        if role in having or role == "signed-in":
            return role
    raise RefusedError(_("you may not do this: it is for another role"), hint=", ".join(roles))


@contextmanager
def _together(kind: str) -> Iterator[None]:
    """One transaction; what the database itself does not let stand, as something done by two at once, is refused."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as fault:
        # PostgreSQL tells the values that stand against one another, which may be a person's: only the rule's name.
        diagnosis = getattr(fault.__cause__, "diag", None)
        rule = diagnosis.constraint_name if diagnosis is not None else str(fault)
        logger.warning("the database refused the act %s: %s", kind, rule)
        raise RefusedError(_("somebody else has just done something that stands against this: look again")) from None


def _do(
    definition: Definition,
    by: User | None,
    contest: Contest | None,
    given: dict[str, Any],
    first: tuple[User, str] | None = None,
) -> Any:
    with _together(definition.kind):
        if contest is not None:
            contest = Contest.objects.select_for_update().get(pk=contest.pk)
        if first is None:
            entry = Entry(by, _authorised(definition, by, contest, definition.roles), None, "", now())
        else:
            second_role = _authorised(definition, by, contest, definition.seconds)
            entry = Entry(first[0], first[1], by, second_role, now())
        if not definition.silent:
            entry.details = dict(given)
        result = definition.does(entry, contest, **given)
        subject = contest if contest is not None else (result if isinstance(result, Contest) else None)
        made = write(definition.log(subject), definition.kind, entry)
        fixing.say(made, subject, entry)
        return result


def write(log_name: str, kind: str, entry: Entry) -> Act:
    """Enter an act in a log; inside the transaction of the act, which the log's row then serialises."""
    Log.objects.get_or_create(name=log_name)
    log = Log.objects.select_for_update().get(name=log_name)
    made = next_entry(log, kind, entry)
    made.save(force_insert=True)
    log.height, log.head = made.number, made.hash
    log.save(update_fields=["height", "head"])
    return made


def next_entry(log: Log, kind: str, entry: Entry) -> Act:
    """The next entry of ``log``, not saved; the log's height and head are left to who saves it."""
    made = Act(
        log=log,
        number=log.height + 1,
        kind=kind,
        at=entry.at,
        role=entry.role,
        second_role=entry.second_role,
        by=entry.by,
        second=entry.second,
        details={
            **entry.details,
            "by": entry.by.name if entry.by else entry.role,
            **({"second": entry.second.name} if entry.second else {}),
        },
        salt=secrets.token_bytes(32).hex(),
        previous=log.head,
    )
    made.commitment = made.computed_commitment()
    made.hash = made.computed_hash()
    return made


# -- acts of two -------------------------------------------------------------------------------------------------


def _propose(definition: Definition, by: User | None, contest: Contest | None, given: dict[str, Any]) -> Proposal:
    with _together(definition.kind):
        # A value of its own: what the rehearsal changes in it is as little kept as what it writes.
        contest = Contest.objects.select_for_update().get(pk=contest.pk) if contest is not None else None
        role = _authorised(definition, by, contest, definition.roles)
        basis = definition.basis(contest, **given)
        _not_twice(definition, contest, given, basis)
        says = definition.says(contest, **given) if definition.says else definition.kind.replace("_", " ")
        # Done once to see that it can be, and undone: a second official is not asked for what would be refused.
        rehearsal = Entry(by, role, by, "", now())
        rehearsed = Contest.objects.get(pk=contest.pk) if contest is not None else None
        with transaction.atomic():
            definition.does(rehearsal, rehearsed, **given)
            transaction.set_rollback(True)
        made = Proposal.objects.create(
            kind=definition.kind, contest=contest, payload=given, basis=basis, says=says, by=by
        )
        shown = {} if definition.silent else {"given": given}
        _enter(definition, made, "propose", by, role, {"act": definition.kind, **shown})
        return made


def _not_twice(definition: Definition, contest: Contest | None, given: dict[str, Any], basis: dict[str, Any]) -> None:
    """The same is not proposed twice: whoever finds it there confirms it. What nobody can confirm any more, is."""
    for one in Proposal.objects.filter(kind=definition.kind, contest=contest, status=Proposal.Status.OPEN):
        if one.payload == given and one.basis == basis and not one.expired:
            raise RefusedError(_("the same is proposed already, and waits for a second official"))


def confirm(by: User, proposal: Proposal) -> Any:
    """Do what was proposed, as its second official.

    Raises RefusedError for the first one, for a proposal whose time is over or whose ground has moved, or if it
    cannot be done.
    """
    with _together(proposal.kind):
        proposal, definition, contest = _open(proposal)
        if proposal.by_id == by.pk:
            raise RefusedError(_("a second official has to confirm this: you proposed it yourself"))
        _authorised(definition, by, contest, definition.seconds)
        try:
            first = _authorised(definition, proposal.by, contest, definition.roles)
        except RefusedError:
            raise RefusedError(_("who proposed it no longer holds the role for it: propose it anew")) from None
        if definition.basis(contest, **proposal.payload) != proposal.basis:
            raise RefusedError(_("things have changed since it was proposed: look again, and propose it anew"))
        result = _do(definition, by, contest, proposal.payload, first=(proposal.by, first))
        _decided(proposal, by, Proposal.Status.DONE)
        return result


def refuse(by: User, proposal: Proposal) -> None:
    """Refuse what was proposed, as somebody who could have confirmed it."""
    with transaction.atomic():
        proposal, definition, contest = _open(proposal)
        if proposal.by_id == by.pk:
            raise RefusedError(_("you proposed it yourself: take it back instead"))
        role = _authorised(definition, by, contest, definition.seconds)
        _decided(proposal, by, Proposal.Status.REFUSED)
        _enter(definition, proposal, "refuse_proposal", by, role, {"act": definition.kind, "what": proposal.says})


def withdraw_proposal(by: User, proposal: Proposal) -> None:
    """Take back one's own proposal."""
    with transaction.atomic():
        proposal, definition, contest = _open(proposal)
        if proposal.by_id != by.pk:
            raise RefusedError(_("only who proposed it can take it back"))
        role = next((role for role in definition.roles if role in roles_of(by, contest)), definition.roles[0])
        _decided(proposal, by, Proposal.Status.WITHDRAWN)
        _enter(definition, proposal, "withdraw_proposal", by, role, {"act": definition.kind})


def expire_proposals() -> int:
    """Put away proposals that cannot be confirmed any more, their time or their contest being over; how many."""
    number = 0
    over = Q(contest__isnull=False) & ~Q(contest__status__in=[Contest.Status.DRAFT, Contest.Status.ADOPTED])
    late = Q(at__lte=now() - PROPOSAL_LASTS)
    for one in Proposal.objects.filter(late | over, status=Proposal.Status.OPEN):
        with transaction.atomic():
            proposal = Proposal.objects.select_for_update().get(pk=one.pk)
            if proposal.status != Proposal.Status.OPEN:
                continue
            definition = definition_of(proposal.kind)
            _decided(proposal, None, Proposal.Status.EXPIRED)
            _enter(definition, proposal, "expire_proposal", None, CLOCK, {"act": definition.kind})
            number += 1
    return number


def _open(proposal: Proposal) -> tuple[Proposal, Definition, Contest | None]:
    """The proposal, locked, as it is now. Raises RefusedError if it does not wait for anybody any more."""
    found = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if found.status != Proposal.Status.OPEN:
        raise RefusedError(_("this has been decided already"))
    if found.expired:
        raise RefusedError(_("nobody confirmed it in time: propose it anew"))
    contest = Contest.objects.select_for_update().get(pk=found.contest_id) if found.contest_id else None
    return found, definition_of(found.kind), contest


def _decided(proposal: Proposal, by: User | None, status: str) -> None:
    proposal.second, proposal.status, proposal.decided = by, status, now()
    proposal.save(update_fields=["second", "status", "decided"])


def _enter(
    definition: Definition, proposal: Proposal, kind: str, by: User | None, role: str, details: dict[str, Any]
) -> None:
    """What became of a proposal, in the log in which its act stands."""
    entry = Entry(by, role, None, "", now(), {"proposal": proposal.pk, **details})
    write(definition.log(proposal.contest), kind, entry)


# -- checking ----------------------------------------------------------------------------------------------------


def verify_log(log: Log) -> list[LogFault]:
    """Everything that is wrong with a log: numbers, chain, hashes, commitments, head. Nothing, for a whole one.

    A log that was written anew from some entry to its end, hashes and all, is whole by itself: only who kept an older
    copy sees it (``verify_published`` with ``kept``).
    """
    faults, published = [], []
    for entry in log.acts.order_by("number", "pk").iterator():
        entry.log = log
        published.append(entry.published())
        if entry.details is None and not entry.salt:
            continue  # its personal data were deleted after their time
        if not _committed(entry):
            faults.append(LogFault(entry.number, _("its details were changed after it was written")))
    faults += verify_published(published, head=log.head)
    if log.height != len(published):
        faults.append(LogFault(log.height, _("the log says that it has %(number)s entries") % {"number": log.height}))
    return sorted(faults, key=lambda fault: fault.number)


def _committed(entry: Act) -> bool:
    """Whether the details are those that were committed to."""
    try:
        return bool(entry.salt) and entry.details is not None and entry.commitment == entry.computed_commitment()
    except ValueError:  # a salt that is not hexadecimal any more
        return False


def sha256(data: bytes) -> str:
    """The SHA-256 of ``data``, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


__all__ = [
    "ACTS",
    "CLOCK",
    "Definition",
    "Entry",
    "LogFault",
    "act",
    "canonical",
    "confirm",
    "definition_of",
    "expire_proposals",
    "next_entry",
    "refuse",
    "sha256",
    "verify_log",
    "withdraw_proposal",
    "write",
]
