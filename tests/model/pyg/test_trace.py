# SPDX-License-Identifier: Apache-2.0
"""Whatever happens to the features is seen; what is not supported is named if it matters."""

from __future__ import annotations

from typing import Any

import pytest

import hgcn
from hgcn.errors import ModelError

torch = pytest.importorskip("torch", reason="needs PyTorch: make test-pyg")
gnn = pytest.importorskip("torch_geometric.nn", reason="needs PyTorch Geometric: make test-pyg")


def read(forward: Any, **layers: Any) -> hgcn.Model:
    from tests.model.pyg.samples import Does, data

    layers = layers or {"a": gnn.GCNConv(5, 5), "b": torch.nn.Linear(5, 2)}
    return hgcn.from_pyg(Does(forward, **layers), data())


F = torch.nn.functional

REFUSED = {
    "a product": (
        lambda self, x, e: self.b(F.relu(self.a(x, e)) * x),
        r"Does: torch.Tensor.mul takes relu of Does and data.x: only sums and concatenations may",
    ),
    "a concatenation of nodes": (
        lambda self, x, e: self.b(torch.cat([self.a(x, e), x])),
        r"Does: cat must be along the features, dim=-1, got None",
    ),
    "another function": (
        lambda self, x, e: self.b(torch.tanh(self.a(x, e))),
        "Does: torch.tanh is not supported",
    ),
    "an operator": (lambda self, x, e: self.b(x) * 2, "torch.Tensor.mul is not supported"),
    "a weight by hand": (lambda self, x, e: x @ self.b.weight.T, "torch.Tensor.matmul is not"),
    "dropout for ever": (
        lambda self, x, e: self.b(F.dropout(x)),
        r"dropout is at work at inference too: give F.dropout\(..., training=self.training\)",
    ),
    "rows of it": (lambda self, x, e: self.b(x)[:3], "torch.Tensor.__getitem__ is not supported"),
    "classes": (lambda self, x, e: self.b(x).argmax(1), "torch.Tensor.argmax is not supported"),
    "some set": (lambda self, x, e: _set(self.b(x)), "Does: has changed its features in place"),
    "a view set": (lambda self, x, e: _zero(self.b(x)), "Does: has changed its features in place"),
    "nothing of x": (lambda self, x, e: self.b(torch.ones(12, 5)), "is not made of data.x"),
    "unseen ways": (
        lambda self, x, e: self.b(torch.from_numpy(x.numpy().copy())),
        "Does: its answer is not made of data.x",
    ),
}


def _set(x: Any) -> Any:
    x[0] = 0
    return x


def _zero(x: Any) -> Any:
    x[:2].zero_()
    return x


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_supported_is_named(name: str) -> None:
    forward, words = REFUSED[name]
    with pytest.raises(ModelError, match=rf"{words}.*; supported are GCNConv"):
        read(forward)


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (lambda: gnn.GATConv(5, 5), r"^a \(GATConv\): a layer of this type is not supported"),
        (lambda: gnn.TAGConv(5, 5), r"^a \(TAGConv\): a layer"),
        (lambda: gnn.ChebConv(5, 5, K=2), r"^a \(ChebConv\): a layer"),
    ],
)
def test_other_layers_are_named(layer: Any, words: str) -> None:
    with pytest.raises(ModelError, match=words):
        read(lambda self, x, e: self.b(self.a(x, e)), a=layer(), b=torch.nn.Linear(5, 2))


@pytest.mark.parametrize(
    "layer",
    [lambda: torch.nn.LayerNorm(5), torch.nn.ELU, lambda: gnn.LayerNorm(5), gnn.PairNorm],
)
def test_norms_and_activations_are_named(layer: Any) -> None:
    words = r"^a \((LayerNorm|ELU|PairNorm)\): a layer of this type is not supported"
    with pytest.raises(ModelError, match=words):
        read(lambda self, x, e: self.b(self.a(x)), a=layer(), b=torch.nn.Linear(5, 2))


def test_a_class_of_somebody_else_is_nothing_known_by_its_name() -> None:
    class Linear(torch.nn.Linear):  # type: ignore[misc, unused-ignore]
        def forward(self, x: Any) -> Any:
            return 2 * super().forward(x)

    with pytest.raises(ModelError, match=r"^a \(Linear\): torch.*linear is not supported"):
        read(lambda self, x, e: self.a(x), a=Linear(5, 2))


def test_what_the_answer_does_not_depend_on_does_not_matter() -> None:
    def forward(self: Any, x: Any, edges: Any) -> Any:
        assert x.mean() < 9 and x.shape[1] == 5 and torch.tanh(self.a(x, edges)).isfinite().all()
        return self.b(x)

    assert len(read(forward).layers) == 1


def test_functions_and_methods_are_the_same() -> None:
    for relu in (torch.relu, torch.relu_, F.relu, lambda x: x.relu(), lambda x: x.relu_()):
        model = read(lambda self, x, e, relu=relu: self.b(relu(self.a(x, e))))
        assert [type(layer).__name__ for layer in model.layers] == ["GCNLayer", "LinearLayer"]
        assert model.layers[0].activation == "relu"  # type: ignore[attr-defined]
    for end in (F.log_softmax, F.softmax, lambda x, dim: x.log_softmax(dim), torch.softmax):
        read(lambda self, x, e, end=end: end(self.b(x), dim=-1))


def test_moves_between_devices_and_types_do_nothing() -> None:
    model = read(lambda self, x, e: self.b(F.dropout(x.to("cpu").float().to(x.dtype), 0.5, False)))
    assert model.widths == (5, 2)
    with pytest.raises(ModelError, match="the model differs from the module by up to"):
        read(lambda self, x, e: self.b(x.to(torch.int32).float()))


def test_a_layer_called_twice_is_two_layers() -> None:
    model = read(lambda self, x, e: self.b(self.a(self.a(x, e), e)))
    assert model.widths == (5, 5, 5, 2)
    assert model.layers[0].weight is not None


def test_a_module_shared_by_two_isomorphisms_is_read_in_both() -> None:
    shared = torch.nn.Sequential(torch.nn.Linear(5, 5), torch.nn.ReLU())
    model = read(
        lambda self, x, e: self.two(self.one(x, e), e),
        one=gnn.GINConv(shared, eps=0.5),
        two=gnn.GINConv(shared, eps=-0.25),
    )
    assert [layer.eps for layer in model.layers] == [0.5, -0.25]  # type: ignore[attr-defined]
