"""The elections of the matrix, those with something odd in them, and random ones."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

from tests.interop.box.elections import Answer, Ballot, Case, Keys

RANKING: dict[str, Any] = {"type": "NonHomomorphic", "value": {"answers": ["Ada", "Ben", "Cyd"], "question": "Who?"}}
CHOICE: dict[str, Any] = {"answers": ["Yes", "No"], "min": 1, "max": 1, "question": "Shall it be?"}
BLANK: dict[str, Any] = {"answers": ["a", "b", "c"], "blank": True, "min": 1, "max": 2, "question": "Which?"}
LISTS: dict[str, Any] = {
    "type": "Lists",
    "value": {"answers": [["Red", "Rose", "Rob"], ["Blue", "Bea"]], "question": "Whose list?"},
}

CASES: dict[str, list[dict[str, Any]]] = {
    "ranking": [RANKING],
    "choice": [CHOICE],
    "blank": [BLANK],
    "lists": [LISTS],
    "mixed": [CHOICE, RANKING, BLANK, LISTS],
}
"""Questions by what the rows of the matrix are called."""
KEYS: tuple[Keys, ...] = ("single", "threshold", "both")
GROUPS = ("Ed25519", "RFC-3526-2048")
MAKERS = {"ours": "o", "theirs": "t", "in turn": "ot", "in turn, they first": "to"}
"""Who makes what; see `tests.interop.box.elections`."""

# --- the matrix ------------------------------------------------------------------------------------------

_ANSWERS: dict[str, list[Any]] = {
    "NonHomomorphic": [[1, 2, 3], [3, 1, 2], [0, 0, 0]],
    "choice": [[1, 0], [0, 1], [1, 0]],
    "blank": [[0, 1, 1, 0], [1, 0, 0, 0], [0, 0, 0, 1]],
    "Lists": [[[1, 1, 0], [0, 0]], [[0, 0, 0], [1, 1]], [[1, 1, 1], [0, 0]]],
}


def answer_to(question: dict[str, Any], number: int) -> Any:
    """Legal answer number ``number`` to a question of the matrix."""
    kind = question.get("type", "blank" if question.get("blank") else "choice")
    return _ANSWERS[kind][number % 3]


def answers_to(name: str, number: int) -> Answer:
    """Legal answers number ``number`` to the questions of a row."""
    return [answer_to(question, number) for question in CASES[name]]


def matrix_case(name: str, keys: Keys, group: str, ballots: int = 4) -> Case:
    """A cell of the matrix: of four voters three vote, the first one twice, and the second ballot counts."""
    cast = [Ballot(n % 3, answers_to(name, n + (n == 3))) for n in range(ballots)]
    return Case(CASES[name], cast, [(f"Voter {n}", 1) for n in range(4)], keys, group)


def all_cells() -> Iterator[tuple[str, Keys, str, str]]:
    """Every cell: questions, keys, group, makers."""
    for group in GROUPS:
        for name in CASES:
            for keys in KEYS:
                for makers in MAKERS:
                    yield name, keys, group, makers


def usual_cells() -> Iterator[tuple[str, Keys, str, str]]:
    """The cells that every run of the tests goes through: every pair of values of two columns is among them."""
    makers = tuple(MAKERS)
    for i, name in enumerate(CASES):
        for j, keys in enumerate(KEYS):
            yield name, keys, "Ed25519", makers[(i + j) % 4]
            if keys == "single":
                yield name, keys, "Ed25519", makers[(i + 2) % 4]
    yield "ranking", "threshold", "RFC-3526-2048", "in turn"
    yield "choice", "single", "RFC-3526-2048", "ours"
    yield "blank", "both", "RFC-3526-2048", "theirs"
    yield "lists", "single", "RFC-3526-2048", "in turn, they first"


# --- something odd ---------------------------------------------------------------------------------------

EVERY_LETTER = (
    "".join(map(chr, range(0x00, 0x100)))
    + "Łódź, Ἑλλάς, עברית, العربية, 日本語, ไทย, ₤, \u0301\u200d\u2028\u2029\ufeff\ufffd\U0001f5f3\U0010ffff"
)
"""Every character of the first page, and of others what programs write in different ways."""
MANY_NAMES = [f"{mark} {number}" for number, mark in enumerate(["é", '"', "\\", "'", "ß", " ", "-", "Ωmega"] * 5)]
"""Forty names of voters; none has a comma, which parts the columns of the tool's list."""


def _of(questions: list[dict[str, Any]], ballots: list[Answer], **more: Any) -> Case:
    """A case whose voters vote once each."""
    voters = more.pop("voters", None) or [(f"Voter {n}", 1) for n in range(max(2, len(ballots)))]
    return Case(questions, [Ballot(n, answers) for n, answers in enumerate(ballots)], voters, **more)


def _ranking(names: int) -> dict[str, Any]:
    answers = [f"Name {number}" for number in range(1, names + 1)]
    return {"type": "NonHomomorphic", "value": {"answers": answers, "question": "Order?"}}


