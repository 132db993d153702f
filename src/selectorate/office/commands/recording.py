"""`selectorate record export`: the record of a declared contest as a folder, or as a ZIP file."""

from __future__ import annotations

import shutil
from pathlib import Path

from ...errors import InputError, Where


def export_record(slug: str, out: Path) -> str:
    """Write the record of the contest ``slug`` to ``out``, a ZIP file if it is called so. What to say of it."""
    from .. import recording
    from ..models import Contest

    contest = Contest.objects.filter(slug=slug).first()
    if contest is None:
        raise InputError(f'there is no contest "{slug}" in this office', hint="Its short name is in its address.")
    if out.exists():
        raise InputError("is there already", where=Where(str(out)), hint="Name a new folder, or a new ZIP file.")
    if out.suffix == ".zip":
        shutil.copyfile(recording.record_file(contest), out)
    else:
        recording.export(contest, out)
    return f"{out}: the record of {contest.title}. Check it: selectorate verify {out}"
