"""Sealed boxes beside the reference tool of the protocol: the whole matrix, and random elections both ways.

make interop-box                            # all of it, and docs/interoperability.md (a quarter of an hour)
python -m tools.box_interop --number 5      # fewer random elections; the page is not written
"""
