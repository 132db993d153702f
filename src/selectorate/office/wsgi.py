"""The site as a WSGI application, for granian. Loading the routes here stops a site that is not guarded."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "selectorate.office.settings")
application = get_wsgi_application()

from . import urls as urls  # noqa: E402  # a route that says nothing of who may use it raises here
