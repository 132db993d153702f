"""Times and numbers as pages show them."""

from __future__ import annotations

from datetime import date, datetime

from django import template
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from .. import timetable

register = template.Library()


def day_text(value: date | datetime) -> str:
    """``18 July 2016``, in the organisation's time zone and the reader's language."""
    local = timezone.localtime(value, timetable.zone()) if isinstance(value, datetime) else value
    return date_format(local, "j F Y")


def clock_text(value: datetime) -> str:
    """``19:00 BST``: the time of day with the zone that it is of."""
    local = timezone.localtime(value, timetable.zone())
    return f"{date_format(local, 'H:i')} {zone_text(local)}"


def zone_text(local: datetime) -> str:
    """The name of the zone at a moment: ``BST``, or ``UTC+05:30`` where it has no letters."""
    name = local.tzname() or ""
    return name if name[:1].isalpha() else f"UTC{local.isoformat()[-6:]}"


@register.simple_tag
def when(value: datetime | None, whole_day: bool = False) -> SafeString | str:
    """A moment, or a day, in words, with what machines read."""
    if value is None:
        return ""
    local = timezone.localtime(value, timetable.zone())
    if whole_day:
        return format_html('<time datetime="{}">{}</time>', local.date().isoformat(), day_text(value))
    return format_html(
        '<time datetime="{}">{}, {}</time>',
        local.isoformat(timespec="minutes"),
        day_text(value),
        clock_text(value),
    )


@register.simple_tag
def day(value: date | datetime | None) -> SafeString | str:
    """A day in words, with what machines read."""
    if value is None:
        return ""
    local = timezone.localtime(value, timetable.zone()).date() if isinstance(value, datetime) else value
    return format_html('<time datetime="{}">{}</time>', local.isoformat(), day_text(value))


@register.filter
def whole(value: int | None) -> str:
    """A whole number with commas, as on the sheets."""
    return "" if value is None else f"{value:,}"


def whole_address_of(request: HttpRequest, address: str) -> str:
    """The whole address of a page of ours, as it is shared: under the public address of the site if it has one."""
    return f"{settings.ADDRESS}{address}" if settings.ADDRESS else request.build_absolute_uri(address)


@register.simple_tag(takes_context=True)
def whole_address(context: template.Context, address: str) -> str:
    """The same, in a template."""
    return whole_address_of(context["request"], address)
