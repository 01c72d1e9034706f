# SPDX-License-Identifier: Apache-2.0
"""Hand counts of the kernels (hw/aie/kernels/budget.h) against the estimate's terms."""

from __future__ import annotations

import numpy as np
import pytest

import hgcn
from hgcn.arch.device import K0, LINE_BYTES, Device
from hgcn.arch.presets import PRESETS, device
from hgcn.cycles.cost import segment_cycles
from hgcn.isa.commands import Spmm
from hgcn.isa.image import read_commands, read_header
from hgcn.isa.payload import decode_control

from .packets import host_graph

KINDS = ("binary", "int8")
VERSAL = [name for name, preset in PRESETS.items() if preset.part.startswith("xcv")]
LIMITERS = {
    ("vck190", "binary"): "vector unit",
    ("vck190", "int8"): "PLIO A",
    ("vck5000", "binary"): "vector unit",
    ("vck5000", "int8"): "PLIO A",
    ("vek280", "binary"): "PLIO B",
    ("vek280", "int8"): "PLIO A",
}
"""The busiest unit of a tile kernel; docs and estimate assume a PLIO."""

SLOWER = {("vck190", "binary"): 1.44, ("vck5000", "binary"): 1.44}
"""Kernel over estimate, per slice of a PE row, where the kernel is the slower one."""


def counts(preset: Device) -> dict[str, int]:
    budget = host_graph(preset).budget()
    return {name: int(value) for name, value in budget.items() if "limiter" not in name}


@pytest.mark.parametrize("name", PRESETS)
def test_products_are_the_steps_of_the_estimate(name: str) -> None:
    preset, made = device(name), counts(device(name))
    macs = 256 if name == "vek280" else 128
    cycles = -(-preset.m0 * K0 * preset.n0 // macs)
    assert made["slice_products"] == cycles * preset.steps_per_slice
    assert made["binary.products"] == made["group_slices"] * made["slice_products"]
    if name in VERSAL:
        assert cycles == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", PRESETS)
def test_stream_beats_are_those_of_the_estimate(name: str, kind: str) -> None:
    d, made = device(name), counts(device(name))
    beats = {port: made[f"{kind}.{port}"] / 4 / made["group_slices"] for port in ("left", "right")}
    assert beats["right"] == d.pe_features / 2
    assert beats["left"] == d.block_rows / (16 if kind == "binary" else 2)
    terms = [1 / d.gather_rows, d.steps_per_slice / K0 / d.array_rows * d.pl_hz / d.array_hz]
    terms += [count / K0 / d.array_rows for count in beats.values()]
    assert segment_cycles(d, binary=kind == "binary") == max(terms)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", VERSAL)
def test_the_limiting_unit_and_what_it_costs(name: str, kind: str) -> None:
    d, budget, made = device(name), host_graph(device(name)).budget(), counts(device(name))
    assert budget[f"{kind}.limiter"] == LIMITERS[name, kind]
    ratio, slices = d.pl_hz / d.array_hz, made["group_slices"]
    core = max(made[f"{kind}.expands"] + made[f"{kind}.products"], made[f"{kind}.loads"])
    core = max(core, made[f"{kind}.stores"])
    beats = max(made[f"{kind}.left"], made[f"{kind}.right"]) / 4
    # A stream takes a beat in 4 array cycles, but the programmable logic sends one a cycle at most
    kernel = max(core * ratio, max(4 * ratio, 1) * beats) / slices
    estimate = max(d.steps_per_slice * ratio, beats / slices)
    assert kernel / estimate == pytest.approx(SLOWER.get((name, kind), 1.0))


@pytest.mark.parametrize("name", PRESETS)
def test_a_packet_is_its_groups_and_its_output(name: str) -> None:
    d, made = device(name), counts(device(name))
    assert made["output"] == 4 * (1 + d.block_rows * d.pe_features // 4)
    for kind in KINDS:
        group = made["group_slices"]
        steady = made[f"{kind}.packet.64"] - made[f"{kind}.packet.8"]
        assert steady == (64 // group - 8 // group) * made[f"{kind}.limit"]
        assert made[f"{kind}.packet.1"] > made["output"]


@pytest.mark.parametrize("name", PRESETS)
def test_memory_is_within_the_tile(name: str) -> None:
    d, made = device(name), counts(device(name))
    assert made["memory.limit"] == 1024 * (64 if name == "vek280" else 32)
    assert made["memory.groups"] == 2 * made["group_slices"] * K0 * (d.block_rows + d.pe_features)
    assert made["memory.sums"] == 4 * d.block_rows * d.pe_features
    parts = [value for key, value in made.items() if key.startswith("memory.")]
    assert made["memory.total"] == sum(parts) - made["memory.limit"] - made["memory.total"]
    assert made["memory.total"] <= made["memory.limit"]


@pytest.mark.parametrize("name", VERSAL)
def test_whole_inference_keeps_the_time_of_the_estimate(name: str) -> None:
    # The estimate's array: a PE row is held by its C packets, all of them by the merge unit. The
    # kernels take longer for a packet, yet not longer than the merge for those of all rows.
    d, made = device(name), counts(device(name))
    graph = hgcn.datasets.load("digits")
    image = hgcn.compile(hgcn.GCN.load("digits"), graph, device=d).image
    merge = kernels = 0.0
    for command in read_commands(image, read_header(image)):
        if isinstance(command, Spmm) and command.slices:
            at = command.control.offset * LINE_BYTES
            stream = image[at : at + command.control.lines * LINE_BYTES]
            records = decode_control(stream, command.slices)
            kind = "int8" if records.int8[0] else "binary"
            groups = np.ceil(records.packet_slices[records.first] / made["group_slices"])
            cycles = made[f"{kind}.packet.1"] + (groups - 1) * made[f"{kind}.limit"]
            rows = np.bincount(records.pe_row[records.first], weights=cycles)
            merge += command.packets * d.block_rows
            kernels += max(command.packets * d.block_rows, rows.max() * d.pl_hz / d.array_hz)
    assert merge <= kernels <= 1.01 * merge
