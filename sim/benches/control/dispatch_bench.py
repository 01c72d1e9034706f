# SPDX-License-Identifier: Apache-2.0
"""The world around the dispatcher: masters and engines of random speed, a record of its deeds."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, field
from typing import Any

import cocotb
import numpy as np
from cocotb.triggers import RisingEdge, Timer

from hgcn.arch.device import LINE_BYTES, Device
from hgcn.isa.command_codec import encode_command
from hgcn.isa.commands import Command

from ...bfm import device_under_test, start_clock, wait_for
from .model import Request, Words, engine_commands, make_header, requests
from .programs import Programs

IMAGE_LINES = 4096
COMMANDS_LINE = 9
ENGINES = ("load", "pl", "gather", "merge", "drain", "write")
WAIT_MASK = {"load": 0, "pl": 1, "gather": 2, "merge": 2, "drain": 3, "write": 3}


def command_fields(device: Device) -> dict[str, list[tuple[str, int]]]:
    """Fields of the engines' command structs, most significant first, with widths."""
    pos = (device.store_rows - 1).bit_length()
    array = [
        ("clear", 1),
        ("buffer", 1),
        ("store", 1),
        ("base", pos),
        ("slices", 32),
        ("control_beats", 32),
        ("left_beats", 32),
        ("packets", 32),
    ]
    drain = ["relu", "int16", "buffer", "store", "write_store", "write_memory", "tiled"]
    return {
        "load": [("store", 1), ("position", pos), ("stream_beats", 32)],
        "pl": [
            *(("clear", 1), ("pl_int8", 1), ("buffer", 1), ("store", 1), ("base", pos)),
            *(("bundles", 32), ("pl_beats", 32)),
        ],
        "gather": array,
        "merge": array,
        "drain": [
            *((name, 1) for name in drain),
            ("position", pos),
            ("rows", 32),
            ("shift", 6),
            ("bias_shift", 5),
            ("records_beats", 32),
        ],
    }


def unpack(value: int, fields: list[tuple[str, int]]) -> dict[str, int]:
    """Split a packed struct."""
    found = {}
    for name, width in reversed(fields):
        found[name] = value & ((1 << width) - 1)
        value >>= width
    return found


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
        self.dead_offers = 0  # Shown in a cycle of a stop, in which nobody takes anything
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
            earlier = (k for k in ENGINES if command.wait_mask >> WAIT_MASK[k] & 1)
            waits = [k for k in earlier if self.left[k] and self.started[k] < index]
            assert not waits, f"command {index} began at {name} while {waits} ran"
        if name == "write":
            line, lines = int(dut.write_line_o.value), int(dut.write_lines_o.value)
            told = {"line": line, "lines": lines}
            assert int(dut.write_tag_o.value) == index
        else:
            port = "array" if name in ("gather", "merge") else name
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
                offered = getattr(dut, f"{name}_valid_o").value == 1
                self.dead_offers += offered and reset
                if engine_ready >> i & 1 and offered and not reset:
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
