# SPDX-License-Identifier: Apache-2.0
"""The validator: everything that can be known of an image before a cycle is spent on it."""

from __future__ import annotations

from hgcn.arch.device import LINE_BYTES, Device
from hgcn.errors import ProgramError
from hgcn.program.commands import Command, Drain, End, Load, Spmm, streams
from hgcn.program.hazards import HazardTracker
from hgcn.program.image import Header, check_crc, read_commands, read_header
from hgcn.program.layout import Base
from hgcn.program.validate_streams import StreamCheck, need


def validate(image: bytes, device: Device) -> list[Command]:
    """Check an image against a device and return its commands.

    Raises
    ------
    ProgramError
        At the first violation: damage (header, CRC, checksums), another device, an illegal command,
        a stream outside its region or of a wrong length, a schedule word that reads a bank twice,
        an index outside its window, a broken packet, a missing barrier.

    Notes
    -----
    Linear in the image; each distinct stream is looked at once.
    """
    header = read_header(image)
    check_crc(image, header)
    if header.device_hash != device.hash:
        raise ProgramError(
            f"program was built for device hash {header.device_hash:#018x}, "
            f"{device.name} has {device.hash:#018x}"
        )
    commands = read_commands(image, header)
    if not commands or not isinstance(commands[-1], End):
        raise ProgramError("program must end with END")
    payload, hazards = StreamCheck(image, device), HazardTracker()
    input_lines = 0
    for index, command in enumerate(commands):
        if isinstance(command, End):
            if index != len(commands) - 1:
                raise ProgramError(f"command {index}: END must be the last command")
            break
        try:
            _check_ranges(command, header)
            _check_fields(command, device)
            payload.check(command)
        except ProgramError as fault:
            raise ProgramError(f"command {index}: {fault}") from None
        ends = (s.offset + s.lines for s in streams(command).values() if s.base == Base.INPUT)
        input_lines = max(input_lines, *ends, 0)
        if (needed := hazards.place(command)) != command:
            raise ProgramError(
                f"command {index}: it must wait for engines {needed.after:#06b} with fence "
                f"{needed.fence}, got {command.after:#06b} with fence {command.fence}"
            )
    need(input_lines == header.input_lines, "input lines", header.input_lines, f"{input_lines}")
    return commands


def _check_ranges(command: Command, header: Header) -> None:
    limit = {
        Base.PROGRAM: header.metadata_line,
        Base.INPUT: header.input_lines,
        Base.SCRATCH: header.scratch_lines,
        Base.OUTPUT: header.output_lines,
    }
    named = streams(command)
    if isinstance(command, Drain) and command.write_memory:
        named["destination"] = command.destination
        need(
            command.destination.base in (Base.SCRATCH, Base.OUTPUT),
            "destination",
            command.destination.base.name,
            "in SCRATCH or OUTPUT",
        )
    for name, stream in named.items():
        end = stream.offset + stream.lines
        need(
            end <= limit[stream.base],
            f"{name} stream's end",
            end,
            f"at most {limit[stream.base]} lines of {stream.base.name}",
        )


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
            0 < command.rows <= d.window_rows and command.rows % d.block_rows == 0,
            "rows",
            command.rows,
            f"a multiple of {d.block_rows} up to {d.window_rows}",
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
        need(not (command.tiled and command.int16), "tiled layout", "16 bits", "8 bits")
        size = command.rows * d.features * (2 if command.int16 else 1)
        want = size // LINE_BYTES if command.write_memory else 0
        need(
            command.destination.lines == want,
            "destination lines",
            command.destination.lines,
            str(want),
        )
