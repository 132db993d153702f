"""What everybody can look up of a vote that is held online: where a ballot stands, what is promised and what is not."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ...rules import BallotStage
from ..access import PUBLIC, may
from ..boxes import board, naming
from ..models import BoxEvent, OnlineVote
from .voting import shown, vote_of

_TRACKER = re.compile(r"(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{43}(?![A-Za-z0-9+/=])")
_IN_RECEIPT = re.compile(r'"tracker"\s*:\s*"([A-Za-z0-9+/]{43})"')


class FindForm(forms.Form):
    """A tracker, or a receipt that has one."""

    tracker = forms.CharField(
        label=gettext_lazy("Tracker"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocapitalize": "none"}),
        help_text=gettext_lazy("As your device showed it, or as it stands in the mail; a whole receipt will do too."),
    )

    def clean_tracker(self) -> str:
        """The tracker that was given."""
        text = self.cleaned_data["tracker"]
        found = _IN_RECEIPT.search(text)
        if found is None and len(trackers := set(_TRACKER.findall("\n".join(text.split())))) == 1:
            return str(trackers.pop())
        if found is None:
            raise forms.ValidationError(_("This is no tracker: it has 43 letters, digits, and the signs + and /."))
        return found.group(1)


@may(PUBLIC)
def find(request: HttpRequest, contest: str) -> HttpResponse:
    """Where a ballot stands. For everybody, from any device, and after the close too; it names nobody.

    Whether a later ballot replaced it is said too: whoever has the tracker sees it in the archive, which is public
    while the box is open and has the public credential on every ballot. It is said no sooner than there.
    """
    here = vote_of(request)
    form = FindForm(request.POST if request.method == "POST" else None)
    asked, found = "", None
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data["tracker"]
        event = BoxEvent.objects.filter(box__vote=here, tracker=asked).select_related("box").first()
        found = _found(here, event) if event is not None else None
    context = shown(here, form=form, asked=asked, found=found)
    return render(request, "office/voting/find.html", context)


def _found(here: OnlineVote, event: BoxEvent) -> dict[str, Any]:
    box = event.box
    height = max(event.height, board.snapshot(box).height)
    among = box.events.filter(credential=event.credential, height__gt=event.height, height__lte=height)
    return {
        "event": event,
        "box": box,
        "stage_name": naming.stage_name(here.contest, box.stage),
        "section_name": naming.section_name(here.contest, box),
        "height": height,
        "later": among.order_by("height").last(),
        "archive": reverse("contest-box-archive", args=[here.contest.slug, box.uuid]),
    }


@may(PUBLIC)
def promises(request: HttpRequest, contest: str) -> HttpResponse:
    """What is promised and what is not, in plain words, with who holds the keys."""
    here = vote_of(request)
    stages = {box.stage: here.contest.rulebook.stage_named(box.stage) for box in here.boxes.all()}
    context = shown(
        here,
        trustees=list(here.trustees.all()),
        revote=here.boxes.filter(revote=True).exists(),
        ranked=any(isinstance(stage, BallotStage) and stage.paper == "rank" for stage in stages.values()),
    )
    return render(request, "office/voting/promises.html", context)
