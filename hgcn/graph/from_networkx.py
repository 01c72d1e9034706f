# SPDX-License-Identifier: Apache-2.0
"""Graphs from NetworkX graphs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from hgcn.arguments import as_text
from hgcn.errors import GraphError
from hgcn.graph.edges import from_edges
from hgcn.graph.foreign_arrays import as_array
from hgcn.graph.graph import Graph
from hgcn.graph.kinds import described
from hgcn.graph.names import readable_name


def from_networkx(
    nx_graph: Any,
    *,
    name: str | None = None,
    weight: str | None = None,
    feature: str | None = None,
    label: str | None = None,
) -> Graph:
    """Make a graph from a NetworkX graph; node i is the i-th of ``nx_graph.nodes``.

    An undirected graph becomes symmetric; in a directed one edge (u, v) runs from source u to
    target v. Parallel edges are summed, a self-loop keeps its weight (`merge_edges`).

    Parameters
    ----------
    nx_graph : networkx.Graph or subclass
    name : str, optional
        Default: the graph's own name, else "graph".
    weight : str, optional
        Edge attribute to keep as weight; edges without it weigh one. None keeps none, which a note
        of the graph says where edges have a ``weight``.
    feature : str, optional
        Node attribute with a feature vector, on every node.
    label : str, optional
        Node attribute with an integer class; nodes without it get -1.

    Returns
    -------
    Graph

    Raises
    ------
    GraphError
        If the object is no NetworkX graph, or an attribute is missing or no number.

    Examples
    --------
    >>> import networkx
    >>> from_networkx(networkx.path_graph(3)).num_edges
    4
    """
    wanted = all(hasattr(nx_graph, part) for part in ("nodes", "edges", "is_directed"))
    if not wanted or isinstance(nx_graph, type):
        raise GraphError(f"nx_graph must be a NetworkX graph, got {described(nx_graph)}")
    words = {"name": name, "weight": weight, "feature": feature, "label": label}
    for option, given in words.items():
        if given is not None:
            as_text(given, option)
    position = {node: index for index, node in enumerate(nx_graph.nodes)}
    pairs = [(position[u], position[v]) for u, v in nx_graph.edges()]
    notes: tuple[str, ...] = ()
    if weight is None and any("weight" in data for _, _, data in nx_graph.edges(data=True)):
        notes = ("Edge attribute 'weight' was left out: weight='weight' takes it.",)
    weights = None
    if weight is not None:
        weights = [value for _, _, value in nx_graph.edges(data=weight, default=1.0)]
    features = None
    if feature is not None:
        rows = dict(nx_graph.nodes(data=feature))
        missing = [node for node, row in rows.items() if row is None]
        if missing:
            raise GraphError(f"node {missing[0]!r} has no attribute {feature!r}")
        vectors = [as_array(row, f"node attribute {feature!r}").ravel() for row in rows.values()]
        if len({vector.size for vector in vectors}) > 1:
            raise GraphError(f"node attribute {feature!r} must have one length on all nodes")
        features = np.array(vectors)
    labels = None
    if label is not None:
        labels = [
            -1 if value is None else value for _, value in nx_graph.nodes(data=label, default=None)
        ]
    graph = from_edges(
        len(position),
        pairs,
        symmetrise=not nx_graph.is_directed(),
        weights=weights,
        features=features,
        labels=labels,
        name=as_text(name, "name")
        if name is not None
        else readable_name(str(getattr(nx_graph, "name", ""))),
    )
    return replace(graph, notes=(*notes, *graph.notes))
