# SPDX-License-Identifier: Apache-2.0
"""What a program's metadata says of it, as plain JSON types: made, and read back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
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
from hgcn.program.input_layout import InputLayout
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
    metadata: dict[str, Any], arrays: dict[str, NDArray[Any]], input_lines: int, device: Device
) -> NDArray[np.int32]:
    """Return the node order of a program read from a file.

    Raises
    ------
    LookupError, TypeError, ValueError
        If metadata or arrays are not what `program_facts` makes; `Program.load` names the file.
    """
    workload, rows = Workload(**metadata["workload"]), arrays["rows"]
    facts = (metadata["classes"], metadata["logit_scale"], metadata["logits_sha256"])
    if [type(fact) for fact in facts] != [int, float, str]:
        raise ValueError("classes, logit_scale or logits_sha256 of a wrong type")
    if rows.dtype != np.int32 or not np.array_equal(np.sort(rows), np.arange(workload.nodes)):
        raise ValueError("rows must name each node once")
    want = 0
    if feature_scale_of(metadata) is not None:
        want = InputLayout.for_device(workload.nodes, workload.widths[0], device).lines
    if input_lines != want:
        raise ValueError(f"its features take {want} lines of input, its header says {input_lines}")
    return rows
