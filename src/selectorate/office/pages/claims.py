"""Claims about a result: entered and taken off by the officer; shown with the mandate."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from ... import mandate
from ..access import may
from ..acts import claims as acts
from ..models import Role
from .doing import done

OFFICER = Role.RETURNING_OFFICER.value


class ClaimForm(forms.Form):
    """What was said, and what it could mean."""

    quote = forms.CharField(
        label=gettext_lazy("What was said"),
        max_length=300,
        help_text=gettext_lazy("Word for word, without quotation marks."),
    )
    said_by = forms.CharField(label=gettext_lazy("By whom, where and when"), max_length=200)
    measures = forms.MultipleChoiceField(
        label=gettext_lazy("What it could be measured by"), widget=forms.CheckboxSelectMultiple
    )
    comparison = forms.ChoiceField(
        label=gettext_lazy("What is claimed of it"),
        choices=[
            ("higher than", gettext_lazy("it is higher than")),
            ("lower than", gettext_lazy("it is lower than")),
            ("equal to", gettext_lazy("it is equal to")),
            ("at least", gettext_lazy("it is at least")),
            ("all", gettext_lazy("it is so in all segments")),
        ],
    )
    than = forms.CharField(
        label=gettext_lazy("Beside what"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("The address part of an earlier contest, the id of one of the gallery, or a number."),
    )
    each = forms.BooleanField(label=gettext_lazy("in every segment, not over all"), required=False)
    verdict = forms.CharField(
        label=gettext_lazy("What should be said of it beside the figures"), max_length=500, required=False
    )

    def __init__(self, *args: object, **given: object) -> None:
        super().__init__(*args, **given)
        self.fields["measures"].choices = [(one.id, one.name) for one in mandate.MEASURES.values()]


@may(OFFICER)
def claims(request: HttpRequest, contest: str) -> HttpResponse:
    """The claims that are held to the figures, and a form for another."""
    here = request.contest
    form = ClaimForm(request.POST or None, initial={"than": here.against})
    if request.method == "POST" and form.is_valid():
        said = _("The claim is entered, and held to the figures on the page of the mandate.")
        if done(request, acts.enter_claim, request.user, here, said=said, form=form, **form.cleaned_data):
            return redirect("contest-claims", here.slug)
    return render(request, "office/contest/claims.html", {"contest": here, "form": form, "claims": here.claims})


@may(OFFICER)
@require_POST
def withdraw(request: HttpRequest, contest: str) -> HttpResponse:
    """Take a claim off again."""
    number = request.POST.get("number", "")
    chosen = int(number) if number.isdecimal() and len(number) < 4 else 0
    said = _("The claim is taken off the page.")
    done(request, acts.withdraw_claim, request.user, request.contest, said=said, number=chosen)
    return redirect("contest-claims", contest)
