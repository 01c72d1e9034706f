# SPDX-License-Identifier: Apache-2.0
"""Named graph data sets: inside the package, local, or downloaded and checked."""

from hgcn.datasets.catalogue import DatasetInfo, available
from hgcn.datasets.load import load

__all__ = ["DatasetInfo", "available", "load"]
