# SPDX-License-Identifier: Apache-2.0
"""A legal program written by hand: what it holds does not depend on any mapping."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from hgcn.format.numbers import Base
from hgcn.isa.commands import NO_STREAM, Drain, End, Load, Spmm, Stream
from hgcn.isa.image import ImageBuilder
from tests.samples import TINY

LOAD, SPMM, DRAIN, AGGREGATE, OUTPUT, END = range(6)

SPARSE, DENSE, LONE = 0, 24, 32
"""First bytes of the three control records of the first SPMM."""


def bundles() -> bytes:
    """One word of four binary entries: positions 0 to 3, slots 0 to 3."""
    entries = [lane | lane << 14 | 1 << 23 for lane in range(4)]
    return b"".join(entry.to_bytes(3, "little") for entry in entries)


def control() -> bytes:
    """A packet of a sparse and a dense slice on PE row 0, and a sparse one on PE row 1."""
    padding = [0x8000] * 7
    parts = (
        [0, 2, 0 | 1 << 8, 0, *range(8)],
        [0, 2, 0 | (2 | 4) << 8, 8],
        [1, 1, 1 | (1 | 2) << 8, 0, 9, *padding],
    )
    return b"".join(np.array(part, dtype="<u2").tobytes() for part in parts)


def records() -> bytes:
    """Eight column parameters, then 32 rows with accumulators of their own."""
    params = np.tile(np.array([100, 0], dtype="<u4"), 8)
    rows = [[7, row % 4 << 9 | row // 4] for row in range(32)]
    return params.tobytes() + np.array(rows, dtype="<u2").tobytes()


def handmade() -> ImageBuilder:
    """LOAD 16 rows, SPMM, DRAIN to store 1, SPMM on the PL alone, DRAIN to the output, END."""
    builder = ImageBuilder()
    pl, scales = builder.stream(bundles()), builder.stream(records())
    drain: dict[str, Any] = {
        "relu": False,
        "tiled": False,
        "position": 0,
        "rows": 32,
        "shift": 9,
        "bias_shift": 0,
        "records": scales,
        "wait_mask": 0b0110,
    }
    builder.commands += [
        Load(store=0, position=0, rows=16, stream=builder.stream(bytes(range(128)))),
        Spmm(
            clear=True,
            pl_int8=False,
            buffer=0,
            store=0,
            base=0,
            bundles=1,
            slices=3,
            packets=2,
            pl=pl,
            control=builder.stream(control()),
            left=builder.stream(bytes(range(3 * TINY.block_rows))),
            wait_mask=0b0001,
        ),
        Drain(
            int16=False,
            buffer=0,
            store=1,
            write_store=True,
            write_memory=False,
            destination=NO_STREAM,
            **drain,
        ),
        Spmm(
            clear=True,
            pl_int8=False,
            buffer=1,
            store=1,
            base=0,
            bundles=1,
            slices=0,
            packets=0,
            pl=pl,
            control=NO_STREAM,
            left=NO_STREAM,
            wait_mask=0b1000,
        ),
        Drain(
            int16=True,
            buffer=1,
            store=0,
            write_store=False,
            write_memory=True,
            destination=Stream(base=Base.OUTPUT, offset=0, lines=8),
            **drain,
        ),
        End(wait_mask=0b1111),
    ]
    return builder


def image_of(change: Callable[[ImageBuilder], None], **header: Any) -> bytes:
    """The image after ``change`` to its streams and commands, all sums right."""
    builder = handmade()
    change(builder)
    parts: dict[str, Any] = {
        "device_hash": TINY.hash,
        "graph_hash": bytes(32),
        "model_hash": bytes(32),
        "scratch_lines": 0,
        "output_lines": 8,
        "metadata": {},
        "arrays": {},
    }
    return builder.finish(**(parts | header))
