"""Trustees for the tests of the site: named in a contest, with tools that speak to the site without a network."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.test import Client
from tests.site.world import World, second_factor

from selectorate.box.canonical import dumps
from selectorate.box.v1 import pedersen
from selectorate.box.v1.credentials import token
from selectorate.desks.site import OfficeError
from selectorate.desks.trustee import Desk, join
from selectorate.desks.trustee_office import Network
from selectorate.office.acts import trustees as acts
from selectorate.office.boxes import ceremony
from selectorate.office.models import Contest, OnlineVote, Trustee
from selectorate.office.moment import now

PASSPHRASE = "four words for a test"


def ask(new: bool) -> str:
    """The passphrase of every tool."""
    return PASSPHRASE


@dataclass(frozen=True)
class LocalSite:
    """The site as a tool sees it, called directly."""

    address: str
    token: str = field(default="", repr=False)

    def json(self, path: str, *, send: Any = None) -> dict[str, Any]:
        if send is None:
            return self._read(Client().get(path, **self._headers))
        return self._read(Client().post(path, json.dumps(send), content_type="application/json", **self._headers))

    def post(self, path: str, content: bytes) -> dict[str, Any]:
        return self._read(Client().post(path, content, content_type="application/octet-stream", **self._headers))

    def download(self, path: str, to: Path) -> None:
        from selectorate.office.boxes import store
        from selectorate.office.models import SealedBox

        box = SealedBox.objects.get(uuid=path.rsplit("/", 1)[1].removesuffix(".bel"))
        to.write_bytes(store.archive(box).read_bytes())

    @property
    def _headers(self) -> dict[str, Any]:
        return {"headers": {"Authorization": f"Bearer {self.token}"}} if self.token else {}

    def _read(self, answer: Any) -> dict[str, Any]:
        if answer.status_code != 200:
            raise OfficeError(answer.json()["detail"])
        return dict(answer.json())


def online(office: World, contest: Contest, *, threshold: int = 2, size: int = 3, least: int = 2) -> OnlineVote:
    """An online vote of ``contest`` with its trustees named: trustee1@example.org and so on."""
    vote = OnlineVote.objects.create(contest=contest, uuid=token(), threshold=threshold, size=size, least=least)
    for number in range(1, size + 1):
        made = acts.name_trustee(office.alice, contest, name=f"Trustee {number}", email=f"trustee{number}@example.org")
        if not is_mfa_enabled(made.user):
            second_factor(made.user)
    return vote


def joined(vote: OnlineVote, number: int, key: Path) -> Desk:
    """The tool of a trustee, who has taken a code from the page and joined."""
    trustee = Trustee.objects.get(vote=vote, number=number)
    code = acts.take_trustee_code(trustee.user, vote.contest)
    join("http://localhost", vote.contest.slug, code, key)
    return Desk.at(key)


def desks(vote: OnlineVote, folder: Path) -> list[Desk]:
    """The tools of all trustees."""
    return [joined(vote, number, folder / f"{number}.key") for number in range(1, vote.size + 1)]


def made(all_: list[Desk]) -> None:
    """Carry the ceremony to its end, tests and all."""
    for _step in range(5):
        for desk in all_:
            desk.next(ask)


def put_key(vote: OnlineVote, key: Any) -> None:
    """Put a finished key into ``vote``, whose trustees are named: a ``tests.box_keys.Made``. Each has tested it."""
    for number, (certificate, polynomial, voutput) in enumerate(
        zip(key.certificates, key.polynomials, key.voutputs, strict=True), 1
    ):
        given = {
            "certificates": dumps(certificate.signed),
            "commitments": pedersen.commitment(polynomial["coefexps"]),
            "polynomials": dumps(polynomial),
            "voutputs": dumps(voutput),
        }
        for step, text in given.items():
            vote.contributions.create(attempt=vote.attempt, step=step, number=number, content=text.encode())
    ceremony.draw_tests(vote)
    vote.trustees.update(tested=now())


def use_local(monkeypatch: Any) -> None:
    """Let tools speak to the site directly, and stretch passphrases little."""
    import nacl.pwhash.argon2id as argon2id

    monkeypatch.setattr("selectorate.desks.trustee.Site", LocalSite)
    monkeypatch.setattr(argon2id, "OPSLIMIT_MODERATE", argon2id.OPSLIMIT_MIN)
    monkeypatch.setattr(argon2id, "MEMLIMIT_MODERATE", argon2id.MEMLIMIT_MIN)


__all__ = ["LocalSite", "Network", "ask", "desks", "joined", "made", "online", "put_key", "use_local"]
