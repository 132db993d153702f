"""The gallery: real contests that are shipped, each with its declaration and its mandate."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from ... import contest as contests
from ... import gallery as shipped
from .. import published
from ..access import PUBLIC, may
from .downloads import file_answer
from .everybody import for_everybody


@dataclass(frozen=True)
class Line:
    """What the list says of a contest."""

    id: str
    title: str
    organisation: str
    office: str
    date: object
    outcome: str


@functools.cache
def listed() -> tuple[Line, ...]:
    """All of them, newest first. They are files of the program and do not change while it runs."""
    found = []
    for contest_id in shipped.contest_ids():
        declared = contests.declare(contests.load(contest_id))
        deciding = declared.deciding
        motion = deciding.motion.result if deciding is not None and deciding.motion is not None else ""
        names = declared.elected_names
        said = ", ".join(names) if len(names) <= 3 else f"{len(names)} candidates"
        found.append(
            Line(
                contest_id,
                declared.title,
                declared.organisation,
                declared.office,
                declared.date,
                said or motion or declared.outcome or "",
            )
        )
    return tuple(sorted(found, key=lambda line: (line.date, line.id), reverse=True))


def line_of(name: str) -> Line:
    """A contest of the gallery by its whole id, or 404."""
    found = next((line for line in listed() if line.id == name), None)
    if found is None:
        raise Http404
    return found


def before(line: Line) -> Line | None:
    """The contest for the same office of the same organisation before this one."""
    alike = [one for one in listed() if one.office == line.office and one.organisation == line.organisation]
    older = [one for one in alike if one.date < line.date]
    return older[0] if older else None


@may(PUBLIC)
@for_everybody(300)
def gallery(request: HttpRequest) -> HttpResponse:
    """The list of real contests, by organisation."""
    groups: dict[str, list[Line]] = {}
    for line in listed():
        groups.setdefault(line.organisation, []).append(line)
    return render(request, "office/gallery.html", {"groups": groups.items(), "number": len(listed())})


@may(PUBLIC)
@for_everybody(300)
def declaration(request: HttpRequest, shown: str) -> HttpResponse:
    """The declaration of a real contest. Its short name leads to its whole one."""
    folder = shipped.find(shown)
    if folder is not None and folder.name != shown:
        return redirect("gallery-contest", shown=folder.name, permanent=True)
    line = line_of(shown)
    context = {"line": line, "sheet": published.gallery_declaration(line.id), "page": "declaration"}
    return render(request, "office/gallery_sheet.html", context)


@may(PUBLIC)
@for_everybody(300)
def mandate(request: HttpRequest, shown: str) -> HttpResponse:
    """Its mandate, beside the contest before it."""
    line = line_of(shown)
    other = before(line)
    sheet = published.gallery_mandate(line.id, other.id if other else None)
    context = {"line": line, "sheet": sheet, "page": "mandate", "other": other}
    return render(request, "office/gallery_sheet.html", context)


@may(PUBLIC)
def declaration_file(request: HttpRequest, shown: str, kind: str) -> HttpResponse:
    """The declaration of a real contest as PDF, CSV or JSON."""
    line = line_of(shown)
    if kind == "json":
        data = contests.to_json(contests.declare(contests.load(line.id)))
        return file_answer(request, json.dumps(data, ensure_ascii=False, indent=1), "json", name=line.id, seconds=300)
    made_from = f"gallery\0{published.gallery_hash(line.id)}"
    content = published.file_of(made_from, kind, lambda: contests.declare(contests.load(line.id)))
    return file_answer(request, content, kind, name=line.id, seconds=300)
