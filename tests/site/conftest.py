"""What the tests of the site share: a small organisation, officials, and a contest carried to where a test begins."""

from __future__ import annotations

import pytest
from tests.site import world


@pytest.fixture(autouse=True)
def _database(db: None) -> None:
    """Every test of the site has a database of its own."""


@pytest.fixture
def office() -> world.World:
    """An organisation with officials, and nothing else."""
    return world.World()
