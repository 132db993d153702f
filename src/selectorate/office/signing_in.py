"""How people sign in: nobody makes an account for themselves; an official, or a body's list, does.

Everybody can sign in by a code that is mailed to them, or with a passkey; officials set a password if they like, and
always a second factor. An address that has an account and one that has none are answered alike: the same page, the
same work, the same number of statements to the database; only the mail differs.
"""

from __future__ import annotations

import re
import time
from ipaddress import ip_address
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import RequestLoginCodeForm
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.models import EmailAddress
from allauth.core import context as allauth_context
from allauth.core import ratelimit
from allauth.core.internal.cryptokit import generate_user_code
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.core.mail import EmailMessage
from django.db.models import F
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import int_to_base36

from . import browsers
from .models import Organisation, User

UNKNOWN = "account/email/unknown_account"
"""What allauth would mail to an address that has no account; here it goes to nobody."""
WRITTEN = re.compile(r"(\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<four>[0-9.]+))(:[0-9]+)?")
"""How proxies write where a request comes from: 203.0.113.7:4711, [2001:db8::7]:4711, [2001:db8::7]."""


class Adapter(DefaultAccountAdapter):
    """Accounts are made by acts, links lead to the address of the site, and unknown addresses are not told apart."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail; in place of one to an address without an account, do the same work for nobody."""
        if template_prefix == UNKNOWN:
            code = generate_user_code()
            message = self._written("account/email/login_code", email, {**context, "code": code})
            message.to = []
            message.get_connection().send_messages([message])
        else:
            self._written(template_prefix, email, context).send()

    def _written(self, template_prefix: str, email: str, context: dict[str, Any]) -> EmailMessage:
        there = Organisation.there()
        names = {"email": email, "office_name": there.name if there else "", "office_address": settings.ADDRESS}
        return self.render_mail(template_prefix, email, {**names, **context})

    def format_email_subject(self, subject: str) -> str:
        """The subject as it is: the name of the sender says from whom it comes."""
        return subject

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link of a mail, at the address of the site: not at whatever host name was asked for."""
        return set_password_url(key, self.request)

    def login(self, request: HttpRequest, user: User) -> None:
        """Sign somebody in; the address to which codes go is always that of the account."""
        super().login(request, user)
        EmailAddress.objects.filter(user=user).exclude(email=user.email).delete()
        EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})

    def post_login(self, request: HttpRequest, user: User, **given: Any) -> HttpResponse:
        """Remember that this browser is one of theirs: somebody else's wrong guesses do not lock it out."""
        return browsers.remember(super().post_login(request, user, **given), user)

    def get_client_ip(self, request: HttpRequest) -> str:
        """From where a request comes; what a proxy writes around an address (a port, brackets) is taken off."""
        proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
        told = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        written = WRITTEN.fullmatch(told[-proxies].strip()) if 0 < proxies <= len(told) else None
        if written:
            try:
                return str(ip_address(written["six"] or written["four"]))
            except ValueError:  # digits and dots, but no address
                pass
        return super().get_client_ip(request)

    def is_reauthentication_required(self, *, app: str, **given: Any) -> bool:
        """Whether the last sign-in is so long ago that it has to be repeated before a second factor changes."""
        last = max((one["at"] for one in get_authentication_records(self.request, self.request.user)), default=0)
        return time.time() - last > settings.ACCOUNT_REAUTHENTICATION_TIMEOUT

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        given = credentials.get("email", "").lower()
        return browsers.sender(request, given, owner(given))


def owner(email: str) -> User | None:
    """Whose account an address is, if it is open."""
    return User.objects.filter(email=email, is_active=True).first()


class RequestCodeForm(RequestLoginCodeForm):
    """Asks for a code; limited by address, but not for the browsers that the address' owner has used before."""

    def clean_email(self) -> str:
        """The address, if not too many codes were asked for."""
        email = self.cleaned_data["email"].lower()
        request = allauth_context.request
        self._user = owner(email)
        key = browsers.sender(request, email, self._user)
        if not ratelimit.consume(request, action="request_login_code", key=key):
            raise request_adapter().validation_error("too_many_login_attempts")
        return email


def request_adapter() -> Adapter:
    """The adapter for the request that is being answered."""
    return Adapter(allauth_context.request)


def set_password_url(key: str, request: HttpRequest | None = None) -> str:
    """The whole address under which a password can be set, once, with ``key``."""
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
    path = path.replace("UID-KEY", key)
    if settings.ADDRESS:
        return f"{settings.ADDRESS}{path}"
    return request.build_absolute_uri(path) if request is not None else path


def set_password_key(user: User) -> str:
    """A key with which ``user`` can set a password, once, within three days."""
    from allauth.account.forms import EmailAwarePasswordResetTokenGenerator

    return f"{int_to_base36(user.pk)}-{EmailAwarePasswordResetTokenGenerator().make_token(user)}"


@receiver((post_save, post_delete), sender=Authenticator)
def end_other_sessions(instance: Authenticator, created: bool = True, **given: Any) -> None:
    """When a second factor comes or goes, every session but this one ends: one without it may be somebody else's."""
    if not created or instance.type == Authenticator.Type.RECOVERY_CODES:
        return
    User.objects.filter(pk=instance.user_id).update(epoch=F("epoch") + 1)
    instance.user.epoch += 1
    request = allauth_context.request
    if request is not None and request.user.is_authenticated and request.user.pk == instance.user_id:
        request.user.refresh_from_db(fields=["epoch"])
        update_session_auth_hash(request, request.user)
