# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hgcn.graph.csr import Csr
from hgcn.model.products import times


def in_order(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """The definition in Python's own floats: each product and each sum rounded by itself."""
    out = np.zeros((left.shape[0], right.shape[1]))
    for row in range(left.shape[0]):
        for col in range(right.shape[1]):
            total = 0.0
            for k in range(left.shape[1]):
                total += float(left[row, k]) * float(right[k, col])
            out[row, col] = total
    return out


@given(st.integers(1, 6), st.integers(1, 40), st.integers(1, 20), st.integers(0, 2**32))
def test_every_bit_is_that_of_sums_in_order(n: int, k: int, width: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    # Magnitudes far apart: another order, or a fused product, shows in the last bits.
    left = (rng.normal(size=(n, k)) * 10.0 ** rng.integers(-6, 6, (n, k))).astype(np.float32)
    left[rng.random((n, k)) < 0.3] = 0.0
    right = rng.normal(size=(width, k)).T
    want = in_order(left, right)

    rows, cols = np.nonzero(left)
    sparse = times(Csr.from_coo((n, k), rows, cols, left[rows, cols]), right)
    dense = times(left.astype(np.float64), right)

    assert sparse.tobytes() == want.tobytes()
    assert dense.tobytes() == want.tobytes()
