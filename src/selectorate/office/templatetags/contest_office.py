"""What the officer's pages of a contest say in their templates."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from .. import timetable, wording
from ..access import OFFICERS
from ..models import OnlineVote, Role

register = template.Library()
RO, REGISTRAR, SCRUTINEER, TRUSTEE = Role.RETURNING_OFFICER, Role.REGISTRAR, Role.SCRUTINEER, Role.TRUSTEE
TABS: list[tuple[str, str, tuple[str, ...]]] = [
    ("contest-office", gettext_noop("Overview"), (RO, REGISTRAR, SCRUTINEER, TRUSTEE)),
    ("contest-details", gettext_noop("Details"), (RO,)),
    ("contest-rules", gettext_noop("Rules"), (RO, REGISTRAR, SCRUTINEER, TRUSTEE)),
    ("contest-parameters", gettext_noop("Left open"), (RO,)),
    ("contest-bodies", gettext_noop("Bodies"), (RO,)),
    ("contest-timetable", gettext_noop("Timetable"), (RO, REGISTRAR, SCRUTINEER, TRUSTEE)),
    ("contest-online", gettext_noop("Online vote"), (RO, REGISTRAR, SCRUTINEER, TRUSTEE)),
    ("contest-roll", gettext_noop("Roll"), OFFICERS),
    ("candidates-desk", gettext_noop("Candidates"), (RO,)),
    ("ceremony", gettext_noop("Trustees"), (RO, REGISTRAR, SCRUTINEER, TRUSTEE)),
    ("office-boxes", gettext_noop("Boxes"), OFFICERS),
    ("declare", gettext_noop("Declaration"), (RO,)),
    ("contest-officials", gettext_noop("Officials"), (RO,)),
    ("contest-proposals", gettext_noop("Acts of two"), OFFICERS),
    ("contest-disputes", gettext_noop("Disputes"), (RO, SCRUTINEER)),
    ("contest-claims", gettext_noop("Claims"), (RO,)),
    ("contest-acts", gettext_noop("Log of acts"), (RO, REGISTRAR, SCRUTINEER, TRUSTEE)),
]
"""The pages of a contest for its officials: route, name, and who may use it. Routes that are not there are left out."""


@register.filter
def moment(when: datetime | None) -> str:
    """A moment by the organisation's clock, in words."""
    return timetable.said(when)


@register.filter
def written_day(text: Any) -> str:
    """A day, or a time of one by the organisation's clock, as it is written in a file, in words."""
    try:
        when = datetime.fromisoformat(str(text))
    except ValueError:
        return str(text)
    return formats.date_format(when, "j F Y" if len(str(text)) == 10 else "j F Y, H:i")


@register.filter
def role(name: str) -> str:
    """What a role is called."""
    return wording.role(name)


@register.filter
def act(kind: str) -> str:
    """What a kind of act is called."""
    return wording.act(kind)


@register.filter
def detail(value: Any) -> str:
    """A value of an act's details, in a line."""
    if isinstance(value, dict):
        return "; ".join(f"{key}: {detail(one)}" for key, one in value.items())
    if isinstance(value, list):
        return ", ".join(detail(one) for one in value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "—" if value is None else str(value)


@register.inclusion_tag("office/tabs.html", takes_context=True)
def officer_tabs(context: dict[str, Any]) -> dict[str, Any]:
    """The pages of the contest that the person may use, the one they are on marked."""
    request = context["request"]
    contest, having = request.contest, {str(one) for one in request.roles}
    here = request.resolver_match.url_name
    found = []
    for route, name, who in TABS:
        if not having & {str(one) for one in who}:
            continue
        if route == "contest-parameters" and not contest.rulebook_as_written.parameters:
            continue
        if route in ("ceremony", "office-boxes") and not OnlineVote.objects.filter(contest=contest).exists():
            continue
        try:
            address = reverse(route, kwargs={"contest": contest.slug})
        except NoReverseMatch:
            continue
        found.append({"address": address, "name": _(name), "here": route == here})
    return {"tabs": found}