ODD: dict[str, Case] = {
    "an empty box": _of(CASES["mixed"], []),
    "an empty box of rankings": _of([RANKING], [], keys="both"),
    "one ballot": _of([RANKING, BLANK], [[[2, 1, 3], [0, 1, 0, 0]]]),
    "one ballot, a revote": Case([RANKING], [Ballot(0, [[1, 2, 3]]), Ballot(0, [[3, 2, 1]])], [("A", 1), ("B", 1)]),
    "blanks only": _of([BLANK, BLANK], [[[1, 0, 0, 0], [1, 0, 0, 0]]] * 3),
    "weights": _of(
        [CHOICE, BLANK],
        [[answer_to(CHOICE, n), answer_to(BLANK, n)] for n in range(5)],
        voters=[("A", 1), ("B", 3), ("C", 1203), ("D", 877), ("E", 20_000), ("F", 7)],
        keys="threshold",
    ),
    "weights and revotes": Case(
        [CHOICE], [Ballot(n % 3, [answer_to(CHOICE, n // 2)]) for n in range(7)], [("A", 2), ("B", 5), ("C", 11)]
    ),
    "weights and lists": _of([LISTS], [[answer_to(LISTS, n)] for n in range(3)], voters=[("A", 1), ("B", 9), ("C", 4)]),
    "forty credentials with odd names": _of(
        [CHOICE], [[answer_to(CHOICE, n)] for n in range(12)], voters=[(name, 1) for name in MANY_NAMES]
    ),
    "every letter": _of(
        [
            {"answers": [EVERY_LETTER, "b"], "min": 0, "max": 2, "question": EVERY_LETTER},
            {"type": "NonHomomorphic", "value": {"answers": [EVERY_LETTER], "question": EVERY_LETTER}},
        ],
        [[[1, 1], [1]]],
        about={"name": EVERY_LETTER, "description": EVERY_LETTER, "administrator": EVERY_LETTER},
    ),
    "a language": _of(
        [CHOICE],
        [[[1, 0]]],
        about={"language": ["fr", "ltr"], "administrator": "Zoé", "credential_authority": "server"},
    ),
    "right to left": _of([CHOICE], [[[0, 1]]], about={"language": ["he", "rtl"], "name": "בחירות"}),
    "no text at all": _of([{"answers": ["", ""], "min": 0, "max": 2, "question": ""}], [[[0, 0]]], about={"name": ""}),
    "a hint on how to count": _of(
        [RANKING | {"extra": {"type": "ScoreVoting", "n": [1, {"x": None, "y": [True, "é"]}]}}], [[[1, 2, 3]]]
    ),
    "thirty names": _of([_ranking(30)], [[[*range(1, 31)]], [[255] * 30], [[0] * 30], [[*range(226, 256)]]]),
    "forty names": _of([_ranking(40)], [[[*range(1, 41)]], [[255] * 40], [[0] * 40]], group="RFC-3526-2048"),
    "a hundred answers": _of(
        [{"answers": [f"Name {n}" for n in range(100)], "min": 0, "max": 100, "question": "Which of all?"}],
        [[[n % 2 for n in range(100)]], [[1] * 100], [[0] * 100]],
    ),
    "answers that nobody has to give": _of(
        [{"answers": ["a", "b"], "blank": True, "min": 0, "max": 0, "question": "None?"}], [[[0, 0, 0]], [[1, 0, 0]]]
    ),
}
"""Elections with something in them that programs are known to differ in."""


# --- random ones -----------------------------------------------------------------------------------------


def random_case(random: Random) -> Case:
    """An election of 0 to 60 ballots and one to six questions of any kind; one in ten in the larger group, smaller."""
    large = random.random() < 0.1
    questions = [_random_question(random) for _ in range(random.randint(1, 2 if large else 6))]
    ranked = any(question.get("type") == "NonHomomorphic" for question in questions)
    weighted = not ranked and random.random() < 0.5
    voters = [(f"Voter {n}", random.choice((1, 2, 9, 150)) if weighted else 1) for n in range(random.randint(1, 60))]
    count = random.choice((0, 1, random.randint(2, 5), random.randint(2, 4 if large else 60)))
    ballots = [
        Ballot(random.randrange(len(voters)), [_random_answer(random, question) for question in questions])
        for _ in range(count)
    ]
    keys: tuple[Keys, ...] = ("single", "single", "threshold", "both")
    return Case(questions, ballots, voters, random.choice(keys), GROUPS[large])


def _random_question(random: Random) -> dict[str, Any]:
    text = "".join(random.choices(EVERY_LETTER, k=random.randint(0, 12)))
    kind = random.choice(("choice", "choice", "blank", "ranking", "ranking", "lists"))
    names = ["".join(random.choices(EVERY_LETTER, k=3)) for _ in range(random.randint(1, 6))]
    if kind == "ranking":
        return {"type": "NonHomomorphic", "value": {"answers": names, "question": text}}
    if kind == "lists":
        lists = [[f"List {n}", *names[: random.randint(1, 3)]] for n in range(random.randint(1, 3))]
        return {"type": "Lists", "value": {"answers": lists, "question": text}}
    least = random.randint(0, len(names))
    blank = {"blank": True} if kind == "blank" else {}
    return {"answers": names, **blank, "min": least, "max": random.randint(least, len(names)), "question": text}


def _random_answer(random: Random, question: dict[str, Any]) -> Any:
    if question.get("type") == "NonHomomorphic":
        return [random.choice((0, 1, 2, 3, 255, random.randrange(256))) for _ in question["value"]["answers"]]
    if question.get("type") == "Lists":
        shape = question["value"]["answers"]
        chosen = random.randrange(len(shape))
        rows = [[0] * len(row) for row in shape]
        candidates = random.sample(range(1, len(shape[chosen])), random.randint(1, len(shape[chosen]) - 1))
        for place in (0, *candidates):
            rows[chosen][place] = 1
        return rows
    width = len(question["answers"])
    if question.get("blank") and random.random() < 0.3:
        return [1, *[0] * width]
    chosen = set(random.sample(range(width), random.randint(question["min"], question["max"])))
    bits = [int(place in chosen) for place in range(width)]
    return [0, *bits] if question.get("blank") else bits
