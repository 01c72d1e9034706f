# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hgcn.errors import GraphError, SpecError
from hgcn.graph.csr import Csr
from hgcn.ordering.registry import DEFAULT_ORDERING, ORDERINGS, order_graph


@pytest.mark.parametrize("name", ORDERINGS)
@given(dense=st.integers(1, 12).flatmap(lambda n: arrays(np.bool_, (n, n))))
@settings(deadline=None, max_examples=40)
def test_an_ordering_is_a_permutation_and_repeats(name: str, dense: np.ndarray) -> None:
    csr = Csr.from_coo(dense.shape, *np.nonzero(dense))
    made = order_graph(csr, name)

    assert made.name == name
    assert made.rows.dtype == np.int32
    assert sorted(made.rows.tolist()) == list(range(len(dense)))
    np.testing.assert_array_equal(order_graph(csr, name).rows, made.rows)


def test_none_keeps_and_degree_sorts() -> None:
    star = Csr.from_coo((4, 4), np.array([0, 1, 3, 2, 2, 2]), np.array([2, 2, 2, 0, 1, 3]))
    assert order_graph(star, "none").rows.tolist() == [0, 1, 2, 3]
    assert order_graph(star, "degree").rows.tolist() == [2, 0, 1, 3]


def test_rcm_gives_a_path_its_band() -> None:
    nodes = np.random.default_rng(2).permutation(20)
    rows, cols = np.append(nodes[:-1], nodes[1:]), np.append(nodes[1:], nodes[:-1])
    path = Csr.from_coo((20, 20), rows, cols)
    order = order_graph(path, "rcm").rows
    banded = path.permuted(order, order)

    assert np.abs(banded.row_ids() - banded.indices).max() == 1


def test_the_default_is_registered() -> None:
    assert DEFAULT_ORDERING in ORDERINGS


def test_bad_orderings_are_named() -> None:
    square = Csr(shape=(1, 1), indptr=[0, 0], indices=[])
    with pytest.raises(SpecError, match="unknown ordering 'best': choose one of none, degree"):
        order_graph(square, "best")
    with pytest.raises(GraphError, match="an ordering needs a square matrix, got 1 x 2"):
        order_graph(Csr(shape=(1, 2), indptr=[0, 0], indices=[]), "rcm")
