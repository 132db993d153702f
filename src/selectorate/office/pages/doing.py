"""How a page does an act: what is filled in goes to the act, and what the act refuses is said at its field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest

from ...errors import RefusedError, SelectorateError


def done(
    request: HttpRequest,
    act: Callable[..., Any],
    *args: Any,
    said: str = "",
    form: forms.Form | None = None,
    fields: dict[str, str] | None = None,
    **given: Any,
) -> bool:
    """Do ``act(*args, **given)``; whether it was done.

    ``said``: what the person is told then. A refusal is told at the field of ``form`` that is to blame, or above all;
    ``fields``: what the form calls a field of the act, where it is another name.
    """
    try:
        act(*args, **given)
    except SelectorateError as fault:
        hint = f" {fault.hint}" if fault.hint and not isinstance(fault, RefusedError) else ""
        field = getattr(fault, "field", None)
        field = (fields or {}).get(field, field)
        if form is not None:
            form.add_error(field if field in form.fields else None, f"{fault.message}{hint}")
        else:
            messages.error(request, f"{fault.message}{hint}")
        return False
    if said:
        messages.success(request, said)
    return True


def filled(request: HttpRequest, form: forms.Form, act: Callable[..., Any], *args: Any, **more: Any) -> bool:
    """Do ``act`` with what ``form`` has in its fields, if it is filled in as it should be; whether it was done.

    ``more``: as ``done`` takes it (``said``, ``fields``), and what the act is given besides.
    """
    return form.is_valid() and done(request, act, *args, form=form, **form.cleaned_data, **more)
