"""The office as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class OfficeConfig(AppConfig):
    """The election office."""

    name = "selectorate.office"
    label = "office"
    verbose_name = "Election office"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Hear of second factors that come and go; have declarations drawn ahead."""
        from . import ahead
        from . import signing_in as signing_in

        ahead.watch()
