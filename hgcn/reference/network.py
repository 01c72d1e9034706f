# SPDX-License-Identifier: Apache-2.0
"""The integer network: operands by name, and the jobs that make logits of them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from hgcn.graph.csr import Csr
from hgcn.printable import one_line
from hgcn.reference.check import check_network
from hgcn.reference.job import Job, Named, Rows

FEATURES = "features"
"""Name of the operand that holds what the nodes bring: one column for each feature."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class IntegerNetwork:
    """A quantised model bound to a graph, in the graph's own node order.

    Attributes
    ----------
    name : str
        For reports: model and graph.
    operands : mapping of str to Csr, shape (n, k)
        Sparse left operands by name, ``data`` None (binary) or int8.
    jobs : tuple of Job
        Each reads operands and jobs before it. The last gives the logits.
    logit_scale : float
        Real value of one unit of the last job's output.
    logit_rows : ndarray of float64, shape (n,), or None
        How many times that a unit of each node's is; None: once. A node's class does not depend on
        it.
    handed_in : str or None
        The operand that a run may replace: every cell of it is only known then.
    """

    name: str
    operands: Mapping[str, Csr]
    jobs: tuple[Job, ...]
    logit_scale: float
    logit_rows: NDArray[np.float64] | None = None
    handed_in: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "operands", MappingProxyType(dict(self.operands)))
        check_network(self.name, self.operands, self.jobs, self.handed_in)

    def __repr__(self) -> str:
        """Fit a line."""
        widths = [job.columns for job in self.jobs]
        shown = "-".join(map(str, widths[:6])) + ("-..." if len(widths) > 6 else "")
        nodes = f"{self.num_nodes:,} nodes"
        return one_line("IntegerNetwork", self.name, nodes, f"jobs of {shown} columns")

    @property
    def num_nodes(self) -> int:
        """Rows of every operand and of every job."""
        return len(self.jobs[-1].epilogue.row)

    @property
    def num_classes(self) -> int:
        """Columns of the output."""
        return self.jobs[-1].columns

    @property
    def over_nodes(self) -> tuple[str, ...]:
        """Names of the operands whose columns are nodes: those that multiply rows of a job."""
        found = [
            job.left.name for job in self.jobs if isinstance(job.left, Named) and job.right_jobs
        ]
        return tuple(dict.fromkeys(found))

    @property
    def structure(self) -> Csr:
        """What says which nodes are neighbours: the first operand over nodes, or no edge at all.

        An operand over stacked rows says nothing: it adds up what others give.
        """
        n = self.num_nodes
        for name in self.over_nodes:
            if self.operands[name].shape == (n, n):
                return self.operands[name]
        return Csr(shape=(n, n), indptr=np.zeros(n + 1, np.int64), indices=np.zeros(0, np.int32))

    def real_logits(self, integers: NDArray[np.int16]) -> NDArray[np.float64]:
        """Return integer logits in the float model's units, shape (n, classes)."""
        steps = np.full(self.num_nodes, self.logit_scale)
        if self.logit_rows is not None:
            steps *= self.logit_rows
        real: NDArray[np.float64] = integers * steps[:, None]
        return real

    def digest(self) -> bytes:
        """SHA-256 of weights, scales, and what each job reads.

        A job that reads what is usual adds nothing for that: a weight multiplies the rows of the
        job before (of the first job, the features), and where there is none, the first operand over
        nodes multiplies the rows of the job before.
        """
        sha = hashlib.sha256()
        before: str | None = None
        for job in self.jobs:
            weights, scales = job.weights, job.epilogue
            if weights is not None:
                sha.update(repr(weights.shape).encode())
                sha.update(weights.tobytes())
            sha.update(scales.row.tobytes() + scales.col.tobytes() + scales.bias.tobytes())
            sha.update(repr((scales.shift, scales.bias_shift, scales.relu, scales.bits)).encode())
            if job.addend is not None:
                sha.update(job.addend.row.tobytes() + job.addend.col.tobytes())
            if not self._is_usual(job, before):
                sha.update(repr((job.left, job.needs)).encode())
            before = job.name
        return sha.digest()

    def _is_usual(self, job: Job, before: str | None) -> bool:
        if job.addend is not None:
            return False
        if job.weights is not None:
            return job.left == (Named(FEATURES) if before is None else Rows(before))
        follows = job.right == Rows(before or "")
        return follows and job.left == Named(self.over_nodes[0] if self.over_nodes else "")
