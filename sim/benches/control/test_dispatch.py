# SPDX-License-Identifier: Apache-2.0
"""hgcn_dispatch: programs, barriers, errors, watchdog, soft reset; engines of random speed."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import cocotb
import numpy as np
from cocotb.triggers import RisingEdge, Timer

from hgcn.arch.device import LINE_BYTES, Device
from hgcn.program.checksum import record_checksum
from hgcn.program.commands import (
    NO_STREAM,
    Command,
    Drain,
    End,
    Load,
    Spmm,
    Stream,
    encode_command,
)
from hgcn.program.layout import Base

from ...bfm import device_under_test, start_clock, wait_for
from ...runner import Bench
from .model import (
    CODE,
    Request,
    Words,
    engine_commands,
    header_verdict,
    make_header,
    requests,
    verdict,
)

_CONTROL = "hw/rtl/control/"
_CHECK = _CONTROL + "hgcn_command_check.sv"
_PARSER = _CONTROL + "hgcn_command_parser.sv"
_ISSUE = _CONTROL + "hgcn_issue.sv"
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
    (_CHECK, "position % wide_t'(RowsPerLine) != '0 || ", ""),
    (_CHECK, "position + lines0 * wide_t'(RowsPerLine) > wide_t'(StoreRows)", "1'b0"),
    (_CHECK, "words * wide_t'(L) * wide_t'(int8 ? 4 : 3) > bytes0", "1'b0"),
    (_CHECK, "slices * wide_t'(T) > bytes2", "1'b0"),
    (_CHECK, "rows > wide_t'(WindowRows) || ", ""),
    (_CHECK, "(opcode == OpEnd) != last_i", "1'b0"),
    (_CHECK, "finish > size_i", "finish >= size_i"),
    (_CHECK, "{3'b011, drain_bad || end_bad}", "{3'b001, drain_bad || end_bad}"),
    (_CHECK, "{3'b111, spmm_bad || end_bad}", "{3'b011, spmm_bad || end_bad}"),
    (_PARSER, "if (taken_index_q != 3'd7 || j != 3) sum_d", "if (taken_index_q != 3'd7) sum_d"),
    (_PARSER, "6'd32 - turn", "6'd31 - turn"),
    (_PARSER, "else if (words_q[0][16]) state_d = StFence;", ""),
    (_PARSER, "sum_q != word31_q", "sum_q < word31_q"),
    (_PARSER, "{words_q[3], words_q[2]} != DeviceHash", "words_q[2] != DeviceHash[31:0]"),
    (_PARSER, "+ {25'd0, words_q[5], 1'b0} > size_i[0]", "> size_i[0]"),
    (_ISSUE, "(command_q.w0[11:8] & ~idle_o) == '0", "(command_q.w0[11:8] & ~idle_o) != '1"),
    (_ISSUE, "{drain_idle_i && write_idle_i, ", "{drain_idle_i || write_idle_i, "),
    (_ISSUE, "gather_idle_i && merge_idle_i, pl_idle_i", "gather_idle_i, pl_idle_i"),
    (_ISSUE, "all_idle && read_idle_i", "(all_idle || read_idle_i)"),
    (_ISSUE, "!next_valid && state_q == StEmpty && all_idle", "!next_valid && all_idle"),
    (_ISSUE, "base_i[command_q.w8[31:30]] +", "base_i[~command_q.w8[31:30]] +"),
    (_FILE, "quiet_q >= watchdog_i", "quiet_q >= watchdog_i + 32'd100"),
    (_FILE, "state_q != StRun || progress_i ? '0", "state_q != StRun ? '0"),
    (
        _FILE,
        "read_idle_i && write_idle_i && plio_quiet_i) state_d = StIdle;",
        "read_idle_i && plio_quiet_i) state_d = StIdle;",
    ),
    (_FILE, "write_idle_i && plio_quiet_i) state_d", "write_idle_i) state_d"),
    (_FILE, "start_i && state_q == StIdle &&", "start_i && state_q != StRun &&"),
    (_FILE, "{ErrAxiRead, bad_read_tag_i}", "{ErrAxiWrite, bad_read_tag_i}"),
]

IMAGE_LINES = 4096
COMMANDS_LINE = 9
ENGINES = ("load", "pl", "gather", "merge", "drain", "write")
AFTER = {"load": 0, "pl": 1, "gather": 2, "merge": 2, "drain": 3, "write": 3}
START_TO_HEADER_CYCLES = 2
LOAD_PARSE_CYCLES = 14
ASK_TO_OFFER_CYCLES = 4


def command_fields(device: Device) -> dict[str, list[tuple[str, int]]]:
    """Fields of the engines' command structs, most significant first, with widths."""
    pos = (device.store_rows - 1).bit_length()
    spmm = [("store", 1), ("half", 1), ("clear", 1)]
    sta = [
        *spmm,
        ("base", pos),
        ("slices", 32),
        ("packets", 32),
        ("ctl_beats", 32),
        ("a_beats", 32),
    ]
    drain = ["relu", "int16", "half", "store", "write_store", "write_mem", "tiled"]
    return {
        "load": [("store", 1), ("position", pos), ("beats", 32)],
        "pl": [*spmm, ("int8", 1), ("base", pos), ("words", 32), ("beats", 32)],
        "gather": sta,
        "merge": sta,
        "drain": [
            *((name, 1) for name in drain),
            ("position", pos),
            ("rows", 32),
            ("shift", 6),
            ("bias_shift", 5),
            ("beats", 32),
        ],
    }


