"""The units, offices and holders of the invented party."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..models import Office, Unit
from . import names

if TYPE_CHECKING:
    from .seed import Party


def furnish(party: Party) -> None:
    """The tree of units and their offices."""
    national = Unit.objects.create(kind="national", name="Commonwealth Party", slug="commonwealth")
    for number, name in enumerate(("Leader", "Deputy leader", "President", "Vice-president", "Treasurer", "Chair")):
        slug = name.lower().replace(" ", "-")
        party.offices[slug] = Office.objects.create(unit=national, name=name, slug=slug, order=number).pk
    regions = [
        Unit.objects.create(parent=national, kind="region", name=name, slug=name.lower())
        for name in ("North", "Midlands", "South")
    ]
    for number, place in enumerate(names.PLACES):
        slug = place.lower().replace(" ", "-")
        Unit.objects.create(parent=regions[number % 3], kind="constituency", name=place, slug=slug)
