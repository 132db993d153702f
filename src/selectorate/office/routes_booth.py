"""The addresses of the booth's files."""

from __future__ import annotations

from django.urls import path

from .pages import booth_page

patterns = [
    path("booth/booth.json", booth_page.booth_list, name="booth-list"),
    path("booth/<str:name>", booth_page.booth_file, name="booth-file"),
]
