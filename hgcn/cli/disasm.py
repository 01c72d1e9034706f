# SPDX-License-Identifier: Apache-2.0
"""`hgcn disasm`: a program as text."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hgcn.cli.app import app
from hgcn.isa.disasm import disassemble
from hgcn.isa.image_file import read_image


@app.command()
def disasm(
    program: Annotated[Path, typer.Argument(help="A program file.", show_default=False)],
) -> None:
    """Print the header and every command of a program.

    LOAD fills a feature store from memory, SPMM multiplies on both engines, DRAIN requantises and
    writes back. A stream is printed as region[offset+lines], in lines of 64 bytes; "wait_mask"
    names the engines a command waits for. The whole format is in docs/program-format.md.
    """
    image = read_image(program)
    for line in disassemble(image):
        typer.echo(line)
