"""The organisation's roll: files taken in, mapped, applied, undone; the roll handed out.

None of it touches a roll that is closed for a contest: that is changed by the acts of ``closing`` alone.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError

from ... import roll
from ...errors import RefusedError
from ...roll.limits import MAX_BYTES
from ..models import ClosedRoll, Contest, Role, RollImport, RollMapping, RollStep
from ..rolls import files, importing, store
from ..slugs import plain
from .core import Entry, act
from .roll_steps import counted, new_step

REGISTRAR = Role.REGISTRAR


@act(REGISTRAR, silent=True)
def take_in_roll_file(entry: Entry, contest: None, *, name: str, content: Any) -> RollImport:
    """Take in a file for the roll; nothing changes yet. ``content``: pieces of bytes (of an uploaded file)."""
    name = plain(name.replace("\\", "/").rpartition("/")[2])
    folder = files.new_folder("imports")
    try:
        sha256, size = files.save(f"{folder}/{importing.FILE}", _limited(content))
        if not size:
            raise RefusedError(_("the file is empty"), field="file")
    except RefusedError:
        files.forget(folder)
        raise
    entry.details = {"name": name, "sha256": sha256, "size": size}
    return RollImport.objects.create(by=entry.by, at=entry.at, name=name, sha256=sha256, size=size, folder=folder)


def _limited(pieces: Any) -> Any:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > MAX_BYTES:
            raise RefusedError(
                _("a file of the roll has %(size)s MB at most: is it the right one?") % {"size": MAX_BYTES >> 20},
                field="file",
            )
        yield piece


@act(REGISTRAR, silent=True)
def map_import(entry: Entry, contest: None, *, imported: int, mapping: dict[str, Any]) -> RollImport:
    """Say how a file becomes rows of the roll; the dry run follows it."""
    found = RollImport.objects.select_for_update().get(pk=imported)
    if found.status not in (RollImport.Status.LOOKED, RollImport.Status.DRY):
        raise RefusedError(_("this import was applied, or is dropped already"))
    try:
        checked = roll.Mapping(**mapping)
    except ValidationError as fault:
        told = fault.errors()[0]
        raise RefusedError(str(told["msg"]).removeprefix("Value error, "), field=str((*told["loc"], "")[0])) from None
    found.mapping, found.status, found.plan = checked.model_dump(mode="json"), RollImport.Status.LOOKED, ""
    found.questions = []
    found.save(update_fields=["mapping", "status", "plan", "questions"])
    entry.details = {"file": found.name, "sha256": found.sha256, "mapping": checked.model_dump(exclude_defaults=True)}
    return found


@act(REGISTRAR, silent=True)
def drop_import(entry: Entry, contest: None, *, imported: int) -> None:
    """Drop a file that was not applied: it is deleted."""
    found = RollImport.objects.select_for_update().get(pk=imported)
    if found.status not in (RollImport.Status.LOOKED, RollImport.Status.DRY):
        raise RefusedError(_("this import was applied, or is dropped already"))
    found.status, found.files_gone, found.looked = RollImport.Status.DROPPED, entry.at, {}
    found.save()
    files.forget(found.folder)
    entry.details = {"name": found.name, "sha256": found.sha256}


@act(REGISTRAR, silent=True)
def apply_import(entry: Entry, contest: None, *, imported: int, plan: str) -> RollImport:
    """Do what the dry run showed. ``plan``: the fingerprint of what was shown; refused if the roll changed since."""
    found = RollImport.objects.select_for_update().get(pk=imported)
    if found.status != RollImport.Status.DRY or not plan or found.plan != plan:
        raise RefusedError(_("this is not the plan that was shown: make the dry run again"))
    last = RollStep.last()
    if found.base != (last.number if last else 0):
        raise RefusedError(_("the roll has changed since the dry run: make it again"))
    planned = importing.plan_of(found)
    if planned.difference.nothing:
        raise RefusedError(_("there is nothing to do: the file says what is on the roll already"))
    step = new_step(entry, RollStep.Kind.IMPORT, found.name)
    store.forward(planned.difference, step)
    counted(step, planned.result)
    found.status, found.step = RollImport.Status.APPLIED, step
    found.save(update_fields=["status", "step"])
    headings = found.looked.get("headings", [])
    RollMapping.objects.update_or_create(
        headings=headings, defaults={"mapping": {**found.mapping, "header": None}, "used": entry.at}
    )
    counts = {key: found.counts.get(key) for key in ("new", "changed", "gone", "unchanged", "refused")}
    entry.details = {
        "file": found.name,
        "sha256": found.sha256,
        "plan": plan,
        "before": planned.base,
        "after": planned.result,
        "step": step.number,
        **counts,
    }
    return found


def undoable() -> RollImport | None:
    """The import that can be undone: the last step that stands, if it is one, and no roll was closed since."""
    last = RollStep.objects.exclude(kind=RollStep.Kind.UNDO).exclude(imported__status=RollImport.Status.UNDONE).first()
    if last is None or last.kind != RollStep.Kind.IMPORT:
        return None
    if ClosedRoll.objects.filter(closed__isnull=False, step__number__gte=last.number).exists():
        return None
    return RollImport.objects.filter(step=last, status=RollImport.Status.APPLIED, files_gone=None).first()


@act(REGISTRAR, silent=True)
def undo_import(entry: Entry, contest: None, *, imported: int) -> RollImport:
    """Undo the last import: the roll is as it was before. Refused once a roll was closed with it."""
    found = RollImport.objects.select_for_update().get(pk=imported)
    if found.step and ClosedRoll.objects.filter(closed__isnull=False, step__number__gte=found.step.number).exists():
        raise RefusedError(_("a roll was closed with this import: what is on it is changed by two officials"))
    if undoable() != found:
        raise RefusedError(_("only the last import can be undone, as long as nothing was changed after it"))
    planned = importing.plan_of(found)
    assert found.step is not None
    step = new_step(entry, RollStep.Kind.UNDO, found.name)
    store.backward(planned.difference, found.step)
    counted(step, planned.base)
    found.status = RollImport.Status.UNDONE
    found.save(update_fields=["status"])
    entry.details = {"file": found.name, "plan": found.plan, "after": planned.base, "step": step.number}
    return found


@act(REGISTRAR, silent=True)
def delete_import_files(entry: Entry, contest: None, *, imported: int) -> None:
    """Delete the file of an import and its plan: what it brought stays, and it can no longer be undone."""
    found = RollImport.objects.select_for_update().get(pk=imported)
    if found.files_gone:
        raise RefusedError(_("its files are deleted already"))
    found.files_gone = entry.at
    found.looked.pop("sample", None)
    found.looked.pop("letters", None)
    found.save(update_fields=["files_gone", "looked"])
    files.forget(found.folder)
    entry.details = {"file": found.name, "sha256": found.sha256}


@act(REGISTRAR)
def export_roll(entry: Entry, contest: Contest | None, *, reason: str) -> str:
    """Hand out the roll as a file: entered with its reason, because it holds everybody's data."""
    if not plain(reason):
        raise RefusedError(_("say what it is for"), field="reason")
    return plain(reason, longest=500)
