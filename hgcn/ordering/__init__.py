# SPDX-License-Identifier: Apache-2.0
"""Node and feature orderings."""

from hgcn.ordering.columns import order_columns_by_count
from hgcn.ordering.network import permute_network
from hgcn.ordering.registry import DEFAULT_ORDERING, ORDERINGS, Ordering, order_graph

__all__ = [
    "DEFAULT_ORDERING",
    "ORDERINGS",
    "Ordering",
    "order_columns_by_count",
    "order_graph",
    "permute_network",
]
