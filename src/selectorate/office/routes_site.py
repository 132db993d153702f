"""Addresses that browsers ask for by themselves."""

from __future__ import annotations

from django.templatetags.static import static
from django.urls import path
from django.views.generic import RedirectView

from .access import PUBLIC, may


class Favicon(RedirectView):
    """The mark of the site, where browsers look for it unasked."""

    def get_redirect_url(self, *args: object, **given: object) -> str:
        """Where the mark is."""
        return static("office/mark.svg")


patterns = [path("favicon.ico", may(PUBLIC)(Favicon.as_view()), name="favicon")]
