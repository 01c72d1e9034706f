# SPDX-License-Identifier: Apache-2.0
"""hgcn_tensor_array and hgcn_tensor_pe: slices through the array, a beat at a time.

Nothing here steps with a clock. When a beat moves follows from when those before it moved, by the
rule of each register on its way; it is computed as soon as all it depends on is known. What is not
known yet depends on something that has not happened yet, and lies in the future. Times on the PL
side are edges of its clock, those of a PE are edges of the tensor array's.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hgcn.cycles import ports as p
from hgcn.cycles.sizes import Sizes
from hgcn.format.streams import FLAG_FIRST, FLAG_INT8, FLAG_LAST
from hgcn.jit import compiled_part

Int = NDArray[np.int64]

COLUMN_BEATS = 2
"""Beats of A that wait for the next column (hgcn_tensor_array, u_next)."""
OUTPUT = 3
"""A step to the first beat of its word in the output register (hgcn_tensor_pe: stages, memory)."""

SLICES = 64
"""Slices of a PE row whose times are kept: more than can be under way."""
WORDS = 128
"""Words of sums: as many as the output memory of the largest PE holds."""

(
    A_PIECES,  # Pieces pushed at the A port so far
    B_PIECES,  # Slices pushed at the B ports
    BEGUN,  # Slices whose record has been taken
    BEGUN_PACKETS,
    MERGED,  # Beats of C the merge has taken, of each column
    PUSHED_NEW,  # Something has been pushed since the times were computed
    MERGED_NEW,  # The merge has taken a beat since
) = range(7)
KIND = 7  # Flags of each slice
TAG = KIND + SLICES  # Row block of each packet
MERGED_AT = TAG + SLICES  # PL edge of each beat of C
ROW_SIZE = MERGED_AT + p.BEATS
"""Columns of `Array.rows`."""

(
    A_TAKEN,  # Beats of A so far
    A_SLICE,  # Slice of the next one
    A_BEAT,  # Its place in that slice, the header included
    B_SLICE,
    B_BEAT,
    BLOCK_AT,  # Edge at which the A block being multiplied was complete
    BLOCK_STEPS,  # Its steps to come
    SLICE_STEPS,  # Those of its slice
    STEP_SLICE,  # Slice being multiplied
    STEP_AT,  # Edge of the last step
    STEPS,  # Words of sums made so far
    WORDS_OUT,  # Of these, gone from the output memory
    C_OUT,  # Beats of C in the output register so far
    C_OUT_AT,
    C_BEAT,  # Place of the next one in its packet, the header included
    C_CROSSED,  # Beats of C in the clock crossing so far
    C_CROSSED_AT,
) = range(17)
A_AT = 17  # array edge of each beat of A
FULL_AT = A_AT + p.BEATS  # Edge of each slice's last beat of B
DONE_AT = FULL_AT + SLICES  # Edge of each slice's last step
WORD_AT = DONE_AT + SLICES  # Edge of the step that made each word
WORD_OUT_AT = WORD_AT + WORDS
C_SHOWN = WORD_OUT_AT + WORDS  # PL edge from which each beat of C can be taken
PE_SIZE = C_SHOWN + p.BEATS
"""Columns of `Array.pes`."""


class Array(NamedTuple):
    """State of all PE rows; the constants above name the last index.

    Attributes
    ----------
    rows : ndarray of int64, shape (R, ROW_SIZE)
    ports : ndarray of int64, shape (R, 1 + C, p.PORT_SIZE)
        As `hgcn.cycles.ports` has it.
    pes : ndarray of int64, shape (R, C, PE_SIZE)
    """

    rows: Int
    ports: Int
    pes: Int


@compiled_part
def new_array(sizes: Sizes) -> Array:
    """Return an array that has seen nothing."""
    state = Array(
        np.zeros((sizes.pe_rows, ROW_SIZE), np.int64),
        np.zeros((sizes.pe_rows, 1 + sizes.pe_cols, p.PORT_SIZE), np.int64),
        np.zeros((sizes.pe_rows, sizes.pe_cols, PE_SIZE), np.int64),
    )
    # Before edge 0 of either clock
    state.ports[:, :, p.OUT_AT] = state.ports[:, :, p.CROSSED_AT] = -(1 << 20)
    for place in (BLOCK_AT, STEP_AT, C_OUT_AT, C_CROSSED_AT):
        state.pes[:, :, place] = -(1 << 20)
    return state


@compiled_part
def begin_slice(rows: Int, row: int, flags: int, tag: int) -> None:
    """Note the record of a PE row's next slice."""
    rows[row, KIND + rows[row, BEGUN] % SLICES] = flags
    rows[row, BEGUN] += 1
    if flags & FLAG_FIRST:
        rows[row, TAG + rows[row, BEGUN_PACKETS] % SLICES] = tag
        rows[row, BEGUN_PACKETS] += 1


