# SPDX-License-Identifier: Apache-2.0
"""A module is called by the names of its arguments, and named where that fails."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

import hgcn
from hgcn.errors import ModelError

pytest.importorskip("torch_geometric", reason="needs PyTorch Geometric: make test-pyg")


def linear() -> Any:
    from torch import nn

    from tests.model.pyg.samples import WIDTH

    return nn.Linear(WIDTH, 2)


def with_forward(forward: Any) -> Any:
    from torch import nn

    kind = type("Called", (nn.Module,), {"forward": forward})
    module = kind()
    module.head = linear()
    return module


@pytest.mark.parametrize(
    "forward",
    [
        lambda self, x: self.head(x),
        lambda self, edge_index, x: self.head(x),
        lambda self, data: self.head(data.x),
        lambda self, batch, *rest: self.head(batch.x),
        lambda self, x, edge_index, edge_weight: self.head(x),
        lambda self, x, edge_attr=None, deep=False: self.head(x),
    ],
)
def test_arguments_are_found_by_name(forward: Any) -> None:
    from tests.model.pyg.samples import data

    assert hgcn.from_pyg(with_forward(forward), data(weights=True)).widths == (5, 2)


def test_an_argument_that_nobody_gives_is_named() -> None:
    from tests.model.pyg.samples import data

    module = with_forward(lambda self, x, deep: self.head(x) if deep else x)
    with pytest.raises(ModelError, match=r"Called.forward takes 'deep', .* with call=lambda"):
        hgcn.from_pyg(module, data())
    model = hgcn.from_pyg(module, data(), call=lambda module, data: module(data.x, True))
    assert model.widths == (5, 2)


@pytest.mark.filterwarnings("ignore")  # torch's own, of what it will drop
def test_what_runs_a_module_faster_is_taken_off() -> None:
    import torch

    from tests.model.pyg.samples import data

    inner = torch.nn.Sequential(linear())
    for module in (torch.compile(inner, backend="eager"), torch.nn.DataParallel(inner)):
        model = hgcn.from_pyg(module, data())
        assert model.name == "Sequential" and model.widths == (5, 2)
    with pytest.raises(ModelError, match=r"compiled by torch.jit .*: give the one it was made of"):
        hgcn.from_pyg(torch.jit.script(inner), data())


def test_what_a_module_raises_names_it() -> None:
    from tests.model.pyg.samples import data

    module = with_forward(lambda self, x: self.head(x[:, :3]))
    with pytest.raises(ModelError, match="Called fails on data: RuntimeError: 'mat1"):
        hgcn.from_pyg(module, data())


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (SimpleNamespace(x=None), "data must have x, a dense tensor, got NoneType"),
        (SimpleNamespace(), "data must have x, a dense tensor, got NoneType"),
    ],
)
def test_data_without_features_is_refused(given: Any, words: str) -> None:
    with pytest.raises(ModelError, match=words):
        hgcn.from_pyg(linear(), given)


def test_data_without_edges_is_refused() -> None:
    from tests.model.pyg.samples import data

    with pytest.raises(ModelError, match="data must have edge_index, a dense tensor, got NoneType"):
        hgcn.from_pyg(linear(), SimpleNamespace(x=data().x))


def test_an_answer_in_parts_is_refused_until_told_which() -> None:
    from tests.model.pyg.samples import data

    module = with_forward(lambda self, x: (self.head(x), x))
    with pytest.raises(ModelError, match="Called must answer with one tensor, got a tuple"):
        hgcn.from_pyg(module, data())
    model = hgcn.from_pyg(module, data(), call=lambda module, data: module(data.x)[0])
    assert model.widths == (5, 2)
