# SPDX-License-Identifier: Apache-2.0
"""hgcn: co-design of graph convolutional network accelerators on AMD Versal.

>>> import hgcn
>>> graph = hgcn.datasets.load("digits")
>>> graph.num_nodes, graph.num_features
(1797, 64)
"""

from importlib.metadata import version

from hgcn import datasets
from hgcn.api import Program, compile, run
from hgcn.arch.device import Device
from hgcn.arch.presets import PRESETS, device
from hgcn.errors import HgcnError
from hgcn.graph.graph import Graph
from hgcn.model.gcn import GCN

__version__ = version("hgcn")

__all__ = [
    "GCN",
    "PRESETS",
    "Device",
    "Graph",
    "HgcnError",
    "Program",
    "__version__",
    "compile",
    "datasets",
    "device",
    "run",
]
