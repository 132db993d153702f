"""``watch`` and ``dispute``: what a scrutineer, or a voter with a receipt, does to hold the office to its word."""

from __future__ import annotations

import json
import time
from pathlib import Path

import typer

from ..desks.dispute import Settled
from ..desks.dispute import dispute as settle
from ..desks.fetching import Site, UnreachableError
from ..desks.receipts import Receipt, key_of, read_receipt
from ..desks.watching import Finding, Poll, Watch, compare
from ..errors import InputError, ProtocolError, Where
from . import base
from .base import CHECK_FAILED, UNUSABLE, line

LEAST_EVERY = 5


def add_to(app: typer.Typer) -> None:
    """Add the commands to ``app``."""
    app.command("watch")(watch)
    app.command("dispute")(dispute)


def watch(
    words: list[str] = typer.Argument(
        metavar="ADDRESS | compare FOLDER FOLDER", help="The address of the site; or two folders of watches to compare."
    ),
    contest: str = typer.Option("", "--contest", metavar="SLUG", help="The contest, as in the address of its page."),
    keep: Path = typer.Option(Path("watched"), "--keep", metavar="FOLDER", help="Where what was seen is kept."),
    every: int = typer.Option(60, "--every", min=LEAST_EVERY, metavar="SECONDS", help="How often to look."),
    once: bool = typer.Option(False, "--once", help="Look once, and compare every byte of what was kept."),
) -> None:
    """Watch the boxes of a contest: keep what was shown, check what is new, report what was changed, lost or forked.

    Ends with 1 as soon as something is wrong, with evidence kept in the folder; with 2 if the site does not answer
    (`--once`). `watch compare ONE OTHER` finds out whether two scrutineers were shown the same boxes.
    """
    with base.failures_told():
        if words[0] == "compare":
            if len(words) != 3:
                raise InputError("two folders are compared", hint="selectorate watch compare mine theirs")
            _compare(Path(words[1]), Path(words[2]))
            return
        if len(words) != 1 or not contest:
            raise InputError("one site is watched", hint="selectorate watch ADDRESS --contest SLUG --keep FOLDER")
        _watch(Watch(Site(words[0]), contest, keep), every=every, once=once)


def _watch(watching: Watch, *, every: int, once: bool) -> None:
    console = base.out()
    while True:
        try:
            poll = watching.look()
        except UnreachableError as fault:
            if once:
                raise
            console.print(line(f"{_clock()} {fault}", "yellow"), soft_wrap=True)
        else:
            _tell(poll, watching.folder)
            if poll.findings:
                raise typer.Exit(CHECK_FAILED)
            if once:
                for uuid, box in watching.boxes.items():
                    console.print(line(f"{uuid}: event {box.height}, {box.head}"), soft_wrap=True)
                console.print(line("All that was seen before is still there, and all that is new holds.", "green"))
                return
        time.sleep(every)


def _clock() -> str:
    return time.strftime("%H:%M:%S")


def _tell(poll: Poll, folder: Path) -> None:
    console = base.out()
    for text in poll.lines:
        console.print(line(f"{_clock()} {text}"), soft_wrap=True)
    for finding in poll.findings:
        _print(finding, "seen before", "now")
    if poll.findings:
        console.print(line(f"The evidence is kept in {folder / 'evidence'}. Tell the other scrutineers.", "bold"))


def _print(finding: Finding, before: str, now: str) -> None:
    console = base.out()
    of = f"{finding.box}: " if finding.box else ""
    console.print(line(f"✗ {finding.kind}: {of}{finding.says}", "bold red"), soft_wrap=True)
    for name, value in ((before, finding.before), (now, finding.now)):
        if value:
            console.print(line(f"    {name}: {value}"), soft_wrap=True)


def _compare(one: Path, other: Path) -> None:
    findings, alike = compare(one, other)
    console = base.out()
    for uuid, height in alike.items():
        console.print(line(f"{uuid}: the same up to event {height}.", "green"))
    for finding in findings:
        _print(finding, str(one), str(other))
    if not findings and not alike:
        raise InputError("the two have nothing in common that could be compared", where=Where(str(other)))
    if findings:
        raise typer.Exit(CHECK_FAILED)


# -- a receipt ---------------------------------------------------------------------------------------------------------


def dispute(
    receipt: Path = typer.Argument(metavar="RECEIPT", help="The receipt (JSON) that the office gave for a ballot."),
    archive: Path = typer.Argument(metavar="ARCHIVE", help="The archive of its box (.bel)."),
    key: str = typer.Option(
        "", "--key", metavar="HEX", help="The key of receipts as the office published it; board.json has it."
    ),
    record: Path | None = typer.Option(None, "--record", help="A record (its folder) that has the key."),
) -> None:
    """Hold a receipt to an archive: whether the office signed for this ballot, and whether it is in the box.

    Ends with 0 if the ballot is there, 1 if the office signed that it was and it is not, 2 if this settles nothing.
    """
    with base.failures_told():
        held = read_receipt(receipt)
        known = _key(key, record)
        if known and not held.signed(known):
            hint = "It proves nothing. Was it given for another contest, or copied in part?"
            raise InputError("the office did not sign this receipt", where=Where(str(receipt)), hint=hint)
        try:
            found = settle(held, archive)
        except ProtocolError as fault:
            raise InputError(f"this archive is damaged: {fault.message}", where=Where(str(archive))) from None
        if not known:
            base.err().print(line("The signature was not checked: give --key, as the board publishes it.", "yellow"))
        for text in _settled(held, found):
            base.out().print(line(text), soft_wrap=True)
        if not known and not found.kept:
            raise typer.Exit(UNUSABLE)
        if found.verdict == "too early":
            raise typer.Exit(UNUSABLE)
        if not found.kept:
            raise typer.Exit(CHECK_FAILED)


def _key(key: str, record: Path | None) -> str:
    if key:
        return key_of(key)
    if record is None:
        return ""
    path = record / "record.json" if record.is_dir() else record
    try:
        return key_of(str(json.loads(path.read_bytes())["receipts"]))
    except (OSError, ValueError, KeyError, TypeError):
        raise InputError("has no key of receipts", where=Where(str(path))) from None


def _settled(receipt: Receipt, found: Settled) -> list[str]:
    """What came of it, in sentences."""
    said = f"The office signed that box {receipt.box} had the ballot {receipt.tracker} as event {receipt.height}"
    archive = f"The archive ends with event {found.height} ({found.head})."
    match found.verdict:
        case "there":
            return [
                "The ballot is in the box where the receipt says, and it counts unless its voter votes again.",
                archive,
            ]
        case "superseded":
            return [
                "The ballot is in the box where the receipt says.",
                f"A later ballot of the same voter, event {found.later}, counts in its place.",
                "If you did not cast it, say so: an older one was recorded again, or somebody has your credential.",
                archive,
            ]
        case "too early":
            return [
                f"This settles nothing: voting goes on in this archive, and it ends before event {receipt.height}.",
                "Fetch it again: any older copy ends so.",
                archive,
            ]
        case "missing":
            return [f"{said}. IT IS NOT THERE: the box was closed without it.", *_elsewhere(found), archive]
    return [
        f"{said}, {receipt.event}. IT IS NOT THERE: that event is {found.found}.",
        *_elsewhere(found),
        archive,
    ]


def _elsewhere(found: Settled) -> list[str]:
    if found.elsewhere is None:
        return []
    return [f"The same ballot stands elsewhere in the box, as event {found.elsewhere}: the box is not what was signed."]
