# SPDX-License-Identifier: Apache-2.0
"""Laws of the integer network and its SpMM."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgcn.errors import ModelError
from hgcn.graph.csr import Csr
from hgcn.reference.network import IntegerLayer, IntegerNetwork, infer, spmm
from hgcn.reference.requantise import Requantiser


def scales(n: int, f: int, *, bits: int = 8, relu: bool = False, shift: int = 1) -> Requantiser:
    """Multiply by 2 / 2^shift."""
    return Requantiser(
        row=np.full(n, 2, np.uint16),
        col=np.ones(f, np.uint16),
        bias=np.zeros(f, np.int32),
        shift=shift,
        bias_shift=0,
        relu=relu,
        bits=bits,
    )


def pair_network() -> IntegerNetwork:
    """Two nodes joined by an edge; weights 3 and -5, then 2 and 1."""
    return IntegerNetwork(
        name="pair",
        adjacency=Csr(shape=(2, 2), indptr=[0, 2, 4], indices=[0, 1, 0, 1]),
        features=Csr(
            shape=(2, 1), indptr=[0, 1, 2], indices=[0, 0], data=np.array([1, 2], np.int8)
        ),
        layers=(
            IntegerLayer(
                weight=np.array([[3, -5]], np.int8),
                combine=scales(2, 2),
                aggregate=scales(2, 2, relu=True),
            ),
            IntegerLayer(
                weight=np.array([[2], [1]], np.int8),
                combine=scales(2, 1),
                aggregate=scales(2, 1, bits=16),
            ),
        ),
        logit_scale=0.5,
    )


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


@given(seed=st.integers(0, 10**6))
def test_node_order_permutes_the_output_only(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n = 8
    rows, cols = np.nonzero((rng.random((n, n)) < 0.3) | np.eye(n, dtype=bool))
    features = Csr.from_coo((n, 4), *np.nonzero(rng.random((n, 4)) < 0.5))
    row = rng.integers(0, 65536, n).astype(np.uint16)
    order = rng.permutation(n)

    def network(order: np.ndarray | None) -> IntegerNetwork:
        multipliers = row if order is None else row[order]
        side = replace(scales(n, 3, shift=17), row=multipliers)
        weight = np.arange(12, dtype=np.int8).reshape(4, 3) - 6
        return IntegerNetwork(
            name="any",
            adjacency=Csr.from_coo((n, n), rows, cols).permuted(order, order),
            features=features.permuted(order),
            layers=(IntegerLayer(weight=weight, combine=side, aggregate=side),),
            logit_scale=1.0,
        )

    assert np.array_equal(infer(network(order)), infer(network(None))[order])


def test_digest_sees_every_weight_and_scale() -> None:
    network = pair_network()
    first = network.layers[0]
    other_weight = replace(first, weight=np.array([[3, -4]], np.int8))
    other_shift = replace(first, combine=replace(first.combine, shift=2))

    digests = {
        replace(network, layers=(layer, network.layers[1])).digest()
        for layer in (first, other_weight, other_shift)
    }

    assert len(digests) == 3
    assert network.digest() == pair_network().digest()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda net: replace(net, layers=()), "pair: a network needs at least one layer"),
        (
            lambda net: replace(net, adjacency=Csr(shape=(3, 3), indptr=[0] * 4, indices=[])),
            r"adjacency must be 2 x 2 .* got \(3, 3\)",
        ),
        (
            lambda net: replace(net, layers=net.layers[1:]),
            "layer 1 takes 2 features, but gets 1",
        ),
        (
            lambda net: replace(
                net, layers=(replace(net.layers[0], combine=scales(3, 2)), net.layers[1])
            ),
            "layer 1: scales must be for 2 rows and 2 columns",
        ),
        (
            lambda net: replace(net, features=replace(net.features, data=np.float32([1, 2]))),
            "quantised features must be int8 or binary, got float32",
        ),
    ],
)
def test_parts_that_do_not_fit_are_named(
    change: Callable[[IntegerNetwork], IntegerNetwork], message: str
) -> None:
    with pytest.raises(ModelError, match=message):
        change(pair_network())


def test_width_and_depth_are_read_off() -> None:
    assert (pair_network().num_nodes, pair_network().num_classes) == (2, 1)
