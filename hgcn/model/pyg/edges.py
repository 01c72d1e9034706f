# SPDX-License-Identifier: Apache-2.0
"""Which edges the layers of a module saw: those of the data, all of them the same."""

from __future__ import annotations

from typing import Any

from hgcn.model.pyg.step import PASSING, Step, every, refusal


def weighted(steps: list[Step], data: Any, weights: Any) -> bool:
    """Return whether the layers saw edge weights.

    Parameters
    ----------
    steps : list of Step
    data : object
        Its ``edge_index`` is what every layer must have got.
    weights : Tensor or None
        What every layer must have got as ``edge_weight``, or none of them.

    Raises
    ------
    ModelError
        Naming the layer that got others. A graph has one set of edges.
    """
    first: tuple[str, bool] | None = None
    for step in every(steps):
        if step.kind not in PASSING:
            continue
        index, weight = step.given.get("edge_index"), step.given.get("edge_weight")
        if not _same(index, data.edge_index):
            why = "it gets other edges than data.edge_index: put into data those that it gets"
            raise refusal(step.where, why)
        if weight is not None and not _same(weight, weights):
            why = "it gets other edge weights than those of data: put into data those it gets"
            raise refusal(step.where, why)
        if step.given.get("size") is not None:
            raise refusal(step.where, "size= is not supported")
        sees = weight is not None
        if first is not None and first[1] != sees:
            some, none = (step.where, first[0]) if sees else (first[0], step.where)
            raise refusal(step.where, f"{some} sees edge weights, {none} does not")
        first = first or (step.where, sees)
    return first is not None and first[1]


def _same(got: Any, wanted: Any) -> bool:
    import torch

    if got is wanted:
        return True
    both = isinstance(got, torch.Tensor) and isinstance(wanted, torch.Tensor)
    return both and got.layout == torch.strided and bool(torch.equal(got, wanted))
