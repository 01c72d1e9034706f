# SPDX-License-Identifier: Apache-2.0
"""A board build of a device file: same scripts, other numbers, and what does not fit is refused."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hgcn_hw.build.boards import board
from hgcn_hw.build.check import results, targets
from hgcn_hw.build.commands import command_lines
from hgcn_hw.build.generate import HARDWARE, generate
from hgcn_hw.generate import generate as generate_all

from hgcn.arch.device_file import device_text
from hgcn.arch.presets import device
from hgcn.emit.systemverilog import systemverilog_package
from hgcn.errors import SpecError

KV = replace(device("kv260"), name="narrow", lanes=2, store_rows=4096, pl_hz=200e6)
VCK = replace(device("vck190"), name="short", array_rows=4)


def script(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_settings_are_those_of_the_device(tmp_path: Path) -> None:
    generate(board("kv260", KV), tmp_path)
    settings = (tmp_path / "settings.tcl").read_text()
    assert "variable device narrow" in settings and "variable pl_mhz 200" in settings
    assert (tmp_path / "hgcn_pkg.sv").read_text() == systemverilog_package(KV)


def test_the_array_of_the_device_is_built(tmp_path: Path) -> None:
    generate(board("vck190-vitis", VCK), tmp_path)
    assert "plio_a_3" in (tmp_path / "array" / "hgcn_graph.h").read_text()
    assert "plio_a_4" not in (tmp_path / "plio.cfg").read_text()


def test_more_engines_than_columns_are_refused_where_they_matter(tmp_path: Path) -> None:
    wide = replace(VCK, array_rows=64)
    with pytest.raises(SpecError, match=r"array_rows \* array_cols must be at most 37"):
        generate(board("vck190-vitis", wide), tmp_path)
    generate(board("vck190-pynq", wide), tmp_path)
    assert not (tmp_path / "array").exists()


def test_a_device_for_another_part_is_refused() -> None:
    message = "part of short must be xck26-sfvc784-2LV-c, got 'xcvc1902-vsva2197-2MP-e-S'"
    with pytest.raises(SpecError, match=message):
        board("kv260", VCK)
    assert [target.name for target in targets(VCK)] == ["vck190-pynq", "vck190-vitis"]


@pytest.mark.parametrize("own", [KV, VCK], ids=lambda item: item.name)
def test_every_check_passes_for_a_device_of_ones_own(own: object) -> None:
    found = dict(results(HARDWARE, lint=False, own=own))  # type: ignore[arg-type]
    assert found and [title for title, problems in found.items() if problems] == []


def test_the_makefile_hands_the_file_on(tmp_path: Path) -> None:
    plain = command_lines("vck190-vitis", "0")
    assert not any("--device" in words for words in plain)
    given = command_lines("vck190-vitis", "0", device=f"{tmp_path}/my.toml")
    (generated,) = [words for words in given if "hgcn_hw.build.generate" in words]
    assert generated[-2:] == ["--device", f"{tmp_path}/my.toml"]
    (graph,) = [words for words in given if "-c" in words and words[0] == "v++"]
    assert graph[-1] == "/build/vck190-vitis/array/hgcn_graph.cpp"


def test_scripts_take_the_file_or_say_why_not(tmp_path: Path) -> None:
    file = tmp_path / "narrow.toml"
    file.write_text(device_text(KV))
    into = ("--into", tmp_path / "out")
    done = script("hgcn_hw.build.generate", "kv260", *into, "--device", file)
    assert done.returncode == 0 and (tmp_path / "out" / "settings.tcl").exists()
    done = script("hgcn_hw.build.generate", "vck190-pynq", *into, "--device", file)
    assert done.returncode == 2 and "error: part of narrow must be xcvc1902" in done.stderr
    done = script("hgcn_hw.generate", file)
    assert done.returncode == 2 and "narrow: a device of your own needs --into" in done.stderr
    assert script("hgcn_hw.generate", file, *into).returncode == 0
    assert (tmp_path / "out" / "narrow" / "hgcn_graph.h").exists()
    file.write_text(device_text(KV).replace("lanes = 2", "lanes = 3"))
    for tool in ("hgcn_hw.generate", "hgcn_hw.build.budget", "hgcn_sim.checks.lint"):
        done = script(tool, file)
        assert done.returncode == 2 and "lanes must be a power of two" in done.stderr


def test_only_devices_asked_for_are_written(tmp_path: Path) -> None:
    generate_all(tmp_path, [KV])
    assert [path.name for path in tmp_path.iterdir()] == ["narrow"]
