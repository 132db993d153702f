"""How a page takes in a table: shown first what it would do (a dry run), done when the officer says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from ...errors import RefusedError
from .. import tables
from .doing import done

LOOK, DO = "look", "do"
"""The two steps: look what a table would do; do it."""


class TableForm(forms.Form):
    """A file, or the text of one that was looked at before."""

    file = forms.FileField(label=_("File (CSV)"), required=False)
    text = forms.CharField(widget=forms.HiddenInput, required=False, strip=False, max_length=tables.MAX_TABLE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].required = not self.data.get(self.add_prefix("text"))


def rows_of(form: forms.Form, columns: tuple[tables.Column, ...]) -> tables.Table | None:
    """The table in a valid form; None, with the fault at its field, where there is none that can be read."""
    file, text = form.cleaned_data.get("file"), form.cleaned_data.get("text")
    try:
        if file is not None and file.size > tables.MAX_TABLE:
            raise RefusedError(str(_("a table has one and a half million bytes at most: divide it")))
        return tables.read(file.read() if file is not None else text.encode(), columns)
    except RefusedError as fault:
        form.add_error("file", fault.message)
        return None


def imported(
    request: HttpRequest,
    form: forms.Form,
    columns: tuple[tables.Column, ...],
    *,
    plan: Callable[[list[dict[str, str]]], Any],
    act: Callable[..., Any],
    given: Callable[[], dict[str, Any]],
    said: Any,
    back: str,
    context: dict[str, Any],
    rows: Callable[[Any], dict[str, Any]],
) -> HttpResponse:
    """The page of an import, by the step that the request asks for.

    ``plan``: what rows would do, with ``faults``; ``rows``: what of the plan the page shows; ``given``: what else the
    act is given, from the form.
    """
    shown: dict[str, Any] = {"form": form, "columns": columns, "back": back, **context}
    table = rows_of(form, columns) if request.method == "POST" and form.is_valid() else None
    if table is not None:
        found = plan(table.plain) if not table.faults else None
        faults = [*table.faults, *(found.faults if found is not None else ())]
        if request.POST.get("step") == DO and not faults:
            if done(request, act, request.user, None, rows=table.plain, said=said, form=form, **given()):
                return redirect(back)
        else:
            shown |= {"looked": True, "faults": faults[: tables.MAX_FAULTS], "unused": table.unused}
            shown |= {"number": len(table.rows), "doable": not faults, **(rows(found) if found is not None else {})}
        form = _again(form, _text(form))
        shown["form"] = form
    return render(request, "office/organisation/import.html", shown)


def _text(form: forms.Form) -> str:
    file = form.cleaned_data.get("file")
    if file is None:
        return str(form.cleaned_data.get("text", ""))
    file.seek(0)
    try:
        return tables.decoded(file.read())
    except RefusedError:
        return ""


def _again(form: forms.Form, text: str) -> forms.Form:
    """The same form with the text of its file in it, for the next step."""
    form.data = form.data.copy()
    form.data[form.add_prefix("text")] = text
    return form
