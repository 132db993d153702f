"""The ceremony: how trustees make the common key, who is waited for, and what each of them can do."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from ...errors import SelectorateError
from ..access import PUBLIC, may
from ..acts import trustees
from ..boxes import ceremony
from ..models import OnlineVote, Role
from .doing import done, filled

OFFICER, REGISTRAR, SCRUTINEER, TRUSTEE = Role.RETURNING_OFFICER, Role.REGISTRAR, Role.SCRUTINEER, Role.TRUSTEE


class NameForm(forms.Form):
    """Who is to be a trustee."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    email = forms.EmailField(
        label=gettext_lazy("Mail address"), max_length=254, help_text=gettext_lazy("They sign in with it.")
    )


class ReasonForm(forms.Form):
    """Why the key is begun again."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)


class FileForm(forms.Form):
    """The file that a trustee's program wrote for the step."""

    file = forms.FileField(label=gettext_lazy("The file that your program wrote"))


STEPS = {
    "certificates": (
        gettext_lazy("1. Certificates"),
        gettext_lazy("Each trustee's program draws a secret, and says by which keys the others can write to it."),
    ),
    "commitments": (
        gettext_lazy("2. Hashes"),
        gettext_lazy(
            "Each draws its part of the common key and gives only the hash of it, so that nobody can choose their part "
            "after having seen the others'."
        ),
    ),
    "polynomials": (
        gettext_lazy("3. Parts"),
        gettext_lazy("Each shows its part, which must be that of the hash, and seals a piece for each of the others."),
    ),
    "voutputs": (
        gettext_lazy("4. Shares"),
        gettext_lazy("Each checks the pieces that it was sent and adds up its share of the key. Nobody has all of it."),
    ),
    "done": (
        gettext_lazy("5. Test"),
        gettext_lazy("Each decrypts a test with its share. No ballot opens until all have."),
    ),
}


def _vote(request: HttpRequest) -> OnlineVote | None:
    return OnlineVote.objects.filter(contest=request.contest).first()


def _steps(vote: OnlineVote, seen: dict[str, Any]) -> list[dict[str, Any]]:
    """The five steps: over, now, or to come; and of whom they wait."""
    keys = list(STEPS)
    now = keys.index(seen["step"])
    waiting = seen["waiting"]
    if seen["step"] == "done":
        waiting = [one["number"] for one in seen["trustees"] if not one["tested"]]
    found = []
    for place, key in enumerate(keys):
        title, says = STEPS[key]
        over = place < now or (key == "done" == seen["step"] and not waiting)
        here = place == now and not over
        found.append(
            {
                "key": key,
                "title": title,
                "says": says,
                "state": "done" if over else "now" if here else "waiting",
                "waiting": ceremony.names_of(vote, waiting) if here else [],
            }
        )
    return found


def _page(request: HttpRequest, form: forms.Form | None = None, status: int = 200, **more: Any) -> HttpResponse:
    here, vote = request.contest, _vote(request)
    context: dict[str, Any] = {"contest": here, "vote": vote, "officer": OFFICER in request.roles, **more}
    if vote is not None:
        seen = ceremony.shown(vote)
        rows = list(vote.trustees.select_related("user"))
        mine = next((one for one in rows if one.user_id == request.user.pk and TRUSTEE in request.roles), None)
        asked = _asked(mine, seen)
        context |= {
            "seen": seen,
            "steps": _steps(vote, seen),
            "rows": [(one, any(one.number in there for there in seen["given"].values())) for one in rows],
            "unnamed": vote.size - len(rows),
            "mine": mine,
            "asked": asked,
            "asked_says": STEPS["done" if asked == ceremony.TEST else asked][0] if asked else "",
            "files": sorted(ceremony.files(vote)),
            "faults": _faults(vote, seen),
            "missing": ceremony.ready(vote),
            "again": here.proposals.filter(kind="begin_key_again", status="open").exists(),
            "address": f"{request.scheme}://{request.get_host()}",
            "name_form": form if isinstance(form, NameForm) else NameForm(auto_id="id_name_%s"),
            "reason_form": form if isinstance(form, ReasonForm) else ReasonForm(auto_id="id_reason_%s"),
            "file_form": form if isinstance(form, FileForm) else FileForm(auto_id="id_file_%s"),
        }
    return render(request, "office/ceremony/page.html", context, status=status)


