"""The addresses of what is kept of people."""

from __future__ import annotations

from django.urls import path

from .pages import privacy

patterns = [
    path("privacy/", privacy.privacy, name="privacy"),
    path("account/data/", privacy.my_data, name="my-data"),
    path("people/<slug:person>/data/", privacy.data_of, name="person-data"),
]
