"""A file on its way onto the roll, on screen: taken in, mapped, shown as what would happen, applied, undone."""

from __future__ import annotations

from typing import Any

import polars as pl
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ...roll import COLUMNS, KEY
from ..access import may
from ..acts import rolls
from ..models import RollImport, RollJob
from ..rolls import files, papers, working
from .doing import done
from .roll import PAGE, facts_of, number_in, told
from .roll_import_forms import LookForm, MappingForm, UploadForm

LISTS = {
    "new": ("added", _("New")),
    "changed": ("after", _("Changed")),
    "gone": ("gone", _("Gone")),
    "refused": ("refusals", _("Refused")),
}


@may("registrar")
def imports(request: HttpRequest) -> HttpResponse:
    """Every file that was taken in, and the form for another."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        held: list[RollImport] = []

        def take_in(*args: Any, **given: Any) -> None:
            held.append(rolls.take_in_roll_file(*args, **given))

        if done(request, take_in, request.user, None, form=form, name=file.name, content=file.chunks()):
            return _started(request, "look", held[0])
    page = Paginator(RollImport.objects.select_related("by", "step"), PAGE).get_page(request.GET.get("page"))
    return render(request, "office/roll/imports.html", {"form": form, "page": page})


def _started(request: HttpRequest, kind: str, found: RollImport, **payload: Any) -> HttpResponse:
    small = found.size <= working.SMALL
    job = working.start(kind, request.user, imported=found, small=small, **payload)
    return redirect("roll-job", job.pk)


@may("registrar")
def imported(request: HttpRequest, imported: int) -> HttpResponse:
    """One file: how it is read, or what it would do, or what it did."""
    found = get_object_or_404(RollImport.objects.select_related("step", "by"), pk=imported)
    job = found.jobs.first()
    if job is not None and job.status in (RollJob.Status.WAITING, RollJob.Status.RUNNING):
        return redirect("roll-job", job.pk)
    failed = job if job is not None and job.status == RollJob.Status.FAILED else None
    context = {"found": found, "failed": failed}
    waiting = found.status in (RollImport.Status.LOOKED, RollImport.Status.DRY)
    if waiting and (found.status == RollImport.Status.LOOKED or request.GET.get("map")):
        form = MappingForm(request.POST or None, imported=found) if found.looked else None
        if request.method == "POST" and form is not None and form.is_valid():
            given = {"imported": found.pk, "mapping": form.as_mapping()}
            if done(request, rolls.map_import, request.user, None, form=form, **given):
                return _started(request, "dry_run", found)
        look = LookForm(looked=found.looked, initial=found.looked.get("said", {}))
        return render(request, "office/roll/mapping.html", {**context, "form": form, "look": look})
    undoable = rolls.undoable() == found
    return render(request, "office/roll/imported.html", {**context, "undoable": undoable})


@may("registrar")
@require_POST
def look_again(request: HttpRequest, imported: int) -> HttpResponse:
    """The file looked at again, as somebody says."""
    found = get_object_or_404(RollImport, pk=imported, status__in=["looked at", "dry run"])
    form = LookForm(request.POST, looked=found.looked)
    if not form.is_valid():
        return render(request, "office/roll/mapping.html", {"found": found, "form": None, "look": form})
    said = {name: value for name, value in form.cleaned_data.items() if value not in (None, "")}
    return _started(request, "look", found, **said)


@may("registrar")
def listed(request: HttpRequest, imported: int, what: str) -> HttpResponse:
    """A list of the dry run, page by page: new, changed (cell by cell), gone, refused."""
    found = get_object_or_404(RollImport, pk=imported, files_gone=None)
    if what not in LISTS or not found.plan:
        raise Http404
    name, says = LISTS[what]
    number = number_in(request)
    rows, more = files.page_of(f"{found.folder}/{name}", number)
    context: dict[str, Any] = {"found": found, "what": what, "says": says, "number": number, "more": more}
    if what == "changed":
        before, _more = files.page_of(f"{found.folder}/before", number)
        context["changes"] = [(old, _changes(old, new)) for old, new in zip(before, rows, strict=True)]
    elif what == "refused":
        context["refusals"] = rows
    else:
        context["entries"] = [(row, facts_of(row)) for row in rows]
    return render(request, "office/roll/listed.html", context)


def _changes(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    return [
        (COLUMNS[name].says, told(old[name]), told(new[name]))
        for name in COLUMNS
        if name not in KEY and old[name] != new[name]
    ]


@may("registrar")
def refusals_csv(request: HttpRequest, imported: int) -> HttpResponse:
    """The refusals as CSV, for whoever keeps the file: row, column, what is wrong, what to do."""
    found = get_object_or_404(RollImport, pk=imported, files_gone=None)
    if not found.plan:
        raise Http404
    rows = files.rows_of(f"{found.folder}/refusals").with_columns(pl.col("row").cast(pl.String))
    answer = HttpResponse(papers.csv_bytes(rows), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="refused-{found.pk}.csv"'
    return answer


@may("registrar")
@require_POST
def apply(request: HttpRequest, imported: int) -> HttpResponse:
    """Do what was shown. The fingerprint of what was shown comes with the form."""
    found = get_object_or_404(RollImport, pk=imported)
    return _started(request, "apply_import", found, plan=request.POST.get("plan", "")[:64])


@may("registrar")
@require_POST
def undo(request: HttpRequest, imported: int) -> HttpResponse:
    """Undo the last import."""
    return _started(request, "undo_import", get_object_or_404(RollImport, pk=imported))


@may("registrar")
@require_POST
def drop(request: HttpRequest, imported: int) -> HttpResponse:
    """Drop a file that was not applied."""
    get_object_or_404(RollImport, pk=imported)
    done(request, rolls.drop_import, request.user, None, imported=imported, said=_("The file is deleted."))
    return redirect("roll-imports")


@may("registrar")
@require_POST
def delete_files(request: HttpRequest, imported: int) -> HttpResponse:
    """Delete the file and the plan of an import that was applied."""
    get_object_or_404(RollImport, pk=imported)
    done(request, rolls.delete_import_files, request.user, None, imported=imported, said=_("Its files are deleted."))
    return redirect("roll-import", imported)
