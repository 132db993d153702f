"""``selectorate office init``: from nothing to a returning officer who can sign in."""

from __future__ import annotations

from ...errors import InputError
from .starting import prepare, started


def set_up(organisation: str, name: str, email: str, contact: str) -> list[str]:
    """Set an empty office up; the lines to be shown. Raises RefusedError if it is set up already."""
    started(check=False)
    from django.conf import settings
    from django.core.exceptions import ValidationError
    from django.core.validators import validate_email

    from ..acts.people import set_up_organisation
    from ..signing_in import set_password_key, set_password_url
    from ..slugs import plain

    for field, value in (("organisation", organisation), ("name", name)):
        if not plain(value):
            raise InputError(f"--{field} is empty")
    for field, value in (("email", email), ("contact", contact)):
        try:
            if value or field == "email":
                validate_email(value)
        except ValidationError:
            raise InputError(f"--{field} is not a mail address") from None
    prepare(migrate=True)
    officer = set_up_organisation(organisation, name, email, contact=contact)
    where = settings.ADDRESS or "http://127.0.0.1:8000"
    link = set_password_url(set_password_key(officer))
    return [
        f"{organisation} is set up, with {officer.name} as returning officer.",
        "To set a password, once, within three days:",
        "  " + (link if link.startswith("http") else where + link),
        "Then sign in and set up a second factor. A second returning officer is needed for what two have to do.",
        "Start the site with: selectorate serve",
    ]
