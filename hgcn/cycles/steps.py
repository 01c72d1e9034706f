# SPDX-License-Identifier: Apache-2.0
"""The accelerator, a cycle at a time, without data."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hgcn.cycles import array, channels, control, lanes, sizes, tables
from hgcn.cycles.sizes import Sizes
from hgcn.cycles.tables import MOST_STREAMS, STREAMS, Tables
from hgcn.jit import compiled, compiled_part, source_digest

Int = NDArray[np.int64]
Float = NDArray[np.float64]

QUIET_CYCLES = 1 << 20
"""A program in which nothing has moved for so long does not end."""


class Count(IntEnum):
    """What `run` returns, by place: cycles, then the busy cycles of each engine's counter."""

    CYCLES = 0
    READ = 1
    LOAD = 2
    PL = 3
    STA = 4
    MERGE = 5
    DRAIN = 6
    WRITE = 7


COUNTS = len(Count)


class Machine(NamedTuple):
    """The state of everything; its modules name the columns."""

    clients: Int
    bus: Int
    credit: Float
    control: Int
    load: Int
    pl: Int
    drain: Int
    gather: Int
    rows: Int
    times: Float


@compiled_part
def new_machine(sizes: Sizes) -> Machine:
    """Return an accelerator as its start bit is set."""
    clients = channels.new_clients(sizes)
    return Machine(
        clients,
        np.zeros(channels.BUS_SIZE, np.int64),
        np.zeros(1),
        control.new_control(clients),
        np.zeros(lanes.ENGINE_SIZE, np.int64),
        np.zeros(lanes.ENGINE_SIZE, np.int64),
        np.zeros(lanes.ENGINE_SIZE, np.int64),
        np.zeros(array.GATHER_SIZE, np.int64),
        np.zeros((sizes.pe_rows, array.ROW_SIZE), np.int64),
        np.zeros((sizes.pe_rows, array.TIME_SIZE)),
    )


@compiled_part
def start(index: int, machine: Machine, program: Tables, sizes: Sizes) -> None:
    """Give a command to its engines."""
    command = program.commands[index]
    load, pl, drain, bus = machine.load, machine.pl, machine.drain, machine.bus
    gather = machine.gather
    beats = command[STREAMS + 1] * sizes.line_beats
    if command[tables.KIND] == tables.LOAD:
        load[lanes.ACTIVE] = 1
        load[lanes.BEATS] = beats
    elif command[tables.KIND] == tables.SPMM:
        pl[lanes.ACTIVE] = gather[array.ACTIVE] = gather[array.MERGE_ACTIVE] = 1
        pl[lanes.ITEMS] = command[tables.ITEMS]
        pl[lanes.ITEM_BYTES] = command[tables.ITEM_BYTES]
        gather[array.RECORDS] = command[tables.SLICES]
        gather[array.PARSED] = gather[array.MOVED] = 0
        gather[array.FIRST_SLICE] = command[tables.FIRST_SLICE]
        gather[array.PACKETS] = command[tables.PACKETS]
        for at in range(STREAMS, STREAMS + 3 * MOST_STREAMS, 3):
            beats = command[at + 1] * sizes.line_beats
            if command[at] == channels.PL:
                pl[lanes.BEATS] = beats
            elif command[at] == channels.CONTROL:
                gather[array.CTL_BEATS] = beats
            elif command[at] == channels.LEFT_OPERAND:
                gather[array.A_BEATS] = beats
    elif command[tables.KIND] == tables.DRAIN:
        drain[lanes.ACTIVE] = 1
        drain[lanes.BEATS] = beats
        drain[lanes.PARAMETERS] = sizes.features
        drain[lanes.ROWS] = drain[lanes.LEAVING] = drain[lanes.OUT_ROWS] = command[tables.ITEMS]
        drain[lanes.OUT_BEATS] = command[tables.WRITE_BEATS]
        drain[lanes.OUT_MADE] = drain[lanes.OUT_SENT] = 0
        drain[lanes.TILED] = command[tables.TILED]
        bus[channels.W_LEFT] = command[tables.WRITE_LINES]
        bus[channels.W_AT] = command[tables.WRITE_AT]


Run = Callable[[Tables, Sizes], Int]


def _compile(sources: str) -> Run:
    @compiled
    def run(program: Tables, sizes: Sizes) -> Int:
        """Return the counts of `Count`; cycles are -1 for a program that does not end.

        Consumers go before producers: what one makes, the other sees at the next clock edge, as if
        it came from a register.
        """
        # Numba's cache looks at this file and at what this closure holds: so at all it calls.
        assert len(sources) > 0
        # Names of their own for arrays: to fetch one from a tuple counts a reference each time.
        commands, slice_row, slice_flags, records_at = program
        machine = new_machine(sizes)
        clients, bus, credit, parser, load, pl, drain, gather, rows, times = machine
        moved = checked = t = 0
        while True:
            t += 1
            load_idle = load[lanes.ACTIVE] == 0
            pl_idle = pl[lanes.ACTIVE] == 0
            sta_idle = gather[array.ACTIVE] == 0 and gather[array.MERGE_ACTIVE] == 0
            drain_idle = drain[lanes.ACTIVE] == 0
            written = drain_idle and channels.write_idle(bus)
            idle = load_idle | pl_idle << 1 | sta_idle << 2 | written << 3
            free = load_idle << tables.LOAD | (pl_idle and sta_idle) << tables.SPMM
            free |= (drain_idle and bus[channels.W_LEFT] == 0) << tables.DRAIN
            fence_open = control.settled(parser, idle)

            lanes.load_cycle(load, clients)
            lanes.pl_cycle(pl, clients, sizes)
            if not sta_idle:
                array.gather_cycle(t, gather, rows, times, clients, slice_row, slice_flags, sizes)
                for row in range(sizes.pe_rows):
                    array.row_times(t, row, rows, times, slice_flags, sizes)
                array.merge_cycle(t, gather, rows, times, sizes)
            lanes.drain_cycle(drain, clients, bus, sizes)
            offered = control.issue_cycle(parser, commands, idle, free)
            if parser[control.FINISHED] == 1:
                break
            control.parse_cycle(parser, commands, records_at, clients, sizes, fence_open)
            if offered >= 0:
                start(offered, machine, program, sizes)
            channels.read_cycle(t, clients, bus, sizes)
            channels.write_cycle(bus, sizes)
            channels.memory_cycle(t, bus, credit, sizes)

            if t - checked >= QUIET_CYCLES:
                now = bus[channels.BEATS_READ] + bus[channels.BEATS_WRITTEN]
                now += parser[control.ISSUING] + gather[array.GATHER_BUSY]
                if now == moved:
                    t = -1
                    break
                moved, checked = now, t
        counts = np.zeros(COUNTS, np.int64)
        counts[Count.CYCLES] = t
        counts[Count.READ] = bus[channels.BEATS_READ]
        counts[Count.LOAD] = load[lanes.BUSY]
        counts[Count.PL] = pl[lanes.BUSY]
        counts[Count.STA] = gather[array.GATHER_BUSY]
        counts[Count.MERGE] = gather[array.MERGE_BUSY]
        counts[Count.DRAIN] = drain[lanes.BUSY]
        counts[Count.WRITE] = bus[channels.BEATS_WRITTEN]
        return counts

    return run


run = _compile(source_digest(array, channels, control, lanes, sizes, tables))
