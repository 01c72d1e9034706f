# SPDX-License-Identifier: Apache-2.0
"""Two reports of `hgcn run --json` side by side, number by number."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hgcn.errors import HgcnError
from hgcn.printable import printable_path
from hgcn.report.shape import wrong

_NAMES = ("device", "backend", "ordering", "policy")
_ENGINES: Any = {str: {"busy": 0, "stalled": 0}}
_SHAPE: dict[str, Any] = {
    **dict.fromkeys(_NAMES, ""),
    "graph": {"name": "", "nodes": 0, "edges": 0},
    "cycles_estimate": 0,
    "microseconds_estimate": 0,
    "nodes_per_second_estimate": 0,
    "bound_cycles": 0,
    "bound_microseconds": 0,
    "bytes": {"program": 0, "read": 0, "written": 0},
    "engines": _ENGINES,
    "estimate": {str: 0},
}
"""What is compared, each with an example of its kind; `str` as a key stands for any."""

_TIMES = {"cycles": 0, "microseconds": 0, "nodes_per_second": 0}
"""What a report has besides where its backend has a clock."""


def read_report(path: Path) -> dict[str, Any]:
    """Return the report that `hgcn run --json` has written.

    Raises
    ------
    HgcnError
        Naming the file, and what is missing or of another kind in it.
    """
    name = printable_path(path)
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
    except OSError as fault:
        raise HgcnError(f"cannot read {name}: {fault.strerror or fault}") from None
    except (ValueError, RecursionError):
        raise HgcnError(f"{name} is no JSON: want a report of hgcn run --json") from None
    missing = next(wrong("", report, _SHAPE), None)
    if missing is None and report.get("cycles") is not None:
        missing = next(wrong("", report, {**_TIMES, "cycles_kind": ""}), None)
    if missing is not None:
        raise HgcnError(f"{name} is no report of this version's hgcn run --json: {missing}")
    made: dict[str, Any] = report
    return made


def comparison(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """Return every number that at least one of two reports has, and how they lie to each other.

    Parameters
    ----------
    first, second : mapping
        What `read_report` gives.

    Returns
    -------
    dict
        ``runs``: what each is of. ``rows``: of each number its name, with the kind where it is of
        time, ``first``, ``second`` (None where that run has none of this kind), and ``ratio``,
        second to first, None where there is none. ``notes``: what to bear in mind.
    """
    left, right = _numbers(first), _numbers(second)
    rows = []
    for name in dict.fromkeys([*left, *right]):
        one, other = left.get(name), right.get(name)
        ratio = other / one if one and other is not None else None
        rows.append({"name": name, "first": one, "second": other, "ratio": ratio})
    runs = [
        {"graph": run["graph"], **{name: run[name] for name in _NAMES}} for run in (first, second)
    ]
    return {"runs": runs, "rows": rows, "notes": _notes(first, second)}


def _numbers(run: Mapping[str, Any]) -> dict[str, float]:
    """Return a run's numbers by name; no two kinds of cycles share one."""
    found: dict[str, float] = {}
    if run.get("cycles") is not None:
        found |= {f"{name}, {run['cycles_kind']}": run[name] for name in _TIMES}
    found |= {f"{name}, modelled": run[f"{name}_estimate"] for name in _TIMES}
    found |= {f"{name}, bound": run[f"bound_{name}"] for name in ("cycles", "microseconds")}
    for engine, counts in run["engines"].items():
        found |= {f"{engine} {what}, {run['cycles_kind']}": counts[what] for what in counts}
    found |= {f"{engine} busy, modelled": busy for engine, busy in run["estimate"].items()}
    return found | {f"bytes, {what}": count for what, count in run["bytes"].items()}


def _notes(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[str]:
    notes = []
    if first["graph"] != second["graph"]:
        sizes = [
            f"{run['graph']['name']} ({run['graph']['nodes']:,} nodes, "
            f"{run['graph']['edges']:,} edges)"
            for run in (first, second)
        ]
        notes.append(f"different graphs: {sizes[0]} and {sizes[1]}")
    kinds = [run["cycles_kind"] for run in (first, second) if run.get("cycles") is not None]
    if len(set(kinds)) == 2:
        notes.append(f"the cycles of the first are {kinds[0]}, of the second {kinds[1]}")
    return notes
