# SPDX-License-Identifier: Apache-2.0
"""Rules of the plain integer arithmetic."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgcn.errors import ModelError
from hgcn.graph.csr import Csr
from hgcn.reference.infer import infer, spmm, trace
from hgcn.reference.job import Addend, Rows
from tests.reference.pair import pair_network
from tests.samples import random_network, summed_network


def test_hand_worked_pair() -> None:
    # X W = [3 -5; 6 -10]; summed over both nodes [9 -15], ReLU [9 0]; times [2; 1] = 18; 18 + 18.
    assert infer(pair_network()).tolist() == [[36], [36]]


@given(seed=st.integers(0, 10**6), binary=st.booleans())
def test_spmm_equals_the_dense_product(seed: int, binary: bool) -> None:
    rng = np.random.default_rng(seed)
    dense = rng.integers(-128, 128, (7, 9)) * (rng.random((7, 9)) < 0.4)
    rows, cols = np.nonzero(dense)
    data = None if binary else dense[rows, cols].astype(np.int8)
    right = rng.integers(-128, 128, (9, 5)).astype(np.int8)

    out = spmm(Csr.from_coo((7, 9), rows, cols, data), right)

    assert out.dtype == np.int32
    assert np.array_equal(out, ((dense != 0) if binary else dense).astype(int) @ right.astype(int))


def test_sums_keep_all_32_bits() -> None:
    left = Csr(
        shape=(1, 100_000),
        indptr=[0, 100_000],
        indices=np.arange(100_000),
        data=np.full(100_000, -127, np.int8),
    )

    assert spmm(left, np.full((100_000, 1), 127, np.int8))[0, 0] == -100_000 * 127 * 127


def test_rows_are_added_before_the_shift() -> None:
    network = pair_network()
    # 18 + 18 = 36 as before, plus H1 = [9, 0], its first column, 4 times: 36 * 2 + 36, halved.
    first = replace(network.jobs[2], left=Rows("H1"), right=np.array([[1], [0]], np.int8))
    first = replace(first, name="R")
    added = Addend(rows=Rows("R"), row=np.array([4, 0], np.uint16), col=np.array([1], np.uint16))
    last = replace(network.jobs[3], addend=added)
    network = replace(network, jobs=(*network.jobs[:2], first, network.jobs[2], last))
    assert infer(network).tolist() == [[36 + 9 * 4 // 2], [36]]


def test_stacked_rows_are_one_below_the_other() -> None:
    network = summed_network(70)
    steps = {step.job.name: step for step in trace(network)}
    both = network.operands["both"].to_dense().astype(int)
    # Two parts of 128 columns; those beyond the 70 nodes hold nothing.
    wanted = both[:, :70] @ steps["P"].output + both[:, 128:198] @ steps["R"].output
    np.testing.assert_array_equal(steps["S"].sums, wanted)


def test_the_largest_sum_with_an_addend_fits() -> None:
    acc, multiplier = 1 << 31, 65535 * 32767
    largest = acc * multiplier + (1 << 31 << 30) + (1 << 61) + (1 << 15) * multiplier
    assert largest < 1 << 63


def test_every_job_is_traced_with_what_it_gave() -> None:
    network = random_network(1)
    steps = list(trace(network))
    assert [step.job for step in steps] == list(network.jobs)
    assert np.array_equal(steps[-1].output, infer(network))


def test_features_handed_in_take_the_place_of_the_networks_own() -> None:
    network = replace(pair_network(), handed_in="features")
    assert infer(network, np.array([[2], [4]], np.int8)).tolist() == [[72], [72]]
    with pytest.raises(ModelError, match="pair has no operand that is handed in"):
        infer(pair_network(), np.array([[2], [4]], np.int8))
