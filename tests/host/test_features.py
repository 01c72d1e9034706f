# SPDX-License-Identifier: Apache-2.0
"""Features handed in at run time: only they are written, and every inference is exact."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hgcn
from hgcn.errors import GraphError, HardwareError, ProgramError, SpecError
from hgcn.graph import Graph
from tests.host.conftest import FEATURES, MODEL, NODES

pytestmark = pytest.mark.rtl


def matrix(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(scale=0.3, size=(NODES, FEATURES))


@pytest.fixture
def streaming(graph: Graph) -> hgcn.Program:
    """The graph compiled to take its features at run time."""
    return hgcn.compile(MODEL, graph, device="tiny", features="input")


class Flushes:
    """What is made visible to the accelerator: (address, bytes) of each flush."""

    def __init__(self, overlay: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        self.seen: list[tuple[int, int]] = []
        buffers = overlay.device.buffers
        plain = buffers.flush

        def flush(item: Any, offset: int, size_bytes: int) -> None:
            self.seen.append((buffers.address(item) + offset, size_bytes))
            plain(item, offset, size_bytes)

        monkeypatch.setattr(buffers, "flush", flush)


def no_compile(*_: Any, **__: Any) -> None:
    raise AssertionError("compiled again")


def test_new_features_write_the_input_buffer_and_nothing_else(
    overlay: Any, streaming: hgcn.Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    with overlay.load(streaming) as loaded:
        assert loaded.run().bit_exact
        monkeypatch.setattr(hgcn.api, "compile", no_compile)
        flushes = Flushes(overlay, monkeypatch)
        region, image = loaded.resident.buffer("input"), loaded.resident.buffer("image")
        before, upload = image.bytes.copy(), loaded.resident.upload

        result = loaded.infer(features=matrix(1), check=True)

        assert result.bit_exact and result.backend == "pynq"
        assert flushes.seen == [(region.address, region.capacity)]
        data = streaming.pack_features(matrix(1)).data
        assert region.bytes[: len(data)].tobytes() == data
        assert len(data) == streaming.input_bytes == 64 * 16
        assert loaded.resident.regions()[1] == (region.address, len(data))
        np.testing.assert_array_equal(image.bytes, before)
        assert loaded.resident.upload is upload
        expected = streaming.run("reference", features=matrix(1))
        np.testing.assert_array_equal(result.integer_logits, expected.integer_logits)


def test_a_hundred_feature_matrices_in_a_row_are_exact(
    overlay: Any, streaming: hgcn.Program
) -> None:
    with overlay.load(streaming) as loaded:
        used, cycles = overlay.device.buffers.used_bytes, set()
        for seed in range(100):
            result = loaded.infer(features=matrix(seed), check=True)
            assert result.bit_exact
            cycles.add(result.cycles)
            assert overlay.device.buffers.used_bytes == used
        assert len(cycles) == 1  # The schedule does not depend on what the features are.
        assert loaded.run().bit_exact  # Those compiled with, again.


def test_two_programs_take_turns_each_with_its_own_features(
    overlay: Any, streaming: hgcn.Program, program: hgcn.Program, graph: Graph
) -> None:
    other = hgcn.compile(MODEL, graph, device="tiny", features="input", ordering="degree")
    with overlay.load(streaming) as one, overlay.load(other) as two, overlay.load(program) as own:
        for seed in range(10):
            first = one.infer(features=matrix(seed), check=True)
            second = two.infer(features=matrix(seed), check=True)
            third = two.infer(features=matrix(seed + 1), check=True)
            assert first.bit_exact and second.bit_exact and third.bit_exact
            np.testing.assert_array_equal(first.integer_logits, second.integer_logits)
            assert own.run().bit_exact and one.run().bit_exact


def test_the_cycles_are_those_of_the_rtl_backend(overlay: Any, streaming: hgcn.Program) -> None:
    with overlay.load(streaming) as loaded:
        result = loaded.infer(features=matrix(3))
    assert result.execution == streaming.run("rtl", features=matrix(3)).execution
    assert result.bit_exact is None  # Not asked for.


def test_the_backend_takes_features(overlay: Any, streaming: hgcn.Program) -> None:
    assert streaming.run("pynq").bit_exact
    result = streaming.run("pynq", features=50 * matrix(4))
    assert result.bit_exact and result.saturated_features > 0


def test_an_inference_with_features_can_be_awaited(overlay: Any, streaming: hgcn.Program) -> None:
    with overlay.load(streaming) as loaded:

        async def two() -> list[Any]:
            return [await loaded.infer_async(features=matrix(s), check=True) for s in (5, 6)]

        results = asyncio.run(two())
        assert all(result.bit_exact for result in results)
        assert asyncio.run(loaded.run_async(features=matrix(7), check=True)).bit_exact


def test_another_graph_still_compiles_anew(
    overlay: Any, streaming: hgcn.Program, with_features: Callable[[int], Graph]
) -> None:
    with overlay.load(streaming, model=MODEL) as loaded:
        assert loaded.infer(features=matrix(8), check=True).bit_exact
        assert loaded.infer(with_features(8)).bit_exact
        assert loaded.program.feature_scale is not None
        assert not loaded.resident.upload.moved
        assert loaded.infer(features=matrix(9), check=True).bit_exact


def test_programs_with_and_without_an_input_replace_each_other(
    overlay: Any, streaming: hgcn.Program, program: hgcn.Program
) -> None:
    with overlay.load(streaming) as loaded:
        assert loaded.update(program).moved and loaded.run().bit_exact
        assert loaded.resident.regions()[0] == loaded.resident.regions()[1]
        assert loaded.update(streaming).moved and loaded.run().bit_exact
        assert overlay.device.buffers.buffers == 4


def test_after_a_damaged_input_and_a_reset_the_next_inference_is_exact(
    overlay: Any, streaming: hgcn.Program
) -> None:
    with overlay.load(streaming) as loaded:
        assert loaded.run().bit_exact
        address = loaded.resident.regions()[1][0]
        overlay.device.faults.axi_error(address, response=2)
        with pytest.raises(HardwareError, match="AXI_READ"):
            loaded.run()
        overlay.device.faults.clear()
        overlay.device.faults.corrupt(address + 3, mask=0x7F)
        overlay.reset()
        assert loaded.run().bit_exact


def test_a_program_from_a_file_demands_features(
    overlay: Any, streaming: hgcn.Program, tmp_path: Path
) -> None:
    streaming.save(tmp_path / "streaming.hgcn")
    with overlay.load(hgcn.Program.load(tmp_path / "streaming.hgcn")) as loaded:
        with pytest.raises(ProgramError, match=r"its file carries none: give features of shape"):
            loaded.run()
        result = loaded.infer(features=matrix(10))
    expected = streaming.run(features=matrix(10)).integer_logits
    np.testing.assert_array_equal(result.integer_logits, expected)


def test_what_cannot_be_handed_in_is_refused_and_the_program_stays_usable(
    overlay: Any, streaming: hgcn.Program, program: hgcn.Program, graph: Graph
) -> None:
    with overlay.load(streaming) as loaded, overlay.load(program) as own:
        with pytest.raises(GraphError, match=r"must have shape \(60, 16\), got \(59, 16\)"):
            loaded.infer(features=matrix(0)[1:])
        with pytest.raises(GraphError, match="must be finite"):
            loaded.infer(features=np.full((NODES, FEATURES), np.inf))
        with pytest.raises(SpecError, match="infer's argument must be either a graph or features"):
            loaded.infer()
        with pytest.raises(SpecError, match=r"got \['graph', 'features'\]"):
            loaded.infer(graph, features=matrix(0))
        with pytest.raises(ProgramError, match="has its features compiled in"):
            own.infer(features=matrix(0))
        with pytest.raises(ProgramError, match="reads 1024 bytes of features at run time, got 64"):
            loaded.resident.write_input(bytes(64))
        assert loaded.run().bit_exact and own.run().bit_exact


def test_an_image_whose_input_was_never_written_does_not_run(
    overlay: Any, streaming: hgcn.Program
) -> None:
    resident = overlay.session.load_image(streaming.image, streaming.device)
    with pytest.raises(ProgramError, match="reads features at run time, and none are written yet"):
        resident.regions()
    overlay.session.release(resident)


def test_a_wrong_bit_is_told_if_asked_for(
    overlay: Any, streaming: hgcn.Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    with overlay.load(streaming) as loaded:
        packed = replace(streaming.pack_features(matrix(1)), integers=np.zeros((60, 16), np.int8))
        monkeypatch.setattr(hgcn.Program, "pack_features", lambda *_: packed)
        assert loaded.infer(features=matrix(1), check=True).bit_exact is False
