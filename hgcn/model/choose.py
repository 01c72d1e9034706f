# SPDX-License-Identifier: Apache-2.0
"""Quantisation with its answers measured: the choice asked for, or the best of several."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hgcn.arguments import as_text
from hgcn.errors import HgcnError
from hgcn.graph.graph import Graph
from hgcn.model.advice import GOOD_CLASS_SHARE, advice, is_good
from hgcn.model.agreement import Agreement, measure
from hgcn.model.feature_scale import FeatureScale, fit_feature_scale
from hgcn.model.model import Model
from hgcn.model.quantisation import AUTO, MAXIMUM, Quantisation, parse_quantisation
from hgcn.model.quantise import fit
from hgcn.reference.network import IntegerNetwork
from hgcn.reference.products import fast_product

CANDIDATES = tuple(
    map(
        parse_quantisation,
        (
            "limit:4",
            "limit:16",
            "limit:64",
            "degree",
            "degree:0.25",
            "limit:16+degree",
            "percentile:99.9",
        ),
    )
)
"""What ``auto`` tries where the largest magnitudes answer badly, of equal ones the first."""

_CLEARLY_BETTER = 0.75
"""Another choice must leave at most this share of the loss."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quantised:
    """An integer network, and how it answers.

    Attributes
    ----------
    network : IntegerNetwork
    feature_scale : FeatureScale or None
        Of features that are handed in at run time.
    asked : str
        The words asked for.
    quantisation : Quantisation
        What was chosen.
    integer_logits : ndarray of int16, shape (n, classes)
        Those of the reference arithmetic, in the graph's node order.
    agreement : Agreement
    at_maximum : Agreement
        That of the largest magnitudes, where ``auto`` chose something else; else the same.
    warnings : tuple of str
        Sentences: what is wrong, why, and what to do; empty where all is well.
    """

    network: IntegerNetwork
    feature_scale: FeatureScale | None
    asked: str
    quantisation: Quantisation
    integer_logits: NDArray[np.int16]
    agreement: Agreement
    at_maximum: Agreement
    warnings: tuple[str, ...]


def quantise_measured(
    model: Model,
    graph: Graph,
    quantisation: str | Quantisation = AUTO,
    *,
    at_run_time: bool = False,
) -> Quantised:
    """Quantise, and measure how the integers agree with the float model on this graph.

    Parameters
    ----------
    model : Model
    graph : Graph
    quantisation : str or Quantisation
        ``auto`` takes the largest magnitudes, unless fewer than 99 % of the nodes then get the
        float model's class, or their logits point elsewhere; then the best of `CANDIDATES`, if
        that is clearly better.
    at_run_time : bool
        The features are handed in when the program runs, in one scale.

    Raises
    ------
    ModelError
        If model and graph do not fit, or a sum could leave the 32-bit accumulator.
    SpecError
        If `quantisation` has words or numbers it cannot take.

    Notes
    -----
    The integers are the reference arithmetic's, made by `fast_product`: a run compares with them.
    """
    logits: NDArray[np.float64] | None = None

    def measured(ranges: Quantisation) -> Quantised:
        nonlocal logits
        scale = fit_feature_scale(model, graph, ranges) if at_run_time else None
        fitted = fit(model, graph, ranges, scale)
        if logits is None:
            logits = fitted.float_logits
        if logits is None:
            logits = model.forward(graph)
        agreement, integers = measure(
            logits, fitted.network, scaled_rows=fitted.scaled_rows, product=fast_product
        )
        return Quantised(
            network=fitted.network,
            feature_scale=scale,
            asked=str(quantisation),
            quantisation=ranges,
            integer_logits=integers,
            agreement=agreement,
            at_maximum=agreement,
            warnings=(),
        )

    if isinstance(quantisation, Quantisation):
        best = measured(quantisation)
    elif as_text(quantisation, "quantisation") == AUTO:
        best = _best(measured)
    else:
        best = measured(parse_quantisation(quantisation))
    words = advice(model, graph, best.agreement, asked=best.asked, used=best.quantisation)
    return replace(best, warnings=words)


def _best(measured: Callable[[Quantisation], Quantised]) -> Quantised:
    first = measured(MAXIMUM)
    if is_good(first.agreement):
        return first
    best, least = first, _CLEARLY_BETTER * _loss(first.agreement)
    floor = min(first.agreement.class_share, GOOD_CLASS_SHARE)
    for ranges in CANDIDATES:
        try:
            other = measured(ranges)
        except HgcnError:  # Its scales are beyond the format, where those at the maximum are not.
            continue
        loss = _loss(other.agreement)
        if loss < least and other.agreement.class_share >= floor:
            best, least = other, loss
    return replace(best, at_maximum=first.agreement)


def _loss(agreement: Agreement) -> float:
    """Weigh wrong classes and turned logits: a class that is right by luck is not."""
    return (1.0 - agreement.class_share) + 2.0 * agreement.turn
