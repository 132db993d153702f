"""The facts at the head of each page of ``docs/methods``, as the registry says them."""

from __future__ import annotations

import re

from selectorate.count.registry import METHODS, Method

from .models import cell

FACTS = re.compile(r"(?s)(?<=<!-- facts -->\n).*?(?=<!-- /facts -->)")
STEPS = {
    "latest difference": "the latest earlier round in which they differed",
    "first difference": "the earliest round in which they differed",
    "lot": "lot",
}


def ties(method: Method) -> str:
    """How a method breaks ties, in its order."""
    return ", then ".join(STEPS[rule] for rule in method.ties) or "no tie is left open"


def proof(method: Method) -> str:
    """The count that proves a method."""
    return cell(method.proved_by) if method.proved_by else "**unproven**"


def facts(method: Method) -> str:
    """The table of one method."""
    rows = (
        ("method", f"`{method.id}`: {cell(method.name)}"),
        ("source", cell(method.source)),
        ("proved by", proof(method)),
        ("places", "any number" if method.many else "one"),
        ("ties are broken by", ties(method)),
    )
    return "\n".join(["| | |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in rows)]) + "\n"


def with_facts(text: str, name: str) -> str:
    """The page of the method ``name`` with its facts put in. Raises AssertionError if it has no place for them."""
    assert len(FACTS.findall(text)) == 1, f"methods/{name}.md has no single <!-- facts -->"
    return FACTS.sub(lambda _: facts(METHODS[name]), text)
