# SPDX-License-Identifier: Apache-2.0
"""The validator: everything that can be known of an image before a cycle is spent on it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from hgcn.arch.device import LINE_BYTES, Device
from hgcn.checking.flow import DataFlow
from hgcn.checking.validate_streams import StreamCheck, need
from hgcn.checking.work import Work
from hgcn.errors import ProgramError
from hgcn.format.layouts import ROWS, TILED
from hgcn.format.numbers import Base
from hgcn.isa.commands import Command, Drain, End, Load, Spmm, Stream, streams
from hgcn.isa.hazards import HazardTracker
from hgcn.isa.image import check_crc, check_device, read_commands, read_header


def validate(image: bytes, device: Device) -> list[Command]:
    """Check an image against a device and return its commands.

    Raises
    ------
    ProgramError
        At the first violation: damage (header, CRC, checksums), another device, an illegal command,
        a stream outside its region or of a wrong length, a schedule bundle that reads a bank twice,
        an index outside its tile, a broken packet, a missing barrier; sums, rows or lines of
        memory read before the program wrote them; memory that it claims and does not write; more
        work than its size allows.

    Notes
    -----
    What passes gives the same answer on every backend, whatever ran before and however long memory
    takes. The rules are those of `docs/program-format.md`; the hardware enforces some of them and
    relies on the others.

    Time and memory are linear in the image, a logarithm of its ranges apart: each distinct stream
    is looked at once, and streams have no lines in common. No size that the image claims is
    allocated.
    """
    header = read_header(image)
    check_crc(image, header)
    check_device(header, device)
    commands = read_commands(image, header)
    if not commands or not isinstance(commands[-1], End):
        raise ProgramError("program must end with END")
    _check_overlap(commands)
    limit = {
        Base.PROGRAM: header.metadata_line,
        Base.INPUT: header.input_lines,
        Base.SCRATCH: header.scratch_lines,
        Base.OUTPUT: header.output_lines,
    }
    payload, flow, hazards = StreamCheck(image, device), DataFlow(device), HazardTracker()
    work = Work(len(image))
    input_lines = 0
    for index, command in enumerate(commands):
        if isinstance(command, End):
            if index != len(commands) - 1:
                raise ProgramError(f"command {index}: END must be the last command")
            break  # It waits for every engine, whatever it says.
        read = streams(command)
        try:
            _check_ranges(command, read, limit)
            _check_fields(command, device)
            work.step(command)
            payload.check(command, read)
            flow.step(command, read, payload.rows_read(command))
        except ProgramError as fault:
            raise ProgramError(f"command {index}: {fault}") from None
        for stream in read.values():
            if stream.base == Base.INPUT:
                input_lines = max(input_lines, stream.offset + stream.lines)
        wait_mask, fence = hazards.needs(command)
        if (wait_mask, fence) != (command.wait_mask, command.fence):
            raise ProgramError(
                f"command {index}: it must wait for engines {wait_mask:#06b} with fence {fence}, "
                f"got {command.wait_mask:#06b} with fence {command.fence}"
            )
    flow.check_filled(limit)
    need(input_lines == header.input_lines, "input lines", header.input_lines, f"{input_lines}")
    return commands


def _check_overlap(commands: list[Command]) -> None:
    """Two streams of the image are the same lines or have none in common.

    Otherwise a small file could hold so many long streams that to look at each takes for ever.
    """
    found: dict[tuple[int, int], int] = {}
    for index, command in enumerate(commands):
        for stream in streams(command).values():
            if stream.base == Base.PROGRAM:
                found.setdefault((stream.offset, stream.lines), index)
    for one, other in pairwise(sorted(found)):
        if other[0] < sum(one):
            raise ProgramError(
                f"command {max(found[one], found[other])}: streams of the program must be the same "
                f"lines or none in common, got one from line {one[0]} and one from {other[0]}"
            )


def _check_ranges(command: Command, read: Mapping[str, Stream], limit: Mapping[Base, int]) -> None:
    for name, stream in read.items():
        _check_end(name, stream, limit)
    if isinstance(command, Drain) and command.write_memory:
        where = command.destination
        inside = where.base in (Base.SCRATCH, Base.OUTPUT)
        need(inside, "destination", where.base.name, "in SCRATCH or OUTPUT")
        _check_end("destination", where, limit)


def _check_end(name: str, stream: Stream, limit: Mapping[Base, int]) -> None:
    end, most = stream.offset + stream.lines, limit[stream.base]
    if end > most:
        need(False, f"{name} stream's end", end, f"at most {most} lines of {stream.base.name}")


def _check_fields(command: Command, d: Device) -> None:
    if isinstance(command, Load):
        step = LINE_BYTES // d.features
        need(
            command.position % step == 0,
            "first position",
            command.position,
            f"a multiple of {step}",
        )
        lines = -(-command.rows // step)
        need(
            0 < lines == command.stream.lines,
            "rows",
            command.rows,
            f"what {command.stream.lines} lines hold",
        )
        end = command.position + lines * step
        need(end <= d.store_rows, "last position", end, f"at most {d.store_rows}")
    elif isinstance(command, Spmm):
        need(command.base % d.banks == 0, "base", command.base, f"a multiple of {d.banks}")
        need(command.base < d.store_rows, "base", command.base, f"below {d.store_rows}")
        need(
            (command.slices > 0) == (command.packets > 0),
            "packets",
            command.packets,
            "as the slices say",
        )
    elif isinstance(command, Drain):
        need(
            0 < command.rows <= d.tile_rows and command.rows % d.block_rows == 0,
            "rows",
            command.rows,
            f"a multiple of {d.block_rows} up to {d.tile_rows}",
        )
        need(
            command.position % d.banks == 0,
            "first position",
            command.position,
            f"a multiple of {d.banks}",
        )
        end = command.position + command.rows
        need(
            not command.write_store or end <= d.store_rows,
            "last position",
            end,
            f"at most {d.store_rows}",
        )
        need(1 <= command.shift <= 62, "shift", command.shift, "1 to 62")
        need(command.bias_shift <= 30, "bias shift", command.bias_shift, "at most 30")
        narrow, element = not command.int16, 2 if command.int16 else 1
        layout = TILED if command.tiled else ROWS
        need(element in layout.element_bytes, f"{layout.name} layout", "16 bits", "8 bits")
        need(narrow or not command.write_store, "rows of a store", "16 bits", "8 bits")
        size = command.rows * d.features * element
        want = size // LINE_BYTES if command.write_memory else 0
        need(
            command.destination.lines == want,
            "destination lines",
            command.destination.lines,
            str(want),
        )
