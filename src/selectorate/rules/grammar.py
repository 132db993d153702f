"""The few phrases that a rulebook is written in: quantities, requirements, and who goes out.

Each is a closed grammar, told in the docstring of its class; nothing is parsed as free text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, ClassVar, Literal, get_args

from pydantic import BeforeValidator, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticSerializationUnexpectedValue, core_schema

from .. import exact
from ..documents import MAX_COUNT, FileModel, Id, shown, wrong

Base = Literal[
    "votes",
    "valid votes",
    "ballots returned",
    "those entitled",
    "points",
    "points allotted",
    "the college",
]
"""What a share is a share of."""

BASES: dict[str, str] = {
    "votes": ("the votes for the candidates still in the count in that round (an exhausted ballot leaves the base)"),
    "valid votes": ("all valid votes of the ballot, abstentions among them where the rulebook counts these as valid"),
    "ballots returned": "all ballots returned, spoilt and rejected ones among them",
    "those entitled": "everybody entitled to vote",
    "points": "the points on offer (units × points each, less what a cap takes away)",
    "points allotted": ("the points given to candidates (fewer than those on offer where units are capped or cut)"),
    "the college": "the whole of the weighted college",
}


class _Phrase:
    """A value written as one phrase: knows how pydantic reads and writes it."""

    SCHEMA: ClassVar[JsonSchemaValue] = {"type": "string"}

    @classmethod
    def read(cls, value: object) -> Any:
        """The value that ``value`` says. Raises PydanticCustomError with what would be right."""
        raise NotImplementedError(cls)  # pragma: no cover - each phrase has its own

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            lambda value: value if isinstance(value, cls) else cls.read(value),
            serialization=core_schema.plain_serializer_function_ser_schema(cls.written),
        )

    @classmethod
    def written(cls, value: object) -> str:
        """``value`` as text. What is no such phrase is refused: another member of the union writes it."""
        if not isinstance(value, cls):
            raise PydanticSerializationUnexpectedValue(f"{value!r} is not a {cls.__name__}")
        return str(value)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return cls.SCHEMA


@dataclass(frozen=True)
class Quantity(_Phrase):
    """So many, or such a share of a body: ``51``, ``"20%"``, ``"1/3"``, ``"5% + 1"``.

    A share of a body is rounded up to the next whole person; what stands after the plus is added to that.
    """

    share: Fraction | None = None
    number: int = 0

    SCHEMA: ClassVar[JsonSchemaValue] = {
        "anyOf": [
            {"type": "integer", "minimum": 0},
            {"type": "string", "pattern": r"^[0-9./]+ ?%?( ?\+ ?[0-9]+)?$"},
        ]
    }

    @classmethod
    def read(cls, value: object) -> Quantity:
        """The quantity that a whole number or a text such as ``"5% + 1"`` says."""
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_COUNT:
            return cls(None, value)
        text = value if isinstance(value, str) else ""
        if re.fullmatch(r"[0-9]{1,12}", text):
            return cls(None, int(text))
        said = re.fullmatch(r"\s*([0-9./]+\s*%?)\s*(?:\+\s*([0-9]{1,6}))?\s*", text)
        if said:
            try:
                share = exact.parse_fraction(said[1])
            except ValueError:
                share = Fraction(-1)
            if ("%" in said[1] or "/" in said[1]) and 0 <= share <= 1:
                return cls(share, int(said[2] or 0))
        raise wrong(
            f"{shown(value)} is not a quantity",
            'Write a whole number (51), a share ("20%", "1/3") or a share and more ("5% + 1").',
        )

    def of(self, size: int) -> int:
        """How many this is of a body of ``size`` persons."""
        return self.number if self.share is None else exact.ceil(self.share * size) + self.number

    def __str__(self) -> str:
        if self.share is None:
            return str(self.number)
        return share_text(self.share) + (f" + {self.number}" if self.number else "")


def share_text(share: Fraction) -> str:
    """A share as a rulebook writes it: "20%", "12.5%", "1/3"."""
    percent = share * 100
    for decimals in range(4):
        if percent * 10**decimals % 1 == 0:
            return f"{exact.cut_to(percent, decimals)}%"
    return str(share)


@dataclass(frozen=True)
class Requirement(_Phrase):
    """What a candidate, or a motion, must have. One of::

        most votes
        majority of BASE                        more than half
        at least SHARE of BASE                  "at least 2/3 of valid votes"
        lead of at least SHARE of BASE          over the next candidate, rounded up
        turnout of at least SHARE

    BASE is one of the bases; SHARE a percentage or a fraction.
    """

    kind: Literal["most", "majority", "share", "lead", "turnout"]
    share: Fraction = Fraction(1, 2)
    base: str = "votes"

    SCHEMA: ClassVar[JsonSchemaValue] = {
        "type": "string",
        "pattern": (
            r"^(most votes|majority of .+|(lead of )?at least [0-9./]+%? of .+|turnout of at least"
            r" [0-9./]+%?)$"
        ),
    }
    HINT = (
        'Write "most votes", "majority of BASE", "at least 2/3 of BASE", "lead of at least 15% of BASE" or'
        ' "turnout of at least 50%".'
    )

    @classmethod
    def read(cls, value: object) -> Requirement:
        """The requirement that a phrase says."""
        if not isinstance(value, str):
            raise wrong("must be a requirement in words", cls.HINT)
        if value == "most votes":
            return cls("most")
        said = re.fullmatch(r"(majority|(?:lead of )?at least (\S+)) of (.+)|turnout of at least (\S+)", value)
        if not said:
            raise wrong(f"{shown(value)} is not a requirement", cls.HINT)
        if said[3] is not None and said[3] not in get_args(Base):
            raise wrong(f"{shown(said[3])} is not a base", f"A share can be of: {', '.join(get_args(Base))}.")
        if said[1] == "majority":
            return cls("majority", Fraction(1, 2), said[3])
        try:
            share = exact.parse_fraction(said[2] or said[4])
        except ValueError:
            raise wrong(f"{shown(said[2] or said[4])} is not a share", 'Write "15%" or "2/3".') from None
        if not 0 < share <= 1:
            raise wrong(
                f"{shown(said[2] or said[4])} is not a share",
                "It must be more than nothing and at most the whole.",
            )
        if said[4]:
            return cls("turnout", share, "those entitled")
        return cls("lead" if value.startswith("lead") else "share", share, said[3])

    def needed(self, base: Fraction | int) -> int:
        """The smallest whole number that meets this in a base of ``base`` votes, persons or points."""
        if self.kind == "majority":
            return exact.more_than_half(base)
        return exact.ceil(self.share * base)

    def met(self, value: Fraction | int, base: Fraction | int) -> bool:
        """Whether ``value`` meets this in a base of ``base``, exactly."""
        if self.kind == "majority":
            return 2 * Fraction(value) > base
        return Fraction(value) >= self.share * base

    def __str__(self) -> str:
        share = share_text(self.share)
        return {
            "most": "most votes",
            "majority": f"majority of {self.base}",
            "share": f"at least {share} of {self.base}",
            "lead": f"lead of at least {share} of {self.base}",
            "turnout": f"turnout of at least {share}",
        }[self.kind]


def _one_or_more(value: object) -> object:
    return value if isinstance(value, list | tuple) else [value]


Requirements = Annotated[
    tuple[Requirement, ...], BeforeValidator(_one_or_more, json_schema_input_type=Requirement | list[Requirement])
]
"""One requirement, or a list of which all must be met."""


@dataclass(frozen=True)
class GoingOut(_Phrase):
    """Who goes out after a round that elects nobody: ``lowest``, ``nobody``, or ``all but N``."""

    kind: Literal["lowest", "nobody", "all but"]
    number: int = 1

    SCHEMA: ClassVar[JsonSchemaValue] = {"type": "string", "pattern": "^(lowest|nobody|all but [1-9][0-9]*)$"}

    @classmethod
    def read(cls, value: object) -> GoingOut:
        """The rule that a phrase says."""
        if value in ("lowest", "nobody"):
            return cls(value)
        said = re.fullmatch(r"all but ([1-9]\d{0,2})", value) if isinstance(value, str) else None
        if not said:
            raise wrong(f"{shown(value)} does not say who goes out", 'Write "lowest", "nobody" or "all but 2".')
        return cls("all but", int(said[1]))

    def __str__(self) -> str:
        return self.kind + (f" {self.number}" if self.kind == "all but" else "")


class ParameterRef(FileModel):
    """A value that a committee fixes for each contest: ``{ parameter = "nominations" }``."""

    parameter: Id


def _weight(value: object) -> Fraction:
    if isinstance(value, Fraction):
        return value
    try:
        if isinstance(value, Decimal | str):
            weight = exact.parse_fraction(str(value))
            if 0 < weight <= 1:
                return weight
    except ValueError:
        pass
    raise wrong(f"{shown(value)} is not a weight", 'Write a fraction or a percentage in quotes: "1/3", "40%".')


class _WeightSchema:
    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            _weight, serialization=core_schema.plain_serializer_function_ser_schema(str)
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"type": "string", "pattern": "^[0-9./]+ ?%?$"}


Weight = Annotated[Fraction, _WeightSchema]
"""The share of a section in a college: "1/3", "40%"."""
