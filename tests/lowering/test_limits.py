# SPDX-License-Identifier: Apache-2.0
"""What no schedule can compute is refused, naming the limit; one less is not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from hgcn.errors import CompileError
from hgcn.graph.csr import Csr
from hgcn.lowering.limits import check_limits
from hgcn.reference.job import Addend, Rows
from hgcn.reference.network import IntegerNetwork
from tests.samples import TINY, random_network


def row_of(value: int, count: int) -> Csr:
    """One row of ``count`` nonzeros of ``value``."""
    return Csr(
        shape=(1, count),
        indptr=[0, count],
        indices=np.arange(count),
        data=np.full(count, value, dtype=np.int8),
    )


def test_a_row_too_heavy_for_the_accumulators_is_refused() -> None:
    most = (1 << 31) // (128 * 128) - 1
    for count, fits in ((most, True), (most + 1, False)):
        network = random_network(0, nodes=1, widths=(count, 1))
        heavy = replace(network, operands={**network.operands, "features": row_of(-128, count)})
        if fits:
            check_limits(heavy, TINY)
            continue
        with pytest.raises(CompileError, match=r"must stay below 2\^31, got 2147483648"):
            check_limits(heavy, TINY)


def test_any_features_may_all_be_the_heaviest() -> None:
    most = (1 << 31) // (128 * 128) - 1
    network = random_network(0, nodes=1, widths=(most, 1))
    check_limits(replace(network, handed_in="features"), TINY)
    network = random_network(0, nodes=1, widths=(most + 1, 1))
    with pytest.raises(CompileError, match=r"must stay below 2\^31, got 2147483648"):
        check_limits(replace(network, handed_in="features"), TINY)


def with_job(network: IntegerNetwork, place: int, **changes: Any) -> IntegerNetwork:
    """The network with something else about one job."""
    jobs = list(network.jobs)
    jobs[place] = replace(jobs[place], **changes)
    return replace(network, jobs=tuple(jobs))


def test_what_the_hardware_lacks_is_refused_in_words() -> None:
    network = random_network(0, nodes=10, widths=(9, 10, 10))
    one = np.ones(10, np.uint16)
    added = with_job(network, 3, addend=Addend(rows=Rows("aggregation 1"), row=one, col=one))
    with pytest.raises(CompileError, match="layer 2: aggregation 2 adds rows of aggregation 1, bu"):
        check_limits(added, TINY)
    both = with_job(network, 3, left=Rows("combination 2"))
    with pytest.raises(CompileError, match="layer 2: aggregation 2 multiplies rows of combination"):
        check_limits(both, TINY)
    narrow = with_job(network, 3, epilogue=replace(network.jobs[3].epilogue, bits=8))
    with pytest.raises(CompileError, match="aggregation 2 is the last job: its rows must have 16 "):
        check_limits(narrow, TINY)
    with pytest.raises(CompileError, match="adjacency cannot be handed in: its columns are nodes"):
        check_limits(replace(network, handed_in="adjacency"), TINY)


def test_a_hidden_layer_wider_than_a_store_is_refused_by_its_number() -> None:
    small = replace(TINY, name="small", store_rows=16)
    check_limits(random_network(0, nodes=4, widths=(3, 8, 2)), small)
    message = "layer 3 takes 9 features, device small holds 8 weight rows in a feature store"
    with pytest.raises(CompileError, match=message):
        check_limits(random_network(0, nodes=4, widths=(3, 8, 9, 2)), small)
