# SPDX-License-Identifier: Apache-2.0
"""The report of one run: one dictionary, printed as JSON or as text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hgcn.arch.device import Device
from hgcn.baseline import Baseline
from hgcn.cycles.bound import Bound
from hgcn.cycles.estimate import Estimate
from hgcn.execution.result import Result
from hgcn.graph.graph import Graph
from hgcn.model.layer_errors import LayerError
from hgcn.model.metrics import accuracy, labelled
from hgcn.report.modelled import modelled_facts


def inference_report(
    metadata: dict[str, Any],
    result: Result,
    *,
    device: Device,
    estimate: Estimate,
    bound: Bound,
    seconds: Mapping[str, float],
    graph: Graph | None = None,
    float_logits: NDArray[np.floating] | None = None,
    features: Mapping[str, Any] | None = None,
    baselines: Iterable[Baseline] = (),
    layer_errors: Iterable[LayerError] = (),
) -> dict[str, Any]:
    """Return everything a run has to say, as plain JSON types.

    `cycles`, with their time and rate, are of the `cycles_kind`, *simulated* (rtl) or *measured* (a
    board), or null where the backend has no clock; the `..._estimate` are *modelled*; the
    `bound_...` is a lower bound of the model. `seconds` are of this machine and say nothing about
    the accelerator.
    `accuracy` counts the labelled nodes of the test mask; it is null where there are none.
    `agreement` is that of this result with the float model, null where it was not measured;
    `warnings` say what is wrong with it, `notes` what the graph's reader did.

    Parameters
    ----------
    metadata : dict
        The program's.
    result : Result
    device : Device
    estimate : Estimate
    bound : Bound
    seconds : mapping
        Wall clock of loading and of each stage of the compilation.
    graph : Graph, optional
    float_logits : ndarray, shape (n, classes), optional
        The float model's: without both there is no accuracy.
    features : mapping, optional
        Of a program that reads them at run time; see `run_time_features`.
    baselines : iterable of Baseline
        The same network on this machine's processor: wall clock, in a list of its own.
    layer_errors : iterable of LayerError
        Of the features compiled for; none where the model is not at hand.
    """
    execution = result.execution
    return {
        "graph": metadata["graph"],
        "device": metadata["device"],
        "backend": result.backend,
        "ordering": metadata["ordering"],
        "policy": metadata["policy"],
        "features": None if features is None else dict(features),
        "split": total_split(metadata["split"]),
        "split_by_operand": metadata["split"],
        "choice": metadata.get("choice"),
        "mapping": metadata["mapping"],
        "cycles": result.cycles,
        "cycles_kind": None if result.latency is None else result.latency.kind,
        "microseconds": result.microseconds,
        "nodes_per_second": None if result.latency is None else result.latency.nodes_per_second,
        **modelled_facts(estimate, bound, metadata["graph"]["nodes"], device),
        "bit_exact": result.bit_exact,
        "saturated_features": result.saturated_features,
        "quantisation": metadata.get("quantisation"),
        "agreement": _agreement(result),
        "layer_errors": [asdict(error) for error in layer_errors],
        "warnings": list(result.warnings),
        "notes": metadata.get("notes", []),
        "accuracy": _accuracies(graph, float_logits, result),
        "bytes": {
            "program": result.program_bytes,
            "read": execution.bytes_read,
            "written": execution.bytes_written,
        },
        "engines": {name: dict(counts) for name, counts in execution.engines.items()},
        "estimate": estimate.engines,
        "baselines": [{"kind": one.kind, **asdict(one)} for one in baselines],
        "seconds": {**seconds, "run": result.seconds},
    }


def run_time_features(
    metadata: dict[str, Any], *, input_bytes: int, compiled_in: Estimate
) -> dict[str, Any]:
    """Return what a report says of features read at run time.

    Parameters
    ----------
    metadata : dict
        The program's.
    input_bytes : int
    compiled_in : Estimate
        Of the program for the same graph that has its features compiled in.
    """
    return {
        **metadata["feature_scale"],
        "input_bytes": input_bytes,
        "cycles_estimate_compiled_in": round(compiled_in.cycles),
    }


def total_split(by_operand: dict[str, dict[str, dict[str, int]]]) -> dict[str, dict[str, int]]:
    """Sum the split over the operands.

    Examples
    --------
    >>> part = {"dense": {"nonzeros": 3, "columns": 1}}
    >>> total_split({"features": part, "adjacency": part})
    {'dense': {'nonzeros': 6, 'columns': 2}}
    """
    total: dict[str, dict[str, int]] = {}
    for parts in by_operand.values():
        for part, counts in parts.items():
            mine = total.setdefault(part, dict.fromkeys(counts, 0))
            for key, value in counts.items():
                mine[key] += value
    return total


def _agreement(result: Result) -> dict[str, Any] | None:
    found = result.agreement
    return None if found is None else {"class_share": found.class_share, **found.facts()}


def _accuracies(
    graph: Graph | None, float_logits: NDArray[np.floating] | None, result: Result
) -> dict[str, float] | None:
    if graph is None or float_logits is None or graph.labels is None or graph.test_mask is None:
        return None
    if not labelled(graph.labels, graph.test_mask).any():
        return None
    return {
        "float": accuracy(float_logits, graph.labels, graph.test_mask),
        "int8": result.accuracy(graph.labels, graph.test_mask),
    }
