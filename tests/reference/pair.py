# SPDX-License-Identifier: Apache-2.0
"""A network that can be worked by hand."""

from __future__ import annotations

import numpy as np

from hgcn.graph.csr import Csr
from hgcn.reference.job import Job, Left, Named, Right, Rows
from hgcn.reference.network import IntegerNetwork
from hgcn.reference.requantise import Requantiser


def scales(n: int, f: int, *, bits: int = 8, relu: bool = False, shift: int = 1) -> Requantiser:
    """Multiply by 2 / 2^shift."""
    return Requantiser(
        row=np.full(n, 2, np.uint16),
        col=np.ones(f, np.uint16),
        bias=np.zeros(f, np.int32),
        shift=shift,
        bias_shift=0,
        relu=relu,
        bits=bits,
    )


def pair_network() -> IntegerNetwork:
    """Two nodes joined by an edge; weights 3 and -5, then 2 and 1."""

    def job(name: str, left: Left, right: Right, epilogue: Requantiser) -> Job:
        return Job(name=name, layer=int(name[-1]), left=left, right=right, epilogue=epilogue)

    edges = Named("adjacency")
    return IntegerNetwork(
        name="pair",
        operands={
            "adjacency": Csr(shape=(2, 2), indptr=[0, 2, 4], indices=[0, 1, 0, 1]),
            "features": Csr(
                shape=(2, 1), indptr=[0, 1, 2], indices=[0, 0], data=np.array([1, 2], np.int8)
            ),
        },
        jobs=(
            job("P1", Named("features"), np.array([[3, -5]], np.int8), scales(2, 2)),
            job("H1", edges, Rows("P1"), scales(2, 2, relu=True)),
            job("P2", Rows("H1"), np.array([[2], [1]], np.int8), scales(2, 1)),
            job("H2", edges, Rows("P2"), scales(2, 1, bits=16)),
        ),
        logit_scale=0.5,
    )
