"""What the log may say."""

from __future__ import annotations

import logging
import re

_MAIL = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+")
_QUERY = re.compile(r"\?[^\s\"']*")


class NoPersonalData(logging.Filter):
    """Takes mail addresses and the queries of addresses out of every line, and leaves the values of errors out."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Clean ``record``; it is always kept."""
        record.msg = _QUERY.sub("?…", _MAIL.sub("…@…", record.getMessage()))
        record.args = None
        if record.exc_info and record.exc_info[1] is not None:
            # An exception's own text can quote what somebody typed; its kind and its place cannot.
            fault = record.exc_info[1]
            place, trace = "", fault.__traceback__
            while trace is not None:
                place, trace = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}", trace.tb_next
            record.msg += f" [{type(fault).__name__} at {place}]"
            record.exc_info, record.exc_text = None, None
        return True
