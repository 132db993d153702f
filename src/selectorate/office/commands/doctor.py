"""``selectorate doctor``: what an installation needs, looked at one by one.

Each check is a line of ``CHECKS``. Nothing is changed but a file that is written and taken away again. What needs the
net is asked only where there is a net, and never makes the whole fail.
"""

from __future__ import annotations

import secrets
import shutil
import socket
import stat
import struct
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Literal

from ...errors import SelectorateError

State = Literal["good", "warn", "bad", "skipped"]
MARKS: dict[str, str] = {"good": "ok  ", "warn": "note", "bad": "BAD ", "skipped": "--  "}
LEAST_SPACE = 1024**3
"""Bytes that should be free: a roll of 650,000, its copies and a day of logs."""
MOST_SKEW = 2.0
"""Seconds by which our clock may be off the database's: acts are dated by ours, and stages close by it."""


@dataclass(frozen=True)
class Finding:
    """What a check found: ``todo`` says what to do about it."""

    name: str
    state: State
    says: str
    todo: str = ""

    def line(self) -> str:
        """The finding on one line."""
        return f"{MARKS[self.state]} {self.name}: {self.says}" + (f". {self.todo}" if self.todo else "")


def examine(*, offline: bool = False) -> Iterator[Finding]:
    """Every finding, in the order of the checks; what comes after a database that does not answer is left out."""
    for name, check, net in CHECKS:
        if net and offline:
            yield Finding(name, "skipped", "not asked, offline")
            continue
        try:
            finding = check(name)
        except Exception as fault:  # a check that cannot be made is a finding, whatever kept it
            finding = Finding(name, "bad", f"could not be looked at ({type(fault).__name__})")
        yield finding
        if name == "database" and finding.state == "bad":
            return


def _settings(name: str) -> Finding:
    from django.conf import settings

    return Finding(name, "good", f"home {settings.HOME}, time zone {settings.TIME_ZONE}")


def _database(name: str) -> Finding:
    from django.db import connection

    from .starting import wait_for_database

    try:
        wait_for_database(0.1)
    except SelectorateError as fault:
        return Finding(name, "bad", fault.message, fault.hint or "")
    with connection.cursor() as cursor:
        cursor.execute("SELECT sqlite_version()" if connection.vendor == "sqlite" else "SHOW server_version")
        version = str(cursor.fetchone()[0]).split()[0]
    least = {"sqlite": (3, 31), "postgresql": (14,)}[connection.vendor]
    if tuple(int(part) for part in version.split(".")[:2]) < least:
        return Finding(name, "bad", f"{connection.display_name} {version} is too old")
    return Finding(name, "good", f"{connection.display_name} {version} answers")


def durable(name: str) -> Finding:
    """Whether what was answered is on the disk."""
    from django.db import connection

    def asked(question: str) -> str:
        with connection.cursor() as cursor:
            cursor.execute(question)
            return str(cursor.fetchone()[0])

    if connection.vendor == "sqlite":
        journal, synchronous = asked("PRAGMA journal_mode"), asked("PRAGMA synchronous")
        if journal != "wal" or synchronous not in ("2", "3"):
            return Finding(name, "bad", f"journal {journal}, synchronous {synchronous}; a power cut may lose acts")
        return Finding(name, "good", "what was answered is on the disk (WAL, synchronous FULL)")
    wanted = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
    wrong = [key for key, value in wanted.items() if asked(f"SHOW {key}") != value]
    if wrong:
        return Finding(name, "bad", f"{', '.join(wrong)} is off: a power cut may lose acts", "Turn it on.")
    return Finding(name, "good", "what was answered is on the disk")


def _migrations(name: str) -> Finding:
    from .starting import behind

    try:
        missing = behind()
    except SelectorateError as fault:
        return Finding(name, "bad", fault.message, fault.hint or "")
    if missing:
        return Finding(name, "bad", f"{len(missing)} steps behind", "Run `selectorate serve`, after a backup.")
    return Finding(name, "good", "the database is up to date")


