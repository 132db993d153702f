"""The settings under which the tests of the site run: those of the site, in a folder that goes away.

``SELECTORATE_TEST_DATABASE``: the address of a PostgreSQL to run on; without it SQLite.
"""

import atexit
import os
import shutil
import tempfile

_home = tempfile.mkdtemp(prefix="office-tests-")
atexit.register(shutil.rmtree, _home, ignore_errors=True)
for _name in [name for name in os.environ if name.startswith("SELECTORATE_") and name != "SELECTORATE_TEST_DATABASE"]:
    del os.environ[_name]
os.environ["SELECTORATE_HOME"] = _home
os.environ.pop("DATABASE_URL", None)
if _address := os.environ.pop("SELECTORATE_TEST_DATABASE", ""):
    os.environ["DATABASE_URL"] = _address

from selectorate.office.settings import *  # noqa: E402, F403
from selectorate.office.settings import DATABASES  # noqa: E402

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
