# SPDX-License-Identifier: Apache-2.0
"""A run that is over, from the file that `hgcn run --json` has written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hgcn.errors import HgcnError
from hgcn.printable import printable_path
from hgcn.report.compare import read_report
from hgcn.report.shape import wrong

_PARTS = {name: {"nonzeros": 0, "columns": 0} for name in ("dense", "sparse", "scattered")}
_SHAPE: dict[str, Any] = {
    "bound_cause": "",
    "bit_exact": (True,),
    "warnings": [""],
    "notes": [""],
    "split_by_operand": {str: _PARTS},
    "accuracy": ({"float": 0, "int8": 0},),
    "quantisation": ({"asked": "", "used": "", "class_share_at_max": 0},),
    "choice": ({"won": ("",), "cycles": {str: 0}, "slower": [""], "untried": [""]},),
    "agreement": (
        {
            "nodes": 0,
            "same_class": 0,
            "logit_rms": 0,
            "logit_max": 0,
            "turn": 0,
            "layers": [
                {
                    "values": 0,
                    "saturated_products": 0,
                    "saturated_outputs": 0,
                    "zero_rows": 0,
                    "zero_columns": 0,
                    "scaled_rows": 0,
                }
            ],
        },
    ),
    "layer_errors": [{"layer": 0, "rms": 0, "largest": 0}],
    "baselines": [
        {
            "library": "",
            "arithmetic": "",
            "microseconds": 0,
            "repeats": 0,
            "threads": 0,
            "same_class": 0,
        }
    ],
}
"""What a page shows beside what `hgcn compare` does, by example; see `hgcn.report.shape`."""


def read_run(path: Path) -> dict[str, Any]:
    """Return what `hgcn run --json` has written.

    Raises
    ------
    HgcnError
        Naming the file, and what is missing or of another kind in it.
    """
    run = read_report(path)
    fault = next(wrong("", run, _SHAPE), None)
    if fault is not None:
        name = printable_path(path)
        raise HgcnError(f"{name} is no report of this version's hgcn run --json: {fault}")
    # A key of another version, or of somebody's own, is not shown.
    run["split_by_operand"] = {
        operand: {part: {key: each[part][key] for key in known} for part, known in _PARTS.items()}
        for operand, each in run["split_by_operand"].items()
    }
    if run.get("cycles") is None:
        run |= {"cycles": None, "cycles_kind": None, "engines": {}}
    return run
