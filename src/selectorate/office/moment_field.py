"""A form field for a date or a time of the organisation's clock, checked as the timetable checks it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from . import timetable


class MomentWidget(forms.MultiWidget):
    """A day, a time, and (only where the clock shows it twice on that day) which of the two is meant."""

    template_name = "office/moment.html"

    def __init__(self, *, whole_day: bool) -> None:
        self.whole_day = whole_day
        super().__init__(
            {
                "day": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
                "time": forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
                "which": forms.TextInput(),
            }
        )

    def decompress(self, value: str | None) -> list[str]:
        """A text that ``timetable.moment`` reads, in its three parts."""
        if not value:
            return ["", "", ""]
        return [value[:10], value[11:16], value[16:]]

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """With the two offsets to choose from, where the time is one that comes twice."""
        context = super().get_context(name, value, attrs)
        parts = value if isinstance(value, list) else self.decompress(value)
        day, time, which = (str(part or "") for part in parts)
        offsets: tuple[str, ...] = ()
        try:
            timetable.moment(f"{day}T{time[:5]}")
        except timetable.TwiceError as fault:
            offsets = fault.offsets
        except ValueError:
            pass
        context["widget"] |= {"offsets": offsets, "which": which, "whole_day": self.whole_day}
        return context


class MomentField(forms.MultiValueField):
    """Gives a text that ``timetable.moment`` reads: a day, or a time of the organisation's clock.

    ``whole_day``: whether a day without a time will do.
    """

    def __init__(self, *, whole_day: bool = True, **more: Any) -> None:
        self.whole_day = whole_day
        fields = (
            forms.DateField(input_formats=["%Y-%m-%d"]),
            forms.TimeField(input_formats=["%H:%M", "%H:%M:%S"], required=False),
            forms.CharField(max_length=6, required=False),
        )
        more.setdefault("error_messages", {}).setdefault("incomplete", gettext_lazy("give the day"))
        super().__init__(fields, require_all_fields=False, widget=MomentWidget(whole_day=whole_day), **more)

    def compress(self, values: list[Any]) -> str:
        """The text. Raises ValidationError for a time that the clock skips, or shows twice and it is not said which."""
        if not values or not values[0]:
            if values and values[1]:
                raise ValidationError(_("give the day"))
            return ""
        day, time, which = values
        if time is None:
            if not self.whole_day:
                raise ValidationError(_("give the time as well: a day alone leaves open when on that day"))
            text = day.isoformat()
        else:
            text = f"{day.isoformat()}T{time.strftime('%H:%M')}"
        try:
            timetable.moment(text)
        except timetable.TwiceError as fault:
            if which not in fault.offsets:
                raise ValidationError(_("the clock shows this time twice on that day: say which is meant")) from None
            text += which
        except ValueError as fault:
            raise ValidationError(str(fault)) from None
        return text
