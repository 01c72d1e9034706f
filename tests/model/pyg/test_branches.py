# SPDX-License-Identifier: Apache-2.0
"""Values that part and meet again become branches, and are refused where they cannot."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hgcn
from hgcn.errors import ModelError
from hgcn.model import LinearLayer, SumLayer
from hgcn.model.pyg.branches import concatenated
from hgcn.model.pyg.draft import Draft
from hgcn.model.pyg.step import Step

RNG = np.random.default_rng(2)


def test_a_linear_layer_is_shared_out_over_what_was_concatenated() -> None:
    first = LinearLayer(weight=RNG.normal(size=(3, 2)).astype(np.float32))
    arrays = {"weight": RNG.normal(size=(5, 4)), "bias": RNG.normal(size=4)}
    step = Step(kind="Linear", where="head (Linear)")
    layer = concatenated([(first,), ()], Draft(make=LinearLayer, arrays=arrays), step).made()
    assert isinstance(layer, SumLayer)
    x = RNG.normal(size=(6, 3))
    wanted = np.hstack([x @ first.weight, x]) @ arrays["weight"] + arrays["bias"]
    (_, left), (right,) = layer.branches
    assert isinstance(left, LinearLayer) and isinstance(right, LinearLayer)
    got = x @ first.weight @ left.weight + left.bias + x @ right.weight + right.bias
    np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=1e-5)
    with pytest.raises(ModelError, match=r"head \(Linear\): it takes 5 features, .* \[2, 3, 3\]"):
        concatenated([(first,), (), ()], Draft(make=LinearLayer, arrays=arrays), step)


def read(forward: Any) -> list[str]:
    torch = pytest.importorskip("torch", reason="needs PyTorch: make test-pyg")
    gnn = pytest.importorskip("torch_geometric.nn", reason="needs PyTorch Geometric")
    from tests.model.pyg.samples import Does, data

    layers = {
        "a": gnn.GCNConv(5, 5),
        "b": torch.nn.Linear(5, 2),
        "c": gnn.SAGEConv(5, 5),
        "n": torch.nn.BatchNorm1d(5),
        "wide": torch.nn.Linear(10, 2),
        "thin": torch.nn.Linear(5, 1),
    }
    with torch.no_grad():
        layers["n"].running_mean.normal_()
    model = hgcn.from_pyg(Does(forward, **layers), data())
    return [type(layer).__name__.removesuffix("Layer") for layer in model.layers]


def residual(self: Any, x: Any, edges: Any) -> Any:
    x = self.a(x, edges).relu()
    return self.b(self.n(x + self.c(x, edges)).relu())


def nested(self: Any, x: Any, edges: Any) -> Any:
    x = self.a(x, edges).relu()
    y = self.c(x, edges).relu()
    x = x + y
    x += self.n(self.c(y, edges))
    return self.b(x)


def at_the_features(self: Any, x: Any, edges: Any) -> Any:
    return self.b(x + self.a(x, edges))


def _cat(self: Any, x: Any, edges: Any) -> Any:
    import torch

    x = self.a(x, edges).relu()
    return torch.cat([x, self.c(x, edges).relu()], dim=-1)


@pytest.mark.parametrize(
    ("forward", "kinds"),
    [
        (residual, ["GCN", "Sum", "Linear", "Linear"]),
        (nested, ["GCN", "Sum", "Linear"]),
        (at_the_features, ["Sum", "Linear"]),
        (lambda self, x, e: self.wide(_cat(self, x, e)), ["GCN", "Sum"]),
        (lambda self, x, e: self.b(x).add_(self.b(self.a(x, e))), ["Sum"]),
    ],
)
def test_values_that_meet_again_are_read(forward: Any, kinds: list[str]) -> None:
    assert read(forward) == kinds


@pytest.mark.parametrize(
    ("forward", "words"),
    [
        (lambda self, x, e: self.b(x.clone() + x), "Does: add takes one value twice"),
        (lambda self, x, e: self.b(x + self.thin(x)), "Does: add must be of two values of one"),
        (lambda self, x, e: self.b(x.add(self.c(x, e), alpha=2)), "without alpha="),
        (lambda self, x, e: self.b(x + self.c(x, e).softmax(1)), "Does: add takes what softmax"),
        (_cat, "Does: no Linear stands behind a concatenation"),
        (lambda self, x, e: _cat(self, x, e).relu(), "Does: relu stands behind a concatenation"),
        (
            lambda self, x, e: self.b(x * self.a(x, e)),
            r"Does: torch.Tensor.mul takes data.x and a \(GCNConv\): only sums and concatenations",
        ),
    ],
)
def test_values_that_meet_otherwise_are_refused(forward: Any, words: str) -> None:
    with pytest.raises(ModelError, match=words):
        read(forward)
