"""Who signs in, and what they may do."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from ..moment import now


class UserManager(BaseUserManager["User"]):
    """Makes users, who are known by their mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> User:
        """A user with that address; without a password they sign in by a code or a passkey."""
        user = self.model(email=self.normalize_email(email).strip(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """Somebody who signs in: an official, a nominator, a candidate, an agent."""

    email = models.EmailField(_("mail address"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    person = models.OneToOneField("Person", models.SET_NULL, null=True, blank=True, related_name="user")
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects = UserManager()

    class Meta:
        """One account an address, however it is written."""

        constraints: ClassVar = [models.UniqueConstraint(Lower("email"), name="one_account_an_address")]

    def __str__(self) -> str:
        return self.name


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
    """A message that was not sent by any server, for the outbox page."""

    at = models.DateTimeField(default=now)
    to = models.TextField()
    subject = models.TextField()
    body = models.TextField()
