"""What is kept of people: what, why, until when, and how it goes. The page on privacy is made from ``KEPT``.

Every model of the site is a line of ``KEPT`` or of ``NOTHING_PERSONAL``; a test fails for one that is in neither. A
line says how the data are found for one person (``of``: for their export) and, where they belong to a contest, how they
are erased when its time is over (``erase``; done by the act ``delete_personal_data``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from . import erasing
from .boxes import codes
from .models import Contest, Mail, Organisation, Person, User, VoterCode

MAIL_DAYS = 30
"""Days after which a mail that was not sent, or the trace of one that was, is cleared away."""


@dataclass(frozen=True)
class Subject:
    """One person as the office may know them: by an account, by an entry, or both."""

    user: User | None
    person: Person | None

    @property
    def people(self) -> list[int]:
        """The entries that are theirs."""
        own = self.user.person_id if self.user is not None else None
        return [key for key in (own, self.person.pk if self.person else None) if key is not None]

    @property
    def users(self) -> list[int]:
        """The accounts that are theirs."""
        theirs = getattr(self.person, "user", None)
        return [one.pk for one in (self.user, theirs) if one is not None]


Of = Callable[[Subject], Q]


@dataclass(frozen=True)
class Kept:
    """One line: a model, what of people is in it, why, until when.

    ``of``: which rows are one person's; None where a person has none of their own. ``columns``: what of a row goes into
    an export. ``own``: only into one that they ask for themselves. ``erase``: takes a contest's data out, and counts.
    """

    model: str
    what: str | Promise
    why: str | Promise
    until: str | Promise
    of: Of | None = None
    columns: tuple[str, ...] = ()
    own: bool = False
    erase: Callable[[Contest], int] | None = None

    @property
    def rows(self) -> QuerySet[Model]:
        """Every row."""
        return apps.get_model(self.model)._default_manager.all()


def _user(name: str) -> Of:
    return lambda one: Q(**{f"{name}__in": one.users})


def _person(name: str) -> Of:
    return lambda one: Q(**{f"{name}__in": one.people})


def _either(user: str, person: str) -> Of:
    return lambda one: Q(**{f"{user}__in": one.users}) | Q(**{f"{person}__in": one.people})


def _addresses(one: Subject) -> list[str]:
    """The mail addresses that are theirs."""
    found = [*User.objects.filter(pk__in=one.users).values_list("email", flat=True)]
    found += Person.objects.filter(pk__in=one.people).exclude(email="").values_list("email", flat=True)
    return found


WITH_ROLE = _("as long as the account has a part in a contest, a body or the office, and then for the time of keeping")
AFTER = _("the time of keeping after the declaration")
FOR_GOOD = _("for good: it is public")
WORK = _("to do what the account is for")

KEPT: tuple[Kept, ...] = (
    Kept(
        "office.User",
        _("name, mail address, password (hashed), when it was made and last used"),
        _("to let in who has a part in a contest"),
        WITH_ROLE,
        _user("pk"),
        ("email", "name", "date_joined", "last_login", "is_active"),
    ),
    Kept(
        "account.EmailAddress",
        _("the mail address to which codes go"),
        WORK,
        _("with the account"),
        _user("user"),
        ("email", "verified"),
    ),
    Kept(
        "mfa.Authenticator",
        _("second factors: public keys, secrets of apps, recovery codes"),
        _("so that a stolen mailbox is not enough"),
        _("until it is removed, or with the account"),
        _user("user"),
        ("type", "created_at", "last_used_at"),
    ),
    Kept("sessions.Session", _("who is signed in, in which browser"), WORK, _("eight hours, or until signing out")),
    Kept(
        "office.Appointment",
        _("who holds which role in which contest"),
        WORK,
        WITH_ROLE,
        _user("user"),
        ("role", "contest__title", "ended"),
    ),
    Kept(
        "office.Person",
        _("name, mail address and a note, of holders of offices, candidates and members of bodies"),
        _("to say who holds an office and who stands for one"),
        _("the name for good: it is public; mail address and note until they are not needed"),
        _person("pk"),
        ("name", "slug", "email", "note"),
    ),
    Kept(
        "office.Tenure",
        _("who held which office, from when to when"),
        _("vacancies, incumbents and thresholds follow from it"),
        FOR_GOOD,
        _person("person"),
        ("office__name", "office__unit__name", "began", "began_how", "ended", "ended_how", "slate", "note"),
    ),
    Kept(
        "office.BodySeat",
        _("who sits in which body, from when to when"),
        _("who may nominate, and how large the body is, follow from it"),
        _("as long as a contest in which the body counts is kept"),
        _either("user", "person"),
        ("body__name", "name", "part", "place", "began", "ended"),
    ),
    Kept(
        "office.Candidate",
        _("name on the paper, statement, picture, consent, rulings"),
        _("to put candidates before the voters"),
        _("name and result for good: they are public; who never stood, and reasons of rulings: the time of keeping"),
        _either("user", "person"),
        ("contest__title", "name", "slate", "status", "statement", "consented", "signed_off", "reason"),
        erase=erasing.candidates,
    ),
    Kept(
        "office.Agent",
        _("who acts for a candidate"),
        WORK,
        AFTER,
        _user("user"),
        ("candidate__contest__title", "candidate__name", "ended"),
        erase=erasing.agents,
    ),
    Kept(
        "office.Nomination",
        _("who nominated whom, and rulings on it"),
        _("the rulebook asks for nominations, and they are public"),
        _("valid ones for good: they are public; others: the time of keeping"),
        _either("seat__user", "seat__person"),
        ("contest__title", "stage", "candidate__name", "at", "withdrawn", "invalid"),
        erase=erasing.nominations,
    ),
    Kept(
        "office.Letter",
        _("who has asked for a motion"),
        _("to know when there are enough; seen by the keeper of the letters alone"),
        AFTER,
        _either("seat__user", "seat__person"),
        ("contest__title", "stage", "at", "withdrawn"),
        own=True,
        erase=erasing.letters,
    ),
    Kept(
        "office.Act",
        _("who did what as an official, when, and the details"),
        _("so that every step can be checked, and challenged"),
        _("the time of keeping; then a fingerprint, a time and a role are left"),
        lambda one: Q(by__in=one.users) | Q(second__in=one.users),
        ("log__name", "number", "kind", "at", "role", "second_role"),
        erase=erasing.acts,
    ),
    Kept(
        "office.Proposal",
        _("who proposed, confirmed or refused an act of two officials"),
        _("some acts need two"),
        _("as for acts"),
        lambda one: Q(by__in=one.users) | Q(second__in=one.users),
        ("kind", "at", "status", "decided"),
        erase=erasing.proposals,
    ),
    Kept(
        "office.FiguresEntry",
        _("which official took figures in"),
        _("figures count once two officials agree"),
        _("entries that did not count: the time of keeping; who took the others in: with the contest"),
        _user("by"),
        ("contest__title", "stage", "round", "at", "agreed"),
        erase=erasing.figures,
    ),
    Kept(
        "office.PaperPreview",
        _("who has looked at the paper"),
        _("two people have to"),
        AFTER,
        _user("by"),
        ("contest__title", "at"),
        erase=erasing.previews,
    ),
    Kept(
        "office.Dispute",
        _("what was disputed, and the ruling; they may name people"),
        _("a ballot does not open before it is settled"),
        AFTER,
        erase=erasing.disputes,
    ),
    Kept(
        "office.Declaration",
        _("the names of candidates and their votes"),
        _("it is the result"),
        FOR_GOOD,
    ),
    Kept(
        "office.RollEntry",
        _("the list of members and supporters: name, number, date of birth, addresses, capacity and since when"),
        _("the rulebook decides from it who may vote"),
        _("as long as they are on the list that the organisation takes in"),
        lambda one: Q(email__in=[*_addresses(one)]),
        (
            "person",
            "number",
            "name",
            "born",
            "email",
            "phone",
            "address",
            "postcode",
            "unit",
            "capacity",
            "body",
            "joined",
        ),
    ),
    Kept(
        "office.RollPast",
        _("what every import changed in an entry of the list"),
        _("an import can be undone, and a court can see how the roll came to be"),
        _("with the list; cleared away with the step that it belongs to"),
    ),
    Kept(
        "office.RollStep",
        _("which official took a list in, or corrected it, when"),
        _("every change of the roll has somebody who answers for it"),
        _("with the list"),
        _user("by"),
        ("number", "kind", "at"),
    ),
    Kept(
        "office.RollImport",
        _("files of members as they were taken in, and what was found in them"),
        _("a dry run is looked at before it counts"),
        _("the file until it is deleted by the registrar; that there was one: with the list"),
        _user("by"),
        ("at", "name", "status"),
    ),
    Kept(
        "office.RollAlias",
        _("that two numbers were found to be one person"),
        _("nobody votes twice"),
        _("with the list"),
    ),
    Kept(
        "office.DuplicatePair",
        _("which two entries are probably one person, and what was decided"),
        _("nobody votes twice"),
        _("with the list"),
        _user("by"),
        ("status", "at"),
    ),
    Kept(
        "office.ClosedRoll",
        _("the roll of a contest as it was closed"),
        _("who may vote is fixed on a day, and can be shown to a court"),
        _("the time of keeping; then a fingerprint and figures are left"),
        erase=erasing.closed_rolls,
    ),
    Kept(
        "office.Entitlement",
        _("who may vote in a contest, in which segment, or why not"),
        _("to let in who may vote, and to answer who asks"),
        AFTER,
        erase=erasing.entitlements,
    ),
    Kept(
        "office.RollAmendment",
        _("who was added to a closed roll or struck from it, and why"),
        _("a change of a closed roll has a reason and two officials"),
        AFTER,
        erase=erasing.amendments,
    ),
    Kept(
        "office.RollEnquiry",
        _("that somebody asked which entry they have"),
        _("to answer them"),
        _("what they gave until it was looked up; that they asked: the time of keeping after the declaration"),
        erase=erasing.enquiries,
    ),
    Kept(
        "office.RollAppeal",
        _("who says that the roll is wrong about them, what they wrote, and the ruling"),
        _("to rule on it"),
        AFTER,
        lambda one: Q(email__in=[*_addresses(one)]),
        ("contest__title", "at", "name", "text", "status", "ruling"),
        erase=erasing.appeals,
    ),
    Kept(
        "office.RollJob",
        _("long work on the roll, for whom, and what came of it"),
        WORK,
        AFTER,
        _user("by"),
        ("kind", "at", "status"),
        erase=erasing.jobs,
    ),
    Kept(
        "office.Announcement",
        _("which official entered a figure that was announced"),
        _("the final roll is held against it"),
        AFTER,
        _user("by"),
        ("contest__title", "at"),
        erase=erasing.announcements,
    ),
    Kept(
        "office.ReconciliationLine",
        _("which official entered a line of the sum between announced and final"),
        _("the sum has to come out"),
        AFTER,
        _user("by"),
        ("contest__title", "at"),
        erase=erasing.reconciliation,
    ),
    Kept(
        "office.Trustee",
        _("who holds a share of the key of sealed boxes"),
        _("it is published who opens the boxes"),
        FOR_GOOD,
        _user("user"),
        ("vote__contest__title", "number", "name", "tested"),
    ),
    Kept(
        "office.BoxVoter",
        _("whose public credential is whose, under a hash with a key that is not in the database"),
        _("so that a voter can cast with their own credential alone"),
        _("the end of the time for challenges, or the time of keeping after the declaration"),
        erase=erasing.voter_map,
    ),
    Kept(
        "office.VoterCode",
        _("that somebody asked for a code to vote, under a keyed hash of them; a keyed hash of the code"),
        _("so that a stolen credential is not enough"),
        _("a day after it was asked for"),
        erase=erasing.voter_codes,
    ),
    Kept(
        "office.PaperVote",
        _("whose paper came back, under the same hash"),
        _("so that nobody's vote counts twice"),
        _("the end of the time for challenges, or the time of keeping after the declaration"),
        erase=erasing.voted_on_paper,
    ),
    Kept(
        "office.Mail",
        _("mails that wait to be sent, with their addresses"),
        _("so that none is lost"),
        _("emptied when it was sent; cleared away after 30 days at the latest"),
        lambda one: Q(to__in=User.objects.filter(pk__in=one.users).values("email")),
        ("at", "subject", "sent"),
    ),
    Kept(
        "django_tasks_database.DBTaskResult",
        _("work that is done beside the pages; it names rows by number"),
        WORK,
        _("a day after it was done"),
    ),
)
"""Every model in which there is something about people."""

NOTHING_PERSONAL: frozenset[str] = frozenset(
    {
        "auth.Group",
        "auth.Permission",
        "contenttypes.ContentType",
        "account.EmailConfirmation",  # never made: addresses come from the office
        "office.Organisation",
        "office.Unit",
        "office.Bench",
        "office.Office",
        "office.Body",
        "office.Preparation",
        "office.Contest",
        "office.ContestBody",
        "office.TimetableDate",
        "office.TimetableChange",
        "office.StageState",
        "office.RoundEvent",
        "office.BallotRound",
        "office.Draw",
        "office.RollMapping",
        "office.Log",
        "office.OnlineVote",
        "office.Contribution",
        "office.KeysLost",  # numbers of trustees, who stand in Trustee, and what is published of it
        "office.HandedIn",  # keys and proofs of trustees, who stand in Trustee
        "office.SealedBox",
        "office.BoxEvent",
        "office.BoxPart",
        "office.BoxAlpha",
        "office.Restoration",
    }
)
"""Every other model."""


# -- one person's data --------------------------------------------------------------------------------------------


def export(one: Subject, *, own: bool) -> dict[str, Any]:
    """Everything about somebody, by model. ``own``: they ask for it themselves (letters are shown to nobody else)."""
    found: dict[str, Any] = {}
    for line in KEPT:
        if line.of is not None and (own or not line.own):
            rows = list(line.rows.filter(line.of(one)).order_by("pk").values(*line.columns))
            found[line.model] = [_named(row) for row in rows]
    return found


def _named(row: dict[str, Any]) -> dict[str, Any]:
    return {
        key.replace("__", "."): value.isoformat() if hasattr(value, "isoformat") else value
        for key, value in row.items()
    }


# -- the end of the time of keeping -------------------------------------------------------------------------------


def keeping() -> timedelta:
    """How long personal data are kept after a contest is over."""
    there = Organisation.there()
    return timedelta(days=there.retention_days if there else Organisation._meta.get_field("retention_days").default)


def over_since(contest: Contest) -> datetime | None:
    """When a contest ended: declared, or abandoned; None while it runs."""
    if contest.declared is not None:
        return contest.declared
    if contest.status in (Contest.Status.ABANDONED, Contest.Status.CLOSED):
        from .models import Act

        last = Act.objects.filter(log__name=f"contest:{contest.pk}").order_by("-number").first()
        return last.at if last else contest.created
    return None


def due(contest: Contest, now: datetime | None = None) -> bool:
    """Whether the time of keeping of a contest's personal data is over, and they are still there."""
    since = over_since(contest)
    return contest.personal_data_deleted is None and since is not None and since + keeping() <= (now or timezone.now())


