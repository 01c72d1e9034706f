# SPDX-License-Identifier: Apache-2.0
"""What a program's metadata says of it, as plain JSON types: made, and read back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hgcn.arch.device import Device
from hgcn.cycles.bound import Workload, workload_of
from hgcn.execution.result import digest_logits
from hgcn.graph.graph import Graph
from hgcn.mapping.mapped import Mapping as Mapped
from hgcn.model.feature_scale import FeatureScale
from hgcn.partition.split import Split
from hgcn.program.image import Header, lines_of
from hgcn.program.input_layout import InputLayout
from hgcn.program.output import output_bytes
from hgcn.reference.network import IntegerNetwork, infer


def program_facts(
    graph: Graph,
    network: IntegerNetwork,
    device: Device,
    *,
    ordering: str,
    policy: str,
    splits: Mapping[str, Split],
    mappings: Mapping[str, Mapped],
    feature_scale: FeatureScale | None = None,
) -> dict[str, Any]:
    """Return the metadata of a program: nothing in it depends on the machine that compiles.

    Parameters
    ----------
    graph : Graph
    network : IntegerNetwork
        In the graph's node order; its logits are computed here, for runs to compare with.
    device : Device
    ordering, policy : str
    splits, mappings : mapping
        By operand, ``features`` (unless read at run time) and ``adjacency``.
    feature_scale : FeatureScale, optional
        Of features that are read at run time.
    """
    return {
        "name": network.name,
        "device": device.name,
        "ordering": ordering,
        "policy": policy,
        "graph": {
            "name": graph.name,
            "nodes": graph.num_nodes,
            "edges": graph.num_edges,
            "nnz_adjacency": network.adjacency.nnz,
            "nnz_features": network.features.nnz,
            "features": graph.num_features,
        },
        "classes": network.num_classes,
        "logit_scale": network.logit_scale,
        "logits_sha256": digest_logits(infer(network)),
        "split": {name: made.counts() for name, made in splits.items()},
        "split_cycles": {
            name: {"reached": made.cost_cycles, "bound": made.bound_cycles}
            for name, made in splits.items()
        },
        "mapping": {name: made.facts(splits[name]) for name, made in mappings.items()},
        "workload": asdict(workload_of(network, features_dense=feature_scale is not None)),
        "feature_scale": None if feature_scale is None else asdict(feature_scale),
    }


def feature_scale_of(metadata: dict[str, Any]) -> FeatureScale | None:
    """Return the scale of features read at run time; None if they are compiled in."""
    # A program made before features could be read at run time has no such key.
    fields = metadata.get("feature_scale")
    return None if fields is None else FeatureScale(**fields)


def checked_facts(
    metadata: dict[str, Any], arrays: dict[str, NDArray[Any]], header: Header, device: Device
) -> NDArray[np.int32]:
    """Return the node order of a program read from a file.

    Raises
    ------
    LookupError, TypeError, ValueError
        If metadata or arrays are not what `program_facts` makes, or not those of a program with
        this header; `Program.load` names the file.
    """
    _check_shape("metadata", metadata, _SHAPE)
    workload, rows = Workload(**metadata["workload"]), arrays["rows"]
    for field in fields(Workload):
        value = getattr(workload, field.name)
        _check_shape(f"workload.{field.name}", value, _WORKLOAD_SHAPE[str(field.type)])
    # A layer takes commands: reports go through the layers, and must not do so for ever.
    layers = len(workload.widths) - 1
    if not 1 <= layers <= header.num_commands or min(workload.nodes, *workload.widths) < 1:
        raise ValueError("a workload has nodes, features, and no more layers than commands")
    if (
        workload.features_nnz > workload.nodes * workload.widths[0]
        or workload.adjacency_nnz > workload.nodes**2
    ):
        raise ValueError("a workload has at most as many nonzeros as cells")
    if (metadata["graph"]["nodes"], metadata["classes"]) != (workload.nodes, workload.widths[-1]):
        raise ValueError("graph and workload differ in nodes or classes")
    if not 0 < metadata["logit_scale"] <= float(np.finfo(np.float32).max):
        raise ValueError("logit_scale must be above 0 and within float32")
    # The count of nodes is a claim; the array is there.
    fits = rows.dtype == np.int32 and rows.shape == (workload.nodes,)
    if not fits or not np.array_equal(np.sort(rows), np.arange(len(rows))):
        raise ValueError(f"rows must name each node once, as int32 of shape ({workload.nodes},)")
    want = 0
    if feature_scale_of(metadata) is not None:
        want = InputLayout.for_device(workload.nodes, workload.widths[0], device).lines
    if header.input_lines != want:
        raise ValueError(
            f"its features take {want} lines of input, its header says {header.input_lines}"
        )
    want = lines_of(output_bytes(workload.nodes, workload.widths[-1], device))
    if header.output_lines != want:
        raise ValueError(
            f"its logits take {want} lines of output, its header says {header.output_lines}"
        )
    return rows


_COUNTS = {"nonzeros": int, "columns": int}
_SHAPE: dict[Any, Any] = {
    "name": str,
    "device": str,
    "ordering": str,
    "policy": str,
    "graph": {
        "name": str,
        "nodes": int,
        "edges": int,
        "nnz_adjacency": int,
        "nnz_features": int,
        "features": int,
    },
    "classes": int,
    "logit_scale": float,
    "logits_sha256": str,
    "split": {Any: {"dense": _COUNTS, "sparse": _COUNTS, "scattered": _COUNTS}},
    "mapping": {},
    "workload": {},
}
"""What reports read of a program's metadata; there may be more. Integers are counts."""

_WORKLOAD_SHAPE: dict[str, Any] = {"int": int, "bool": bool, "list[int]": [int]}
"""By the annotation of a field."""


def _check_shape(name: str, value: Any, want: Any) -> None:
    """Raise `ValueError` naming the first part of ``value`` that is not as ``want`` shows."""
    kind: type[Any] = want if isinstance(want, type) else type(want)
    # A bool is no count.
    fits = type(value) is kind
    if not fits or (kind is int and value < 0):
        noun = "count" if kind is int else kind.__name__
        raise ValueError(f"{name} must be a {noun}, got a {type(value).__name__}")
    if isinstance(want, list):
        for number, item in enumerate(value):
            _check_shape(f"{name}[{number}]", item, want[0])
    if isinstance(want, dict):
        for key, inner in want.items():
            if key is not Any and key not in value:
                raise LookupError(f"{key!r} of {name}")
            for one in value if key is Any else [key]:
                _check_shape(f"{name}.{one}", value[one], inner)
