"""Settings: documented as they are, wrong ones told by their name, secrets from files and in no message."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from selectorate.office import environment
from selectorate.office.environment import SETTINGS, read

PAGE = Path(__file__).parents[2] / "docs" / "deployment.md"
BEGIN, END = "<!-- settings -->\n", "<!-- /settings -->"


@pytest.fixture(autouse=True)
def _database() -> None:
    """No database is needed here."""


def table() -> str:
    """The settings as the page shows them."""
    return "| name | default | secret | what it is |\n| --- | --- | --- | --- |\n" + "".join(
        f"| `{one.name}` | {f'`{one.default}`' if one.default else ''} | {'yes' if one.secret else ''} | {one.says} |\n"
        for one in SETTINGS
    )


def test_every_setting_is_documented_as_it_is() -> None:
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    inside, _, after = rest.partition(END)
    if os.environ.get("WRITE_SETTINGS"):
        PAGE.write_text(f"{before}{BEGIN}{table()}{END}{after}", encoding="utf-8")
    else:
        assert inside == table(), "WRITE_SETTINGS=1 pytest tests/site/test_settings.py writes it again"


def test_without_anything_the_defaults_hold() -> None:
    found = read({})
    assert found["SELECTORATE_TIME_ZONE"] == "Europe/London" and found["SELECTORATE_DEMO"] is False
    assert set(found) == {one.name for one in SETTINGS}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SELECTORATE_TIME_ZONE", "Europe/Atlantis"),
        ("SELECTORATE_TIME_ZONE", ""),
        ("SELECTORATE_DEMO", "yes"),
        ("SELECTORATE_ADDRESS", "elections.example.org"),
        ("SELECTORATE_ADDRESS", "https://elections.example.org/path"),
        ("SELECTORATE_ADDRESS", "https://user:pass@elections.example.org"),
        ("SELECTORATE_ADDRESS", "https://"),
        ("SELECTORATE_PROXIES", "-1"),
        ("SELECTORATE_PROXIES", "one"),
        ("SELECTORATE_SECRET_KEY", "short"),
        ("SELECTORATE_LANGUAGE", "xx"),
        ("SELECTORATE_HOSTS", "*"),
        ("SELECTORATE_HOSTS", "https://elections.example.org"),
    ],
)
def test_a_wrong_value_is_told_by_its_name(name: str, value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=name) as fault:
        read({name: value})
    if name == "SELECTORATE_SECRET_KEY":
        assert "short" not in str(fault.value)


def test_a_name_that_is_none_is_told() -> None:
    with pytest.raises(ImproperlyConfigured, match="SELECTORATE_ADRESS is not a setting"):
        read({"SELECTORATE_ADRESS": "https://elections.example.org"})


@pytest.mark.parametrize("name", [one.name for one in SETTINGS if one.secret])
def test_a_secret_can_come_from_a_file(tmp_path: Path, name: str) -> None:
    value = {"SELECTORATE_SECRET_KEY": "k" * 50, "SELECTORATE_MAIL": "smtp://u:p@h:25"}.get(
        name, "postgresql://u:p@h/n"
    )
    file = tmp_path / "secret"
    file.write_text(value + "\n")
    assert read({f"{name}_FILE": str(file)})[name] == value
    with pytest.raises(ImproperlyConfigured, match=f"{name}_FILE names a file that cannot be read"):
        read({f"{name}_FILE": str(tmp_path / "nothing")})
    with pytest.raises(ImproperlyConfigured, match="both"):
        read({f"{name}_FILE": str(file), name: value})


def test_what_is_no_secret_has_no_file() -> None:
    with pytest.raises(ImproperlyConfigured, match="SELECTORATE_DEMO_FILE is not a setting"):
        read({"SELECTORATE_DEMO_FILE": "/etc/hostname"})


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"DATABASE_URL": "mysql://u:hidden@h/n"}, "DATABASE_URL names neither PostgreSQL nor SQLite"),
        ({"DATABASE_URL": "no address hidden"}, "DATABASE_URL is not an address"),
        ({"SELECTORATE_MAIL": "http://u:hidden@h"}, "SELECTORATE_MAIL is a value that is not shown"),
        ({"SELECTORATE_MAIL": "smtp://u:hidden@h:port"}, "SELECTORATE_MAIL is a value that is not shown"),
        ({"SELECTORATE_MAIL_FROM": "nobody"}, "SELECTORATE_MAIL_FROM is 'nobody', but it is a mail address"),
        ({"SELECTORATE_DEMO": "1", "SELECTORATE_ADDRESS": "https://e.example"}, "for this machine alone"),
        ({"SELECTORATE_HOME": "/proc/nowhere"}, "SELECTORATE_HOME"),
    ],
)
def test_the_site_does_not_start_with_a_wrong_value_and_tells_no_secret(
    tmp_path: Path, given: dict[str, str], says: str
) -> None:
    rest = {k: v for k, v in os.environ.items() if not k.startswith(("SELECTORATE_", "DATABASE"))}
    done = subprocess.run(
        [sys.executable, "-c", "import selectorate.office.settings"],
        env={**rest, "SELECTORATE_HOME": str(tmp_path / "home"), **given},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert says in done.stderr.splitlines()[-1]
    assert "hidden" not in done.stderr.splitlines()[-1]


def test_the_key_is_made_once_and_is_our_own(tmp_path: Path) -> None:
    rest = {k: v for k, v in os.environ.items() if not k.startswith(("SELECTORATE_", "DATABASE"))}
    code = "from selectorate.office.settings import SECRET_KEY; print(SECRET_KEY)"

    def key(home: str) -> str:
        return subprocess.run(
            [sys.executable, "-c", code],
            env={**rest, "SELECTORATE_HOME": str(tmp_path / home)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    assert key("one") == key("one") != key("two")
    assert len(key("one")) > 80
    assert (tmp_path / "one" / "secret-key").stat().st_mode & 0o777 == 0o600


def test_the_settings_are_read_in_one_place() -> None:
    office = Path(environment.__file__).parent
    for file in office.rglob("*.py"):
        if file.name != "environment.py":
            text = file.read_text(encoding="utf-8")
            assert "os.getenv" not in text and "environ[" not in text and "environ.get" not in text, file