def _asked(mine: Any, seen: dict[str, Any]) -> str:
    """What the trustee who looks is asked for now, if they are."""
    if mine is None:
        return ""
    if seen["step"] == "done":
        return "" if mine.tested else ceremony.TEST
    return seen["step"] if mine.number in seen["waiting"] else ""


def _faults(vote: OnlineVote, seen: dict[str, Any]) -> list[dict[str, Any]]:
    names = dict(vote.trustees.values_list("number", "name"))
    return [
        {**one, "name": names.get(one["number"], ""), "complaint": one["step"] == ceremony.COMPLAINT}
        for one in seen["faults"]
    ]


@may(OFFICER, REGISTRAR, SCRUTINEER, TRUSTEE)
def ceremony_page(request: HttpRequest, contest: str) -> HttpResponse:
    """The ceremony, for officials and trustees."""
    return _page(request)


@may(OFFICER)
@require_POST
def name(request: HttpRequest, contest: str) -> HttpResponse:
    """Name a trustee."""
    form = NameForm(request.POST, auto_id="id_name_%s")
    said = _("The trustee is named.")
    if filled(request, form, trustees.name_trustee, request.user, request.contest, said=said):
        return redirect("ceremony", contest)
    return _page(request, form)


@may(OFFICER)
@require_POST
def end(request: HttpRequest, contest: str, number: int) -> HttpResponse:
    """Take a trustee off."""
    said = _("They are no trustee any more.")
    done(request, trustees.end_trustee, request.user, request.contest, said=said, number=number)
    return redirect("ceremony", contest)


@may(OFFICER)
@require_POST
def again(request: HttpRequest, contest: str) -> HttpResponse:
    """Propose to begin the key again."""
    form = ReasonForm(request.POST, auto_id="id_reason_%s")
    said = _("It is proposed to begin again. It is done when a second official confirms it.")
    if filled(request, form, trustees.begin_key_again, request.user, request.contest, said=said):
        return redirect("contest-proposals", contest)
    return _page(request, form)


@may(TRUSTEE)
@require_POST
def code(request: HttpRequest, contest: str) -> HttpResponse:
    """A new code for the trustee's own tool: on this answer, and on no other page."""
    try:
        made = trustees.take_trustee_code(request.user, request.contest)
    except SelectorateError as fault:
        return _page(request, refused=fault.message, status=400)
    return _page(request, code=made)


@may(TRUSTEE)
@require_POST
def give(request: HttpRequest, contest: str) -> HttpResponse:
    """Take the file that a trustee's program wrote for the step of now."""
    form, vote = FileForm(request.POST, request.FILES, auto_id="id_file_%s"), _vote(request)
    if vote is None:
        raise Http404
    mine = vote.trustees.filter(user=request.user).first()
    asked = _asked(mine, ceremony.shown(vote))
    if not asked:
        form.add_error(None, _("Nothing is asked of you now."))
    if form.is_valid() and asked:
        file = form.cleaned_data["file"]
        content = file.read(ceremony.MOST_BYTES + 1).decode("utf-8", "replace") if file else ""
        try:
            made = trustees.contribute_to_key(request.user, request.contest, step=asked, content=content)
        except SelectorateError as fault:
            form.add_error("file", fault.message)
        else:
            if not made.fault:
                return redirect("ceremony", contest)
            form.add_error("file", _("This was not taken: %(why)s") % {"why": made.fault})
    return _page(request, form)


@may(PUBLIC)
@require_GET
def file(request: HttpRequest, contest: str, name: str) -> HttpResponse:
    """One of the public files of the ceremony."""
    vote = _vote(request)
    found = ceremony.files(vote).get(name) if vote is not None else None
    if found is None:
        raise Http404
    kind = "text/plain; charset=utf-8" if name.endswith(".txt") else "application/json"
    response = HttpResponse(found, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
