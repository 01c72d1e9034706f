# SPDX-License-Identifier: Apache-2.0
"""How near an integer network comes to its float model: measured node by node, not estimated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hgcn.errors import require
from hgcn.reference.infer import JobTrace, Multiply, multiply, trace
from hgcn.reference.network import IntegerNetwork


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerLosses:
    """What integers lost in one layer.

    Attributes
    ----------
    values : int
        Outputs: nodes times features.
    saturated_products, saturated_outputs : int
        Of the layer's last job, the outputs, and of all its jobs before, how many values lie beyond
        8 bits (logits: 16) and are cut to them.
    zero_rows, zero_columns : int
        Multipliers that rounded to 0 though an accumulator of the row or column is not 0, of all
        the layer's jobs together: only the bias is left of it.
    scaled_rows : int
        Rows of products that were scaled down; see `Quantisation.limit`.
    """

    values: int
    saturated_products: int
    saturated_outputs: int
    zero_rows: int
    zero_columns: int
    scaled_rows: int = 0

    def __post_init__(self) -> None:
        for field in fields(self):
            _require_count(f"agreement: {field.name}", getattr(self, field.name))

    @property
    def saturated_share(self) -> float:
        """The larger share of products or outputs that saturate."""
        return max(self.saturated_products, self.saturated_outputs) / max(self.values, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """An integer network against the float model on the same graph.

    Attributes
    ----------
    nodes : int
    same_class : int
        Nodes whose largest logit is that of the same class; the first of equal ones.
    logit_rms, logit_max : float
        Error of the logits, root mean square and largest, in units of the standard deviation of
        the float model's.
    turn : float
        Mean over the nodes of how far the direction of a node's logits, each less their mean, is
        from the float model's: 0 the same, 1 a right angle or more. Nodes of all magnitudes count
        alike, which they do not in `logit_rms`.
    layers : tuple of LayerLosses
    """

    nodes: int
    same_class: int
    logit_rms: float
    logit_max: float
    turn: float
    layers: tuple[LayerLosses, ...]

    def __post_init__(self) -> None:
        _require_count("agreement: nodes", self.nodes)
        _require_count("agreement: same_class", self.same_class)
        require(self.same_class <= self.nodes, "same_class", self.same_class, "at most the nodes")
        for name in ("logit_rms", "logit_max", "turn"):
            value = getattr(self, name)
            known = isinstance(value, float) and np.isfinite(value) and value >= 0
            require(bool(known), f"agreement: {name}", value, "a finite number of at least 0")

    @property
    def class_share(self) -> float:
        """Share of the nodes that get the float model's class, in [0, 1]."""
        return self.same_class / max(self.nodes, 1)

    def facts(self) -> dict[str, Any]:
        """Return plain JSON types, from which `from_facts` makes it again."""
        return {**asdict(self), "layers": [asdict(layer) for layer in self.layers]}

    @staticmethod
    def from_facts(facts: Mapping[str, Any]) -> Agreement:
        """Return what `facts` was made of.

        Raises
        ------
        LookupError, TypeError, ValueError
            If it was not.
        """
        layers = tuple(LayerLosses(**layer) for layer in facts["layers"])
        return Agreement(**{**facts, "layers": layers})


def measure(
    float_logits: NDArray[np.float64],
    network: IntegerNetwork,
    *,
    features: NDArray[np.int8] | None = None,
    scaled_rows: tuple[int, ...] | None = None,
    product: Multiply = multiply,
) -> tuple[Agreement, NDArray[np.int16]]:
    """Run the reference arithmetic, and return how it agrees and the integer logits.

    Parameters
    ----------
    float_logits : ndarray, shape (n, classes)
        The float model's, in the network's node order.
    network : IntegerNetwork
    features : ndarray of int8, shape (n, f), optional
        Taken instead of those compiled in.
    scaled_rows : tuple of int, optional
        Of each layer, to be kept with the rest.
    product : callable
        How operands are multiplied; see `hgcn.reference.infer.trace`.

    Notes
    -----
    As long as the products take. Figures have four digits: they are part of the
    program, which is the same on every machine.
    """
    layers: dict[int, LayerLosses] = {}
    for step in trace(network, features, product=product):
        number = step.job.layer
        scaled = 0 if scaled_rows is None else scaled_rows[number - 1]
        layers[number] = _losses(step, layers.get(number), scaled)
        integers = step.output
    # In units of the largest logit: squares of logits of any size stay within a float.
    unit = float(np.abs(float_logits).max()) or 1.0
    error = (network.real_logits(integers) - float_logits) / unit
    spread = float(np.std(float_logits / unit))
    # Equal logits have no spread but that of their rounding: then the unit is what there is.
    spread = spread if spread > 1e-9 else 1.0
    same = float_logits.argmax(axis=1) == integers.argmax(axis=1)
    agreement = Agreement(
        nodes=network.num_nodes,
        same_class=int(np.count_nonzero(same)),
        logit_rms=_digits(float(np.sqrt(np.mean(np.square(error)))) / spread),
        logit_max=_digits(float(np.abs(error).max()) / spread),
        turn=_digits(float(np.mean(_turns(float_logits, integers.astype(np.float64))))),
        layers=tuple(layers.values()),
    )
    return agreement, integers


def _losses(step: JobTrace, before: LayerLosses | None, scaled_rows: int) -> LayerLosses:
    """Add a job's losses to those of the layer's jobs ``before`` it, which gave products."""
    scales = step.job.epilogue
    products = 0 if before is None else before.saturated_products + before.saturated_outputs
    return LayerLosses(
        values=step.output.size,
        saturated_products=products,
        saturated_outputs=_saturated(step),
        zero_rows=_lost(step.sums, scales.row, 1) + (0 if before is None else before.zero_rows),
        zero_columns=_lost(step.sums, scales.col, 0)
        + (0 if before is None else before.zero_columns),
        scaled_rows=scaled_rows,
    )


def _saturated(step: JobTrace) -> int:
    limit = 1 << (step.job.epilogue.bits - 1)
    below = 0 if step.job.epilogue.relu else int(np.count_nonzero(step.total < -limit))
    return below + int(np.count_nonzero(step.total > limit - 1))


def _lost(sums: NDArray[np.int32], multipliers: NDArray[np.uint16], axis: int) -> int:
    return int(np.count_nonzero(sums.any(axis=axis) & (multipliers == 0)))


def _turns(before: NDArray[np.float64], after: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return of each row how far its direction turned: 0 not at all, 1 a right angle or more."""
    first, second = (_directions(logits) for logits in (before, after))
    apart = np.sqrt((np.square(first - second)).sum(axis=1) / 2)
    # Where the float model prefers no class there is no direction to lose.
    apart[~first.any(axis=1)] = 0.0
    turns: NDArray[np.float64] = np.minimum(apart, 1.0)
    return turns


def _directions(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    # A single logit is taken for what it is: its sign is the class.
    centred = logits - logits.mean(axis=1, keepdims=True) if logits.shape[1] > 1 else logits
    largest = np.abs(centred).max(axis=1, keepdims=True)
    scaled = centred / np.where(largest > 0, largest, 1.0)
    length = np.sqrt((np.square(scaled)).sum(axis=1, keepdims=True))
    directions: NDArray[np.float64] = scaled / np.where(length > 0, length, 1.0)
    return directions


def _digits(value: float) -> float:
    return float(f"{value:.3e}")


def _require_count(name: str, value: object) -> None:
    known = isinstance(value, int) and not isinstance(value, bool) and value >= 0
    require(known, name, value, "a whole number of at least 0")
