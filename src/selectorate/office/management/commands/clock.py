"""``clock``: opens and closes stages at their published time, until it is stopped."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from ... import clock


class Command(BaseCommand):
    """Run the clock of the site."""

    help = "Open and close every stage at its published time, until stopped; with --once a single time."

    def add_arguments(self, parser: CommandParser) -> None:
        """``--once``."""
        parser.add_argument("--once", action="store_true", help="Do what is due now, say what it was, and end.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run."""
        if options["once"]:
            done = clock.tick()
            for one in done.opened + done.closed:
                self.stdout.write(f"{one.slug}: {one.stage} {one.end}")
            for one, why in done.refused:
                self.stdout.write(f"{one.slug}: {one.stage} {one.end}: not done: {why}")
            return
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        clock.run_forever(stop)
