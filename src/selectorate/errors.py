"""What can go wrong, as one tree, told to a person.

Every message says what is wrong, where (file, line, key), and what would be right::

    SelectorateError
    ├── InputError          a file, an argument or a figure that cannot be used      exit status 2
    │   ├── RulebookError   a rulebook that is malformed or contradicts itself
    │   └── ContestError    a contest file that is malformed or does not fit its rulebook
    ├── ProtocolError       data of a sealed box that is not as the protocol wants it  exit status 1
    │   └── ContributionError   what one trustee gave to a common key
    ├── RefusedError        an act of the office that a role, the rules or the state of things refuses  exit status 1
    ├── CountError          a count that cannot go on (no rule for a tie, figures that are not there)
    └── MissingPartError    an optional part of the installation that is not there (pictures)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Where:
    """A place that a person can go to: a file, a line in it (from 1), a key; each may be unknown."""

    file: str | None = None
    line: int | None = None
    key: str | None = None

    def __str__(self) -> str:
        place = self.file or ""
        if self.line is not None:
            place += f":{self.line}" if place else f"line {self.line}"
        if self.key:
            place += f": {self.key}" if place else self.key
        return place


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: ``message`` says what, ``where`` in which place, ``hint`` what would be right."""

    message: str
    where: Where = Where()
    hint: str | None = None

    def __str__(self) -> str:
        place = str(self.where)
        text = f"{place}: {self.message}" if place else self.message
        return f"{text}. {self.hint}" if self.hint else text


class SelectorateError(Exception):
    """The root of everything that this program raises for a person to read."""

    exit_status = 2

    def __init__(self, message: str, *, where: Where | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.problems: tuple[Problem, ...] = (Problem(message, where or Where(), hint),)

    @classmethod
    def of(cls, problems: Sequence[Problem]) -> SelectorateError:
        """The error that carries all of ``problems`` (at least one), the first as its own message."""
        error = cls(problems[0].message, where=problems[0].where, hint=problems[0].hint)
        error.problems = tuple(problems)
        return error

    @property
    def message(self) -> str:
        """What is wrong, without the place."""
        return self.problems[0].message

    @property
    def where(self) -> Where:
        """The place of the first problem."""
        return self.problems[0].where

    @property
    def hint(self) -> str | None:
        """What would be right, for the first problem."""
        return self.problems[0].hint

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


class InputError(SelectorateError):
    """A file, an argument or a figure that cannot be used as it is."""


class RulebookError(InputError):
    """A rulebook that is malformed, contradicts itself, or is not there."""


class ContestError(InputError):
    """A contest file that is malformed, does not fit its rulebook, or is not there."""


class RefusedError(SelectorateError):
    """An act that may not be done: by this person, by the rules, or as things stand.

    ``field``: the name of what was filled in wrong, where one field is to blame.
    """

    exit_status = 1

    def __init__(self, message: str, *, field: str | None = None, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.field = field


class ProtocolError(SelectorateError):
    """Data of a sealed box, or of those who make it, that is not as the protocol wants it.

    ``check``: the name of the check that it fails, as `selectorate box verify` lists them.
    """

    exit_status = 1

    def __init__(self, message: str, *, check: str, where: Where | None = None, hint: str | None = None) -> None:
        super().__init__(message, where=where, hint=hint)
        self.check = check


class ContributionError(ProtocolError):
    """What one trustee gave to a key that several make together, and that is not valid.

    ``trustee``: whose it is, counted from 1 in the order of the certificates.
    """

    def __init__(self, message: str, *, trustee: int, check: str, hint: str | None = None) -> None:
        super().__init__(message, check=check, hint=hint)
        self.trustee = trustee


class CountError(SelectorateError):
    """A count that cannot go on: a tie without a rule, figures that are not there."""


class MissingPartError(SelectorateError):
    """An optional part of the installation that a command needs and that is not installed."""
