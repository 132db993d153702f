"""What the tests of stages share: contests carried to where a test begins, and pages used as a person uses them."""

from __future__ import annotations

import html
import re
from typing import Any

from django.test import Client
from tests.site import rolled
from tests.site.world import World, second_factor

from selectorate.office import paper
from selectorate.office.acts import candidates, confirm, contests, nominations, people
from selectorate.office.models import Contest, Proposal, RollStep, User


class Browser:
    """Somebody with a browser: pages are got and sent, and must not be refused unless a test says so."""

    def __init__(self, office: World, user: User | None, contest: Contest) -> None:
        self.user, self.contest, self._client = user, contest, office.client()

    @property
    def client(self) -> Client:
        """The browser, signed in: a test travels over days, and sessions end after hours."""
        if self.user is not None:
            self._client.force_login(self.user)
        return self._client

    def at(self, address: str) -> str:
        """The whole address of a page of the contest."""
        return f"/contests/{self.contest.slug}/{address}"

    def get(self, address: str, status: int = 200) -> str:
        """The text of a page."""
        response = self.client.get(self.at(address))
        assert response.status_code == status, (response.status_code, address)
        return html.unescape(response.content.decode())

    def post(self, address: str, status: int = 200, **data: Any) -> str:
        """The text of the page to which what is sent leads."""
        response = self.client.post(self.at(address), data, follow=True)
        assert response.status_code == status, (response.status_code, address)
        return html.unescape(response.content.decode())

    def hidden(self, address: str, name: str) -> str:
        """The value of a hidden field of a page."""
        found = re.search(rf'name="{name}" value="([^"]*)"', self.get(address))
        assert found, (name, self.get(address)[-1500:])
        return found[1]

    def confirm(self, page: str) -> str:
        """Confirm, as a second official, what waits on a page."""
        found = re.search(r'action="/contests/[^"]*/(office/waiting/\d+/)"', self.get(page))
        assert found, page
        return self.post(found[1], do="confirm", back=self.at(page))


def make(
    office: World,
    rulebook: str,
    *,
    bodies: dict[str, str] | None = None,
    on: str = "2016-01-01",
    dates: dict[str, str] | None = None,
    text: str = "",
    occasion: str = "vacancy",
    holder: str = "",
    title: str = "The contest",
    adopt: bool = True,
    **more: Any,
) -> Contest:
    """A contest under a shipped rulebook (or ``text``), its bodies named and its dates fixed, adopted."""
    contest = contests.create_contest(
        office.alice,
        None,
        title=title,
        rulebook=rulebook,
        rulebook_text=text,
        office=office.leader.pk,
        occasion=occasion,
    )
    contests.set_details(office.alice, contest, title=title, occasion=occasion, holder=holder, **more)
    for key, body in (bodies or {}).items():
        contests.name_body(office.alice, contest, key=key, body=body, on=on)
    for key, moment in (dates or {}).items():
        whole = len(moment) == 10 and key.endswith(("_opens", "_closes"))
        contests.set_date(office.alice, contest, key=key, at=f"{moment}T00:00" if whole else moment)
    if contest.rulebook.segments and RollStep.last() is None:
        # Members of whom no rulebook here asks more than it has dates for.
        rolled.applied(office, rolled.csv_of([rolled.member(f"{n:04}", f"Member Number{n}") for n in range(12)]))
    if adopt:
        contests.adopt_contest(office.alice, contest)
    contest.refresh_from_db()
    return contest


def stand(office: World, contest: Contest, *names: str, **more: Any) -> list[str]:
    """Enter people who consent to stand; their keys."""
    keys = []
    for name in names:
        mail = f"{name.split()[-1].lower()}@example.org"
        made = nominations.propose_candidate(office.alice, contest, name=name, email=mail, **more)
        nominations.consent(made.user, contest, candidate=made.key)
        keys.append(made.key)
    return keys


def ready(office: World, contest: Contest, stage: str) -> None:
    """The roll closed, statements, sign-offs and previews, so that nothing blocks the opening of a ballot."""
    rolled.ready(office, contest)
    for one in contest.candidates.filter(status="standing"):
        candidates.write_statement(one.user, contest, candidate=one.key, text="", none=True)
        one.refresh_from_db()
        candidates.sign_off(one.user, contest, candidate=one.key, seen=paper.entry_hash(one))
    for user in (office.alice, office.bob):
        if not contest.previews.filter(by=user, paper_hash=paper.paper_hash(contest, stage)).exists():
            candidates.confirm_preview(user, contest, stage=stage, seen=paper.paper_hash(contest, stage))


def both(office: World, proposal: Proposal) -> Any:
    """Confirm what Alice proposed, as Bob."""
    return confirm(office.bob, proposal)


def keeper(office: World, contest: Contest) -> User:
    """The official who receives the letters, appointed by two."""
    from selectorate.office.acts import motions

    both(office, motions.appoint_letter_keeper(office.alice, contest, email="graham@example.org", name="Graham Keeper"))
    user = User.objects.get(email="graham@example.org")
    second_factor(user)
    return user


def seats(contest: Contest, key: str) -> list[Any]:
    """The seats of a body of the contest."""
    return list(contest.bodies.get(key=key).body.seats.order_by("pk"))


def figures(sections: dict[str, dict[str, int]], roll: dict[str, dict[str, int]] | None = None) -> dict[str, str]:
    """Figures as the form sends them."""
    sent = {f"votes.{s}.{who}": f"{n:,}" for s, row in sections.items() for who, n in row.items()}
    return sent | {f"roll.{s}.{name}": str(n) for s, row in (roll or {}).items() for name, n in row.items()}


__all__ = ["Browser", "both", "figures", "keeper", "make", "people", "ready", "seats", "stand"]
