# SPDX-License-Identifier: Apache-2.0
import numpy as np

from hgcn.graph.csr import Csr
from hgcn.ordering.network import permute_network
from hgcn.reference.network import IntegerLayer, IntegerNetwork, infer
from hgcn.reference.requantise import Requantiser


def _scales(n: int, width: int, bits: int, rng: np.random.Generator) -> Requantiser:
    return Requantiser(
        row=rng.integers(1, 1000, n).astype(np.uint16),
        col=rng.integers(1, 1000, width).astype(np.uint16),
        bias=rng.integers(-99, 99, width).astype(np.int32),
        shift=18,
        bias_shift=3,
        relu=bits == 8,
        bits=bits,
    )


def test_the_order_changes_no_bit_of_the_output() -> None:
    rng = np.random.default_rng(9)
    n, widths = 30, (12, 8, 3)
    adjacency, features = rng.random((n, n)) < 0.2, rng.random((n, 12)) < 0.3
    layers = tuple(
        IntegerLayer(
            weight=rng.integers(-127, 128, widths[i : i + 2]).astype(np.int8),
            combine=_scales(n, widths[i + 1], 8, rng),
            aggregate=_scales(n, widths[i + 1], 16 if i else 8, rng),
        )
        for i in range(2)
    )
    network = IntegerNetwork(
        name="random",
        adjacency=Csr.from_coo((n, n), *np.nonzero(adjacency)),
        features=Csr.from_coo((n, 12), *np.nonzero(features)),
        layers=layers,
        logit_scale=1.0,
    )
    rows, columns = rng.permutation(n), rng.permutation(12)

    expected = infer(network)
    assert np.unique(expected).size > 10
    np.testing.assert_array_equal(infer(permute_network(network, rows, columns)), expected[rows])