def erase(contest: Contest) -> dict[str, int]:
    """Take the personal data of a contest out; how many rows of each model. Only inside the act that does it."""
    return {line.model.partition(".")[2]: line.erase(contest) for line in KEPT if line.erase is not None}


def clear_away() -> int:
    """What has had its time and is of no contest: old mails, sessions that ended, work that is done. For the clock.

    Then every contest whose time of keeping is over, by an act each.
    """
    from django.contrib.sessions.models import Session

    from .acts import keeping as acts

    now, gone = timezone.now(), 0
    gone += Session.objects.filter(expire_date__lt=now).delete()[0]
    gone += Mail.objects.filter(at__lt=now - timedelta(days=MAIL_DAYS)).delete()[0]
    gone += VoterCode.objects.filter(at__lt=now - codes.KEPT).delete()[0]
    results = apps.get_model("django_tasks_database.DBTaskResult")
    gone += results._default_manager.filter(finished_at__lt=now - timedelta(days=1)).delete()[0]
    for contest in _over(now):
        acts.delete_personal_data(None, contest)
        gone += 1
    for contest in maps_due(now):
        acts.delete_voter_map(None, contest)
        gone += 1
    if acts.unused_accounts(now).exists():
        acts.forget_accounts(None, None)
    return gone


def maps_due(now: datetime) -> list[Contest]:
    """Contests that are over, whose time for challenges has ended, and in which it is still known whose
    credential is whose."""
    found = Contest.objects.filter(online__until__lte=now, online__map_deleted=None)
    return [contest for contest in found if over_since(contest) is not None]


def _over(now: datetime) -> Iterable[Contest]:
    waiting = Contest.objects.filter(personal_data_deleted=None).exclude(
        status__in=(Contest.Status.DRAFT, Contest.Status.ADOPTED)
    )
    return [contest for contest in waiting if due(contest, now)]
