"""What the trustee's page says, as HTML without a script. Everything that comes from elsewhere is escaped."""

from __future__ import annotations

from html import escape
from pathlib import Path

from ..box.keyfile import LEAST_PASSPHRASE
from .trustee import Desk
from .trustee_boxes import waiting_boxes
from .trustee_state import CeremonySeen

__all__ = ["page_of"]

STEPS = {
    "certificates": ("Certificates", "Your program draws a secret, and says by which keys the others can write to it."),
    "commitments": (
        "Hashes",
        "It draws your part of the common key and hands in only the hash of it, so that nobody can choose their part "
        "after having seen the others'.",
    ),
    "polynomials": ("Parts", "When all hashes are there it hands in your part, with a sealed piece for each other."),
    "voutputs": (
        "Shares",
        "It checks every piece that was sent to you and adds up your share. Nobody has all of it.",
    ),
    "test": ("Test", "It decrypts a test that it makes itself, so that all know that your key file works."),
}


def page_of(
    *,
    key: Path,
    desk: Desk | None,
    seen: CeremonySeen | None,
    wrong: str,
    said: list[tuple[bool, str]],
    working: str,
    token: str,
) -> str:
    """The page. ``working``: what is going on; ``said``: what came of the last button, each with whether it is a fault;
    ``token``: what every form has to bring back.
    """
    refresh = '<meta http-equiv="refresh" content="2">' if working else ""
    if working:
        body = f"<h1>{escape(working)} …</h1><p>A large box takes a while. This page looks again by itself.</p>"
    elif wrong:
        body = f"<h1>It cannot go on</h1>{_fault(wrong)}{_button('look', 'Ask the office again', token)}"
    elif desk is None or seen is None:
        body = _joining(key, token)
    else:
        body = _standing(desk, seen, token)
    lines = "".join(_fault(text) if bad else f'<div class="said"><p>{escape(text)}</p></div>' for bad, text in said)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">{refresh}'
        '<title>Trustee</title><link rel="stylesheet" href="/style.css"></head>'
        f'<body><main><div role="status">{lines}</div>{body}</main></body></html>'
    )


def _fault(text: str) -> str:
    return f'<div class="fault" role="alert"><p><strong>Not done.</strong> {escape(text)}</p></div>'


def _form(do: str, fields: str, button: str, token: str, kind: str = "") -> str:
    return (
        f'<form method="post" action="/" autocomplete="off"><input type="hidden" name="token" value="{escape(token)}">'
        f'<input type="hidden" name="do" value="{do}">{fields}<button{kind}>{escape(button)}</button></form>'
    )


def _button(do: str, name: str, token: str) -> str:
    return _form(do, "", name, token, ' class="plain"')


def _field(name: str, label: str, help_: str = "", *, kind: str = "text", needed: bool = True) -> str:
    described = f' aria-describedby="{name}-help"' if help_ else ""
    told = f'<p class="help" id="{name}-help">{escape(help_)}</p>' if help_ else ""
    return (
        f'<label for="{name}">{escape(label)}</label>{told}'
        f'<input id="{name}" name="{name}" type="{kind}"{" required" if needed else ""}{described} autocomplete="off">'
    )


def _joining(key: Path, token: str) -> str:
    fields = (
        _field("address", "Address of the office's site", "It begins with https://")
        + _field("contest", "Contest", "As in the address of its page: after /contests/")
        + _field("code", "Code", "From the page “Trustees” of the contest, where you sign in.", kind="password")
        + _field("least", "Fewest ballots of a box that you open", "Only if you want more than is asked.", needed=False)
    )
    return (
        "<h1>Join the trustees of a contest</h1><p>This page comes from the program on your own machine, and your key "
        f"stays here: in <strong>{escape(key.name)}</strong>.</p>{_form('join', fields, 'Join', token)}"
    )


def _standing(desk: Desk, seen: CeremonySeen, token: str) -> str:
    memory, asked = desk.memory, desk.asked(seen)
    parts = [
        f"<h1>{escape(memory.title)}</h1><p>You are trustee {memory.number} of {memory.size}; {memory.threshold} "
        f"suffice to open the boxes. Your key opens none with fewer than {memory.least:,} ballots.</p>"
    ]
    parts += [_fault(f"of trustee {one.get('number')}: {one.get('says')}") for one in seen.faults[-5:]]
    if seen.step == "done" and not asked:  # the key is made: what is to be done now concerns the boxes
        parts.append(_boxes(desk, seen, token))
    parts.append(f"<h2>The common key</h2>{_steps(seen, asked)}")
    if asked:
        parts.append(_asked(desk, asked, token))
    elif seen.step != "done":
        parts.append(f"<p>Nothing is asked of you now. It is waited for {escape(seen.names(seen.waiting))}.</p>")
    parts.append(_button("look", "Ask the office how it stands", token))
    return "".join(parts)


def _steps(seen: CeremonySeen, asked: str) -> str:
    now = list(STEPS).index("test" if seen.step == "done" else seen.step)
    items = []
    for place, (name, says) in enumerate(STEPS.values()):
        over = place < now or (place == len(STEPS) - 1 == now and not asked)
        state = "done" if over else "now" if place == now else "later"
        mark = ' class="now" aria-current="step"' if state == "now" else ""
        items.append(f'<li{mark}>{escape(name)}: {state}. <span class="soft">{escape(says)}</span></li>')
    return f"<ol>{''.join(items)}</ol>"


def _asked(desk: Desk, asked: str, token: str) -> str:
    name, says = STEPS[asked]
    fields = ""
    if asked == "certificates":
        fields = _field(
            "passphrase",
            "A new passphrase for your key",
            f"{LEAST_PASSPHRASE} characters or more; four or more words that nobody connects with you. "
            "Nobody can tell it to you again.",
            kind="password",
        ) + _field("again", "The passphrase once more", kind="password")
    elif asked != "polynomials":
        fields = _field("passphrase", "Passphrase of your key", kind="password")
    return (
        f"<h2>You are asked for: {escape(name)}</h2><p>{escape(says)}</p>{_form('next', fields, 'Do this step', token)}"
    )


def _boxes(desk: Desk, seen: CeremonySeen, token: str) -> str:
    rows = "".join(f"<li>{escape(one.name)}: {escape(one.phase)}, {one.height + 1:,} events</li>" for one in seen.boxes)
    parts = [f"<h2>The boxes</h2><ul>{rows or '<li>None is there yet.</li>'}</ul>"]
    if waiting_boxes(desk, seen, "shuffle"):
        parts.append(
            "<p>Each box is downloaded and checked whole; then its rankings are shuffled, so that nobody can tell "
            f"which came from whom. Your key is not needed.</p>{_form('shuffle', '', 'Check and shuffle', token)}"
        )
    if waiting_boxes(desk, seen, "decryption"):
        fields = _field("passphrase", "Passphrase of your key", kind="password")
        parts.append(
            "<p>Each box is downloaded and checked whole, held to what was seen of it before, and then your part of it "
            f"is decrypted.</p>{_form('decrypt', fields, 'Check and decrypt', token)}"
        )
    return "".join(parts)
