# SPDX-License-Identifier: Apache-2.0
"""A compiled program in a few lines."""

from __future__ import annotations

from typing import Any

from hgcn.arch.device import Device
from hgcn.cycles.bound import Bound
from hgcn.cycles.estimate import Estimate
from hgcn.printable import printable
from hgcn.report.agreement_text import agreement_text, quantisation_text
from hgcn.report.choice_text import choice_text
from hgcn.report.inference import total_split


def program_summary(
    metadata: dict[str, Any], device: Device, estimate: Estimate, bound: Bound
) -> str:
    """Return what a program is for, how it is split, and what it should take, as plain text."""
    graph, split = metadata["graph"], total_split(metadata["split"])
    nonzeros = sum(part["nonzeros"] for part in split.values())
    shares = ", ".join(
        f"{name} {part['nonzeros'] / max(nonzeros, 1):.1%}" for name, part in split.items()
    )
    lines = {
        "graph": f"{graph['name']}: {graph['nodes']:,} nodes, {graph['edges']:,} edges, "
        f"{graph.get('nnz_features', 0):,} feature nonzeros",
        "device": f"{device.name}, ordering {metadata['ordering']}, policy {metadata['policy']}",
        "split": f"{shares} of {nonzeros:,} nonzeros",
        "modelled": f"{round(estimate.cycles):,} cycles, {estimate.microseconds:,.1f} us at "
        f"{device.pl_hz / 1e6:g} MHz, {estimate.bytes_read + estimate.bytes_written:,} bytes",
        "bound": f"{round(bound.cycles):,} cycles ({bound.cause}); "
        f"modelled is {estimate.cycles / max(bound.cycles, 1.0):.2f} x that",
    }
    choice = choice_text(metadata["choice"]) if metadata.get("choice") else None
    if choice is not None:
        lines["choice"] = choice
    scale = metadata.get("feature_scale")
    if scale is not None:
        work = metadata["workload"]
        shape = f"{work['nodes']:,} x {work['operands']['features']['columns']:,}"
        lines["features"] = f"read at run time: {shape}, int8, step {scale['step']:.4g}"
    if metadata.get("quantisation"):
        lines["ranges"] = quantisation_text(metadata["quantisation"])
    if metadata.get("agreement"):
        lines["agreement"] = agreement_text(metadata["agreement"])
    said = [*lines.items(), *(("warning", words) for words in metadata.get("warnings", ()))]
    said += [("note", words) for words in metadata.get("notes", ())]
    return "\n".join(f"{name:<9} {printable(text)}" for name, text in said)
