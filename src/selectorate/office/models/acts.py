"""The log of acts: every entry chained to the one before by its hash.

Published of an act are its number, kind, roles, time and a commitment to the details: SHA-256 of a salt and the
canonical JSON of the details. Names and reasons stay inside, with the salt. When personal data are deleted after
their time, ``details`` and ``salt`` go and the chain still holds.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..moment import now

GENESIS = "0" * 64
"""What the first entry of a log names as the one before."""


def canonical(value: Any) -> bytes:
    """``value`` as JSON with sorted keys and no spaces, in UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


class Log(models.Model):
    """One chain: of a contest, of the organisation, or of what only one official may see (letters)."""

    name = models.CharField(max_length=120, unique=True)
    height = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64, default=GENESIS)

    def __str__(self) -> str:
        return self.name


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
        """What everybody may see of it: what the hash is of."""
        return {
            "number": self.number,
            "kind": self.kind,
            "at": self.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "role": self.role,
            "second_role": self.second_role,
            "commitment": self.commitment,
            "previous": self.previous,
        }

    def computed_hash(self) -> str:
        """The hash that it must have."""
        return hashlib.sha256(canonical(self.published())).hexdigest()

    def computed_commitment(self) -> str:
        """The commitment that its details must have."""
        return hashlib.sha256(bytes.fromhex(self.salt) + canonical(self.details)).hexdigest()


class Proposal(models.Model):
    """An act that two officials do: what the first proposes, until a second confirms or refuses it."""

    class Status(models.TextChoices):
        """What became of it."""

        OPEN = "open", _("waits for a second official")
        DONE = "done", _("confirmed")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")

    kind = models.CharField(max_length=60)
    contest = models.ForeignKey("Contest", models.CASCADE, null=True, blank=True, related_name="proposals")
    payload = models.JSONField()
    says = models.TextField()
    by = models.ForeignKey("User", models.PROTECT, related_name="+")
    at = models.DateTimeField(default=now)
    status = models.CharField(max_length=12, choices=Status.choices, default=Status.OPEN)
    second = models.ForeignKey("User", models.PROTECT, null=True, blank=True, related_name="+")
    decided = models.DateTimeField(null=True, blank=True)
