# SPDX-License-Identifier: Apache-2.0
"""What is said of a program without running it: modelled time, and the least it can be."""

from __future__ import annotations

from typing import Any

from hgcn.arch.device import Device
from hgcn.arch.latency import Latency, microseconds
from hgcn.cycles.bound import Bound
from hgcn.cycles.estimate import Estimate


def modelled_facts(estimate: Estimate, bound: Bound, nodes: int, device: Device) -> dict[str, Any]:
    """Return estimate and bound, each in cycles and microseconds, as plain JSON types."""
    modelled = Latency.of("modelled", estimate.cycles, nodes, device)
    return {
        "cycles_estimate": modelled.cycles,
        "microseconds_estimate": modelled.microseconds,
        "nodes_per_second_estimate": modelled.nodes_per_second,
        "bound_cycles": round(bound.cycles),
        "bound_microseconds": microseconds(bound.cycles, device),
        "bound_cause": bound.cause,
    }
