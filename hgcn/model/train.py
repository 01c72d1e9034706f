# SPDX-License-Identifier: Apache-2.0
"""Training on the CPU with PyTorch, the optional extra ``train``."""

from __future__ import annotations

import importlib
from dataclasses import asdict, replace
from typing import Any, cast

from hgcn.arguments import as_choice
from hgcn.errors import BackendError, ModelError
from hgcn.extras import how_to_install
from hgcn.graph.graph import Graph
from hgcn.model.fit import Progress, fit
from hgcn.model.gcn import GCN
from hgcn.model.layer import FeatureNorm
from hgcn.model.metrics import accuracy, labelled
from hgcn.model.model import Model
from hgcn.model.recipe import RECIPES, Recipe
from hgcn.model.trainable import KINDS


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
    return cast(GCN, train(graph, **asdict(RECIPES[graph.name]), progress=progress))


def train(
    graph: Graph,
    *,
    kind: str = "gcn",
    hidden: int = 16,
    layers: int = 2,
    epochs: int = 200,
    lr: float = 0.01,
    weight_decay: float = 5e-4,
    dropout: float = 0.5,
    seed: int = 0,
    feature_norm: FeatureNorm = "row",
    progress: Progress | None = None,
) -> Model:
    """Train a model on the graph's training nodes, full batch, on the CPU.

    Parameters
    ----------
    graph : Graph
        With features, labels and a training mask.
    kind : str
        A name in `KINDS`: ``gcn``, ``sage`` (the mean over neighbours, without root weight) or
        ``gin`` (eps 0, each with an MLP of two linear layers).
    hidden, layers, epochs, lr, weight_decay, dropout, seed, feature_norm
        As in `Recipe`.
    progress : callable, optional
        See `Progress`.

    Returns
    -------
    Model
        A `GCN` where that is the kind. Named as the graph; its metadata holds recipe, PyTorch
        version and accuracies.

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
    kind = as_choice(kind, "kind", tuple(KINDS))
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
    plan = KINDS[kind].plan(graph, recipe.layers)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        pairs = fit(torch, graph, graph.features, plan, recipe, progress)
    finally:
        torch.set_num_threads(threads)
    model = KINDS[kind].model(
        name=graph.name,
        layers=KINDS[kind].layers(pairs),
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
    return replace(model, metadata={**model.metadata, **measured})


def _import_torch() -> Any:
    try:
        return importlib.import_module("torch")
    except ImportError as error:
        raise BackendError(
            f"training needs PyTorch, which is not installed: {how_to_install('train')}"
        ) from error
