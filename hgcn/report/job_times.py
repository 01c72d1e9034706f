# SPDX-License-Identifier: Apache-2.0
"""Where a program's time goes, job by job and layer by layer: as numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hgcn.arch.device import LINE_BYTES, Device
from hgcn.cycles.timeline import timeline
from hgcn.cycles.workload import JobSize, Workload
from hgcn.errors import ProgramError
from hgcn.format.numbers import RECORD_BYTES
from hgcn.isa.commands import Command, Drain, End, streams
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
        From 1; a layer ends with a job whose rows go to memory, as the output or as what a later
        job multiplies.
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
    jobs = list(_turns(workload.jobs, device.features))
    if len(tiles) != len(jobs):
        raise ProgramError(
            f"the program has {len(tiles)} feature tiles, its workload {len(jobs)}: it is no "
            "program of it"
        )
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
    """Yield the commands of each feature tile: it ends with the DRAIN of its last rows."""
    padded = -(-nodes // device.block_rows) * device.block_rows
    first, rows = 0, 0
    for number, command in enumerate(commands):
        if isinstance(command, Drain):
            rows += command.rows
            if rows >= padded:
                yield first, number + 1
                first, rows = number + 1, 0
        elif isinstance(command, End) and rows:
            raise ProgramError("the program ends within a feature tile")


def _turns(jobs: Sequence[JobSize], features: int) -> Iterator[int]:
    """Yield the job of each feature tile: `hgcn.lowering.chains.turns`, from sizes alone."""
    found: list[list[int]] = []
    for number, job in enumerate(jobs):
        before = jobs[number - 1] if number else None
        # Whoever multiplies rows of another job takes those of the one before it, unless that one
        # has others to give them to.
        if before and not job.weights and not before.written and before.columns == job.columns:
            found[-1].append(number)
        else:
            found.append([number])
    for chain in found:
        for _ in range(0, jobs[chain[0]].columns, features):
            yield from chain


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
