"""The settings of the site under test: its own, but a voter may cast as often as the drill wants."""

from selectorate.office.settings import *  # noqa: F403

LIMITS = False
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
