"""Lots that nobody can choose the outcome of: a seed that was committed to, numbers that were given after."""

from __future__ import annotations

import secrets

from django.utils.translation import gettext as _

from ...count.lot import Lot
from ...errors import RefusedError
from ...rules import BallotStage
from ..models import Candidate, Contest, Draw, Role
from ..slugs import plain, same_name
from .core import Entry, act

OFFICER, SCRUTINEER = Role.RETURNING_OFFICER, Role.SCRUTINEER
PAPER = "paper"
"""What a draw is about that puts the names on the paper in their order; others are about the ties of a stage."""
MAX_NUMBERS = 50
"""Numbers given for a draw: one of each scrutineer."""


def to_be_ordered(contest: Contest) -> list[Candidate]:
    """Those who are on the paper, by name: the order in which a draw takes them."""
    people = contest.candidates.filter(status=Candidate.Status.STANDING)
    return sorted(people, key=lambda one: (same_name(one.name), one.key))


@act(OFFICER, silent=True)
def begin_draw(entry: Entry, contest: Contest, *, about: str = PAPER) -> Draw:
    """Make a seed and publish its SHA-256; the seed itself stays hidden until the numbers are given."""
    if contest.draws.filter(about=about).exists():
        raise RefusedError(_("this draw has begun already"))
    if about != PAPER:
        stage = contest.rulebook.stage_named(about)
        if not isinstance(stage, BallotStage):
            raise RefusedError(_("there is no such ballot"), field="about")
        if contest.figures.filter(stage=about).exists():
            raise RefusedError(_("figures were taken in already: a seed made now could have been chosen for them"))
    elif not contest.candidates.filter(status=Candidate.Status.STANDING).exists():
        raise RefusedError(_("nobody stands yet: close nominations first"))
    seed = secrets.token_hex(16)
    commitment = Lot(seed).commitment()
    entry.details = {"about": about, "commitment": commitment}
    return contest.draws.create(about=about, seed=seed, commitment=commitment, begun=entry.at)


@act(
    OFFICER,
    two=True,
    seconds=(OFFICER, SCRUTINEER),
    says=lambda contest, about, numbers: (
        _("draw the lot (%(about)s) with the numbers that were given: %(numbers)s")
        % {"about": about, "numbers": ", ".join(numbers)}
    ),
)
def finish_draw(entry: Entry, contest: Contest, *, about: str, numbers: list[str]) -> Draw:
    """Draw with the ``numbers`` that scrutineers gave, as a second official confirms; seed and numbers are published.

    For the paper the order of the names follows at once; for the ties of a stage, when there is one.
    """
    found = contest.draws.filter(about=about, drawn=None).first()
    if found is None:
        raise RefusedError(_("no such draw has begun, or it is done"))
    given = [plain(text, longest=40) for text in numbers]
    if not given or len(given) > MAX_NUMBERS or not all(given):
        raise RefusedError(_("give at least one number, at most 50"), field="numbers")
    found.numbers, found.drawn = given, entry.at
    entry.details |= {"seed": found.seed, "commitment": found.commitment}
    if about == PAPER:
        from .candidates import changeable

        changeable(contest)
        people = to_be_ordered(contest)
        order = Lot(found.seed, tuple(given)).order([one.name for one in people])
        found.order = [people[number - 1].key for number in order]
        for place, key in enumerate(found.order, 1):
            contest.candidates.filter(key=key).update(order=place)
        entry.details["order"] = found.order
    found.save(update_fields=["numbers", "drawn", "order"])
    return found
