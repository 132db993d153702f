"""Contests whose ballots are held in sealed boxes, with every secret at hand: voters cast, trustees open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tests import box_keys
from tests.site.world import World

from selectorate.box import canonical
from selectorate.box.ed25519 import ED25519
from selectorate.box.v1 import acts as steps
from selectorate.box.v1 import pedersen
from selectorate.box.v1.ballots import make_ballot
from selectorate.box.v1.credentials import generate, public, token
from selectorate.box.v1.reading import read_box
from selectorate.office.acts import boxes as acts
from selectorate.office.boxes import casting, counting, store, voters
from selectorate.office.models import BoxVoter, Contest, HandedIn, OnlineVote, SealedBox, Trustee, User
from selectorate.office.moment import now


@dataclass
class Vote:
    """A contest that is held online. ``secrets``: each voter's credential."""

    contest: Contest
    vote: OnlineVote
    secrets: dict[str, str] = field(default_factory=dict, repr=False)

    @cached_property
    def key(self) -> box_keys.Made:
        """What the trustees made together: two of three open a box."""
        return box_keys.made()

    # -- set up ----------------------------------------------------------------------------------------------

    def lay_out(self, stage: str, sections: dict[str, Sequence[str]] | None = None, rounds: int = 1) -> None:
        """Boxes and credentials for everybody who is entitled now. ``sections``: of a box, the segments in it."""
        for number in range(1, rounds + 1):
            for section, members in (sections or {"total": ["total"]}).items():
                box = SealedBox.objects.create(
                    vote=self.vote, stage=stage, round=number, section=section, members=list(members), uuid=token()
                )
                for one in voters.electorate(self.contest, stage):
                    if set(one.segments) & set(members):
                        self.credential(box, one.voter)

    def credential(self, box: SealedBox, voter: str) -> None:
        """Give a voter a credential for a box."""
        secret = self.secrets.setdefault(voter, generate())
        BoxVoter.objects.create(box=box, who=voters.who(self.vote, voter), credential=public(ED25519, box.uuid, secret))

    # -- looking ---------------------------------------------------------------------------------------------

    def box(self, stage: str = "ballot", section: str = "total", number: int = 1) -> SealedBox:
        """A box, as it is now."""
        return SealedBox.objects.select_related("vote__contest").get(
            vote=self.vote, stage=stage, section=section, round=number
        )

    @property
    def boxes(self) -> list[SealedBox]:
        """All boxes, as they are now."""
        return list(SealedBox.objects.filter(vote=self.vote).select_related("vote__contest"))

    # -- voting ----------------------------------------------------------------------------------------------

    def cast(self, box: SealedBox, voter: str, answer: Sequence[int]) -> dict[str, Any]:
        """Cast a ballot of a voter."""
        raw = make_ballot(store.election_of(box), self.secrets[voter], [answer])
        return casting.cast(box, raw, who=voters.who(self.vote, voter))

    # -- trustees --------------------------------------------------------------------------------------------

    def shuffled(self, box: SealedBox) -> bytes:
        """A shuffle of a box as it is."""
        return steps.shuffle(read_box(store.archive(box)))

    def shuffle(self, box: SealedBox, number: int, content: bytes | None = None) -> HandedIn:
        """Hand in a shuffle."""
        box.refresh_from_db()
        content = self.shuffled(box) if content is None else content
        return acts.take_shuffle(self.user(number), self.contest, box=box.uuid, content=content, after=box.head)

    def decrypted(self, box: SealedBox, number: int) -> bytes:
        """A trustee's decryption of a box as it is."""
        parameters = self.key.parameters()
        of_trustee = parameters.content["verification_keys"][number - 1]["public_key"]
        sealed = self.key.voutputs[number - 1]["private_key"]
        private = pedersen.decryption_key(self.key.channels[number - 1], sealed, of_trustee)
        return steps.partial_decryption(read_box(store.archive(box)), private.exponent, of_trustee)

    def decrypt(self, box: SealedBox, number: int, content: bytes | None = None) -> HandedIn:
        """Hand in a decryption."""
        box.refresh_from_db()
        content = self.decrypted(box, number) if content is None else content
        return acts.take_decryption(self.user(number), self.contest, box=box.uuid, content=content, after=box.head)

    def user(self, number: int) -> User:
        """A trustee."""
        return Trustee.objects.get(vote=self.vote, number=number).user

    def open(self, box: SealedBox, decrypting: Sequence[int] = (1, 3)) -> SealedBox:
        """A closed box taken to its result: shuffled by all, decrypted by two."""
        counting.advance()
        box.refresh_from_db()
        if store.election_of(box).rankings:
            for number in (1, 2, 3):
                self.shuffle(box, number)
        for number in decrypting:
            self.decrypt(box, number)
        box.refresh_from_db()
        return box


def online(office: World, contest: Contest, **more: Any) -> Vote:
    """A contest that is held online: its trustees named, their key made."""
    vote = OnlineVote.objects.create(contest=contest, uuid=token(), **{"least": 2, **more})
    for number, name in enumerate(("Anna", "Bert", "Cleo"), 1):
        user = User.objects.create_user(f"{name.lower()}@trustees.example", name=f"{name} Trustee")
        vote.trustees.create(number=number, user=user, name=user.name, tested=now())
    made = Vote(contest, vote)
    for number in range(1, vote.size + 1):
        polynomial = made.key.polynomials[number - 1]
        for step, said in (
            ("certificates", canonical.dumps(made.key.certificates[number - 1].signed)),
            ("commitments", pedersen.commitment(polynomial["coefexps"])),
            ("polynomials", canonical.dumps(polynomial)),
            ("voutputs", canonical.dumps(made.key.voutputs[number - 1])),
        ):
            vote.contributions.create(step=step, number=number, content=said.encode())
    return made
