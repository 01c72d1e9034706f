# SPDX-License-Identifier: Apache-2.0
"""Parts that do not make a network are refused, naming the job."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from hgcn.errors import ModelError
from hgcn.graph.csr import Csr
from hgcn.reference.job import Addend, Named, Rows, Stack
from hgcn.reference.network import IntegerNetwork
from tests.reference.pair import pair_network, scales
from tests.reference.test_network import with_job

THREE = Csr(shape=(3, 3), indptr=[0] * 4, indices=[])
ONE = np.ones(2, np.uint16)


def operand(network: IntegerNetwork, name: str, matrix: Csr) -> IntegerNetwork:
    return replace(network, operands={**network.operands, name: matrix})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda net: replace(net, jobs=()), "pair: a network needs at least one job"),
        (lambda net: operand(net, "adjacency", THREE), "operand adjacency must have 2 rows, got 3"),
        (
            lambda net: operand(
                net,
                "features",
                replace(net.operands["features"], data=np.float32([1, 2])),
            ),
            "operand features must be int8 or binary, got float32",
        ),
        (lambda net: operand(net, "more", net.operands["features"]), "nothing reads more"),
        (lambda net: replace(net, handed_in="x"), "x is handed in, but no operand"),
        (lambda net: replace(net, jobs=net.jobs[1:]), "job H1 reads rows of P1, which no job bef"),
        (lambda net: replace(net, jobs=(net.jobs[0], *net.jobs)), "job P1: another job or operand"),
        (lambda net: with_job(net, 0, left=Named("y")), "job P1 reads operand y, there is none"),
        (
            lambda net: with_job(net, 2, right=np.ones((3, 1), np.int8)),
            "job P2 takes 3 features, but gets 2",
        ),
        (
            lambda net: with_job(net, 2, right=np.ones((2, 1), np.int16)),
            "job P2: weights must be int8, got int16",
        ),
        (
            lambda net: with_job(net, 0, epilogue=scales(3, 2)),
            "job P1: scales must be for 2 rows and 2 columns",
        ),
        (
            lambda net: with_job(
                net, 0, epilogue=replace(scales(2, 2), bias=np.zeros(3, np.int32))
            ),
            "job P1: biases must be for 2 columns",
        ),
        (
            lambda net: with_job(net, 0, epilogue=scales(2, 2, bits=16)),
            "job H1 multiplies rows of P1, which have 16 bits",
        ),
        (lambda net: with_job(net, 3, right=Rows("H1")), "job H2: scales must be for 2 rows and"),
        (
            lambda net: with_job(net, 3, addend=Addend(rows=Rows("H1"), row=ONE, col=ONE[:1])),
            "job H2 adds rows of 2 columns to 1",
        ),
        (
            lambda net: with_job(net, 3, addend=Addend(rows=Rows("P2"), row=ONE, col=ONE)),
            "job H2: multipliers of the addend must be for 2 rows and 1 columns",
        ),
        (
            lambda net: with_job(net, 1, right=Stack(("P1", "P1"))),
            "job H1 takes 128 features, but gets 2",
        ),
        (
            lambda net: with_job(net, 3, right=Stack(("H1", "P2"))),
            r"job H2 stacks rows of \[1, 2\] columns",
        ),
        (
            lambda net: with_job(net, 1, right=Stack(("P1", "X"))),
            "job H1 reads rows of X, which no job before it gives",
        ),
        (
            lambda net: replace(
                net,
                operands={
                    "features": net.operands["features"],
                    "adjacency": Csr(shape=(2, 128), indptr=[0, 0, 1], indices=[2]),
                },
                jobs=(net.jobs[0], replace(net.jobs[1], right=Stack(("P1", "P1")))),
            ),
            "job H1: adjacency has nonzeros between stacked rows",
        ),
        (
            lambda net: replace(net, jobs=(*net.jobs, replace(net.jobs[3], name="more"))),
            "nothing reads H2",
        ),
    ],
)
def test_parts_that_do_not_fit_are_named(
    change: Callable[[IntegerNetwork], IntegerNetwork], message: str
) -> None:
    with pytest.raises(ModelError, match=message):
        change(pair_network())
