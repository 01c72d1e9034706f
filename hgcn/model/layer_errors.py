# SPDX-License-Identifier: Apache-2.0
"""How far the integers of each layer are from the float model's values: where the error grows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hgcn.graph.graph import Graph
from hgcn.model.activations import activations
from hgcn.model.feature_scale import FeatureScale
from hgcn.model.model import Model
from hgcn.model.quantisation import Quantisation
from hgcn.model.quantise import fit
from hgcn.reference.infer import trace
from hgcn.reference.job import Rows
from hgcn.reference.products import fast_product


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerError:
    """Error of what a layer gives, that of all layers before it included.

    Attributes
    ----------
    layer : int
        From 1.
    rms : float
        Root mean square of the error, over that of the float model's values.
    largest : float
        Largest magnitude of the error, over the largest of the float model's values.
    """

    layer: int
    rms: float
    largest: float


def layer_errors(
    model: Model,
    graph: Graph,
    quantisation: Quantisation,
    feature_scale: FeatureScale | None = None,
) -> tuple[LayerError, ...]:
    """Run both networks on a graph and set what their layers give against each other.

    Parameters
    ----------
    model : Model
    graph : Graph
        n nodes, features as wide as the model takes.
    quantisation : Quantisation
    feature_scale : FeatureScale, optional
        Of features that are handed in at run time.

    Returns
    -------
    tuple of LayerError
        One a layer; figures have four digits.

    Raises
    ------
    ModelError
        See `hgcn.model.quantise.quantise`.

    Examples
    --------
    >>> import hgcn
    >>> from hgcn.model.quantisation import MAXIMUM
    >>> graph = hgcn.datasets.load("digits")
    >>> [error.rms < 0.02 for error in layer_errors(hgcn.GCN.load("digits"), graph, MAXIMUM)]
    [True, True]
    """
    fitted = fit(model, graph, quantisation, feature_scale)
    steps = trace(fitted.network, product=fast_product)
    integers = {step.job.name: step.output for step in steps}
    floats = (tables[-1][1] for tables in activations(model, graph))
    found = []
    for number, (want, values) in enumerate(zip(floats, fitted.given, strict=True), start=1):
        # What several jobs give side by side has no rows of one to look at.
        if isinstance(values.source, Rows):
            got = integers[values.source.job] * values.steps[:, None]
            found.append(_error(number, want, got))
    return tuple(found)


def _error(layer: int, want: NDArray[np.float64], got: NDArray[np.float64]) -> LayerError:
    # In units of the largest value: squares of values of any size stay within a float.
    unit = float(np.abs(want).max(initial=0.0)) or 1.0
    error = (got - want) / unit
    scale = float(np.sqrt(np.mean(np.square(want / unit)))) or 1.0
    return LayerError(
        layer=layer,
        rms=_digits(float(np.sqrt(np.mean(np.square(error)))) / scale),
        largest=_digits(float(np.abs(error).max(initial=0.0))),
    )


def _digits(value: float) -> float:
    return float(f"{value:.3e}")
