"""Contests: made from a rulebook, frozen with it, carried through their stages to the declaration."""

from __future__ import annotations

import functools
import json
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from ... import documents, rules
from ...errors import InputError
from ...rules import Rulebook
from ..moment import now


class Preparation(models.Model):
    """Contests that are opened and closed together under one rulebook: the same office in every unit."""

    name = models.CharField(max_length=200)
    slug = models.SlugField(max_length=80, unique=True)
    about = models.TextField(_("about"), blank=True)
    kind = models.CharField(_("kind of unit"), max_length=40)
    office_name = models.CharField(_("office"), max_length=200)
    rulebook_id = models.CharField(_("rulebook"), max_length=100)
    previous = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="next")
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Newest first."""

        ordering: ClassVar = ["-created", "-id"]

    def __str__(self) -> str:
        return self.name


class Contest(models.Model):
    """One use of a rulebook, to fill an office or decide a motion.

    ``rulebook_text`` is the rulebook itself (TOML): a draft may change it, adoption freezes it.
    """

    class Status(models.TextChoices):
        """Where it stands. Stages have a state of their own (``StageState``)."""

        DRAFT = "draft", _("in preparation")
        ADOPTED = "adopted", _("under way")
        DECLARED = "declared", _("declared")
        CLOSED = "closed", _("closed")
        ABANDONED = "abandoned", _("abandoned")

    class Occasion(models.TextChoices):
        """Why it is held; the rulebook's thresholds depend on it."""

        VACANCY = "vacancy", _("the post is vacant")
        CHALLENGE = "challenge", _("the holder is challenged")
        REGULAR = "regular", _("the term ends")

    slug = models.SlugField(max_length=100, unique=True)
    title = models.CharField(_("title"), max_length=200)
    about = models.TextField(_("about"), blank=True)
    office = models.ForeignKey("Office", models.PROTECT, null=True, blank=True, related_name="contests")
    unit = models.ForeignKey("Unit", models.PROTECT, null=True, blank=True, related_name="contests")
    preparation = models.ForeignKey(Preparation, models.SET_NULL, null=True, blank=True, related_name="contests")
    occasion = models.CharField(_("occasion"), max_length=12, choices=Occasion.choices, default=Occasion.VACANCY)
    holder = models.ForeignKey("Person", models.PROTECT, null=True, blank=True, related_name="challenged_in")
    rulebook_id = models.CharField(_("rulebook"), max_length=100)
    rulebook_text = models.TextField()
    parameters = models.JSONField(default=dict, blank=True)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.DRAFT)
    board = models.CharField(
        _("nominations board"),
        max_length=10,
        choices=[("public", _("public while nominations run")), ("hidden", _("hidden until they close"))],
        default="public",
    )
    nominators = models.CharField(
        _("nominators"),
        max_length=10,
        choices=[("named", _("shown by name")), ("numbers", _("only their number is shown"))],
        default="named",
    )
    cloned_from = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="clones")
    follows = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="followed_by")
    against = models.CharField(_("earlier contest that the mandate is read beside"), max_length=120, blank=True)
    claims = models.JSONField(default=list, blank=True)
    created = models.DateTimeField(default=now)
    adopted = models.DateTimeField(null=True, blank=True)
    declared = models.DateTimeField(null=True, blank=True)
    personal_data_deleted = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Newest first."""

        ordering: ClassVar = ["-created", "-id"]

    def __str__(self) -> str:
        return self.title

    @property
    def rulebook(self) -> Rulebook:
        """The rulebook as a value, its parameters filled in where they are fixed."""
        return _filled(self.rulebook_text, json.dumps(self.parameters, sort_keys=True))

    @property
    def rulebook_as_written(self) -> Rulebook:
        """The rulebook as a value, with what it leaves to each contest left open."""
        return _rulebook(self.rulebook_text)

    @property
    def public(self) -> bool:
        """Whether the public may know of it."""
        return self.status not in (self.Status.DRAFT, self.Status.ABANDONED) or self.adopted is not None


@functools.lru_cache(maxsize=256)
def _rulebook(text: str) -> Rulebook:
    return rules.from_document(documents.parse(text.encode(), "rulebook.toml"))


@functools.lru_cache(maxsize=256)
def _filled(text: str, parameters: str) -> Rulebook:
    try:
        return rules.with_parameters(_rulebook(text), json.loads(parameters))
    except InputError:
        return _rulebook(text)  # something is still open; adoption waits for it


class ContestBody(models.Model):
    """Which body of the organisation a body of the rulebook is, and how large it was on the day that counts."""

    contest = models.ForeignKey(Contest, models.CASCADE, related_name="bodies")
    key = models.SlugField(max_length=60)
    body = models.ForeignKey("Body", models.PROTECT, related_name="+")
    on = models.DateField(_("as of"))

    class Meta:
        """One body for each name of the rulebook."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["contest", "key"], name="one_body_a_key")]


