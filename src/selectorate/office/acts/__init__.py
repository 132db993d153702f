"""What officials do: each act one function, which authorises, locks, changes and writes its entry in the log.

``act`` makes an act of a function::

    @act(Role.RETURNING_OFFICER)
    def adopt_contest(entry: Entry, contest: Contest) -> Contest: ...

    adopt_contest(user, contest)

An act of two is proposed by the first and done when a second official confirms it::

    @act(Role.RETURNING_OFFICER, two=True, says=lambda contest, **given: "…")
    def change_date(entry, contest, *, key, at, reason): ...

    proposal = change_date(user, contest, key=…, at=…, reason=…)
    confirm(other, proposal)

What is given to an act is JSON (texts, numbers, lists, ids), so that it can be kept, shown and logged. An act raises
RefusedError, with nothing changed, if it may not be done.
"""

from .core import ACTS, Entry, act, confirm, definition_of, expire_proposals, refuse, verify_log, withdraw_proposal

__all__ = [
    "ACTS",
    "Entry",
    "act",
    "confirm",
    "definition_of",
    "expire_proposals",
    "refuse",
    "verify_log",
    "withdraw_proposal",
]