def _set_up(name: str) -> Finding:
    from ..models import Appointment, Organisation

    if Organisation.there() is None:
        return Finding(name, "bad", "there is no organisation yet", "Run `selectorate office init`.")
    officers = Appointment.objects.filter(role="returning-officer", contest=None, ended=None, user__is_active=True)
    if officers.count() < 2:
        return Finding(name, "warn", "one returning officer only", "What two have to do needs a second.")
    return Finding(name, "good", f"{officers.count()} returning officers")


def _second_factors(name: str) -> Finding:
    from ..models import Appointment

    held = Appointment.objects.filter(ended=None, user__is_active=True)
    without = held.exclude(user__in=_with_second_factor()).values("user").distinct().count()
    if without:
        return Finding(name, "warn", f"{without} officials have no second factor yet", "They are asked when they come.")
    return Finding(name, "good", "every official has one")


def _with_second_factor() -> object:
    from allauth.mfa.models import Authenticator

    return Authenticator.objects.exclude(type=Authenticator.Type.RECOVERY_CODES).values("user")


def _folders(name: str) -> Finding:
    from django.conf import settings

    for folder in (settings.HOME, settings.MEDIA_ROOT, settings.STATIC_ROOT):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=folder, prefix=".doctor-"):
                pass
        except OSError as fault:
            return Finding(name, "bad", f"{folder} cannot be written ({fault.strerror})", "Give it to our user.")
    return Finding(name, "good", "can be written")


def _private(name: str) -> Finding:
    from django.conf import settings

    open_to_others = [
        path.name
        for path in (settings.HOME / "secret-key", settings.HOME / "office.sqlite3")
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o007
    ]
    if "secret-key" in open_to_others:
        return Finding(name, "bad", "everybody on this machine can read the secret key", "chmod 600 it.")
    if open_to_others and stat.S_IMODE(settings.HOME.stat().st_mode) & 0o005 == 0o005:
        return Finding(
            name, "warn", f"everybody on this machine can read {', '.join(open_to_others)}", "chmod o-rwx it."
        )
    return Finding(name, "good", "nobody else on this machine reads the secret key or the database")


def _space(name: str) -> Finding:
    from django.conf import settings

    free = shutil.disk_usage(settings.HOME).free
    said = f"{free / 1024**3:.1f} GB free in the home folder"
    return Finding(name, "good" if free >= LEAST_SPACE else "bad", said, "" if free >= LEAST_SPACE else "Make room.")


def _zones(name: str) -> Finding:
    from datetime import UTC, datetime
    from zoneinfo import ZoneInfo

    from django.conf import settings

    zone = ZoneInfo(settings.TIME_ZONE)
    shown = datetime.now(UTC).astimezone(zone).strftime("%H:%M %Z")
    # London was an hour ahead in the summer of 2016: data that do not know it are no data.
    known = ZoneInfo("Europe/London").utcoffset(datetime(2016, 7, 12, 12))
    if known is None or known.total_seconds() != 3600:
        return Finding(name, "bad", "the data of time zones are wrong", "Install tzdata.")
    return Finding(name, "good", f"it is {shown} in {settings.TIME_ZONE}")


def _clocks(name: str) -> Finding:
    import time

    from django.db import connection

    question = (
        "SELECT (julianday('now') - 2440587.5) * 86400.0"
        if connection.vendor == "sqlite"
        else "SELECT extract(epoch FROM clock_timestamp())"
    )
    with connection.cursor() as cursor:
        cursor.execute(question)
        skew = abs(float(cursor.fetchone()[0]) - time.time())
    if skew > MOST_SKEW:
        return Finding(name, "bad", f"our clock and the database's are {skew:.1f} s apart", "Let both follow NTP.")
    return Finding(name, "good", "ours and the database's agree")


