# SPDX-License-Identifier: Apache-2.0
"""The same network on this machine's processor, by the libraries people use: wall clock."""

from __future__ import annotations

import os
import statistics
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
import scipy.sparse
from numpy.typing import NDArray

from hgcn.graph.csr import Csr
from hgcn.reference.infer import Operand, infer
from hgcn.reference.job import Job, Named, Rows, Stack, stack_stride
from hgcn.reference.network import IntegerNetwork

REPEATS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """One way to compute a network without the accelerator.

    Attributes
    ----------
    library : str
    arithmetic : str
        ``int32``: the accelerator's, bit for bit. ``float32``: the same jobs and scales, neither
        rounded nor clamped between them.
    microseconds : float
        Wall clock on this machine, the median.
    repeats : int
        Of how many runs, after one that does not count.
    threads : int
        How many may have worked at most.
    same_class : float
        Share of the nodes that get the accelerator's class.
    """

    library: str
    arithmetic: str
    microseconds: float
    repeats: int
    threads: int
    same_class: float

    @property
    def kind(self) -> str:
        """Whose time it is: never to be mixed with cycles of the accelerator."""
        return "wall clock"


def measure_baselines(network: IntegerNetwork, *, repeats: int = REPEATS) -> Iterator[Baseline]:
    """Time a network by SciPy in integers and in floats, and by PyTorch where it is installed.

    Operands are brought into each library's form beforehand, as weights would be.
    """
    integers = _scipy_integers(network)
    want = integers().argmax(axis=1)

    def timed(library: str, arithmetic: str, forward: Callable[[], Any], threads: int) -> Baseline:
        classes = np.asarray(forward()).argmax(axis=1)
        return Baseline(
            library=library,
            arithmetic=arithmetic,
            microseconds=1e6 * _median_seconds(forward, repeats),
            repeats=repeats,
            threads=threads,
            same_class=float(np.mean(classes == want)) if len(want) else 1.0,
        )

    # Neither SciPy's sparse products nor NumPy's of integers use threads; a BLAS may.
    yield timed("SciPy", "int32", integers, 1)
    yield timed("SciPy", "float32", _floats(network, _scipy_csr, np.asarray), _processors())
    try:
        torch = import_module("torch")
    except ImportError:
        return

    def torch_csr(operand: Csr) -> Any:
        parts = (operand.indptr, operand.indices.astype(np.int64), _data(operand, np.float32))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # That this kind of tensor is a beta.
            return torch.sparse_csr_tensor(*map(torch.tensor, parts), size=operand.shape)

    with torch.no_grad():
        floats = _floats(network, torch_csr, torch.tensor)
        usual = torch.get_num_threads()
        # With several, short products on a busy machine wait for each other longer than they work.
        for threads in sorted({1, usual}):
            torch.set_num_threads(threads)
            try:
                yield timed("PyTorch", "float32", floats, threads)
            finally:
                torch.set_num_threads(usual)


def _median_seconds(forward: Callable[[], Any], repeats: int) -> float:
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        forward()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def _processors() -> int:
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1


def _data(operand: Csr, dtype: Any) -> NDArray[Any]:
    if operand.data is None:
        return np.ones(operand.nnz, dtype=dtype)
    return operand.data.astype(dtype)


def _scipy_csr(operand: Csr, dtype: Any = np.float32) -> Any:
    parts = (_data(operand, dtype), operand.indices, operand.indptr)
    return scipy.sparse.csr_matrix(parts, shape=operand.shape)


def _scipy_integers(network: IntegerNetwork) -> Callable[[], NDArray[np.int16]]:
    # int8 would wrap: SciPy sums in the type of its operands.
    ready = {id(operand): _scipy_csr(operand, np.int32) for operand in network.operands.values()}

    def product(left: Operand, right: NDArray[Any]) -> NDArray[np.int32]:
        wide = ready[id(left)] if isinstance(left, Csr) else left.astype(np.int32)
        sums: NDArray[np.int32] = wide @ right.astype(np.int32)
        return sums

    return lambda: infer(network, product=product)


@dataclass(frozen=True, slots=True, kw_only=True)
class _FloatJob:
    job: Job
    weights: Any
    stacked: Any
    row: Any
    col: Any
    bias: Any
    addend: tuple[Any, Any] | None


def _stacked_rows(job: Job, network: IntegerNetwork) -> int:
    if not isinstance(job.right, Stack):
        return 0
    return stack_stride(network.num_nodes) * len(job.right.jobs)


def _floats(
    network: IntegerNetwork, sparse: Callable[[Csr], Any], dense: Callable[[Any], Any]
) -> Callable[[], Any]:
    """Return the forward pass in float32; arrays of NumPy and PyTorch spell all of it alike."""

    def ready(job: Job) -> _FloatJob:
        scales, added = job.epilogue, job.addend
        unit = 2.0**-scales.shift

        def column(values: NDArray[Any], factor: float) -> Any:
            return dense((values * factor).astype(np.float32))

        both = None
        if added is not None:
            both = column(added.row[:, None], unit), column(added.col, 1.0)
        return _FloatJob(
            job=job,
            weights=None if job.weights is None else dense(job.weights.astype(np.float32)),
            stacked=dense(np.zeros((_stacked_rows(job, network), job.columns), np.float32)),
            row=column(scales.row[:, None], unit),
            col=column(scales.col, 1.0),
            bias=column(scales.bias, 2.0**scales.bias_shift * unit),
            addend=both,
        )

    operands = {name: sparse(operand) for name, operand in network.operands.items()}
    jobs = [ready(job) for job in network.jobs]

    def forward() -> Any:
        rows: dict[str, Any] = {}
        for step in jobs:
            job = step.job
            left = operands[job.left.name] if isinstance(job.left, Named) else rows[job.left.job]
            right = step.weights
            if isinstance(job.right, Rows):
                right = rows[job.right.job]
            elif isinstance(job.right, Stack):
                right = step.stacked
                for place, name in enumerate(job.right.jobs):
                    start = place * stack_stride(network.num_nodes)
                    right[start : start + network.num_nodes] = rows[name]
            total = (left @ right) * step.row * step.col + step.bias
            if job.addend is not None and step.addend is not None:
                total = total + rows[job.addend.rows.job] * step.addend[0] * step.addend[1]
            rows[job.name] = total.clip(0) if job.epilogue.relu else total
        return rows[network.jobs[-1].name]

    return forward
