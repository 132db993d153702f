"""The organisation: units, offices and who held them, bodies and who sits in them."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Organisation(models.Model):
    """The body whose site this is; there is one."""

    name = models.CharField(_("name"), max_length=200)
    about = models.TextField(_("about"), blank=True)
    contact = models.EmailField(_("mail address for questions"), blank=True)
    retention_days = models.PositiveIntegerField(
        _("days after the declaration for which personal data of a contest are kept"), default=180
    )

    def __str__(self) -> str:
        return self.name

    @classmethod
    def there(cls) -> Organisation | None:
        """The organisation, once it is set up."""
        return cls.objects.first()


class Person(models.Model):
    """Somebody of whom the office speaks: a holder of an office, a candidate, somebody in a body.

    Voters are not here: they are on the roll.
    """

    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(max_length=80, unique=True)
    email = models.EmailField(_("mail address"), blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """A branch of the organisation. ``path`` is its address: the slugs from the top, with slashes."""

    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    kind = models.CharField(_("kind"), max_length=40)
    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(max_length=80)
    path = models.CharField(max_length=400, unique=True, editable=False)
    code = models.CharField(_("code on the roll"), max_length=60, blank=True, db_index=True)

    class Meta:
        """In the order of the tree."""

        ordering: ClassVar = ["path"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["parent", "slug"], name="one_slug_a_unit")]

    def save(self, *args: object, **kwargs: object) -> None:
        """Keep the path with the slug."""
        self.path = f"{self.parent.path}/{self.slug}" if self.parent else self.slug
        super().save(*args, **kwargs)

    def __str__(self) -> str:
        return self.name


class Bench(models.Model):
    """Offices that are looked at together: the front bench, a shadow cabinet, an executive committee."""

    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(max_length=80, unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="benches")

    def __str__(self) -> str:
        return self.name


class Office(models.Model):
    """A post to be filled, in a unit; with several places it is held by several at once."""

    class Filled(models.TextChoices):
        """How it is filled."""

        ELECTED = "elected", _("elected")
        APPOINTED = "appointed", _("appointed")

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="offices")
    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(max_length=80)
    places = models.PositiveIntegerField(_("places"), default=1)
    filled = models.CharField(_("filled"), max_length=12, choices=Filled.choices, default=Filled.ELECTED)
    bench = models.ForeignKey(Bench, models.SET_NULL, null=True, blank=True, related_name="offices")
    rulebook = models.CharField(_("rulebook"), max_length=100, blank=True)
    order = models.PositiveIntegerField(default=0)

    class Meta:
        """In the order of a list of offices."""

        ordering: ClassVar = ["unit__path", "order", "name"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["unit", "slug"], name="one_slug_an_office")]

    def __str__(self) -> str:
        return self.name

    def holders(self, on: date) -> models.QuerySet[Tenure]:
        """The tenures that run on a day; somebody who goes on a day holds the office until that day begins."""
        return self.tenures.filter(began__lte=on).filter(models.Q(ended=None) | models.Q(ended__gt=on))

    def incumbents(self, on: date) -> models.QuerySet[Tenure]:
        """The holders on a day of whom the rulebooks speak: somebody who only acts for one is no incumbent."""
        return self.holders(on).exclude(began_how=Tenure.Began.ACTING)

    def vacant(self, on: date) -> bool:
        """Whether a place is free on a day; one in which somebody only acts is free."""
        return self.incumbents(on).count() < self.places


class TenureManager(models.Manager["Tenure"]):
    """The tenures there were: those struck as entered by mistake are left out."""

    def get_queryset(self) -> models.QuerySet[Tenure]:
        """All that were not struck."""
        return super().get_queryset().filter(struck=None)


class Tenure(models.Model):
    """That somebody holds an office: from when to when, how it began and how it ended."""

    class Began(models.TextChoices):
        """How a tenure begins."""

        ELECTED = "elected", _("elected")
        APPOINTED = "appointed", _("appointed")
        RETURNED = "returned", _("returned")
        ACTING = "acting", _("acting")

    class Ended(models.TextChoices):
        """How a tenure ends."""

        RESIGNED = "resigned", _("resigned")
        REMOVED = "removed", _("removed")
        DIED = "died", _("died")
        TERM = "term ended", _("term ended")
        REPLACED = "not re-elected", _("not re-elected")

    office = models.ForeignKey(Office, models.PROTECT, related_name="tenures")
    person = models.ForeignKey(Person, models.PROTECT, related_name="tenures")
    began = models.DateField(_("began on"))
    began_how = models.CharField(_("how it began"), max_length=20, choices=Began.choices)
    ended = models.DateField(_("ended on"), null=True, blank=True)
    ended_how = models.CharField(_("how it ended"), max_length=20, choices=Ended.choices, blank=True)
    slate = models.CharField(_("slate"), max_length=100, blank=True)
    contest = models.ForeignKey("Contest", models.SET_NULL, null=True, blank=True, related_name="tenures")
    note = models.CharField(_("note"), max_length=300, blank=True)
    struck = models.DateTimeField(_("struck as entered by mistake"), null=True, blank=True)

    objects = TenureManager()
    with_struck = models.Manager()

    class Meta:
        """In the order of time; an end is not before the beginning, and has a way."""

        ordering: ClassVar = ["began", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(ended=None, ended_how="")
                | (models.Q(ended__gte=models.F("began")) & ~models.Q(ended_how="")),
                name="tenure_ends_after_it_began",
            ),
            models.UniqueConstraint(
                fields=["office", "person"],
                condition=models.Q(ended=None, struck=None),
                name="holds_an_office_once",
            ),
        ]


class Body(models.Model):
    """A set of persons (or of branches, or of affiliates) with a role in contests: the MPs, the local parties."""

    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(max_length=80, unique=True)

    def __str__(self) -> str:
        return self.name

    def seats_on(self, on: date) -> models.QuerySet[BodySeat]:
        """The seats that are filled on a day."""
        return self.seats.filter(began__lte=on).filter(models.Q(ended=None) | models.Q(ended__gt=on))


class BodySeat(models.Model):
    """One member of a body. ``user`` signs in for it; ``part`` and ``measure`` are what rulebooks ask of it."""

    body = models.ForeignKey(Body, models.CASCADE, related_name="seats")
    name = models.CharField(_("name"), max_length=200)
    person = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="seats")
    unit = models.ForeignKey(Unit, models.SET_NULL, null=True, blank=True, related_name="seats")
    user = models.ForeignKey("User", models.SET_NULL, null=True, blank=True, related_name="seats")
    part = models.SlugField(_("part of the body"), max_length=60, blank=True)
    measure = models.PositiveIntegerField(_("how many it counts"), null=True, blank=True)
    place = models.CharField(_("place it comes from"), max_length=200, blank=True)
    began = models.DateField(_("from"))
    ended = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        """By name; somebody signs in for one seat of a body."""

        ordering: ClassVar = ["name", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["body", "user"], condition=models.Q(ended=None, user__isnull=False), name="one_seat_a_user"
            )
        ]

    def __str__(self) -> str:
        return self.name