def _address(name: str) -> Finding:
    from django.conf import settings

    if settings.DEMO:
        return Finding(name, "warn", "this is a demonstration: anybody signs in as anybody", "Unset SELECTORATE_DEMO.")
    if not settings.ADDRESS:
        return Finding(name, "warn", "SELECTORATE_ADDRESS is not set: the site is for this machine alone")
    if not settings.SECURE:
        return Finding(name, "bad", f"{settings.ADDRESS} is not https", "Put a proxy with a certificate before it.")
    if not settings.ALLAUTH_TRUSTED_PROXY_COUNT:
        # We answer in plain HTTP: without the proxy's word that a visitor came by https, we send them there for ever.
        says = f"{settings.ADDRESS} is https, and SELECTORATE_PROXIES is 0: every page would send on to itself"
        return Finding(name, "bad", says, "Set SELECTORATE_PROXIES to how many proxies stand before the site.")
    return Finding(name, "good", settings.ADDRESS)


def _secret(name: str) -> Finding:
    from django.conf import settings

    if len(settings.SECRET_KEY) < 40 or len(set(settings.SECRET_KEY)) < 10:
        return Finding(name, "bad", "it is too short or too plain", "Draw one of at least 50 characters at random.")
    return Finding(name, "good", "long enough")


def _deploy(name: str) -> Finding:
    from django.core import checks

    found = [one for one in checks.run_checks(include_deployment_checks=True) if not one.is_silenced()]
    if found:
        return Finding(name, "bad", f"{found[0].id}: {found[0].msg}")
    return Finding(name, "good", "nothing to say")


def _logs(name: str) -> Finding:
    from ..acts import verify_log
    from ..models import Log

    number = 0
    for log in Log.objects.all():
        faults = verify_log(log)
        if faults:
            return Finding(name, "bad", f"{log.name} does not hold at entry {faults[0].number}: {faults[0].says}")
        number += 1
    return Finding(name, "good", f"{number} logs of acts hold")


def _booth(name: str) -> Finding:
    from .. import booth

    todo = "Build it: selectorate office booth."
    try:
        there = booth.read(booth.home())
    except SelectorateError as fault:
        return Finding(name, "warn", f"{fault.message}: nobody can vote online", todo)
    if not booth.current(there.folder):
        return Finding(name, "warn", "it was built from other sources than this version has", todo)
    return Finding(name, "good", f"{len(there.files)} files are what their list says")


def _waiting_mail(name: str) -> Finding:
    from ..models import Mail

    lost = Mail.objects.filter(sent=None, next=None).exclude(fault="").count()
    if lost:
        return Finding(name, "warn", f"{lost} mails were given up", "Look at the addresses, and at the log.")
    return Finding(name, "good", f"{Mail.objects.filter(sent=None).exclude(next=None).count()} wait to be sent")


def _mail(name: str) -> Finding:
    from django.conf import settings
    from django.core.mail import get_connection

    from ..outbox import SMTP

    if not settings.MAIL_SERVER:
        return Finding(name, "warn", "SELECTORATE_MAIL is not set: no mail leaves, and nobody can sign in by a code")
    try:
        connection = get_connection(SMTP, timeout=10)
        connection.open()
        connection.close()
    except Exception as fault:
        return Finding(name, "bad", f"{settings.EMAIL_HOST} does not take us ({type(fault).__name__})")
    return Finding(name, "good", f"{settings.EMAIL_HOST} takes us")


def _sender(name: str) -> Finding:
    from django.conf import settings

    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2].lower()
    if domain in ("localhost", "") or domain.endswith((".localhost", ".example", ".invalid", ".test")):
        return Finding(name, "warn", f"mail comes from {domain}: set SELECTORATE_MAIL_FROM")
    policy = dmarc(domain)
    if policy is None:
        return Finding(name, "skipped", "no answer from the domain names (offline?)")
    if policy == "":
        return Finding(
            name, "warn", f"{domain} has no DMARC record: anybody can write in its name", f"Publish _dmarc.{domain}."
        )
    if policy == "none":
        return Finding(name, "warn", f"{domain} has DMARC with p=none", "Use p=quarantine or p=reject.")
    return Finding(name, "good", f"{domain} has DMARC with p={policy}")


