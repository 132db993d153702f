"""Votes that are held online: the sealed boxes, what is in them, who may cast into them, and who holds the keys.

What a box holds is a chain of events, each with the data that it brings along, as its archive has them
(``office.boxes.store``). Nothing here names a voter: whom a public credential belongs to stands under a keyed hash of
the voter, whose key is not in the database, and is deleted when the time for challenges is over.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..moment import now


class OnlineVote(models.Model):
    """That ballots of a contest are held online, and how. Fixed when the contest is adopted; one for each contest.

    ``uuid`` is the contest's own, of which receipts and credentials speak. ``easy``: the server makes and mails the
    credentials, so that stuffing by whoever runs it is not prevented; every page says so. ``threshold`` of ``size``
    trustees open the boxes, none of fewer than ``least`` ballots. ``rounds``: for how many rounds of a repeated ballot
    there are credentials. ``until``: the end of the time for challenges, when whose credential is whose is deleted.
    ``attempt``: which attempt at the common key this is; it began at ``attempt_began``.
    """

    class Copy(models.TextChoices):
        """What became of the registrar's copy of the credentials."""

        NONE = "none", _("not made yet")
        KEPT = "kept", _("kept by the registrar")
        DESTROYED = "destroyed", _("destroyed")

    contest = models.OneToOneField("Contest", models.CASCADE, related_name="online")
    uuid = models.CharField(max_length=22, unique=True)
    easy = models.BooleanField(_("the server makes and mails the credentials"), default=False)
    threshold = models.PositiveSmallIntegerField(_("trustees that are needed"), default=2)
    size = models.PositiveSmallIntegerField(_("trustees"), default=3)
    least = models.PositiveIntegerField(_("fewest ballots that are opened"), default=10)
    rounds = models.PositiveSmallIntegerField(_("rounds for which there are credentials"), default=1)
    copy = models.CharField(max_length=10, choices=Copy.choices, default=Copy.NONE)
    until = models.DateTimeField(_("end of the time for challenges"), null=True, blank=True)
    map_deleted = models.DateTimeField(null=True, blank=True)
    created = models.DateTimeField(default=now)
    attempt = models.PositiveSmallIntegerField(default=1)
    attempt_began = models.DateTimeField(default=now)


