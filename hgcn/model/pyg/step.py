# SPDX-License-Identifier: Apache-2.0
"""One thing that a module did with its features, and the words that refuse one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from hgcn.errors import ModelError
from hgcn.printable import printable

PASSING = ("GCNConv", "SGConv", "SAGEConv", "GraphConv", "GINConv", "APPNP")
"""Classes of PyTorch Geometric that are read and see edges."""

LAYERS = (*PASSING, "Linear", "BatchNorm1d")
"""Classes of both libraries with parameters that are read."""

SUPPORTED = (
    "GCNConv, SGConv, SAGEConv(aggr='mean' or 'sum'), GraphConv, GINConv whose nn starts with a "
    "Linear, APPNP, Linear, BatchNorm1d, ReLU, Dropout, Identity, and at the end log_softmax or "
    "softmax, one after the other"
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Step:
    """What made one value of another.

    Attributes
    ----------
    kind : str
        A name in `LAYERS`, or ``relu``, ``identity``, ``softmax``, ``log_softmax``; of what is not
        supported, its own name.
    where : str
        The module it happened in: dotted name and class.
    module : object
        The module itself where it is a layer.
    given : mapping of str to object
        What a layer was called with, by the names of its arguments.
    fault : str
        Why this is not supported; empty if it is.
    before : Step or None
        What made the value that went in; None for the features.
    """

    kind: str
    where: str
    module: Any = None
    given: Mapping[str, Any] = field(default_factory=dict)
    fault: str = ""
    before: Step | None = None

    @property
    def title(self) -> str:
        """What it is for a message: a layer's name, or a function and where it was called."""
        return self.where if self.module is not None else f"{self.kind} of {self.where}"


def refusal(where: str, why: str) -> ModelError:
    """Return the error that names the layer, says why, and lists what is supported."""
    return ModelError(f"{printable(where)}: {printable(why)}; supported are {SUPPORTED}")
