# SPDX-License-Identifier: Apache-2.0
"""The C++ header holds the package's constants, read off its text."""

from __future__ import annotations

import re

import pytest

from hgcn.arch.presets import PRESETS
from hgcn.emit.cxx import cxx_header, is_aie_ml
from hgcn.emit.systemverilog import systemverilog_package


@pytest.mark.parametrize("name", PRESETS)
def test_every_constant_of_the_package_is_there_with_its_value(name: str) -> None:
    package = systemverilog_package(PRESETS[name])
    header = cxx_header(PRESETS[name])
    sizes = re.findall(r"localparam int unsigned (\w+) = (\d+);", package)
    assert re.findall(r"constexpr unsigned (\w+) = (\d+);", header) == sizes
    words = re.findall(r"localparam logic \[\d+:0\] (\w+) = \d+'h(\w+);", package)
    assert re.findall(r"constexpr unsigned\s?\w*\s?\w* (\w+) = 0x([0-9A-F]+)U", header) == words


def test_the_array_of_a_vek280_is_aie_ml() -> None:
    assert [name for name, device in PRESETS.items() if is_aie_ml(device)] == ["vek280"]
