"""How an act is done: authorised, locked, entered in its log, all in one transaction."""

from __future__ import annotations

import functools
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ...errors import RefusedError
from ..access import roles_of
from ..models import Act, Contest, Log, Proposal, User
from ..models.acts import GENESIS, canonical
from ..moment import now

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


ACTS: dict[str, Definition] = {}
"""Every kind of act, by its name; tests and the page of scrutineers walk it."""


def log_of(contest: Contest | None) -> str:
    """The name of the log in which acts on a contest, or on the organisation, stand."""
    return f"contest:{contest.pk}" if contest is not None else "organisation"


def act(
    *roles: str,
    two: bool = False,
    seconds: tuple[str, ...] | None = None,
    says: Callable[..., str] | None = None,
    log: Callable[[Contest | None], str] = log_of,
    silent: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make an act of a function ``(entry, contest or None, **given)``; called as ``(user, contest or None, **given)``.

    ``says``: for an act of two, what is proposed, in a sentence, from ``(contest, **given)``. ``log``: in which log it
    is entered. ``silent``: what is given stays out of the log's details too (long texts, files); the act enters what
    matters itself.
    """
    names = tuple(str(getattr(role, "value", role)) for role in roles)
    confirmers = tuple(str(getattr(role, "value", role)) for role in (seconds or roles))

    def made(function: Callable[..., Any]) -> Callable[..., Any]:
        kind = function.__name__
        ACTS[kind] = Definition(kind, function, names, two, confirmers, says, log, silent)

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


def _do(
    definition: Definition,
    by: User | None,
    contest: Contest | None,
    given: dict[str, Any],
    first: tuple[User, str] | None = None,
) -> Any:
    with transaction.atomic():
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
        write(definition.log(subject), definition.kind, entry)
        return result


def write(log_name: str, kind: str, entry: Entry) -> Act:
    """Enter an act in a log; inside the transaction of the act, which the log's row then serialises."""
    Log.objects.get_or_create(name=log_name)
    log = Log.objects.select_for_update().get(name=log_name)
    salt = secrets.token_bytes(32)
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
        salt=salt.hex(),
        previous=log.head,
    )
    made.commitment = made.computed_commitment()
    made.hash = made.computed_hash()
    made.save(force_insert=True)
    log.height, log.head = made.number, made.hash
    log.save(update_fields=["height", "head"])
    return made


# -- acts of two -------------------------------------------------------------------------------------------------


def _propose(definition: Definition, by: User | None, contest: Contest | None, given: dict[str, Any]) -> Proposal:
    with transaction.atomic():
        _authorised(definition, by, contest, definition.roles)
        # A value of its own: what the rehearsal changes in it is as little kept as what it writes.
        contest = Contest.objects.get(pk=contest.pk) if contest is not None else None
        # Done once to see that it can be, and undone: a second official is not asked for what would be refused.
        point = transaction.savepoint()
        rehearsal = Entry(by, definition.roles[0], by, "", now())
        try:
            definition.does(rehearsal, contest, **given)
        finally:
            transaction.savepoint_rollback(point)
        says = definition.says(contest, **given) if definition.says else definition.kind.replace("_", " ")
        return Proposal.objects.create(kind=definition.kind, contest=contest, payload=given, says=says, by=by)


def confirm(by: User, proposal: Proposal) -> Any:
    """Do what was proposed, as its second official. Raises RefusedError for the first one, or if it cannot be done."""
    with transaction.atomic():
        proposal = _open(proposal)
        if proposal.by_id == by.pk:
            raise RefusedError(_("a second official has to confirm this: you proposed it yourself"))
        definition = ACTS[proposal.kind]
        first = _authorised(definition, proposal.by, proposal.contest, definition.roles)
        result = _do(definition, by, proposal.contest, proposal.payload, first=(proposal.by, first))
        _decided(proposal, by, Proposal.Status.DONE)
        return result


def refuse(by: User, proposal: Proposal) -> None:
    """Refuse what was proposed, as somebody who could have confirmed it."""
    with transaction.atomic():
        proposal = _open(proposal)
        definition = ACTS[proposal.kind]
        role = _authorised(definition, by, proposal.contest, definition.seconds)
        _decided(proposal, by, Proposal.Status.REFUSED)
        entry = Entry(by, role, None, "", now(), {"proposal": proposal.pk, "what": proposal.says})
        write(definition.log(proposal.contest), "refuse_proposal", entry)


def withdraw_proposal(by: User, proposal: Proposal) -> None:
    """Take back one's own proposal."""
    with transaction.atomic():
        proposal = _open(proposal)
        if proposal.by_id != by.pk:
            raise RefusedError(_("only who proposed it can take it back"))
        _decided(proposal, by, Proposal.Status.WITHDRAWN)


def _open(proposal: Proposal) -> Proposal:
    found = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if found.status != Proposal.Status.OPEN:
        raise RefusedError(_("this has been decided already"))
    return found


def _decided(proposal: Proposal, by: User, status: str) -> None:
    proposal.second, proposal.status, proposal.decided = by, status, now()
    proposal.save(update_fields=["second", "status", "decided"])


# -- checking ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LogFault:
    """An entry of a log that does not hold: its number, and what is wrong with it."""

    number: int
    says: str


def verify_log(log: Log) -> list[LogFault]:
    """Everything that is wrong with a log: numbers, chain, hashes, commitments, head. Nothing, for a whole one."""
    faults, previous, number = [], GENESIS, 0
    for entry in log.acts.order_by("number").iterator():
        number += 1
        if entry.number != number:
            faults.append(LogFault(entry.number, _("an entry is missing before it")))
            number = entry.number
        if entry.previous != previous:
            faults.append(LogFault(entry.number, _("it does not follow the entry before it")))
        if entry.hash != entry.computed_hash():
            faults.append(LogFault(entry.number, _("it was changed after it was written")))
        if entry.salt and entry.commitment != entry.computed_commitment():
            faults.append(LogFault(entry.number, _("its details were changed after it was written")))
        previous = entry.hash
    if log.head != previous or log.height != number:
        faults.append(LogFault(log.height, _("the end of the log is missing")))
    return faults


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
    "refuse",
    "sha256",
    "verify_log",
    "withdraw_proposal",
    "write",
]
