# SPDX-License-Identifier: Apache-2.0
"""A program image taken apart and put together again, every checksum and extent right."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from hgcn.arch.device import LINE_BYTES
from hgcn.errors import ProgramError
from hgcn.format.commands import COMMAND, HEADER, STREAM, STREAM_SLOTS, STREAM_WORD
from hgcn.format.fields import WORD_BITS
from hgcn.format.numbers import RECORD_BYTES, RECORD_WORDS, Base
from hgcn.isa.checksum import record_checksums, stream_checksum
from hgcn.isa.command_codec import decode_command
from hgcn.isa.commands import Stream, streams
from hgcn.isa.image import lines_of, read_header

HEADER_LINES = RECORD_LINES = RECORD_BYTES // LINE_BYTES
WORD_OF = {name: field.word for name, field in HEADER.leaves.items()}
"""First words of the header's fields."""
STREAM_WORDS = STREAM.width // WORD_BITS
STREAMS_AT = tuple(STREAM_WORD + STREAM_WORDS * slot for slot in range(STREAM_SLOTS))
"""First words of the streams of a record."""


@dataclass(slots=True)
class Parts:
    """An image in pieces.

    Attributes
    ----------
    words : ndarray of uint32, shape (32,)
        The header.
    payload : bytearray
        The streams, from line 2 of the image on.
    records : ndarray of uint32, shape (commands, 32)
    document : Any
        The JSON of the metadata.
    blobs : bytes
        The arrays of the metadata.
    """

    words: np.ndarray
    payload: bytearray
    records: np.ndarray
    document: Any
    blobs: bytes

    @staticmethod
    def of(image: bytes) -> Parts:
        """Take a valid image apart."""
        header = read_header(image)
        begin, end = header.commands_line * LINE_BYTES, header.metadata_line * LINE_BYTES
        tail = image[end : end + header.metadata_bytes]
        size = int.from_bytes(tail[:4], "little")
        return Parts(
            words=np.frombuffer(image, "<u4", count=RECORD_WORDS).copy(),
            payload=bytearray(image[RECORD_BYTES:begin]),
            records=np.frombuffer(image[begin:end], "<u4").reshape(-1, RECORD_WORDS).copy(),
            document=json.loads(tail[4 : 4 + size]),
            blobs=tail[4 + size :],
        )

    def streams(self) -> list[tuple[str, Stream]]:
        """The streams of the payload that its well-formed commands name, with their names."""
        found: dict[tuple[int, int], tuple[str, Stream]] = {}
        for record in self.records:
            try:
                command = decode_command(record, 0)
            except ProgramError:
                continue
            for name, stream in streams(command).items():
                inside = stream.offset >= HEADER_LINES and self._end(stream) <= len(self.payload)
                if stream.base == Base.PROGRAM and inside:
                    found[stream.offset, stream.lines] = (name, stream)
        return list(found.values())

    def span(self, stream: Stream) -> slice:
        """Where a stream lies in the payload."""
        return slice((stream.offset - HEADER_LINES) * LINE_BYTES, self._end(stream))

    def seal(self) -> None:
        """Make the checksums of records and of streams that have one right."""
        for record in self.records:
            for at in STREAMS_AT:
                words = record[at : at + STREAM_WORDS]
                told = {name: int(STREAM.get(words, name)) for name in STREAM.leaves}
                stream = Stream(**told | {"base": Base(told["base"])})
                inside = stream.offset >= HEADER_LINES and self._end(stream) <= len(self.payload)
                checked = stream.s1 or stream.s2
                if stream.lines and checked and stream.base == Base.PROGRAM and inside:
                    sums = stream_checksum(bytes(self.payload[self.span(stream)]))
                    words[[STREAM["s1"].word, STREAM["s2"].word]] = sums
        self.records[:, COMMAND["checksum"].word] = record_checksums(self.records)

    def image(self, header: dict[int, int] | None = None) -> bytes:
        """Put the pieces together, then change words of the header."""
        text = json.dumps(self.document).encode()
        tail = len(text).to_bytes(4, "little") + text + self.blobs
        payload = bytes(self.payload).ljust(lines_of(len(self.payload)) * LINE_BYTES, b"\0")
        body = payload + self.records.astype("<u4").tobytes() + tail
        words = self.words.copy()
        commands_line = HEADER_LINES + len(payload) // LINE_BYTES
        words[WORD_OF["commands_line"]] = commands_line
        words[WORD_OF["num_commands"]] = len(self.records)
        words[WORD_OF["metadata_line"]] = commands_line + RECORD_LINES * len(self.records)
        words[WORD_OF["metadata_bytes"]] = len(tail)
        for at, value in (header or {}).items():
            words[at] = value
        return resealed(words.tobytes() + body.ljust(lines_of(len(body)) * LINE_BYTES, b"\0"))

    def _end(self, stream: Stream) -> int:
        return (stream.offset + stream.lines - HEADER_LINES) * LINE_BYTES


def resealed(image: bytes) -> bytes:
    """Return the image with the CRC and the checksum of its header made right."""
    if len(image) < RECORD_BYTES:
        return image
    words = np.frombuffer(image, "<u4", count=RECORD_WORDS).copy()
    crc, checksum = WORD_OF["image_crc"], WORD_OF["checksum"]
    words[crc] = words[checksum] = 0
    words[crc] = zlib.crc32(image[RECORD_BYTES:], zlib.crc32(words.tobytes()))
    words[checksum] = record_checksums(words[None, :])[0]
    return words.tobytes() + image[RECORD_BYTES:]
