# SPDX-License-Identifier: Apache-2.0
"""The gather unit: control records, left operand and a feature store to PLIO packets."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import cocotb
from cocotb.triggers import RisingEdge
from cocotb.utils import get_sim_time

from hgcn.arch.device import K0

from ...bfm import wait_for
from ...runs.runner import Bench
from .gather_bench import LIMIT_CYCLES, GatherBench
from .plio_model import Record

_FILE = "hw/rtl/array/hgcn_gather.sv"
_RECORDS = "hw/rtl/array/hgcn_array_records.sv"
_LEFT = "hw/rtl/array/hgcn_left_packets.sv"
_PACKETISER = "hw/rtl/array/hgcn_packetiser.sv"

BENCH = Bench(
    module="benches.array.test_gather",
    top="hgcn_gather",
    sources=(
        "hw/rtl/common/hgcn_fifo.sv",
        "hw/rtl/common/hgcn_gearbox.sv",
        "hw/rtl/array/hgcn_array_pkg.sv",
        _PACKETISER,
        _RECORDS,
        _LEFT,
        _FILE,
    ),
    presets=("tiny", "kv260", "vck5000", "vek280"),
)

MUTANTS = [
    (_FILE, "rec_zero_q[k] <= rec_positions[k].padding;", "rec_zero_q[k] <= 1'b0;"),
    (_FILE, "rows_zero_q[k] ? '0 :", "1'b0 ? '0 :"),
    (_FILE, "base_q + bank_addr_t'(rec_positions", "bank_addr_t'(rec_positions"),
    (_FILE, "rd_data_i[rows_bank_q[k]]", "rd_data_i[rec_bank_q[k]]"),
    (_FILE, "assign rec_room = !rec_valid_q || step_end;", "assign rec_room = !rec_valid_q;"),
    (_FILE, "assign row_room[r] = &room;", "assign row_room[r] = 1'b1;"),
    (_FILE, "assign row_room[r] = &room;", "assign row_room[r] = &room && !rows_valid_q;"),
    (_FILE, "[(c*N+i*N0)*8+:8*N0]", "[(c*N)*8+:8*N0]"),
    (_FILE, "assign cmd_ready_o = !active_q && !stop_i;", "assign cmd_ready_o = !active_q;"),
    (_FILE, "cmd_fire = cmd_valid_i && cmd_ready_o;", "cmd_fire = cmd_valid_i && !active_q;"),
    (_FILE, "records_done && left_done && !rec_valid_q", "records_done && !rec_valid_q"),
    (_FILE, "records_done && left_done && !rec_valid_q", "left_done && !rec_valid_q"),
    (_RECORDS, "& ~15'(K0 - 1)) | 15'(k)}", "& ~15'(K0 - 1))}"),
    (_RECORDS, "beats_q != '0 && (over_o || room)", "beats_q != '0 && room"),
    (_RECORDS, "over_o && beats_q == '0 && unfinished", "over_o && unfinished"),
    (_RECORDS, "row = unfinished & (~unfinished + 1'b1);", "row = unfinished;"),
    (_RECORDS, "stop_i ? '{padding: 1'b1,", "stop_i ? '{padding: 1'b0,"),
    (_RECORDS, "row != '0 && head.first == opens", "head.first == opens"),
    (_RECORDS, "row != '0 && head.first == opens", "row != '0"),
    (_RECORDS, "&& head.last == ends && head.int8", "&& head.int8"),
    (_RECORDS, "head.last == ends && head.int8 == wide", "head.last == ends"),
    (_RECORDS, "&& (!opens || head.slices != '0);", ";"),
    (_RECORDS, "(over_o && !stop_i && unfinished != '0);", "1'b0;"),
    (_RECORDS, "fire && opens ? row : '0", "fire && ends ? row : '0"),
    (_LEFT, "(stream_room || padding);", "stream_room;"),
    (_LEFT, "assign padding   = over_i && !order_valid;", "assign padding   = !order_valid;"),
    (_LEFT, "slice.piece.first && piece_q == '0", "slice.piece.first"),
    (_LEFT, "slice.piece.last && slice_end", "slice.piece.last"),
    (_LEFT, "!slice.piece.int8 || piece_q", "piece_q"),
    (_LEFT, "(stop_i || count >= CountBits'(take_bytes))", "count >= CountBits'(take_bytes)"),
    (_PACKETISER, "headed_q <= !pop;", "headed_q <= 1'b1;"),
    (_PACKETISER, "tlast_q <= piece.last && piece_end;", "tlast_q <= piece.last;"),
    (_PACKETISER, "header.int8   = piece.int8;", "header.int8   = 1'b0;"),
]

FILL_CYCLES = 24
LATENCY_CYCLES = 6
"""Last beat of a record taken to the slice's first B beat taken, less the read steps."""


