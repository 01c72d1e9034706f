# SPDX-License-Identifier: Apache-2.0
"""The float model: a GCN of any depth and width, its forward pass and its files."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import ModelError, require
from hgcn.graph.csr import Csr
from hgcn.graph.graph import Graph
from hgcn.graph.kinds import described, require_graph
from hgcn.model.activations import activations, require_fit
from hgcn.model.header import (
    OPTIONS,
    Options,
    check_options,
    read_header,
    require_options,
    write_header,
)
from hgcn.model.layer import Activation, FeatureNorm, GCNLayer, check_layers, random_layers
from hgcn.model.normalise import propagation
from hgcn.model.weights_file import (
    SHIPPED,
    Pair,
    float_tensors,
    read_layers,
    sort_layers,
    weights_path,
    write_layers,
)
from hgcn.printable import one_line

if TYPE_CHECKING:
    from typing_extensions import Unpack  # In typing since Python 3.11.


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class GCN:
    """A graph convolutional network, and how its weights are to be used.

    The attributes from `normalize` to `activation` say what weights alone do not: they are the
    arguments of PyTorch Geometric's `GCNConv` that change its answer, with its names and defaults,
    and what the network puts between the layers.

    Attributes
    ----------
    name : str
        For reports and file headers; printable.
    layers : tuple of GCNLayer
        Each takes the width the one before gives.
    normalize : bool
        Whether sums over neighbours are scaled by ``d^-1/2`` at both ends.
    add_self_loops : bool or None
        Whether nodes without a self-loop get one. None, as `GCNConv` has it, is what `normalize`
        is, and True needs it. Never None in a made model.
    improved : bool
        Whether those self-loops weigh two instead of one. Without edge weights they weigh one all
        the same, as in `GCNConv`.
    activation : "relu" or "none"
        Between layers; there is none after the last.
    feature_norm : "row", "pyg" or "none"
        What is done to features first: "row" divides them by their row sums, as is usual on the
        Planetoid sets; "pyg" is PyTorch Geometric's `NormalizeFeatures`. See `normalise_features`.
    metadata : mapping of str to str
        Where the weights come from; travels in the file header.
    """

    name: str
    layers: tuple[GCNLayer, ...]
    normalize: bool = True
    add_self_loops: bool | None = None
    improved: bool = False
    activation: Activation = "relu"
    feature_norm: FeatureNorm = "none"
    metadata: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "layers", tuple(self.layers))
        object.__setattr__(self, "metadata", MappingProxyType(dict(self.metadata)))
        if self.add_self_loops is None:
            object.__setattr__(self, "add_self_loops", self.normalize)
        self.check()

    def __repr__(self) -> str:
        shown = "-".join(map(str, self.widths[:6])) + ("-..." if len(self.layers) > 5 else "")
        return one_line("GCN", self.name, f"widths {shown}")

    @property
    def widths(self) -> tuple[int, ...]:
        """Feature width before the first and after each layer."""
        return (self.layers[0].weight.shape[0], *(layer.weight.shape[1] for layer in self.layers))

    @property
    def options(self) -> dict[str, Any]:
        """What weights alone do not tell, by attribute."""
        return {option: getattr(self, option) for option in OPTIONS}

    def check(self) -> None:
        """Raise `ModelError`, naming the layer, if the parts do not make a network."""
        if not self.name.isprintable() or not 0 < len(self.name) <= 200:
            raise ModelError(f"name must be 1 to 200 printable characters, got {self.name[:40]!r}")
        check_options(self.name, self.options)
        check_layers(self.name, self.layers)

    def forward(self, graph: Graph) -> NDArray[np.float64]:
        """Return the logits ``Â act(Â (X W1) + b1) W2 + b2 …``.

        By default ``Â = D^-1/2 (A + I) D^-1/2`` with the target-side degree D of A + I: the
        convolution PyTorch Geometric calls `GCNConv`, edge weights included; see `propagation`.

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
        require_graph(graph)
        return [output for _, output in activations(self, graph)][-1]

    def propagation(self, graph: Graph) -> tuple[Csr, NDArray[np.float64]]:
        """Return E and r of ``Â = diag(r) E diag(r)``; see `hgcn.model.normalise.propagation`."""
        loops = bool(self.add_self_loops)
        return propagation(graph, normalize=self.normalize, loops=loops, improved=self.improved)

    def save(self, path: str | Path) -> None:
        """Write a safetensors file, whole or not at all.

        Keys are ``conv1.weight`` [out, in] and ``conv1.bias``; the header key ``hgcn`` holds name,
        metadata and everything else that decides what the weights answer (`hgcn.model.header`).
        """
        header = write_header(name=self.name, metadata=self.metadata, options=self.options)
        pairs = [(layer.weight, layer.bias) for layer in self.layers]
        write_layers(Path(path), pairs, {"hgcn": header})

    @staticmethod
    def load(source: str | Path, **options: Unpack[Options]) -> GCN:
        """Read a shipped model by name, or a safetensors file by path.

        Parameters
        ----------
        source : str or Path
            A name in `SHIPPED`, or a file of ours or of PyTorch Geometric (see `read_layers`).
        normalize, add_self_loops, improved, activation, feature_norm
            What the model was trained with; see `GCN`. A file of ours says it in its header and
            needs none, one given overrides it. A file of another library does not: it needs all.

        Raises
        ------
        ModelError
            Naming the file, if it is missing, damaged, does not say how it is used, or its layers
            do not fit each other.

        Examples
        --------
        >>> GCN.load("cora").widths
        (1433, 16, 7)
        """
        if not isinstance(source, (str, os.PathLike)):
            raise ModelError(
                f"a model is loaded by name or file, got {described(source)}: of a torch module, "
                "or of its state_dict, GCN.from_state_dict makes one"
            )
        with weights_path(source) as path:
            return _read(path, options)

    @staticmethod
    def from_state_dict(
        state: Mapping[str, object], *, name: str = "model", **options: Unpack[Options]
    ) -> GCN:
        """Make a model of what ``module.state_dict()`` returns.

        Parameters
        ----------
        state : mapping of str to tensor or array-like
            See `sort_layers` for the keys.
        name : str
        normalize, add_self_loops, improved, activation, feature_norm
            What the model was trained with; see `GCN`. All are needed: weights do not say it.

        Raises
        ------
        ModelError
            If one is not given, or the tensors are not those of a GCN.

        Examples
        --------
        >>> GCN.from_state_dict({"conv1.lin.weight": [[0.5, 2.0]]}, normalize=True,
        ...     add_self_loops=True, improved=False, activation="relu", feature_norm="none").widths
        (2, 1)
        """
        tensors = float_tensors(state)
        return _made({"name": name, **require_options({}, options)}, sort_layers(tensors))

    @staticmethod
    def for_graph(graph: Graph) -> GCN:
        """Return the shipped model trained on ``graph``, found by the graph's name.

        Raises
        ------
        ModelError
            If none is shipped, or the graph's features are not those it was trained on.
        """
        require_graph(graph)
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
        return GCN(
            name=f"random-{'-'.join(map(str, widths))}-seed{seed}",
            layers=random_layers(widths, seed),
            feature_norm=feature_norm,
        )


def _read(path: Path, options: Options) -> GCN:
    pairs, metadata = read_layers(path)
    try:
        said = read_header(metadata["hgcn"]) if "hgcn" in metadata else {}
        return _made({"name": path.stem} | require_options(said, options), pairs)
    except ModelError as error:
        raise type(error)(f"{path}: {error}") from error


def _made(arguments: Mapping[str, Any], pairs: Sequence[Pair]) -> GCN:
    layers = tuple(GCNLayer(weight=weight, bias=bias) for weight, bias in pairs)
    return GCN(layers=layers, **arguments)
