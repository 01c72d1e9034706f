# SPDX-License-Identifier: Apache-2.0
"""Rules of quantisation: structure, error bounds, guards, and accuracy on real graphs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgcn.errors import ModelError
from hgcn.graph.csr import Csr
from hgcn.graph.graph import Graph
from hgcn.model import GCN, SHIPPED, accuracy, quantise, unchanged
from hgcn.model.normalise import add_self_loops, inverse_sqrt_degrees, to_scipy
from hgcn.model.operands import quantise_columns
from hgcn.model.quantisation import Quantisation
from hgcn.reference.infer import infer
from hgcn.reference.job import Named, Rows

MakeGraph = Callable[..., Graph]


def star(leaves: int, weight: float) -> Graph:
    """Node 0 aggregates from every other node."""
    indptr = np.full(leaves + 2, leaves)
    indptr[0] = 0
    data = np.full(leaves, weight, np.float32)
    adjacency = Csr(
        shape=(leaves + 1, leaves + 1), indptr=indptr, indices=np.arange(1, leaves + 1), data=data
    )
    features = Csr(shape=(leaves + 1, 1), indptr=np.zeros(leaves + 2, int), indices=[])
    return Graph(name="star", adjacency=adjacency, features=features)


@given(seed=st.integers(0, 10**6), depth=st.integers(1, 4), weighted=st.booleans())
def test_network_has_the_documented_shape(
    make_graph: MakeGraph, seed: int, depth: int, weighted: bool
) -> None:
    model = GCN.random([9, *range(4, 4 + depth)], seed)

    network = quantise(model, make_graph(seed, weighted=weighted))

    assert [job.layer for job in network.jobs] == [1 + place // 2 for place in range(2 * depth)]
    for combine in network.jobs[::2]:
        assert (combine.epilogue.bits, combine.epilogue.relu) == (8, False)
        assert not combine.epilogue.bias.any()
        assert combine.weights is not None and np.abs(combine.weights.astype(int)).max() == 127
    for combine, aggregate in zip(network.jobs[::2], network.jobs[1::2], strict=True):
        assert (aggregate.left, aggregate.right) == (Named("adjacency"), Rows(combine.name))
        last = aggregate is network.jobs[-1]
        assert (aggregate.epilogue.bits, aggregate.epilogue.relu) == (16 if last else 8, not last)


@given(seed=st.integers(0, 10**6))
def test_one_layer_errs_no_more_than_its_roundings(make_graph: MakeGraph, seed: int) -> None:
    graph = make_graph(seed, binary=True)
    model = GCN.random([9, 4], seed)
    assert graph.features is not None

    network = quantise(model, graph)
    real = infer(network) * network.logit_scale

    weight_step = quantise_columns(model.layers[0].weight)[1]
    loops = add_self_loops(graph)
    root = inverse_sqrt_degrees(loops)[:, None]
    sums, words = to_scipy(loops), to_scipy(graph.features)
    product = np.abs(root * (words @ model.layers[0].weight))
    product_step = product.max(axis=0) / 127
    # 2^-10 covers the multipliers: rows differ at most 5-fold here, columns at most 30-fold.
    p_error = root * (words.sum(axis=1)[:, None] * weight_step / 2) + product_step * 0.51
    p_error += product * 2.0**-10
    bound = root * (sums @ p_error) + root * (sums @ product) * 2.0**-10
    bound += network.logit_scale
    assert np.all(np.abs(real - model.forward(graph)) <= bound)


# Fixed seeds: where the classes of a drawn network cancel, the logits themselves are rounding.
@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("binary", [False, True])
@pytest.mark.parametrize("weighted", [False, True])
def test_deep_networks_stay_close_to_the_float_model(
    make_graph: MakeGraph, seed: int, binary: bool, weighted: bool
) -> None:
    graph = make_graph(seed, nodes=60, weighted=weighted, binary=binary)
    model = GCN.random([9, 16, 16, 3], seed)

    network = quantise(model, graph)

    logits = model.forward(graph)
    error = infer(network) * network.logit_scale - logits
    assert np.sqrt(np.mean(error**2)) < 0.03 * np.sqrt(np.mean(logits**2))


def test_same_input_gives_the_same_network(make_graph: MakeGraph) -> None:
    model = GCN.random([9, 8, 3])

    first, second = (quantise(model, make_graph(4, weighted=True)) for _ in range(2))

    assert first.digest() == second.digest()
    assert np.array_equal(infer(first), infer(second))


def test_bag_of_words_becomes_binary_under_row_normalisation(make_graph: MakeGraph) -> None:
    graph = make_graph(2, binary=True)

    network = quantise(GCN.random([9, 4, 3], feature_norm="row"), graph)

    assert all(operand.data is None for operand in network.operands.values())
    assert network.operands["features"].nnz == graph.features.nnz


def test_edge_weights_become_int8(make_graph: MakeGraph) -> None:
    network = quantise(GCN.random([9, 4]), make_graph(2, weighted=True))

    data = network.operands["adjacency"].data
    assert data is not None and data.dtype == np.int8


def test_silent_columns_cost_the_others_nothing(make_graph: MakeGraph) -> None:
    graph = make_graph(6, binary=True)
    model = GCN.random([9, 3], 6)
    weight = model.layers[0].weight.copy()
    weight[:, 1] *= 1e-9
    weight[:, 2] = 0
    faint = GCN(name="faint", layers=(type(model.layers[0])(weight=weight, bias=np.zeros(3)),))

    network = quantise(faint, graph)

    error = infer(network) * network.logit_scale - faint.forward(graph)
    assert np.abs(error[:, 0]).max() < 0.03 * np.abs(faint.forward(graph)[:, 0]).max()
    assert np.abs(error[:, 1:]).max() < 1e-6


def test_all_zero_weights_give_the_bias(make_graph: MakeGraph) -> None:
    layer = GCN.random([9, 2]).layers[0]
    zero = type(layer)(weight=np.zeros((9, 2)), bias=np.array([1.0, -0.5]))

    network = quantise(GCN(name="zero", layers=(zero,)), make_graph())

    assert np.allclose(infer(network) * network.logit_scale, [1.0, -0.5], rtol=1e-4)


def test_graph_without_edges_or_words_still_quantises() -> None:
    bare = Csr(shape=(2, 2), indptr=[0, 0, 0], indices=[])
    graph = Graph(name="bare", adjacency=bare, features=bare)
    model = GCN.random([2, 3, 2])

    network = quantise(model, graph)

    np.testing.assert_allclose(
        infer(network) * network.logit_scale, model.forward(graph), atol=0.02
    )


def test_smaller_percentile_gives_finer_steps(make_graph: MakeGraph) -> None:
    graph, model = make_graph(nodes=60), GCN.random([9, 8, 3])

    coarse, fine = (quantise(model, graph, quantisation=q) for q in ("max", "percentile:95"))

    def reach(network: object) -> float:
        scales = network.jobs[0].epilogue
        return float(scales.col.max()) / 2.0**scales.shift

    assert reach(fine) > reach(coarse)


def test_hidden_layer_too_wide_for_the_accumulator_is_refused(make_graph: MakeGraph) -> None:
    with pytest.raises(ModelError, match="layer 2 may sum to 2147"):
        quantise(GCN.random([9, 133153, 1]), make_graph(nodes=2))


def test_hub_too_large_for_the_accumulator_is_refused() -> None:
    leaves = 2**24 // 127

    quantise(GCN.random([1, 1]), star(leaves - 1, 1.01))
    with pytest.raises(ModelError, match="row 0 of the adjacency may sum to 2147"):
        quantise(GCN.random([1, 1]), star(leaves, 1.01))


def test_row_of_features_too_long_for_the_accumulator_is_refused() -> None:
    words = 2**31 // 127**2 + 1
    data = np.ones(words, np.float32)
    data[0] = 0.999
    features = Csr(shape=(1, words), indptr=[0, words], indices=np.arange(words), data=data)
    alone = Graph(
        name="alone", adjacency=Csr(shape=(1, 1), indptr=[0, 0], indices=[]), features=features
    )

    with pytest.raises(ModelError, match="row 0 of the features may sum to 2147"):
        quantise(GCN.random([words, 1]), alone)


@pytest.mark.parametrize("name", SHIPPED)
def test_int8_is_within_half_a_point_of_float(
    load_graph: Callable[[str], Graph], name: str
) -> None:
    graph = load_graph(name)
    assert graph.labels is not None
    model = GCN.for_graph(graph)

    logits, integers = model.forward(graph), infer(quantise(model, graph))

    before, after = (accuracy(x, graph.labels, graph.test_mask) for x in (logits, integers))
    same = unchanged(logits, integers)
    print(f"{name}: float {before:.2%}, int8 {after:.2%}, {same:.2%} of predictions unchanged")
    assert abs(after - before) <= 0.005
    assert same >= 0.98


CHOICES = (
    "max",
    "percentile:90",
    "limit:2",
    "degree",
    "degree:0.25",
    "percentile:95+limit:4+degree",
)


@pytest.mark.parametrize("words", CHOICES)
def test_every_choice_answers_well_where_there_is_nothing_to_cure(
    make_graph: MakeGraph, words: str
) -> None:
    graph, model = make_graph(3, nodes=80), GCN.random([9, 16, 16, 3], 3)

    network = quantise(model, graph, quantisation=words)

    logits = model.forward(graph)
    error = network.real_logits(infer(network)) - logits
    assert np.sqrt(np.mean(error**2)) < 0.35 * np.sqrt(np.mean(logits**2))


def test_max_is_the_default_and_the_choice_that_changes_nothing(make_graph: MakeGraph) -> None:
    graph, model = make_graph(4, weighted=True), GCN.random([9, 8, 3])
    plain = quantise(model, graph).digest()
    for same in ("max", "percentile:100", "limit:1000000", "degree:0", Quantisation()):
        assert quantise(model, graph, quantisation=same).digest() == plain
    for other in CHOICES[1:]:
        assert quantise(model, graph, quantisation=other).digest() != plain


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("depth", [2, 3])
def test_steps_that_grow_with_the_degree_are_exact_in_their_bias(
    weighted: bool, depth: int
) -> None:
    rng = np.random.default_rng(depth)
    leaves = 2000
    weights = rng.uniform(0.5, 2, leaves) if weighted else np.ones(leaves)
    dense = np.zeros((leaves + 1, leaves + 1))
    dense[0, 1:] = dense[1:, 0] = weights
    rows, cols = np.nonzero(dense)
    data = dense[rows, cols].astype(np.float32) if weighted else None
    features = rng.random((leaves + 1, 12)).astype(np.float32)
    graph = Graph(
        name="star",
        adjacency=Csr.from_coo(dense.shape, rows, cols, data),
        features=Csr.from_coo(features.shape, *np.nonzero(features), features[features > 0]),
    )
    model = GCN.random([12, *[16] * (depth - 1), 4], depth)

    # The float model, written once more.
    loops = dense + np.eye(leaves + 1)
    root = loops.sum(axis=1) ** -0.5
    hidden = features.astype(np.float64)
    for number, layer in enumerate(model.layers, start=1):
        product = hidden @ layer.weight.astype(np.float64)
        hidden = root[:, None] * (loops @ (root[:, None] * product)) + layer.bias
        hidden = np.maximum(hidden, 0) if number < depth else hidden

    def error(words: str) -> float:
        network = quantise(model, graph, quantisation=words)
        wrong = network.real_logits(infer(network)) - hidden
        return float(np.sqrt(np.mean(wrong**2)) / hidden.std())

    # One step for all leaves the leaves a few units of it: the hub is thirty times as large.
    assert error("degree") < 0.25 * error("max")
    assert error("degree") < 0.02


def test_a_row_of_features_far_above_the_others_costs_them_nothing() -> None:
    nodes = 200
    ring = np.arange(nodes)
    rows, cols = np.tile(ring, 2), np.concatenate([(ring + 1) % nodes, (ring - 1) % nodes])
    dense = np.random.default_rng(5).normal(size=(nodes, 9))
    dense[7] *= 1e6
    graph = Graph(
        name="ring",
        adjacency=Csr.from_coo((nodes, nodes), rows, cols),
        features=Csr.from_coo(dense.shape, *np.divmod(np.arange(dense.size), 9), dense.ravel()),
    )
    model = GCN.random([9, 8, 3], 5)
    logits, far = model.forward(graph), np.abs(ring - 7) > 2

    def agreement(words: str) -> float:
        return unchanged(logits[far], infer(quantise(model, graph, quantisation=words))[far])

    assert agreement("max") < 0.7
    assert agreement("limit:8") > 0.97 and agreement("percentile:99") > 0.97
