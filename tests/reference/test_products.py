# SPDX-License-Identifier: Apache-2.0
"""The fast products are the plain ones, whatever the network."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgcn.graph.csr import Csr, frozen
from hgcn.reference.infer import infer, multiply, trace
from hgcn.reference.products import fast_product
from tests.samples import random_csr, random_jobs, random_network


@given(seed=st.integers(0, 10**6), values=st.tuples(st.booleans(), st.booleans()))
def test_every_job_gives_the_same_integers(seed: int, values: tuple[bool, bool]) -> None:
    for network in (
        random_network(seed, feature_values=values[0], edge_values=values[1]),
        random_jobs(seed),
    ):
        pairs = zip(trace(network), trace(network, product=fast_product), strict=True)
        for plain, fast in pairs:
            assert fast.sums.dtype == np.int32
            assert np.array_equal(plain.sums, fast.sums)
            assert np.array_equal(plain.output, fast.output)


@given(seed=st.integers(0, 10**6))
def test_features_handed_in_give_the_same_integers(seed: int) -> None:
    network = replace(random_network(seed), handed_in="features")
    shape = network.operands["features"].shape
    features = np.random.default_rng(seed).integers(-128, 128, shape).astype(np.int8)
    found = infer(network, features, product=fast_product)
    assert np.array_equal(found, infer(network, features))


@pytest.mark.parametrize("shape", [(0, 3), (3, 0), (1, 1)])
def test_nothing_to_add_gives_zeros(shape: tuple[int, int]) -> None:
    left = Csr(shape=shape, indptr=np.zeros(shape[0] + 1, np.int64), indices=np.zeros(0, np.int32))
    right = np.ones((shape[1], 2), np.int8)
    assert np.array_equal(fast_product(left, right), multiply(left, right))


def test_sums_wrap_as_the_plain_ones_do() -> None:
    count = 150_000
    left = Csr(
        shape=(1, count),
        indptr=[0, count],
        indices=np.arange(count),
        data=np.full(count, -128, np.int8),
    )
    right = frozen(np.full((count, 1), -128, np.int8))
    found = fast_product(left, right)
    assert found[0, 0] == np.int64(count * 128 * 128).astype(np.int32) < 0
    assert np.array_equal(found, multiply(left, right))


def test_columns_and_layouts_of_any_kind_are_taken() -> None:
    rng = np.random.default_rng(1)
    left = random_csr(rng, (20, 30), density=0.2, values=True)
    right = np.asfortranarray(rng.integers(-128, 128, (30, 7)).astype(np.int8))
    assert np.array_equal(fast_product(left, right[:, ::2]), multiply(left, right[:, ::2]))
    assert np.array_equal(
        fast_product(right.T, left.to_dense().T.astype(np.int8)),
        (left.to_dense().astype(int) @ right).T,
    )
