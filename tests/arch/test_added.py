# SPDX-License-Identifier: Apache-2.0
"""Presets of other packages: found by name, and refused in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from hgcn.arch.added import added_device, added_names
from hgcn.arch.device_file import device_text
from hgcn.arch.presets import PRESETS, device, names
from hgcn.errors import SpecError


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on the path, for packages with metadata."""
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def install(folder: Path, package: str, code: str, *entries: str) -> None:
    """Put a package of one module into the folder, as an installer would."""
    (folder / f"{package}.py").write_text(code)
    info = folder / f"{package}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("\n".join(["[hgcn.devices]", *entries]))


SMALL = """
from dataclasses import replace
from hgcn.arch.presets import PRESETS
SMALL = replace(PRESETS["tiny"], name="small", store_rows=64)
"""


def test_a_package_adds_a_preset(package: Path) -> None:
    assert added_device("small") is None
    install(package, "toy_devices_a", SMALL, "small = toy_devices_a:SMALL")
    assert added_names() == ["small"] and names() == [*PRESETS, "small"]
    assert device("small").store_rows == 64


def test_a_package_may_keep_its_preset_in_a_file(package: Path) -> None:
    (package / "kept.toml").write_text(
        device_text(PRESETS["tiny"]).replace('name = "tiny"', 'name = "kept"')
    )
    code = """
from pathlib import Path
from hgcn.arch.device_file import read_device
KEPT = read_device(Path(__file__).with_name("kept.toml"))
"""
    install(package, "toy_devices_f", code, "kept = toy_devices_f:KEPT")
    assert device("kept").name == "kept"


def test_a_name_that_stands_twice_is_refused(package: Path) -> None:
    install(package, "toy_devices_b", SMALL, "small = toy_devices_b:SMALL", "tiny = x:Y")
    install(package, "toy_devices_c", SMALL, "small = toy_devices_c:SMALL")
    with pytest.raises(SpecError, match="device 'small' stands twice, in the packages toy_devices"):
        device("small")
    with pytest.raises(SpecError, match="'tiny' stands twice, in the packages hgcn, toy_devices_b"):
        device("tiny")
    assert device("kv260") is PRESETS["kv260"]


def test_what_is_no_device_of_that_name_is_refused(package: Path) -> None:
    entries = ["other = toy_devices_d:SMALL", "text = toy_devices_d:PRESETS", "gone = no_such:X"]
    install(package, "toy_devices_d", SMALL, *entries)
    with pytest.raises(SpecError, match="must be a Device of that name, got the device 'small'"):
        device("other")
    with pytest.raises(SpecError, match="must be a Device of that name, got dict"):
        device("text")
    with pytest.raises(SpecError, match="cannot be loaded: ModuleNotFoundError: No module named"):
        device("gone")
