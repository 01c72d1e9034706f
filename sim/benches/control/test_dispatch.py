# SPDX-License-Identifier: Apache-2.0
"""hgcn_dispatch: programs, barriers, errors, watchdog, soft reset; engines of random speed."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import cocotb
import numpy as np
from cocotb.triggers import ReadOnly, RisingEdge, Timer

from hgcn.arch.device import LINE_BYTES
from hgcn.isa.checksum import record_checksum
from hgcn.isa.commands import (
    NO_STREAM,
    Command,
    End,
    Stream,
)

from ...runs.runner import Bench
from .dispatch_bench import COMMANDS_LINE, IMAGE_LINES, DispatchBench
from .model import (
    CODE,
    Words,
    header_verdict,
    make_header,
    verdict,
)

_CONTROL = "hw/rtl/control/"
_CHECK = _CONTROL + "hgcn_command_check.sv"
_PARSER = _CONTROL + "hgcn_command_parser.sv"
_ISSUE = _CONTROL + "hgcn_issue.sv"
_ISA = "hw/rtl/isa/hgcn_isa_pkg.sv"
_FILE = _CONTROL + "hgcn_dispatch.sv"

BENCH = Bench(
    module="benches.control.test_dispatch",
    top="hgcn_dispatch",
    sources=(
        "hw/rtl/common/hgcn_fifo.sv",
        _CONTROL + "hgcn_control_pkg.sv",
        _CHECK,
        _PARSER,
        _ISSUE,
        _FILE,
    ),
    presets=("tiny", "vck190"),
)

MUTANTS = [
    (_CHECK, "load_position % wide_t'(RowsPerLine) != '0 || ", ""),
    (_CHECK, "load_position + load_lines * wide_t'(RowsPerLine) > wide_t'(StoreRows)", "1'b0"),
    (_CHECK, "wide_t'(BinaryEntryBytes * L)) > pl_bytes", "wide_t'(0)) > pl_bytes"),
    (_CHECK, "slices * wide_t'(T) > left_bytes", "1'b0"),
    (_CHECK, "rows > wide_t'(TileRows) || ", ""),
    (_CHECK, "(opcode == OpEnd) != last_i", "1'b0"),
    (_CHECK, "finish > size_i", "finish >= size_i"),
    (_ISA, "OpDrain: return 3'b011;", "OpDrain: return 3'b001;"),
    (_ISA, "OpSpmm: return 3'b111;", "OpSpmm: return 3'b011;"),
    (_ISA, "{OpSpmm, 2'd1}: return ReadControl;", "{OpSpmm, 2'd1}: return ReadLeft;"),
    (_ISA, "record[13] = words[7];", "record[13] = words[6];"),
    (_PARSER, "(taken_index_q != LastQuad || j != 3) sum_d", "(taken_index_q != LastQuad) sum_d"),
    (_PARSER, "6'd32 - turn", "6'd31 - turn"),
    (_PARSER, "else if (command.fence) state_d = StFence;", ""),
    (_PARSER, "sum_q != command.checksum", "sum_q < command.checksum"),
    (_PARSER, "header.device_hash != DeviceHash", "header.device_hash[31:0] != DeviceHash[31:0]"),
    (_PARSER, "+ line_t'(header.num_commands) * RecordLines > size_i", "> size_i"),
    (_ISSUE, "(command.wait_mask & ~idle_o) == '0", "(command.wait_mask & ~idle_o) != '1"),
    (_ISSUE, "{drain_idle_i && write_idle_i, ", "{drain_idle_i || write_idle_i, "),
    (_ISSUE, "gather_idle_i && merge_idle_i, pl_idle_i", "gather_idle_i, pl_idle_i"),
    (_ISSUE, "all_idle && read_idle_i", "(all_idle || read_idle_i)"),
    (_ISSUE, "!next_valid && state_q == StEmpty && all_idle", "!next_valid && all_idle"),
    (_ISSUE, "base_i[drain.destination.base] +", "base_i[~drain.destination.base] +"),
    (_FILE, "quiet_q >= watchdog_i", "quiet_q >= watchdog_i + 32'd100"),
    (_FILE, "state_q != StRun || progress_i ? '0", "state_q != StRun ? '0"),
    (
        _FILE,
        "read_idle_i && write_idle_i && plio_quiet_i) state_d = StIdle;",
        "read_idle_i && plio_quiet_i) state_d = StIdle;",
    ),
    (_FILE, "write_idle_i && plio_quiet_i) state_d", "write_idle_i) state_d"),
    (_FILE, "start_i && state_q == StIdle &&", "start_i &&"),
    (_ISSUE, "      offer_q         <= '0;\n", ""),
    (_PARSER, "      ask_q   <= '0;\n", ""),
    (_FILE, "{ErrAxiRead, bad_read_tag_i}", "{ErrAxiWrite, bad_read_tag_i}"),
]

START_TO_HEADER_CYCLES = 2
LOAD_PARSE_CYCLES = 14
ASK_TO_OFFER_CYCLES = 4


@cocotb.test(timeout_time=20, timeout_unit="ms")
@cocotb.parametrize(slow=[0.0, 0.3, 0.8])
async def programs_run_as_the_model_says(dut: Any, slow: float) -> None:
    bench = await DispatchBench.start(dut, slow=slow)

    for count in (0, 1, 3, 60):
        await bench.runs_well(count)


@cocotb.test(timeout_time=20, timeout_unit="ms")
async def a_start_of_a_running_program_is_ignored(dut: Any) -> None:
    bench = await DispatchBench.start(dut)
    for _ in range(6):
        bench.put(bench.programs.program(20))
        await bench.pulse("start_i")
        for _ in range(4):
            for _ in range(bench.rng.randrange(1, 60)):
                await RisingEdge(dut.clk_i)
            if dut.busy_o.value == 1:
                dut.start_i.value = 1
                await ReadOnly()
                assert dut.started_o.value == 0
                await RisingEdge(dut.clk_i)
                dut.start_i.value = 0
        assert await bench.stops() == (0, 0)
        bench.check_whole()


def _refresh(words: Words) -> Words:
    words[31] = record_checksum(words)
    return words


@cocotb.test(timeout_time=20, timeout_unit="ms")
async def a_bad_header_is_refused(dut: Any) -> None:
    bench = await DispatchBench.start(dut)
    for trial in range(40):
        records = bench.put(bench.programs.program(2))
        header = make_header(bench.device, COMMANDS_LINE, len(records))
        word = [0, 1, 2, 3, 4, 5, 31, bench.rng.randrange(32)][trial % 8]
        header[word] ^= np.uint32(1 << bench.rng.randrange(32))
        if bench.rng.random() < 0.7:
            _refresh(header)
        bench.place(records, header)
        want = header_verdict(bench.device, header, bench.size_lines)
        if want == "NONE":  # Another place, count or unread word
            continue

        assert await bench.run() == (CODE[want], 0), f"header word {word}"
        assert len(bench.record.requests) == 1, "asked for records of a bad program"
        await bench.soft_reset()

    await bench.runs_well(5)


@cocotb.test(timeout_time=20, timeout_unit="ms")
async def records_beyond_the_image_are_refused(dut: Any) -> None:
    bench = await DispatchBench.start(dut)
    for line, good in ((IMAGE_LINES - 6, True), (IMAGE_LINES - 5, False)):
        records = bench.put(bench.programs.program(2))
        bench.place(records, make_header(bench.device, line, 3))
        for i, words in enumerate(records):
            first = line * LINE_BYTES // 4 + 32 * i
            bench.image[first : first + 32] = words[: max(0, len(bench.image) - first)]
            if not good:
                break
        assert await bench.run() == ((0, 0) if good else (CODE["ADDRESS_RANGE"], 0))
        await bench.soft_reset()
    dut.size_i.value = bench._packed([1, 0, 0, 0])
    assert await bench.run() == (CODE["ADDRESS_RANGE"], 0)


def _edges(bench: DispatchBench) -> list[Command]:
    """Commands one step over each limit."""
    device, made = bench.device, bench.programs
    per_line = LINE_BYTES // device.features
    load, spmm, drain = made.load(), made.spmm(), made.drain()
    lines = load.stream.lines
    busy = replace(
        spmm,
        bundles=100,
        slices=64,
        packets=3,
        pl=made.stream(-(-100 * device.lanes * (4 if spmm.pl_int8 else 3) // 64)),
        control=made.stream(8),
        left=made.stream(device.block_rows),
    )
    to_store = replace(
        drain,
        write_store=True,
        write_memory=False,
        int16=False,
        position=0,
        destination=NO_STREAM,
    )

    def shorter(stream: Stream) -> Stream:
        return replace(stream, lines=stream.lines - 1)

    def beyond(stream: Stream) -> Stream:
        return replace(stream, offset=bench.size_lines[stream.base] - stream.lines + 1)

    found: list[Command] = [
        replace(load, position=1),
        replace(load, position=device.store_rows - lines * per_line + per_line),
        replace(load, position=device.store_rows),
        replace(load, rows=0),
        replace(load, rows=load.rows + per_line),
        replace(load, stream=beyond(load.stream)),
        replace(busy, base=1),
        replace(busy, base=device.store_rows),
        replace(busy, pl=shorter(busy.pl)),
        replace(busy, control=shorter(busy.control)),
        replace(busy, left=shorter(busy.left)),
        replace(busy, bundles=0),
        replace(busy, slices=0),
        replace(busy, packets=0),
        replace(busy, packets=65),
        replace(busy, pl=beyond(busy.pl)),
        replace(busy, control=beyond(busy.control)),
        replace(busy, left=beyond(busy.left)),
        replace(to_store, rows=0),
        replace(to_store, rows=to_store.rows + 1),
        replace(to_store, rows=device.tile_rows + device.block_rows, records=made.stream(200)),
        replace(to_store, position=1),
        replace(to_store, position=device.store_rows),
        replace(to_store, int16=True),
        replace(to_store, shift=0),
        replace(to_store, shift=63),
        replace(to_store, records=replace(to_store.records, lines=1)),
        replace(to_store, records=beyond(to_store.records)),
        replace(to_store, destination=made.stream(1)),
        End(),
    ]
    size = device.block_rows * device.features // LINE_BYTES
    to_memory = replace(
        to_store,
        write_memory=True,
        rows=device.block_rows,
        destination=replace(made.stream(size), s1=0, s2=0),
        records=made.stream(10),
    )
    found += [
        replace(to_memory, destination=replace(to_memory.destination, lines=size + 1)),
        replace(to_memory, destination=beyond(to_memory.destination)),
        replace(
            to_memory,
            tiled=True,
            int16=True,
            write_store=False,
            destination=replace(made.stream(2 * size), s1=0, s2=0),
        ),
    ]
    return found


@cocotb.test(timeout_time=40, timeout_unit="ms")
async def a_bad_command_is_named_before_any_access_of_its_own(dut: Any) -> None:
    bench = await DispatchBench.start(dut, slow=0.1)
    seen = set()
    for bad in _edges(bench):
        program = bench.programs.program(4)
        place = bench.rng.randrange(4)
        program[place] = bad
        records = bench.put(program)
        want = verdict(bench.device, records[place], place, 5, bench.size_lines)
        assert want in ("BAD_COMMAND", "ADDRESS_RANGE"), f"{bad} is valid"
        seen.add(want)

        assert await bench.run() == (CODE[want], place), bad
        assert all(asked.tag < place for asked in bench.record.requests[2:])
        await bench.soft_reset()

    assert seen == {"BAD_COMMAND", "ADDRESS_RANGE"}
    await bench.runs_well(5)


@cocotb.test(timeout_time=40, timeout_unit="ms")
async def any_changed_bit_of_a_record_is_found(dut: Any) -> None:
    bench = await DispatchBench.start(dut, slow=0.1)
    for word in range(32):
        records = bench.put(bench.programs.program(3))
        place = bench.rng.randrange(4)
        records[place][word] ^= np.uint32(1 << bench.rng.randrange(32))
        bench.place(records)
        bench.program = []

        assert await bench.run() == (CODE["COMMAND_CHECKSUM"], place), f"word {word}"
        await bench.soft_reset()


@cocotb.test(timeout_time=40, timeout_unit="ms")
async def random_words_get_the_verdict_of_the_model(dut: Any) -> None:
    bench = await DispatchBench.start(dut, slow=0.0)
    for _ in range(60):
        records = bench.put(bench.programs.program(2))
        place, word = bench.rng.randrange(3), bench.rng.randrange(32)
        records[place][word] ^= np.uint32(1 << bench.rng.randrange(32))
        _refresh(records[place])
        bench.place(records)
        bench.program = []
        found = [verdict(bench.device, r, i, 3, bench.size_lines) for i, r in enumerate(records)]
        want = next(((CODE[v], i) for i, v in enumerate(found) if v != "NONE"), (0, 0))

        assert await bench.run() == want, f"command {place} word {word}"
        await bench.soft_reset()


@cocotb.test(timeout_time=40, timeout_unit="ms")
async def errors_of_others_stop_the_program_and_name_its_command(dut: Any) -> None:
    bench = await DispatchBench.start(dut)
    named = [
        ("bad_read", "AXI_READ"),
        ("bad_write", "AXI_WRITE"),
        ("bad_checksum", "STREAM_CHECKSUM"),
    ]
    for _ in range(6):
        for port, code in named:
            bench.put(bench.programs.program(30))
            await bench.pulse("start_i")
            for _ in range(bench.rng.randrange(5, 300)):
                await RisingEdge(dut.clk_i)
            tag = bench.rng.getrandbits(24)
            getattr(dut, f"{port}_tag_i").value = tag
            await bench.pulse(f"{port}_i")
            assert await bench.stops(limit_cycles=2) == (CODE[code], tag)
            assert dut.stop_o.value == 1 and dut.engine_rst_no.value == 0

            await bench.pulse("start_i")  # Ignored
            for other, _ in named:  # The first error stays
                await bench.pulse(f"{other}_i")
            assert await bench.stops(limit_cycles=2) == (CODE[code], tag)
            assert bench.record.done == 0
            await bench.soft_reset()
            assert int(dut.error_code_o.value) == 0
            await bench.runs_well(3)

    bench.put(bench.programs.program(30))
    await bench.pulse("start_i")
    for _ in range(400):
        await RisingEdge(dut.clk_i)
    index = int(dut.index_o.value)
    await bench.pulse("bad_packet_i")
    number, found = await bench.stops(limit_cycles=2)
    assert number == CODE["BAD_PACKET"] and found in (index, index + 1)


@cocotb.test(timeout_time=40, timeout_unit="ms")
async def a_soft_reset_at_any_time_leaves_a_working_dispatcher(dut: Any) -> None:
    bench = await DispatchBench.start(dut)
    for _ in range(25):
        bench.put(bench.programs.program(20))
        await bench.pulse("start_i")
        for _ in range(bench.rng.randrange(600)):
            await RisingEdge(dut.clk_i)
        bench.program = []  # What still runs from here on belongs to no command of it
        writing = bench.left["write"] = bench.rng.choice([0, 150])  # Responses still to come
        answering = bench.answers_left = bench.rng.choice([0, 100, 200])  # Of the array
        took = await bench.soft_reset()
        assert took >= max(writing, answering) - 3
        assert bench.left["write"] == bench.answers_left == 0 and bench.record.done <= 1
        await bench.runs_well(4)


@cocotb.test(timeout_time=40, timeout_unit="ms")
@cocotb.parametrize((("stop", "wait"), [("soft_reset", 0), ("bad_read", 0), ("bad_read", 1)]))
async def a_stop_in_any_cycle_of_a_program_leaves_a_working_dispatcher(
    dut: Any, stop: str, wait: int
) -> None:
    """From the cycle of the start itself; the soft reset comes with an error or soon after it."""
    bench = await DispatchBench.start(dut)
    made = bench.programs
    program: list[Command] = [made.load(), made.spmm(), made.drain(), End()]
    cycle = 0
    while not bench.record.done:
        bench.put(program)
        dut.start_i.value = 1
        for _ in range(cycle):
            await RisingEdge(dut.clk_i)
            dut.start_i.value = 0
        for name in (f"{stop}_i", *["soft_reset_i"] * (wait == 0)):
            getattr(dut, name).value = 1
        await RisingEdge(dut.clk_i)
        for name in ("start_i", f"{stop}_i", "soft_reset_i"):
            getattr(dut, name).value = 0
        for _ in range(wait):
            await RisingEdge(dut.clk_i)
        done = bench.record.done
        await bench.soft_reset()
        await bench.runs_well(1)
        bench.record.done = done
        cycle += 1
    assert bench.dead_offers, "no stop came in the cycle of an offer"


@cocotb.test(timeout_time=20, timeout_unit="ms")
async def the_watchdog_bites_after_quiet_cycles_alone(dut: Any) -> None:
    bench = await DispatchBench.start(dut, slow=0.0)
    dut.watchdog_i.value = 200
    bench.frozen = {"load"}
    program: list[Command] = [bench.programs.spmm(), bench.programs.load(), End()]
    bench.put(program)
    bench.progress = True
    await bench.pulse("start_i")
    for _ in range(700):
        await RisingEdge(dut.clk_i)
    assert dut.busy_o.value == 1, "the watchdog bit in spite of progress"

    bench.progress = False
    quiet = bench.cycle
    assert await bench.stops() == (CODE["WATCHDOG"], 2)
    assert 200 <= bench.cycle - quiet <= 205

    bench.frozen, bench.progress = set(), None
    await bench.soft_reset()
    dut.watchdog_i.value = 0
    bench.progress = False
    await bench.runs_well(5)


@cocotb.test(timeout_time=20, timeout_unit="ms")
async def streams_are_asked_for_ahead_of_issue(dut: Any) -> None:
    bench = await DispatchBench.start(dut, slow=0.0)
    bench.frozen = {"load"}
    loads = [bench.programs.load() for _ in range(5)]
    bench.put([*loads, End()])
    await bench.pulse("start_i")
    for _ in range(300):
        await RisingEdge(dut.clk_i)

    assert {asked.tag for asked in bench.record.requests[2:]} == {0, 1, 2, 3, 4}
    assert len(bench.record.commands["load"]) == 1


@cocotb.test(timeout_time=20, timeout_unit="ms")
async def latency_and_throughput_are_as_stated(dut: Any) -> None:
    bench = await DispatchBench.start(dut, slow=0.0)
    bench.put([*(bench.programs.load() for _ in range(5)), End()])
    await bench.pulse("start_i")
    await Timer(1, "ns")  # The bench has counted the edge of the start
    started = bench.cycle
    await bench.stops()

    header, _, *loads = bench.request_cycles
    assert header - started == START_TO_HEADER_CYCLES
    steps = {after - before for before, after in pairwise(loads)}
    assert steps == {LOAD_PARSE_CYCLES}
    assert bench.begin_cycles["load"][0] - loads[0] == ASK_TO_OFFER_CYCLES