class Trustee(models.Model):
    """Somebody who holds a share of the key of a contest's boxes. ``number``: from 1, as in the boxes.

    ``token``: SHA-256 of the code with which their tool may hand in what they make; ended with ``token_until``.
    ``nonce``: drawn when the common key is made, for the test; ``tested``: when they decrypted it with their share.
    """

    vote = models.ForeignKey(OnlineVote, models.CASCADE, related_name="trustees")
    number = models.PositiveSmallIntegerField()
    user = models.ForeignKey("User", models.PROTECT, related_name="trusteeships")
    name = models.CharField(max_length=200)
    token = models.CharField(max_length=64, blank=True)
    token_until = models.DateTimeField(null=True, blank=True)
    nonce = models.CharField(max_length=22, blank=True)
    tested = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Each once, in the order of their numbers."""

        ordering: ClassVar = ["number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["vote", "number"], name="one_trustee_a_number"),
            models.UniqueConstraint(fields=["vote", "user"], name="one_trusteeship_a_person"),
        ]


class KeysLost(models.Model):
    """That two officials stated that boxes of a contest cannot be opened: too many trustees have lost their keys.

    ``trustees``: their numbers; ``reason``: why it is known. ``found``: since when it holds no more, a key having been
    found again, with ``found_says``. Nothing is done to the boxes: they stay as they are.
    """

    vote = models.ForeignKey(OnlineVote, models.CASCADE, related_name="keys_lost")
    trustees = models.JSONField(default=list)
    reason = models.CharField(max_length=300)
    at = models.DateTimeField(default=now)
    found = models.DateTimeField(null=True, blank=True)
    found_says = models.CharField(max_length=300, blank=True)

    class Meta:
        """In their order; one that holds in a contest."""

        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["vote"], condition=models.Q(found=None), name="one_loss_that_holds")
        ]


class Contribution(models.Model):
    """What a trustee gave to the making of the key, or to the test of it. Nothing that was taken is replaced.

    ``step``: one of ``box.v1.ceremony.Step``, or ``test``, or ``complaint`` (``fault`` is what the trustee says then).
    ``attempt``: the ceremony may have to begin again. ``fault``: why it was not taken; shown to everybody, with whose
    it is.
    """

    vote = models.ForeignKey(OnlineVote, models.CASCADE, related_name="contributions")
    attempt = models.PositiveSmallIntegerField(default=1)
    step = models.CharField(max_length=14)
    number = models.PositiveSmallIntegerField()
    content = models.BinaryField()
    at = models.DateTimeField(default=now)
    fault = models.CharField(max_length=500, blank=True)

    class Meta:
        """In the order in which they came."""

        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["vote", "attempt", "step", "number"],
                condition=models.Q(fault=""),
                name="one_contribution_a_step",
            )
        ]


class SealedBox(models.Model):
    """A box: of one round of a ballot, and of one segment (``total`` where all vote in one).

    ``phase``: as ``box.v1.events.Phase``: ``empty`` until the setup is in it, then what its events make it.
    ``height``, ``head``: of the last event; whoever appends holds the lock of this row. ``timestamp``: the one time
    that every member of the archive has. ``voters``: credentials; ``ballots``: ballots in it, all revotes counted;
    ``voted``: credentials that have cast. ``fingerprint``: of the public list, as its registrar's tool shows it.
    ``members``: the segments whose voters vote in it, more than one where small ones are put together.
    ``outcome``: what was found when it was opened: ``tallied``, ``void``, ``blank``, and ``marked``, the positions of
    plaintexts that are not in the one form; ``stopped``: why it was not opened, where it was not.
    """

    vote = models.ForeignKey(OnlineVote, models.CASCADE, related_name="boxes")
    stage = models.SlugField(max_length=60)
    round = models.PositiveSmallIntegerField(default=1)
    section = models.SlugField(max_length=60)
    members = models.JSONField(default=list)
    uuid = models.CharField(max_length=22, unique=True)
    phase = models.CharField(max_length=12, default="empty")
    height = models.IntegerField(default=-1)
    head = models.CharField(max_length=64, blank=True)
    timestamp = models.PositiveBigIntegerField(default=0)
    revote = models.BooleanField(default=True)
    closes = models.DateTimeField(null=True, blank=True)
    voters = models.PositiveIntegerField(default=0)
    ballots = models.PositiveIntegerField(default=0)
    voted = models.PositiveIntegerField(default=0)
    fingerprint = models.CharField(max_length=44, blank=True)
    outcome = models.JSONField(default=dict)

    class Meta:
        """One box for each segment of a round."""

        ordering: ClassVar = ["stage", "round", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["vote", "stage", "round", "section"], name="one_box_a_section")
        ]


class BoxEvent(models.Model):
    """One event of a box. ``text``: its bytes; ``content``: those of its payload (a ballot, or what points to data).

    Of a ballot ``tracker`` and ``credential`` (as text of the element) are kept too, to be found by.
    """

    box = models.ForeignKey(SealedBox, models.PROTECT, related_name="events", db_index=False)
    height = models.PositiveIntegerField()
    type = models.CharField(max_length=18)
    digest = models.CharField(max_length=64)
    parent = models.CharField(max_length=64, blank=True)
    text = models.BinaryField()
    content = models.BinaryField(null=True)
    tracker = models.CharField(max_length=43, null=True)
    credential = models.CharField(max_length=64, null=True)

    class Meta:
        """A chain without a fork, and no ballot twice: the database itself says so."""

        ordering: ClassVar = ["box", "height"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["box", "height"], name="one_event_a_height"),
            models.UniqueConstraint(fields=["box", "parent"], name="one_event_a_parent"),
            models.UniqueConstraint(fields=["box", "tracker"], name="one_ballot_a_tracker"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["box", "credential", "height"],
                condition=models.Q(credential__isnull=False),
                name="ballots_by_credential",
            )
        ]


class BoxPart(models.Model):
    """Data that an event's payload points to: of the setup, the tally, a shuffle, a decryption.

    ``file``: below the folder of boxes, where it is too long for the database (``content`` is empty then).
    """

    event = models.ForeignKey(BoxEvent, models.PROTECT, related_name="parts")
    order = models.PositiveSmallIntegerField()
    digest = models.CharField(max_length=64)
    content = models.BinaryField(null=True)
    file = models.CharField(max_length=120, blank=True)

    class Meta:
        """In the order in which they stand before their event."""

        ordering: ClassVar = ["event", "order"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["event", "order"], name="one_part_a_place")]


class BoxAlpha(models.Model):
    """An ``alpha`` that a ballot of a box has: one that is seen twice was made with randomness that somebody knows."""

    box = models.ForeignKey(SealedBox, models.PROTECT, related_name="+", db_index=False)
    alpha = models.BinaryField(max_length=16)

    class Meta:
        """Each once in a box."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["box", "alpha"], name="one_alpha_a_box")]


