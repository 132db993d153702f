"""The boxes of a contest on the officials' desk: where each stands, who is waited for, what comes next."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ...rules import BallotStage, MotionStage
from ..access import may
from ..acts import boxes as acts
from ..boxes import counting, laid, opening, store
from ..models import Contest, HandedIn, Role, SealedBox
from .doing import done
from .finding import contest_of, roles_in

OFFICER, REGISTRAR, SCRUTINEER = Role.RETURNING_OFFICER, Role.REGISTRAR, Role.SCRUTINEER

PHASES = {
    "empty": gettext_lazy("not open yet"),
    "voting": gettext_lazy("open"),
    "closed": gettext_lazy("closed, and being tallied"),
    "tallied": gettext_lazy("tallied"),
    "shuffled": gettext_lazy("shuffled"),
    "decrypting": gettext_lazy("being decrypted"),
    "final": gettext_lazy("opened"),
}


@dataclass(frozen=True)
class Line:
    """A box as officials see it. ``waits``: what it waits for, in words; ``names``: whose contribution is missing."""

    box: SealedBox
    title: str
    phase: str
    waits: str
    names: tuple[str, ...] = ()
    may_end: bool = False
    stopped: str = ""
    struck: int = 0
    checked: int = 0


def line_of(contest: Contest, box: SealedBox) -> Line:
    """Where a box stands."""
    stage = contest.rulebook.stage_named(box.stage)
    assert isinstance(stage, BallotStage | MotionStage)
    kind = counting.waits_for(box)
    needed = counting.still_needed(box)
    done_by = len(counting.shufflers(box)) if kind == "Shuffle" else len(counting.decrypters(box))
    return Line(
        box,
        opening.title_of(contest, stage, box),
        str(PHASES[box.phase]),
        waits_in_words(box, kind, done_by),
        tuple(f"{one.name} ({one.number})" for one in needed),
        kind == "Shuffle" and done_by >= box.vote.threshold,
        stop_of(box),
        laid.struck_after_casting(box),
        box.handed.filter(status=HandedIn.Status.WAITING).count(),
    )


def waits_in_words(box: SealedBox, kind: str, done_by: int) -> str:
    """What a box waits for, in a sentence."""
    if kind == "Shuffle":
        return _("Trustees shuffle, one after the other: %(done)s of %(size)s have.") % {
            "done": done_by,
            "size": box.vote.size,
        }
    if kind == "PartialDecryption":
        return _("Trustees decrypt: %(done)s have, and %(needed)s are needed.") % {
            "done": done_by,
            "needed": box.vote.threshold,
        }
    return {
        "empty": _("It opens with its ballot."),
        "voting": _("Voters cast."),
        "closed": _("The tally of the last ballot of each voter is being made."),
        "decrypting": _("The result is being made."),
        "final": _("It is opened: its papers are counted."),
    }.get(box.phase, "")


def stop_of(box: SealedBox) -> str:
    """Why a box cannot be opened as things stand, and what can be done; nothing, where it can."""
    if box.phase in ("empty", "voting", "final") or box.voted >= box.vote.least:
        return ""
    return _(
        "Fewer than %(least)s ballots were cast in this box. The trustees' keys do not open so few, because they would "
        "tell how people voted. It stays sealed: the ballot is held again, with segments put together, or on paper."
    ) % {"least": box.vote.least}


@may(OFFICER, REGISTRAR, SCRUTINEER)
def desk(request: HttpRequest, contest: str) -> HttpResponse:
    """Every box of a contest: its phase, its ballots, who is waited for, and the next step."""
    here = contest_of(request)
    if not hasattr(here, "online"):
        raise Http404
    if request.method == "POST":
        if request.POST.get("do") != "end-shuffles":
            raise Http404
        given = request.POST.get("box", "")
        done(request, acts.end_shuffles, request.user, here, box=given, said=_("The shuffles are ended."))
        return redirect("office-boxes", contest=contest)
    boxes = SealedBox.objects.filter(vote=here.online).select_related("vote")
    refused = HandedIn.objects.filter(box__vote=here.online, status=HandedIn.Status.REFUSED)
    return render(
        request,
        "office/contest/boxes.html",
        {
            "contest": here,
            "vote": here.online,
            "lines": [line_of(here, box) for box in boxes],
            "refused": refused.select_related("trustee", "box").order_by("-pk")[:50],
            "may_act": OFFICER in roles_in(request),
        },
    )


@may(OFFICER, REGISTRAR, SCRUTINEER)
def archive(request: HttpRequest, contest: str, box: str) -> FileResponse:
    """The archive of a box as it is now, for who works offline."""
    here = contest_of(request)
    found = SealedBox.objects.filter(vote__contest=here, uuid=box).exclude(phase="empty").first()
    if found is None:
        raise Http404
    return FileResponse(store.archive(found).open("rb"), as_attachment=True, filename=f"{found.uuid}.bel")
