# SPDX-License-Identifier: Apache-2.0
"""The split by density into three subgraphs."""

from hgcn.partition.policy import POLICIES, Policy
from hgcn.partition.split import CostFunction, Grid, Part, Split
from hgcn.partition.splitting import split, split_statistics

__all__ = ["POLICIES", "CostFunction", "Grid", "Part", "Policy", "Split", "split", "split_statistics"]
