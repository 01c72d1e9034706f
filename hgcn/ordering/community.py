# SPDX-License-Identifier: Apache-2.0
"""Ordering by nested communities, found by greedy modularity (Louvain)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from hgcn.graph.csr import Csr
from hgcn.jit import compiled
from hgcn.ordering.rcm import order_by_rcm
from hgcn.ordering.structure import symmetric_structure

_MAX_SWEEPS = 10
"""Sweeps over the nodes a level: the moves of later ones change no ordering worth their time."""


def order_by_community(csr: Csr) -> NDArray[np.int32]:
    """Return the nodes sorted by nested community, with reverse Cuthill-McKee inside.

    Each level moves nodes to the neighbouring community of largest modularity gain, in a scattered
    order, then makes every community a node of the next level [1]_. At every level communities are
    ranked by the mean rank of their nodes in the reverse Cuthill-McKee order, so that neighbours
    stay near each other.

    Returns
    -------
    ndarray of int32, shape (n,)

    Notes
    -----
    A sweep is linear in edges; levels shrink at least by half in practice. All in integers: the
    same on every machine.

    References
    ----------
    .. [1] V. Blondel et al., "Fast unfolding of communities in large networks", J. Stat. Mech.,
       2008, doi:10.1088/1742-5468/2008/10/P10008.
    """
    structure = symmetric_structure(csr)
    n = csr.shape[0]
    rank = np.empty(n, dtype=np.int64)
    rank[order_by_rcm(structure)] = np.arange(n)
    keys: list[NDArray[np.int64]] = [rank]
    label = np.arange(n, dtype=np.int64)
    ones = np.ones(structure.nnz, dtype=np.int64)
    graph = csr_matrix((ones, structure.indices, structure.indptr), shape=structure.shape)
    while True:
        found = communities(graph)
        if found.max(initial=-1) + 1 == graph.shape[0]:
            break
        label = found[label]
        members = np.bincount(label)
        mean = np.bincount(label, weights=rank) / members
        place = np.empty(len(members), dtype=np.int64)
        place[np.argsort(mean, kind="stable")] = np.arange(len(members))
        keys.append(place[label])
        graph = _joined(graph, found)
    return np.lexsort(keys).astype(np.int32)


def communities(graph: csr_matrix) -> NDArray[np.int64]:
    """Return the community of each node of a symmetric weighted graph, numbered without gaps.

    Weights are int64, at most 2^31 in sum; indices rise within a row. Diagonal entries hold twice
    the weight inside a node, as `_joined` leaves it.
    """
    label = _move(
        graph.indptr.astype(np.int64),
        graph.indices.astype(np.int32),
        graph.data,
        _scattered(graph.shape[0]),
        _MAX_SWEEPS,
    )
    return np.unique(label, return_inverse=True)[1].astype(np.int64)


def _scattered(n: int) -> NDArray[np.int64]:
    """Return 0..n-1 in an order like a random one.

    The order of a 64-bit mixing function's values, which are distinct (the finaliser of SplitMix64,
    constants of S. Vigna): NumPy promises no random permutation to be the same in its next version.
    """
    mixed = np.arange(1, n + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return np.argsort(mixed ^ (mixed >> np.uint64(31)), kind="stable")


def _joined(graph: csr_matrix, label: NDArray[np.int64]) -> csr_matrix:
    """Return the graph with the nodes of each label made one."""
    n = graph.shape[0]
    ones = np.ones(n, dtype=np.int64)
    member = csr_matrix((ones, (label, np.arange(n))), shape=(int(label.max()) + 1, n))
    joined = csr_matrix(member @ graph @ member.T)
    joined.sort_indices()
    return joined


@compiled
def _move(
    indptr: NDArray[np.int64],
    indices: NDArray[np.int32],
    weight: NDArray[np.int64],
    order: NDArray[np.int64],
    max_sweeps: int,
) -> NDArray[np.int64]:
    """Return each node's label after moving nodes while modularity rises."""
    n = len(indptr) - 1
    label = np.arange(n)
    degree = np.zeros(n, dtype=np.int64)
    for node in range(n):
        for e in range(indptr[node], indptr[node + 1]):
            degree[node] += weight[e]
    total = degree.sum()
    if total == 0:
        return label
    volume = degree.copy()
    # Weight from the node at hand to each community; zero between nodes.
    shared = np.zeros(n, dtype=np.int64)
    for _ in range(max_sweeps):
        moved = 0
        for node in order:
            home = label[node]
            for e in range(indptr[node], indptr[node + 1]):
                if indices[e] != node:
                    shared[label[indices[e]]] += weight[e]
            volume[home] -= degree[node]
            # Gains times the total weight: integers, which compare exactly.
            best, gain = home, shared[home] * total - degree[node] * volume[home]
            for e in range(indptr[node], indptr[node + 1]):
                there = label[indices[e]]
                value = shared[there] * total - degree[node] * volume[there]
                if value > gain:
                    best, gain = there, value
            for e in range(indptr[node], indptr[node + 1]):
                shared[label[indices[e]]] = 0
            volume[best] += degree[node]
            if best != home:
                label[node] = best
                moved += 1
        if moved == 0:
            break
    return label
