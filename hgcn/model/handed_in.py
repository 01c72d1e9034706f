# SPDX-License-Identifier: Apache-2.0
"""Features handed in at run time against the float model: what a run with others is held to."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hgcn.graph.features import to_feature_csr
from hgcn.graph.graph import Graph
from hgcn.model.advice import GOOD_SATURATED_SHARE, advice
from hgcn.model.agreement import Agreement, measure
from hgcn.model.model import Model
from hgcn.model.quantisation import Quantisation
from hgcn.reference.network import IntegerNetwork
from hgcn.reference.products import fast_product


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Source:
    """What a program that reads its features at run time was compiled from.

    Attributes
    ----------
    model : Model
    graph : Graph
    network : IntegerNetwork
    asked : str
        The quantisation asked for.
    quantisation : Quantisation
        What was chosen for it.
    """

    model: Model
    graph: Graph
    network: IntegerNetwork
    asked: str
    quantisation: Quantisation

    def __repr__(self) -> str:
        return f"<Source: {self.model!r}, {self.graph!r}>"

    def measure(
        self, features: object, integers: NDArray[np.int8], saturated: int
    ) -> tuple[NDArray[np.int16], Agreement, tuple[str, ...]]:
        """Return the reference arithmetic's logits, how they agree with the float model's, advice.

        Parameters
        ----------
        features : array-like, tensor, SciPy sparse matrix or Csr, shape (n, f)
            As they were handed in.
        integers : ndarray of int8, shape (n, f)
            The same quantised.
        saturated : int
            Of these, how many lie beyond the scale.
        """
        graph = replace(self.graph, features=to_feature_csr(features))
        agreement, logits = measure(
            self.model.forward(graph), self.network, features=integers, product=fast_product
        )
        words = advice(self.model, graph, agreement, asked=self.asked, used=self.quantisation)
        if saturated > GOOD_SATURATED_SHARE * max(int(np.count_nonzero(integers)), 1):
            found = (
                f"{saturated:,} features lie beyond the scale of those compiled for, and were cut "
                "to it: compile for a graph whose features are as large"
            )
            words = (found, *words)
        return logits, agreement, words
