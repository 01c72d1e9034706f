# SPDX-License-Identifier: Apache-2.0
"""A target names the vendor tools it lacks in one line, before it builds anything."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from hgcn_hw.build.commands import TARGETS, command_lines, command_problems
from hgcn_hw.build.generate import HARDWARE
from hgcn_hw.build.tools import missing_tools


def fake(folder: Path, name: str, says: str) -> None:
    tool = folder / name
    tool.write_text(f"#!/bin/sh\necho '{says}'\n")
    tool.chmod(0o755)


def test_absent_tools_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert missing_tools("vck190-vitis") == ["vivado (not on PATH)", "v++ (not on PATH)"]


def test_another_release_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    fake(tmp_path, "vivado", "vivado v2024.1 (64-bit)")
    assert missing_tools("kv260") == ["vivado 2025.2 (found: vivado v2024.1 (64-bit))"]
    fake(tmp_path, "vivado", "vivado v2025.2 (64-bit)")
    assert missing_tools("kv260") == []


@pytest.mark.parametrize("target", ["kv260", "vck190-pynq", "vck190-vitis"])
def test_make_stops_with_one_line(tmp_path: Path, target: str) -> None:
    settings = ["GOLDEN=/none", "PLATFORM=/none", "ROOTFS=/none", "IMAGE=/none"]
    command = ["make", "-C", str(HARDWARE / "build"), target, f"BUILD={tmp_path}", *settings]
    environment = {**os.environ, "PATH": "/bin:/usr/bin"}
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    lines = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    assert done.returncode != 0
    assert len(lines) == 1
    assert lines[0].startswith(f"{target} needs: vivado")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("target", "aie"), TARGETS)
def test_commands_name_files_that_are_there_or_made(target: str, aie: str) -> None:
    assert command_problems(target, aie) == []


def test_the_graph_starts_with_the_image() -> None:
    words = [word for line in command_lines("vck190-vitis", "0") for word in line]
    assert "-p" in words
    assert not any("defer" in word for word in words)
