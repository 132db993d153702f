"""The contests of the demonstration that are held online: one declared, one open for voting, one in its ceremony."""

from __future__ import annotations

from ...desks import posting, registrar
from ..acts import confirm, contests, figures, online
from ..models import Contest, Mail
from ..moment import played_at
from . import history, sealed
from .history import SEED, Party

LEANINGS = {"members": [5.0, 4.0, 2.0], "affiliated": [3.0, 5.0, 2.0], "registered": [6.0, 2.0, 2.0]}
"""How the invented voters of each segment lean to each candidate."""
SECRETARY = "election-of-the-secretary"
"""The address of the contest that is declared from its boxes."""
VISITORS = 3
"""Voters whose credentials are in the outbox, so that a visitor can vote as them."""


def _set_up(
    party: Party, title: str, office: str, standing: tuple[str, ...], declared: int
) -> tuple[Contest, sealed.Play]:
    """A contest up to its closed roll, its boxes laid out and its trustees named."""
    contest = history.leadership(
        party, title, declared=declared, occasion="vacancy", standing=standing, office=office, sealed=True
    )
    party.tell("nominations: three are nominated, and consent")
    counts = dict(zip((one.key for one in contest.candidates.all()), (16, 14, 11), strict=False))
    history.nominate(party, contest, counts, declared - 68)
    history.close_nominations(party, contest, declared - 65)
    party.tell("the roll is closed; candidates sign their entries off, two officials look at the paper")
    history.ready(party, contest, declared - 40)
    play = sealed.play_of(contest)
    with played_at(party.day(declared - 39, 9)):
        boxes = online.lay_out_boxes(party.ruth, contest)
        party.tell(f"boxes are laid out: {', '.join(f'{box.section} ({box.voters:,} voters)' for box in boxes)}")
        play.name_trustees(party.ruth)
    return contest, play


def _opened(party: Party, contest: Contest, play: sealed.Play, declared: int) -> dict[str, str]:
    """The key made, the credentials handed in, the ballot open; the credential of each voter."""
    with played_at(party.day(declared - 38, 9)):
        party.tell("three trustees make the common key on machines of their own, and each decrypts a test")
        play.make_key()
    with played_at(party.day(declared - 37, 9)):
        party.tell("the registrar makes a credential for every voter, and hands the public ones in")
        credentials = play.make_credentials(party.officers["registrar"])
    with played_at(party.day(declared - 33, 9)):
        contests.open_stage(party.ruth, contest, stage="ballot")
    return credentials


def declared(party: Party) -> None:
    """A vote that was held in sealed boxes, opened by two of three trustees, and declared from them."""
    days = -6
    contest, play = _set_up(
        party, "Election of the secretary", "secretary", ("Mabel Ostler", "Jonas Pryce", "Ivy Calder"), days
    )
    credentials = _opened(party, contest, play, days)
    with played_at(party.day(days - 20, 20)):
        cast = play.cast(credentials, LEANINGS, 0.09, SEED)
        party.tell(f"{cast:,} voters cast, each ballot encrypted and proven before it is sent")
    with played_at(party.day(days - 3, 12)):
        figures.close_ballot(party.ruth, contest, stage="ballot")
    with played_at(party.day(days - 2, 10)):
        party.tell("the boxes are closed; each trustee checks them whole and shuffles, two of three decrypt")
        play.open_boxes()
    with played_at(party.day(days, 11)):
        confirm(party.dan, figures.declare_result(party.ruth, contest))
        party.tell("the result is declared by segment, by two officials")


def open_now(party: Party) -> None:
    """A vote that is open: some have cast, and three voters' credentials are in the outbox."""
    days = 12
    contest, play = _set_up(
        party, "Election of the editor", "editor", ("Tessa Winslade", "Rafe Amadi", "Lorna Speight"), days
    )
    credentials = _opened(party, contest, play, days)
    rows = registrar.read_voters(play.folder / "voters.csv")
    visitors = [row for row in rows if row.email][:VISITORS]
    described = registrar.read_voting(play.folder / "voting.json")
    for row in visitors:
        letter = posting.Letter(row, credentials[row.voter], described.title, described.link)
        mail = letter.mail("registrar@commonwealth.example")
        Mail.objects.create(to=row.email, subject=str(mail["Subject"]), body=mail.get_content())
    for row in visitors:
        credentials.pop(row.voter)
    with played_at(party.day(-3, 20)):
        play.cast(credentials, LEANINGS, 0.05, SEED + 1)


def in_ceremony(party: Party) -> None:
    """A vote whose trustees are making their common key: one has given what is asked for, two are waited for."""
    days = 36
    _contest, play = _set_up(party, "Election of the organiser", "organiser", ("Wilfred Ames", "Dora Finch"), days)
    with played_at(party.day(-1, 9)):
        play.make_key(until="polynomials")


__all__ = ["declared", "in_ceremony", "open_now"]
