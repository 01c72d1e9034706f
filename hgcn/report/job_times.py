# SPDX-License-Identifier: Apache-2.0
"""Where a program's time goes, job by job and layer by layer: as numbers."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from hgcn.arch.device import LINE_BYTES, Device
from hgcn.cycles.timeline import timeline
from hgcn.cycles.workload import JobSize, Workload
from hgcn.errors import ProgramError
from hgcn.format.numbers import RECORD_BYTES
from hgcn.isa.commands import Command, Drain, Spmm, streams
from hgcn.isa.image import read_commands, read_header


@dataclass(frozen=True, slots=True, kw_only=True)
class JobTime:
    """A job of a program, by the cycle model.

    Attributes
    ----------
    job : int
        Its number in the workload, from 0.
    left : str
        The operand it multiplies, or ``rows`` of an earlier job.
    layer : int
        From 1, as far as sizes tell: a layer ends with a job whose rows are the output or a later
        job's left operand. A layer that multiplies twice in a row counts as two.
    depth, columns : int
        It multiplies (nodes, depth) by (depth, columns).
    cycles : int
        From the issue of the first command of each of its feature tiles to that of whatever comes
        next: those of all jobs together are the program's.
    bytes_read, bytes_written : int
        Of its commands and their streams, and of the rows it writes to memory: of all jobs
        together the program's, but for its header and END.
    macs : int
        Multiplications that its result is made of: nonzeros, or all elements of a left operand
        only known at run time, times columns.
    """

    job: int
    left: str
    layer: int
    depth: int
    columns: int
    cycles: int
    bytes_read: int
    bytes_written: int
    macs: int

    @property
    def name(self) -> str:
        """What it is, in a few words."""
        return f"job {self.job + 1}: {self.left} x {self.columns} columns"


def job_times(image: bytes, device: Device, workload: Workload) -> tuple[JobTime, ...]:
    """Return the modelled time of each job.

    Parameters
    ----------
    image : bytes
        ``program.image``.
    device : Device
        ``program.device``.
    workload : Workload
        ``program.workload``.

    Raises
    ------
    ProgramError
        If the image is no program of this workload; see `hgcn.cycles.estimate` too.

    Examples
    --------
    >>> import hgcn
    >>> program = hgcn.compile(hgcn.GCN.load("digits"), hgcn.datasets.load("digits"))
    >>> times = job_times(program.image, program.device, program.workload)
    >>> sum(time.cycles for time in times) == program.estimate().cycles
    True
    """
    made = timeline(image, device)
    commands = read_commands(image, read_header(image))
    tiles = list(_feature_tiles(commands, workload.nodes, device))
    kinds = [_kind(commands[first:end]) for first, end in tiles]
    jobs = list(_turns(workload, device.features, kinds))
    begins = [0, *(int(made.issued[first]) for first, _ in tiles[1:]), made.counts.cycles]
    cycles, read, written = ([0] * len(workload.jobs) for _ in range(3))
    for place, (job, (first, end)) in enumerate(zip(jobs, tiles, strict=True)):
        cycles[job] += begins[place + 1] - begins[place]
        for command in commands[first:end]:
            read[job] += LINE_BYTES * sum(part.lines for part in streams(command).values())
            read[job] += RECORD_BYTES
            if isinstance(command, Drain):
                written[job] += LINE_BYTES * command.destination.lines
    layers = _layers(workload.jobs)
    return tuple(
        JobTime(
            job=number,
            left=job.left or "rows",
            layer=layers[number],
            depth=job.depth,
            columns=job.columns,
            cycles=cycles[number],
            bytes_read=read[number],
            bytes_written=written[number],
            macs=_macs(job, workload),
        )
        for number, job in enumerate(workload.jobs)
    )


def _feature_tiles(
    commands: Sequence[Command], nodes: int, device: Device
) -> Iterator[tuple[int, int]]:
    """Yield the commands of each feature tile: it ends with the last DRAIN of its last rows."""
    padded = -(-nodes // device.block_rows) * device.block_rows
    first, rows = 0, 0
    for number, (command, after) in enumerate(pairwise(commands)):
        # Rows that go to several places are drained for each; buffers take turns.
        if not isinstance(command, Drain):
            continue
        if isinstance(after, Drain) and after.buffer == command.buffer:
            continue
        rows += command.rows
        if rows >= padded:
            yield first, number + 1
            first, rows = number + 1, 0
    if rows:
        raise ProgramError("the program ends within a feature tile")


def _kind(commands: Sequence[Command]) -> Hashable:
    """Return what the feature tiles of a job have in common: its left operand, its epilogue."""
    work = [(each.bundles, each.slices) for each in commands if isinstance(each, Spmm)]
    last = next(each for each in reversed(commands) if isinstance(each, Drain))
    epilogue = (last.relu, last.int16, last.shift, last.bias_shift, last.write_memory)
    return tuple(work), epilogue


def _turns(workload: Workload, features: int, kinds: Sequence[Hashable]) -> Iterator[int]:
    """Yield the job of each feature tile: `hgcn.lowering.chains.turns`, without the network.

    Sizes do not tell which rows a job multiplies. So the longest chain that they allow is taken in
    which all feature tiles of a job are of one kind.
    """
    counts = [-(-job.columns // features) for job in workload.jobs]
    if sum(counts) != len(kinds):
        raise ProgramError(
            f"the program has {len(kinds)} feature tiles, its workload {sum(counts)}: it is no "
            "program of it"
        )
    first, place = 0, 0
    while first < len(counts):
        length, count = 1, counts[first]
        while first + length < len(counts) and _may_follow(workload, first + length):
            length += 1
        while any(
            len(set(kinds[place + turn : place + length * count : length])) > 1
            for turn in range(length)
        ):
            if length == 1:
                raise ProgramError(f"feature tiles of job {first + 1} differ: it is another's")
            length -= 1
        for _ in range(count):
            yield from range(first, first + length)
        first, place = first + length, place + length * count


def _may_follow(workload: Workload, number: int) -> bool:
    """Whether a job may multiply the rows of the one before it and of no other."""
    job, before = workload.jobs[number], workload.jobs[number - 1]
    one = job.depth == workload.nodes
    return one and not job.weights and not before.written and before.columns == job.columns


def _layers(jobs: Sequence[JobSize]) -> list[int]:
    layers, layer = [], 1
    for job in jobs:
        layers.append(layer)
        layer += job.written
    return layers


def _macs(job: JobSize, workload: Workload) -> int:
    if job.left is None or workload.operands[job.left].handed_in:
        return workload.nodes * job.depth * job.columns
    return workload.operands[job.left].nonzeros * job.columns
