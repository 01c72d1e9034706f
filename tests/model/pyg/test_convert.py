# SPDX-License-Identifier: Apache-2.0
"""Options are read or refused by name, batch norms folded, activations put behind layers."""

from __future__ import annotations

from typing import Any

import pytest

import hgcn
from hgcn.errors import ModelError
from hgcn.model import APPNPLayer, GCNLayer, LinearLayer, SGCLayer

torch = pytest.importorskip("torch", reason="needs PyTorch: make test-pyg")
gnn = pytest.importorskip("torch_geometric.nn", reason="needs PyTorch Geometric: make test-pyg")


def read(module: Any) -> hgcn.Model:
    from tests.model.pyg.samples import data

    return hgcn.from_pyg(module, data())


def chain(*layers: Any) -> Any:
    """Return a module that calls layers one after the other, with edges where they take any."""
    from tests.model.pyg.samples import Does

    def forward(self: Any, x: Any, edges: Any) -> Any:
        for _, layer in self.named_children():
            x = layer(x, edges) if isinstance(layer, gnn.MessagePassing) else layer(x)
        return x

    return Does(forward, **{f"l{number}": layer for number, layer in enumerate(layers)})


def batch_norm(width: int) -> Any:
    norm = torch.nn.BatchNorm1d(width)
    for part in (norm.weight.data, norm.bias.data, norm.running_mean):
        part.normal_()
    norm.running_var.uniform_(0.5, 2.0)
    return norm


@pytest.mark.parametrize("cached", [True, False])
@pytest.mark.parametrize("options", [(True, True), (True, False), (False, False)])
@pytest.mark.parametrize("improved", [True, False])
def test_the_options_of_a_convolution_are_read(
    cached: bool, options: tuple[bool, bool], improved: bool
) -> None:
    normalize, loops = options
    conv = gnn.GCNConv(
        5, 2, improved=improved, cached=cached, normalize=normalize, add_self_loops=loops
    )
    layer = read(conv).layers[0]
    assert isinstance(layer, GCNLayer)
    assert (layer.normalize, layer.add_self_loops, layer.improved) == (*options, improved)


def test_hops_are_read() -> None:
    layer = read(gnn.SGConv(5, 2, K=3, add_self_loops=False)).layers[0]
    assert isinstance(layer, SGCLayer) and (layer.hops, layer.add_self_loops) == (3, False)


def kinds(model: hgcn.Model) -> list[tuple[str, str]]:
    return [(type(layer).__name__, layer.activation) for layer in model.layers]  # type: ignore[attr-defined]


def test_a_batch_norm_is_folded_where_it_can_be() -> None:
    linear, relu = torch.nn.Linear, torch.nn.ReLU
    folded = [("GCNLayer", "relu"), ("LinearLayer", "none")]
    conv = gnn.GCNConv(5, 4)
    assert kinds(read(chain(conv, batch_norm(4), relu(), linear(4, 2)))) == folded
    assert kinds(read(chain(conv, relu(), batch_norm(4), linear(4, 2)))) == folded
    alone = [("GCNLayer", "relu"), ("LinearLayer", "none"), ("GCNLayer", "none")]
    assert kinds(read(chain(conv, relu(), batch_norm(4), gnn.GCNConv(4, 2)))) == alone
    between = [("GCNLayer", "relu"), ("LinearLayer", "relu"), ("LinearLayer", "none")]
    assert kinds(read(chain(conv, relu(), batch_norm(4), relu(), linear(4, 2)))) == between
    first = read(chain(batch_norm(5), linear(5, 2), batch_norm(2)))
    assert kinds(first) == [("LinearLayer", "none")]


def test_a_root_weight_is_read_and_folded_into() -> None:
    for conv in (gnn.SAGEConv(5, 4), gnn.SAGEConv(5, 4, aggr="sum"), gnn.GraphConv(5, 4)):
        model = read(chain(conv, batch_norm(4)))
        assert len(model.layers) == 1 and model.layers[0].root.shape == (5, 4)  # type: ignore[attr-defined]


def test_propagation_without_weights_is_read() -> None:
    appnp = gnn.APPNP(3, 0.2, dropout=0.5, cached=True, add_self_loops=False)
    model = read(chain(torch.nn.Linear(5, 4), appnp, batch_norm(4)))
    layer = model.layers[1]
    assert isinstance(layer, APPNPLayer)
    assert (layer.hops, layer.alpha, layer.add_self_loops) == (3, 0.2, False)
    assert kinds(model)[2] == ("LinearLayer", "none")


def test_what_does_nothing_at_inference_is_left_out() -> None:
    nn = torch.nn
    model = read(chain(nn.Dropout(0.9), nn.Identity(), nn.Linear(5, 2), nn.LogSoftmax(dim=1)))
    assert len(model.layers) == 1 and isinstance(model.layers[0], LinearLayer)


@pytest.mark.parametrize(
    ("layers", "words"),
    [
        (lambda nn: [gnn.APPNP(2, 0.1)], r"l0 \(APPNP\): APPNP stands before the first layer"),
        (
            lambda nn: [nn.Linear(5, 2), gnn.APPNP(2, 0.1, normalize=False)],
            r"l1 \(APPNP\): normalize=False is not supported",
        ),
        (lambda nn: [gnn.GraphConv(5, 2, aggr="mean")], "aggr must be add or sum, got mean"),
        (
            lambda nn: [gnn.SAGEConv(5, 2, root_weight=False, normalize=True)],
            r"l0 \(SAGEConv\): normalize=True",
        ),
        (
            lambda nn: [gnn.SAGEConv(5, 2, root_weight=False, project=True)],
            r"l0 \(SAGEConv\): project=True",
        ),
        (
            lambda nn: [gnn.SAGEConv(5, 2, root_weight=False, aggr="max")],
            "aggr must be mean or add or sum, got max",
        ),
        (lambda nn: [gnn.GCNConv(5, 2, aggr="mean")], "aggr must be add or sum, got mean"),
        (lambda nn: [gnn.GCNConv(5, 2, flow="target_to_source")], "flow must be source_to_target"),
        (
            lambda nn: [nn.Linear(5, 2), nn.BatchNorm1d(2, track_running_stats=False)],
            r"l1 \(BatchNorm1d\): track_running_stats=False",
        ),
        (lambda nn: [nn.ReLU(), nn.Linear(5, 2)], r"l0 \(ReLU\): relu stands before the first"),
        (lambda nn: [nn.Dropout()], "it has no layer with weights"),
        (lambda nn: [gnn.GINConv(nn.Dropout())], "its nn has no Linear"),
        (
            lambda nn: [gnn.GINConv(nn.Sequential(nn.ReLU(), nn.Linear(5, 2)))],
            r"l0.nn.0 \(ReLU\): relu is the first in the nn of a GINConv",
        ),
        (lambda nn: [gnn.GINConv(torch.relu)], r"l0 \(GINConv\): its nn must be a module"),
        (
            lambda nn: [nn.Softmax(dim=1), nn.Linear(5, 2)],
            r"l1 \(Linear\): Linear stands behind softmax",
        ),
        (lambda nn: [nn.Linear(5, 2), nn.Softmax(dim=0)], "softmax must be along the classes"),
    ],
)
def test_what_is_not_supported_is_named(layers: Any, words: str) -> None:
    with pytest.raises(ModelError, match=rf"{words}.*; supported are GCNConv, "):
        read(chain(*layers(torch.nn)))
