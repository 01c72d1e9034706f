# SPDX-License-Identifier: Apache-2.0
"""Waves of the virtual board: what is in the file is what its name says."""

from __future__ import annotations

import math
import struct
from importlib import util
from pathlib import Path

import pytest
from hgcn_sim.builds import build
from hgcn_sim.builds import compile as compiler
from hgcn_sim.runs import waves

import hgcn
from hgcn.errors import BackendError

needs_pynq = pytest.mark.skipif(util.find_spec("pynq") is None, reason="pynq is not installed")


def _headers(patch: pytest.MonkeyPatch, there: bool) -> None:
    for module in (compiler, build, waves):
        patch.setattr(module, "has_fst", lambda: there)


@pytest.mark.parametrize(("there", "suffix"), [(True, ".fst"), (False, ".vcd")])
def test_a_name_of_the_right_format_is_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, there: bool, suffix: str
) -> None:
    _headers(monkeypatch, there)
    file = (tmp_path / "run").with_suffix(suffix)
    assert waves.wave_file(file) == file


def test_a_file_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(BackendError, match=r"to .*nowhere/run\..*: No such file or directory"):
        waves.wave_file(tmp_path / "nowhere" / "run.fst")


@pytest.mark.parametrize(
    ("there", "asked", "made", "why"),
    [
        (False, "run.fst", "run.vcd", "apt install liblz4-dev zlib1g-dev"),
        (True, "run.vcd", "run.fst", "records FST here"),
        (False, "run", "run.vcd", "FST needs the headers"),
    ],
)
def test_a_name_of_the_other_format_is_changed_aloud(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    there: bool,
    asked: str,
    made: str,
    why: str,
) -> None:
    _headers(monkeypatch, there)
    with pytest.warns(UserWarning, match=f"waves go to .*/{made}: .*{why}"):
        assert waves.wave_file(tmp_path / asked) == tmp_path / made


@pytest.mark.rtl
@pytest.mark.slow
@needs_pynq
@pytest.mark.skipif(
    not compiler.has_fst(), reason="no headers of lz4 and zlib: apt install liblz4-dev zlib1g-dev"
)
def test_with_the_headers_waves_are_fst(program: hgcn.Program, tmp_path: Path) -> None:
    file = tmp_path / "run.fst"
    result = program.run("pynq", virtual_board=True, waves=str(file))
    assert result.bit_exact and result.cycles is not None
    # The header block: its length, first and last time, e as a test of byte order, sizes.
    head = struct.unpack_from(">BQQQ", file.read_bytes())
    assert head[:3] == (0, 329, 0)
    period_ps = 1e12 / hgcn.device("tiny").pl_hz
    assert head[3] >= result.cycles * period_ps
    assert struct.unpack_from("<d", file.read_bytes(), 25) == (math.e,)
    scopes, signals = struct.unpack_from(">QQ", file.read_bytes(), 41)
    assert scopes > 20 and signals > 500
    assert file.stat().st_size > 100_000


@pytest.mark.rtl
@pytest.mark.slow
@needs_pynq
def test_without_the_headers_waves_are_vcd(
    program: hgcn.Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _headers(monkeypatch, False)
    with pytest.warns(UserWarning, match=r"waves go to .*run.vcd"):
        result = program.run("pynq", virtual_board=True, waves=str(tmp_path / "run.fst"))
    assert result.bit_exact and result.cycles is not None
    assert [path.name for path in tmp_path.iterdir()] == ["run.vcd"]
    lines = (tmp_path / "run.vcd").read_text().splitlines()
    assert any(line.startswith("$timescale") for line in lines[:10])
    last = next(line for line in reversed(lines) if line.startswith("#"))
    assert int(last[1:]) >= result.cycles * 1e12 / hgcn.device("tiny").pl_hz
