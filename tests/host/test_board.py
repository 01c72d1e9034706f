# SPDX-License-Identifier: Apache-2.0
"""PYNQ's own overlay, registers, buffers and interrupts on the simulated accelerator."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hgcn_host import Wait, loaded_image

import hgcn
from hgcn.errors import BackendError, ProgramError
from hgcn.graph import Graph
from hgcn.isa.identity import CORES, HARDWARE_ID
from tests.host.conftest import MODEL
from tests.isa.handmade import image_of

pytestmark = pytest.mark.rtl


def test_pynq_finds_driver_registers_interrupt_and_memory(overlay: Any) -> None:
    (entry,) = [item for item in overlay.ip_dict.values() if item["type"] == CORES["hgcn_top"]]
    assert entry["addr_range"] == 0x10000
    assert type(overlay.driver).__name__ == "HgcnDriver"
    assert overlay.driver.register_map.ID.value == HARDWARE_ID
    assert int(overlay.driver.register_map.STATUS.idle) == 0xF
    assert overlay.driver.interrupt is not None
    assert "PSDDR" in overlay.mem_dict


def _resident_bytes() -> int:
    """Memory of this process: the simulator is in it."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.parametrize("wait", list(Wait))
def test_a_run_is_exact_however_its_end_is_noticed(
    overlay: Any, program: hgcn.Program, wait: Wait
) -> None:
    with overlay.load(program) as loaded:
        results = [loaded.run(wait=wait) for _ in range(3)]
    assert all(result.bit_exact for result in results)
    assert len({result.cycles for result in results}) == 1


def test_a_run_can_be_awaited(overlay: Any, program: hgcn.Program) -> None:
    async def both() -> tuple[Any, int]:
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                ticks += 1
                await asyncio.sleep(0)

        other = asyncio.ensure_future(tick())
        result = await loaded.run_async(wait="interrupt")
        other.cancel()
        # In a running loop the plain call must work too: notebooks have one.
        assert loaded.run(wait="interrupt").bit_exact
        return result, ticks

    with overlay.load(program) as loaded:
        for _ in range(2):  # A loop of its own each time
            result, ticks = asyncio.run(both())
            assert result.bit_exact and ticks > 0


def test_digits_counts_what_the_rtl_backend_counts(overlay: Any) -> None:
    graph = hgcn.datasets.load("digits")
    digits = hgcn.compile(hgcn.GCN.load("digits"), graph, device="tiny")
    expected = digits.run("rtl")
    with overlay.load(digits) as loaded:
        for _ in range(2):
            result = loaded.run()
            assert result.bit_exact
            assert result.execution == expected.execution


@pytest.mark.slow
@pytest.mark.skipif("HGCN_DATA" not in os.environ, reason="HGCN_DATA names no data sets")
@pytest.mark.parametrize("name", ["cora", "citeseer", "pubmed"])
def test_data_sets_are_exact(overlay: Any, name: str) -> None:
    graph = hgcn.datasets.load(name)
    program = hgcn.compile(hgcn.GCN.load(name), graph, device="tiny")
    with overlay.load(program) as loaded:
        result = loaded.run()
    assert result.bit_exact
    if name == "cora":
        assert result.execution == program.run("rtl").execution


def test_a_hundred_inferences_with_changing_features(
    overlay: Any, program: hgcn.Program, with_features: Callable[[int], Graph]
) -> None:
    with overlay.load(program, model=MODEL) as loaded:
        used = overlay.device.buffers.used_bytes
        warm = 0
        for seed in range(100):
            assert loaded.infer(with_features(seed)).bit_exact
            warm = _resident_bytes() if seed == 20 else warm
            assert not loaded.resident.upload.moved
            assert overlay.device.buffers.used_bytes == used
        assert _resident_bytes() - warm < 8 << 20
        assert loaded.infer(with_features(99)).bit_exact
        assert loaded.resident.upload.changed_lines == 0


