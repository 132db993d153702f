"""The log of acts: every entry chained to the one before by its hash.

Published of an act are its number, kind, roles, time and a commitment to the details: SHA-256 of a salt and the
canonical JSON of the details. Names and reasons stay inside, with the salt. When personal data are deleted after
their time, ``details`` and ``salt`` go and the chain still holds.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from ...contest.published_log import GENESIS, canonical, commitment, entry_hash
from ..moment import now

PROPOSAL_LASTS = timedelta(days=14)
"""How long a proposal waits for a second official: what was right a month ago is looked at afresh."""


LETTERS = "letters:"
"""How the names of logs begin that only the keeper of the letters may see, or know the height of."""


class Log(models.Model):
    """One chain: of a contest, of the organisation, or of what only one official may see (letters)."""

    name = models.CharField(max_length=120, unique=True)
    height = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64, default=GENESIS)

    def __str__(self) -> str:
        return self.name

    @classmethod
    def shown(cls) -> models.QuerySet[Log]:
        """The logs of which a page may tell: even the height of the others says how many letters there are."""
        return cls.objects.exclude(name__startswith=LETTERS)


class Act(models.Model):
    """One act of an official, as it stands in its log."""

    log = models.ForeignKey(Log, models.PROTECT, related_name="acts")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=60)
    at = models.DateTimeField()
    role = models.CharField(max_length=30)
    second_role = models.CharField(max_length=30, blank=True)
    by = models.ForeignKey("User", models.SET_NULL, null=True, related_name="+")
    second = models.ForeignKey("User", models.SET_NULL, null=True, related_name="+")
    details = models.JSONField(null=True)
    salt = models.CharField(max_length=64, blank=True)
    commitment = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        """No gap, no fork."""

        ordering: ClassVar = ["log", "number"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["log", "number"], name="no_two_acts_of_one_number"),
            models.UniqueConstraint(fields=["log", "previous"], name="no_fork_of_a_log"),
        ]

    def published(self) -> dict[str, Any]:
        """What everybody may see of it: what the hash is of, and the hash."""
        return {
            "log": self.log.name,
            "number": self.number,
            "kind": self.kind,
            "at": self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "role": self.role,
            "second_role": self.second_role,
            "commitment": self.commitment,
            "previous": self.previous,
            "hash": self.hash,
        }

    def computed_hash(self) -> str:
        """The hash that it must have."""
        return entry_hash(self.published())

    def computed_commitment(self) -> str:
        """The commitment that its details must have."""
        return commitment(self.salt, self.details)


class Proposal(models.Model):
    """An act that two officials do: what the first proposes, until a second confirms or refuses it.

    ``basis``: what it was proposed on (the state of the contest, say); it is not confirmed once that has changed.
    """

    class Status(models.TextChoices):
        """What became of it."""

        OPEN = "open", _("waits for a second official")
        DONE = "done", _("confirmed")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")
        EXPIRED = "expired", _("expired")

    kind = models.CharField(max_length=60)
    contest = models.ForeignKey("Contest", models.CASCADE, null=True, blank=True, related_name="proposals")
    payload = models.JSONField()
    basis = models.JSONField(default=dict)
    says = models.TextField()
    by = models.ForeignKey("User", models.PROTECT, related_name="+")
    at = models.DateTimeField(default=now)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.OPEN)
    second = models.ForeignKey("User", models.PROTECT, null=True, blank=True, related_name="+")
    decided = models.DateTimeField(null=True, blank=True)

    @property
    def expires(self) -> datetime:
        """Until when it can be confirmed."""
        return self.at + PROPOSAL_LASTS

    @property
    def expired(self) -> bool:
        """Whether nobody confirmed it in time."""
        return self.status == self.Status.OPEN and now() >= self.expires


__all__ = ["GENESIS", "PROPOSAL_LASTS", "Act", "Log", "Proposal", "canonical"]
