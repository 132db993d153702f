"""The commands. One module a group; each turns arguments into calls of the other rooms and prints what they return.

Status: 0 when all is well, 1 when a check fails, 2 when the input cannot be used.
"""

from .main import app, main

__all__ = ["app", "main"]
