# SPDX-License-Identifier: Apache-2.0
"""What is no module is refused; what is one is left as it was, or named when it answers oddly."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

import hgcn
from hgcn.errors import ModelError
from hgcn.model.pyg.from_pyg import TOLERANCE, from_pyg
from tests.graph.test_kinds import Net


@pytest.mark.parametrize("thing", [None, 3, "model.pt", {"conv1.weight": 1}, Net(), Net])
def test_what_is_no_module_is_refused(thing: object) -> None:
    with pytest.raises(ModelError, match=r"^module must be a torch.nn.Module, got "):
        hgcn.from_pyg(thing, SimpleNamespace())


def test_a_module_is_left_as_it_was() -> None:
    torch = pytest.importorskip("torch")
    nn = pytest.importorskip("torch_geometric.nn")
    from tests.model.pyg.samples import WIDTH, Does, data

    module = Does(
        lambda self, x, edges: self.b(torch.relu_(self.norm(self.a(x, edges))), edges),
        a=nn.GCNConv(WIDTH, 4, cached=True),
        norm=torch.nn.BatchNorm1d(4),
        b=nn.SGConv(4, 2, cached=True),
    )
    module.norm.eval()
    before = {key: part.clone() for key, part in module.state_dict().items()}
    given = data()
    features = given.x.clone()
    model = from_pyg(module, given)
    assert module.training and module.a.training and not module.norm.training
    assert module.a._cached_edge_index is None and module.b._cached_x is None
    assert not any(part._forward_hooks or part._forward_pre_hooks for part in module.modules())
    assert all(torch.equal(part, before[key]) for key, part in module.state_dict().items())
    assert torch.equal(given.x, features)
    assert float(model.metadata["largest_difference"]) < TOLERANCE
    assert model.metadata["edge_weights"] == "None" and model.name == "Does"


def test_edge_weights_that_layers_see_are_named() -> None:
    nn = pytest.importorskip("torch_geometric.nn")
    from tests.model.pyg.samples import WIDTH, data

    given = data(weights=True)
    assert from_pyg(nn.GCNConv(WIDTH, 2), given).metadata["edge_weights"] == "edge_weight"
    assert from_pyg(nn.GCNConv(WIDTH, 2), given, weights=None).metadata["edge_weights"] == "None"
    assert from_pyg(nn.SAGEConv(WIDTH, 2, root_weight=False), given).metadata["edge_weights"] == (
        "None"
    )


def test_a_module_in_float64_is_read() -> None:
    nn = pytest.importorskip("torch_geometric.nn")
    from tests.model.pyg.samples import WIDTH, data

    given = data()
    given.x = given.x.double()
    model = from_pyg(nn.GCNConv(WIDTH, 2).double(), given, name="wide")
    assert model.name == "wide" and np.isfinite(model.layers[0].weight).all()


def test_a_difference_is_refused() -> None:
    torch = pytest.importorskip("torch")
    nn = pytest.importorskip("torch_geometric.nn")
    from tests.model.pyg.samples import WIDTH, data

    conv = nn.GCNConv(WIDTH, 2)
    conv.register_message_forward_hook(lambda layer, inputs, out: out * 1.001)
    with pytest.raises(ModelError, match=r"GCNConv: the model differs from the module by up to"):
        from_pyg(conv, data())
    with torch.no_grad():
        conv.bias[0] = torch.nan
    with pytest.raises(ModelError, match="NaN or infinity"):
        from_pyg(conv, data())
