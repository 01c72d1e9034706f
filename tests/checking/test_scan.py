# SPDX-License-Identifier: Apache-2.0
"""The compiled passes against the rules said slowly, over streams that are valid or nearly so."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgcn.checking import scan
from hgcn.errors import ProgramError
from hgcn.isa.payload import decode_bundles, decode_control
from tests.samples import DEVICES, TINY

seeds = st.integers(0, 2**32 - 1)
BLOCKS = TINY.tile_rows // TINY.block_rows

VALID_BIT = 1 << 23


def control_stream(rng: random.Random, *, wide: bool) -> tuple[bytes, int]:
    """Records of valid packets, those of different PE rows interleaved; how many there are."""
    waiting: list[list[bytes]] = [[] for _ in range(TINY.array_rows)]
    for _ in range(rng.randint(1, 5)):
        row, count, tag = rng.randrange(TINY.array_rows), rng.randint(1, 4), rng.randrange(BLOCKS)
        for number in range(count):
            dense = rng.random() < 0.4
            flags = (number == 0) | (number == count - 1) << 1 | dense << 2 | wide << 3
            base = 8 * rng.randrange(64) if dense else 0
            bundles = [tag, count, row | flags << 8, base]
            if not dense:
                for _ in range(0, 8, TINY.gather_rows):
                    banks = rng.sample(range(TINY.banks), TINY.gather_rows)
                    bundles += [
                        0x8000 | rng.randrange(9)
                        if rng.random() < 0.3
                        else bank + 8 * rng.randrange(64)
                        for bank in banks
                    ]
            waiting[row].append(np.array(bundles, "<u2").tobytes())
    records = []
    while any(waiting):
        row = rng.choice([row for row, queue in enumerate(waiting) if queue])
        records.append(waiting[row].pop(0))
    return b"".join(records), len(records)


def valid(data: bytes, slices: int) -> bool:
    """The rules of docs/program-format.md, packet by packet."""
    try:
        found = decode_control(data, slices)
    except ProgramError:
        return False
    heads, at = [], 0
    for dense in found.dense:
        heads.append(data[at : at + 8])
        at += 8 if dense else 24
    for index, head in enumerate(heads):
        base = int.from_bytes(head[6:8], "little")
        if head[5] >> 4 or (base % 8 or base >= 1 << 14 if found.dense[index] else base):
            return False
        for group in found.positions[index].reshape(-1, TINY.gather_rows):
            banks = [int(position) % TINY.banks for position in group if position < 0x8000]
            if len(banks) != len(set(banks)):
                return False
    if found.tag.max() >= BLOCKS or len(set(found.int8.tolist())) > 1:
        return False
    for row in range(256):
        mine = np.flatnonzero(found.pe_row == row).tolist()
        if mine and row >= TINY.array_rows:
            return False
        while mine:
            count = int(found.packet_slices[mine[0]])
            packet, mine = mine[:count], mine[count:]
            one = {(int(found.tag[i]), int(found.packet_slices[i])) for i in packet}
            if count == 0 or len(packet) < count or len(one) > 1:
                return False
            if [bool(found.first[i]) for i in packet] != [True] + [False] * (count - 1):
                return False
            if [bool(found.last[i]) for i in packet] != [False] * (count - 1) + [True]:
                return False
    return True


def scanned(data: bytes, slices: int) -> tuple[int, int, int, np.ndarray]:
    """What the pass finds: fault, size, packets, marks."""
    marks = np.zeros(1 << 15, np.bool_)
    octets = np.frombuffer(data, np.uint8)
    fault, _, size, packets, _ = scan.scan_control(
        octets, slices, BLOCKS, TINY.array_rows, TINY.banks, TINY.gather_rows, marks
    )
    return fault, size, packets, marks


@given(seeds, st.booleans())
def test_valid_records_pass_and_their_positions_are_marked(seed: int, wide: bool) -> None:
    data, slices = control_stream(random.Random(seed), wide=wide)
    fault, size, packets, marks = scanned(data + bytes(40), slices)
    found = decode_control(data, slices)
    assert valid(data, slices)
    assert (fault, size, packets) == (scan.VALID, len(data), int(found.first.sum()))
    read = found.positions[found.positions < 0x8000]
    assert set(np.flatnonzero(marks)) == set(read.tolist())


@given(seeds, st.booleans(), st.integers(0, 255), st.integers(-1, 1))
def test_a_changed_byte_or_count_passes_exactly_if_it_is_valid(
    seed: int, wide: bool, value: int, more: int
) -> None:
    rng = random.Random(seed)
    data, slices = control_stream(rng, wide=wide)
    changed = bytearray(data)
    # Heads are where the rules are; half of the changes flip a bit, half write any byte.
    at = rng.randrange(len(data))
    changed[at] = value if rng.random() < 0.5 else changed[at] ^ 1 << rng.randrange(8)
    slices = max(1, slices + more)
    fault, *_ = scanned(bytes(changed), slices)
    assert (fault == scan.VALID) == valid(bytes(changed), slices)


@pytest.mark.parametrize("device", ["tiny", "one-lane", "tall", "wide"])
@given(seed=seeds, binary=st.booleans(), bundles=st.integers(1, 12), spread=st.integers(1, 14))
def test_bundles_are_what_their_entries_say(
    device: str, seed: int, binary: bool, bundles: int, spread: int
) -> None:
    target, rng = DEVICES[device], np.random.default_rng(seed)
    size = 3 if binary else 4
    entries = rng.integers(0, 1 << 32, (bundles, target.lanes), dtype=np.uint32)
    # Few valid entries, so that some streams read no bank twice.
    entries[rng.random(entries.shape) < 0.7] &= np.uint32(~VALID_BIT & 0xFFFF_FFFF)
    entries &= np.uint32(0xFFFF_FFFF ^ (0x3FFF & ~((1 << spread) - 1)))
    data = entries.astype("<u4").view(np.uint8).reshape(-1, 4)[:, :size].tobytes()
    decoded = decode_bundles(data, bundles, target, binary=binary)

    marks = np.zeros(1 << 15, np.bool_)
    twice, slot = scan.scan_bundles(
        np.frombuffer(data, np.uint8), bundles, target.lanes, size, target.banks, marks
    )
    first = -1
    for number, bundle in enumerate(decoded):
        banks = [int(e & 0x3FFF) % target.banks for e in bundle if e & VALID_BIT]
        if len(banks) != len(set(banks)):
            first = number
            break
    assert twice == first
    if first < 0:
        live = decoded[(decoded & VALID_BIT) != 0]
        assert set(np.flatnonzero(marks)) == set((live & 0x3FFF).tolist())
        assert slot == max((live >> 14 & 0x1FF).tolist(), default=-1)
