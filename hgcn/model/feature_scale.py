# SPDX-License-Identifier: Apache-2.0
"""The fixed scale of features that are handed in when a program runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

from hgcn.errors import GraphError, require
from hgcn.graph.csr import Csr
from hgcn.graph.features import to_feature_csr
from hgcn.graph.foreign_arrays import as_array
from hgcn.graph.graph import Graph
from hgcn.model.activations import model_features
from hgcn.model.feature_norm import normalise_dense, normalise_features
from hgcn.model.layer import FeatureNorm
from hgcn.model.model import Model
from hgcn.model.normalise import values
from hgcn.model.quantisation import MAXIMUM, Quantisation
from hgcn.model.ranges import peaks
from hgcn.model.rounding import INT8_TOP, round_to_int8

_CHUNK_VALUES = 1 << 16
"""Values quantised at a time: they stay in the cache; a whole matrix takes over twice as long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureScale:
    """How features become integers: normalised as the model wants, then divided by one step.

    Attributes
    ----------
    step : float
        Real value of one integer unit, the same for every node: rows may change beyond what any
        step of their own foresaw.
    norm : "row", "pyg" or "none"
        The model's `feature_norm`.
    """

    step: float
    norm: FeatureNorm

    def __post_init__(self) -> None:
        known = isinstance(self.step, float) and np.isfinite(self.step) and self.step > 0
        require(bool(known), "feature step", self.step, "a finite number above 0")
        words = " or ".join(map(repr, get_args(FeatureNorm)))
        require(self.norm in get_args(FeatureNorm), "feature norm", self.norm, words)

    def quantise(self, features: object, shape: tuple[int, int]) -> tuple[NDArray[np.int8], int]:
        """Return integers and how many of them saturated.

        Parameters
        ----------
        features : array-like, tensor, SciPy sparse matrix or Csr
            Real numbers of any dtype, taken as float32 like a graph's features.
        shape : tuple of int
            Nodes and features per node: what `features` must have.

        Returns
        -------
        integers : ndarray of int8, shape `shape`
            Within -127..127.
        saturated : int
            Values beyond 127 steps, cut to that.

        Raises
        ------
        GraphError
            If the features are not a matrix of finite real numbers of this shape.

        Notes
        -----
        O(n f) time and memory: a dense matrix is not made sparse, but a sparse one is made dense.

        Examples
        --------
        >>> scale = FeatureScale(step=0.5, norm="none")
        >>> scale.quantise([[1.0, -0.5], [0.0, 99.0]], (2, 2))
        (array([[  2,  -1],
               [  0, 127]], dtype=int8), 1)
        """
        if isinstance(features, Graph):
            raise GraphError("features must be a matrix, got a Graph: give graph.features")
        sparse = isinstance(features, Csr) or scipy.sparse.issparse(features)
        plain = features if sparse else as_array(features, "features")
        found: tuple[int, ...] = plain.shape  # type: ignore[attr-defined]
        if tuple(found) != shape:
            raise GraphError(f"features must have shape {shape}, got {tuple(found)}")
        if sparse:
            return self._sparse(to_feature_csr(plain))
        dense: NDArray[Any] = np.asarray(plain)
        integers, saturated = np.empty(shape, dtype=np.int8), 0
        count = max(1, _CHUNK_VALUES // shape[1])
        with np.errstate(over="ignore"):
            least = float(np.float32(dense.min()))
        for start in range(0, shape[0], count):
            rows = slice(start, start + count)
            integers[rows], more = self._dense(dense[rows], least)
            saturated += more
        return integers, saturated

    def _dense(self, features: NDArray[Any], least: float) -> tuple[NDArray[np.int8], int]:
        with np.errstate(over="ignore"):
            single = features.astype(np.float32)
        _require_finite(single)
        return round_to_int8(normalise_dense(single, self.norm, least), self.step)

    def _sparse(self, features: Csr) -> tuple[NDArray[np.int8], int]:
        _require_finite(values(features))
        normal = normalise_features(features, self.norm)
        stored, saturated = round_to_int8(values(normal), self.step)
        integers = np.zeros(features.shape, dtype=np.int8)
        integers[normal.row_ids(), normal.indices] = stored
        return integers, saturated


def fit_feature_scale(model: Model, graph: Graph, ranges: Quantisation = MAXIMUM) -> FeatureScale:
    """Return the scale under which the graph's own largest feature becomes 127.

    The largest within the ranges: not beyond the percentile of the nonzeros, nor the limit times
    the median row's largest.

    Raises
    ------
    ModelError
        If the graph has no features or features of another width.

    Examples
    --------
    >>> from hgcn.model.gcn import GCN
    >>> pair = Csr(shape=(2, 2), indptr=[0, 1, 2], indices=[1, 0])
    >>> graph = Graph(name="pair", adjacency=pair, features=Csr(
    ...     shape=(2, 1), indptr=[0, 1, 2], indices=[0, 0], data=np.float32([2, -254])))
    >>> fit_feature_scale(GCN.random([1, 2]), graph)
    FeatureScale(step=2.0, norm='none')
    """
    features = model_features(model, graph)
    sizes = np.abs(values(features))
    peak = float(sizes.max(initial=0.0))
    if peak > 0 and ranges.percentile < 100:
        peak = float(peaks(sizes[sizes > 0], ranges.percentile))
    if peak > 0 and ranges.limit is not None:
        rows = np.zeros(features.shape[0])
        np.maximum.at(rows, features.row_ids(), sizes)
        peak = min(peak, ranges.limit * float(np.median(rows[rows > 0])))
    return FeatureScale(step=peak / INT8_TOP if peak > 0 else 1.0, norm=model.feature_norm)


def _require_finite(features: NDArray[np.float32] | NDArray[np.float64]) -> None:
    bad = ~np.isfinite(features)
    if bad.any():
        raise GraphError(f"features must be finite in float32, got {features[bad][0]}")
