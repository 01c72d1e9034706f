# SPDX-License-Identifier: Apache-2.0
"""The validator: everything that can be known of an image before a cycle is spent on it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hgcn.arch.device import K0, LINE_BYTES, Device
from hgcn.errors import ProgramError
from hgcn.mapping.mapped import NO_POSITION
from hgcn.program.checksum import stream_checksum
from hgcn.program.commands import Command, Drain, End, Load, Spmm, Stream, streams
from hgcn.program.image import Header, check_crc, read_commands, read_header
from hgcn.program.layout import Base
from hgcn.program.payload import VALID_BIT, decode_control, decode_records, decode_words


def validate(image: bytes, device: Device) -> list[Command]:
    """Check an image against a device and return its commands.

    Raises
    ------
    ProgramError
        At the first violation: damage (header, CRC, checksums), another device, an illegal command,
        a stream outside its region, a schedule word that reads a bank twice, an index outside its
        window.

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
    seen: set[tuple[object, ...]] = set()
    for index, command in enumerate(commands):
        if isinstance(command, End) and index != len(commands) - 1:
            raise ProgramError(f"command {index}: END must be the last command")
        try:
            _check_ranges(command, header)
            _check_fields(command, device)
            _check_streams(command, image, device, seen)
        except ProgramError as fault:
            raise ProgramError(f"command {index}: {fault}") from None
    return commands


def _need(holds: bool, what: str, got: object, want: str) -> None:
    if not holds:
        raise ProgramError(f"{what} must be {want}, got {got}")


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
        _need(
            command.destination.base in (Base.SCRATCH, Base.OUTPUT),
            "destination",
            command.destination.base.name,
            "in SCRATCH or OUTPUT",
        )
    for name, stream in named.items():
        end = stream.offset + stream.lines
        _need(
            end <= limit[stream.base],
            f"{name} stream's end",
            end,
            f"at most {limit[stream.base]} lines of {stream.base.name}",
        )


def _check_fields(command: Command, d: Device) -> None:
    if isinstance(command, Load):
        step = LINE_BYTES // d.features
        _need(
            command.position % step == 0,
            "first position",
            command.position,
            f"a multiple of {step}",
        )
        end = command.position + command.stream.lines * step
        _need(end <= d.store_rows, "last position", end, f"at most {d.store_rows}")
    elif isinstance(command, Spmm):
        _need(command.base % d.banks == 0, "base", command.base, f"a multiple of {d.banks}")
        _need(command.base < d.store_rows, "base", command.base, f"below {d.store_rows}")
        _need(
            (command.words > 0) == (command.pl.lines > 0),
            "PL stream",
            command.pl.lines,
            "as the words say",
        )
        _need(
            (command.slices > 0) == (command.packets > 0),
            "packets",
            command.packets,
            "as the slices say",
        )
    elif isinstance(command, Drain):
        _need(
            0 < command.rows <= d.window_rows and command.rows % d.block_rows == 0,
            "rows",
            command.rows,
            f"a multiple of {d.block_rows} up to {d.window_rows}",
        )
        _need(
            command.position % d.banks == 0,
            "first position",
            command.position,
            f"a multiple of {d.banks}",
        )
        end = command.position + command.rows
        _need(
            not command.write_store or end <= d.store_rows,
            "last position",
            end,
            f"at most {d.store_rows}",
        )
        _need(1 <= command.shift <= 62, "shift", command.shift, "1 to 62")
        _need(command.bias_shift <= 30, "bias shift", command.bias_shift, "at most 30")
        _need(not (command.tiled and command.int16), "tiled layout", "16 bits", "8 bits")
        size = command.rows * d.features * (2 if command.int16 else 1)
        want = size // LINE_BYTES if command.write_memory else 0
        _need(
            command.destination.lines == want,
            "destination lines",
            command.destination.lines,
            str(want),
        )


def _check_streams(
    command: Command, image: bytes, device: Device, seen: set[tuple[object, ...]]
) -> None:
    for name, stream in streams(command).items():
        if stream.base != Base.PROGRAM or (name, stream) in seen:
            continue
        seen.add((name, stream))
        data = _bytes_of(image, stream)
        if (stream.s1 or stream.s2) and stream_checksum(data) != (stream.s1, stream.s2):
            raise ProgramError(f"{name} stream: checksum mismatch")
    if isinstance(command, Spmm):
        key = ("spmm", command.pl, command.control, command.base, command.words, command.slices)
        if key not in seen:
            seen.add(key)
            _check_words(command, image, device)
            _check_control(command, image, device)
    elif isinstance(command, Drain):
        _, _, _, place = decode_records(_bytes_of(image, command.records), command.rows, device)
        _need(
            bool((place >> 9 < device.lanes).all() and ((place & 0x1FF) < device.slots).all()),
            "places",
            "one beyond",
            f"within {device.lanes} lanes of {device.slots} slots",
        )


def _bytes_of(image: bytes, stream: Stream) -> bytes:
    start = stream.offset * LINE_BYTES
    return image[start : start + stream.lines * LINE_BYTES]


def _distinct(banks: NDArray[np.int64], live: NDArray[np.bool_], num_banks: int) -> bool:
    """Whether the live banks of every row are distinct."""
    row = np.arange(len(banks), dtype=np.int64)[:, None] * num_banks
    count = np.bincount((row + banks)[live], minlength=1)
    return bool(count.max(initial=0) <= 1)


def _check_words(command: Spmm, image: bytes, d: Device) -> None:
    if not command.words:
        return
    data = _bytes_of(image, command.pl)
    entries = decode_words(data, command.words, d, binary=not command.pl_int8)
    live = (entries & VALID_BIT) != 0
    position = (entries & 0x3FFF).astype(np.int64) + command.base
    _need(
        bool((position[live] < d.store_rows).all()),
        "entry positions",
        int(position[live].max(initial=0)),
        f"below {d.store_rows}",
    )
    slot = int((entries[live] >> 14 & 0x1FF).max(initial=0))
    _need(slot < d.slots, "entry slot", slot, f"below {d.slots}")
    if not _distinct(position % d.banks, live, d.banks):
        raise ProgramError("a schedule word reads a bank twice")


def _check_control(command: Spmm, image: bytes, d: Device) -> None:
    if not command.slices:
        return
    records = decode_control(_bytes_of(image, command.control), command.slices)
    blocks = d.window_rows // d.block_rows
    _need(bool((records.tag < blocks).all()), "tags", int(records.tag.max()), f"below {blocks}")
    _need(
        bool((records.pe_row < d.sta_rows).all()),
        "PE rows",
        int(records.pe_row.max()),
        f"below {d.sta_rows}",
    )
    _need(
        int(records.last.sum()) == command.packets,
        "packets",
        int(records.last.sum()),
        str(command.packets),
    )
    _need(
        bool((records.int8 == records.int8[0]).all()), "left operands", "both kinds", "of one kind"
    )
    live = records.positions < NO_POSITION
    position = records.positions.astype(np.int64) + command.base
    _need(
        bool((position[live] < d.store_rows).all()),
        "gathered positions",
        int(position[live].max(initial=0)),
        f"below {d.store_rows}",
    )
    groups = (position % d.banks).reshape(-1, d.gather_rows)
    if not _distinct(groups, live.reshape(-1, d.gather_rows), d.banks):
        raise ProgramError("a slice gathers a bank twice in one cycle")
    size = d.block_rows * (K0 if records.int8[0] else 1) * command.slices
    _need(
        command.left.lines * LINE_BYTES >= size,
        "left stream",
        command.left.lines * LINE_BYTES,
        f"at least {size} bytes",
    )
