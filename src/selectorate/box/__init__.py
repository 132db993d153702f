"""Sealed ballot boxes: the Belenios protocol, specification 3.1 (JSON version 1)."""
