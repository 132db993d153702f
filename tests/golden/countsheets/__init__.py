"""Sheets of counts as they are kept."""
