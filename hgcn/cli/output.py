# SPDX-License-Identifier: Apache-2.0
"""What commands leave behind: JSON to a file or to standard output."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from hgcn.errors import BackendError
from hgcn.files import check_writable, write_whole
from hgcn.printable import printable

STANDARD_OUTPUT = Path("-")

_PIPE_WIDTH = 200
"""Columns of a table that goes to a file or another program, where nothing need be folded."""


def escape_what_the_terminal_lacks() -> None:
    """Make both output streams escape characters that their encoding has not.

    A graph's name may hold any letter; a report in ASCII or Latin-1 must not end in a traceback
    after all the work.
    """
    for stream in (sys.stdout, sys.stderr):
        # Whoever replaced the streams by something else decides how that encodes.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def fill_closed_streams() -> None:
    """Give a process that was started with a closed stream, as daemons are, one that leads nowhere.

    Python has None for such a stream, and the next file that is opened gets its descriptor: what
    is printed after that would go into the file.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - open to the end


def console() -> Console:
    """Return standard output for tables: as wide as the terminal, or wide enough for a pipe."""
    return Console(width=None if sys.stdout.isatty() else _PIPE_WIDTH)


def warn(warnings: Iterable[str]) -> None:
    """Print a line each on standard error: what a result is worth, where no report says it."""
    for words in warnings:
        message = Text.assemble(("warning:", "bold yellow"), f" {printable(words)}")
        Console(stderr=True).print(message, soft_wrap=True)


def check_json_path(path: Path | None) -> None:
    """Refuse a path that cannot be written, before the work is done.

    Raises
    ------
    BackendError
        Naming the path.
    """
    if path is not None and path != STANDARD_OUTPUT:
        check_writable(path, BackendError)


def write_json(report: dict[str, Any], path: Path | None) -> None:
    """Write ``report`` to ``path`` whole or not at all, or to standard output for '-'."""
    if path is None:
        return
    text = json.dumps(report, indent=2) + "\n"
    if path == STANDARD_OUTPUT:
        sys.stdout.write(text)
    else:
        write_whole(path, text.encode(), BackendError)