@compiled_part
def push_a(rows: Int, ports: Int, row: int, at: int, beats: int) -> None:
    """Push a piece of ``beats`` into the packetiser of a row's A port, at edge ``at``."""
    piece = rows[row, A_PIECES] % p.PIECES
    ports[row, 0, p.PUSHED + piece] = at
    ports[row, 0, p.LENGTH + piece] = beats
    rows[row, A_PIECES] += 1
    rows[row, PUSHED_NEW] = 1


@compiled_part
def push_b(rows: Int, ports: Int, row: int, at: int, beats: int) -> None:
    """Push a slice of ``beats`` into the packetisers of a row's B ports, at edge ``at``."""
    piece = rows[row, B_PIECES] % p.PIECES
    for port in range(1, ports.shape[1]):
        ports[row, port, p.PUSHED + piece] = at
        ports[row, port, p.LENGTH + piece] = beats
    rows[row, B_PIECES] += 1
    rows[row, PUSHED_NEW] = 1


@compiled_part
def _take_b(rows: Int, ports: Int, pes: Int, row: int, col: int, sizes: Sizes) -> bool:
    """Follow the beats of B into the two slice buffers of a PE; whether any moved."""
    moved = False
    port = 1 + col
    while ports[row, port, p.TAKEN] < ports[row, port, p.CROSSED]:
        beat, part = ports[row, port, p.TAKEN], pes[row, col, B_SLICE]
        header = rows[row, KIND + part % SLICES] & FLAG_FIRST > 0
        at = ports[row, port, p.SHOWN + beat % p.BEATS]
        if beat > 0:
            at = max(at, ports[row, port, p.TAKEN_AT + (beat - 1) % p.BEATS] + 1)
        if part >= 2 and pes[row, col, B_BEAT] >= header:
            if pes[row, col, STEP_SLICE] <= part - 2:
                return moved
            at = max(at, pes[row, col, DONE_AT + (part - 2) % SLICES] + 1)
        ports[row, port, p.TAKEN_AT + beat % p.BEATS] = at
        ports[row, port, p.TAKEN] += 1
        pes[row, col, B_BEAT] += 1
        if pes[row, col, B_BEAT] == sizes.b_beats + header:
            pes[row, col, FULL_AT + part % SLICES] = at
            pes[row, col, B_BEAT] = 0
            pes[row, col, B_SLICE] += 1
        moved = True
    return moved


@compiled_part
def _step(rows: Int, pes: Int, row: int, col: int, sizes: Sizes) -> bool:
    """Follow the steps of the A block that a PE holds; whether all are known."""
    part = pes[row, col, STEP_SLICE]
    if pes[row, col, B_SLICE] <= part:
        return False
    at = max(pes[row, col, BLOCK_AT], pes[row, col, STEP_AT])
    at = max(at, pes[row, col, FULL_AT + part % SLICES])
    if rows[row, KIND + part % SLICES] & FLAG_LAST:
        while pes[row, col, BLOCK_STEPS] > 0:
            word = pes[row, col, STEPS]
            if word >= sizes.array_steps:
                # A word of the output memory for this step
                if pes[row, col, WORDS_OUT] <= word - sizes.array_steps:
                    return False
                at = max(at, pes[row, col, WORD_OUT_AT + (word - sizes.array_steps) % WORDS])
            at += 1
            pes[row, col, STEP_AT] = pes[row, col, WORD_AT + word % WORDS] = at
            pes[row, col, STEPS] += 1
            pes[row, col, BLOCK_STEPS] -= 1
            pes[row, col, SLICE_STEPS] += 1
    else:
        at += pes[row, col, BLOCK_STEPS]
        pes[row, col, STEP_AT] = at
        pes[row, col, SLICE_STEPS] += pes[row, col, BLOCK_STEPS]
        pes[row, col, BLOCK_STEPS] = 0
    if pes[row, col, SLICE_STEPS] == sizes.array_steps:
        pes[row, col, DONE_AT + part % SLICES] = at
        pes[row, col, SLICE_STEPS] = 0
        pes[row, col, STEP_SLICE] += 1
    return True


