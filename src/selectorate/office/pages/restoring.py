"""After the database was put back from a copy: proofs are taken in, and two officers let casting go on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ..access import may
from ..acts import restoring as acts
from ..boxes.proven import Held
from ..models import OnlineVote, Restoration, Role
from .doing import done

OFFICER, SCRUTINEER = Role.RETURNING_OFFICER.value, Role.SCRUTINEER.value
LONGEST = 1_000_000


class ProofForm(forms.Form):
    """Receipts and heads, as people send them."""

    text = forms.CharField(
        label=gettext_lazy("Receipts and heads"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "Receipts of voters as they are, one after another; heads of scrutineers a line each: box, height, hash."
        ),
    )


class WhyForm(forms.Form):
    """What was put back."""

    why = forms.CharField(label=gettext_lazy("What was put back, and from when"), max_length=300)


@may(OFFICER, SCRUTINEER)
def restoration(request: HttpRequest, contest: str) -> HttpResponse:
    """Where a contest stands after the database was put back."""
    here = request.contest
    vote = OnlineVote.objects.filter(contest=here).first()
    if vote is None:
        raise Http404
    waiting = acts.waiting(here)
    form: forms.Form = (ProofForm if waiting else WhyForm)(None)
    if request.method == "POST":
        if OFFICER not in request.roles:
            return render(request, "403.html", status=403)
        act = request.POST.get("act", "")
        if act == "reconcile":
            said = _("It is proposed to let casting go on. It is done when a second official confirms it.")
            done(request, acts.reconcile, request.user, here, said=said)
            return redirect("contest-restoration", contest)
        form = (ProofForm if waiting else WhyForm)(request.POST)
        if form.is_valid() and (_proof if waiting else _why)(request, form):
            return redirect("contest-restoration", contest)
    context = {
        "contest": here,
        "waiting": waiting,
        "form": form,
        "officer": OFFICER in request.roles,
        "boxes": _boxes(vote, waiting),
        "proposed": here.proposals.filter(kind="reconcile", status="open").first(),
        "before": here.restorations.exclude(reconciled=None).order_by("-reconciled"),
    }
    return render(request, "office/voting/restoration.html", context)


def _why(request: HttpRequest, form: forms.Form) -> bool:
    said = _("Nothing is cast until it is reconciled.")
    return done(request, acts.say_restored, request.user, request.contest, said=said, form=form, **form.cleaned_data)


def _proof(request: HttpRequest, form: forms.Form) -> bool:
    found: list[Held] = []

    def take(*args: Any, **given: Any) -> None:
        found.append(acts.hand_in_proof(*args, **given))

    if not done(request, take, request.user, request.contest, form=form, **form.cleaned_data):
        return False
    one = found[0]
    messages.success(
        request,
        ngettext("%(number)s of them fits.", "%(number)s of them fit.", one.whole) % {"number": one.whole}
        + " "
        + ngettext("%(number)s shows a ballot that is lost.", "%(number)s show ballots that are lost.", len(one.lost))
        % {"number": len(one.lost)}
        + " "
        + ngettext("%(number)s is not ours.", "%(number)s are not ours.", one.unread) % {"number": one.unread},
    )
    return True


def _boxes(vote: OnlineVote, waiting: Restoration | None) -> list[dict[str, Any]]:
    """Each box with its height now, what was shown of it, and what is known to be lost."""
    rows = []
    for box in vote.boxes.all():
        shown = waiting.found.get(box.uuid, -1) if waiting else -1
        lost = [one for one in waiting.lost if one["box"] == box.uuid] if waiting else []
        rows.append(
            {"box": box, "shown": shown if shown >= 0 else None, "more": max(0, shown - box.height), "lost": lost}
        )
    return rows
