"""The organisation's roll in the database: one row is one capacity of one person, as in the room ``roll``; how it came
to be; imports, duplicates, and long work on it.

The columns of ``RollEntry`` are those of ``roll.COLUMNS``. A body that is not known is empty here and NULL there (so
that one constraint keeps the key unique on every database); the time of a registration is text, because it is a time
of the organisation's clock and not a moment.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..moment import now


class RollStep(models.Model):
    """One step of the roll: an import, its undoing, a correction. The last one says how things stand.

    ``fingerprint``: of the whole roll after it; empty where it was not computed (single corrections).
    ``counts``: figures of the roll after it, so that no page has to count.
    """

    class Kind(models.TextChoices):
        """What was done."""

        IMPORT = "import", _("import")
        UNDO = "undo", _("import undone")
        ENTER = "enter", _("entry made")
        CORRECT = "correct", _("entry corrected")
        REMOVE = "remove", _("entry removed")
        MERGE = "merge", _("two keys found to be one person")

    number = models.PositiveIntegerField(unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    at = models.DateTimeField(default=now)
    by = models.ForeignKey("User", models.SET_NULL, null=True, related_name="+")
    note = models.CharField(max_length=500, blank=True)
    rows = models.PositiveIntegerField(default=0)
    persons = models.PositiveIntegerField(default=0)
    fingerprint = models.CharField(max_length=64, blank=True)
    counts = models.JSONField(default=dict)

    class Meta:
        """The last one first."""

        ordering: ClassVar = ["-number"]

    @classmethod
    def last(cls) -> RollStep | None:
        """How the roll stands; None while nobody was ever on it."""
        return cls.objects.order_by("-number").first()


class RollEntry(models.Model):
    """One capacity of one person. The first columns are those of ``roll.COLUMNS``.

    ``by_name``, ``by_family``, ``mail``: as they are searched, without case and accents. ``since``: the step with which
    it came onto the roll.
    """

    person = models.CharField(max_length=160)
    number = models.CharField(max_length=160, null=True)
    name = models.TextField()
    given = models.TextField(null=True)
    family = models.TextField(null=True)
    former = models.TextField(null=True)
    born = models.DateField(null=True)
    email = models.TextField(null=True)
    phone = models.TextField(null=True)
    address = models.TextField(null=True)
    postcode = models.TextField(null=True)
    unit = models.CharField(max_length=160, null=True)
    capacity = models.CharField(max_length=160)
    body = models.CharField(max_length=160, blank=True)
    spell = models.PositiveIntegerField(default=1)
    joined = models.DateField(null=True)
    left = models.DateField(null=True)
    registered = models.CharField(max_length=26, null=True)
    suspended = models.BooleanField(null=True)
    arrears = models.BooleanField(null=True)
    consented = models.BooleanField(null=True)
    paid = models.BooleanField(null=True)
    citizen = models.BooleanField(null=True)
    resident = models.BooleanField(null=True)
    source = models.TextField(null=True)
    by_name = models.CharField(max_length=120, blank=True)
    by_family = models.CharField(max_length=120, blank=True)
    mail = models.CharField(max_length=120, blank=True)
    since = models.ForeignKey(RollStep, models.PROTECT, related_name="entries", db_index=False, db_constraint=False)

    class Meta:
        """One row a key, and the ways in which somebody is found."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "capacity", "body", "spell"], name="one_entry_a_key")
        ]
        indexes: ClassVar = [
            models.Index(fields=["number"], name="entry_by_number"),
            models.Index(fields=["mail"], opclasses=["text_pattern_ops"], name="entry_by_mail"),
            models.Index(fields=["unit"], name="entry_by_unit"),
            models.Index(fields=["by_name"], opclasses=["text_pattern_ops"], name="entry_by_name"),
            models.Index(fields=["by_family"], opclasses=["text_pattern_ops"], name="entry_by_family"),
        ]