@cocotb.test()
@cocotb.parametrize(
    stalls=[(0.0, 0.0), (0.6, 0.0), (0.0, 0.7), (0.3, 0.3)], dense=[None, True, False]
)
async def packets_are_those_of_the_records(
    dut: Any, stalls: tuple[float, float], dense: bool | None
) -> None:
    bench = await GatherBench.start(dut, stalls=stalls)
    commands = []
    for int8, padding in ((False, 0), (True, 0), (None, 3), (None, 0)):
        slices = [[3, 1, 2] if r % 2 else [1, 4] for r in range(bench.rows)]
        commands.append(bench.command(slices, int8=int8, dense=dense, padding_lines=padding))
        await bench.run(commands[-1])

    await bench.check(commands)

    slices_sent = sum(len(command.records) for command in commands)
    assert bench.step_cycles == slices_sent * K0 // bench.device.gather_rows


@cocotb.test()
async def a_command_without_slices_completes(dut: Any) -> None:
    bench = await GatherBench.start(dut)
    empty = bench.command([[] for _ in range(bench.rows)], padding_lines=0)
    padded = bench.command([[] for _ in range(bench.rows)], padding_lines=2)
    real = bench.command([[1] for _ in range(bench.rows)])

    for command in (empty, padded, real, empty):
        await bench.run(command)

    await bench.check([real])


@cocotb.test()
@cocotb.parametrize(dense=[True, False], int8=[False, True])
async def slices_of_all_rows_overlap(dut: Any, dense: bool, int8: bool) -> None:
    """Free sinks: the slowest of read steps, PLIO ports and streams sets the pace."""
    bench = await GatherBench.start(dut)
    device, each = bench.device, 24
    command = bench.command([[each] for _ in range(bench.rows)], int8=int8, dense=dense)
    slices = each * bench.rows
    port_beats = max(
        device.pe_features // 2, device.block_rows // (2 if int8 else 16)
    )  # Of a slice, on its PE row's ports
    per_slice = max(
        K0 / device.gather_rows,
        port_beats / bench.rows,
        (8 if dense else 24) / device.axi_bytes,
        device.block_rows * (8 if int8 else 1) / device.axi_bytes,
    )

    start = get_sim_time("ns")
    await bench.run(command)
    await bench.check([command])

    sinks = [*bench.a, *bench.b]
    cycles = (max(sink.times_ns[-1] for sink in sinks) - start) / 10
    assert cycles <= slices * per_slice + bench.rows + FILL_CYCLES + port_beats, (
        f"{cycles} cycles for {slices} slices at {per_slice}"
    )


@cocotb.test()
async def full_queues_hold_the_reads_up(dut: Any) -> None:
    """Slow ports: more slices than the queues hold, and none is lost."""
    bench = await GatherBench.start(dut, stalls=(0.0, 0.9))
    command = bench.command([[40] for _ in range(bench.rows)], int8=False, dense=True)

    await bench.run(command)

    await bench.check([command])


