"""What the tests of the site share: a small organisation, officials, and a contest carried to where a test begins."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest
from tests.site import world

from selectorate.office import moment
from selectorate.office.boxes import casting
from selectorate.office.logs import NoPersonalData


@pytest.fixture(autouse=True)
def _database(db: None) -> None:
    """Every test of the site has a database of its own."""


@pytest.fixture(autouse=True)
def _clock_that_travels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Boxes close by the clock that a test sets; PostgreSQL's own, by which they close elsewhere, cannot be set."""
    monkeypatch.setattr(casting, "clock", moment.now)


@pytest.fixture
def office() -> world.World:
    """An organisation with officials, and nothing else."""
    return world.World()


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the site writes to its log, through the handler that its settings make."""
    (handler,) = [one for one in logging.root.handlers if any(isinstance(f, NoPersonalData) for f in one.filters)]
    assert isinstance(handler, logging.StreamHandler)
    written = io.StringIO()
    before = handler.setStream(written)
    yield written
    handler.setStream(before)