def unpack(value: int, fields: list[tuple[str, int]]) -> dict[str, int]:
    """Split a packed struct."""
    found = {}
    for name, width in reversed(fields):
        found[name] = value & ((1 << width) - 1)
        value >>= width
    return found


class Programs:
    """Random lawful programs of a device."""

    def __init__(self, device: Device, rng: random.Random, size_lines: list[int]) -> None:
        self.device, self.rng, self.size_lines = device, rng, size_lines

    def stream(self, lines: int) -> Stream:
        """A stream of ``lines`` anywhere."""
        if not lines:
            return NO_STREAM
        base = Base(self.rng.randrange(4))
        # Now and then the last lines of the region
        room = self.size_lines[base] - lines
        offset = room if self.rng.random() < 0.2 else self.rng.randrange(room + 1)
        s1, s2 = self.rng.getrandbits(32), self.rng.getrandbits(32)
        return Stream(base=base, offset=offset, lines=lines, s1=s1, s2=s2)

    def load(self) -> Load:
        """A LOAD."""
        per_line = LINE_BYTES // self.device.features
        lines = self.rng.randrange(1, min(60, self.device.store_rows // per_line))
        last = self.device.store_rows // per_line - lines
        first = last if self.rng.random() < 0.2 else self.rng.randrange(last + 1)
        rows = lines * per_line - self.rng.randrange(per_line)
        return Load(
            store=self.rng.randrange(2),
            position=first * per_line,
            rows=rows,
            stream=self.stream(lines),
        )

    def spmm(self) -> Spmm:
        """An SPMM; either engine may have nothing to do."""
        rng, device = self.rng, self.device
        words, slices = (rng.choice([0, 1, rng.randrange(1, 200)]) for _ in range(2))
        int8 = rng.random() < 0.5
        return Spmm(
            clear=rng.random() < 0.5,
            pl_int8=int8,
            half=rng.randrange(2),
            store=rng.randrange(2),
            base=rng.randrange(device.store_rows // device.banks) * device.banks,
            words=words,
            slices=slices,
            packets=rng.randrange(1, slices + 1) if slices else 0,
            pl=self.stream(-(-words * device.lanes * (4 if int8 else 3) // LINE_BYTES)),
            control=self.stream(-(-slices * 8 // LINE_BYTES)),
            left=self.stream(-(-slices * device.block_rows // LINE_BYTES)),
        )

    def drain(self) -> Drain:
        """A DRAIN to a store, memory, or both."""
        rng, device = self.rng, self.device
        to_memory = rng.random() < 0.6
        to_store = not to_memory or rng.random() < 0.3
        int16 = not to_store and rng.random() < 0.5
        rows = rng.randrange(1, device.window_rows // device.block_rows + 1) * device.block_rows
        lines = rows * device.features * (2 if int16 else 1) // LINE_BYTES
        last = (device.store_rows - rows) // device.banks
        target = self.stream(lines) if to_memory else NO_STREAM
        return Drain(
            relu=rng.random() < 0.5,
            int16=int16,
            half=rng.randrange(2),
            store=rng.randrange(2),
            write_store=to_store,
            write_memory=to_memory,
            tiled=not int16 and rng.random() < 0.5,
            position=rng.randrange(last + 1) * device.banks,
            rows=rows,
            shift=rng.randrange(1, 63),
            bias_shift=rng.randrange(32),
            records=self.stream(-(-(8 * device.features + 4 * rows) // LINE_BYTES)),
            destination=replace(target, s1=0, s2=0),
        )

    def program(self, count: int) -> list[Command]:
        """``count`` commands and an END."""
        made: list[Command] = []
        for _ in range(count):
            kinds: list[Callable[[], Load | Spmm | Drain]]
            kinds = [self.load, self.spmm, self.spmm, self.drain]
            command = self.rng.choice(kinds)()
            after = self.rng.choice([0, 0, self.rng.randrange(16)])
            made.append(replace(command, after=after, fence=self.rng.random() < 0.15))
        return [*made, End()]


@dataclass
class Record:
    """What the dispatcher did with a program, in order."""

    requests: list[Request] = field(default_factory=list)
    commands: dict[str, list[dict[str, int]]] = field(
        default_factory=lambda: {name: [] for name in ENGINES}
    )
    done: int = 0


class DispatchBench:
    """The dispatcher between a record reader, engines of random speed and registers."""

    def __init__(self, dut: Any, *, slow: float) -> None:
        self.dut = dut
        self.rng = random.Random(cocotb.RANDOM_SEED)
        self.device = device_under_test()
        self.slow = slow
        self.size_lines = [IMAGE_LINES, 3000, 5000, 4000]
        self.base_lines = [0x0123_4567_89, 1 << 40, 0x7000, 0x3FF_0000_0000]
        self.programs = Programs(self.device, self.rng, self.size_lines)
        self.fields = command_fields(self.device)
        self.record = Record()
        self.left = dict.fromkeys(ENGINES, 0)  # Cycles until idle
        self.started: dict[str, int] = dict.fromkeys(ENGINES, -1)  # Last command's index
        self.program: list[Command] = []
        self.beats: deque[int] = deque()
        self.reads_left = 0
        self.answers_left = 0  # Cycles until the array has answered all packets
        self.frozen: set[str] = set()  # Engines that never finish
        self.progress: bool | None = None
        self.image = np.zeros(IMAGE_LINES * LINE_BYTES // 4, np.uint32)
        self.cycle = 0
        self.request_cycles: list[int] = []
        self.begin_cycles: dict[str, list[int]] = {name: [] for name in ENGINES}

    @classmethod
    async def start(cls, dut: Any, *, slow: float = 0.3) -> DispatchBench:
        bench = cls(dut, slow=slow)
        dut.rst_ni.value = 0
        for name in ("start", "soft_reset", "watchdog", "bad_checksum", "bad_read", "bad_write"):
            getattr(dut, f"{name}_i").value = 0
        dut.bad_packet_i.value = 0
        dut.base_i.value = bench._packed(bench.base_lines)
        dut.size_i.value = bench._packed(bench.size_lines)
        bench._drive(0, 0)
        await Timer(1, "ns")  # Registers and inputs start random; no edge may see them
        await start_clock(dut.clk_i, dut.rst_ni)
        cocotb.start_soon(bench._run())
        return bench

    @staticmethod
    def _packed(lines: list[int]) -> int:
        return sum((line * 64 + 13 * i) << 64 * i for i, line in enumerate(lines))

    # -- The world around the dispatcher ------------------------------------------------------

    def _drive(self, read_ready: int, engine_ready: int) -> None:
        dut = self.dut
        dut.read_ready_i.value = read_ready
        for i, name in enumerate(ENGINES):
            getattr(dut, f"{name}_ready_i").value = engine_ready >> i & 1
            getattr(dut, f"{name}_idle_i").value = int(self.left[name] == 0)
        offer = bool(self.beats) and self.rng.random() >= self.slow
        if self.dut.rec_valid_i.value == 1 and self.beats:
            offer = True  # Once valid, held
        dut.rec_valid_i.value = int(offer)
        dut.rec_data_i.value = self.beats[0] if offer else 0
        dut.read_idle_i.value = int(self.reads_left == 0 and not self.beats)
        busy = any(self.left[name] and name not in self.frozen for name in ENGINES)
        busy = busy or bool(self.beats) or self.reads_left > 0
        dut.progress_i.value = int(busy if self.progress is None else self.progress)
        dut.plio_quiet_i.value = int(self.answers_left == 0)

    def _fill(self, line: int, lines: int) -> None:
        first = (line - self.base_lines[0]) * LINE_BYTES // 4
        body = self.image[first : first + lines * LINE_BYTES // 4].astype("<u4").tobytes()
        size = self.device.axi_bytes
        chunks = (body[i : i + size] for i in range(0, len(body), size))
        self.beats.extend(int.from_bytes(chunk, "little") for chunk in chunks)

    def _take_request(self, valid: int) -> None:
        dut = self.dut
        client = valid.bit_length() - 1
        asked = Request(
            client,
            int(dut.read_line_o.value),
            int(dut.read_lines_o.value),
            int(dut.read_s1_o.value),
            int(dut.read_s2_o.value),
            int(dut.read_tag_o.value),
        )
        self.record.requests.append(asked)
        self.request_cycles.append(self.cycle)
        self.reads_left = max(self.reads_left, self.rng.randrange(1, 30))
        if client == 0:
            self._fill(asked.line, asked.lines)

    def _fence_holds(self, tag: int) -> None:
        """Nothing of a fenced command is fetched before all earlier ones are done."""
        if self.program and self.program[tag].fence:
            assert not any(self.left.values()), f"command {tag} fetched while engines run"
            issued = max(self.started.values())
            assert issued == tag - 1, f"command {tag} fetched when {issued} was the last issued"

    def _begin(self, name: str) -> None:
        dut = self.dut
        index = int(dut.index_o.value)
        if self.program:
            command = self.program[index]
            earlier = (k for k in ENGINES if command.after >> AFTER[k] & 1)
            waits = [k for k in earlier if self.left[k] and self.started[k] < index]
            assert not waits, f"command {index} began at {name} while {waits} ran"
        if name == "write":
            line, lines = int(dut.write_line_o.value), int(dut.write_lines_o.value)
            told = {"line": line, "lines": lines}
            assert int(dut.write_tag_o.value) == index
        else:
            port = "sta" if name in ("gather", "merge") else name
            told = unpack(int(getattr(dut, f"{port}_cmd_o").value), self.fields[name])
        self.record.commands[name].append(told)
        self.begin_cycles[name].append(self.cycle)
        self.started[name] = index
        self.left[name] = self.rng.choice([1, 3, self.rng.randrange(1, 120)])

    async def _run(self) -> None:
        dut = self.dut
        read_ready = engine_ready = 0
        while True:
            await RisingEdge(dut.clk_i)
            self.cycle += 1
            self.reads_left = max(0, self.reads_left - 1)
            self.answers_left = max(0, self.answers_left - 1)
            reset = dut.engine_rst_no.value != 1
            valid = int(dut.read_valid_o.value)
            if valid and not reset:
                self._fence_holds(int(dut.read_tag_o.value))
            if valid & read_ready and not reset:
                self._take_request(valid)
            if dut.rec_valid_i.value == 1 and dut.rec_ready_o.value == 1:
                self.beats.popleft()
            for name in ENGINES:
                if self.left[name] and name not in self.frozen:
                    self.left[name] -= 1
            for i, name in enumerate(ENGINES):
                if engine_ready >> i & 1 and getattr(dut, f"{name}_valid_o").value == 1:
                    self._begin(name)
            if dut.done_o.value == 1:
                self.record.done += 1
                assert not any(self.left.values()) and not self.beats
                assert dut.read_idle_i.value == 1
            if reset:
                self.beats.clear()
                for name in ENGINES:
                    self.left[name] = self.left[name] if name == "write" else 0
            read_ready = sum((self.rng.random() >= self.slow) << i for i in range(6))
            engine_ready = 0
            for i, name in enumerate(ENGINES):
                free = self.left[name] == 0 and self.rng.random() >= self.slow
                engine_ready |= int(free and not reset) << i
            self._drive(read_ready, engine_ready)

    # -- What a test does ---------------------------------------------------------------------

    def place(self, records: list[Words], header: Words | None = None) -> None:
        """Put header and records into the image."""
        self.image[:32] = make_header(self.device, COMMANDS_LINE, len(records))
        if header is not None:
            self.image[:32] = header
        first = COMMANDS_LINE * LINE_BYTES // 4
        for i, words in enumerate(records):
            self.image[first + 32 * i : first + 32 * (i + 1)] = words

    def put(self, program: list[Command]) -> list[Words]:
        """Put a program into the image; return its records."""
        self.program = program
        self.record = Record()
        self.started = dict.fromkeys(ENGINES, -1)
        records = [encode_command(command) for command in program]
        self.place(records)
        return records

    async def pulse(self, name: str) -> None:
        """Raise an input for one cycle."""
        getattr(self.dut, name).value = 1
        await RisingEdge(self.dut.clk_i)
        getattr(self.dut, name).value = 0

    async def stops(self, limit_cycles: int = 60_000) -> tuple[int, int]:
        """Wait until not busy; return error code and index."""
        await RisingEdge(self.dut.clk_i)
        await RisingEdge(self.dut.clk_i)
        dut = self.dut
        await wait_for(
            dut.clk_i,
            lambda: dut.busy_o.value == 0,
            limit_cycles=limit_cycles,
            what="busy_o falling",
        )
        return int(dut.error_code_o.value), int(dut.error_index_o.value)

    async def run(self) -> tuple[int, int]:
        """Start and wait for the end."""
        await self.pulse("start_i")
        return await self.stops()

    async def soft_reset(self) -> int:
        """Reset and wait; return the cycles it took."""
        await self.pulse("soft_reset_i")
        await RisingEdge(self.dut.clk_i)
        dut = self.dut
        assert dut.resetting_o.value == 1
        return await wait_for(
            dut.clk_i,
            lambda: dut.resetting_o.value == 0,
            limit_cycles=2000,
            what="resetting_o falling",
        )

    def check_whole(self) -> None:
        """Compare everything the dispatcher did with the model."""
        header = Request(0, self.base_lines[0], 2, 0, 0, 0)
        fetch = Request(0, self.base_lines[0] + COMMANDS_LINE, 2 * len(self.program), 0, 0, 0)
        want = [header, fetch]
        told: dict[str, list[dict[str, int]]] = {name: [] for name in ENGINES}
        for index, command in enumerate(self.program):
            want += requests(command, index, self.base_lines)
            for name, values in engine_commands(self.device, command, self.base_lines).items():
                told[name].append(values)
        assert self.record.requests == want
        assert self.record.commands == told
        assert self.record.done == 1

    async def runs_well(self, count: int) -> None:
        """Run a random program and check it whole."""
        self.put(self.programs.program(count))
        assert await self.run() == (0, 0)
        self.check_whole()


@cocotb.test(timeout_time=20, timeout_unit="ms")
@cocotb.parametrize(slow=[0.0, 0.3, 0.8])
async def programs_run_as_the_model_says(dut: Any, slow: float) -> None:
    bench = await DispatchBench.start(dut, slow=slow)

    for count in (0, 1, 3, 60):
        await bench.runs_well(count)


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
        words=100,
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
        replace(busy, words=0),
        replace(busy, slices=0),
        replace(busy, packets=0),
        replace(busy, packets=65),
        replace(busy, pl=beyond(busy.pl)),
        replace(busy, control=beyond(busy.control)),
        replace(busy, left=beyond(busy.left)),
        replace(to_store, rows=0),
        replace(to_store, rows=to_store.rows + 1),
        replace(to_store, rows=device.window_rows + device.block_rows, records=made.stream(200)),
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
        assert want in ("BAD_COMMAND", "ADDRESS_RANGE"), f"{bad} is lawful"
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
        writing = bench.left["write"] = bench.rng.choice([0, 150])  # Responses still to come
        answering = bench.answers_left = bench.rng.choice([0, 100, 200])  # Of the array
        took = await bench.soft_reset()
        assert took >= max(writing, answering) - 3
        assert bench.left["write"] == bench.answers_left == 0 and bench.record.done <= 1
        await bench.runs_well(4)


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
