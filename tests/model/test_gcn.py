# SPDX-License-Identifier: Apache-2.0
"""Rules of the float model, its checks and its files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from hgcn.errors import ModelError, SpecError
from hgcn.graph.csr import Csr
from hgcn.graph.graph import Graph
from hgcn.model import GCN, SHIPPED, GCNLayer, accuracy
from hgcn.model.normalise import to_scipy

MakeGraph = Callable[..., Graph]


def dense_forward(model: GCN, graph: Graph) -> NDArray[np.float64]:
    """The definition, dense and in float64; for graphs without self-loops of their own."""
    assert graph.features is not None
    loops = to_scipy(graph.adjacency).toarray()
    if model.add_self_loops:
        twice = model.improved and graph.adjacency.data is not None
        loops += np.eye(graph.num_nodes) * (2 if twice else 1)
    root = np.eye(graph.num_nodes)
    if model.normalize:
        degrees = loops.sum(axis=1)
        root = np.diag([degree**-0.5 if degree else 0.0 for degree in degrees])
    hidden = to_scipy(graph.features).toarray()
    if model.feature_norm == "pyg":
        hidden = hidden - hidden.min()
        hidden = hidden / np.maximum(hidden.sum(axis=1, keepdims=True), 1)
    if model.feature_norm == "row":
        sums = np.abs(hidden).sum(axis=1, keepdims=True)
        hidden = hidden / np.where(sums == 0, 1, sums)
    for layer in model.layers[:-1]:
        hidden = root @ loops @ root @ hidden @ layer.weight + layer.bias
        hidden = np.maximum(hidden, 0) if model.activation == "relu" else hidden
    last = model.layers[-1]
    return np.asarray(root @ loops @ root @ hidden @ last.weight + last.bias)


def path_of_three() -> Graph:
    """0 - 1 - 2, with features 1, 2 and 3."""
    return Graph(
        name="path",
        adjacency=Csr(shape=(3, 3), indptr=[0, 1, 3, 4], indices=[1, 0, 2, 1]),
        features=Csr(
            shape=(3, 1), indptr=[0, 1, 2, 3], indices=[0, 0, 0], data=np.float32([1, 2, 3])
        ),
    )


def test_hand_worked_path() -> None:
    # Degrees with self-loops 2, 3, 2. Node 0: 1/2 * 1 + 2 / sqrt(6). Node 1: 1 / sqrt(6) + 2/3
    # + 3 / sqrt(6). Node 2: 2 / sqrt(6) + 3/2.
    model = GCN(name="sum", layers=(GCNLayer(weight=np.ones((1, 1)), bias=np.zeros(1)),))

    logits = model.forward(path_of_three())

    r = 6**-0.5
    assert logits[:, 0] == pytest.approx([0.5 + 2 * r, 4 * r + 2 / 3, 2 * r + 1.5], rel=1e-12)


def test_relu_acts_between_layers_only() -> None:
    minus = GCNLayer(weight=-np.ones((1, 1)), bias=np.zeros(1))

    once = GCN(name="once", layers=(minus,)).forward(path_of_three())
    twice = GCN(name="twice", layers=(minus, minus)).forward(path_of_three())

    assert (once < 0).all() and (twice == 0).all()


@given(
    seed=st.integers(0, 10**6),
    depth=st.integers(1, 4),
    weighted=st.booleans(),
    norm=st.sampled_from(["row", "pyg", "none"]),
    loops=st.sampled_from([(True, True), (True, False), (False, False)]),
    improved=st.booleans(),
    activation=st.sampled_from(["relu", "none"]),
)
def test_forward_equals_the_dense_formula(
    make_graph: MakeGraph,
    seed: int,
    depth: int,
    weighted: bool,
    norm: str,
    loops: tuple[bool, bool],
    improved: bool,
    activation: str,
) -> None:
    graph = make_graph(seed, weighted=weighted)
    widths = [9, *range(4, 4 + depth)]
    model = replace(
        GCN.random(widths, seed, feature_norm=norm),
        normalize=loops[0],
        add_self_loops=loops[1],
        improved=improved,
        activation=activation,
    )

    np.testing.assert_allclose(
        model.forward(graph), dense_forward(model, graph), rtol=1e-10, atol=1e-12
    )


@pytest.mark.parametrize("weighted", [False, True])
def test_forward_equals_gcnconv(make_graph: MakeGraph, weighted: bool) -> None:
    torch = pytest.importorskip("torch", reason="needs PyTorch")
    geometric = pytest.importorskip("torch_geometric.nn", reason="needs PyTorch Geometric")
    graph = make_graph(5, weighted=weighted)
    model = GCN.random([9, 4], seed=5)
    conv = geometric.GCNConv(9, 4)
    conv.lin.weight.data = torch.from_numpy(model.layers[0].weight.T.copy())
    conv.bias.data = torch.from_numpy(model.layers[0].bias.copy())
    edges = np.stack([graph.adjacency.indices, graph.adjacency.row_ids()]).astype(np.int64)
    weights = torch.from_numpy(graph.adjacency.data.copy()) if weighted else None
    dense = torch.from_numpy(to_scipy(graph.features).toarray().astype(np.float32))

    expected = conv(dense, torch.from_numpy(edges), weights).detach().numpy()

    np.testing.assert_allclose(model.forward(graph), expected, rtol=1e-4, atol=1e-5)


def test_features_of_another_width_name_both_widths(make_graph: MakeGraph) -> None:
    with pytest.raises(ModelError, match=r"random0 has 9 features per node, but .* takes 7"):
        GCN.random([7, 2]).forward(make_graph())


def test_graph_without_features_is_refused() -> None:
    bare = Graph(name="bare", adjacency=path_of_three().adjacency)

    with pytest.raises(ModelError, match=r"bare has no features, but .* takes 7 per node"):
        GCN.random([7, 2]).forward(bare)


def test_layers_must_fit_each_other() -> None:
    with pytest.raises(ModelError, match="bad: layer 2 takes 5 features, but gets 4"):
        GCN(name="bad", layers=GCN.random([3, 4]).layers + GCN.random([5, 2]).layers)


@pytest.mark.parametrize(
    ("weight", "bias", "message"),
    [
        (np.ones(3), np.ones(3), r"layer 1 must be a matrix, got shape \(3,\)"),
        (np.ones((3, 0)), np.ones(0), "layer 1 must be a matrix"),
        (np.ones((3, 2)), np.ones(3), "bias of layer 1 must have 2 entries"),
        (np.full((3, 2), np.nan), np.ones(2), "layer 1 holds NaN or infinity"),
    ],
)
def test_bad_layers_are_named(
    weight: NDArray[np.float64], bias: NDArray[np.float64], message: str
) -> None:
    with pytest.raises(ModelError, match=message):
        GCN(name="bad", layers=(GCNLayer(weight=weight, bias=bias),))


def test_names_norms_and_depth_are_checked() -> None:
    layers = GCN.random([3, 2]).layers
    with pytest.raises(ModelError, match="at least one layer"):
        GCN(name="empty", layers=())
    with pytest.raises(ModelError, match="printable"):
        GCN(name="two\nlines", layers=layers)
    with pytest.raises(ModelError, match="must be 'row' or 'pyg' or 'none', got 'col'"):
        GCN(name="norm", layers=layers, feature_norm="col")
    with pytest.raises(ModelError, match="activation must be 'relu' or 'none', got 'elu'"):
        GCN(name="act", layers=layers, activation="elu")
    with pytest.raises(ModelError, match="improved must be True or False, got 2"):
        GCN(name="two", layers=layers, improved=2)
    with pytest.raises(ModelError, match="add_self_loops must be False without normalize"):
        GCN(name="loops", layers=layers, normalize=False, add_self_loops=True)
    assert not GCN(name="raw", layers=layers, normalize=False).add_self_loops
    with pytest.raises(SpecError, match="widths"):
        GCN.random([3])


def test_model_shares_no_memory_with_its_caller() -> None:
    weight = np.ones((3, 2), np.float32)
    model = GCN(name="own", layers=(GCNLayer(weight=weight, bias=np.zeros(2)),))

    weight[:] = 7

    assert (model.layers[0].weight == 1).all() and not model.layers[0].weight.flags.writeable


def test_random_repeats_by_seed() -> None:
    first, same, other = (GCN.random([5, 4, 3], seed) for seed in (1, 1, 2))

    assert np.array_equal(first.layers[1].weight, same.layers[1].weight)
    assert not np.array_equal(first.layers[1].weight, other.layers[1].weight)


@given(seed=st.integers(0, 10**6), widths=st.lists(st.integers(1, 6), min_size=2, max_size=5))
def test_save_then_load_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, seed: int, widths: list[int]
) -> None:
    path = tmp_path_factory.mktemp("models") / "model.safetensors"
    random = GCN.random(widths, seed)
    options = {"normalize": False, "improved": True, "activation": "none", "feature_norm": "row"}
    model = GCN(name="ünï", layers=random.layers, metadata={"epochs": "3"}, **options)

    model.save(path)
    again = GCN.load(path)

    assert (again.name, again.metadata) == ("ünï", {"epochs": "3"})
    assert again.options == model.options == options | {"add_self_loops": False}
    assert again.widths == tuple(widths)
    for before, after in zip(model.layers, again.layers, strict=True):
        assert np.array_equal(before.weight, after.weight)
        assert np.array_equal(before.bias, after.bias)


def test_load_can_override_what_a_header_says(tmp_path: Path) -> None:
    GCN.random([3, 2]).save(tmp_path / "plain.safetensors")

    model = GCN.load(tmp_path / "plain.safetensors", feature_norm="row", improved=True)
    assert (model.feature_norm, model.improved, model.activation) == ("row", True, "relu")
    with pytest.raises(ModelError, match=r"options must be among normalize, .*, got 'norm'"):
        GCN.load(tmp_path / "plain.safetensors", norm="row")


def test_unknown_names_list_the_shipped_models() -> None:
    with pytest.raises(ModelError, match=r"karate: no such model file, nor one of .* digits, cora"):
        GCN.load("karate")


def test_graph_without_a_shipped_model_says_what_to_do(make_graph: MakeGraph) -> None:
    with pytest.raises(ModelError, match=r"'random0' .*pass a model file or use random weights"):
        GCN.for_graph(make_graph())


def test_shipped_model_is_refused_for_a_namesake() -> None:
    impostor = Graph(
        name="cora", adjacency=path_of_three().adjacency, features=path_of_three().features
    )

    with pytest.raises(ModelError, match="cora has 1 features per node, but cora takes 1433"):
        GCN.for_graph(impostor)


# Published accuracies (Kipf and Welling, 2017); shipped models lie within a point.
@pytest.mark.parametrize(
    ("name", "published"), [("cora", 81.5), ("citeseer", 70.3), ("pubmed", 79.0)]
)
def test_shipped_models_reach_the_published_accuracy(
    load_graph: Callable[[str], Graph], name: str, published: float
) -> None:
    graph = load_graph(name)
    assert graph.labels is not None

    reached = 100 * accuracy(GCN.for_graph(graph).forward(graph), graph.labels, graph.test_mask)

    assert reached == pytest.approx(published, abs=1.0)


def test_every_shipped_name_loads() -> None:
    assert [GCN.load(name).name for name in SHIPPED] == list(SHIPPED)
