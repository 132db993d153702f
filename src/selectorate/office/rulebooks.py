"""The rulebooks that are shipped, with the contests that prove them; and a text of one's own, read with its faults."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass

from django.utils.translation import gettext as _

from .. import documents as files
from .. import gallery, rules
from ..errors import InputError, Problem
from ..rules import Rulebook

MAX_CHARACTERS = 200_000
"""Of a rulebook: many times as long as any that is known."""


@dataclass(frozen=True)
class Shipped:
    """A shipped rulebook, and the titles of the contests of the gallery that were held under it."""

    rulebook: Rulebook
    proved_by: tuple[str, ...]


@functools.cache
def proofs() -> dict[str, tuple[str, ...]]:
    """The titles of the contests that prove a rulebook, by its id."""
    found: dict[str, list[str]] = {}
    for name in gallery.contest_ids():
        data = tomllib.loads((gallery.ROOT / name / "contest.toml").read_text(encoding="utf-8"))
        found.setdefault(str(data.get("rulebook", "")), []).append(str(data.get("title", name)))
    return {name: tuple(titles) for name, titles in found.items()}


@functools.cache
def shipped() -> tuple[Shipped, ...]:
    """The rulebooks that are shipped, by the organisation that uses them."""
    found = [Shipped(rules.load(name), proofs().get(name, ())) for name in rules.preset_ids()]
    return tuple(sorted(found, key=lambda one: (one.rulebook.organisation, one.rulebook.id)))


def proof_of(rulebook_id: str, text: str) -> tuple[str, ...] | None:
    """What proves a text that is word for word a shipped rulebook; None where it is another."""
    if rulebook_id in rules.preset_ids() and rules.preset_text(rulebook_id) == text:
        return proofs().get(rulebook_id, ())
    return None


def read(text: str) -> tuple[Rulebook | None, tuple[Problem, ...]]:
    """The rulebook that ``text`` (TOML) says, or everything that is wrong with it, each with its line and key."""
    if len(text) > MAX_CHARACTERS:
        says = _("a rulebook has %(most)s characters at most") % {"most": MAX_CHARACTERS}
        return None, (Problem(says),)
    try:
        return rules.from_document(files.parse(text.encode(), "rulebook.toml")), ()
    except InputError as fault:
        return None, fault.problems
    except UnicodeEncodeError:
        return None, (Problem(_("the text has characters that no file can hold")),)
