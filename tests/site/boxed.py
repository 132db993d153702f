"""Sealed boxes for the tests of the site: a contest whose ballot is held online, with every secret at hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction

from selectorate.box.ed25519 import ED25519
from selectorate.box.v1.ballots import make_ballot
from selectorate.box.v1.credentials import PublicCredential, credential_text, generate, public, token
from selectorate.box.v1.elections import Question, RankingQuestion, election_text
from selectorate.box.v1.keys import make_key
from selectorate.box.v1.trustees import Single, trustees_text
from selectorate.office.boxes import store, voters
from selectorate.office.models import BoxVoter, Contest, OnlineVote, SealedBox

RANK = RankingQuestion("Who?", ("Ada", "Ben", "Cyd"))


@dataclass
class Boxed:
    """A box that is open, with its voters' credentials by number and the key of its one trustee."""

    box: SealedBox
    private: int
    public: str
    credentials: list[str] = field(repr=False)

    def who(self, number: int) -> str:
        """The keyed hash of voter ``number``."""
        return voters.who(self.box.vote, f"roll:{number}")

    def ballot(self, number: int, answers: Sequence[Sequence[int]]) -> bytes:
        """A ballot of voter ``number``."""
        return make_ballot(store.election_of(self.box), self.credentials[number], answers)


def box_of(contest: Contest, number: int = 5, *, question: Question = RANK, section: str = "total") -> Boxed:
    """A box of ``contest`` that is open for ``number`` voters, under a key of one trustee."""
    vote, _made = OnlineVote.objects.get_or_create(contest=contest, defaults={"uuid": token()})
    box = SealedBox.objects.create(vote=vote, stage="ballot", section=section, members=[section], uuid=token())
    private, key = make_key(ED25519)
    election = election_text(
        uuid=box.uuid, name="Test", description="", group=ED25519, public_key=key["public_key"], questions=[question]
    )
    credentials = [generate() for _ in range(number)]
    keys = [public(ED25519, box.uuid, one) for one in credentials]
    made = Boxed(box, private.exponent, key["public_key"], credentials)
    BoxVoter.objects.bulk_create(
        [BoxVoter(box=box, who=made.who(place), credential=one) for place, one in enumerate(keys)]
    )
    with transaction.atomic():
        here = store.locked(box.pk)
        store.open_with(
            here,
            election=election,
            trustees=trustees_text([Single(key)]),
            credentials=credential_text(ED25519, [PublicCredential(one) for one in keys]),
            timestamp=1_700_000_000,
        )
    box.refresh_from_db()
    return made
