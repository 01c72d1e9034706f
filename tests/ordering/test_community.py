# SPDX-License-Identifier: Apache-2.0
import numpy as np

from hgcn.graph.csr import Csr
from hgcn.graph.scipy_sparse import csr_to_scipy
from hgcn.ordering.community import communities, order_by_community
from hgcn.ordering.structure import symmetric_structure


def _cliques(number: int, size: int, rng: np.random.Generator) -> tuple[Csr, np.ndarray]:
    """A ring of cliques with shuffled nodes, and the clique of each node."""
    n = number * size
    dense = np.kron(np.eye(number, dtype=np.bool_), np.ones((size, size), dtype=np.bool_))
    for clique in range(number):
        dense[clique * size, (clique * size + size + 1) % n] = True
    shuffle = rng.permutation(n)
    dense = dense[shuffle][:, shuffle]
    np.fill_diagonal(dense, False)
    return Csr.from_coo((n, n), *np.nonzero(dense)), shuffle // size


def test_cliques_are_communities() -> None:
    graph, clique = _cliques(6, 8, np.random.default_rng(4))
    found = communities(csr_to_scipy(symmetric_structure(graph)).astype(np.int64))

    pairs = {(int(a), int(b)) for a, b in zip(found, clique, strict=True)}
    assert len(pairs) == 6


def test_a_community_s_nodes_are_neighbours_in_the_order() -> None:
    graph, clique = _cliques(10, 8, np.random.default_rng(7))
    ordered = clique[order_by_community(graph)]

    assert (np.diff(ordered) != 0).sum() == 9


def test_nodes_without_edges_are_ordered_too() -> None:
    empty = Csr(shape=(5, 5), indptr=np.zeros(6, np.int64), indices=np.zeros(0, np.int32))
    assert sorted(order_by_community(empty).tolist()) == [0, 1, 2, 3, 4]