def test_programs_take_turns(
    overlay: Any, program: hgcn.Program, with_features: Callable[[int], Graph]
) -> None:
    other = hgcn.compile(MODEL, with_features(1), device="tiny", policy="pl-only")
    with overlay.load(program) as first, overlay.load(other) as second:
        assert overlay.session.loaded == 2
        cycles = set()
        for _ in range(10):
            one, two = first.run(), second.run()
            assert one.bit_exact and two.bit_exact
            cycles.add((one.cycles, two.cycles))
        assert len(cycles) == 1


def test_a_larger_program_gets_larger_buffers(overlay: Any, program: hgcn.Program) -> None:
    graph = hgcn.datasets.load("digits")
    large = hgcn.compile(hgcn.GCN.load("digits"), graph, device="tiny")
    seen: list[tuple[int, int]] = []
    with overlay.load(program) as loaded:
        assert loaded.update(large, lambda done, total: seen.append((done, total))).moved
        assert loaded.run().bit_exact
        assert not loaded.update(program).moved
        assert loaded.run().bit_exact
    assert seen == [(len(large.image), len(large.image))]


def test_a_forgotten_flush_is_seen(
    overlay: Any, program: hgcn.Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    with overlay.load(program) as loaded:
        image = loaded.resident.buffer("image")
        image.bytes[0] ^= 1  # Only the processor sees it yet
        assert loaded.run().bit_exact
        image.flush()
        with pytest.raises(hgcn.errors.HardwareError, match="BAD_MAGIC"):
            loaded.run()
        image.bytes[0] ^= 1
        overlay.reset()
        monkeypatch.setattr(type(image), "invalidate", lambda self: None)
        monkeypatch.setattr(loaded.resident.buffer("output"), "flush", lambda: None)
        loaded.resident.buffer("output").bytes[:] = 0
        assert not loaded.run().bit_exact


def test_a_program_for_another_device_is_refused(overlay: Any, graph: Graph) -> None:
    other = hgcn.compile(MODEL, graph, device="kv260")
    with pytest.raises(BackendError, match="the program is for kv260"):
        overlay.load(other)
    assert overlay.device.buffers.buffers == 0


def test_a_damaged_image_is_refused(overlay: Any, program: hgcn.Program) -> None:
    image = bytearray(program.image)
    image[200] ^= 4
    with pytest.raises(ProgramError, match="damaged"):
        overlay.load(replace(program, image=bytes(image)))
    with overlay.load(program) as loaded, pytest.raises(ProgramError, match="damaged"):
        loaded.update(replace(program, image=bytes(image)))


def test_an_invalid_image_is_refused(overlay: Any, program: hgcn.Program) -> None:
    image = image_of(lambda builder: None, output_lines=9)
    with pytest.raises(ProgramError, match="OUTPUT must be written whole"):
        overlay.load(replace(program, image=image))
    with overlay.load(program) as loaded:
        with pytest.raises(ProgramError, match="OUTPUT must be written whole"):
            loaded.update(replace(program, image=image))
        assert loaded.run().bit_exact


def test_memory_that_is_used_up_is_said(overlay: Any, program: hgcn.Program) -> None:
    before = overlay.device.buffers.buffers
    with pytest.raises(BackendError, match="no room"):
        overlay.session.accelerator.check()
        overlay.allocate(1 << 40)
    assert overlay.device.buffers.buffers == before


def test_a_large_image_is_written_in_chunks(
    overlay: Any, program: hgcn.Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loaded_image, "CHUNK_BYTES", 1000)
    seen: list[tuple[int, int]] = []
    with overlay.load(program, progress=lambda *step: seen.append(step)) as loaded:
        size = len(program.image)
        assert seen == [(min(end, size), size) for end in range(1000, size + 1000, 1000)]
        assert loaded.run().bit_exact
        seen.clear()
        assert not loaded.update(program, lambda *step: seen.append(step)).moved
        assert seen == [(size, size)]


def test_closing_frees_everything(overlay: Any, program: hgcn.Program) -> None:
    for _ in range(3):
        overlay.load(program)
    assert overlay.device.buffers.buffers == 9
    overlay.session.close()
    assert overlay.device.buffers.buffers == 0
