# SPDX-License-Identifier: Apache-2.0
"""Generated files: one table of ports and places behind header, graph and configurations."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hgcn_hw.generate import GENERATED, generate
from hgcn_sim.kernels.graph import KERNELS, HostGraph, compile_cxx

from hgcn.arch.device import Device
from hgcn.arch.presets import PRESETS, device
from hgcn.emit.aie_graph import aie_files, places, plios
from hgcn.emit.systemverilog import systemverilog_package
from hgcn.errors import BackendError, SpecError

from .packets import host_graph

DEVICES = list(PRESETS.values())
VERSAL = [preset for preset in DEVICES if preset.part.startswith("xcv")]


@pytest.fixture(params=DEVICES, ids=lambda preset: preset.name)
def preset(request: pytest.FixtureRequest) -> Device:
    assert isinstance(request.param, Device)
    return request.param


@pytest.fixture
def built(preset: Device) -> HostGraph:
    return host_graph(preset)  # With warnings as errors


def test_committed_files_are_what_emit_writes(tmp_path: Path) -> None:
    for made in generate(tmp_path):
        committed = GENERATED / made.relative_to(tmp_path)
        assert committed.read_text() == made.read_text(), committed


def test_header_constants_equal_the_package(preset: Device) -> None:
    package, header = systemverilog_package(preset), aie_files(preset)["hgcn_arch.h"]
    pattern = r"localparam (?:int unsigned|logic \[\d+:0\]) (\w+) = (?:\d+'h)?(\w+);"
    want = {
        name: int(value, 16 if f"'h{value}" in package else 10)
        for name, value in re.findall(pattern, package)
    }
    found = re.findall(r"constexpr unsigned(?: long long)? (\w+) = (\w+?)(?:U|ULL)?;", header)
    assert {name: int(value, 0) for name, value in found} == want
    assert {"T", "N", "N0", "R", "C", "DeviceHash"} <= set(want)


def test_names_agree_in_graph_and_link_configuration(preset: Device, built: HostGraph) -> None:
    lines = re.findall(r"^sc=(\S+):(\S+)$", aie_files(preset)["system.cfg"], re.M)
    linked = {
        (end.split(".")[1], end is target)
        for source, target in lines
        for end in (source, target)
        if end.startswith("ai_engine_0.")
    }
    assert len(lines) == len(linked) == preset.array_rows * (1 + 2 * preset.array_cols)
    for source, target in lines:  # The programmable logic's stream has the PLIO's name
        assert source.split(".")[1] == target.split(".")[1]
    listed = [(name, kind == "input") for kind, name, *_ in built.listing() if kind != "kernel"]
    assert set(listed) == linked
    literal = re.findall(r'(input|output)_plio::create\("(\w+)"', aie_files(preset)["hgcn_graph.h"])
    assert {(name, kind == "input") for kind, name in literal} == linked


def test_places_are_those_of_the_graph_and_fit_the_array(preset: Device, built: HostGraph) -> None:
    listing = built.listing()
    tiles = [(column, row) for kind, _, column, row in listing if kind == "kernel"]
    wanted = [(place.column, place.row) for place in places(preset)]
    wanted += [place.forwarder for place in places(preset) if place.forwarder]
    assert tiles == wanted
    assert len(set(tiles)) == len(tiles)
    columns = {name: column for kind, name, column, _ in listing if kind != "kernel"}
    assert columns == {port.name: port.column for port in plios(preset)}
    assert min(columns.values()) >= 6  # The VC1902 has no PLIO left of it
    # A 128-bit port takes two of an interface column's 8 channels in, 6 out
    inwards = Counter(port.column for port in plios(preset) if port.to_array)
    outwards = Counter(port.column for port in plios(preset) if not port.to_array)
    assert max(inwards.values()) <= 4
    assert max(outwards.values()) <= 3


def test_aie_ml_has_a_forwarder_west_of_each_pe() -> None:
    assert all(place.forwarder is None for place in places(device("vck190")))
    for place in places(device("vek280")):
        assert place.forwarder == (place.column - 1, place.row)


def test_an_array_beyond_the_columns_is_refused() -> None:
    wide = replace(device("vck5000"), array_rows=20)
    with pytest.raises(SpecError, match=r"array_rows \* array_cols must be at most 37"):
        places(wide)


def test_compiler_configuration_has_part_and_clock(preset: Device) -> None:
    text = aie_files(preset)["aie.cfg"]
    assert f"pl-freq={preset.pl_hz / 1e6:g}\n" in text
    assert (f"part={preset.part}\n" in text) is (preset.part != "none")


@pytest.mark.parametrize("version", ["-std=c++17", "-std=c++20"])
def test_kernels_are_of_the_vendor_compilers_language(version: str, tmp_path: Path) -> None:
    for name, text in aie_files(device("vek280")).items():
        (tmp_path / name).write_text(text)
    includes = [f"-I{path}" for path in (tmp_path, KERNELS, KERNELS / "shim")]
    compile_cxx([*includes, version, "-fsyntax-only", str(tmp_path / "hgcn_kernels.cc")])


def test_an_illegal_shape_does_not_compile(tmp_path: Path) -> None:
    for name, text in aie_files(device("tiny")).items():
        (tmp_path / name).write_text(text.replace("unsigned N0 = 4;", "unsigned N0 = 2;"))
    includes = [f"-I{path}" for path in (tmp_path, KERNELS, KERNELS / "shim")]
    with pytest.raises(BackendError, match="mmul 4x8x4 or 4x8x8"):
        compile_cxx([*includes, "-fsyntax-only", str(tmp_path / "hgcn_kernels.cc")])


@pytest.mark.parametrize("kilobytes", [4, 32])
def test_the_memory_budget_is_checked_by_the_compiler(kilobytes: int, tmp_path: Path) -> None:
    from .packets import copy_hardware

    change = ("kMemoryBytes = 32 * 1024", f"kMemoryBytes = {kilobytes} * 1024")
    root = copy_hardware(tmp_path, {"kernels/target.h": change})
    for name, text in aie_files(device("vck190")).items():
        (tmp_path / name).write_text(text)
    includes = [f"-I{path}" for path in (tmp_path, root, root / "shim")]
    command = [*includes, "-fsyntax-only", str(tmp_path / "hgcn_kernels.cc")]
    if kilobytes == 32:
        compile_cxx(command)
    else:
        with pytest.raises(BackendError, match="must fit the tile's data memory"):
            compile_cxx(command)
