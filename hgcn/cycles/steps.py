# SPDX-License-Identifier: Apache-2.0
"""The accelerator, a cycle at a time, without data."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hgcn.cycles import (
    array,
    control,
    drain,
    gather,
    lanes,
    memory,
    merge,
    ports,
    reads,
    sizes,
    tables,
    writes,
)
from hgcn.cycles.sizes import Sizes
from hgcn.cycles.tables import STREAMS, Tables
from hgcn.format import numbers, streams
from hgcn.jit import compiled, compiled_part, source_digest

Int = NDArray[np.int64]
Float = NDArray[np.float64]

QUIET_CYCLES = 1 << 20
"""A program in which nothing has moved for so long does not end."""


class Counts(NamedTuple):
    """Cycles, and the busy cycles of each engine's counter."""

    cycles: int
    read: int
    load: int
    pl: int
    array: int
    merge: int
    drain: int
    write: int


class Machine(NamedTuple):
    """The state of everything; its modules name the columns."""

    clients: Int
    reads: Int
    writes: Int
    credit: Float
    control: Int
    load: Int
    pl: Int
    drain: Int
    gather: Int
    merge: Int
    merging: Int
    array: array.Array


@compiled_part
def new_machine(sizes: Sizes) -> Machine:
    """Return an accelerator as its start bit is set."""
    return Machine(
        reads.new_clients(sizes),
        np.zeros(reads.READ_SIZE, np.int64),
        np.zeros(writes.WRITE_SIZE, np.int64),
        memory.new_credit(sizes),
        control.new_control(),
        np.zeros(lanes.ENGINE_SIZE, np.int64),
        np.zeros(lanes.ENGINE_SIZE, np.int64),
        np.zeros(drain.DRAIN_SIZE, np.int64),
        np.zeros(gather.GATHER_SIZE, np.int64),
        merge.new_merge(sizes),
        np.zeros((sizes.pe_rows, merge.MERGING_SIZE), np.int64),
        array.new_array(sizes),
    )


@compiled_part
def start(index: int, machine: Machine, program: Tables, sizes: Sizes) -> None:
    """Give a command to its engines."""
    command = program.commands[index]
    load, pl, collect = machine.load, machine.pl, machine.gather
    beats = command[STREAMS + 1] * sizes.line_beats
    if command[tables.KIND] == tables.LOAD:
        load[lanes.ACTIVE] = 1
        load[lanes.BEATS] = beats
    elif command[tables.KIND] == tables.SPMM:
        pl[lanes.ACTIVE] = collect[gather.ACTIVE] = machine.merge[merge.ACTIVE] = 1
        pl[lanes.BEATS] = beats
        pl[lanes.ITEMS] = command[tables.ITEMS]
        pl[lanes.ITEM_BYTES] = command[tables.ITEM_BYTES]
        collect[gather.CTL_BEATS] = command[STREAMS + 4] * sizes.line_beats
        collect[gather.A_BEATS] = command[STREAMS + 7] * sizes.line_beats
        collect[gather.RECORDS] = command[tables.SLICES]
        collect[gather.PARSED] = collect[gather.MOVED] = 0
        collect[gather.FIRST_SLICE] = command[tables.FIRST_SLICE]
        machine.merge[merge.PACKETS] = command[tables.PACKETS]
    elif command[tables.KIND] == tables.DRAIN:
        rows, out_beats = command[tables.ITEMS], command[tables.WRITE_BEATS]
        drain.start_drain(machine.drain, beats, rows, out_beats, command[tables.TILED], sizes)


Run = Callable[[Tables, Sizes, int, Int], Counts]


def _compile(sources: str) -> Run:
    @compiled
    def run(program: Tables, sizes: Sizes, limit: int, issued: Int) -> Counts:
        """Return the counts; cycles are -1 for a program that does not end, -2 beyond ``limit``.

        ``issued``, an element a command, gets the cycle in which its engines take it.

        Consumers go before producers: what one makes, the other sees at the next clock edge, as if
        it came from a register. Where that is not the order, a mark says what is new.
        """
        # Numba's cache looks at this file and at what this closure holds: so at all it calls.
        assert len(sources) > 0
        # Names of their own for arrays: to fetch one from a tuple counts a reference each time.
        commands, slice_row, slice_flags, slice_tag, records_at = program
        machine = new_machine(sizes)
        clients, reading, writing, credit, parser, load, pl, draining = machine[:8]
        collect, merging, packets = machine[8:11]
        pe_rows, pe_ports, pes = machine.array
        moved = checked = t = 0
        while True:
            t += 1
            load_idle = load[lanes.ACTIVE] == 0
            pl_idle = pl[lanes.ACTIVE] == 0
            array_idle = collect[gather.ACTIVE] == 0 and merging[merge.ACTIVE] == 0
            drain_idle = draining[drain.ACTIVE] == 0
            written = drain_idle and writes.write_idle(writing)
            idle = load_idle | pl_idle << 1 | array_idle << 2 | written << 3
            free = load_idle << tables.LOAD | (pl_idle and array_idle) << tables.SPMM
            free |= drain_idle << tables.DRAIN
            fence_open = control.settled(parser, idle)

            lanes.load_cycle(load, clients)
            lanes.pl_cycle(pl, clients, sizes)
            if not array_idle:
                gather.gather_cycle(
                    t, collect, pe_rows, pe_ports, clients, slice_row, slice_flags, slice_tag, sizes
                )
                for row in range(sizes.pe_rows):
                    array.follow(row, pe_rows, pe_ports, pes, sizes)
                merge.merge_cycle(t, merging, packets, pe_rows, pes, sizes)
            drain.drain_cycle(draining, clients, writing, sizes)
            control.parse_cycle(parser, commands, records_at, clients, sizes, fence_open)
            offered = control.issue_cycle(parser, commands, writing, idle, free)
            if parser[control.FINISHED] == 1:
                break
            if offered >= 0:
                start(offered, machine, program, sizes)
                issued[offered] = t
            reads.read_cycle(t, clients, reading, sizes)
            writes.write_cycle(t, writing, credit, sizes)
            memory.memory_cycle(t, reading, writing, credit, sizes)

            if t > limit:
                t = -2
                break
            if t - checked >= QUIET_CYCLES:
                now = reading[reads.BEATS_READ] + writing[writes.BEATS_WRITTEN]
                now += parser[control.ISSUING] + collect[gather.BUSY]
                if now == moved:
                    t = -1
                    break
                moved, checked = now, t
        return Counts(
            t,
            reading[reads.BEATS_READ],
            load[lanes.BUSY],
            pl[lanes.BUSY],
            collect[gather.BUSY],
            merging[merge.BUSY],
            draining[drain.BUSY],
            writing[writes.BEATS_WRITTEN],
        )

    return run


run = _compile(
    source_digest(
        *(array, control, drain, gather, lanes, memory, merge, ports, reads, sizes, tables, writes),
        *(numbers, streams),  # Their constants are in the machine code
    )
)
