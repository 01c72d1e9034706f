# SPDX-License-Identifier: Apache-2.0
"""The checksums catch what they promise to, and equal the page's definition."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hgcn.isa.checksum import record_checksum, stream_checksum

records = st.lists(st.integers(0, 2**32 - 1), min_size=32, max_size=32).map(
    lambda words: np.array(words, dtype=np.uint32)
)
quads = st.integers(1, 20).flatmap(lambda n: st.binary(min_size=16 * n, max_size=16 * n))


def rotated(word: int, turn: int) -> int:
    return (word << turn | word >> (32 - turn)) & 0xFFFFFFFF


@given(records)
def test_a_record_sums_its_rotated_words(words: np.ndarray) -> None:
    terms = sum(rotated(int(word), turn) for turn, word in enumerate(words[:31]))
    assert record_checksum(words) == (terms + 0x48474331) % 2**32


@given(records, st.integers(0, 30), st.integers(1, 2**32 - 1))
def test_any_changed_word_of_a_record_is_caught(words: np.ndarray, at: int, change: int) -> None:
    before = record_checksum(words)
    words[at] ^= np.uint32(change)
    assert record_checksum(words) != before


@given(records)
def test_the_last_word_of_a_record_is_not_summed(words: np.ndarray) -> None:
    before = record_checksum(words)
    words[31] ^= np.uint32(1)
    assert record_checksum(words) == before


@given(quads)
def test_a_stream_sums_quads_and_their_running_sums(data: bytes) -> None:
    s1 = s2 = 0
    for quad in np.frombuffer(data, dtype="<u4").reshape(-1, 4):
        s1 = (s1 + sum(int(word) for word in quad)) % 2**32
        s2 = (s2 + s1) % 2**32
    assert stream_checksum(data) == (s1, s2)


@given(quads, st.data())
def test_any_changed_byte_of_a_stream_is_caught(data: bytes, draw: st.DataObject) -> None:
    broken = bytearray(data)
    broken[draw.draw(st.integers(0, len(data) - 1))] ^= draw.draw(st.integers(1, 255))
    assert stream_checksum(bytes(broken)) != stream_checksum(data)


@given(quads, st.data())
def test_exchanged_quads_of_a_stream_are_caught(data: bytes, draw: st.DataObject) -> None:
    rows = np.frombuffer(data, dtype="<u4").reshape(-1, 4)
    first, second = (draw.draw(st.integers(0, len(rows) - 1)) for _ in range(2))
    swapped = rows.copy()
    swapped[[first, second]] = swapped[[second, first]]
    moved = int(rows[first].sum(dtype=np.uint64)) - int(rows[second].sum(dtype=np.uint64))
    if (first - second) * moved % 2**32:
        assert stream_checksum(swapped.tobytes()) != stream_checksum(data)


def test_a_stream_of_zeros_sums_to_the_unchecked_pair() -> None:
    assert stream_checksum(bytes(64)) == (0, 0)
