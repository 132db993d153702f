"""Who signs in, and what they may do."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from ..moment import now


class UserManager(BaseUserManager["User"]):
    """Makes users, who are known by their mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> User:
        """A user with that address; without a password they sign in by a code or a passkey."""
        user = self.model(email=email, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """Somebody who signs in: an official, a nominator, a candidate, an agent.

    ``epoch`` is counted up to end every session of theirs.
    """

    email = models.EmailField(_("mail address"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    person = models.OneToOneField("Person", models.SET_NULL, null=True, blank=True, related_name="user")
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)
    epoch = models.PositiveIntegerField(default=0)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = UserManager()

    class Meta:
        """One account an address, however it is written."""

        constraints: ClassVar = [models.UniqueConstraint(Lower("email"), name="one_account_an_address")]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the address in small letters: that is how it is looked up when somebody signs in."""
        self.email = self.email.strip().lower()
        super().save(*args, **kwargs)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session must match: it ends with another password, and with another ``epoch`` (second factors)."""
        return salted_hmac(
            "selectorate.office.session", f"{self.epoch}:{self.password}", secret=secret, algorithm="sha256"
        ).hexdigest()


class Role(models.TextChoices):
    """What somebody is to a contest, or to the whole organisation, by appointment."""

    RETURNING_OFFICER = "returning-officer", _("returning officer")
    REGISTRAR = "registrar", _("registrar")
    TRUSTEE = "trustee", _("trustee")
    SCRUTINEER = "scrutineer", _("scrutineer")
    LETTER_KEEPER = "letter-keeper", _("keeper of the letters")


class Appointment(models.Model):
    """A role that somebody has, in one contest or (without one) in the whole organisation."""

    user = models.ForeignKey(User, models.CASCADE, related_name="appointments")
    role = models.CharField(max_length=30, choices=Role.choices)
    contest = models.ForeignKey("Contest", models.CASCADE, null=True, blank=True, related_name="appointments")
    ended = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One running appointment of each kind."""

        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["user", "role", "contest"],
                condition=models.Q(ended=None),
                nulls_distinct=False,
                name="appointed_once",
            )
        ]


class Mail(models.Model):
    """A message to be sent, or (while no server for mail is set) to be shown on the outbox page.

    Once a server has taken it, ``to``, ``subject`` and ``body`` are emptied: they can carry a code to sign in with.
    One with no ``to`` from the beginning is for nobody (``signing_in``) and is not shown.
    """

    at = models.DateTimeField(default=now)
    to = models.TextField(blank=True)
    subject = models.TextField(blank=True)
    body = models.TextField(blank=True)
    sent = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next = models.DateTimeField(null=True, blank=True)
    fault = models.CharField(max_length=200, blank=True)

    class Meta:
        """What waits is found quickly."""

        indexes: ClassVar = [models.Index(fields=["next"], name="mail_that_waits", condition=models.Q(sent=None))]
