"""Who may use a route.

Every view says it with ``@may(...)``; ``guard`` walks the routes when they are loaded, and a route that says nothing
stops the site. ``AccessMiddleware`` holds every request to it, so that no view has to remember: it finds the contest
that the address names (the keyword ``contest``), the roles that the person has in it, and answers 404 for what they
may not know of, 403 for what they may not do, the sign-in page for somebody who is not signed in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, ImproperlyConfigured, PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, URLResolver
from ninja.operation import PathView

from .models import Appointment, Candidate, Contest, ContestBody, Role, User

View = TypeVar("View", bound=Callable[..., Any])

PUBLIC, SIGNED_IN = "public", "signed-in"
NOMINATOR, CANDIDATE = "nominator", "candidate"
"""Who sits in a body of the contest; who stands in it, or acts for somebody who does."""
OFFICERS: tuple[str, ...] = tuple(role.value for role in Role)
"""The roles that are given by appointment, and need a second factor."""

OTHERS: dict[str, str] = {
    "account_login": PUBLIC,
    "account_logout": PUBLIC,
    "account_inactive": PUBLIC,
    "account_signup": PUBLIC,
    "account_request_login_code": PUBLIC,
    "account_confirm_login_code": PUBLIC,
    "account_reset_password": PUBLIC,
    "account_reset_password_done": PUBLIC,
    "account_reset_password_from_key": PUBLIC,
    "account_reset_password_from_key_done": PUBLIC,
    "account_change_password": SIGNED_IN,
    "account_set_password": SIGNED_IN,
    "account_reauthenticate": SIGNED_IN,
    "account_request_reauthentication_code": SIGNED_IN,
    "account_confirm_reauthentication_code": SIGNED_IN,
    "mfa_index": SIGNED_IN,
    "mfa_authenticate": PUBLIC,
    "mfa_reauthenticate": SIGNED_IN,
    "api-root": PUBLIC,
    "mfa_activate_totp": SIGNED_IN,
    "mfa_deactivate_totp": SIGNED_IN,
    "mfa_view_recovery_codes": SIGNED_IN,
    "mfa_generate_recovery_codes": SIGNED_IN,
    "mfa_download_recovery_codes": SIGNED_IN,
    "mfa_list_webauthn": SIGNED_IN,
    "mfa_add_webauthn": SIGNED_IN,
    "mfa_reauthenticate_webauthn": SIGNED_IN,
    "mfa_remove_webauthn": SIGNED_IN,
    "mfa_edit_webauthn": SIGNED_IN,
    "mfa_login_webauthn": PUBLIC,
}
"""Routes of allauth, by name. One that is not here is not part of the site (``signing_in_routes``)."""


def may(*who: str) -> Callable[[View], View]:
    """Say who may use a view: ``PUBLIC``, ``SIGNED_IN``, or roles of which one is enough."""
    if not who:
        raise ImproperlyConfigured("a route for nobody")

    def mark(view: View) -> View:
        view.who = frozenset(who)  # type: ignore[attr-defined]
        return view

    return mark


def who_may(view: Callable[..., Any], name: str | None) -> frozenset[str] | None:
    """Who may use a view under a route's name; None where nobody has said."""
    said = getattr(view, "who", None) or _who_may_call(view)
    if said is None and name in OTHERS:
        return frozenset({OTHERS[name]})
    return said


def _who_may_call(view: Callable[..., Any]) -> frozenset[str] | None:
    """Who may use a route of the API: who may use every operation behind it; None if one of them does not say."""
    inside = [cell.cell_contents for cell in getattr(view, "__closure__", None) or ()]
    found = [
        getattr(operation.view_func, "who", None)
        for one in inside
        if isinstance(one, PathView)
        for operation in one.operations
    ]
    return frozenset.intersection(*found) or None if found and None not in found else None


