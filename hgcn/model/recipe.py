# SPDX-License-Identifier: Apache-2.0
"""How a model is trained, and the recipes of the shipped ones."""

from __future__ import annotations

from dataclasses import dataclass

from hgcn.errors import require
from hgcn.model.layer import FeatureNorm


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
