"""Rolls that are closed for a contest: who is entitled, every later change, the figures they are held against; and what
people ask and say about them.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..moment import now
from .rolls import RollStep


class ClosedRoll(models.Model):
    """The roll of one contest: prepared (looked at first), then closed; ended where it was opened again.

    ``file``: the rows, as Parquet, below the folder of rolls. ``fingerprint``: of the rows; ``published``: the same
    with ``salt``, which stays inside, so that nobody can try out whether somebody is on it. ``counts``: by
    stage, as closed; ``standing``: the same after every later change.
    """

    contest = models.ForeignKey("Contest", models.CASCADE, related_name="rolls")
    prepared = models.DateTimeField(default=now)
    closed = models.DateTimeField(null=True)
    ended = models.DateTimeField(null=True)
    step = models.ForeignKey(RollStep, models.PROTECT, related_name="+")
    dates = models.JSONField(default=dict)
    on = models.DateField(null=True)
    file = models.CharField(max_length=120)
    fingerprint = models.CharField(max_length=64)
    salt = models.CharField(max_length=64)
    published = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    persons = models.PositiveIntegerField()
    counts = models.JSONField(default=dict)
    standing = models.JSONField(default=dict)
    remarks = models.JSONField(default=list)

    class Meta:
        """The last one first; one at a time is closed."""

        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["contest"], condition=models.Q(closed__isnull=False, ended=None), name="one_closed_roll"
            )
        ]

    @classmethod
    def of(cls, contest: object) -> ClosedRoll | None:
        """The roll that is closed for a contest."""
        return cls.objects.filter(contest=contest, closed__isnull=False, ended=None).first()


class RollAmendment(models.Model):
    """A change of a closed roll: an act of two officials with a reason. Kinds are those of ``roll.LaterChange``.

    ``segment``: the one in which somebody votes by a ruling of the officials, where the rulebook's tests say otherwise.
    ``effect``: by stage, how many persons more (or fewer) are entitled after it.
    """

    closed = models.ForeignKey(ClosedRoll, models.CASCADE, related_name="amendments")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=8, choices=[(k, k) for k in ("add", "strike", "amend", "merge")])
    person = models.CharField(max_length=160)
    other = models.CharField(max_length=160, blank=True)
    key = models.JSONField(null=True)
    values = models.JSONField(default=dict)
    before = models.JSONField(default=list)
    segment = models.CharField(max_length=60, blank=True)
    effect = models.JSONField(default=dict)
    reason = models.CharField(max_length=500)
    officials = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        """In their order."""

        ordering: ClassVar = ["number"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["closed", "number"], name="one_amendment_a_number")]
        indexes: ClassVar = [models.Index(fields=["closed", "person"], name="amendments_by_person")]


class Entitlement(models.Model):
    """One vote that somebody has at a stage, or (``segment`` empty) that they have none, and why.

    What a later change ended stays, with the change. ``several``: they belong to two segments or more.
    """

    closed = models.ForeignKey(ClosedRoll, models.CASCADE, related_name="entitlements", db_index=False)
    stage = models.CharField(max_length=60)
    person = models.CharField(max_length=160)
    name = models.TextField()
    segment = models.CharField(max_length=60, blank=True)
    also = models.CharField(max_length=300, blank=True)
    several = models.BooleanField(default=False)
    capacity = models.CharField(max_length=160, blank=True)
    body = models.CharField(max_length=160, blank=True)
    spell = models.PositiveIntegerField(default=0)
    unit = models.CharField(max_length=160, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    reasons = models.TextField(blank=True)
    began = models.ForeignKey(RollAmendment, models.PROTECT, null=True, related_name="+", db_index=False)
    ended = models.ForeignKey(RollAmendment, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        """Found by the person, by the segment, by the reason."""

        indexes: ClassVar = [
            models.Index(fields=["person", "closed", "stage"], name="entitled_by_person"),
            models.Index(fields=["closed", "stage", "segment", "id"], name="entitled_by_segment"),
            models.Index(
                fields=["closed", "stage", "reason", "id"], condition=models.Q(segment=""), name="refused_by_reason"
            ),
            models.Index(fields=["closed", "stage", "id"], condition=models.Q(several=True), name="entitled_several"),
        ]


class Announcement(models.Model):
    """A figure that was announced of those entitled: what the final roll is held against."""

    contest = models.ForeignKey("Contest", models.CASCADE, related_name="announcements")
    number = models.PositiveIntegerField()
    source = models.CharField(max_length=300)
    on = models.DateField()
    at = models.DateTimeField(default=now)
    by = models.ForeignKey("User", models.SET_NULL, null=True, related_name="+")

    class Meta:
        """The last one holds."""

        ordering: ClassVar = ["-at", "-pk"]


class ReconciliationLine(models.Model):
    """Persons between the figure announced and the roll, whom nothing in the roll itself accounts for."""

    class Side(models.TextChoices):
        """On which side of the sum they stand."""

        REFUSED = "refused", _("refused before they were on the roll")
        ADDED = "added", _("added after the figure was announced")
        STRUCK = "struck", _("struck before the roll was closed")

    contest = models.ForeignKey("Contest", models.CASCADE, related_name="reconciliation_lines")
    side = models.CharField(max_length=8, choices=Side.choices)
    reason = models.CharField(max_length=200)
    number = models.PositiveIntegerField()
    source = models.CharField(max_length=300)
    at = models.DateTimeField(default=now)
    by = models.ForeignKey("User", models.SET_NULL, null=True, related_name="+")
    withdrawn = models.DateTimeField(null=True)


class RollEnquiry(models.Model):
    """Somebody asked which entry they have. What they gave is wiped as soon as it was looked up."""

    class Status(models.TextChoices):
        """What became of it."""

        WAITING = "waiting", _("waiting")
        MAILED = "mailed", _("answered by mail")
        BY_POST = "by post", _("to be answered by post")
        POSTED = "posted", _("answered by post")
        NOTHING = "nothing", _("nothing found")
        TOO_MANY = "too many", _("asked too often")

    contest = models.ForeignKey("Contest", models.CASCADE, related_name="enquiries")
    at = models.DateTimeField(default=now)
    given = models.JSONField(default=dict)
    person = models.CharField(max_length=160, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    answered = models.DateTimeField(null=True)

    class Meta:
        """Those that wait are found at once."""

        indexes: ClassVar = [models.Index(fields=["contest", "status", "id"], name="enquiries_by_status")]


class RollAppeal(models.Model):
    """Somebody says that the roll is wrong about them; ruled on with a reason.

    ``given``: by what the entry is found, wiped as soon as it was looked up. ``person``: the key of the entry that
    fits it; empty for somebody who is not on the roll.
    """

    class Status(models.TextChoices):
        """What was ruled."""

        OPEN = "open", _("open")
        UPHELD = "upheld", _("upheld")
        REFUSED = "refused", _("refused")

    contest = models.ForeignKey("Contest", models.CASCADE, related_name="appeals")
    at = models.DateTimeField(default=now)
    name = models.CharField(_("name"), max_length=200)
    email = models.EmailField(_("mail address"))
    number = models.CharField(_("number"), max_length=60, blank=True)
    text = models.TextField(_("what is wrong"), max_length=4000)
    given = models.JSONField(default=dict)
    person = models.CharField(max_length=160, blank=True)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.OPEN)
    ruling = models.TextField(_("ruling"), max_length=2000, blank=True)
    ruled = models.DateTimeField(null=True)

    class Meta:
        """Those that are open are found at once, the oldest first."""

        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [models.Index(fields=["contest", "status", "id"], name="appeals_by_status")]
