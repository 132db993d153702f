"""Ed25519 slowly, in plain integers: what the quick arithmetic is held to.

Written from RFC 8032 (sections 5.1.1 to 5.1.4) and the Belenios specification 3.1 (section 6), in affine coordinates
with the one addition law that they give; nothing is shared with the program.
"""

from __future__ import annotations

import hashlib

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P

Point = tuple[int, int]

IDENTITY: Point = (0, 1)


def add(a: Point, b: Point) -> Point:
    (x1, y1), (x2, y2) = a, b
    product = D * x1 * x2 * y1 * y2
    return (
        (x1 * y2 + x2 * y1) * pow(1 + product, -1, P) % P,
        (y1 * y2 + x1 * x2) * pow(1 - product, -1, P) % P,
    )


def multiply(point: Point, times: int) -> Point:
    total = IDENTITY
    for bit in bin(times)[2:]:
        total = add(total, total)
        if bit == "1":
            total = add(total, point)
    return total


def find(y: int, sign: int) -> Point | None:
    """The point with this y (below p) whose x is odd (1) or even (0); None if there is none."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    if x * x % P != square or (x == 0 and sign == 1):
        return None
    return (x if x % 2 == sign else P - x, y)


def decode(text: str) -> Point | None:
    """The point of the curve with this canonical text; None if there is none. Says nothing of the subgroup."""
    if len(text) != 64 or set(text) - set("0123456789abcdef"):
        return None
    number = int(text, 16)
    y, sign = number % 2**255, number >> 255
    return find(y, sign) if y < P else None


def encode(point: Point) -> str:
    x, y = point
    return f"{y + (x % 2 << 255):064x}"


def in_subgroup(point: Point) -> bool:
    return multiply(point, Q) == IDENTITY


def generator(i: int) -> Point:
    y = int(hashlib.sha256(f"ggen|{i}".encode()).hexdigest(), 16) >> 2
    while (point := find(y, 0)) is None:
        y += 1
    return multiply(point, 8)


BASE = find(4 * pow(5, -1, P) % P, 0)
assert BASE is not None
G: Point = BASE

# A point of order 8: q times a point that is in no smaller group. All eight small points are its multiples.
SMALL: list[Point] = next(
    small
    for y in range(2, 100)
    if (point := find(y, 0)) is not None and len(set(small := [multiply(multiply(point, Q), k) for k in range(8)])) == 8
)
