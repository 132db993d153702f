"""TOML files that people write: read, checked against a model, every fault told with its line.

``read`` gives a ``Document`` (the data, with the line of every key); ``check`` holds it to a pydantic model and
raises one error that carries all problems, each with file, line, key and what would be right.
"""

from .checking import check, json_schema
from .fields import (
    MAX_COUNT,
    Count,
    Day,
    FileModel,
    Flag,
    Id,
    Moment,
    Published,
    Text,
    nearest,
    shown,
    wrong,
)
from .reading import MAX_BYTES, MAX_DEPTH, Document, bytes_of, not_a_file, parse, read

__all__ = [
    "MAX_BYTES",
    "MAX_COUNT",
    "MAX_DEPTH",
    "Count",
    "Day",
    "Document",
    "FileModel",
    "Flag",
    "Id",
    "Moment",
    "Published",
    "Text",
    "bytes_of",
    "check",
    "json_schema",
    "nearest",
    "not_a_file",
    "parse",
    "read",
    "shown",
    "wrong",
]
