# SPDX-License-Identifier: Apache-2.0
"""The command line: the same words as the Python API."""

from __future__ import annotations

import sys

from rich.console import Console

from hgcn.cli.app import app
from hgcn.errors import HgcnError


def main() -> None:
    """Run the command line; a deliberate error is one line on stderr and exit status 1."""
    # Every command lives in a module of its own and registers itself on import.
    from hgcn.cli import catalogue, compile, doctor, run, train  # noqa: F401

    try:
        app()
    except HgcnError as fault:
        Console(stderr=True).print(f"[bold red]error:[/] {fault}", soft_wrap=True, highlight=False)
        sys.exit(1)
    except KeyboardInterrupt:
        Console(stderr=True).print("interrupted")
        sys.exit(130)
