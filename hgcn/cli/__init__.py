# SPDX-License-Identifier: Apache-2.0
"""The command line: the same words as the Python API."""

from __future__ import annotations

import sys

from rich.console import Console
from rich.text import Text

from hgcn.cli.app import app
from hgcn.cli.output import escape_what_the_terminal_lacks, fill_closed_streams
from hgcn.errors import HgcnError
from hgcn.printable import printable


def main() -> None:
    """Run the command line; a deliberate error is one line on stderr and exit status 1."""
    fill_closed_streams()
    escape_what_the_terminal_lacks()
    try:
        app(prog_name="hgcn")
    except (HgcnError, OSError) as fault:
        # As Text: brackets in a message are no markup.
        message = Text.assemble(("error:", "bold red"), f" {printable(str(fault))}")
        Console(stderr=True).print(message, soft_wrap=True)
        sys.exit(1)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(130)
