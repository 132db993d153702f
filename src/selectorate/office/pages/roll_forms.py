"""The forms of the roll: what is filled in becomes the JSON that the acts take."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from ...errors import RefusedError
from ...roll import COLUMNS, KEY
from ..rolls import cells

_TYPES = {"date": "date", "date and time": "datetime-local"}


class FindForm(forms.Form):
    """Somebody looked for on the roll. Sent, never put into an address: it is somebody's name."""

    asked = forms.CharField(
        label=_("Number, name or mail address"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "type": "search"}),
    )


class ReasonForm(forms.Form):
    """Why something is done."""

    reason = forms.CharField(label=_("Reason"), max_length=500)


class EntryForm(forms.Form):
    """One entry of the roll: every column, and why it is entered or changed."""

    def __init__(
        self, *args: Any, row: dict[str, Any] | None = None, ruling: tuple[tuple[str, str], ...] = (), **more: Any
    ) -> None:
        self.row = row
        initial = {name: _shown(value) for name, value in (row or {}).items()}
        super().__init__(*args, initial=initial, **more)
        for name, column in COLUMNS.items():
            if row is None or name not in KEY:
                self.fields[name] = _field(name, column.says, column.holds)
        if ruling:
            self.fields["segment"] = forms.ChoiceField(
                label=_("Segment, by a ruling"),
                required=False,
                choices=[("", _("as the rulebook decides")), *ruling],
                help_text=_("Only where it has been ruled that somebody votes whom the rulebook's tests refuse."),
            )
        self.fields["reason"] = forms.CharField(
            label=_("Reason"), max_length=500, help_text=_("As it may be read in court.")
        )

    def values(self) -> dict[str, Any]:
        """What was entered; of an entry that is there, what is other than it was."""
        given = {name: self.cleaned_data[name].strip() or None for name in COLUMNS if name in self.cleaned_data}
        if self.row is None:
            return {name: value for name, value in given.items() if value is not None}
        told: dict[str, Any] = {}
        for name, value in given.items():
            if name in self.changed_data and not _same(name, value, self.row[name]):
                told[name] = value
        return told


def _same(name: str, value: Any, before: Any) -> bool:
    try:
        return bool(cells.value_of(name, value) == before)
    except RefusedError:
        return False  # the act says at the field what is wrong with it


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _field(name: str, says: str, holds: str) -> forms.Field:
    label = says[:1].upper() + says[1:]
    needed = name in ("name", "capacity")
    if holds == "true or false":
        return forms.ChoiceField(
            label=label, required=False, choices=[("", _("not known")), ("yes", _("yes")), ("no", _("no"))]
        )
    kind = _TYPES.get(holds, "number" if holds == "number" else "text")
    attrs = {"type": kind, "autocomplete": "off", **({"step": "1"} if kind == "datetime-local" else {})}
    if name == "spell":
        attrs |= {"min": "1"}
    return forms.CharField(label=label, required=needed, max_length=cells.LONGEST, widget=forms.TextInput(attrs=attrs))


class PairForm(forms.Form):
    """Whether two entries are one person."""

    decision = forms.ChoiceField(
        label=_("Decision"),
        choices=[
            ("same", _("the same person")),
            ("different", _("two different persons")),
            ("later", _("later")),
        ],
        widget=forms.RadioSelect,
    )
    keep = forms.ChoiceField(
        label=_("If it is the same person: which entry is kept"), required=False, widget=forms.RadioSelect
    )
    reason = forms.CharField(label=_("What shows it"), required=False, max_length=500)

    def __init__(self, *args: Any, keys: tuple[str, str], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["keep"].choices = [(key, key) for key in keys]  # type: ignore[attr-defined]


class DatesForm(forms.Form):
    """Other dates of a contest, to see who would be entitled under them."""

    def __init__(self, *args: Any, names: dict[str, str], **more: Any) -> None:
        super().__init__(*args, **more)
        for key, says in names.items():
            self.fields[key] = forms.CharField(
                label=says[:1].upper() + says[1:],
                max_length=26,
                help_text=_("A day, 2016-01-12, or a time of the organisation's clock, 2016-01-12T17:00."),
            )


class AnnouncementForm(forms.Form):
    """A figure that was announced."""

    number = forms.IntegerField(label=_("How many were announced"), min_value=0)
    source = forms.CharField(label=_("Where"), max_length=300)
    on = forms.CharField(label=_("On"), widget=forms.TextInput(attrs={"type": "date"}))


class AccountForm(forms.Form):
    """Persons between the figure announced and the roll."""

    side = forms.ChoiceField(
        label=_("They were"),
        choices=[
            ("refused", _("refused before they were on the roll")),
            ("added", _("added after the figure was announced")),
            ("struck", _("struck before the roll was closed")),
        ],
    )
    number = forms.IntegerField(label=_("How many"), min_value=1)
    reason = forms.CharField(label=_("Reason"), max_length=200)
    source = forms.CharField(label=_("Where it can be seen"), max_length=300)


class RulingForm(forms.Form):
    """A ruling on an appeal."""

    upheld = forms.ChoiceField(
        label=_("The appeal is"), choices=[("yes", _("upheld")), ("no", _("refused"))], widget=forms.RadioSelect
    )
    ruling = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea)


class JoinForm(ReasonForm):
    """Two keys of a closed roll that are one person."""

    other = forms.CharField(label=_("Key of the entry that is the same person"), max_length=160)
    field_order = ("other", "reason")


class AskForm(forms.Form):
    """Which entry somebody has."""

    number = forms.CharField(
        label=_("Your number"), max_length=160, help_text=_("Of the membership, or of your union's list.")
    )
    family = forms.CharField(label=_("Family name"), max_length=200)
    born = forms.DateField(
        label=_("Date of birth"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    email = forms.EmailField(
        label=_("Mail address on the roll"), required=False, help_text=_("One of the two is enough.")
    )

    def clean(self) -> dict[str, Any]:
        """One of the two is there."""
        given = super().clean() or {}
        if not self.errors and not given.get("born") and not given.get("email"):
            self.add_error("born", _t("Give your date of birth, or the mail address that the roll has of you."))
        return given


class AppealForm(forms.Form):
    """An appeal about the roll."""

    name = forms.CharField(label=_("Your name"), max_length=200)
    email = forms.EmailField(
        label=_("Your mail address"),
        help_text=_("The ruling goes there; if you are on the roll, to the address that stands there."),
    )
    number = forms.CharField(label=_("Your number"), required=False, max_length=60)
    family = forms.CharField(label=_("Family name"), required=False, max_length=200)
    born = forms.DateField(
        label=_("Date of birth"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    text = forms.CharField(label=_("What is wrong, and what shows it"), max_length=4000, widget=forms.Textarea)
