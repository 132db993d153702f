"""The addresses of what everybody may read."""

from __future__ import annotations

from django.urls import path, register_converter

from .api import api
from .pages import api as api_pages
from .pages import previews, public, public_contest, public_gallery, public_result


class FileKind:
    """The kinds of file as which a declaration is given out, at the end of an address."""

    regex = "pdf|csv|json|zip"

    def to_python(self, value: str) -> str:
        """The kind as it stands."""
        return value

    def to_url(self, value: str) -> str:
        """The kind as it stands."""
        return value


class PrintedKind(FileKind):
    """Those of a contest of the gallery: what it is made from is shipped with the program."""

    regex = "pdf|csv|json"


register_converter(FileKind, "filekind")
register_converter(PrintedKind, "printed")

_contest = "contests/<slug:contest>/"
_shown = "gallery/<slug:shown>/"
patterns = [
    path("", public.home, name="home"),
    path("robots.txt", public.robots, name="robots"),
    path("preview.png", previews.home, name="preview"),
    path("contests/", public.contests, name="contests"),
    path("contests.csv", public.contests_csv, name="contests-csv"),
    path(_contest, public_contest.contest, name="contest"),
    path(f"{_contest}rulebook.toml", public_contest.rulebook, name="contest-rulebook"),
    path(f"{_contest}nominations.csv", public_contest.nominations_csv, name="contest-nominations-csv"),
    path(f"{_contest}preview.png", previews.contest, name="contest-preview"),
    path(f"{_contest}declaration/", public_result.declaration, name="contest-declaration"),
    path(f"{_contest}declaration/live/", public_result.live, name="contest-declaration-live"),
    path(f"{_contest}declaration.<filekind:kind>", public_result.declaration_file, name="contest-declaration-file"),
    path(f"{_contest}mandate/", public_result.mandate, name="contest-mandate"),
    path("api/", api_pages.api, name="api"),
    path("api/v1/openapi.json", api_pages.openapi, name="api-schema"),
    path("api/v1/", api.urls),
    path("gallery/", public_gallery.gallery, name="gallery"),
    path(_shown, public_gallery.declaration, name="gallery-contest"),
    path(f"{_shown}mandate/", public_gallery.mandate, name="gallery-mandate"),
    path(f"{_shown}preview.png", previews.gallery, name="gallery-preview"),
    path(f"{_shown}declaration.<printed:kind>", public_gallery.declaration_file, name="gallery-declaration-file"),
]
