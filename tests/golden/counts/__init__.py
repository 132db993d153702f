"""Counts against published ones: round by round, to the last digit."""
