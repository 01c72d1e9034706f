# SPDX-License-Identifier: Apache-2.0
"""Post-training quantisation: a float model on a graph to the integer network of both."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import ModelError, require
from hgcn.graph.csr import Csr
from hgcn.graph.graph import Graph
from hgcn.model.feature_scale import FeatureScale
from hgcn.model.gcn import GCN, activations, model_features, require_fit
from hgcn.model.normalise import add_self_loops, inverse_sqrt_degrees, values
from hgcn.model.rounding import INT8_TOP, round_to_int8
from hgcn.model.scales import fit_requantiser
from hgcn.reference.network import IntegerLayer, IntegerNetwork

_INT16_TOP = 32767
# Products saturate at -128, one beyond the symmetric range of weights.
_DEEPEST_PRODUCT = 128
# A column this much weaker than the strongest gets no finer step: its share of any later sum is
# already below the strongest column's rounding error, and its large multiplier would take bits
# from all other columns.
_WEAKEST_COLUMN = 2.0**-8


def quantise(
    model: GCN,
    graph: Graph,
    *,
    percentile: float = 100.0,
    feature_scale: FeatureScale | None = None,
) -> IntegerNetwork:
    """Return the int8 network that computes ``model`` on ``graph``.

    With steps s (the real value of one integer unit), each layer becomes::

        W[k, f] = sW[f] * Wq[k, f]               sW[f] = max_k |W[k, f]| / 127
        X[i, k] = sX[i] * Xq[i, k]               see `quantise_rows`; later layers: sX[i] = sH
        E[i, j] = sE[i] * Eq[i, j]               E = A + I, see `quantise_rows`
        P       = requantise(Xq Wq)              row sX[i] d[i]^-1/2, column sW[f] / sP[f]
        H       = requantise(Eq P)               row sE[i] d[i]^-1/2, column sP[f] / sH,
                                                 bias b[f] / sH

    The steps of P (``sP[f] = peak_i |P[i, f]| / 127``) and H (``sH = peak |H| / 127``, in the last
    layer ``max |H| / 32767``) are fitted to the float model's values on this very graph.

    Parameters
    ----------
    model : GCN
    graph : Graph
        n nodes, features as wide as the model takes.
    percentile : float, optional
        The peak is the smallest magnitude that at least this share of the values do not exceed,
        above 0 to 100. 100 is the maximum: nothing saturates. Logits always use the maximum.
    feature_scale : FeatureScale, optional
        One step for all features, those of this graph and any that take their place later; by
        default each row has the step that suits it best.

    Returns
    -------
    IntegerNetwork
        ReLU and 8 bits in all layers but the last, which gives 16-bit logits.

    Raises
    ------
    ModelError
        If model and graph do not fit, or a sum could leave the 32-bit accumulator.
    SpecError
        If `percentile` is out of range.

    Notes
    -----
    All in float64, by operations that round alike on every machine. Time O(nnz + edges) per column.

    The maximum is the default because saturated hubs cost more than the finer step gains: logits
    of the shipped Cora model are off by 1.6 % of their spread (root mean square), by 2.9 % with
    percentile 99.9 and 9.7 % with 99.

    Examples
    --------
    >>> pair = Csr(shape=(2, 2), indptr=[0, 1, 2], indices=[1, 0])
    >>> graph = Graph(name="pair", adjacency=pair, features=Csr(
    ...     shape=(2, 2), indptr=[0, 1, 2], indices=[0, 1]))
    >>> network = quantise(GCN.random([2, 4, 2], seed=0), graph)
    >>> network.features.data is None, network.layers[1].aggregate.bits
    (True, 16)
    """
    require(0 < percentile <= 100, "percentile", percentile, "above 0, at most 100")
    loops = add_self_loops(graph)
    root = inverse_sqrt_degrees(loops)
    adjacency, edge_step = quantise_rows(loops)
    if feature_scale is None:
        features, row_step = quantise_rows(model_features(model, graph))
        _check_sums("features", features, INT8_TOP)
    else:
        features = _scaled(require_fit(model, graph), feature_scale)
        row_step = np.full(graph.num_nodes, feature_scale.step)
        _check_sum("a row of any features", graph.num_features * INT8_TOP * INT8_TOP)
    _check_sums("adjacency", adjacency, _DEEPEST_PRODUCT)
    layers = []
    output_step = 1.0
    for number, (layer, (product, output)) in enumerate(
        zip(model.layers, activations(model, graph), strict=True), start=1
    ):
        last = number == len(model.layers)
        if number > 1:
            _check_sum(f"layer {number}", layer.weight.shape[0] * INT8_TOP * INT8_TOP)
        weight, weight_step = quantise_columns(layer.weight)
        product_step = _product_steps(product, percentile)
        output_step = _step(output, 100.0 if last else percentile, _INT16_TOP if last else INT8_TOP)
        combine = fit_requantiser(
            row=row_step * root,
            col=weight_step / product_step,
            bias=np.zeros(len(weight_step)),
            relu=False,
            bits=8,
        )
        aggregate = fit_requantiser(
            row=edge_step * root,
            col=product_step / output_step,
            bias=layer.bias.astype(np.float64) / output_step,
            relu=not last,
            bits=16 if last else 8,
        )
        layers.append(IntegerLayer(weight=weight, combine=combine, aggregate=aggregate))
        row_step = np.full(graph.num_nodes, output_step)
    return IntegerNetwork(
        name=f"{model.name} on {graph.name}",
        adjacency=adjacency,
        features=features,
        layers=tuple(layers),
        logit_scale=output_step,
    )


def quantise_rows(matrix: Csr) -> tuple[Csr, NDArray[np.float64]]:
    """Return ``q`` and row steps s with ``matrix[i, k] ≈ s[i] * q[i, k]``.

    If the nonzeros of each row are equal and positive, ``q`` is binary and exact with
    ``s[i]`` their value. Else ``q`` is int8 with ``s[i] = max_k |matrix[i, k]| / 127``.
    Entries that round to zero are dropped.

    Parameters
    ----------
    matrix : Csr, shape (n, k)

    Returns
    -------
    q : Csr, shape (n, k)
    s : ndarray of float64, shape (n,)
        0 in rows without a nonzero.

    Notes
    -----
    Row steps cost nothing, for every output row has its own multiplier anyway. On Pubmed's
    features they leave logits with 0.8 % error (root mean square, of their spread) where one step
    for the whole matrix leaves 1.1 %.

    Examples
    --------
    >>> q, s = quantise_rows(Csr(shape=(2, 3), indptr=[0, 2, 3], indices=[0, 1, 2],
    ...                          data=np.float32([0.5, 0.5, 3])))
    >>> q.data is None, s
    (True, array([0.5, 3. ]))
    >>> q, s = quantise_rows(Csr(shape=(1, 3), indptr=[0, 3], indices=[0, 1, 2],
    ...                          data=np.float32([1, -127, 0.2])))
    >>> q.indices, q.data, s
    (array([0, 1], dtype=int32), array([   1, -127], dtype=int8), array([1.]))
    """
    rows, data = matrix.row_ids(), values(matrix)
    peak = np.zeros(matrix.shape[0])
    np.maximum.at(peak, rows, np.abs(data))
    stored = data != 0
    if np.array_equal(data[stored], peak[rows[stored]]):
        return _kept(matrix, stored, None), peak
    step = peak / INT8_TOP
    integers = np.zeros(matrix.nnz, dtype=np.int8)
    integers[stored], _ = round_to_int8(data[stored], step[rows[stored]])
    stored = integers != 0
    return _kept(matrix, stored, integers[stored]), step


def quantise_columns(weight: NDArray[np.float32]) -> tuple[NDArray[np.int8], NDArray[np.float64]]:
    """Return ``q`` and column steps s with ``weight[k, f] ≈ s[f] * q[k, f]``, ``|q| <= 127``.

    Examples
    --------
    >>> quantise_columns(np.float32([[127, 0], [-1.4, 0]]))
    (array([[127,   0],
           [ -1,   0]], dtype=int8), array([1., 0.]))
    """
    step = np.abs(weight.astype(np.float64)).max(axis=0) / INT8_TOP
    return round_to_int8(weight, np.where(step > 0, step, 1.0))[0], step


def _scaled(features: Csr, scale: FeatureScale) -> Csr:
    integers, _ = scale.quantise(features, features.shape)
    rows, cols = np.nonzero(integers)
    return Csr.from_coo(features.shape, rows, cols, integers[rows, cols])


def _kept(matrix: Csr, stored: NDArray[np.bool_], data: NDArray[np.int8] | None) -> Csr:
    counts = np.bincount(matrix.row_ids()[stored], minlength=matrix.shape[0])
    return Csr(
        shape=matrix.shape,
        indptr=np.concatenate([[0], np.cumsum(counts)]),
        indices=matrix.indices[stored],
        data=data,
    )


def _product_steps(product: NDArray[np.float64], percentile: float) -> NDArray[np.float64]:
    steps = peaks(product, percentile) / INT8_TOP
    steps = np.maximum(steps, steps.max() * _WEAKEST_COLUMN)
    return np.where(steps > 0, steps, 1.0)


def _step(output: NDArray[np.float64], percentile: float, top: int) -> float:
    step = float(peaks(output.reshape(-1, 1), percentile)[0]) / top
    return step if step > 0 else 1.0


def peaks(values: NDArray[np.float64], percentile: float) -> NDArray[np.float64]:
    """Return a magnitude of each column that `percentile` % of its values do not exceed.

    The smallest there is: one of the column's own, so that no interpolation rounds.

    Examples
    --------
    >>> peaks(np.array([[1.0], [-4.0], [2.0], [3.0]]), 75.0), peaks(np.array([[1.0], [-4.0]]), 100)
    (array([3.]), array([4.]))
    """
    sizes = np.abs(values)
    if percentile == 100:
        return np.asarray(sizes.max(axis=0))
    # 99.9 % of 1000 values are 999, though the nearest float to 99.9 is above it.
    place = max(math.ceil(round(len(sizes) * percentile / 100, 6)) - 1, 0)
    return np.asarray(np.partition(sizes, place, axis=0)[place])


def _check_sums(what: str, left: Csr, right_top: int) -> None:
    weights = None if left.data is None else np.abs(left.data.astype(np.float64))
    sums = np.bincount(left.row_ids(), weights=weights, minlength=left.shape[0])
    worst = int(np.argmax(sums))
    _check_sum(f"row {worst} of the {what}", int(sums[worst]) * right_top)


def _check_sum(what: str, magnitude: int) -> None:
    if magnitude >= 2**31:
        raise ModelError(f"{what} may sum to {magnitude}, must stay below 2^31 (the accumulator)")
