# SPDX-License-Identifier: Apache-2.0
"""Whole programs on the RTL: equal outputs, errors that are registers, recovery by soft reset."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest
from hgcn_sim.runs.inference import DRAM_BASE, SimResult, place_regions, run_job
from hgcn_sim.runs.plio import read_packets
from hgcn_sim.top.job import PAGE_BYTES, AxiFault, Flip, Run

import hgcn
from hgcn.errors import BackendError
from hgcn.format.numbers import MAGIC, PACKET_MAGIC, RECORD_CHECKSUM_SEED, VERSION, Opcode

pytestmark = pytest.mark.rtl

TINY = hgcn.device("tiny")


def record(words: dict[int, int]) -> bytes:
    """A 32-word record with its checksum."""
    full = [words.get(i, 0) for i in range(31)]
    total = RECORD_CHECKSUM_SEED
    for i, word in enumerate(full):
        total += (word << i | word >> (32 - i)) & 0xFFFFFFFF
    return struct.pack("<32I", *full, total & 0xFFFFFFFF)


def end_only(hash_: int = TINY.hash) -> bytes:
    """The smallest program: a header and END."""
    header = {0: MAGIC, 1: VERSION, 2: hash_ & 0xFFFFFFFF, 3: hash_ >> 32, 4: 2, 5: 1, 6: 4}
    return record(header) + record({0: Opcode.END})


def ended(result: SimResult) -> tuple[str, bool]:
    return result.error, result.done


@pytest.fixture(scope="module")
def digits() -> hgcn.Program:
    graph = hgcn.datasets.load("digits")
    return hgcn.compile(hgcn.GCN.load("digits"), graph, device="tiny")


@pytest.fixture(scope="module")
def expected(digits: hgcn.Program) -> bytes:
    return digits.run(backend="emulate").execution.output


def test_each_damage_is_an_error_and_a_soft_reset_recovers() -> None:
    good, reset = Run(), Run(soft_reset=True)
    damages = {
        "BAD_MAGIC": Run(flips=(Flip(offset=0),)),
        "BAD_VERSION": Run(flips=(Flip(offset=6),)),
        "BAD_DEVICE": Run(flips=(Flip(offset=8),)),
        "HEADER_CHECKSUM": Run(flips=(Flip(offset=124),)),
        "COMMAND_CHECKSUM": Run(flips=(Flip(offset=130),)),
        "AXI_READ": Run(faults=(AxiFault(region=0, offset=128, response=3),)),
        "ADDRESS_RANGE": Run(shrink={0: 128}),
    }
    runs = [good, *(run for damage in damages.values() for run in (damage, reset))]
    results = run_job(end_only(), TINY, runs)
    assert ended(results[0]) == ("NONE", True)
    for name, bad, after in zip(damages, results[1::2], results[2::2], strict=True):
        assert ended(bad) == (name, False)
        assert ended(after) == ("NONE", True), f"after {name}"
        assert after.cycles == results[0].cycles, f"after {name}"


def test_program_for_another_device_is_refused() -> None:
    (result,) = run_job(end_only(TINY.hash ^ 1), TINY)
    assert ended(result) == ("BAD_DEVICE", False)


@pytest.mark.parametrize(
    ("latency", "stall", "seed"), [(40, 0.0, 1), (1, 0.0, 2), (100, 0.0, 3), (13, 0.4, 4)]
)
def test_output_is_the_same_whatever_memory_does(
    digits: hgcn.Program, expected: bytes, latency: int, stall: float, seed: int
) -> None:
    (result,) = run_job(
        digits.image,
        digits.device,
        latency_cycles=latency,
        stall_probability=stall,
        seed=seed,
        timeout_cycles=2_000_000,
    )
    assert ended(result) == ("NONE", True)
    assert result.output == expected


def test_counted_bytes_are_those_the_memory_moved(digits: hgcn.Program) -> None:
    (result,) = run_job(digits.image, digits.device, timeout_cycles=2_000_000)
    assert result.counters["READ_BYTES"] == result.dram["read_bytes"]
    assert result.counters["WRITTEN_BYTES"] == result.dram["write_bytes"]
    assert 0 <= result.cycles - result.counters["CYCLES"] < 16


def test_hang_is_a_fault_with_the_log(digits: hgcn.Program) -> None:
    with pytest.raises(BackendError, match="no interrupt after"):
        run_job(digits.image, digits.device, timeout_cycles=2000)


def test_captured_packets_have_headers_and_pair_up(digits: hgcn.Program, tmp_path: Path) -> None:
    capture = tmp_path / "plio.txt"
    run_job(digits.image, digits.device, plio=capture, timeout_cycles=2_000_000)
    packets = read_packets(capture)
    columns = digits.device.array_cols
    assert packets
    for (port, index), found in packets.items():
        row = index if port == "A" else index // columns
        heads = [int.from_bytes(packet[:8], "little") for packet in found]
        assert {head >> 48 for head in heads} == {PACKET_MAGIC[port]}
        left = [int.from_bytes(packet[:2], "little") for packet in packets["A", row]]
        assert [head & 0xFFFF for head in heads] == left


def test_regions_have_guard_pages_between_them() -> None:
    image = record({25: 3, 26: 70}) * 40
    bases, sizes, total = place_regions(image, 100)
    assert sizes == (len(image), 128, 3 * 64, 70 * 64)
    assert all(base % PAGE_BYTES == 0 for base in bases)
    for base, size, following in zip(bases, sizes, (*bases[1:], DRAM_BASE + total), strict=True):
        assert base + size + PAGE_BYTES <= following or following == DRAM_BASE + total
