# SPDX-License-Identifier: Apache-2.0
"""What a program's metadata says of it, as plain JSON types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from hgcn.arch.device import Device
from hgcn.choice.choose import Choice
from hgcn.cycles.workload import workload_of
from hgcn.execution.result import digest_logits
from hgcn.graph.graph import Graph
from hgcn.mapping.mapped import Mapping as Mapped
from hgcn.model.agreement import Agreement
from hgcn.model.choose import Quantised
from hgcn.model.feature_scale import FeatureScale


def program_facts(
    graph: Graph,
    quantised: Quantised,
    device: Device,
    *,
    ordering: str,
    policy: str,
    choice: Choice,
    mappings: Mapping[str, Mapped],
) -> dict[str, Any]:
    """Return the metadata of a program: nothing in it depends on the machine that compiles.

    Parameters
    ----------
    graph : Graph
    quantised : Quantised
        In the graph's node order; with the reference arithmetic's logits, for runs to compare with.
    device : Device
    ordering, policy : str
    choice : Choice
        Of the splits.
    mappings : mapping
        By operand; one that is read at run time has neither split nor mapping.
    """
    splits = choice.splits
    network, feature_scale = quantised.network, quantised.feature_scale
    nonzeros = {f"nnz_{name}": operand.nnz for name, operand in network.operands.items()}
    return {
        "name": network.name,
        "device": device.name,
        "ordering": ordering,
        "policy": policy,
        "graph": {
            "name": graph.name,
            "nodes": graph.num_nodes,
            "edges": graph.num_edges,
            "features": graph.num_features,
            **nonzeros,
        },
        "classes": network.num_classes,
        "logit_scale": network.logit_scale,
        "logits_sha256": digest_logits(quantised.integer_logits),
        "quantisation": {
            "asked": quantised.asked,
            "used": str(quantised.quantisation),
            "class_share_at_max": quantised.at_maximum.class_share,
        },
        "agreement": quantised.agreement.facts(),
        "warnings": list(quantised.warnings),
        "notes": list(graph.notes),
        "split": {name: made.counts() for name, made in splits.items()},
        "split_cycles": {
            name: {"reached": made.cost_cycles, "bound": made.bound_cycles}
            for name, made in splits.items()
        },
        "choice": choice.facts(),
        "mapping": {name: made.facts(splits[name]) for name, made in mappings.items()},
        "workload": workload_of(network).facts(),
        "feature_scale": None if feature_scale is None else asdict(feature_scale),
    }


def feature_scale_of(metadata: dict[str, Any]) -> FeatureScale | None:
    """Return the scale of features read at run time; None if they are compiled in."""
    # A program made before features could be read at run time has no such key.
    fields = metadata.get("feature_scale")
    return None if fields is None else FeatureScale(**fields)


def agreement_of(metadata: dict[str, Any]) -> Agreement | None:
    """Return the agreement measured when the program was compiled; None if it has none."""
    facts = metadata.get("agreement")
    return None if facts is None else Agreement.from_facts(facts)
