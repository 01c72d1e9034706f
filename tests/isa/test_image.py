# SPDX-License-Identifier: Apache-2.0
"""Images: header, streams, CRC, metadata."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np
import pytest

from hgcn.errors import ProgramError
from hgcn.isa.checksum import record_checksum, stream_checksum
from hgcn.isa.commands import End
from hgcn.isa.image import (
    ImageBuilder,
    check_crc,
    check_input,
    lines_of,
    read_commands,
    read_header,
    read_metadata,
)

METADATA = {"name": "café", "sizes": [1, 2.5, None, True]}
ARRAYS: dict[str, Any] = {
    "rows": np.array([2, 0, 1], dtype=np.int32),
    "table": np.arange(6, dtype=np.float32).reshape(2, 3),
    "none": np.zeros((0, 4), dtype=np.int8),
}


def make(**changes: Any) -> bytes:
    builder = ImageBuilder()
    builder.stream(b"abc")
    builder.commands.append(End(wait_mask=15))
    parts: dict[str, Any] = {
        "device_hash": 0x0123456789ABCDEF,
        "graph_hash": bytes(range(32)),
        "model_hash": bytes(range(32, 64)),
        "scratch_lines": 3,
        "output_lines": 5,
        "metadata": METADATA,
        "arrays": ARRAYS,
    }
    return builder.finish(**(parts | changes))


def with_words(image: bytes, changes: dict[int, int]) -> bytes:
    """Change header words and make its checksum and the CRC right again."""
    words = np.frombuffer(image, dtype="<u4", count=32).copy()
    for at, value in changes.items():
        words[at] = value
    words[24] = words[31] = 0
    words[24] = zlib.crc32(image[128:], zlib.crc32(words.tobytes()))
    words[31] = record_checksum(words)
    return words.tobytes() + image[128:]


def with_tail(text: bytes) -> bytes:
    """An image whose metadata is ``text``."""
    image = make()
    header = read_header(image)
    tail = len(text).to_bytes(4, "little") + text
    body = image[: header.metadata_line * 64] + tail
    body = body.ljust(lines_of(len(body)) * 64, b"\0")
    return with_words(body, {7: len(tail)})


def test_the_header_gives_back_what_went_in() -> None:
    image = make()
    header = read_header(image)
    check_crc(image, header)
    assert header.device_hash == 0x0123456789ABCDEF
    assert header.graph_hash + header.model_hash == bytes(range(64))
    assert (header.scratch_lines, header.output_lines, header.input_lines) == (3, 5, 0)
    assert (header.commands_line, header.num_commands, header.metadata_line) == (3, 1, 5)
    assert read_commands(image, header) == [End(wait_mask=15)]
    assert len(image) % 64 == 0


def test_metadata_and_arrays_come_back_as_they_were() -> None:
    image = make()
    metadata, arrays = read_metadata(image, read_header(image))
    assert metadata == METADATA
    assert arrays.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        assert arrays[name].dtype == array.dtype
        np.testing.assert_array_equal(arrays[name], array)


def test_equal_streams_are_stored_once_and_padded_with_zeros() -> None:
    builder = ImageBuilder()
    first, again, other = (builder.stream(data) for data in (b"a" * 65, b"a" * 65, b"b"))
    assert first == again
    assert (first.offset, first.lines, other.offset, other.lines) == (2, 2, 4, 1)
    assert (first.s1, first.s2) == stream_checksum(b"a" * 65 + bytes(63))


def test_the_same_parts_give_the_same_bytes() -> None:
    assert make() == make()


def test_every_flipped_byte_of_an_image_is_caught() -> None:
    image = make()
    for at in range(len(image)):
        for change in (1, 0x80, 0xFF):
            broken = bytearray(image)
            broken[at] ^= change
            with pytest.raises(ProgramError):
                check_crc(bytes(broken), read_header(bytes(broken)))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({0: 1}, "program must start with magic 0x4e434748, got 0x00000001"),
        ({1: 0x20003}, "program version must be 1.x, got 2.3"),
        ({7: 5000}, "program must be .* bytes as its header says"),
        ({5: 100}, "program commands must lie between its header and its metadata"),
        ({4: 1}, "program commands must lie between its header and its metadata"),
        ({29: 1}, "unused bits of the program header must be zero"),
    ],
)
def test_a_wrong_header_is_refused_by_name(changes: dict[int, int], message: str) -> None:
    with pytest.raises(ProgramError, match=message):
        read_header(with_words(make(), changes))


def test_a_later_minor_version_is_read() -> None:
    assert read_header(with_words(make(), {1: 0x10007})).num_commands == 1


def test_a_short_or_cut_file_is_refused() -> None:
    with pytest.raises(ProgramError, match="program must be at least 128 bytes, got 127"):
        read_header(make()[:127])
    with pytest.raises(ProgramError, match="as its header says"):
        read_header(make()[:-64])


def test_a_header_with_a_wrong_checksum_is_refused() -> None:
    image = bytearray(make())
    image[100] ^= 1
    with pytest.raises(ProgramError, match="header checksum mismatch"):
        read_header(bytes(image))


def test_an_image_without_commands_reads_as_none() -> None:
    builder = ImageBuilder()
    image = builder.finish(
        device_hash=0,
        graph_hash=bytes(32),
        model_hash=bytes(32),
        scratch_lines=0,
        output_lines=0,
        metadata={},
        arrays={},
    )
    assert read_commands(image, read_header(image)) == []


def test_an_input_must_be_as_long_as_the_header_says() -> None:
    header = read_header(make(input_lines=2))
    check_input(header, bytes(128))
    with pytest.raises(ProgramError, match="reads 128 bytes of features at run time, got 64"):
        check_input(header, bytes(64))
    check_input(read_header(make()), b"")
    with pytest.raises(ProgramError, match="reads no features at run time, got 64 bytes"):
        check_input(read_header(make()), bytes(64))
