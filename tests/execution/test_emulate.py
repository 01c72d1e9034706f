# SPDX-License-Identifier: Apache-2.0
"""The emulation of a program whose every sum can be done by hand."""

from __future__ import annotations

import numpy as np
import pytest

from hgcn.execution import emulate
from hgcn.execution.backend import RunOptions
from hgcn.execution.emulate import EmulateBackend
from hgcn.execution.reference import ReferenceBackend
from hgcn.isa.output import read_output
from hgcn.reference.infer import infer
from tests.isa.handmade import image_of
from tests.samples import DEVICES, TINY, build, logits, random_network


def by_hand() -> np.ndarray:
    """The output of `handmade`, 32 rows of 8."""
    store = np.zeros((32, 8), dtype=np.int64)
    store[:16] = np.arange(128).reshape(16, 8)
    sums = np.zeros((32, 8), dtype=np.int64)
    sums[[0, 5, 10, 15]] += store[:4]  # Lane l, slot l is the accumulator of row 4 l + l.
    left = np.arange(48).reshape(3, 16)  # A byte a row, bit k is column k.
    for slice_, block, base in ((0, 0, 0), (1, 0, 8), (2, 1, 9)):
        for row in range(16):
            for k in range(8 if slice_ < 2 else 1):
                sums[16 * block + row] += (left[slice_, row] >> k & 1) * store[base + k]
    product = np.clip((sums * 700 + 256) >> 9, -128, 127)
    again = np.zeros((32, 8), dtype=np.int64)
    again[[0, 5, 10, 15]] = product[:4]
    return (again * 700 + 256) >> 9


def test_the_handmade_program_gives_what_the_hand_gives() -> None:
    image = image_of(lambda builder: None)
    for backend in (EmulateBackend(), ReferenceBackend()):
        run = backend.run(image, TINY, RunOptions())
        np.testing.assert_array_equal(read_output(run.output, 32, 8, TINY), by_hand())
        assert run.bytes_written == 8 * 64
        # Header and six commands; rows, words, control, left; words again; records twice.
        assert run.bytes_read == 7 * 128 + 64 * (2 + 1 + 1 + 1 + 1 + 2 * 3)


@pytest.mark.parametrize("cells", [1, 300, 1000])
@pytest.mark.parametrize("values", [False, True])
def test_streams_cut_into_small_pieces_give_the_same_sums(
    monkeypatch: pytest.MonkeyPatch, cells: int, values: bool
) -> None:
    network = random_network(3, nodes=90, feature_values=values, edge_values=values)
    _, image, rows = build(network, DEVICES["tiles"], policy="threshold:2")
    monkeypatch.setattr(emulate, "_CHUNK_CELLS", cells)
    run = EmulateBackend().run(image, DEVICES["tiles"], RunOptions())
    found = logits(run.output, network, rows, DEVICES["tiles"])
    np.testing.assert_array_equal(found, infer(network))
