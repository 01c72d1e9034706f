# SPDX-License-Identifier: Apache-2.0
"""The program image: header, streams, commands and metadata in one run of bytes."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hgcn.arch.device import LINE_BYTES, Device
from hgcn.errors import ProgramError
from hgcn.format.commands import HEADER
from hgcn.format.fields import Kind
from hgcn.format.numbers import (
    MAGIC,
    MAX_COMMANDS,
    RECORD_BYTES,
    RECORD_WORDS,
    VERSION_MAJOR,
    VERSION_MINOR,
    Base,
)
from hgcn.isa.checksum import record_checksum, stream_checksum
from hgcn.isa.command_codec import decode_commands, encode_command, words_of
from hgcn.isa.commands import Command, Stream
from hgcn.isa.metadata import decode_metadata, encode_metadata
from hgcn.isa.records import Header

_HEADER_LINES = RECORD_BYTES // LINE_BYTES
_CRC, _CHECKSUM = HEADER["image_crc"].word, HEADER["checksum"].word
_FIXED = (
    HEADER["magic"].put_bits(MAGIC)
    | HEADER["version_major"].put_bits(VERSION_MAJOR)
    | HEADER["version_minor"].put_bits(VERSION_MINOR)
)


def lines_of(size_bytes: int) -> int:
    """Lines that hold ``size_bytes``."""
    return -(-size_bytes // LINE_BYTES)


@dataclass(slots=True)
class ImageBuilder:
    """Collects streams and commands; equal streams are stored once."""

    _chunks: list[bytes] = field(default_factory=list)
    _known: dict[bytes, Stream] = field(default_factory=dict)
    _lines: int = _HEADER_LINES
    commands: list[Command] = field(default_factory=list)

    def stream(self, data: bytes) -> Stream:
        """Store ``data`` padded to whole lines and return where it lies."""
        found = self._known.get(data)
        if found is None:
            lines = lines_of(len(data))
            padded = data.ljust(lines * LINE_BYTES, b"\0")
            s1, s2 = stream_checksum(padded)
            found = Stream(base=Base.PROGRAM, offset=self._lines, lines=lines, s1=s1, s2=s2)
            self._known[data] = found
            self._chunks.append(padded)
            self._lines += lines
        return found

    def finish(
        self,
        *,
        device_hash: int,
        graph_hash: bytes,
        model_hash: bytes,
        scratch_lines: int,
        output_lines: int,
        input_lines: int = 0,
        metadata: dict[str, Any],
        arrays: dict[str, NDArray[Any]],
    ) -> bytes:
        """Return the whole image."""
        records = b"".join(
            encode_command(command).astype("<u4").tobytes() for command in self.commands
        )
        commands_line = self._lines
        metadata_line = commands_line + len(records) // LINE_BYTES
        tail = encode_metadata(metadata, arrays)
        header = Header(
            device_hash=device_hash,
            commands_line=commands_line,
            num_commands=len(self.commands),
            metadata_line=metadata_line,
            metadata_bytes=len(tail),
            graph_hash=graph_hash,
            model_hash=model_hash,
            image_crc=0,
            scratch_lines=scratch_lines,
            output_lines=output_lines,
            input_lines=input_lines,
        )
        words = words_of(HEADER, header, _FIXED).astype("<u4")
        body = b"".join(self._chunks) + records + tail
        body = body.ljust(lines_of(len(body)) * LINE_BYTES, b"\0")
        words[_CRC] = zlib.crc32(body, zlib.crc32(words.tobytes()))
        words[_CHECKSUM] = record_checksum(words)
        return words.tobytes() + body


def read_header(image: bytes) -> Header:
    """Read and check the header of a whole image.

    Raises
    ------
    ProgramError
        Naming the first thing that is wrong: size, magic, version, checksum or extents.
    """
    header = read_header_record(image[:RECORD_BYTES])
    whole = image_bytes(header)
    if whole != len(image):
        raise ProgramError(f"program must be {whole} bytes as its header says, got {len(image)}")
    return header


def image_bytes(header: Header) -> int:
    """Return how long the image is, as its header says."""
    return (header.metadata_line + lines_of(header.metadata_bytes)) * LINE_BYTES


def read_header_record(record: bytes) -> Header:
    """Read and check a header alone.

    Raises
    ------
    ProgramError
        See `read_header`.
    """
    if len(record) < RECORD_BYTES:
        raise ProgramError(f"program must be at least {RECORD_BYTES} bytes, got {len(record)}")
    words = np.frombuffer(record, dtype="<u4", count=RECORD_WORDS)
    whole = int.from_bytes(record[:RECORD_BYTES], "little")
    found = {name: field.get_bits(whole) for name, field in HEADER.leaves.items()}
    if found["magic"] != MAGIC:
        raise ProgramError(
            f"program must start with magic {MAGIC:#010x}, got {found['magic']:#010x}"
        )
    if found["version_major"] != VERSION_MAJOR:
        raise ProgramError(
            f"program version must be {VERSION_MAJOR}.x, "
            f"got {found['version_major']}.{found['version_minor']}"
        )
    if record_checksum(words) != found["checksum"]:
        raise ProgramError("program header checksum mismatch: the file is damaged")
    parts: dict[str, Any] = {
        field.name: found[field.name].to_bytes(field.width // 8, "little")
        if field.kind is Kind.HASH
        else found[field.name]
        for field in HEADER.fields
        if not field.fixed
    }
    header = Header(**parts)
    end = header.commands_line * LINE_BYTES + header.num_commands * RECORD_BYTES
    if header.commands_line < _HEADER_LINES or end > header.metadata_line * LINE_BYTES:
        raise ProgramError("program commands must lie between its header and its metadata")
    if header.num_commands > MAX_COMMANDS:
        raise ProgramError(
            f"program must have at most {MAX_COMMANDS} commands, got {header.num_commands}"
        )
    if (words & ~HEADER.meant).any():
        raise ProgramError("unused bits of the program header must be zero")
    return header


def check_crc(image: bytes, header: Header) -> None:
    """Raise `ProgramError` if any byte of the image differs from what was written."""
    blank = np.frombuffer(image, dtype="<u4", count=RECORD_WORDS).copy()
    blank[[_CRC, _CHECKSUM]] = 0
    crc = zlib.crc32(memoryview(image)[RECORD_BYTES:], zlib.crc32(blank.tobytes()))
    if crc != header.image_crc:
        raise ProgramError(
            f"program CRC must be {header.image_crc:#010x}, got {crc:#010x}: the file is damaged"
        )


def check_device(header: Header, device: Device) -> None:
    """Raise `ProgramError` if the program was built for another device."""
    if header.device_hash != device.hash:
        raise ProgramError(
            f"program was built for device hash {header.device_hash:#018x}, "
            f"{device.name} has {device.hash:#018x}"
        )


def check_input(header: Header, input_data: bytes) -> None:
    """Raise `ProgramError` if ``input_data`` is not as long as the INPUT region of the program."""
    want = header.input_lines * LINE_BYTES
    if len(input_data) != want:
        raise ProgramError(
            f"the program reads {want} bytes of features at run time, got {len(input_data)}"
            if want
            else f"the program reads no features at run time, got {len(input_data)} bytes"
        )


def read_commands(image: bytes, header: Header) -> list[Command]:
    """Decode every command.

    Raises
    ------
    ProgramError
        If one is malformed; the message has its index.
    """
    records = np.frombuffer(
        image,
        dtype="<u4",
        count=header.num_commands * RECORD_WORDS,
        offset=header.commands_line * LINE_BYTES,
    ).reshape(-1, RECORD_WORDS)
    return decode_commands(records)


def read_metadata(image: bytes, header: Header) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """Decode the software's part; see `hgcn.isa.metadata.decode_metadata`."""
    start = header.metadata_line * LINE_BYTES
    return decode_metadata(memoryview(image)[start : start + header.metadata_bytes])
