# SPDX-License-Identifier: Apache-2.0
"""What a network knows of itself."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hgcn.reference.job import Addend, Named, Rows, Stack
from hgcn.reference.network import IntegerNetwork
from tests.reference.pair import pair_network, scales
from tests.samples import summed_network


def test_width_and_depth_are_read_off() -> None:
    assert (pair_network().num_nodes, pair_network().num_classes) == (2, 1)


def test_operands_over_nodes_are_those_that_multiply_rows() -> None:
    network = pair_network()
    assert network.over_nodes == ("adjacency",)
    assert network.structure is network.operands["adjacency"]
    alone = replace(
        network,
        operands={"features": network.operands["features"]},
        jobs=(replace(network.jobs[0], name="only", epilogue=scales(2, 2, bits=16)),),
    )
    assert alone.over_nodes == () and alone.structure.nnz == 0
    assert alone.structure.shape == (2, 2)


def with_job(network: IntegerNetwork, place: int, **changes: object) -> IntegerNetwork:
    """The network with something else about one job."""
    jobs = list(network.jobs)
    jobs[place] = replace(jobs[place], **changes)
    return replace(network, jobs=tuple(jobs))


def test_digest_sees_every_weight_scale_and_link() -> None:
    network = pair_network()
    one = np.ones(2, np.uint16)
    others = [
        with_job(network, 0, right=np.array([[3, -4]], np.int8)),
        with_job(network, 0, epilogue=replace(network.jobs[0].epilogue, shift=2)),
        with_job(network, 3, addend=Addend(rows=Rows("P2"), row=2 * one, col=one[:1])),
        with_job(network, 3, addend=Addend(rows=Rows("P2"), row=one, col=one[:1])),
        network,
    ]
    assert len({other.digest() for other in others}) == len(others)
    assert network.digest() == pair_network().digest()


def test_digest_sees_which_operand_is_multiplied() -> None:
    network = pair_network()
    edges = network.operands["adjacency"]
    both = {**network.operands, "other": edges}
    jobs = list(network.jobs)
    jobs[3] = replace(jobs[3], left=Named("other"))
    second = replace(network, operands=both, jobs=tuple(jobs))
    assert second.digest() != network.digest()


def test_digest_sees_which_rows_are_stacked() -> None:
    network = summed_network(20)
    turned = with_job(network, 2, right=Stack(("R", "P")))
    assert turned.digest() != network.digest()


def test_an_operand_that_adds_up_rows_says_nothing_of_neighbours() -> None:
    network = summed_network(20)
    assert network.over_nodes == ("both", "adjacency")
    assert network.structure is network.operands["adjacency"]


def test_logits_have_the_units_of_their_nodes() -> None:
    network = replace(pair_network(), logit_rows=np.array([1.0, 3.0]))
    assert network.real_logits(np.array([[2], [2]], np.int16)).tolist() == [[1.0], [3.0]]
