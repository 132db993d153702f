"""What is shown of a declaration and of a mandate: made once, kept under the hash of what it was made from.

The rooms below need a second or two for the pictures. At the minute of a declaration a thousand people ask at once:
one of them waits while the sheet is drawn, everybody else is shown the same figures without pictures meanwhile, and
from then on all read what is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from django.conf import settings
from django.core.cache import caches
from django.utils.translation import gettext as _
from filelock import FileLock, Timeout

from .. import __version__, gallery, mandate, sheets
from .. import contest as contests
from ..errors import InputError
from ..sheets import Part, Sheet
from ..sheets.blocks import Sentences
from .documents import case_of, with_claims
from .models import Contest
from .models.acts import canonical

FORM = "1"
"""Changed when what is kept changes its form."""


@dataclass(frozen=True)
class Shown:
    """A sheet as pages show it. ``header`` and ``parts`` are HTML, made by templates that escape everything.

    ``key``: the hash of what it was made from. ``pictured``: whether its pictures are in it.
    """

    key: str
    title: str
    headline: str
    figures: tuple[tuple[str, str, str], ...]
    header: str
    parts: str
    pictured: bool

    @property
    def etag(self) -> str:
        """What changes when it does."""
        return f"{self.key[:32]}{'' if self.pictured else '-plain'}"


Make = Callable[[bool], Sheet]
"""Makes a sheet, with its pictures or without."""


def kept(kind: str, made_from: tuple[str, ...], make: Make) -> Shown:
    """The sheet of a ``kind`` that is ``made_from`` something, from what is kept, or made now."""
    key = hashlib.sha256("\0".join((kind, FORM, __version__, *made_from)).encode()).hexdigest()
    found = caches["sheets"].get(key)
    if found is not None:
        return Shown(**found)
    folder = Path(settings.HOME) / "cache"
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / f"{key[:32]}.lock", timeout=0)
    try:
        with lock:
            found = caches["sheets"].get(key)
            return Shown(**found) if found is not None else _keep(key, key, make(True), pictured=True)
    except Timeout:
        plain = caches["sheets"].get(f"{key}-plain")
        return Shown(**plain) if plain is not None else _keep(f"{key}-plain", key, make(False), pictured=False)


def _keep(under: str, key: str, sheet: Sheet, *, pictured: bool) -> Shown:
    shown = Shown(
        key=key,
        title=sheet.title,
        headline=sheet.headline,
        figures=tuple((figure.label, figure.value, figure.note) for figure in sheet.key_figures),
        header=str(sheets.header_html(sheet)),
        parts=str(sheets.parts_html(sheet)),
        pictured=pictured,
    )
    caches["sheets"].set(under, asdict(shown))
    return shown


# -- contests of this office -------------------------------------------------------------------------------------


def declared_case(contest: Contest) -> contests.Case:
    """The contest as it was declared."""
    return case_of(contest, contest.declaration.contest_text)


def claimed_case(contest: Contest) -> contests.Case:
    """The contest as it was declared, with what was said of its result since."""
    return case_of(contest, with_claims(contest))


def declaration_of(contest: Contest) -> Shown:
    """The declaration of a contest that is declared."""

    def make(pictures: bool) -> Sheet:
        found = contests.declare(declared_case(contest))
        return sheets.illustrated(found) if pictures else sheets.declaration_sheet(found)

    return kept("declaration", (contest.declaration.hash,), make)


def mandate_of(contest: Contest) -> Shown:
    """The mandate of a contest that is declared, beside the earlier one that it names."""
    other = earlier(contest)
    beside = other.declaration.hash if isinstance(other, Contest) else (other or "")

    def make(pictures: bool) -> Sheet:
        return mandate_sheet(claimed_case(contest), load_case(other) if other else None, pictures=pictures)

    return kept("mandate", (contest.declaration.hash, beside, canonical(contest.claims).decode()), make)


def earlier(contest: Contest) -> Contest | str | None:
    """The contest that the mandate is read beside: one of this office that is declared, or one of the gallery."""
    if not contest.against:
        return None
    ours = Contest.objects.filter(slug=contest.against, declaration__isnull=False).exclude(pk=contest.pk)
    return ours.select_related("declaration").first() or (contest.against if gallery.find(contest.against) else None)


def load_case(which: Contest | str) -> contests.Case:
    """A contest of this office or of the gallery, by itself or by its name.

    Nothing else is looked for: a name that an official has written is never the path of a file.
    Raises InputError if there is none.
    """
    if isinstance(which, Contest):
        return declared_case(which)
    if gallery.find(which) is not None:
        return contests.load(which)
    ours = Contest.objects.filter(slug=which, declaration__isnull=False).select_related("declaration").first()
    if ours is None:
        raise InputError(_("there is no contest of that name"))
    return declared_case(ours)


# -- the mandate -------------------------------------------------------------------------------------------------


def mandate_sheet(case: contests.Case, other: contests.Case | None, *, pictures: bool) -> Sheet:
    """The mandate with claims, rivals and what it would have taken; or the reason why there is none to measure."""
    declaration = contests.declare(case)
    try:
        found = mandate.mandate(declaration)
    except InputError as fault:
        said = Part(_("No mandate is measured"), (Sentences((f"{fault.message[:1].upper()}{fault.message[1:]}.",)),))
        plain = sheets.declaration_sheet(declaration)
        return Sheet(declaration.title, _("The mandate, measured"), plain.headline, declaration.date, parts=(said,))
    before = contests.declare(other) if other is not None else None
    comparison = mandate.compare(declaration, before) if before is not None else None
    sheet = sheets.mandate_sheet(
        found,
        comparison,
        claims=mandate.check_claims(case, load_case),
        rivals=mandate.rivals(case, load_case) if case.contest.rivals else None,
        picture=sheets.compare_picture(before, declaration) if pictures and before is not None else None,
    )
    try:
        swing = sheets.what_if_sheet(declaration, (), mandate.swing(case))
    except InputError:
        return sheet
    return replace(sheet, parts=(*sheet.parts, *swing.parts))


# -- the gallery -------------------------------------------------------------------------------------------------


def gallery_hash(contest_id: str) -> str:
    """The hash of the file of a contest that is shipped."""
    folder = gallery.find(contest_id)
    assert folder is not None
    return hashlib.sha256((folder / "contest.toml").read_bytes()).hexdigest()


def gallery_declaration(contest_id: str) -> Shown:
    """The declaration of a contest that is shipped."""

    def make(pictures: bool) -> Sheet:
        found = contests.declare(contests.load(contest_id))
        return sheets.illustrated(found) if pictures else sheets.declaration_sheet(found)

    return kept("gallery-declaration", (contest_id, gallery_hash(contest_id)), make)


def gallery_mandate(contest_id: str, against: str | None) -> Shown:
    """The mandate of a contest that is shipped, beside an earlier one of the same office."""

    def make(pictures: bool) -> Sheet:
        other = contests.load(against) if against else None
        return mandate_sheet(contests.load(contest_id), other, pictures=pictures)

    beside = (against, gallery_hash(against)) if against else ()
    return kept("gallery-mandate", (contest_id, gallery_hash(contest_id), *beside), make)


# -- files ---------------------------------------------------------------------------------------------------------


def file_of(made_from: str, kind: str, declare: Callable[[], contests.Declaration]) -> bytes:
    """A declaration as PDF or CSV; a PDF takes a second to set, and is kept."""
    key = hashlib.sha256("\0".join(("file", kind, FORM, __version__, made_from)).encode()).hexdigest()
    found: bytes | None = caches["sheets"].get(key)
    if found is None:
        declaration = declare()
        found = sheets.declaration_pdf(declaration) if kind == "pdf" else sheets.declaration_csv(declaration).encode()
        caches["sheets"].set(key, found)
    return found