class TimetableDate(models.Model):
    """One date of a contest's timetable; ``key`` is the rulebook's, or one of ``timetable.STANDARD``."""

    contest = models.ForeignKey(Contest, models.CASCADE, related_name="dates")
    key = models.SlugField(max_length=60)
    at = models.DateTimeField(_("when"))
    whole_day = models.BooleanField(_("a day, not a moment"), default=False)

    class Meta:
        """In the order of time."""

        ordering: ClassVar = ["at", "key"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["contest", "key"], name="one_date_a_key")]


class TimetableChange(models.Model):
    """A published change of the timetable of a contest under way: what was, what is, and why."""

    contest = models.ForeignKey(Contest, models.CASCADE, related_name="timetable_changes")
    key = models.SlugField(max_length=60)
    before = models.DateTimeField(null=True)
    before_whole_day = models.BooleanField(default=False)
    after = models.DateTimeField()
    after_whole_day = models.BooleanField(default=False)
    reason = models.CharField(max_length=500)
    at = models.DateTimeField()

    class Meta:
        """In the order in which they were made."""

        ordering: ClassVar = ["at", "id"]


class StageState(models.Model):
    """Where a stage of a contest stands."""

    class Status(models.TextChoices):
        """A stage opens once and closes once."""

        WAITING = "waiting", _("not open yet")
        OPEN = "open", _("open")
        CLOSED = "closed", _("closed")

    contest = models.ForeignKey(Contest, models.CASCADE, related_name="stages")
    stage = models.SlugField(max_length=60)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    opened = models.DateTimeField(null=True, blank=True)
    closed = models.DateTimeField(null=True, blank=True)
    reached = models.DateTimeField(_("threshold of a motion reached"), null=True, blank=True)
    result = models.JSONField(default=dict, blank=True)

    class Meta:
        """One state a stage."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["contest", "stage"], name="one_state_a_stage")]


class Candidate(models.Model):
    """Somebody who is proposed, stands, or stood."""

    class Status(models.TextChoices):
        """From being proposed to standing."""

        PROPOSED = "proposed", _("proposed")
        CONSENTED = "consented", _("consents to stand")
        STANDING = "standing", _("on the paper")
        OUT = "out", _("went out in a ballot")
        NOT_NOMINATED = "not nominated", _("not nominated")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")

    contest = models.ForeignKey(Contest, models.CASCADE, related_name="candidates")
    person = models.ForeignKey("Person", models.PROTECT, related_name="candidacies")
    user = models.ForeignKey("User", models.SET_NULL, null=True, blank=True, related_name="candidacies")
    key = models.SlugField(max_length=80)
    name = models.CharField(_("name on the paper"), max_length=200)
    slate = models.CharField(_("slate"), max_length=100, blank=True)
    groups = models.JSONField(default=list, blank=True)
    status = models.CharField(max_length=20, choices=Status.choices, default=Status.PROPOSED)
    statement = models.TextField(_("statement"), blank=True, max_length=6000)
    no_statement = models.BooleanField(_("makes no statement"), default=False)
    picture = models.ImageField(_("picture"), upload_to="candidates", blank=True)
    consented = models.DateTimeField(null=True, blank=True)
    signed_off = models.DateTimeField(null=True, blank=True)
    signed_hash = models.CharField(max_length=64, blank=True)
    reason = models.CharField(_("reason of a ruling"), max_length=500, blank=True)
    order = models.PositiveIntegerField(default=0)

    class Meta:
        """In the order of the paper."""

        ordering: ClassVar = ["order", "name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contest", "key"], name="one_candidate_a_key"),
            models.UniqueConstraint(fields=["contest", "person"], name="one_candidacy_a_person"),
        ]

    def __str__(self) -> str:
        return self.name


class Agent(models.Model):
    """Somebody who acts for a candidate."""

    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="agents")
    user = models.ForeignKey("User", models.CASCADE, related_name="agencies")
    ended = models.DateTimeField(null=True, blank=True)


class Nomination(models.Model):
    """That a seat of a body nominates a candidate."""

    contest = models.ForeignKey(Contest, models.CASCADE, related_name="nominations")
    stage = models.SlugField(max_length=60)
    body = models.SlugField(max_length=60)
    seat = models.ForeignKey("BodySeat", models.PROTECT, related_name="nominations")
    candidate = models.ForeignKey(Candidate, models.CASCADE, related_name="nominations")
    at = models.DateTimeField(default=now)
    withdrawn = models.DateTimeField(null=True, blank=True)
    invalid = models.CharField(_("why it is not valid"), max_length=500, blank=True)

    class Meta:
        """Nobody nominates the same candidate twice at a stage."""

        ordering: ClassVar = ["at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["contest", "stage", "seat", "candidate"],
                condition=models.Q(withdrawn=None),
                name="nominates_a_candidate_once",
            )
        ]


class Letter(models.Model):
    """A letter that asks for a motion; only the official whom the rulebook names may know of it."""

    contest = models.ForeignKey(Contest, models.CASCADE, related_name="letters")
    stage = models.SlugField(max_length=60)
    seat = models.ForeignKey("BodySeat", models.PROTECT, related_name="letters")
    at = models.DateTimeField(default=now)
    withdrawn = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One running letter a seat."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["contest", "stage", "seat"], condition=models.Q(withdrawn=None), name="one_letter_a_seat"
            )
        ]


class BallotRound(models.Model):
    """One round of voting: of a ballot the only one, of repeated ballots each. ``field``: who is on its paper, by key.

    ``announced``: when its result became public, before which nobody is told who went out; ``result``: what was
    announced, so that a thousand readers do not ask for the count again.
    """

    contest = models.ForeignKey(Contest, models.CASCADE, related_name="ballot_rounds")
    stage = models.SlugField(max_length=60)
    number = models.PositiveIntegerField()
    field = models.JSONField(default=list)
    opened = models.DateTimeField()
    closed = models.DateTimeField(null=True, blank=True)
    announced = models.DateTimeField(null=True, blank=True)
    result = models.JSONField(default=dict, blank=True)

    class Meta:
        """Each round once, in their order."""

        ordering: ClassVar = ["stage", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contest", "stage", "number"], name="one_ballot_a_round")
        ]


class Draw(models.Model):
    """A lot of which everybody can see that nobody chose its outcome: for the order of a paper, or for ties.

    The seed's SHA-256 (``commitment``) is published first; then scrutineers give ``numbers``; then seed and numbers are
    published. ``about``: ``paper``, or the stage whose ties it breaks.
    """

    contest = models.ForeignKey(Contest, models.CASCADE, related_name="draws")
    about = models.SlugField(max_length=60)
    seed = models.CharField(max_length=80)
    commitment = models.CharField(max_length=64)
    numbers = models.JSONField(null=True, blank=True)
    order = models.JSONField(default=list, blank=True)
    begun = models.DateTimeField()
    drawn = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One draw for each thing."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["contest", "about"], name="one_draw_a_thing")]


class RoundEvent(models.Model):
    """What happened after a round of repeated ballots: who went out, withdrew, came in; how a tie was broken."""

    contest = models.ForeignKey(Contest, models.CASCADE, related_name="rounds")
    stage = models.SlugField(max_length=60)
    number = models.PositiveIntegerField()
    at = models.DateTimeField(default=now)
    data = models.JSONField(default=dict)

    class Meta:
        """One entry a round."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contest", "stage", "number"], name="one_event_a_round")
        ]


