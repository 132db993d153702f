"""The whole demonstration, story by story."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime

from django.utils import timezone

from ..moment import played_at
from . import history, online, voters
from .history import SEED, Party, organisation
from .organisation import furnish

Said = Callable[[str], None]


def seed(
    say: Said = lambda _: None,
    *,
    now: datetime | None = None,
    persons: int = voters.PERSONS,
    stories: Collection[str] | None = None,
) -> Party:
    """Make the whole demonstration in an empty office; ``say`` is told what is being made.

    ``persons``: on its roll. ``stories``: the names of those to be told, where it is not all of them.
    Raises RefusedError if the office is set up already.
    """
    party = Party(now or timezone.now())
    with played_at(party.day(-800, 9)):
        say("the organisation, its officials and bodies")
        organisation(party)
        furnish(party)
    say(f"the roll: {persons:,} persons who do not exist")
    with played_at(party.day(-500, 9)):
        voters.take_in(party.officers["registrar"], SEED, party.today, persons)
    for says, make in STORIES:
        if stories is None or make.__name__ in stories:
            say(says)
            make(party)
    return party


STORIES: list[tuple[str, Callable[[Party], None]]] = [
    ("a leadership election two summers ago, declared", history._two_years_ago),
    ("a motion of no confidence, carried without effect", history._motion),
    ("the challenge that followed, declared twelve days ago", history._challenge),
    ("a second challenge, abandoned", history._abandoned),
    ("an election whose figures one official has taken in", history._counting),
    ("an election whose ballot is open", history._ballot_open),
    ("an election whose opening is blocked", history._blocked),
    ("an election for which nominations are open", history._nominations_open),
    ("an election held online, declared from its sealed boxes", online.declared),
    ("an election that is open for voting online", online.open_now),
    ("an election whose trustees are making their key", online.in_ceremony),
    ("an election in preparation", history._draft),
]
