# SPDX-License-Identifier: Apache-2.0
"""What a network asks of any device: the sizes of its operands and jobs, and nothing of values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, TypeVar

from hgcn.reference.job import Named, Rows
from hgcn.reference.network import IntegerNetwork

_Size = TypeVar("_Size")


@dataclass(frozen=True, slots=True, kw_only=True)
class OperandSize:
    """A sparse operand.

    Attributes
    ----------
    columns : int
    nonzeros : int
    binary : bool
        Its nonzeros carry no value.
    handed_in : bool
        Only known at run time: all of its cells, zeros included.
    """

    columns: int
    nonzeros: int
    binary: bool
    handed_in: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class JobSize:
    """A job.

    Attributes
    ----------
    left : str or None
        The operand it multiplies; None: rows of another job, only known at run time.
    depth : int
        Columns of the left operand.
    columns : int
        Of its rows.
    bits : int
        Width of what it gives, 8 or 16.
    weights : bool
        The right operand is constant; else rows of another job.
    written : bool
        Its rows are the output, or a left operand later: either is read from memory.
    """

    left: str | None
    depth: int
    columns: int
    bits: int
    weights: bool
    written: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """An inference, device apart.

    Attributes
    ----------
    nodes : int
    operands : mapping of str to OperandSize
    jobs : tuple of JobSize
        The last one gives the logits.
    """

    nodes: int
    operands: Mapping[str, OperandSize]
    jobs: tuple[JobSize, ...]

    @property
    def classes(self) -> int:
        """Columns of the output."""
        return self.jobs[-1].columns

    @property
    def input_columns(self) -> int | None:
        """Columns of the operand handed in at run time; None if there is none."""
        for operand in self.operands.values():
            if operand.handed_in:
                return operand.columns
        return None

    def facts(self) -> dict[str, Any]:
        """Return plain JSON types, from which `from_facts` makes it again."""
        return {
            "nodes": self.nodes,
            "operands": {name: asdict(operand) for name, operand in self.operands.items()},
            "jobs": [asdict(job) for job in self.jobs],
        }

    @staticmethod
    def from_facts(facts: Mapping[str, Any]) -> Workload:
        """Return what `facts` was made of.

        Raises
        ------
        LookupError, TypeError, ValueError
            If they are not those of a workload.
        """
        for part, kind in (("operands", dict), ("jobs", list)):
            if not isinstance(facts[part], kind):
                raise TypeError(f"workload.{part} must be a {kind.__name__}")
        operands = {
            name: _sized(OperandSize, f"workload.operands.{name}", each)
            for name, each in facts["operands"].items()
        }
        jobs = tuple(
            _sized(JobSize, f"workload.jobs[{number}]", each)
            for number, each in enumerate(facts["jobs"])
        )
        _require("workload.nodes", facts["nodes"], "int")
        workload = Workload(nodes=facts["nodes"], operands=operands, jobs=jobs)
        _check(workload)
        return workload


def workload_of(network: IntegerNetwork) -> Workload:
    """Return what ``network`` asks of any device."""
    widths = {job.name: job.columns for job in network.jobs}
    lefts = {job.left.job for job in network.jobs if isinstance(job.left, Rows)}
    return Workload(
        nodes=network.num_nodes,
        operands={
            name: OperandSize(
                columns=operand.shape[1],
                nonzeros=operand.nnz,
                binary=operand.data is None,
                handed_in=name == network.handed_in,
            )
            for name, operand in network.operands.items()
        },
        jobs=tuple(
            JobSize(
                left=job.left.name if isinstance(job.left, Named) else None,
                depth=network.operands[job.left.name].shape[1]
                if isinstance(job.left, Named)
                else widths[job.left.job],
                columns=job.columns,
                bits=job.epilogue.bits,
                weights=job.weights is not None,
                written=job is network.jobs[-1] or job.name in lefts,
            )
            for job in network.jobs
        ),
    )


def _sized(kind: type[_Size], name: str, facts: Any) -> _Size:
    """Make a size of what a file says of it, every field of its type and none missing."""
    if not isinstance(facts, dict):
        raise TypeError(f"{name} must be a dict, got a {type(facts).__name__}")
    for field in fields(kind):  # type: ignore[arg-type]
        _require(f"{name}.{field.name}", facts[field.name], str(field.type))
    return kind(**facts)


def _require(name: str, value: Any, kind: str) -> None:
    known: dict[str, tuple[type, ...]] = {
        "int": (int,),
        "bool": (bool,),
        "str | None": (str, type(None)),
    }
    # A bool is no count.
    if type(value) not in known[kind] or (kind == "int" and value < 0):
        noun = {"int": "count", "str | None": "str or None"}.get(kind, kind)
        raise ValueError(f"{name} must be a {noun}, got a {type(value).__name__}")


def _check(workload: Workload) -> None:
    if min([workload.nodes, len(workload.jobs), *(job.columns for job in workload.jobs)]) < 1:
        raise ValueError("a workload has nodes, jobs, and columns in each")
    for name, operand in workload.operands.items():
        if operand.nonzeros > workload.nodes * operand.columns:
            raise ValueError(f"{name} has more nonzeros than cells")
    for job in workload.jobs:
        if job.left is not None and job.depth != workload.operands[job.left].columns:
            raise ValueError(f"a job multiplies {job.depth} columns of {job.left}")