@cocotb.test()
async def a_lone_slice_comes_soon(dut: Any) -> None:
    bench = await GatherBench.start(dut)
    command = bench.command([[1]], int8=False, dense=False)

    await bench.run(command)
    await bench.check([command])

    records_in_ns = bench.control.times_ns[(24 - 1) // bench.device.axi_bytes]
    latency = (bench.b[0].times_ns[1] - records_in_ns) / 10
    assert latency == K0 // bench.device.gather_rows + LATENCY_CYCLES


@cocotb.test()
@cocotb.parametrize(stalls=[(0.0, 0.0), (0.4, 0.6)])
async def a_stop_at_any_time_ends_the_packets_under_way(
    dut: Any, stalls: tuple[float, float]
) -> None:
    bench = await GatherBench.start(dut, stalls=stalls)
    cut_short = 0
    for _ in range(12):
        already = bench.sent()
        command = bench.command([[3, 5, 2] for _ in range(bench.rows)])
        tasks = await bench.begin(command)
        for _ in range(int(bench.rng.integers(1, 160))):
            await RisingEdge(dut.clk_i)
        await bench.stop(tasks)

        bench.check_whole()
        for r, ports in enumerate(bench.sent()):
            wanted = [command.packets.a[r], *command.packets.b[r]]
            for packets, before, want in zip(ports, already[r], wanted, strict=True):
                fresh = packets[len(before) :]
                assert [packet[0] for packet in fresh] == [packet[0] for packet in want][
                    : len(fresh)
                ]
                cut_short += fresh != want[: len(fresh)]

        already = bench.sent()
        whole = bench.command([[1, 2] for _ in range(bench.rows)])
        await bench.run(whole)
        await bench.quiet()
        for r, ports in enumerate(bench.sent()):
            wanted = [whole.packets.a[r], *whole.packets.b[r]]
            for packets, before, want in zip(ports, already[r], wanted, strict=True):
                assert packets[len(before) :] == want, f"PE row {r} after the stop"
    assert cut_short, "no stop came within a packet"
    assert bench.bad_cycles == 0


@cocotb.test()
async def a_command_offered_as_the_stop_rises_is_not_taken(dut: Any) -> None:
    """The offer of the cycle before shows once more; its source is reset and forgets it."""
    bench = await GatherBench.start(dut)
    done = []
    for cycles in (1, 2, 7):
        bench.offer(bench.command([[2] for _ in range(bench.rows)]))
        dut.stop_i.value = 1
        for _ in range(cycles):
            await RisingEdge(dut.clk_i)
            assert dut.cmd_ready_o.value == 0 and dut.idle_o.value == 1
            dut.cmd_valid_i.value = 0
        dut.stop_i.value = 0

        done.append(bench.command([[1, 2] for _ in range(bench.rows)]))
        await bench.run(done[-1])
    await bench.check(done)


def _malformed(records: list[Record], rows: int) -> dict[str, list[Record]]:
    """Return damaged copies of the records of one command: each breaks the packet contract."""
    opening = next(i for i, r in enumerate(records) if r.first and r.slices == 3)
    row = records[opening].pe_row
    middle = next(i for i in range(opening + 1, len(records)) if records[i].pe_row == row)
    end = next(i for i in range(middle + 1, len(records)) if records[i].pe_row == row)

    def change(at: int, **fields: Any) -> list[Record]:
        return [*records[:at], replace(records[at], **fields), *records[at + 1 :]]

    return {
        "no first": change(opening, first=False),
        "no last": change(end, last=False),
        "last too soon": change(middle, last=True),
        "first again": change(middle, first=True),
        "no slices": change(opening, slices=0),
        "more slices than records": change(opening, slices=9),
        "another kind within a packet": change(middle, int8=not records[middle].int8),
        "no such PE row": change(opening, pe_row=rows),
        "a packet without its end": records[:end],
    }


@cocotb.test()
async def records_against_the_contract_are_reported_and_no_packet_suffers(dut: Any) -> None:
    bench = await GatherBench.start(dut, stalls=(0.1, 0.3))
    names = _malformed(bench.command([[3, 1] for _ in range(bench.rows)]).records, bench.rows)
    for name in names:
        command = bench.command([[3, 1] for _ in range(bench.rows)])
        command.records = _malformed(command.records, bench.rows)[name]
        body = b"".join(record.to_bytes() for record in command.records)
        command.control = bench._padded(body, 1)
        before = bench.bad_cycles
        tasks = await bench.begin(command)
        await wait_for(
            dut.clk_i,
            lambda seen=before: bench.bad_cycles > seen,  # type: ignore[misc]
            limit_cycles=LIMIT_CYCLES,
            what=f"a report of {name}",
        )
        await bench.stop(tasks)

        bench.check_whole()

    bench.begun = [0] * bench.rows
    for sink in (*bench.a, *bench.b):
        sink.beats.clear()
    good = bench.command([[3, 1] for _ in range(bench.rows)])
    await bench.run(good)
    await bench.check([good])
