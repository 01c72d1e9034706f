# SPDX-License-Identifier: Apache-2.0
"""The GCN of any depth and width, and its files."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hgcn.arguments import as_path, as_whole, as_wholes
from hgcn.errors import ModelError, require
from hgcn.graph.csr import Csr
from hgcn.graph.graph import Graph
from hgcn.graph.kinds import described, require_graph
from hgcn.model.activations import require_fit
from hgcn.model.header import (
    OPTIONS,
    Options,
    check_options,
    read_header,
    require_options,
    write_header,
)
from hgcn.model.layer import Activation, FeatureNorm
from hgcn.model.layers.gcn import GCNLayer
from hgcn.model.model import Model
from hgcn.model.weights_file import (
    SHIPPED,
    Pair,
    float_tensors,
    read_layers,
    sort_layers,
    weights_path,
    write_layers,
)
from hgcn.printable import printable_path

if TYPE_CHECKING:
    from typing_extensions import Unpack  # In typing since Python 3.11.


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class GCN(Model):
    """A graph convolutional network, and how its weights are to be used.

    The attributes from `normalize` to `activation` say what weights alone do not: they are the
    arguments of PyTorch Geometric's `GCNConv` that change its answer, with its names and defaults,
    and what the network puts between the layers. They hold for all layers, whatever these say.

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
    feature_norm, metadata
        See `Model`.
    """

    layers: tuple[GCNLayer, ...]
    normalize: bool = True
    add_self_loops: bool | None = None
    improved: bool = False
    activation: Activation = "relu"

    def __post_init__(self) -> None:
        if self.add_self_loops is None:
            object.__setattr__(self, "add_self_loops", self.normalize)
        Model.__post_init__(self)
        last = len(self.layers) - 1
        layers = tuple(
            replace(
                layer,
                normalize=self.normalize,
                add_self_loops=self.add_self_loops,
                improved=self.improved,
                activation=self.activation if number < last else "none",
            )
            for number, layer in enumerate(self.layers)
        )
        object.__setattr__(self, "layers", layers)

    @property
    def options(self) -> dict[str, Any]:
        """What weights alone do not tell, by attribute."""
        return {option: getattr(self, option) for option in OPTIONS}

    def check(self) -> None:
        """Raise `ModelError`, naming the layer, if the parts do not make a network."""
        check_options(self.name, self.options)
        for number, layer in enumerate(self.layers, start=1):
            if not isinstance(layer, GCNLayer):
                raise ModelError(
                    f"{self.name}: layer {number} must be a GCNLayer, got {described(layer)}: "
                    "a Model takes layers of any type"
                )
        Model.check(self)

    def propagation(self, graph: Graph) -> tuple[Csr, NDArray[np.float64]]:
        """Return E and r of ``Â = diag(r) E diag(r)``; see `hgcn.model.normalise.propagation`."""
        return self.layers[0].propagation(graph)

    def save(self, path: str | Path) -> None:
        """Write a safetensors file, whole or not at all.

        Keys are ``conv1.weight`` [out, in] and ``conv1.bias``; the header key ``hgcn`` holds name,
        metadata and everything else that decides what the weights answer (`hgcn.model.header`).
        """
        header = write_header(name=self.name, metadata=self.metadata, options=self.options)
        pairs = [(layer.weight, layer.bias) for layer in self.layers]
        write_layers(as_path(path, "path"), pairs, {"hgcn": header})

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
        as_path(source, "source")
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
        widths, seed = as_wholes(widths, "widths", least=1), as_whole(seed, "seed")
        require(len(widths) >= 2, "widths", widths, "at least an input and an output width")
        return GCN(
            name=f"random-{'-'.join(map(str, widths))}-seed{seed}",
            layers=random_layers(widths, seed),
            feature_norm=feature_norm,
        )


def random_layers(widths: Sequence[int], seed: int) -> tuple[GCNLayer, ...]:
    """Return layers with Glorot-uniform weights and biases.

    Examples
    --------
    >>> [layer.weight.shape for layer in random_layers([4, 3, 2], seed=1)]
    [(4, 3), (3, 2)]
    """
    rng = np.random.default_rng(seed)
    layers = []
    for fan_in, fan_out in pairwise(widths):
        limit = np.sqrt(6.0 / (fan_in + fan_out))
        # `rng.uniform` scales in C, where a product and a sum may be fused on some processors.
        weight = limit * (2.0 * rng.random((fan_in, fan_out)) - 1.0)
        bias = limit * (2.0 * rng.random(fan_out) - 1.0)
        layers.append(GCNLayer(weight=weight, bias=bias))
    return tuple(layers)


def _read(path: Path, options: Options) -> GCN:
    pairs, metadata = read_layers(path)
    try:
        said = read_header(metadata["hgcn"]) if "hgcn" in metadata else {}
        return _made({"name": path.stem} | require_options(said, options), pairs)
    except ModelError as error:
        raise type(error)(f"{printable_path(path)}: {error}") from error


def _made(arguments: Mapping[str, Any], pairs: Sequence[Pair]) -> GCN:
    layers = tuple(GCNLayer(weight=weight, bias=bias) for weight, bias in pairs)
    return GCN(layers=layers, **arguments)
