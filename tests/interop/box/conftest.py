"""Fixtures of all tests that ask the reference tool."""

from tests.interop.box.tool import tool as tool
