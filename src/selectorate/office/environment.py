"""What the environment says of this site: every value is checked, and a wrong one stops the start.

Every setting is a line of ``SETTINGS``; ``docs/deployment.md`` has the same table, held to it by a test. A secret may
come from a file: ``SELECTORATE_SECRET_KEY_FILE`` instead of ``SELECTORATE_SECRET_KEY``.
"""

from __future__ import annotations

import os
import re
import zoneinfo
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

LANGUAGES = ("en", "de")
"""The languages in which there are pages."""


@dataclass(frozen=True)
class Setting:
    """One value of the environment: its name, what it is for, what holds without it, and how it is read."""

    name: str
    says: str
    default: str
    read: Callable[[str], Any]
    secret: bool = False


def _flag(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError("is 0 or 1")
    return text == "1"


def _folder(text: str) -> Path:
    path = Path(text).expanduser()
    if not path.is_absolute():
        path = Path.cwd() / path
    return path


def _zone(text: str) -> str:
    if text not in zoneinfo.available_timezones():
        raise ValueError('is the name of a time zone, "Europe/London"')
    return text


def _origin(text: str) -> str:
    if not text:
        return ""
    try:
        parts = urlsplit(text.rstrip("/"))
        _port = parts.port
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or parts[2:] != ("", "", ""):
        raise ValueError("is an address without a path, https://elections.example.org")
    return text.rstrip("/")


_HOST = re.compile(r"\.?[a-z0-9-]+(\.[a-z0-9-]+)*|\[[0-9a-f:]+\]", re.IGNORECASE)


def _hosts(text: str) -> list[str]:
    found = [name.strip() for name in text.split(",") if name.strip()]
    if not all(_HOST.fullmatch(name) for name in found):
        raise ValueError("is names of hosts with commas between them; * would let anybody name the site")
    return found


def _language(text: str) -> str:
    if text not in LANGUAGES:
        raise ValueError(f"is one of {', '.join(LANGUAGES)}")
    return text


def _mail(text: str) -> str:
    try:
        parts = urlsplit(text)
        _port = parts.port
        if not text or (parts.scheme in ("smtp", "smtps") and parts.hostname):
            return text
    except ValueError:
        pass
    raise ValueError("is an address like smtp://user:password@host:587")


def _sender(text: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", parseaddr(text)[1]) or "\n" in text or "\r" in text:
        raise ValueError('is a mail address, "Elections <elections@example.org>"')
    return text


def _number(text: str) -> int:
    if not text.isdigit():
        raise ValueError("is a whole number")
    return int(text)


def _key(text: str) -> str:
    if text and len(text) < 40:
        raise ValueError("has at least 40 characters, drawn at random")
    return text


SETTINGS: tuple[Setting, ...] = (
    Setting("SELECTORATE_HOME", "The folder of the database (SQLite), pictures and files.", "office", _folder),
    Setting("SELECTORATE_SECRET_KEY", "The key under which cookies are signed.", "", _key, secret=True),
    Setting("SELECTORATE_ADDRESS", "The public address of the site, https://elections.example.org.", "", _origin),
    Setting("SELECTORATE_HOSTS", "Further host names under which it answers, with commas.", "", _hosts),
    Setting(
        "SELECTORATE_TIME_ZONE", "The organisation's time zone, in which all times are shown.", "Europe/London", _zone
    ),
    Setting("SELECTORATE_LANGUAGE", "The language of the pages.", "en", _language),
    Setting("SELECTORATE_DEMO", "1: a demonstration on this machine: anybody signs in as anybody.", "0", _flag),
    Setting(
        "SELECTORATE_MAIL",
        "Where mail goes: smtp://user:password@host:587 (smtps: from port 465); without it, into the outbox.",
        "",
        _mail,
        secret=True,
    ),
    Setting("SELECTORATE_MAIL_FROM", "From whom mail comes.", "elections@localhost", _sender),
    Setting("SELECTORATE_PROXIES", "How many proxies stand before the site (for the sender's address).", "0", _number),
    Setting(
        "DATABASE_URL",
        "The database: postgresql://user:password@host/name; without it SQLite in the home folder.",
        "",
        str,
        secret=True,
    ),
)


def read(environment: Mapping[str, str] | None = None) -> dict[str, Any]:
    """The value of every setting. Raises ImproperlyConfigured with the name of the first that is wrong."""
    given = os.environ if environment is None else environment
    known = {setting.name for setting in SETTINGS} | {f"{one.name}_FILE" for one in SETTINGS if one.secret}
    for name in given:
        if name.startswith("SELECTORATE_") and name not in known:
            raise ImproperlyConfigured(f"{name} is not a setting of the office; see docs/deployment.md")
    return {setting.name: _value(setting, given) for setting in SETTINGS}


def for_a_demonstration(home: Path) -> None:
    """Make the environment that of a demonstration in ``home``: nothing of what was set before holds for it."""
    for name in [name for name in os.environ if name.startswith("SELECTORATE_") or name == "DATABASE_URL"]:
        del os.environ[name]
    os.environ.update(SELECTORATE_HOME=str(home), SELECTORATE_DEMO="1")


def _value(setting: Setting, given: Mapping[str, str]) -> Any:
    text = given.get(setting.name)
    if setting.secret and (file := given.get(f"{setting.name}_FILE")):
        if text is not None:
            raise ImproperlyConfigured(f"{setting.name} and {setting.name}_FILE are both set: which of them holds?")
        try:
            text = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise ImproperlyConfigured(f"{setting.name}_FILE names a file that cannot be read") from None
    text = setting.default if text is None else text
    try:
        return setting.read(text)
    except ValueError as fault:
        said = "a value that is not shown" if setting.secret else repr(text)
        raise ImproperlyConfigured(f"{setting.name} is {said}, but it {fault}") from None