@compiled_part
def _take_a(rows: Int, ports: Int, pes: Int, row: int, col: int, sizes: Sizes) -> bool:
    """Follow the beats of A into a PE, and with them to the next column; whether any moved."""
    moved = False
    while True:
        if pes[row, col, BLOCK_STEPS] > 0:
            steps = pes[row, col, STEPS]
            whole = _step(rows, pes, row, col, sizes)
            moved |= whole or pes[row, col, STEPS] > steps
        beat = pes[row, col, A_TAKEN]
        if col == 0:
            if ports[row, 0, p.CROSSED] <= beat:
                return moved
            at = ports[row, 0, p.SHOWN + beat % p.BEATS]
        else:
            if pes[row, col - 1, A_TAKEN] <= beat:
                return moved
            at = pes[row, col - 1, A_AT + beat % p.BEATS] + 1
        if beat > 0:
            at = max(at, pes[row, col, A_AT + (beat - 1) % p.BEATS] + 1)
        if col + 1 < sizes.pe_cols and beat >= COLUMN_BEATS:
            if pes[row, col + 1, A_TAKEN] <= beat - COLUMN_BEATS:
                return moved
            at = max(at, pes[row, col + 1, A_AT + (beat - COLUMN_BEATS) % p.BEATS] + 1)
        flags = rows[row, KIND + pes[row, col, A_SLICE] % SLICES]
        place = pes[row, col, A_BEAT] - (flags & FLAG_FIRST > 0)  # In the slice; -1 is the header
        wide = flags & FLAG_INT8 > 0
        beats = sizes.wide_beats if wide else sizes.binary_beats
        if place >= 0 and (not wide or place % 2 == 1):
            # It completes a block: an int8 one has two beats, a binary beat is four of them.
            if pes[row, col, BLOCK_STEPS] > 0:
                return moved
            at = max(at, pes[row, col, STEP_AT])
            pes[row, col, BLOCK_AT] = at
            pes[row, col, BLOCK_STEPS] = sizes.array_steps // (beats // 2 if wide else beats)
        pes[row, col, A_AT + beat % p.BEATS] = at
        pes[row, col, A_TAKEN] += 1
        pes[row, col, A_BEAT] += 1
        if place == beats - 1:
            pes[row, col, A_BEAT] = 0
            pes[row, col, A_SLICE] += 1
        if col == 0:
            ports[row, 0, p.TAKEN_AT + beat % p.BEATS] = at
            ports[row, 0, p.TAKEN] += 1
        moved = True


@compiled_part
def _send_c(rows: Int, pes: Int, row: int, col: int, sizes: Sizes) -> bool:
    """Follow the beats of C from the output memory into the clock crossing; whether any moved."""
    moved = False
    beats = sizes.sum_beats // sizes.array_steps  # Of a word
    while True:
        if pes[row, col, C_OUT] == pes[row, col, C_CROSSED]:
            word = pes[row, col, WORDS_OUT]
            if pes[row, col, STEPS] <= word:
                return moved
            at = max(pes[row, col, WORD_AT + word % WORDS] + OUTPUT, pes[row, col, C_OUT_AT] + 1)
            at = max(at, pes[row, col, C_CROSSED_AT])
            pes[row, col, C_OUT_AT] = at
            pes[row, col, C_OUT] += 1
            place = pes[row, col, C_BEAT]  # 0 is the header.
            if place > 0 and place % beats == 0:
                pes[row, col, WORD_OUT_AT + word % WORDS] = at
                pes[row, col, WORDS_OUT] += 1
            pes[row, col, C_BEAT] = 0 if place == sizes.sum_beats else place + 1
            moved = True
        beat = pes[row, col, C_CROSSED]
        at = pes[row, col, C_OUT_AT] + 1
        if beat >= p.PORT_BEATS:
            if rows[row, MERGED] <= beat - p.PORT_BEATS:
                return moved
            room = rows[row, MERGED_AT + (beat - p.PORT_BEATS) % p.BEATS]
            at = max(at, p.array_after(room, sizes) + p.CROSSING)
        pes[row, col, C_CROSSED_AT] = at
        pes[row, col, C_SHOWN + beat % p.BEATS] = p.pl_after(at, sizes) + p.CROSSING
        pes[row, col, C_CROSSED] += 1


@compiled_part
def follow(row: int, rows: Int, ports: Int, pes: Int, sizes: Sizes) -> None:
    """Compute all times of a PE row that are known by now."""
    moving = rows[row, PUSHED_NEW] == 1
    if rows[row, MERGED_NEW] == 1:
        for col in range(sizes.pe_cols):
            # Room for a beat of C frees a word, which a step may wait for.
            words = pes[row, col, WORDS_OUT]
            _send_c(rows, pes, row, col, sizes)
            moving |= pes[row, col, WORDS_OUT] > words and pes[row, col, BLOCK_STEPS] > 0
    rows[row, PUSHED_NEW] = rows[row, MERGED_NEW] = 0
    while moving:
        moving = p.send(ports, row, 0, rows[row, A_PIECES], sizes)
        for col in range(sizes.pe_cols):
            moving |= p.send(ports, row, 1 + col, rows[row, B_PIECES], sizes)
            moving |= _take_b(rows, ports, pes, row, col, sizes)
            moving |= _take_a(rows, ports, pes, row, col, sizes)
            moving |= _send_c(rows, pes, row, col, sizes)
