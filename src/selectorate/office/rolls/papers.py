"""The closed roll on paper: for a court, and whoever else may see it."""

from __future__ import annotations

import contextlib
import io
import zipfile
from typing import Any

import polars as pl
from django.utils import timezone
from django.utils.translation import gettext as _

from ... import roll
from ...errors import MissingPartError
from ...roll import COLUMNS, Difference, Roll
from ...sheets import Part, Sheet, sheet_pdf
from ...sheets.blocks import Column, KeyFigure, Sentences, Table, cells
from .. import timetable
from ..models import ClosedRoll
from . import closing, files


def csv_bytes(rows: pl.DataFrame) -> bytes:
    """Rows as CSV that no spreadsheet takes for formulas, with a mark of its encoding."""
    out = io.BytesIO()
    roll.safe(rows).write_csv(out, line_terminator="\r\n")
    return b"\xef\xbb\xbf" + out.getvalue()


def title_of(closed: ClosedRoll) -> str:
    """What stands at the top of it."""
    return _("The closed roll of %(contest)s, before and after") % {"contest": closed.contest.title}


def court(closed: ClosedRoll, name: str) -> dict[str, Any]:
    """Both rolls, the difference, the acts, as files and as a sheet to sign, in the archive ``name``."""
    before = closing.before(closed)
    after = closing.after(closed, before)
    changes = closing.later(closed)
    found = roll.difference(before, after)
    text = roll.court_text(before, after, changes, title=title_of(closed))
    members = {
        "before.csv": roll.csv_text(before).encode("utf-8-sig"),
        "after.csv": roll.csv_text(after).encode("utf-8-sig"),
        "difference.csv": csv_bytes(difference_rows(found)),
        "court.txt": text.encode(),
    }
    # The text says the same: a PDF needs a part that is not installed everywhere.
    with contextlib.suppress(MissingPartError):
        sheet = court_sheet(closed, before, after, found)
        members["court.pdf"] = sheet_pdf(sheet, declares=_("Certified to be the roll and its changes."), pages=None)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, data in members.items():
            archive.writestr(member, data)
    sha256, _size = files.save(name, [packed.getvalue()])
    return {
        "before": roll.fingerprint(before),
        "after": roll.fingerprint(after),
        "sha256": sha256,
        "files": sorted(members),
        "added": found.added.height,
        "gone": found.gone.height,
        "changed": found.changed_before.height,
    }


def difference_rows(found: Difference) -> pl.DataFrame:
    """Every row added, gone or changed (as it was, as it is), with what it is in a first column."""
    frames = (
        ("added", found.added),
        ("gone", found.gone),
        ("changed: before", found.changed_before),
        ("changed: after", found.changed_after),
    )
    marked = [rows.select(pl.lit(what).alias("what"), *COLUMNS) for what, rows in frames]
    return pl.concat(marked)


def court_sheet(closed: ClosedRoll, before: Roll, after: Roll, found: Difference) -> Sheet:
    """The sheet for a court: fingerprints, sums, acts with their reasons and officials, every row that differs."""
    facts = [
        (_("closed"), moment(closed.closed)),
        (_("fingerprint before (SHA-256)"), closed.fingerprint),
        (_("fingerprint after (SHA-256)"), roll.fingerprint(after)),
        (_("published fingerprint"), closed.published),
        *((closed.contest.rulebook.timetable.get(key, key), day) for key, day in closed.dates.items()),
    ]
    parts = [Part(_("Acts"), (acts_table(closed),))] if closed.amendments.exists() else []
    for word, rows in ((_("Added"), found.added), (_("Gone"), found.gone)):
        if rows.height:
            parts.append(Part(word, (_rows(word, rows),)))
    if found.changed_before.height:
        parts.append(Part(_("Changed"), (_changed(found),)))
    if not parts:
        parts.append(Part(_("Changes"), (Sentences((_("Nothing was changed after the roll was closed."),)),)))
    return Sheet(
        title=title_of(closed),
        kicker=_("For a court"),
        headline=_("%(before)s capacities, less %(gone)s gone, and %(added)s added: %(after)s.")
        % {
            "before": f"{len(before):,}",
            "gone": f"{found.gone.height:,}",
            "added": f"{found.added.height:,}",
            "after": f"{len(after):,}",
        },
        date=timezone.localdate(),
        facts=tuple(facts),
        key_figures=(
            KeyFigure(_("persons before"), f"{before.persons:,}"),
            KeyFigure(_("persons after"), f"{after.persons:,}"),
            KeyFigure(_("entries changed"), f"{found.changed_before.height:,}"),
        ),
        parts=tuple(parts),
    )


def moment(when: Any) -> str:
    """A moment on the organisation's clock."""
    return timezone.localtime(when, timetable.zone()).strftime("%Y-%m-%d %H:%M") if when else ""


def acts_table(closed: ClosedRoll) -> Table:
    """Every act on the closed roll."""
    words = {"add": _("admitted"), "strike": _("struck"), "amend": _("changed"), "merge": _("joined with")}
    columns = (_("No."), _("when"), _("what"), _("who"), _("reason"), _("officials"))
    return Table(
        "acts",
        _("Acts on the closed roll"),
        tuple(Column(name, numeric=False) for name in columns),
        tuple(
            cells(
                str(one.number),
                moment(one.at),
                words[one.kind],
                f"{one.person} {one.other}".strip(),
                one.reason,
                _(" and ").join(one.officials),
            )
            for one in closed.amendments.all()
        ),
    )


def _rows(word: str, rows: pl.DataFrame) -> Table:
    names = ("person", "name", "capacity", "body", "joined", "unit")
    return Table(
        word.lower(),
        word,
        tuple(Column(COLUMNS[name].says, numeric=False) for name in names),
        tuple(cells(*(roll.shown(row[name]) for name in names)) for row in rows.iter_rows(named=True)),
    )


def _changed(found: Difference) -> Table:
    names = (_("person"), _("capacity"), _("what"), _("before"), _("after"))
    return Table(
        "changed",
        _("Changed"),
        tuple(Column(name, numeric=False) for name in names),
        tuple(
            cells(
                one.key[0],
                one.key[1],
                COLUMNS[one.column].says,
                roll.shown(one.before),
                roll.shown(one.after),
            )
            for one in found.changes()
        ),
    )
