"""Who opens a box: the ``trustees`` structure, read and checked, and how many of whom are needed.

The election's key is the product of one sub-key an item. An item is either one trustee without whom nothing is opened
("Single"), or several of whom some suffice ("Pedersen"). Trustees are counted over all items from 1: ``owner`` in
events, ``--trustee-id`` of the reference tool.

Source: Belenios specification 3.1, sections 3.1.1, 4.7 and 4.21.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import groupby
from typing import Any, TypeAlias

from ...errors import ProtocolError
from .. import canonical
from ..groups import Group
from ..public import Pool
from ..shapes import Items, Pair, Shape, Text, require
from .certificates import channel_keys
from .keys import PrivateKey, TrusteePublicKey, key_faults, key_shape, make_key, same_points
from .threshold import ThresholdParameters, coefficients, parameters_faults, parameters_shape

__all__ = [
    "Missing",
    "PrivateKey",
    "Single",
    "ThresholdParameters",
    "TrusteeKey",
    "Trustees",
    "election_key",
    "lagrange",
    "make_key",
    "read_trustees",
    "trustee_faults",
    "trustees_text",
]


@dataclass(frozen=True)
class Single:
    """A trustee without whom nothing is opened."""

    key: TrusteePublicKey


Item: TypeAlias = Single | ThresholdParameters
"""One item of the structure."""


@dataclass(frozen=True)
class TrusteeKey:
    """One trustee: the number, counted from 1 over all items, the key, and the position of the item (from 0).

    ``index``: the trustee's place in the item, from 1. ``name``: what the structure calls him, if it does.
    """

    number: int
    public_key: str
    item: int
    index: int
    name: str | None = None


@dataclass(frozen=True)
class Missing:
    """Who is still needed: ``count`` of ``among``, numbers of trustees."""

    count: int
    among: tuple[int, ...]

    def __str__(self) -> str:
        names = [str(number) for number in self.among]
        listed = " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
        if len(names) == self.count:
            return f"trustee {listed}" if self.count == 1 else f"trustees {listed}"
        return f"{self.count} of trustees {listed}"


@dataclass(frozen=True)
class Trustees:
    """The structure as it was read. ``raw``: its bytes, which are hashed as they are."""

    raw: bytes
    group: Group
    items: tuple[Item, ...]
    keys: tuple[TrusteeKey, ...]

    def of_item(self, item: int) -> tuple[TrusteeKey, ...]:
        """The trustees of one item."""
        return self._by_item[item]

    @cached_property
    def _by_item(self) -> list[tuple[TrusteeKey, ...]]:
        return [tuple(keys) for _, keys in groupby(self.keys, lambda key: key.item)]

    def mandatory(self, owner: int) -> bool:
        """Whether nothing is opened without trustee ``owner``."""
        return self._needed(self._key(owner).item) == len(self.of_item(self._key(owner).item))

    def missing(self, owners: Collection[int]) -> tuple[Missing, ...]:
        """Who is needed besides ``owners``, item by item; empty if they suffice."""
        found, owners = [], set(owners)
        for item in range(len(self.items)):
            others = tuple(key.number for key in self.of_item(item) if key.number not in owners)
            count = self._needed(item) - (len(self.of_item(item)) - len(others))
            if count > 0:
                found.append(Missing(count, others))
        return tuple(found)

    def enough(self, owners: Collection[int]) -> bool:
        """Whether ``owners`` together can open the box."""
        return not self.missing(owners)

    def exponents(self, owners: Collection[int]) -> dict[int, int]:
        """Which of ``owners`` are taken, the first that suffice, and to which exponent each one's factors are raised.

        The product of their decryption factors with these exponents is the factor of the election's key: 1 for a
        single trustee, a Lagrange coefficient for one of several. Raises ProtocolError (``decryption.enough``) that
        says who is still needed, or (``decryption.owner``) if there is no such trustee. Source: section 4.21.
        """
        given = {self._key(owner).number for owner in owners}
        missing = self.missing(given)
        if missing:
            still = "; ".join(map(str, missing))
            raise ProtocolError(f"not enough trustees have decrypted: still needed: {still}", check="decryption.enough")
        exponents: dict[int, int] = {}
        for item in range(len(self.items)):
            taken = [key for key in self.of_item(item) if key.number in given][: self._needed(item)]
            coefficients = lagrange(self.group.q, [key.index for key in taken])
            exponents |= {key.number: coefficients[key.index] for key in taken}
        return exponents

    def _key(self, owner: int) -> TrusteeKey:
        if not 1 <= owner <= len(self.keys):
            raise ProtocolError(f"there is no trustee {owner}", check="decryption.owner")
        return self.keys[owner - 1]

    def _needed(self, item: int) -> int:
        one = self.items[item]
        return one.threshold if isinstance(one, ThresholdParameters) else 1


def lagrange(q: int, indices: Sequence[int]) -> dict[int, int]:
    """For each of ``indices``, all different, the coefficient by which a polynomial's value there counts at zero.

    Source: section 4.21.
    """
    coefficients = {}
    for j in indices:
        above, below = 1, 1
        for k in indices:
            if k != j:
                above, below = above * k % q, below * (k - j) % q
        coefficients[j] = above * pow(below, -1, q) % q
    return coefficients


# --- reading and writing ---------------------------------------------------------------------------------


class _Kinds:
    """One item of the structure: its kind, then what the kind wants."""

    def __init__(self, group: Group) -> None:
        self.single: Shape = Pair((Text(("Single",)), key_shape(group, signed=False)))
        self.pedersen: Shape = Pair((Text(("Pedersen",)), parameters_shape(group)))

    def faults(self, value: Any, place: str) -> Iterator[str]:
        """Those of the kind that the item names."""
        several = type(value) is list and value[:1] == ["Pedersen"]
        yield from (self.pedersen if several else self.single).faults(value, place)


def trustees_shape(group: Group) -> Shape:
    """What the structure looks like."""
    return Items(_Kinds(group), least=1)


def read_trustees(raw: bytes, group: Group) -> Trustees:
    """The structure whose bytes are ``raw``.

    Raises ProtocolError (``setup.trustees``) if it is not canonical or not of the shape. Whether points are in the
    group and proofs hold: `trustee_faults`.
    """
    check, what = "setup.trustees", "trustees"
    value = canonical.loads(raw, what=what, check=check)
    require(trustees_shape(group), value, what, check=check)
    items = tuple(Single(held) if kind == "Single" else ThresholdParameters.of(held) for kind, held in value)
    return Trustees(raw, group, items, tuple(_numbered(items)))


def _numbered(items: Sequence[Item]) -> Iterator[TrusteeKey]:
    number = 1
    for position, item in enumerate(items):
        for index, key in enumerate(_public_keys(item), start=1):
            yield TrusteeKey(number, key["public_key"], position, index, key.get("name"))
            number += 1


def _public_keys(item: Item) -> Sequence[TrusteePublicKey]:
    return [item.key] if isinstance(item, Single) else item.content["verification_keys"]


def trustees_text(items: Sequence[Item]) -> bytes:
    """The bytes of the structure that has ``items``."""
    value = [["Single", item.key] if isinstance(item, Single) else ["Pedersen", item.content] for item in items]
    return canonical.dumps(value).encode("utf-8")


# --- keys ------------------------------------------------------------------------------------------------


def sub_key(group: Group, item: Item) -> str:
    """The key of one item: the single key, or the product of all ``A_i0``. Source: section 4.6.4.

    Raises ProtocolError (``setup.trustees``) if a point of it is not in the group.
    """
    parts = [item.key["public_key"]] if isinstance(item, Single) else [points[0] for points in item.coefexps]
    return _product(group, parts)


def election_key(trustees: Trustees) -> str:
    """The key under which the election is encrypted: the product of the sub-keys. Source: section 3.1.1.

    Raises ProtocolError (``setup.trustees``) if a point is not in the group. Nothing is encrypted under the key of
    trustees of whom `trustee_faults` has anything to say.
    """
    return _product(trustees.group, [sub_key(trustees.group, item) for item in trustees.items])


def _product(group: Group, points: Sequence[str]) -> str:
    if not all(map(group.is_element, points)):
        raise ProtocolError("a trustee's key is not in the group", check="setup.trustees")
    return reduce(group.multiply, points)


# --- checking --------------------------------------------------------------------------------------------


def trustee_faults(pool: Pool, trustees: Trustees, public_key: str | None = None) -> Iterator[tuple[str, str]]:
    """What is wrong with the structure: the name of the check that fails, and a sentence for each fault.

    ``public_key``: that of the election, which must be the product of the sub-keys. Sources: sections 3.1.1, 4.5 to
    4.7. The specification leaves these to the reader, and a box is not safe without them: no point is the identity,
    none stands there twice, and neither a sub-key nor the election's key is the identity.
    """
    faults = 0
    for fault in _structure_faults(pool, trustees):
        faults += 1
        yield "setup.trustees", fault
    if faults:
        return
    group = trustees.group
    sub_keys = [sub_key(group, item) for item in trustees.items]
    if group.identity in sub_keys:
        yield "setup.trustees", "the keys of one item cancel out"
    key = election_key(trustees)
    if key == group.identity:
        yield "setup.key", "the trustees' keys cancel out"
    if public_key is not None and public_key != key:
        yield "setup.key", "the election's key is not the product of the trustees' keys"


def _structure_faults(pool: Pool, trustees: Trustees) -> Iterator[str]:
    for position, item in enumerate(trustees.items):
        own = trustees.of_item(position)
        if isinstance(item, Single):
            yield from key_faults(pool, trustees.group, item.key, f"the key of trustee {own[0].number}")
        else:
            yield from parameters_faults(pool, trustees.group, item, own[0].number)
    yield from same_points(_all_points(trustees))


def _all_points(trustees: Trustees) -> Iterator[tuple[str, str]]:
    """Every point of the structure, with what it is called: each is made at random, by one trustee, for one use.

    Where one trustee of several suffices, all of them have one share by the nature of it, which is named once.
    """
    for key in trustees.keys:
        item = trustees.items[key.item]
        if key.index == 1 or not (isinstance(item, ThresholdParameters) and item.threshold == 1):
            yield f"the key of trustee {key.number}", key.public_key
    for position, item in enumerate(trustees.items):
        if isinstance(item, ThresholdParameters):
            first = trustees.of_item(position)[0].number
            yield from channel_keys(item.certificates, first)
            yield from coefficients(item.coefexps, first)
