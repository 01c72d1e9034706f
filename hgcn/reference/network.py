# SPDX-License-Identifier: Apache-2.0
"""The integer network: what every backend computes, in the plainest NumPy there is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import ModelError
from hgcn.graph.csr import Csr
from hgcn.printable import one_line
from hgcn.reference.requantise import Requantiser, requantise


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class IntegerLayer:
    """One graph convolution in integers.

    Attributes
    ----------
    weight : ndarray of int8, shape (fan_in, fan_out)
    combine : Requantiser
        Turns X W into P: 8 bits, no ReLU.
    aggregate : Requantiser
        Turns (A + I) P into the layer's output: 8 bits, or 16 in the last layer.
    """

    weight: NDArray[np.int8]
    combine: Requantiser
    aggregate: Requantiser

    def __repr__(self) -> str:
        """Fit a line."""
        return f"<IntegerLayer: weight {self.weight.shape[0]:,} x {self.weight.shape[1]:,}>"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class IntegerNetwork:
    """A quantised GCN bound to a graph, in the graph's own node order.

    Attributes
    ----------
    name : str
        For reports: model and graph.
    adjacency : Csr, shape (n, n)
        A + I. ``data`` None (binary) or int8.
    features : Csr, shape (n, f)
        Quantised X. ``data`` None (binary: row-constant features) or int8.
    layers : tuple of IntegerLayer
    logit_scale : float
        Real value of one unit of the last layer's output.
    logit_rows : ndarray of float64, shape (n,), or None
        How many times that a unit of each node's is; None: once. A node's class does not depend on
        it.
    """

    name: str
    adjacency: Csr
    features: Csr
    layers: tuple[IntegerLayer, ...]
    logit_scale: float
    logit_rows: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        if not self.layers:
            raise ModelError(f"{self.name}: a network needs at least one layer")
        n, width = self.features.shape
        if self.adjacency.shape != (n, n):
            raise ModelError(
                f"adjacency must be {n} x {n} like the features' rows, got {self.adjacency.shape}"
            )
        for number, layer in enumerate(self.layers, start=1):
            if layer.weight.shape[0] != width:
                raise ModelError(
                    f"layer {number} takes {layer.weight.shape[0]} features, but gets {width}"
                )
            width = layer.weight.shape[1]
            for scales in (layer.combine, layer.aggregate):
                if (
                    scales.row.shape != (n,)
                    or scales.col.shape != (width,)
                    or scales.bias.shape != (width,)
                ):
                    raise ModelError(
                        f"layer {number}: scales must be for {n} rows and {width} columns"
                    )
        for what, matrix in (("features", self.features), ("adjacency", self.adjacency)):
            if matrix.data is not None and matrix.data.dtype != np.int8:
                raise ModelError(
                    f"quantised {what} must be int8 or binary, got {matrix.data.dtype}"
                )

    def __repr__(self) -> str:
        """Fit a line."""
        widths = [self.features.shape[1], *(layer.weight.shape[1] for layer in self.layers)]
        shown = "-".join(map(str, widths[:6])) + ("-..." if len(widths) > 6 else "")
        return one_line("IntegerNetwork", self.name, f"{self.num_nodes:,} nodes", f"widths {shown}")

    @property
    def num_nodes(self) -> int:
        """Rows of every operand."""
        return self.adjacency.shape[0]

    @property
    def num_classes(self) -> int:
        """Columns of the output."""
        return int(self.layers[-1].weight.shape[1])

    def real_logits(self, integers: NDArray[np.int16]) -> NDArray[np.float64]:
        """Return integer logits in the float model's units, shape (n, classes)."""
        steps = np.full(self.num_nodes, self.logit_scale)
        if self.logit_rows is not None:
            steps *= self.logit_rows
        real: NDArray[np.float64] = integers * steps[:, None]
        return real

    def digest(self) -> bytes:
        """SHA-256 of weights and scales."""
        sha = hashlib.sha256()
        for layer in self.layers:
            sha.update(repr(layer.weight.shape).encode())
            sha.update(layer.weight.tobytes())
            for scales in (layer.combine, layer.aggregate):
                sha.update(scales.row.tobytes() + scales.col.tobytes() + scales.bias.tobytes())
                sha.update(
                    repr((scales.shift, scales.bias_shift, scales.relu, scales.bits)).encode()
                )
        return sha.digest()


def spmm(left: Csr, right: NDArray[np.int8] | NDArray[np.int16]) -> NDArray[np.int32]:
    """Sparse times dense in int32: the definition, one nonzero per addition.

    Parameters
    ----------
    left : Csr, shape (n, k)
        Binary (``data`` None) or int8.
    right : ndarray of int8 (or int16 holding int8), shape (k, f)

    Returns
    -------
    ndarray of int32, shape (n, f)

    Examples
    --------
    >>> import numpy as np
    >>> left = Csr(shape=(2, 2), indptr=[0, 2, 2], indices=[0, 1])
    >>> spmm(left, np.array([[1, 2], [3, 4]], np.int8))
    array([[4, 6],
           [0, 0]], dtype=int32)
    """
    out = np.zeros((left.shape[0], right.shape[1]), dtype=np.int32)
    terms = right[left.indices].astype(np.int32)
    if left.data is not None:
        terms *= left.data.astype(np.int32)[:, None]
    np.add.at(out, left.row_ids(), terms)
    return out


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LayerTrace:
    """The integers of one layer, in the network's node order.

    Attributes
    ----------
    sums, totals : ndarray of int32, shape (n, f)
        Accumulators of the combination and the aggregation.
    product, output : ndarray of int16, shape (n, f)
        What requantisation makes of them.
    """

    sums: NDArray[np.int32]
    product: NDArray[np.int16]
    totals: NDArray[np.int32]
    output: NDArray[np.int16]


def trace(
    network: IntegerNetwork, features: NDArray[np.int8] | None = None
) -> Iterator[LayerTrace]:
    """Yield what each layer computes; see `infer`."""
    hidden: NDArray[np.int16] | None = None if features is None else features.astype(np.int16)
    for layer in network.layers:
        if hidden is None:
            sums = spmm(network.features, layer.weight)
        else:
            sums = hidden.astype(np.int32) @ layer.weight.astype(np.int32)
        product = requantise(sums, layer.combine)
        totals = spmm(network.adjacency, product)
        hidden = requantise(totals, layer.aggregate)
        yield LayerTrace(sums=sums, product=product, totals=totals, output=hidden)


def infer(network: IntegerNetwork, features: NDArray[np.int8] | None = None) -> NDArray[np.int16]:
    """Return the integer logits, shape (n, classes), in the graph's node order.

    Parameters
    ----------
    network : IntegerNetwork
    features : ndarray of int8, shape (n, f), optional
        Taken instead of the network's own.
    """
    for layer in trace(network, features):
        logits = layer.output
    return logits
