"""Votes held online in the demonstration: their registrar, trustees and voters at work with the tools they would use.

Nothing is taken for granted here: the trustees' programs make the common key step by step and check every box before
they open it; each ballot is encrypted, proven, and cast like one from a browser. What they hold is kept beside the
office, under ``people/``, so that a visitor can go on: the passphrase of every file there is ``PASSPHRASE``.
"""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from ...box.v1.ballots import make_ballot
from ...desks import registrar, trustee_boxes
from ...desks.trustee import Desk, join_by_file
from ...desks.trustee_state import BoxSeen, CeremonySeen, memory_path, read_seen
from ...errors import SelectorateError
from ..acts import boxes as box_acts
from ..acts import online, trustees
from ..boxes import casting, ceremony, counting, layout, store, voters
from ..models import Contest, OnlineVote, SealedBox, Trustee
from ..pages.online_setup import voters_lines
from ..rolls import files

PASSPHRASE = "four words for show"
TRUSTEES = ("Agnes Thorne", "Bertram Quill", "Cecily Marsh")


@dataclass(frozen=True)
class Here:
    """The office as a trustee's tool sees it, without a network in between."""

    trustee: Trustee

    @property
    def _contest(self) -> Contest:
        return self.trustee.vote.contest

    def state(self) -> CeremonySeen:
        """The ceremony as it stands."""
        shown = ceremony.shown(OnlineVote.objects.get(pk=self.trustee.vote_id))
        shown["contest"]["address"] = settings.ADDRESS
        return read_seen(json.loads(json.dumps(shown, default=str)))

    def give(self, step: str, content: bytes) -> None:
        """Hand in what is asked for."""
        text = content.decode("utf-8").removesuffix("\n")
        taken = trustees.contribute_to_key(self.trustee.user, self._contest, step=step, content=text)
        if taken.fault:
            raise SelectorateError(taken.fault)

    def archive(self, box: BoxSeen, to: Path) -> None:
        """Put the archive of a box into a file."""
        shutil.copyfile(store.archive(SealedBox.objects.get(uuid=box.uuid)), to)

    def add(self, box: BoxSeen, kind: str, content: bytes, after: str) -> None:
        """Hand in a shuffle or a decryption."""
        take = box_acts.take_shuffle if kind == "shuffle" else box_acts.take_decryption
        take(self.trustee.user, self._contest, box=box.uuid, content=content, after=after)


@dataclass(frozen=True)
class Play:
    """Everybody who has something to do with the online vote of one contest, at work. ``folder``: what they hold."""

    contest: Contest
    folder: Path

    @property
    def vote(self) -> OnlineVote:
        """The vote, as it stands."""
        return OnlineVote.objects.select_related("contest").get(contest=self.contest)

    # -- the trustees ------------------------------------------------------------------------------------------

    def name_trustees(self, officer: Any) -> None:
        """Name the three trustees."""
        for name in TRUSTEES:
            email = f"{name.split()[0].lower()}@trustees.example"
            trustees.name_trustee(officer, self.contest, name=name, email=email)

    def desks(self) -> list[Desk]:
        """The trustees at their desks, each with a key file of their own."""
        found = []
        for one in self.vote.trustees.select_related("user", "vote__contest"):
            office, key = Here(one), self.folder / f"{one.name.split()[0].lower()}.key"
            if not memory_path(key).exists():
                join_by_file(office, one.number, key)
            found.append(Desk.at(key, office))
        return found

    def make_key(self, *, until: str = "") -> None:
        """Carry the ceremony to its end, tests and all; or to ``until``, when only one has given what is asked for."""
        for _ in range(2 * len(ceremony.STEPS)):
            desks = self.desks()
            asked = {desk.asked(desk.seen()) for desk in desks} - {""}
            if not asked:
                return
            if until and until in asked:
                desks[0].next(_passphrase)
                return
            for desk in desks:
                desk.next(_passphrase)

    # -- the registrar -----------------------------------------------------------------------------------------

    def make_credentials(self, official: Any) -> dict[str, str]:
        """The registrar makes the credentials and hands in the public ones; the private ones, by voter."""
        vote, folder = self.vote, self.folder / "registrar"
        described, listed = self.folder / "voting.json", self.folder / "voters.csv"
        described.write_text(json.dumps(layout.voting(vote)), encoding="utf-8")
        online.hand_out_voters(official, self.contest)
        with listed.open("wb") as out:
            out.writelines(voters_lines(vote))
        registrar.make(registrar.read_voting(described), listed, folder, PASSPHRASE)
        name = f"{files.new_folder('credentials')}/credentials.jsonl"
        shutil.copyfile(folder / "credentials.jsonl", files.path(name))
        online.take_credentials(official, self.contest, file=name)
        return registrar.Folder(folder).secrets(PASSPHRASE)[1]

    # -- the voters --------------------------------------------------------------------------------------------

    def cast(self, credentials: dict[str, str], leanings: dict[str, list[float]], share: float, seed: int) -> int:
        """So many of the voters cast, the papers of each segment drawn with its ``leanings``; how many did."""
        chance, number = random.Random(seed), 0  # invented voters, not secrets
        boxes = {box.section: box for box in self.vote.boxes.select_related("vote__contest").filter(phase="voting")}
        for one in voters.electorate(self.contest, "ballot"):
            segment = one.segments[0]
            box = boxes.get(segment) or boxes.get("total")
            if box is None or one.voter not in credentials or chance.random() > share:
                continue
            self.cast_one(box, one.voter, credentials[one.voter], _ranking(chance, leanings[segment]))
            number += 1
        return number

    def cast_one(self, box: SealedBox, voter: str, credential: str, answer: list[int]) -> dict[str, Any]:
        """One voter casts."""
        ballot = make_ballot(store.election_of(box), credential, [answer])
        return casting.cast(box, ballot, who=voters.who(box.vote, voter))

    # -- the opening -------------------------------------------------------------------------------------------

    def open_boxes(self, decrypting: Iterable[int] = (1, 3)) -> None:
        """The boxes tallied, shuffled by all trustees, decrypted by those of these numbers (two suffice)."""
        counting.advance()
        desks = self.desks()
        for desk in desks:
            trustee_boxes.shuffle(desk, _nothing)
            counting.advance()
        for number in decrypting:
            trustee_boxes.decrypt(desks[number - 1], _passphrase, _nothing)
            counting.advance()
        waiting = [box.section for box in self.vote.boxes.filter(round=1).exclude(phase="final")]
        if waiting:
            raise SelectorateError(f"boxes that were not opened: {', '.join(waiting)}")


def play_of(contest: Contest) -> Play:
    """The play of a contest, in a folder of its own beside the office."""
    folder = Path(settings.HOME) / "people" / contest.slug
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Play(contest, folder)


def _passphrase(new: bool) -> str:
    return PASSPHRASE


def _nothing(text: str) -> None:
    """What tools tell is not for the terminal of the demonstration."""


def _ranking(chance: random.Random, leanings: list[float]) -> list[int]:
    """A paper: names drawn one after another by their leaning, some papers short, few blank."""
    left, ranks = list(range(len(leanings))), [0] * len(leanings)
    length = chance.choices(
        range(len(leanings) + 1), [0.02, 0.3, *([0.68 / (len(leanings) - 1)] * (len(leanings) - 1))]
    )
    for rank in range(1, length[0] + 1):
        name = chance.choices(left, [leanings[one] for one in left])[0]
        ranks[name] = rank
        left.remove(name)
    return ranks
