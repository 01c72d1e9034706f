# SPDX-License-Identifier: Apache-2.0
"""The real PyTorch Geometric, where it is installed: `make test-pyg`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from hgcn.graph import from_pyg
from hgcn.model import GCN
from tests.parity import cases
from tests.parity.test_parity import TOLERANCE, compare, graphs, models, record

pytest.importorskip("torch_geometric", reason="needs PyTorch Geometric: make test-pyg")

__all__ = ["graphs", "record"]


@pytest.fixture(scope="module")
def answers() -> dict[str, Any]:
    """Return what is answered now."""
    from tests.parity import geometric

    return {"layers": geometric.layer_answers(), "networks": geometric.network_answers()}


def test_the_record_is_what_is_answered_now(
    record: dict[str, Any], answers: dict[str, Any]
) -> None:
    for name, array in answers.items():
        np.testing.assert_allclose(array, record[name], rtol=0, atol=TOLERANCE)


def test_every_combination_answers_alike(
    answers: dict[str, Any], graphs: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    from tests.parity import geometric

    differences = [
        compare(answers[array][place, at], made, graphs[kind])
        for array, place, made in models()
        for at, kind in enumerate(cases.EDGES)
    ]
    equal = [difference for difference in differences if difference is not None]
    with capsys.disabled():
        print(
            f"\n{len(differences)} combinations with {geometric.versions()}: {len(equal)} answered "
            f"alike, largest difference {max(equal):.1e}; {len(differences) - len(equal)} refused"
        )
    assert max(equal) < TOLERANCE


@pytest.mark.parametrize("kind", cases.EDGES[::13])
def test_a_real_module_and_real_data_travel_whole(kind: cases.Edges) -> None:
    import torch
    from torch_geometric.data import Data
    from torch_geometric.nn import GCN as GeometricGCN

    from tests.parity.geometric import edges

    index, weights = edges(kind)
    torch.manual_seed(1)
    module = GeometricGCN(cases.WIDTH, cases.HIDDEN, num_layers=2, out_channels=3, improved=True)
    data = Data(x=torch.tensor(cases.features()), edge_index=index)
    if weights is not None:
        data.edge_weight = weights.float()
    module.eval()
    with torch.no_grad():
        wanted = module(data.x, data.edge_index, getattr(data, "edge_weight", None)).numpy()
    model = GCN.from_state_dict(
        module.state_dict(),
        normalize=True,
        add_self_loops=True,
        improved=True,
        activation="relu",
        feature_norm="none",
    )
    if kind.loops == "several" and weights is not None:
        pytest.skip("refused, as test_parity tests")
    np.testing.assert_allclose(model.forward(from_pyg(data)), wanted, rtol=1e-5, atol=1e-5)


def test_bfloat16_modules_are_read_exactly() -> None:
    import torch

    state = {"conv1.lin.weight": torch.randn(3, 5, dtype=torch.bfloat16)}
    model = GCN.from_state_dict(
        state,
        normalize=True,
        add_self_loops=True,
        improved=False,
        activation="relu",
        feature_norm="none",
    )
    assert np.array_equal(model.layers[0].weight.T, state["conv1.lin.weight"].float().numpy())
