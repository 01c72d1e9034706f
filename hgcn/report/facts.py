# SPDX-License-Identifier: Apache-2.0
"""What a program's metadata says of it, as plain JSON types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from hgcn.arch.device import Device
from hgcn.cycles.bound import workload_of
from hgcn.execution.result import digest_logits
from hgcn.graph.graph import Graph
from hgcn.mapping.mapped import Mapping as Mapped
from hgcn.model.feature_scale import FeatureScale
from hgcn.partition.split import Split
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
