# SPDX-License-Identifier: Apache-2.0
"""Training on the CPU with PyTorch, the optional extra ``train``; recipes of the shipped models."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import BackendError, ModelError, require
from hgcn.extras import how_to_install
from hgcn.graph.csr import Csr
from hgcn.graph.graph import Graph
from hgcn.model.feature_norm import normalise_features
from hgcn.model.gcn import GCN
from hgcn.model.layer import FeatureNorm
from hgcn.model.layers.gcn import GCNLayer
from hgcn.model.metrics import accuracy, labelled
from hgcn.model.normalise import add_self_loops, inverse_sqrt_degrees, values

Progress = Callable[[int, int], None]
"""Called after each epoch with the epochs done and the epochs to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How a model is trained; the defaults are those of Kipf and Welling.

    Attributes
    ----------
    hidden : int
        Width of each hidden layer.
    layers : int
        Graph convolutions, at least 1.
    epochs : int
        Full-batch Adam steps. The epoch with the best validation accuracy is kept, of equal ones
        that with the least validation loss; without a validation mask the last one.
    lr : float
        Learning rate.
    weight_decay : float
        L2 penalty on the first layer, as published.
    dropout : float
        Share of features and hidden values dropped in training, in [0, 1).
    seed : int
    feature_norm : "row", "pyg" or "none"
    """

    hidden: int = 16
    layers: int = 2
    epochs: int = 200
    lr: float = 0.01
    weight_decay: float = 5e-4
    dropout: float = 0.5
    seed: int = 0
    feature_norm: FeatureNorm = "row"

    def __post_init__(self) -> None:
        for name in ("hidden", "layers", "epochs"):
            require(getattr(self, name) >= 1, name, getattr(self, name), "at least 1")
        require(self.lr > 0, "lr", self.lr, "positive")
        require(self.weight_decay >= 0, "weight_decay", self.weight_decay, "at least 0")
        require(0 <= self.dropout < 1, "dropout", self.dropout, "at least 0, below 1")


RECIPES: dict[str, Recipe] = {
    "digits": Recipe(feature_norm="none"),
    "cora": Recipe(),
    "citeseer": Recipe(),
    "pubmed": Recipe(),
}
"""How each shipped model was trained."""


def reproduce(graph: Graph, *, progress: Progress | None = None) -> GCN:
    """Train the shipped model of ``graph`` again, by its recipe in `RECIPES`.

    Raises
    ------
    ModelError
        If there is no recipe of the graph's name.
    BackendError
        If PyTorch is not installed.

    Notes
    -----
    The same PyTorch on the same kind of CPU gives the same weights bit for bit; others round
    differently and end within a point of accuracy.
    """
    if graph.name not in RECIPES:
        raise ModelError(
            f"no recipe for graph {graph.name!r} (only for {', '.join(RECIPES)}): use train"
        )
    return train(graph, **asdict(RECIPES[graph.name]), progress=progress)


def train(
    graph: Graph,
    *,
    hidden: int = 16,
    layers: int = 2,
    epochs: int = 200,
    lr: float = 0.01,
    weight_decay: float = 5e-4,
    dropout: float = 0.5,
    seed: int = 0,
    feature_norm: FeatureNorm = "row",
    progress: Progress | None = None,
) -> GCN:
    """Train a GCN on the graph's training nodes, full batch, on the CPU.

    Parameters
    ----------
    graph : Graph
        With features, labels and a training mask.
    hidden, layers, epochs, lr, weight_decay, dropout, seed, feature_norm
        As in `Recipe`.
    progress : callable, optional
        See `Progress`.

    Returns
    -------
    GCN
        Named as the graph; its metadata holds recipe, PyTorch version and accuracies.

    Raises
    ------
    ModelError
        If the graph lacks features, labels or a training mask.
    BackendError
        If PyTorch is not installed.
    SpecError
        If a parameter is out of range.

    Notes
    -----
    Runs in one thread, for the order of additions is part of the result. Neither the caller's
    thread count nor PyTorch's global random state changes.
    """
    recipe = Recipe(
        hidden=hidden,
        layers=layers,
        epochs=epochs,
        lr=lr,
        weight_decay=weight_decay,
        dropout=dropout,
        seed=seed,
        feature_norm=feature_norm,
    )
    if graph.features is None or graph.labels is None or graph.train_mask is None:
        raise ModelError(f"{graph.name}: training needs features, labels and a training mask")
    torch = _import_torch()
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        pairs = _fit(torch, graph, graph.features, recipe, progress)
    finally:
        torch.set_num_threads(threads)
    model = GCN(
        name=graph.name,
        layers=tuple(GCNLayer(weight=weight, bias=bias) for weight, bias in pairs),
        feature_norm=feature_norm,
        metadata={key: str(value) for key, value in asdict(recipe).items()}
        | {"torch": str(torch.__version__).split("+")[0]},
    )
    logits = model.forward(graph)
    measured = {
        f"{part}_accuracy": f"{accuracy(logits, graph.labels, mask):.4f}"
        for part, mask in (("val", graph.val_mask), ("test", graph.test_mask))
        if mask is not None and labelled(graph.labels, mask).any()
    }
    return GCN(
        name=model.name,
        layers=model.layers,
        feature_norm=model.feature_norm,
        metadata={**model.metadata, **measured},
    )


def _import_torch() -> Any:
    try:
        return importlib.import_module("torch")
    except ImportError as error:
        raise BackendError(
            f"training needs PyTorch, which is not installed: {how_to_install('train')}"
        ) from error


def _fit(
    torch: Any, graph: Graph, features: Csr, recipe: Recipe, progress: Progress | None
) -> list[tuple[NDArray[np.float32], NDArray[np.float32]]]:
    """Return weights and biases of the best epoch."""
    assert graph.labels is not None and graph.train_mask is not None
    rng = torch.Generator().manual_seed(recipe.seed)
    features = normalise_features(features, recipe.feature_norm)
    entries = torch.from_numpy(values(features).astype(np.float32))
    positions = _positions(torch, features)
    operator = _operator(torch, graph)
    labels = torch.from_numpy(graph.labels.copy())
    seen = torch.from_numpy(graph.train_mask & (graph.labels >= 0))
    held = None
    if graph.val_mask is not None and graph.val_mask.any():
        held = torch.from_numpy(graph.val_mask & (graph.labels >= 0))
    widths = [features.shape[1], *[recipe.hidden] * (recipe.layers - 1), graph.num_classes]
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
        for number, (weight, bias) in enumerate(zip(weights, biases, strict=True), start=1):
            product = torch.sparse.mm(hidden, weight) if number == 1 else hidden @ weight
            hidden = torch.sparse.mm(operator, product) + bias
            if number < recipe.layers:
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
    return list(zip(arrays[: recipe.layers], arrays[recipe.layers :], strict=True))


def _glorot(torch: Any, rng: Any, fan_in: int, fan_out: int) -> Any:
    limit = float(np.sqrt(6.0 / (fan_in + fan_out)))
    return ((torch.rand(fan_in, fan_out, generator=rng) * 2 - 1) * limit).requires_grad_()


def _operator(torch: Any, graph: Graph) -> Any:
    """Return D^-1/2 (A + I) D^-1/2 as a sparse float32 tensor."""
    loops = add_self_loops(graph)
    root = inverse_sqrt_degrees(loops)
    entries = values(loops) * root[loops.row_ids()] * root[loops.indices]
    return _sparse(
        torch,
        _positions(torch, loops),
        torch.from_numpy(entries.astype(np.float32)),
        loops.shape,
    )


def _positions(torch: Any, matrix: Csr) -> Any:
    return torch.from_numpy(np.stack([matrix.row_ids(), matrix.indices]).astype(np.int64))


def _sparse(torch: Any, positions: Any, entries: Any, shape: tuple[int, int]) -> Any:
    # A Csr is sorted and has no duplicates: coalescing, a sort each epoch, would change nothing.
    return torch.sparse_coo_tensor(
        positions, entries, shape, is_coalesced=True, check_invariants=False
    )
