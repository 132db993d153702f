"""Appeals about the roll, and letters that go by post: what waits for the registrar."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ..access import may
from ..acts import enquiries as acts
from ..models import ClosedRoll, Entitlement, RollAppeal, RollEnquiry, RollEntry
from ..rolls import asking, closing
from .doing import done
from .roll import PAGE
from .roll_forms import RulingForm


@may("registrar")
def appeals(request: HttpRequest, contest: str) -> HttpResponse:
    """Every appeal, those that are open first; and the letters that wait for the post."""
    here = request.contest  # type: ignore[attr-defined]
    status = request.GET.get("status", "open")
    status = status if status in RollAppeal.Status.values else "open"
    page = Paginator(here.appeals.filter(status=status), PAGE).get_page(request.GET.get("page"))
    letters = here.enquiries.filter(status=RollEnquiry.Status.BY_POST).order_by("pk")[:PAGE]
    context = {"contest": here, "page": page, "status": status, "tabs": RollAppeal.Status.choices, "letters": letters}
    return render(request, "office/roll/appeals.html", context)


@may("registrar")
def appeal(request: HttpRequest, contest: str, appeal: int) -> HttpResponse:
    """One appeal, the entry that it seems to be about, and the ruling."""
    here = request.contest  # type: ignore[attr-defined]
    found = get_object_or_404(RollAppeal, pk=appeal, contest=here)
    form = RulingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = {
            "appeal": found.pk,
            "upheld": form.cleaned_data["upheld"] == "yes",
            "ruling": form.cleaned_data["ruling"],
        }
        if done(request, acts.rule_on_appeal, request.user, here, form=form, said=_("Ruled, and answered."), **given):
            return redirect("contest-roll-appeals", contest)
    closed = ClosedRoll.of(here)
    votes = (
        Entitlement.objects.filter(closed=closed, person=found.person, ended=None) if closed and found.person else []
    )
    context = {
        "contest": here,
        "found": found,
        "form": form,
        "entry": RollEntry.objects.filter(person=found.person).first() if found.person else None,
        "votes": [(vote, closing.reasons_of(vote)) for vote in votes[:10]],
        "matches": bool(found.person),
    }
    return render(request, "office/roll/appeal.html", context)


@may("registrar")
def letter(request: HttpRequest, contest: str, enquiry: int) -> HttpResponse:
    """The letter to somebody without a mail address, to print."""
    here = request.contest  # type: ignore[attr-defined]
    found = get_object_or_404(RollEnquiry, pk=enquiry, contest=here, status__in=["by post", "posted"])
    rows = asking.rows_of(here, found.person).rows.to_dicts()
    mine = next((row for row in rows if row["person"] == found.person), {})
    to = [mine.get(name) for name in ("name", "address", "postcode") if mine.get(name)]
    context = {"contest": here, "found": found, "to": to, "letter": asking.letter(here, found.person)}
    return render(request, "office/roll/letter.html", context)


@may("registrar")
@require_POST
def posted(request: HttpRequest, contest: str, enquiry: int) -> HttpResponse:
    """The letter was posted."""
    here = request.contest  # type: ignore[attr-defined]
    done(request, acts.mark_posted, request.user, here, said=_("Noted."), enquiry=enquiry)
    return redirect("contest-roll-appeals", contest)
