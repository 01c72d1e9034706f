# SPDX-License-Identifier: Apache-2.0
"""The AI Engine files: committed ones are current, every stream has its port."""

from __future__ import annotations

from pathlib import Path

import pytest

from hgcn.arch.presets import PRESETS
from hgcn.emit.aie_graph import aie_files, places, plios

GENERATED = Path(__file__).parents[2] / "hw" / "generated"


@pytest.mark.parametrize("name", PRESETS)
def test_committed_files_are_what_emit_writes(name: str) -> None:
    files = aie_files(PRESETS[name])
    committed = {path.name for path in (GENERATED / name).iterdir()} - {"hgcn_pkg.sv"}
    assert committed == set(files)
    for file, text in files.items():
        assert (GENERATED / name / file).read_text() == text, file


@pytest.mark.parametrize("name", PRESETS)
def test_ports_are_those_of_the_packet_page(name: str) -> None:
    device = PRESETS[name]
    ports, engines = plios(device), device.array_rows * device.array_cols
    assert len(ports) == device.array_rows + 2 * engines
    assert sum(port.to_array for port in ports) == device.array_rows + engines
    assert len({port.name for port in ports}) == len({port.member for port in ports}) == len(ports)


@pytest.mark.parametrize("name", PRESETS)
def test_no_two_engines_share_a_tile(name: str) -> None:
    made = places(PRESETS[name])
    tiles = [(place.column, place.row) for place in made]
    tiles += [place.forwarder for place in made if place.forwarder is not None]
    assert len(set(tiles)) == len(tiles)