def routes(patterns: Iterable[Any], prefix: str = "") -> Iterable[tuple[str, URLPattern]]:
    """Every route below ``patterns`` with its whole address."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, prefix + str(pattern.pattern))
        else:
            yield prefix + str(pattern.pattern), pattern


def guard(patterns: list[Any]) -> list[Any]:
    """``patterns``, if every route says who may use it. Raises ImproperlyConfigured with those that do not."""
    silent = [address for address, pattern in routes(patterns) if who_may(pattern.callback, pattern.name) is None]
    if silent:
        raise ImproperlyConfigured(f"routes that do not say who may use them: {', '.join(silent)}")
    return patterns


def roles_of(user: Any, contest: Contest | None) -> frozenset[str]:
    """What somebody is to a contest, or (without one) to the organisation.

    Somebody who came by a page and has no second factor holds no office until they have: not on any page, and not for
    any act.
    """
    found = appointed_to(user, contest)
    if getattr(user, "needs_second_factor", False) and found & set(OFFICERS) and not second_factor(user):
        return found - set(OFFICERS)
    return found


def second_factor(user: Any) -> bool:
    """Whether somebody has a second factor; looked up once for a request."""
    if not hasattr(user, "has_second_factor"):
        user.has_second_factor = is_mfa_enabled(user)
    return bool(user.has_second_factor)


def appointed_to(user: Any, contest: Contest | None) -> frozenset[str]:
    """Every role that somebody has, whether or not they have a second factor."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return frozenset()
    found = set(Appointment.objects.filter(user=user, ended=None, contest=None).values_list("role", flat=True))
    found.discard(Role.LETTER_KEEPER)  # of one contest only: nobody receives the letters of all
    if contest is not None:
        found |= set(Appointment.objects.filter(user=user, ended=None, contest=contest).values_list("role", flat=True))
        if contest.bodies.filter(body__seats__user=user, body__seats__ended=None).exists():
            found.add(NOMINATOR)
        if (
            contest.candidates.filter(user=user).exists()
            or contest.candidates.filter(agents__user=user, agents__ended=None).exists()
        ):
            found.add(CANDIDATE)
    return frozenset(found)


def roles_everywhere(user: User) -> tuple[frozenset[str], dict[int, set[str]]]:
    """What somebody is to the organisation, and to each contest in which they are something of their own.

    In a few queries, however many contests there are.
    """
    whole: set[str] = set()
    by_contest: dict[int, set[str]] = {}
    for role, contest in user.appointments.filter(ended=None).values_list("role", "contest"):
        (whole if contest is None else by_contest.setdefault(contest, set())).add(role)
    if not settings.DEMO and not is_mfa_enabled(user):
        # Without a second factor nobody is an official, here as little as on the pages that ask for one.
        whole -= set(OFFICERS)
        by_contest = {contest: roles - set(OFFICERS) for contest, roles in by_contest.items()}
    seats = ContestBody.objects.filter(body__seats__user=user, body__seats__ended=None)
    for contest in seats.values_list("contest", flat=True).distinct():
        by_contest.setdefault(contest, set()).add(NOMINATOR)
    stands = Candidate.objects.filter(Q(user=user) | Q(agents__user=user, agents__ended=None))
    for contest in stands.values_list("contest", flat=True).distinct():
        by_contest.setdefault(contest, set()).add(CANDIDATE)
    return frozenset(whole), by_contest


def _has_null(request: HttpRequest) -> bool:
    """Whether an address or a form has a null character, which no keyboard makes."""
    if "\0" in request.path:
        return True
    sent = [request.GET, *([request.POST] if request.method == "POST" else [])]
    return any("\0" in text for given in sent for key, values in given.lists() for text in (key, *values))


class AccessMiddleware:
    """Holds every request to what its route says."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with nothing of a signed-in person's pages kept by any cache."""
        response = self.get_response(request)
        if getattr(request, "user", None) is not None and request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Let the request through, or answer it here."""
        match = request.resolver_match
        if _has_null(request):
            # PostgreSQL keeps no such text, and asked for it answers with an error: nobody has typed it.
            raise BadRequest("a null character")
        who = who_may(view, match.url_name if match else None)
        if who is None:
            raise PermissionDenied
        if request.user.is_authenticated:
            request.user.needs_second_factor = not settings.DEMO
        contest = get_object_or_404(Contest, slug=kwargs["contest"]) if "contest" in kwargs else None
        request.contest = contest  # type: ignore[attr-defined]
        request.roles = roles = roles_of(request.user, contest)  # type: ignore[attr-defined]
        if contest is not None and not contest.public and not roles and not appointed_to(request.user, contest):
            raise Http404
        if PUBLIC in who:
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if SIGNED_IN in who:
            return None
        if roles & who:
            return None
        if appointed_to(request.user, contest) & who:
            return redirect("mfa_index")
        raise PermissionDenied


def officers_of(contest: Contest | None, role: str) -> list[User]:
    """Who holds a role in a contest or in the whole organisation."""
    found = Appointment.objects.filter(role=role, ended=None, contest__in=[contest] if contest else [])
    found = found | Appointment.objects.filter(role=role, ended=None, contest=None)
    return list(User.objects.filter(appointments__in=found, is_active=True).distinct())
