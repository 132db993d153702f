"""What every command of the office does first: the settings, the database, the files of the pages."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from ...errors import InputError, MissingPartError, SelectorateError

PATIENCE = 60
"""Seconds for which a database that does not answer is waited for: it may be starting beside us."""


def started(*, check: bool = True) -> None:
    """Read the settings and load Django. Raises InputError for a setting that is wrong, and (with ``check``) where
    the office is not set up or its database is not up to date.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "selectorate.office.settings")
    try:
        import django
        from django.core.exceptions import ImproperlyConfigured
    except ImportError:
        raise MissingPartError(
            "the office is not installed", hint="Install it with: pip install 'selectorate[office]'"
        ) from None
    try:
        django.setup()
    except ImproperlyConfigured as fault:
        raise InputError(str(fault)) from None
    if check:
        wait_for_database()
        if behind():
            raise InputError(
                "the database is not up to date",
                hint="Run `selectorate serve`, or `selectorate office manage migrate`; make a backup first.",
            )


def wait_for_database(patience: float = PATIENCE, say: Callable[[str], None] = lambda _: None) -> None:
    """Wait until the database answers. Raises InputError if it does not for so many seconds."""
    from django.db import OperationalError, connection

    until, told = time.monotonic() + patience, False
    while True:
        try:
            connection.ensure_connection()
            return
        except OperationalError as fault:
            if time.monotonic() >= until:
                # The kind and the first line: a driver's message can repeat the address, with its password.
                raise InputError(
                    f"the database does not answer ({type(fault.__cause__ or fault).__name__})",
                    hint="Is DATABASE_URL right, and is the server running?",
                ) from None
            if not told:
                say("waiting for the database")
                told = True
            time.sleep(min(1, patience))


def behind() -> list[str]:
    """The migrations that the database does not have yet. Raises InputError for one of a newer version."""
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(connection)
    ours = {key for key in loader.applied_migrations if key[0] == "office"}
    unknown = sorted(name for app, name in ours - loader.disk_migrations.keys())
    if unknown:
        raise InputError(
            f"the database was made by a newer version of the office ({unknown[-1]})",
            hint="Install that version or a later one, or restore a backup of this one.",
        )
    return sorted(f"{app}.{name}" for app, name in loader.graph.nodes if (app, name) not in loader.applied_migrations)


def prepare(*, migrate: bool, say: Callable[[str], None] = lambda _: None) -> None:
    """Bring the database and the files of the pages up to date.

    Raises InputError if there is something to bring up to date and ``migrate`` is false.
    """
    from django.conf import settings
    from django.core.management import call_command

    settings.HOME.mkdir(0o700, parents=True, exist_ok=True)
    wait_for_database(say=say)
    missing = behind()
    if missing and not migrate:
        raise InputError(
            f"the database is not up to date: {len(missing)} migrations are missing",
            hint="Make a backup, then run `selectorate office manage migrate` or serve without --no-migrate.",
        )
    if missing:
        say(f"bringing the database up to date ({len(missing)} steps)")
        call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    prepare_booth(say)


def prepare_booth(say: Callable[[str], None]) -> None:
    """Build the booth if it is missing or old. An office that cannot build one serves all else, and says so."""
    from .. import booth

    try:
        booth.ensure(booth.home(), say)
    except SelectorateError as fault:
        say(f"{fault.message}; nobody can vote online until `selectorate office booth` has built it")
