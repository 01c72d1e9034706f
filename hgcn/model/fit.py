# SPDX-License-Identifier: Apache-2.0
"""Full-batch training on the CPU: layers that multiply by weights, most then by one matrix."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from hgcn.graph.csr import Csr
from hgcn.graph.graph import Graph
from hgcn.model.affine import Affine
from hgcn.model.feature_norm import normalise_features
from hgcn.model.normalise import values
from hgcn.model.recipe import Recipe

Progress = Callable[[int, int], None]
"""Called after each epoch with the epochs done and the epochs to do."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plan:
    """What is trained: ``operator (H W) + b`` or ``H W + b``, ReLU between.

    Attributes
    ----------
    operator : Csr, shape (n, n)
        Multiplied in float32.
    passes : tuple of bool
        For each layer whether it multiplies by the operator.
    """

    operator: Csr
    passes: tuple[bool, ...]


def fit(
    torch: Any,
    graph: Graph,
    features: Csr,
    plan: Plan,
    recipe: Recipe,
    progress: Progress | None = None,
) -> list[Affine]:
    """Return weights and biases of the best epoch, a pair for each part of the plan.

    Parameters
    ----------
    torch : module
    graph : Graph
        With labels and a training mask.
    features : Csr, shape (n, f)
    plan : Plan
    recipe : Recipe
    progress : callable, optional
    """
    assert graph.labels is not None and graph.train_mask is not None
    rng = torch.Generator().manual_seed(recipe.seed)
    features = normalise_features(features, recipe.feature_norm)
    entries = torch.from_numpy(values(features).astype(np.float32))
    positions = _positions(torch, features)
    operator = _tensor(torch, plan.operator)
    labels = torch.from_numpy(graph.labels.copy())
    seen = torch.from_numpy(graph.train_mask & (graph.labels >= 0))
    held = None
    if graph.val_mask is not None and graph.val_mask.any():
        held = torch.from_numpy(graph.val_mask & (graph.labels >= 0))
    count = len(plan.passes)
    widths = [features.shape[1], *[recipe.hidden] * (count - 1), graph.num_classes]
    weights = [_glorot(torch, rng, *shape) for shape in pairwise(widths)]
    biases = [torch.zeros(width, requires_grad=True) for width in widths[1:]]
    adam = torch.optim.Adam(
        [
            {"params": [weights[0], biases[0]], "weight_decay": recipe.weight_decay},
            {"params": [*weights[1:], *biases[1:]], "weight_decay": 0.0},
        ],
        lr=recipe.lr,
    )

    def dropped(tensor: Any, share: float) -> Any:
        if share == 0:
            return tensor
        return tensor * (torch.rand(tensor.shape, generator=rng) >= share) / (1 - share)

    def forward(share: float) -> Any:
        hidden = _sparse(torch, positions, dropped(entries, share), features.shape)
        parts = zip(weights, biases, plan.passes, strict=True)
        for number, (weight, bias, passes) in enumerate(parts, start=1):
            product = torch.sparse.mm(hidden, weight) if number == 1 else hidden @ weight
            hidden = (torch.sparse.mm(operator, product) if passes else product) + bias
            if number < count:
                hidden = dropped(torch.relu(hidden), share)
        return hidden

    best: tuple[float, float] | None = None
    kept = [*weights, *biases]
    for epoch in range(1, recipe.epochs + 1):
        adam.zero_grad()
        loss = torch.nn.functional.cross_entropy(forward(recipe.dropout)[seen], labels[seen])
        loss.backward()
        adam.step()
        score = (0.0, float(epoch))
        if held is not None:
            with torch.no_grad():
                logits = forward(0.0)[held]
                right = (logits.argmax(dim=1) == labels[held]).float().mean()
                score = (
                    float(right),
                    -float(torch.nn.functional.cross_entropy(logits, labels[held])),
                )
        if best is None or score > best:
            best = score
            kept = [part.detach().clone() for part in (*weights, *biases)]
        if progress is not None:
            progress(epoch, recipe.epochs)
    arrays = [part.numpy() for part in kept]
    return list(zip(arrays[:count], arrays[count:], strict=True))


def _glorot(torch: Any, rng: Any, fan_in: int, fan_out: int) -> Any:
    limit = float(np.sqrt(6.0 / (fan_in + fan_out)))
    return ((torch.rand(fan_in, fan_out, generator=rng) * 2 - 1) * limit).requires_grad_()


def _tensor(torch: Any, matrix: Csr) -> Any:
    entries = torch.from_numpy(values(matrix).astype(np.float32))
    return _sparse(torch, _positions(torch, matrix), entries, matrix.shape)


def _positions(torch: Any, matrix: Csr) -> Any:
    return torch.from_numpy(np.stack([matrix.row_ids(), matrix.indices]).astype(np.int64))


def _sparse(torch: Any, positions: Any, entries: Any, shape: tuple[int, int]) -> Any:
    # A Csr is sorted and has no duplicates: coalescing, a sort each epoch, would change nothing.
    return torch.sparse_coo_tensor(
        positions, entries, shape, is_coalesced=True, check_invariants=False
    )
