# SPDX-License-Identifier: Apache-2.0
"""The disassembler: an image as text."""

from __future__ import annotations

from collections.abc import Iterator

from hgcn.isa.commands import Command, Drain, Load, Spmm, Stream
from hgcn.isa.image import check_crc, read_commands, read_header
from hgcn.isa.layout import Engine


def disassemble(image: bytes) -> Iterator[str]:
    """Yield the header and every command as lines of text.

    Raises
    ------
    ProgramError
        If the image is damaged, or the header or a command malformed.
    """
    header = read_header(image)
    check_crc(image, header)
    yield (
        f"device {header.device_hash:#018x}  graph {header.graph_hash.hex()[:16]}  "
        f"model {header.model_hash.hex()[:16]}"
    )
    yield (
        f"{header.num_commands} commands, {len(image)} bytes, "
        f"input {header.input_lines} lines, scratch {header.scratch_lines} lines, "
        f"output {header.output_lines} lines"
    )
    for index, command in enumerate(read_commands(image, header)):
        yield f"{index:6d}  {_text(command)}{_barriers(command)}"


def _barriers(command: Command) -> str:
    waits = [engine.name.lower() for engine in Engine if command.after >> engine & 1]
    text = f"  after {'+'.join(waits)}" if waits else ""
    return text + ("  fence" if command.fence else "")


def _where(stream: Stream) -> str:
    return f"{stream.base.name.lower()}[{stream.offset}+{stream.lines}]"


def _text(command: Command) -> str:
    if isinstance(command, Load):
        return (
            f"LOAD   {_where(command.stream)} -> store {command.store} rows "
            f"{command.position}..{command.position + command.rows - 1}"
        )
    if isinstance(command, Spmm):
        parts = [f"SPMM   store {command.store} from {command.base}, sums {command.half}"]
        parts += ["clear"] if command.clear else []
        if command.words:
            kind = "int8" if command.pl_int8 else "binary"
            parts.append(f"PL {command.words} {kind} words {_where(command.pl)}")
        if command.slices:
            parts.append(
                f"STA {command.slices} slices in {command.packets} packets "
                f"{_where(command.control)} {_where(command.left)}"
            )
        return ", ".join(parts)
    if isinstance(command, Drain):
        parts = [f"DRAIN  sums {command.half}, {command.rows} rows, shift {command.shift}"]
        parts += ["relu"] if command.relu else []
        parts += ["int16"] if command.int16 else []
        if command.write_store:
            parts.append(f"-> store {command.store} from {command.position}")
        if command.write_memory:
            layout = "tiled" if command.tiled else "rows"
            parts.append(f"-> {_where(command.destination)} {layout}")
        return ", ".join(parts)
    return "END"
