"""The settings of the site, from the environment (``environment``). Values that nobody needs to change stand here."""

from __future__ import annotations

import secrets
from urllib.parse import unquote, urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from . import environment

GIVEN = environment.read()
HOME = GIVEN["SELECTORATE_HOME"]
DEMO = GIVEN["SELECTORATE_DEMO"]
ADDRESS = GIVEN["SELECTORATE_ADDRESS"]

if DEMO and ADDRESS:
    raise ImproperlyConfigured(
        "SELECTORATE_DEMO is 1 and SELECTORATE_ADDRESS is set: in a demonstration anybody signs in as anybody, "
        "so it is for this machine alone"
    )
DEBUG = False
SECURE = ADDRESS.startswith("https://")


def _secret_key() -> str:
    """The key that was given, or one of this home folder's own, made at the first start and readable by us alone."""
    if GIVEN["SELECTORATE_SECRET_KEY"]:
        return GIVEN["SELECTORATE_SECRET_KEY"]
    file = HOME / "secret-key"
    try:
        HOME.mkdir(0o700, parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as out:
            file.chmod(0o600)
            out.write(secrets.token_urlsafe(64))
    except FileExistsError:
        pass
    except OSError as fault:
        raise ImproperlyConfigured(f"SELECTORATE_HOME ({HOME}) cannot be written: {fault.strerror}") from None
    return file.read_text(encoding="utf-8")


SECRET_KEY = _secret_key()

_host = urlsplit(ADDRESS).hostname
ALLOWED_HOSTS = [*([_host] if _host else []), *GIVEN["SELECTORATE_HOSTS"], "localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [ADDRESS] if ADDRESS else []

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "csp",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    # Before allauth, so that its pages have our templates.
    "selectorate.office",
    "allauth",
    "allauth.account",
    "allauth.mfa",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "selectorate.office.booth_files.BoothMiddleware",
    # Before anything that asks the database for a session.
    "selectorate.office.boxes.crowd.CrowdMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "selectorate.office.limits.LimitMiddleware",
    "selectorate.office.access.AccessMiddleware",
]

ROOT_URLCONF = "selectorate.office.urls"
WSGI_APPLICATION = "selectorate.office.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "selectorate.office.context.site",
            ],
        },
    }
]

# -- the database ------------------------------------------------------------------------------------------------

try:
    DATABASES = {
        "default": dj_database_url.parse(
            GIVEN["DATABASE_URL"] or f"sqlite:///{HOME / 'office.sqlite3'}", conn_max_age=60, conn_health_checks=True
        )
    }
except ValueError:
    raise ImproperlyConfigured("DATABASE_URL is not an address like postgresql://user:password@host/name") from None

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    HOME.mkdir(0o700, parents=True, exist_ok=True)
    DATABASES["default"]["OPTIONS"] = {
        # Writers queue at the start of a transaction, instead of failing in the middle of one.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # FULL: what was answered is on the disk (NORMAL may lose it at a power cut).
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-64000;",
    }
elif DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
    raise ImproperlyConfigured("DATABASE_URL names neither PostgreSQL nor SQLite")

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "office_cache",
        # What is dropped when it is full are also counts of wrong guesses: far more room than anybody can fill.
        "OPTIONS": {"MAX_ENTRIES": 100_000, "CULL_FREQUENCY": 10},
    },
    # Sheets of declarations as they were made, under the hash of what they were made from: they never go stale.
    "sheets": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": HOME / "cache",
        "TIMEOUT": None,
        "OPTIONS": {"MAX_ENTRIES": 5000},
    },
}
# Seconds for which a page that everybody sees alike is answered as it was made; see pages/everybody.py.
PAGES_KEPT = 2

# Long work (a roll of half a million) is done beside the pages, by `selectorate serve`.
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# -- people ------------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "office.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk"
LOGOUT_REDIRECT_URL = "home"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "selectorate.office.signing_in.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
# Nobody signs up; allauth reads from this whether there are passwords at all.
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
# "Sent" by our adapter to nobody, so that an unknown address costs as much as a known one.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_FORMS = {"request_login_code": "selectorate.office.signing_in.RequestCodeForm"}
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_RATE_LIMITS = {
    "login": "20/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    # A code has 20^8 values and five tries: at most 100 guesses an hour for one address.
    "request_login_code": "20/m/ip,3/m/key,20/h/key",
    "reset_password": "20/m/ip,3/m/key",
}
# Forms that anybody sends (``limits``).
LIMITS = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Election office"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE

ALLAUTH_TRUSTED_PROXY_COUNT = GIVEN["SELECTORATE_PROXIES"]
SESSION_COOKIE_AGE = 8 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_USE_SESSIONS = False

# -- what the browser is told ------------------------------------------------------------------------------------
# (Said before WhiteNoise in MIDDLEWARE: files have the same headers as pages.)

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
SECURE_SSL_REDIRECT = SECURE
SESSION_COOKIE_SECURE = SECURE
CSRF_COOKIE_SECURE = SECURE
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SECURE_CONTENT_TYPE_NOSNIFF = True
# Not "no-referrer": under it browsers send "Origin: null" with a form, and no form would pass the check of its origin.
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if GIVEN["SELECTORATE_PROXIES"]:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Nothing of a picture or a roll is kept in memory beyond this; the forms have limits of their own.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# -- files, language, time ---------------------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = HOME / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)
MEDIA_URL = "media/"
MEDIA_ROOT = HOME / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_MANIFEST_STRICT = False
WHITENOISE_KEEP_ONLY_HASHED_FILES = False

LANGUAGE_CODE = GIVEN["SELECTORATE_LANGUAGE"]
LANGUAGES = [("en", _("English"))]  # a translation is a catalogue in locale/, and a line here
USE_I18N = True
USE_TZ = True
TIME_ZONE = GIVEN["SELECTORATE_TIME_ZONE"]
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = "selectorate.office.formats"

# -- mail --------------------------------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = SERVER_EMAIL = GIVEN["SELECTORATE_MAIL_FROM"]
# Mail is kept in the database first, and sent from there (``outbox``): a page does not wait for a server of mail.
EMAIL_BACKEND = "selectorate.office.outbox.OutboxBackend"
MAIL_SERVER = bool(GIVEN["SELECTORATE_MAIL"])
if GIVEN["SELECTORATE_MAIL"]:
    _mail = urlsplit(GIVEN["SELECTORATE_MAIL"])
    EMAIL_TIMEOUT = 20
    EMAIL_HOST, EMAIL_PORT = _mail.hostname, _mail.port or (465 if _mail.scheme == "smtps" else 587)
    EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_mail.username or ""), unquote(_mail.password or "")
    EMAIL_USE_SSL, EMAIL_USE_TLS = _mail.scheme == "smtps", _mail.scheme == "smtp"

# -- logs: what happened and where, never who or with what --------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "filters": {"quiet": {"()": "selectorate.office.logs.NoPersonalData"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["quiet"]}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False}},
}
SILENCED_SYSTEM_CHECKS = [] if SECURE else ["security.W004", "security.W008", "security.W012", "security.W016"]
