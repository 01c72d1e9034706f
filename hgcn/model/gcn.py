# SPDX-License-Identifier: Apache-2.0
"""The float model: a GCN of any depth and width, its forward pass and its files."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import ModelError, require
from hgcn.graph.csr import frozen
from hgcn.graph.graph import Graph
from hgcn.model.activations import activations, require_fit
from hgcn.model.weights_file import read_layers, write_layers
from hgcn.printable import one_line

FeatureNorm = Literal["row", "none"]

SHIPPED = ("digits", "cora", "citeseer", "pubmed")
"""Models that come with hgcn, each named as the data set it was trained on."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GCNLayer:
    """One graph convolution ``act(Â (H W) + b)``.

    Attributes
    ----------
    weight : ndarray of float32, shape (fan_in, fan_out)
        W.
    bias : ndarray of float32, shape (fan_out,)
        b.
    """

    weight: NDArray[np.float32]
    bias: NDArray[np.float32]

    def __post_init__(self) -> None:
        object.__setattr__(self, "weight", frozen(np.array(self.weight, dtype=np.float32)))
        object.__setattr__(self, "bias", frozen(np.array(self.bias, dtype=np.float32)))

    def __repr__(self) -> str:
        return f"<GCNLayer: weight {' x '.join(map(str, self.weight.shape))}>"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GCN:
    """A graph convolutional network: ReLU between layers, none after the last.

    Attributes
    ----------
    name : str
        For reports and file headers; printable.
    layers : tuple of GCNLayer
        Each takes the width the one before gives.
    feature_norm : "row" or "none"
        Whether features are divided by their row sums first, as is usual on the Planetoid sets.
    metadata : mapping of str to str
        Where the weights come from; travels in the file header.
    """

    name: str
    layers: tuple[GCNLayer, ...]
    feature_norm: FeatureNorm = "none"
    metadata: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "layers", tuple(self.layers))
        object.__setattr__(self, "metadata", MappingProxyType(dict(self.metadata)))
        self.check()

    def __repr__(self) -> str:
        shown = "-".join(map(str, self.widths[:6])) + ("-..." if len(self.layers) > 5 else "")
        return one_line("GCN", self.name, f"widths {shown}")

    @property
    def widths(self) -> tuple[int, ...]:
        """Feature width before the first and after each layer."""
        return (self.layers[0].weight.shape[0], *(layer.weight.shape[1] for layer in self.layers))

    def check(self) -> None:
        """Raise `ModelError`, naming the layer, if the parts do not make a network."""
        if not self.layers:
            raise ModelError(f"{self.name}: a model needs at least one layer")
        if not self.name.isprintable() or not 0 < len(self.name) <= 200:
            raise ModelError(f"name must be 1 to 200 printable characters, got {self.name[:40]!r}")
        if self.feature_norm not in get_args(FeatureNorm):
            raise ModelError(
                f"{self.name}: feature_norm must be 'row' or 'none', got {self.feature_norm!r}"
            )
        width: int | None = None
        for number, layer in enumerate(self.layers, start=1):
            shape = layer.weight.shape
            if len(shape) != 2 or 0 in shape:
                raise ModelError(f"{self.name}: layer {number} must be a matrix, got shape {shape}")
            if width is not None and shape[0] != width:
                raise ModelError(
                    f"{self.name}: layer {number} takes {shape[0]} features, but gets {width}"
                )
            width = shape[1]
            if layer.bias.shape != (width,):
                raise ModelError(
                    f"{self.name}: bias of layer {number} must have {width} entries, "
                    f"got shape {layer.bias.shape}"
                )
            if not (np.isfinite(layer.weight).all() and np.isfinite(layer.bias).all()):
                raise ModelError(f"{self.name}: layer {number} holds NaN or infinity")

    def forward(self, graph: Graph) -> NDArray[np.float64]:
        """Return the logits ``Â act(Â (X W1) + b1) W2 + b2 …``.

        ``Â = D^-1/2 (A + I) D^-1/2`` with the target-side degree D of A + I: the convolution
        PyTorch Geometric calls `GCNConv`, edge weights included.

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
        >>> pair = Csr(shape=(2, 2), indptr=[0, 1, 2], indices=[1, 0])
        >>> graph = Graph(name="pair", adjacency=pair, features=Csr(
        ...     shape=(2, 1), indptr=[0, 1, 2], indices=[0, 0], data=np.float32([2, 4])))
        >>> GCN(name="mean", layers=(GCNLayer(weight=[[1, 10]], bias=[0, 1]),)).forward(graph)
        array([[ 3., 31.],
               [ 3., 31.]])
        """
        return [output for _, output in activations(self, graph)][-1]

    def save(self, path: str | Path) -> None:
        """Write a safetensors file, whole or not at all.

        Keys are ``conv1.weight`` [out, in] and ``conv1.bias``; the header key ``hgcn`` holds name,
        feature norm and metadata as JSON.
        """
        header = {
            "name": self.name,
            "feature_norm": self.feature_norm,
            "metadata": dict(self.metadata),
        }
        write_layers(
            Path(path),
            [(layer.weight, layer.bias) for layer in self.layers],
            {"hgcn": json.dumps(header, sort_keys=True)},
        )

    @staticmethod
    def load(source: str | Path, *, feature_norm: FeatureNorm | None = None) -> GCN:
        """Read a shipped model by name, or a safetensors file by path.

        Parameters
        ----------
        source : str or Path
            A name in `SHIPPED`, or a file of ours or of PyTorch Geometric (see `read_layers`).
        feature_norm : "row" or "none", optional
            Overrides the file's header; a file without one means "none".

        Raises
        ------
        ModelError
            Naming the file, if it is missing, damaged, or its layers do not fit each other.

        Examples
        --------
        >>> GCN.load("cora").widths
        (1433, 16, 7)
        """
        if isinstance(source, str) and source in SHIPPED:
            weights = resources.files("hgcn.model") / "weights" / f"{source}.safetensors"
            with resources.as_file(weights) as path:
                return _read(path, feature_norm)
        if not Path(source).exists():
            raise ModelError(
                f"{source}: no such model file, nor one of the shipped models {', '.join(SHIPPED)}"
            )
        return _read(Path(source), feature_norm)

    @staticmethod
    def for_graph(graph: Graph) -> GCN:
        """Return the shipped model trained on ``graph``, found by the graph's name.

        Raises
        ------
        ModelError
            If none is shipped, or the graph's features are not those it was trained on.
        """
        if graph.name not in SHIPPED:
            raise ModelError(
                f"no shipped model for graph {graph.name!r} (only for {', '.join(SHIPPED)}): "
                "pass a model file or use random weights"
            )
        model = GCN.load(graph.name)
        require_fit(model, graph)
        return model

    @staticmethod
    def random(widths: Sequence[int], seed: int = 0, *, feature_norm: FeatureNorm = "none") -> GCN:
        """Return a model with Glorot-uniform weights and biases.

        Parameters
        ----------
        widths : sequence of int
            Feature width, hidden widths, classes.
        seed : int

        Examples
        --------
        >>> GCN.random([4, 3, 2], seed=1).widths
        (4, 3, 2)
        """
        require(len(widths) >= 2, "widths", list(widths), "at least an input and an output width")
        require(min(widths) >= 1, "widths", list(widths), "all at least 1")
        rng = np.random.default_rng(seed)
        layers = []
        for fan_in, fan_out in pairwise(widths):
            limit = np.sqrt(6.0 / (fan_in + fan_out))
            # `rng.uniform` scales in C, where a product and a sum may be fused on some processors.
            weight = limit * (2.0 * rng.random((fan_in, fan_out)) - 1.0)
            bias = limit * (2.0 * rng.random(fan_out) - 1.0)
            layers.append(GCNLayer(weight=weight, bias=bias))
        return GCN(
            name=f"random-{'-'.join(map(str, widths))}-seed{seed}",
            layers=tuple(layers),
            feature_norm=feature_norm,
        )


def _read(path: Path, feature_norm: FeatureNorm | None) -> GCN:
    pairs, header = read_layers(path)
    try:
        own = json.loads(header.get("hgcn", "{}"))
        metadata = {str(key): str(value) for key, value in own.get("metadata", {}).items()}
        name, norm = str(own.get("name", path.stem)), own.get("feature_norm", "none")
    except (ValueError, AttributeError, RecursionError) as error:
        raise ModelError(f"{path}: header key hgcn must be a JSON object: {error}") from error
    try:
        return GCN(
            name=name,
            layers=tuple(GCNLayer(weight=weight, bias=bias) for weight, bias in pairs),
            feature_norm=feature_norm or norm,
            metadata=metadata,
        )
    except ModelError as error:
        raise ModelError(f"{path}: {error}") from error