class BoxVoter(models.Model):
    """Whose a public credential is. ``who``: a keyed hash of the voter (``boxes.voters.who``), emptied in the end.

    ``struck``: since when they are off the roll, the box being open: they cast no more, and what they cast stays.
    """

    box = models.ForeignKey(SealedBox, models.CASCADE, related_name="people", db_index=False)
    who = models.CharField(max_length=64, null=True)
    credential = models.CharField(max_length=64)
    struck = models.DateTimeField(null=True)

    class Meta:
        """One voter a credential, and one credential a voter, in each box."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["box", "who"], name="one_credential_a_voter"),
            models.UniqueConstraint(fields=["box", "credential"], name="one_voter_a_credential"),
        ]


class HandedIn(models.Model):
    """A shuffle or a partial decryption that a trustee handed in: kept until it was checked, with what became of it.

    ``file``: below the folder of boxes. ``after``: the hash of the last event of the box from which it was made.
    ``fault``: why it was not taken; shown to everybody, with whose it is.
    """

    class Status(models.TextChoices):
        """What became of it."""

        WAITING = "waiting", _("waiting to be checked")
        TAKEN = "taken", _("taken")
        REFUSED = "refused", _("refused")

    box = models.ForeignKey(SealedBox, models.PROTECT, related_name="handed")
    trustee = models.ForeignKey(Trustee, models.PROTECT, related_name="handed")
    kind = models.CharField(max_length=18)
    after = models.CharField(max_length=64)
    file = models.CharField(max_length=120)
    at = models.DateTimeField(default=now)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.WAITING)
    fault = models.CharField(max_length=500, blank=True)

    class Meta:
        """In the order in which they came."""

        ordering: ClassVar = ["pk"]


class VoterCode(models.Model):
    """A code that was mailed to a voter so that they can cast. ``code``: a keyed hash of it; ``tries``: wrong ones."""

    vote = models.ForeignKey(OnlineVote, models.CASCADE, related_name="codes", db_index=False)
    who = models.CharField(max_length=64)
    code = models.CharField(max_length=64)
    at = models.DateTimeField(default=now)
    tries = models.PositiveSmallIntegerField(default=0)
    used = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Found by the voter."""

        indexes: ClassVar = [models.Index(fields=["vote", "who", "-at"], name="codes_by_voter")]


class PaperVote(models.Model):
    """That a voter's paper came back. ``outcome``: ``counts``, or ``unopened`` where an online ballot was there first
    or supersedes it; ``waits`` where one may still supersede it until the close. ``who``: as in ``BoxVoter``.
    """

    class Outcome(models.TextChoices):
        """What becomes of the paper."""

        WAITS = "waits", _("it counts if no online ballot is cast until the close")
        COUNTS = "counts", _("the paper counts")
        UNOPENED = "unopened", _("the envelope stays unopened: an online ballot counts")

    box = models.ForeignKey(SealedBox, models.CASCADE, related_name="papers", db_index=False)
    who = models.CharField(max_length=64)
    at = models.DateTimeField(default=now)
    outcome = models.CharField(max_length=10, choices=Outcome.choices)

    class Meta:
        """One paper a voter."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["box", "who"], name="one_paper_a_voter")]


class Restoration(models.Model):
    """That the database was put back from a copy: nothing is cast until it is reconciled with what people hold.

    ``contest``: of which one; without it, of all. ``found``: by box, the highest event that a receipt or a
    scrutineer's head speaks of; ``lost``: trackers of receipts whose ballots are gone, each with its box and height.
    """

    contest = models.ForeignKey("Contest", models.CASCADE, null=True, blank=True, related_name="restorations")
    at = models.DateTimeField(default=now)
    why = models.CharField(max_length=300)
    reconciled = models.DateTimeField(null=True, blank=True)
    found = models.JSONField(default=dict)
    lost = models.JSONField(default=list)