class FiguresEntry(models.Model):
    """Figures of a round, or a file of ballots, as one official took them in.

    They count once a second official has taken in the same without seeing the first's.
    """

    contest = models.ForeignKey(Contest, models.CASCADE, related_name="figures")
    stage = models.SlugField(max_length=60)
    round = models.PositiveIntegerField(default=1)
    section = models.SlugField(_("whose file of ballots"), max_length=60, blank=True)
    by = models.ForeignKey("User", models.PROTECT, related_name="+")
    at = models.DateTimeField(default=now)
    data = models.JSONField()
    file = models.FileField(upload_to="ballots", blank=True)
    file_hash = models.CharField(max_length=64, blank=True)
    replaced = models.DateTimeField(null=True, blank=True)
    agreed = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One running entry of each official."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["contest", "stage", "round", "section", "by"],
                condition=models.Q(replaced=None),
                name="one_entry_an_official",
            )
        ]


class PaperPreview(models.Model):
    """That somebody has looked at the paper as it will be, ``paper_hash`` being what they looked at."""

    contest = models.ForeignKey(Contest, models.CASCADE, related_name="previews")
    by = models.ForeignKey("User", models.PROTECT, related_name="+")
    paper_hash = models.CharField(max_length=64)
    at = models.DateTimeField(default=now)

    class Meta:
        """Each person once for one paper."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["contest", "by", "paper_hash"], name="looked_at_a_paper_once")
        ]


class Dispute(models.Model):
    """Something that is contested and blocks the opening until it is settled."""

    contest = models.ForeignKey(Contest, models.CASCADE, related_name="disputes")
    about = models.CharField(
        _("about"), max_length=40, choices=[("roll", _("the roll")), ("other", _("something else"))]
    )
    says = models.TextField(_("what is disputed"), max_length=2000)
    raised = models.DateTimeField(default=now)
    settled = models.DateTimeField(null=True, blank=True)
    ruling = models.TextField(_("ruling"), blank=True, max_length=2000)


class Declaration(models.Model):
    """The result as declared: the contest file from which everybody can make it again.

    ``contest_text`` and the frozen rulebook are what ``contest.from_document`` reads; ``data`` is its JSON.
    """

    contest = models.OneToOneField(Contest, models.PROTECT, related_name="declaration")
    at = models.DateTimeField()
    contest_text = models.TextField()
    data = models.JSONField()
    hash = models.CharField(max_length=64)

    def facts(self) -> dict[str, Any]:
        """The declaration as JSON."""
        return self.data
