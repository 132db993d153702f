"""A contest in preparation: its details, its rules, what they leave open, its bodies."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ... import gallery, rules
from ...rules import Quantity
from .. import rulebooks
from ..access import may
from ..acts import contests
from ..documents import body_sizes
from ..models import Body, Contest, Person, Role, Tenure
from .doing import done
from .making import OwnForm, text_of

OFFICER, REGISTRAR, SCRUTINEER, TRUSTEE = Role.RETURNING_OFFICER, Role.REGISTRAR, Role.SCRUTINEER, Role.TRUSTEE
EARLIER = 300
"""How many contests of this office are offered to be read beside: the last ones."""


class DetailsForm(forms.Form):
    """What a contest says of itself."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=200)
    about = forms.CharField(
        label=gettext_lazy("What it is about"), required=False, max_length=4000, widget=forms.Textarea
    )
    occasion = forms.ChoiceField(label=gettext_lazy("Occasion"), choices=Contest.Occasion.choices)
    holder = forms.CharField(
        label=gettext_lazy("Who holds the office"),
        required=False,
        max_length=200,
        help_text=gettext_lazy(
            "Where the holder is challenged, or the term ends. Empty: as the tenures of the office say."
        ),
    )
    board = forms.ChoiceField(
        label=gettext_lazy("Nominations board"),
        choices=Contest._meta.get_field("board").choices,
        widget=forms.RadioSelect,
    )
    nominators = forms.ChoiceField(
        label=gettext_lazy("Nominators"),
        choices=Contest._meta.get_field("nominators").choices,
        widget=forms.RadioSelect,
    )
    against = forms.ChoiceField(label=gettext_lazy("Earlier contest that the mandate is read beside"), required=False)

    def __init__(self, contest: Contest, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        ours = Contest.objects.exclude(pk=contest.pk).exclude(status="draft").values_list("slug", "title")[:EARLIER]
        self.fields["against"].choices = [
            ("", _("none")),
            (_("contests of this office"), [*ours]),
            (_("the gallery"), [(name, gallery.short_name(name)) for name in gallery.contest_ids()]),
        ]
        if contest.against and not any(contest.against == slug for slug, _title in ours):
            self.fields["against"].choices += [(contest.against, contest.against)]

    def clean_holder(self) -> str:
        """The person of that name, by the address of their page. Raises ValidationError where there is none."""
        name = " ".join(self.cleaned_data["holder"].split())
        if not name:
            return ""
        found = list(Person.objects.filter(name__iexact=name)[:2]) or list(Person.objects.filter(slug=name)[:1])
        if len(found) != 1:
            says = (
                _("there are several of this name: give the address of their page")
                if found
                else _("there is no such person: enter them, and their tenure of the office, first")
            )
            raise forms.ValidationError(says)
        return found[0].slug


@may(OFFICER)
def details(request: HttpRequest, contest: str) -> HttpResponse:
    """The title and what else the contest says of itself."""
    here = request.contest
    begun = {
        "title": here.title,
        "about": here.about,
        "occasion": here.occasion,
        "holder": here.holder.name if here.holder else "",
        "board": here.board,
        "nominators": here.nominators,
        "against": here.against,
    }
    form = DetailsForm(here, request.POST or None, initial=begun)
    if request.method == "POST" and form.is_valid():
        said = _("The details are set.")
        if done(request, contests.set_details, request.user, here, said=said, form=form, **form.cleaned_data):
            return redirect("contest-details", here.slug)
    running = Tenure.objects.none()
    if here.office:
        running = here.office.holders(timezone.localdate()).select_related("person")
    return render(request, "office/contest/details.html", {"form": form, "contest": here, "running": running})


@may(OFFICER, REGISTRAR, SCRUTINEER, TRUSTEE)
def rules_page(request: HttpRequest, contest: str) -> HttpResponse:
    """The rules in sentences, with the sizes of the bodies filled in."""
    here = request.contest
    sizes = body_sizes(here)
    passages = rules.explain(
        here.rulebook,
        {key: one["size"] for key, one in sizes.items()},
        {key: one["name"] for key, one in sizes.items()},
    )
    proof = rulebooks.proof_of(here.rulebook_id, here.rulebook_text)
    context = {"contest": here, "passages": passages, "rulebook": here.rulebook, "proof": proof}
    return render(request, "office/contest/rules.html", context)


class TextForm(forms.Form):
    """Another text of the rulebook."""

    text = OwnForm.base_fields["text"]
    file = OwnForm.base_fields["file"]

    def clean_file(self) -> str:
        """The text of the file."""
        return text_of(self.cleaned_data.get("file"))


@may(OFFICER)
def change_rules(request: HttpRequest, contest: str) -> HttpResponse:
    """Another text of the rulebook: read first, with every fault told, then put in place of the one before."""
    here = request.contest
    form = TextForm(request.POST or None, request.FILES or None, initial={"text": here.rulebook_text})
    context: dict[str, Any] = {"contest": here, "form": form}
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["file"] or form.cleaned_data["text"]
        loaded, faults = rulebooks.read(text)
        if loaded is not None and "change" in request.POST:
            said = _("The rules are changed. Look at what they leave open, the bodies and the timetable again.")
            if done(request, contests.set_rulebook, request.user, here, said=said, form=form, text=text):
                return redirect("contest-rules", here.slug)
        if "change" not in request.POST:
            context["form"] = TextForm(initial={"text": text})
        context |= {"rulebook": loaded, "faults": faults, "passages": rules.explain(loaded) if loaded else []}
    return render(request, "office/contest/change_rules.html", context)


class ParametersForm(forms.Form):
    """What the rulebook leaves to each contest, each a field."""

    def __init__(self, contest: Contest, *args: Any, **more: Any) -> None:
        begun = {name: _shown(value) for name, value in contest.parameters.items()}
        super().__init__(*args, initial=begun, **more)
        for name, parameter in contest.rulebook_as_written.parameters.items():
            help_text = _("A number, or a share: 15%. Several, one for each ballot, with commas between.")
            if parameter.by:
                help_text = _("Fixed by %(whom)s.") % {"whom": parameter.by} + " " + help_text
            if parameter.default is not None:
                default = _shown(parameter.default) or _("no such rule")
                help_text += " " + _("Where nothing is fixed: %(default)s.") % {"default": default}
            label = parameter.says[:1].upper() + parameter.says[1:]
            self.fields[name] = forms.CharField(
                label=label, required=parameter.default is None, max_length=200, help_text=help_text
            )

    def values(self) -> dict[str, Any]:
        """What was fixed, as a contest file has it: whole numbers, shares as texts, lists of them."""
        found = {}
        for name, text in self.cleaned_data.items():
            parts = [part.strip() for part in text.split(",") if part.strip()]
            read = [int(part) if part.isdecimal() and len(part) < 10 else part for part in parts]
            if read:
                found[name] = read[0] if len(read) == 1 else read
        return found


def _shown(value: Any) -> str:
    """A value of a parameter as somebody would type it."""
    if isinstance(value, list | tuple):
        return ", ".join(_shown(one) for one in value)
    if isinstance(value, Quantity):
        return str(value.number) if value.share is None else rules.share_text(value.share)
    return str(value)


@may(OFFICER)
def parameters(request: HttpRequest, contest: str) -> HttpResponse:
    """What the rules leave open, fixed for this contest."""
    here = request.contest
    form = ParametersForm(here, request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = _("This is fixed for the contest.")
        if done(request, contests.set_parameters, request.user, here, said=said, form=form, values=form.values()):
            return redirect("contest-parameters", here.slug)
    return render(request, "office/contest/parameters.html", {"contest": here, "form": form})


class BodiesForm(forms.Form):
    """Which body of the organisation each body of the rulebook is, and on which day its size counts."""

    def __init__(self, contest: Contest, *args: Any, **more: Any) -> None:
        links = {link.key: link for link in contest.bodies.all()}
        begun: dict[str, Any] = {}
        for key, link in links.items():
            begun |= {f"{key}.body": link.body_id, f"{key}.on": link.on}
        super().__init__(*args, initial=begun, **more)
        self.keys = list(contest.rulebook.bodies)
        for key, body in contest.rulebook.bodies.items():
            name = body.name[:1].upper() + body.name[1:]
            self.fields[f"{key}.body"] = forms.ModelChoiceField(
                Body.objects.order_by("name"),
                label=name,
                required=False,
                empty_label=_("not said yet"),
            )
            self.fields[f"{key}.on"] = forms.DateField(
                label=_("%(body)s: the day on which its size counts") % {"body": name},
                required=False,
                widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
                input_formats=["%Y-%m-%d"],
            )

    def clean(self) -> dict[str, Any]:
        """A body that is named has its day."""
        given = super().clean() or {}
        for key in self.keys:
            if given.get(f"{key}.body") and not given.get(f"{key}.on") and f"{key}.on" not in self.errors:
                self.add_error(f"{key}.on", _("say the day on which its size counts"))
        return given

    def changed(self) -> list[tuple[str, Body, date]]:
        """The bodies that were named or renamed."""
        return [
            (key, self.cleaned_data[f"{key}.body"], self.cleaned_data[f"{key}.on"])
            for key in self.keys
            if self.cleaned_data.get(f"{key}.body") and {f"{key}.body", f"{key}.on"} & set(self.changed_data)
        ]


@may(OFFICER)
def bodies(request: HttpRequest, contest: str) -> HttpResponse:
    """The bodies of the rulebook, each named."""
    here = request.contest
    form = BodiesForm(here, request.POST or None)
    if request.method == "POST" and form.is_valid():
        whole = [
            done(
                request,
                contests.name_body,
                request.user,
                here,
                form=form,
                fields={"body": f"{key}.body", "on": f"{key}.on"},
                said=_("%(body)s: said.") % {"body": body.name},
                key=key,
                body=body.slug,
                on=on.isoformat(),
            )
            for key, body, on in form.changed()
        ]
        if all(whole):
            return redirect("contest-bodies", here.slug)
    links = {link.key: link for link in here.bodies.select_related("body")}
    sizes = body_sizes(here)
    named = [
        {"name": body.name, "link": links.get(key), "size": sizes.get(key, {}).get("size")}
        for key, body in here.rulebook.bodies.items()
    ]
    return render(request, "office/contest/bodies.html", {"contest": here, "form": form, "named": named})
