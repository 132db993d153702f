"""The roll in the database: one row is one capacity of one person, as in the room ``roll``; how it came to be; the
rolls that were closed for contests, and who is entitled under them.

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

    ``person``: the key of the entry that fits what they gave; empty for somebody who is not on the roll.
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
    person = models.CharField(max_length=160, blank=True)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.OPEN)
    ruling = models.TextField(_("ruling"), max_length=2000, blank=True)
    ruled = models.DateTimeField(null=True)

    class Meta:
        """Those that are open are found at once, the oldest first."""

        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [models.Index(fields=["contest", "status", "id"], name="appeals_by_status")]


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
