# SPDX-License-Identifier: Apache-2.0
"""Random node features for graphs that come without."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hgcn.arguments import as_generator, as_real, as_whole
from hgcn.graph.csr import Csr, frozen
from hgcn.graph.foreign_arrays import MAX_SIZE
from hgcn.graph.graph import Graph
from hgcn.graph.kinds import require_graph

# Cells drawn at once: 16 MiB of float32.
BLOCK_CELLS = 4 * 1024**2


def with_random_features(
    graph: Graph, width: int, *, density: float = 1.0, rng: np.random.Generator | int
) -> Graph:
    """Return the graph with random features in place of its own.

    Parameters
    ----------
    graph : Graph
    width : int
        Features of each node.
    density : float
        Probability of a feature to be nonzero; nonzeros are uniform in (0, 1].
    rng : Generator or int
        A seed makes a new generator.

    Returns
    -------
    Graph
        Shares everything else with ``graph``.

    Raises
    ------
    SpecError
        If ``width`` is below 1 or ``density`` is not in [0, 1].

    Notes
    -----
    Time O(n * width); memory that of the nonzeros.

    Examples
    --------
    >>> from hgcn.graph import from_edges
    >>> pair = from_edges(2, [(0, 1)], symmetrise=True)
    >>> with_random_features(pair, 3, rng=0).features.nnz
    6
    """
    require_graph(graph)
    width = as_whole(width, "width", least=1, most=MAX_SIZE)
    density = as_real(density, "density", "in 0..1", lambda share: 0.0 <= share <= 1.0)
    generator = as_generator(rng)
    n = graph.num_nodes
    counts, columns = [], []
    step = max(BLOCK_CELLS // width, 1)
    for start in range(0, n, step):
        rows = min(step, n - start)
        stored = generator.random((rows, width), dtype=np.float32) < density
        counts.append(np.count_nonzero(stored, axis=1))
        columns.append(np.nonzero(stored)[1].astype(np.int32))
    indptr = np.concatenate(([0], np.cumsum(np.concatenate(counts))))
    data = 1.0 - generator.random(int(indptr[-1]), dtype=np.float32)
    features = Csr(
        shape=(n, width),
        indptr=indptr,
        indices=np.concatenate(columns),
        data=frozen(data.astype(np.float32)),
    )
    return replace(graph, features=features)