class RollPast(models.Model):
    """What a step changed in one entry: ``data`` is {column: [before, after]}, or the whole row that is gone."""

    class Kind(models.TextChoices):
        """What happened to the entry."""

        CHANGED = "changed", _("changed")
        GONE = "gone", _("gone")

    step = models.ForeignKey(RollStep, models.CASCADE, related_name="past")
    person = models.CharField(max_length=160)
    capacity = models.CharField(max_length=160)
    body = models.CharField(max_length=160, blank=True)
    spell = models.PositiveIntegerField(default=1)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    data = models.JSONField()
    since = models.PositiveBigIntegerField(null=True)

    class Meta:
        """Found by the person."""

        indexes: ClassVar = [models.Index(fields=["person"], name="past_by_person")]


class RollImport(models.Model):
    """A file that was taken in for the roll, from being looked at to being applied or undone.

    ``folder``: where its files are, below the folder of rolls; ``looked``: what ``roll.look`` found; ``base``: number
    of the step that the dry run was made on; ``plan``: fingerprint of what was shown.
    """

    class Status(models.TextChoices):
        """How far it has come."""

        LOOKED = "looked at", _("looked at")
        DRY = "dry run", _("dry run made")
        APPLIED = "applied", _("applied")
        UNDONE = "undone", _("undone")
        DROPPED = "dropped", _("dropped")

    at = models.DateTimeField(default=now)
    by = models.ForeignKey("User", models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    folder = models.CharField(max_length=80)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.LOOKED)
    looked = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)
    questions = models.JSONField(default=list)
    remarks = models.JSONField(default=list)
    counts = models.JSONField(default=dict)
    base = models.PositiveIntegerField(default=0)
    result = models.CharField(max_length=64, blank=True)
    plan = models.CharField(max_length=64, blank=True)
    step = models.OneToOneField(RollStep, models.SET_NULL, null=True, related_name="imported")
    files_gone = models.DateTimeField(null=True)

    class Meta:
        """The last one first."""

        ordering: ClassVar = ["-pk"]


class RollMapping(models.Model):
    """How a file with these headings became rows: proposed for the next one."""

    headings = models.JSONField()
    mapping = models.JSONField()
    used = models.DateTimeField(default=now)

    class Meta:
        """The last used first."""

        ordering: ClassVar = ["-used"]


class RollAlias(models.Model):
    """That two keys were found to be one person: an import that brings ``other`` means ``keep``."""

    other = models.CharField(max_length=160, unique=True)
    keep = models.CharField(max_length=160, db_index=True)
    step = models.ForeignKey(RollStep, models.PROTECT, related_name="aliases")


class DuplicatePair(models.Model):
    """Two keys that are probably one person, as found by the program; decided by a person."""

    class Status(models.TextChoices):
        """What was decided."""

        OPEN = "open", _("not decided")
        LATER = "later", _("later")
        SAME = "same", _("same person")
        DIFFERENT = "different", _("different persons")

    a = models.CharField(max_length=160)
    b = models.CharField(max_length=160)
    why = models.JSONField(default=list)
    score = models.PositiveSmallIntegerField(default=0)
    group = models.PositiveIntegerField(default=0)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    reason = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey("User", models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(null=True)

    class Meta:
        """Each pair once, those that hang together beside each other."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["a", "b"], name="one_review_a_pair")]
        indexes: ClassVar = [models.Index(fields=["status", "group", "id"], name="pairs_by_status")]


class RollJob(models.Model):
    """Long work on the roll, done beside the pages: what, for whom, how far it is, what came of it."""

    class Status(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("under way")
        DONE = "done", _("done")
        FAILED = "failed", _("not done")

    kind = models.CharField(max_length=20)
    contest = models.ForeignKey("Contest", models.CASCADE, null=True, related_name="roll_jobs")
    imported = models.ForeignKey(RollImport, models.CASCADE, null=True, related_name="jobs")
    payload = models.JSONField(default=dict)
    by = models.ForeignKey("User", models.CASCADE, related_name="+")
    at = models.DateTimeField(default=now)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    says = models.CharField(max_length=1000, blank=True)
    result = models.JSONField(default=dict)
    file = models.CharField(max_length=120, blank=True)
    ended = models.DateTimeField(null=True)

    class Meta:
        """The last one first."""

        ordering: ClassVar = ["-pk"]
