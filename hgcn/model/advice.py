# SPDX-License-Identifier: Apache-2.0
"""Words for what quantisation lost: how much, why, and what to do about it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hgcn.graph.csr import Csr
from hgcn.graph.graph import Graph
from hgcn.model.activations import activations, model_features
from hgcn.model.agreement import Agreement
from hgcn.model.model import Model
from hgcn.model.normalise import values
from hgcn.model.quantisation import AUTO, Quantisation

GOOD_CLASS_SHARE = 0.99
"""Fewer nodes than this share with the float model's class are worth a warning."""
GOOD_TURN = 0.1
"""So are logits whose direction is off by more than this on average."""
GOOD_SATURATED_SHARE = 0.01
"""And more saturated values in a layer than this share."""

_FAR = 16.0
"""A row this many times the median row takes four of the others' seven bits."""
_FAR_COLUMN = 256.0
"""Beside a column this many times the median column nothing of that is left in a row of 8 bits."""


def is_good(agreement: Agreement) -> bool:
    """Whether classes and directions of the logits are those of the float model."""
    return agreement.class_share >= GOOD_CLASS_SHARE and agreement.turn <= GOOD_TURN


def advice(
    model: Model, graph: Graph, agreement: Agreement, *, asked: str, used: Quantisation
) -> tuple[str, ...]:
    """Return a sentence for each thing that is wrong; none if all is well.

    Parameters
    ----------
    model : Model
    graph : Graph
    agreement : Agreement
        Of the network in use, with the float model.
    asked : str
        The words of the quantisation asked for.
    used : Quantisation
        What was chosen for them.

    Notes
    -----
    The float model runs once more where the answers are bad, to find the cause.
    """
    found = [*_losses(agreement)]
    if agreement.class_share < GOOD_CLASS_SHARE:
        wrong = agreement.nodes - agreement.same_class
        found.insert(
            0,
            f"{wrong:,} of {agreement.nodes:,} nodes get another class than from the float model: "
            f"{agreement.class_share:.1%} agree, {GOOD_CLASS_SHARE:.0%} should",
        )
    elif agreement.turn > GOOD_TURN:
        found.insert(
            0,
            f"the direction of a node's logits is off by {agreement.turn:.0%} of a right angle "
            f"on average, {GOOD_TURN:.0%} is much: classes agree with the float model by luck",
        )
    others = _other_weights(model, graph)
    if not found:
        return others
    causes = _causes(model, graph)
    return (*others, *found, *causes, *_cures(asked, used, causes))


def _other_weights(model: Model, graph: Graph) -> tuple[str, ...]:
    """Say where a model that was read from a module saw other edge weights than the graph has."""
    seen = model.metadata.get("edge_weights")
    there = graph.adjacency.data is not None and not graph.weights_are_counts
    if seen == "None" and there:
        return (
            "the module that the model was read from saw no edge weights, and the graph has some: "
            "hgcn.graph.from_pyg(data, weights=None) leaves them out",
        )
    if seen not in (None, "None") and not there:
        return (
            f"the module that the model was read from saw edge weights ({seen[:40]!r}), and the "
            "graph has none",
        )
    return ()


def _losses(agreement: Agreement) -> list[str]:
    found = []
    for number, layer in enumerate(agreement.layers, start=1):
        if layer.zero_rows:
            found.append(
                f"layer {number}: the multipliers of {layer.zero_rows:,} rows rounded to 0, "
                "and with them their values: they have 16 bits of the largest row's"
            )
        if layer.saturated_share > GOOD_SATURATED_SHARE:
            what = "logits" if number == len(agreement.layers) else "hidden values"
            found.append(
                f"layer {number}: {layer.saturated_products:,} products and "
                f"{layer.saturated_outputs:,} {what} of {layer.values:,} saturate"
            )
        if layer.scaled_rows and not is_good(agreement):
            found.append(
                f"layer {number}: products of {layer.scaled_rows:,} of {agreement.nodes:,} nodes "
                "were scaled down: they and their neighbours may get another class"
            )
    return found


def _causes(model: Model, graph: Graph) -> list[str]:
    found = []
    features = model_features(model, graph)
    row, times = _outlier(_peaks(features, axis=0))
    if times > _FAR:
        found.append(
            f"row {row} of the features is {_times(times)} times larger than the median row"
        )
    column, times = _outlier(_peaks(features, axis=1))
    if times > _FAR_COLUMN:
        found.append(
            f"column {column} of the features is {_times(times)} times larger than the median "
            "column, and a row has 8 bits for both: scale the columns before training"
        )
    if not found:
        found += _first_outlier(model, graph)
    if not found:
        found.append("no row, column or node stands out: it is the rounding to 8 bits itself")
    return found


def _first_outlier(model: Model, graph: Graph) -> list[str]:
    """Name the node that first stands out between features and logits: what follows is its."""
    degrees = np.diff(graph.adjacency.indptr)
    for number, tables in enumerate(activations(model, graph), start=1):
        # Nothing follows the logits.
        for what, table in tables[:-1] if number == len(model.layers) else tables:
            row, times = _outlier(np.abs(table).max(axis=1))
            if times > _FAR:
                return [
                    f"layer {number}: the {what} of node {row} (in-degree {degrees[row]:,}) are "
                    f"{_times(times)} times larger than the median node's"
                ]
    return []


def _cures(asked: str, used: Quantisation, causes: list[str]) -> list[str]:
    ending = "there are no 16-bit values between layers in this hardware"
    scale = "scale the features first (logarithms, or rows or columns divided by their size)"
    if asked == AUTO:
        return [
            f"{used} is the best that quantisation auto found; {ending}",
            f"what helps: {scale}",
        ]
    other = "degree" if any("hidden values" in cause for cause in causes) else "limit:16"
    return [
        f"what helps: quantisation auto, which measures several, or {other} "
        f"(--quantisation {other}); {ending}",
        f"what else helps: {scale}",
    ]


def _peaks(features: Csr, *, axis: int) -> NDArray[np.float64]:
    largest = np.zeros(features.shape[axis])
    places = features.row_ids() if axis == 0 else features.indices
    np.maximum.at(largest, places, np.abs(values(features)))
    return largest


def _outlier(peaks: NDArray[np.float64]) -> tuple[int, float]:
    """Return the largest, and how many times the median of those that are not 0 it is."""
    live = peaks[peaks > 0]
    if not live.size:
        return 0, 1.0
    worst = int(np.argmax(peaks))
    return worst, float(peaks[worst] / np.median(live))


def _times(ratio: float) -> str:
    return f"{ratio:,.0f}" if ratio < 1e7 else f"{ratio:.1e}"
