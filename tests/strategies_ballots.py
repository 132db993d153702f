"""Ballots made up, for the tests of files and of counts."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import strategies as st

from selectorate.ballots import Option, Profile, profile_of
from selectorate.ballots.profile import Rank

_LETTERS = st.characters(categories=["L", "N", "P", "S", "Zs"], max_codepoint=0x2FFF)
NAMES = (
    st.text(_LETTERS, min_size=1, max_size=12)
    .map(lambda text: "".join(letter if letter.isprintable() else " " for letter in text).strip())
    .filter(bool)
)
"""Names as they are kept: printable, no blanks around them, with quotes, commas, # and | among them."""
PLAIN = st.sampled_from(
    ["Ann", "Ben", "Cyd", "Dot", "Ann", "O'Neil", "Smith, Ann", "overvote", "#2", "=1+1", "0", "-3"]
)


@st.composite
def profiles(
    draw: Callable[..., object],
    *,
    ties: bool = True,
    unknown: bool = False,
    skips: bool = True,
    repeats: bool = True,
    scales: bool = False,
) -> Profile:
    """A profile with up to six candidates, two of which may have one name."""
    pick: Callable[..., object] = draw
    names = pick(st.lists(NAMES | PLAIN, min_size=1, max_size=6))
    assert isinstance(names, list)
    options = [
        Option(
            name,
            party=pick(st.none() | NAMES),  # type: ignore[arg-type]
            withdrawn=bool(pick(st.booleans())),
            write_in=bool(pick(st.booleans())),
        )
        for name in names
    ]
    one = st.integers(1, len(options))
    marks: st.SearchStrategy[Rank] = one
    if skips:
        marks |= st.none()
    if ties:
        marks |= st.lists(one, min_size=2, max_size=4, unique=True).map(tuple) if len(options) > 1 else one
    if unknown:
        marks |= st.just(())
    papers = pick(st.lists(st.tuples(st.integers(1, 40), st.lists(marks, max_size=7)), max_size=12))
    assert isinstance(papers, list)
    if not repeats:
        papers = [(number, once(ranks)) for number, ranks in papers]
    seats = pick(st.integers(1, 4))
    title = pick(st.just("") | NAMES)
    profile = profile_of(options, papers, seats=seats, title=title)  # type: ignore[arg-type]
    if scales and profile.total and pick(st.booleans()):
        odd = profile.number.copy()
        odd[0] += 1 - odd[0] % 2  # so that the scale cannot be reduced
        return Profile(profile.candidates, profile.papers, odd, profile.sets, profile.seats, profile.title, 2)
    return profile


def once(ranks: list[Rank]) -> list[Rank]:
    """``ranks`` with each candidate at the first of its places only."""
    seen: set[int] = set()
    out: list[Rank] = []
    for rank in ranks:
        group = () if rank is None else (rank,) if isinstance(rank, int) else tuple(rank)
        fresh = tuple(who for who in group if who not in seen)
        seen.update(fresh)
        out.append(fresh[0] if len(fresh) == 1 else fresh if fresh or rank == () else None)
    return out


def said(profile: Profile) -> dict[tuple[object, ...], tuple[int, int]]:
    """What the ballots of ``profile`` say, without how it is kept: each ranking with its number and the scale."""
    return {tuple(ranks): (number, profile.scale) for number, ranks in profile.rankings()}
