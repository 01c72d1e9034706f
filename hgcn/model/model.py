# SPDX-License-Identifier: Apache-2.0
"""The float model: layers of any registered types, one after the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from hgcn.arguments import as_path, as_text
from hgcn.errors import ModelError, shown
from hgcn.graph.graph import Graph
from hgcn.graph.kinds import described, require_graph
from hgcn.model.activations import activations
from hgcn.model.layer import FeatureNorm, Layer, is_layer
from hgcn.printable import one_line


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Model:
    """A graph neural network: what `hgcn.compile` takes.

    Attributes
    ----------
    name : str
        For reports and file headers; printable.
    layers : tuple of Layer
        Each takes the width the one before gives.
    feature_norm : "row", "pyg" or "none"
        What is done to features first: "row" divides them by their row sums, as is usual on the
        Planetoid sets; "pyg" is PyTorch Geometric's `NormalizeFeatures`. See `normalise_features`.
    metadata : mapping of str to str
        Where the weights come from; travels in the file header.
    """

    name: str
    layers: tuple[Layer, ...]
    feature_norm: FeatureNorm = "none"
    metadata: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        name = as_text(self.name, "name")
        if not name.isprintable() or not 0 < len(name) <= 200:
            raise ModelError(f"name must be 1 to 200 printable characters, got {shown(name)}")
        if not isinstance(self.layers, (tuple, list)):
            raise ModelError(f"layers must be a tuple of layers, got {shown(self.layers)}")
        pairs = self.metadata.items() if isinstance(self.metadata, Mapping) else ((0, 0),)
        if not all(isinstance(text, str) for pair in pairs for text in pair):
            raise ModelError(f"metadata must map texts to texts, got {shown(self.metadata)}")
        object.__setattr__(self, "layers", tuple(self.layers))
        object.__setattr__(self, "metadata", MappingProxyType(dict(self.metadata)))
        self.check()

    def __repr__(self) -> str:
        widths = "-".join(map(str, self.widths[:6])) + ("-..." if len(self.layers) > 5 else "")
        return one_line(type(self).__name__, self.name, f"widths {widths}")

    @property
    def widths(self) -> tuple[int, ...]:
        """Feature width before the first and after each layer."""
        return (self.layers[0].widths[0], *(layer.widths[1] for layer in self.layers))

    def check(self) -> None:
        """Raise `ModelError`, naming the layer, if the parts do not make a network."""
        norm = self.feature_norm
        if not isinstance(norm, str) or norm not in get_args(FeatureNorm):
            words = " or ".join(map(repr, get_args(FeatureNorm)))
            raise ModelError(f"{self.name}: feature_norm must be {words}, got {shown(norm)}")
        if not self.layers:
            raise ModelError(f"{self.name}: a model needs at least one layer")
        width: int | None = None
        for number, layer in enumerate(self.layers, start=1):
            if not is_layer(layer):
                raise ModelError(f"{self.name}: layer {number} is no layer, got {described(layer)}")
            layer.check(self.name, number)
            fan_in, fan_out = layer.widths
            if width is not None and fan_in != width:
                raise ModelError(
                    f"{self.name}: layer {number} takes {fan_in} features, but gets {width}"
                )
            width = fan_out

    def forward(self, graph: Graph) -> NDArray[np.float64]:
        """Return the logits: what the last layer gives.

        Parameters
        ----------
        graph : Graph
            n nodes, features as wide as the first layer takes.

        Returns
        -------
        ndarray of float64, shape (n, classes)

        Raises
        ------
        ModelError
            If the graph has no features or features of another width.

        Examples
        --------
        >>> from hgcn.graph.csr import Csr
        >>> from hgcn.model.layers.gcn import GCNLayer
        >>> pair = Csr(shape=(2, 2), indptr=[0, 1, 2], indices=[1, 0])
        >>> graph = Graph(name="pair", adjacency=pair, features=Csr(
        ...     shape=(2, 1), indptr=[0, 1, 2], indices=[0, 0], data=np.float32([2, 4])))
        >>> Model(name="mean", layers=(GCNLayer(weight=[[1, 10]], bias=[0, 1]),)).forward(graph)
        array([[ 3., 31.],
               [ 3., 31.]])
        """
        require_graph(graph)
        for tables in activations(self, graph):
            logits = tables[-1][1]
        return logits

    def save(self, path: str | Path) -> None:
        """Write a safetensors file, whole or not at all; see `hgcn.model.model_file`."""
        from hgcn.model.model_file import write_model

        write_model(self, as_path(path, "path"))

    @staticmethod
    def load(source: str | Path) -> Model:
        """Read a file that a `Model` of any layers has written, or a shipped one.

        Parameters
        ----------
        source : str or Path
            A file, or a name in `SHIPPED_TYPES` such as ``cora-sage``.

        Raises
        ------
        ModelError
            Naming the file, if it is missing, damaged, or has a layer of a type that is not
            installed.
        """
        from hgcn.model.model_file import load_model

        return load_model(source)
