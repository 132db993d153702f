"""What was said of a result, entered by an official, to be held to the figures on every measure it could mean."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from ... import mandate
from ...errors import InputError, RefusedError
from .. import published
from ..documents import case_of, with_claims
from ..models import Contest, Role
from ..slugs import plain
from .core import Entry, act

OFFICER = Role.RETURNING_OFFICER
MOST_CLAIMS = 20
"""Of one contest: a page that is read."""
ALONE = "all"
"""A claim that is beside nothing: in all segments there are."""
IS = ("higher than", "lower than", "equal to", "at least", ALONE)


@act(OFFICER)
def enter_claim(
    entry: Entry,
    contest: Contest,
    *,
    quote: str,
    said_by: str,
    measures: list[str],
    comparison: str,
    than: str = "",
    each: bool = False,
    verdict: str = "",
) -> dict[str, Any]:
    """Enter something that was said of a result that is declared, and what it could mean.

    ``comparison``: one of ``IS``. ``than``: an earlier contest of the office or of the gallery, or a whole number.
    ``each``: in every segment. ``verdict``: what should be said of it beside the figures.
    """
    _declared(contest)
    if len(contest.claims) >= MOST_CLAIMS:
        raise RefusedError(_("there are as many claims as fit on a page"))
    if comparison not in IS:
        raise RefusedError(_("say what is claimed of it"), field="comparison")
    if not measures or set(measures) - set(mandate.MEASURES):
        raise RefusedError(_("say by what it could be measured"), field="measures")
    reading: dict[str, Any] = {"measures": measures, "is": comparison}
    if comparison != ALONE:
        reading["than"] = int(than) if than.isdecimal() and than.isascii() else than
    if each:
        reading["in"] = "every segment"
    claim: dict[str, Any] = {"quote": plain(quote, longest=300), "by": plain(said_by), "reading": [reading]}
    if not claim["quote"] or not claim["by"]:
        raise RefusedError(_("say what was said, and by whom"), field="quote")
    if plain(verdict):
        claim["verdict"] = plain(verdict, longest=500)
    contest.claims = [*contest.claims, claim]
    try:
        mandate.check_claims(case_of(contest, with_claims(contest)), published.load_case)
    except InputError as fault:
        raise RefusedError(_("this cannot be held to the figures: %(why)s") % {"why": fault}, field="than") from None
    contest.save(update_fields=["claims"])
    return claim


@act(OFFICER)
def withdraw_claim(entry: Entry, contest: Contest, *, number: int) -> None:
    """Take a claim off the page again. ``number``: from 1."""
    _declared(contest)
    if not 1 <= number <= len(contest.claims):
        raise RefusedError(_("there is no such claim"))
    entry.details["quote"] = contest.claims[number - 1]["quote"]
    contest.claims = [claim for place, claim in enumerate(contest.claims, 1) if place != number]
    contest.save(update_fields=["claims"])


def _declared(contest: Contest) -> None:
    if contest.status not in (Contest.Status.DECLARED, Contest.Status.CLOSED):
        raise RefusedError(_("claims are about a result: it is not declared yet"))
