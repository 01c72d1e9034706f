# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import connected_components, reverse_cuthill_mckee

from hgcn.graph.csr import Csr
from hgcn.graph.random_graphs import erdos_renyi, power_law
from hgcn.graph.scipy_sparse import csr_to_scipy
from hgcn.ordering.rcm import order_by_rcm
from hgcn.ordering.structure import symmetric_structure


def slow_rcm(dense: np.ndarray) -> list[int]:
    """The definition: queues and sorts by (degree, node)."""
    key = {node: (int(dense[node].sum()), node) for node in range(len(dense))}
    order: list[int] = []
    for start in sorted(key, key=key.__getitem__):
        queue = [start] if start not in order else []
        while queue:
            node = queue.pop(0)
            order.append(node)
            near = [int(other) for other in np.flatnonzero(dense[node])]
            fresh = [other for other in near if other not in order and other not in queue]
            queue += sorted(fresh, key=key.__getitem__)
    return order[::-1]


def random_dense(n: int, share: float, seed: int) -> np.ndarray:
    dense = np.random.default_rng(seed).random((n, n)) < share
    dense |= dense.T
    np.fill_diagonal(dense, False)
    return dense


graphs = st.builds(random_dense, st.integers(1, 40), st.floats(0, 0.4), st.integers(0, 2**32))


@given(graphs)
@settings(max_examples=200)
def test_it_is_the_definition(dense: np.ndarray) -> None:
    found = order_by_rcm(Csr.from_coo(dense.shape, *np.nonzero(dense)))

    assert found.dtype == np.int32 and found.tolist() == slow_rcm(dense)


@given(graphs, st.integers(0, 2**32))
@settings(max_examples=200)
def test_it_is_scipy_s_where_that_has_no_ties_to_break(dense: np.ndarray, seed: int) -> None:
    # SciPy sorts unstably only to choose where to start. With one component and one node of
    # smallest degree there is no choice.
    linked = dense | random_dense(len(dense), 0.5, seed)
    whole = np.zeros((len(dense) + 1, len(dense) + 1), dtype=np.bool_)
    whole[:-1, :-1] = linked
    whole[-1, 0] = whole[0, -1] = True
    csr = Csr.from_coo(whole.shape, *np.nonzero(whole))
    degrees = np.sort(np.diff(csr.indptr))
    matrix = csr_to_scipy(csr)
    if connected_components(matrix)[0] > 1 or np.count_nonzero(degrees == degrees[0]) > 1:
        return

    theirs = reverse_cuthill_mckee(matrix, symmetric_mode=True)

    np.testing.assert_array_equal(order_by_rcm(csr), theirs)


def bandwidths(csr: Csr, order: np.ndarray) -> np.ndarray:
    """The largest distance of an entry from the diagonal in each row."""
    placed = csr.permuted(order, order)
    widest = np.zeros(csr.shape[0], dtype=np.int64)
    np.maximum.at(widest, placed.row_ids(), np.abs(placed.row_ids() - placed.indices))
    return widest


def test_bands_are_as_narrow_as_scipy_s() -> None:
    ratios = []
    for seed in range(12):
        for made in (erdos_renyi(800, 1200, rng=seed), power_law(800, 1500, rng=seed)):
            csr = symmetric_structure(made.adjacency)
            theirs = reverse_cuthill_mckee(csr_to_scipy(csr), symmetric_mode=True)
            ours = bandwidths(csr, order_by_rcm(csr)).sum()
            ratios.append(ours / bandwidths(csr, theirs).sum())

    assert 0.97 < np.mean(ratios) < 1.03


def test_a_star_takes_no_longer_than_its_edges() -> None:
    # An insertion sort of the hub's neighbours, as SciPy's, would take minutes.
    leaves = np.arange(1, 200_001)
    hub = np.zeros_like(leaves)
    star = Csr.from_coo(
        (200_001, 200_001), np.concatenate([hub, leaves]), np.concatenate([leaves, hub])
    )

    # The first leaf, the hub, the other leaves; reversed.
    assert order_by_rcm(star).tolist() == [*range(200_000, 1, -1), 0, 1]
