# SPDX-License-Identifier: Apache-2.0
"""Immutable graphs in CSR form: building, reading, writing and generating them."""

from hgcn.graph.csr import Csr
from hgcn.graph.edge_index import from_edge_index
from hgcn.graph.edge_list import read_edge_list
from hgcn.graph.edges import MergedEdges, from_edges, merge_edges
from hgcn.graph.features import to_feature_csr
from hgcn.graph.from_networkx import from_networkx
from hgcn.graph.from_pyg import from_pyg
from hgcn.graph.graph import Graph
from hgcn.graph.io import read_graph
from hgcn.graph.knn import knn_graph
from hgcn.graph.matrix_market import read_matrix_market
from hgcn.graph.metis import read_metis
from hgcn.graph.random_features import with_random_features
from hgcn.graph.random_graphs import erdos_renyi, power_law, rmat
from hgcn.graph.read_npz import read_npz
from hgcn.graph.save_npz import save_npz
from hgcn.graph.scipy_sparse import csr_to_scipy, from_scipy

__all__ = [
    "Csr",
    "Graph",
    "MergedEdges",
    "csr_to_scipy",
    "erdos_renyi",
    "from_edge_index",
    "from_edges",
    "from_networkx",
    "from_pyg",
    "from_scipy",
    "knn_graph",
    "merge_edges",
    "power_law",
    "read_edge_list",
    "read_graph",
    "read_matrix_market",
    "read_metis",
    "read_npz",
    "rmat",
    "save_npz",
    "to_feature_csr",
    "with_random_features",
]
