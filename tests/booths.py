"""The booth for tests that need one."""

from __future__ import annotations

import pytest

from selectorate.errors import MissingPartError
from selectorate.office import booth


def built() -> booth.Booth:
    """The booth of this office. Skips for one reason: no node, or no package to be fetched."""
    try:
        return booth.ensure(booth.home())
    except MissingPartError as fault:
        pytest.skip(str(fault))
