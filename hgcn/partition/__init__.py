# SPDX-License-Identifier: Apache-2.0
"""The split by density into three subgraphs."""

from hgcn.partition.policy import POLICIES, Policy, parse_policy
from hgcn.partition.split import CostFunction, Grid, Part, Split
from hgcn.partition.splitter import split

__all__ = ["POLICIES", "CostFunction", "Grid", "Part", "Policy", "Split", "parse_policy", "split"]
