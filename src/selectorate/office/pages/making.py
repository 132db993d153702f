"""Making a contest: which rulebook, for which office; the rules are read in sentences before anything is made."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ... import rules
from .. import occasions, rulebooks
from ..access import may
from ..acts import contests
from ..models import Contest, Office, Role
from ..rulebooks import MAX_CHARACTERS
from .doing import done

OFFICER = Role.RETURNING_OFFICER


class OfficeChoice(forms.ModelChoiceField):
    """Offices by their name and unit."""

    def label_from_instance(self, obj: Office) -> str:
        """ "Leader, Party of the Test"."""
        return f"{obj.name}, {obj.unit.name}"


class MakeForm(forms.Form):
    """What a contest is, besides its rules."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    office = OfficeChoice(
        Office.objects.select_related("unit"),
        label=gettext_lazy("Office that is filled"),
        required=False,
        empty_label=gettext_lazy("none: a motion, or a post that is not entered"),
        help_text=gettext_lazy("The unit, and who holds the office or whether it is vacant, follow from it."),
    )
    occasion = forms.ChoiceField(
        label=gettext_lazy("Occasion"),
        required=False,
        choices=[("", gettext_lazy("as it follows from who holds the office today")), *Contest.Occasion.choices],
        help_text=gettext_lazy("The thresholds of the rules can depend on it."),
    )
    about = forms.CharField(
        label=gettext_lazy("What it is about"), required=False, max_length=4000, widget=forms.Textarea
    )


class OwnForm(MakeForm):
    """A contest by a rulebook of one's own: pasted, or a file."""

    text = forms.CharField(
        label=gettext_lazy("The rulebook, in TOML"),
        required=False,
        max_length=MAX_CHARACTERS,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 22, "spellcheck": "false", "class": "mono"}),
    )
    file = forms.FileField(
        label=gettext_lazy("or a file"),
        required=False,
        max_length=200,
        help_text=gettext_lazy(
            "A text file in UTF-8 that ends in .toml. Where one is given, it is read and not the text."
        ),
    )
    field_order = ("text", "file")

    def clean_file(self) -> str:
        """The text of the file."""
        return text_of(self.cleaned_data.get("file"))


def text_of(given: Any) -> str:
    """The text of a file that was sent. Raises ValidationError for one that is too long, or is not UTF-8."""
    if not given:
        return ""
    if given.size > 4 * MAX_CHARACTERS:
        raise forms.ValidationError(_("a rulebook has %(most)s characters at most") % {"most": MAX_CHARACTERS})
    try:
        return given.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise forms.ValidationError(_("this is no text file in UTF-8")) from None


def _chosen(request: HttpRequest) -> Office | None:
    """The office that the address names (from the page of an office), if there is one."""
    number = request.GET.get("office", "")
    return (
        Office.objects.select_related("unit").filter(pk=int(number)).first()
        if number.isdecimal() and len(number) < 19
        else None
    )


def _begin(office: Office | None, rulebook: rules.Rulebook | None) -> dict[str, Any]:
    """What the form begins with, where it is made from an office."""
    if office is None:
        return {}
    begun: dict[str, Any] = {"office": office}
    if rulebook is not None:
        begun["occasion"] = occasions.proposed(office, rulebook, timezone.localdate())
    return begun


@may(OFFICER)
def choose(request: HttpRequest) -> HttpResponse:
    """The shipped rulebooks, and the way to one's own."""
    office = _chosen(request)
    today = timezone.localdate()
    return render(
        request,
        "office/contest/choose.html",
        {
            "shipped": rulebooks.shipped(),
            "chosen": office,
            "vacant": office.vacant(today) if office else False,
            "holders": list(office.holders(today).select_related("person")) if office else [],
        },
    )


@may(OFFICER)
def from_shipped(request: HttpRequest, rulebook: str) -> HttpResponse:
    """A contest by a shipped rulebook, which is read first."""
    if rulebook not in rules.preset_ids():
        raise Http404
    loaded = rules.load(rulebook)
    form = MakeForm(request.POST or None, initial=_begin(_chosen(request), loaded))
    if request.method == "POST" and form.is_valid():
        made = _made(request, form, loaded, rulebook=rulebook)
        if made is not None:
            return redirect("contest-office", made.slug)
    context = {
        "form": form,
        "rulebook": loaded,
        "passages": rules.explain(loaded),
        "proof": rulebooks.proofs().get(rulebook, ()),
    }
    return render(request, "office/contest/make.html", context)


@may(OFFICER)
def from_own(request: HttpRequest) -> HttpResponse:
    """A contest by a text of one's own: read, with every fault told, then said in sentences, then made."""
    form = OwnForm(request.POST or None, request.FILES or None, initial=_begin(_chosen(request), None))
    context: dict[str, Any] = {"form": form}
    if request.method == "POST":
        reads_only = "make" not in request.POST
        if reads_only:
            form.fields["title"].required = False
        if form.is_valid():
            text = form.cleaned_data["file"] or form.cleaned_data["text"]
            loaded, faults = rulebooks.read(text)
            if loaded is not None and not reads_only:
                made = _made(request, form, loaded, rulebook=loaded.id, rulebook_text=text)
                if made is not None:
                    return redirect("contest-office", made.slug)
            if reads_only:
                # What was in the file is shown in the field, so that it can be corrected here.
                form = OwnForm(initial={**form.cleaned_data, "text": text, "file": None})
            context |= {"form": form, "rulebook": loaded, "faults": faults}
            context["passages"] = rules.explain(loaded) if loaded else []
    return render(request, "office/contest/own.html", context)


def _made(request: HttpRequest, form: MakeForm, loaded: rules.Rulebook, **which: str) -> Contest | None:
    """The contest that the form asks for, made; None where the act refuses it, which the form then says."""
    given, made = form.cleaned_data, []
    office = given["office"]
    occasion = given["occasion"] or occasions.proposed(office, loaded, timezone.localdate())

    def make(*args: Any, **more: Any) -> None:
        made.append(contests.create_contest(*args, **more))

    done(
        request,
        make,
        request.user,
        None,
        said=_("The contest is made. It is in preparation: nobody but its officials sees it."),
        form=form,
        fields={"rulebook_text": "text"},
        title=given["title"],
        office=office.pk if office else None,
        occasion=occasion,
        about=given["about"],
        **which,
    )
    return made[0] if made else None
