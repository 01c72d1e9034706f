# SPDX-License-Identifier: Apache-2.0
"""A program's file read back: every claim of its metadata checked against what is there."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from hgcn.arch.device import Device
from hgcn.arch.presets import device as preset
from hgcn.arch.resolve import DeviceLike, resolve_device
from hgcn.checking.validate import validate
from hgcn.cycles.workload import Workload
from hgcn.errors import ProgramError, SpecError, shown
from hgcn.isa.image import check_device, lines_of, read_header, read_metadata
from hgcn.isa.input_layout import InputLayout
from hgcn.isa.metadata import MAX_TEXT
from hgcn.isa.output import output_bytes
from hgcn.isa.records import Header
from hgcn.report.facts import agreement_of, feature_scale_of

Parts = tuple[Device, dict[str, Any], NDArray[np.int32], NDArray[np.float64] | None]
"""Device, metadata, node order, and the steps of the nodes' logits if they differ."""


def read_parts(image: bytes, device: DeviceLike | None) -> Parts:
    """Read and validate what a program's file holds; the device defaults to the one it names.

    Raises
    ------
    ProgramError
        If the image is damaged, not what `hgcn.compile` makes, not for ``device``, or for a device
        that is no preset while none is given.
    SpecError
        If ``device`` is none; see `hgcn.arch.resolve.resolve_device`.
    """
    header = read_header(image)
    metadata, arrays = read_metadata(image, header)
    if device is not None:
        target = resolve_device(device)
        check_device(header, target)
    else:
        target = _preset_of(metadata, header)
    try:
        rows, logit_rows = checked_facts(metadata, arrays, header, target)
    except (LookupError, TypeError, ValueError) as fault:
        raise ProgramError(f"it lacks metadata: {fault}") from None
    validate(image, target)
    return target, metadata, rows, logit_rows


def _preset_of(metadata: dict[str, Any], header: Header) -> Device:
    """Return the preset a program was compiled for; its name is never taken for a path."""
    if "device" not in metadata:
        raise ProgramError("it lacks metadata: 'device'")
    name = str(metadata["device"])[:MAX_TEXT]
    try:
        target = preset(name)
    except SpecError:
        raise ProgramError(
            f"it is for device {shown(name)} ({header.device_hash:#018x}), which is no preset "
            "here: give its device file, by --device my.toml or device='my.toml' of Program.load"
        ) from None
    check_device(header, target)
    return target


def checked_facts(
    metadata: dict[str, Any], arrays: dict[str, NDArray[Any]], header: Header, device: Device
) -> tuple[NDArray[np.int32], NDArray[np.float64] | None]:
    """Return the node order of a program read from a file, and the steps of its nodes' logits.

    Raises
    ------
    LookupError, TypeError, ValueError
        If metadata or arrays are not what `program_facts` makes, or not those of a program with
        this header; `Program.load` names the file.
    """
    _check_shape("metadata", metadata, _SHAPE)
    for key, shape in _LATER.items():
        if key in metadata:
            _check_shape(f"metadata.{key}", metadata[key], shape)
    workload, rows = Workload.from_facts(metadata["workload"]), arrays["rows"]
    # A job takes commands: reports go through the jobs, and must not do so for ever.
    if len(workload.jobs) > header.num_commands:
        raise ValueError("a workload has no more jobs than commands")
    if (metadata["graph"]["nodes"], metadata["classes"]) != (workload.nodes, workload.classes):
        raise ValueError("graph and workload differ in nodes or classes")
    if not 0 < metadata["logit_scale"] <= float(np.finfo(np.float32).max):
        raise ValueError("logit_scale must be above 0 and within float32")
    # The count of nodes is a claim; the array is there.
    fits = rows.dtype == np.int32 and rows.shape == (workload.nodes,)
    if not fits or not np.array_equal(np.sort(rows), np.arange(len(rows))):
        raise ValueError(f"rows must name each node once, as int32 of shape ({workload.nodes},)")
    want, columns = 0, workload.input_columns
    if (feature_scale_of(metadata) is None) != (columns is None):
        raise ValueError("features read at run time have a scale, others have none")
    if columns is not None:
        want = InputLayout.for_device(workload.nodes, columns, device).lines
    if header.input_lines != want:
        raise ValueError(
            f"its features take {want} lines of input, its header says {header.input_lines}"
        )
    want = lines_of(output_bytes(workload.nodes, workload.classes, device))
    if header.output_lines != want:
        raise ValueError(
            f"its logits take {want} lines of output, its header says {header.output_lines}"
        )
    agreement_of(metadata)
    return rows, _checked_steps(arrays.get("logit_rows"), workload.nodes, metadata["logit_scale"])


def _checked_steps(
    steps: NDArray[Any] | None, nodes: int, scale: float
) -> NDArray[np.float64] | None:
    if steps is None:
        return None
    fits = steps.dtype == np.float64 and steps.shape == (nodes,) and bool((steps > 0).all())
    if not fits or not steps.max() <= np.finfo(np.float32).max / max(scale, 1.0):
        raise ValueError(f"logit_rows must be {nodes} numbers above 0, within float32")
    return steps


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

_LATER = {
    "choice": {"won": str, "cycles": {Any: int}, "slower": [str], "untried": [str]},
    "quantisation": {"asked": str, "used": str, "class_share_at_max": float},
    "warnings": [str],
    "notes": [str],
}
"""What programs made by earlier versions lack."""


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
