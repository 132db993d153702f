"""The record of a contest, written from what the office has: made once it is declared, and kept by its hash."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from filelock import FileLock

from .. import contest as contests
from .. import documents as files
from .. import mandate
from ..contest.loading import without_ballots
from ..contest.record import BoxPlace, json_bytes, pack, write_record
from ..contest.verifying import nominated
from ..errors import ContestError, InputError, RefusedError
from .acts import fixing
from .acts.core import log_of
from .boxes import counts, receipts, store
from .documents import CONTEST, RULEBOOK, file_name, papers_beside
from .models import Contest, FiguresEntry, Organisation, SealedBox, TimetableChange
from .models.closed_rolls import ClosedRoll
from .publishing import published_log
from .remade import merged_ballots


def why_none(contest: Contest) -> str:
    """Why there is no record of a contest; nothing where there is one."""
    if not hasattr(contest, "declaration"):
        return _("the contest is not declared yet")
    if not used_boxes(contest):
        return _("no ballot of this contest was held online: its declaration comes with all there is")
    odd = [name for name in map(file_name, _files(contest)) if not name.endswith(".blt")]
    if odd:
        return _("the ballots on paper in %(name)s are in a form that says more than the ballots") % {"name": odd[0]}
    return ""


def _files(contest: Contest) -> Iterable[FiguresEntry]:
    """The files of ballots on which two officials agree."""
    return contest.figures.filter(replaced=None, agreed__isnull=False).exclude(file="").order_by("pk")


def used_boxes(contest: Contest) -> list[SealedBox]:
    """The boxes of a contest that were opened for voting, of whatever round."""
    found = SealedBox.objects.filter(vote__contest=contest).exclude(phase="empty")
    return list(found.select_related("vote").order_by("stage", "round", "pk"))


def export(contest: Contest, folder: Path) -> Path:
    """Write the record of ``contest`` into ``folder``, which must be new. Raises RefusedError if there is none."""
    why = why_none(contest)
    if why:
        raise RefusedError(_("there is no record: %(why)s") % {"why": why})
    boxes = used_boxes(contest)
    write_record(
        folder,
        contest={
            "uuid": boxes[0].vote.uuid,
            "slug": contest.slug,
            "title": contest.title,
            "organisation": _organisation(contest),
        },
        texts=_texts(contest),
        boxes=[(_place(box), store.archive(box)) for box in boxes],
        papers=_papers(contest),
        receipts=receipts.public_key(boxes[0].vote),
        easy=boxes[0].vote.easy,
    )
    return folder


def _place(box: SealedBox) -> BoxPlace:
    return BoxPlace(box.uuid, box.stage, box.round, box.section, tuple(box.members) or (box.section,))


def _organisation(contest: Contest) -> str:
    there = Organisation.there()
    return str(there.name if there else contest.rulebook.organisation)


def _texts(contest: Contest) -> dict[str, bytes]:
    declared = contest.declaration
    texts = {
        "rulebook.toml": contest.rulebook_text.encode(),
        "contest.toml": declared.contest_text.encode(),
        "notice.json": json_bytes(notice(contest)),
        "roll.json": json_bytes(roll(contest)),
        "acts.json": json_bytes(acts(contest)),
        "declaration.json": json_bytes(declared.data),
    }
    measured = _measured(contest)
    return texts | ({"mandate.json": json_bytes(measured)} if measured is not None else {})


def _measured(contest: Contest) -> Any:
    """The measures of the mandate; None where nobody is elected."""
    from .published import declared_case

    try:
        return mandate.to_json(mandate.mandate(contests.declare(declared_case(contest))))
    except InputError:
        return None


def notice(contest: Contest) -> dict[str, Any]:
    """The timetable with its changes, and the candidates and how each got on the paper."""
    told = [one["details"] for one in fixing.told(contest, log_of(contest))]
    adopted = next((details["timetable"] for details in told if "timetable" in details), {})
    changes = TimetableChange.objects.filter(contest=contest).order_by("at", "id")
    return {
        "title": contest.title,
        "timetable": {
            "adopted": adopted,
            "changes": [
                {
                    "key": one.key,
                    "before": one.before.isoformat() if one.before else None,
                    "after": one.after.isoformat(),
                }
                for one in changes
            ],
            "now": {item.key: item.at.isoformat() for item in contest.dates.all()},
        },
        "candidates": candidates(contest),
    }


def candidates(contest: Contest) -> list[dict[str, Any]]:
    """The candidates as declared, and how each got on the paper."""
    with tempfile.TemporaryDirectory(prefix="contest-") as name:
        folder = Path(name)
        (folder / RULEBOOK).write_text(contest.rulebook_text, encoding="utf-8")
        text = contest.declaration.contest_text.encode()
        return nominated(without_ballots(files.parse(text, CONTEST, ContestError), folder))


def roll(contest: Contest) -> dict[str, Any]:
    """The counts of the roll, and the fingerprint under which it was published when it was closed."""
    closed = ClosedRoll.of(contest)
    return {"fingerprint": closed.published if closed else None, "stages": counts.counts_of(contest)}


def acts(contest: Contest) -> dict[str, Any]:
    """The log of acts as published, with what acts said in the open."""
    return {**published_log(contest), "told": fixing.told(contest, log_of(contest))}


def _papers(contest: Contest) -> dict[str, bytes]:
    """Ballots on paper, equal ones merged, under the names that the contest file gives them."""
    found = papers_beside(contest)
    for entry in _files(contest):
        name = file_name(entry)
        if name in found:
            continue
        with entry.file.open("rb") as file:
            found[name] = merged_ballots(file.read(), name)
    return found


# -- the record as a file ------------------------------------------------------------------------------------------


def kept(contest: Contest) -> Path:
    """Where the record of a declared contest is kept as a ZIP file, by what it was made from."""
    heads = ":".join(f"{box.uuid} {box.head}" for box in used_boxes(contest))
    text = f"{contest.declaration.hash}:{heads}"
    return Path(settings.MEDIA_ROOT) / "records" / f"{hashlib.sha256(text.encode()).hexdigest()}.zip"


def record_file(contest: Contest, timeout: float = -1) -> Path:
    """The record as a ZIP file, made now if it was not made yet. Raises RefusedError if there is none.

    ``timeout``: seconds to wait for somebody else who makes it (filelock.Timeout).
    """
    why = why_none(contest)
    if why:
        raise RefusedError(_("there is no record: %(why)s") % {"why": why})
    path = kept(contest)
    if path.is_file():
        return path
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with FileLock(f"{path}.lock", timeout=timeout):
        if not path.is_file():
            with tempfile.TemporaryDirectory(prefix="record-", dir=path.parent) as name:
                folder = export(contest, Path(name) / "record")
                made = Path(name) / "record.zip"
                pack(folder, made, f"{contest.slug}-record")
                shutil.move(made, path)
    return path
