# SPDX-License-Identifier: Apache-2.0
"""hgcn: co-design of graph convolutional network accelerators on AMD Versal.

Names are imported when first used: a bench or a help text does not pay for the compiler.

>>> import hgcn
>>> graph = hgcn.datasets.load("digits")
>>> graph.num_nodes, graph.num_features
(1797, 64)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hgcn import (
        arch,
        checking,
        cycles,
        datasets,
        emit,
        execution,
        graph,
        isa,
        lowering,
        mapping,
        model,
        ordering,
        partition,
        program,
        reference,
        report,
    )
    from hgcn.api import Program, compile, run
    from hgcn.arch.device import Device
    from hgcn.arch.presets import PRESETS, device
    from hgcn.errors import HgcnError
    from hgcn.graph.graph import Graph
    from hgcn.model.gcn import GCN
    from hgcn.model.model import Model
    from hgcn.model.pyg.from_pyg import from_pyg
    from hgcn.predictor import Predictor

__all__ = [
    "GCN",
    "PRESETS",
    "Device",
    "Graph",
    "HgcnError",
    "Model",
    "Predictor",
    "Program",
    "arch",
    "checking",
    "choice",
    "compile",
    "cycles",
    "datasets",
    "device",
    "emit",
    "execution",
    "from_pyg",
    "graph",
    "isa",
    "lowering",
    "mapping",
    "model",
    "ordering",
    "partition",
    "program",
    "reference",
    "report",
    "run",
]

_HOME = {
    "GCN": "hgcn.model.gcn",
    "PRESETS": "hgcn.arch.presets",
    "Device": "hgcn.arch.device",
    "Graph": "hgcn.graph.graph",
    "HgcnError": "hgcn.errors",
    "Model": "hgcn.model.model",
    "Predictor": "hgcn.predictor",
    "Program": "hgcn.api",
    "compile": "hgcn.api",
    "device": "hgcn.arch.presets",
    "from_pyg": "hgcn.model.pyg.from_pyg",
    "run": "hgcn.api",
}
"""Where the names of `__all__` live; all others in it are packages."""


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return import_module("importlib.metadata").version("hgcn")
    if name in _HOME:
        value = globals()[name] = getattr(import_module(_HOME[name]), name)
        return value
    if name in __all__:
        return import_module(f"hgcn.{name}")
    raise AttributeError(f"module 'hgcn' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