# -- one question to the domain names --------------------------------------------------------------------------------


def dmarc(domain: str, *, resolvers: Path = Path("/etc/resolv.conf"), timeout: float = 3) -> str | None:
    """The policy of a domain (``none``, ``quarantine``, ``reject``); "" if it has none, None if nobody answers."""
    answers = texts(f"_dmarc.{domain}", resolvers=resolvers, timeout=timeout)
    if answers is None:
        return None
    for answer in answers:
        parts = dict(item.strip().partition("=")[::2] for item in answer.split(";"))
        if parts.get("v", "").strip() == "DMARC1":
            return parts.get("p", "none").strip().lower()
    return ""


def texts(name: str, *, resolvers: Path, timeout: float) -> list[str] | None:
    """The TXT records of a name; None if no resolver answers. One question over UDP (RFC 1035, section 4)."""
    try:
        servers = [
            line.split()[1]
            for line in resolvers.read_text(encoding="utf-8").splitlines()
            if line.startswith("nameserver") and len(line.split()) > 1
        ]
    except OSError:
        return None
    number = secrets.randbelow(65536)
    question = b"".join(bytes([len(part)]) + part.encode("idna") for part in name.split(".")) + b"\0"
    packet = struct.pack(">6H", number, 0x0100, 1, 0, 0, 0) + question + struct.pack(">2H", 16, 1)
    for server in servers[:2]:
        family = socket.AF_INET6 if ":" in server else socket.AF_INET
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as asked:
                asked.settimeout(timeout)
                asked.connect((server, 53))
                asked.send(packet)
                answer = asked.recv(4096)
        except OSError:
            continue
        found = read_texts(answer, number, len(question) + 4)
        if found is not None:
            return found
    return None


def read_texts(answer: bytes, number: int, question: int) -> list[str] | None:
    """The TXT records of an answer to question ``number``; None if it is none, or malformed."""
    try:
        got, flags, _asked, count, _, _ = struct.unpack_from(">6H", answer)
        if got != number or not flags & 0x8000 or flags & 0x000F not in (0, 3):
            return None
        place, found = 12 + question, []
        for _ in range(count):
            while answer[place] and answer[place] & 0xC0 != 0xC0:
                place += answer[place] + 1
            place += 2 if answer[place] else 1
            kind, _class, _ttl, length = struct.unpack_from(">2HIH", answer, place)
            place += 10
            data, place = answer[place : place + length], place + length
            if kind == 16:
                text, at = b"", 0
                while at < len(data):
                    text += data[at + 1 : at + 1 + data[at]]
                    at += data[at] + 1
                found.append(text.decode("utf-8", "replace"))
        return found
    except (struct.error, IndexError):
        return None


Check = Callable[[str], Finding]
CHECKS: tuple[tuple[str, Check, bool], ...] = (
    ("settings", _settings, False),
    ("database", _database, False),
    ("durability", durable, False),
    ("migrations", _migrations, False),
    ("folders", _folders, False),
    ("privacy of files", _private, False),
    ("space", _space, False),
    ("time zones", _zones, False),
    ("clocks", _clocks, False),
    ("organisation", _set_up, False),
    ("second factors", _second_factors, False),
    ("secret key", _secret, False),
    ("address", _address, False),
    ("deployment", _deploy, False),
    ("logs of acts", _logs, False),
    ("booth", _booth, False),
    ("waiting mail", _waiting_mail, False),
    ("mail server", _mail, True),
    ("sender of mail", _sender, True),
)
"""The checks, in their order, and whether one asks the net."""
