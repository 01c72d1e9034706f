# SPDX-License-Identifier: Apache-2.0
"""`hgcn devices` lists, explains, and writes a file that can be edited and run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import hgcn
from hgcn.arch.device import Device
from hgcn.arch.device_file import read_device
from hgcn.arch.parameter import parameters

Run = Callable[..., Any]


def test_every_device_has_its_row(hgcn_command: Run) -> None:
    rows = {line.split()[0]: line for line in hgcn_command("devices").out.splitlines()[1:]}
    assert rows.keys() == hgcn.PRESETS.keys()
    assert "2 x 32 KiB" in rows["tiny"] and "672" in rows["tiny"]


def test_explaining_names_every_parameter_and_its_value(hgcn_command: Run) -> None:
    done = hgcn_command("devices", "--explain", "kv260")
    assert done.status == 0 and max(map(len, done.out.splitlines())) <= 120
    for item in parameters(Device):
        assert f"\n{item.name} = " in f"\n{done.out}" and item.meaning in " ".join(done.out.split())
    assert "features = 16 features" in done.out and "at most axi_bytes (16)" in done.out
    assert "PL engine: 64 int8 multipliers" in done.out and "area: hgcn_top" in done.out


def test_explaining_takes_the_default_device_or_a_file(hgcn_command: Run) -> None:
    assert hgcn_command("devices", "--explain").out == (
        hgcn_command("devices", "--explain", "tiny").out
    )
    hgcn_command("devices", "new", "tiny", "-o", "my.toml")
    done = hgcn_command("devices", "--explain", "my.toml")
    assert done.out.startswith("name = my\n") and "area: no area counted" in done.out


def test_a_new_file_is_edited_and_run(hgcn_command: Run, tmp_path: Path, graph_file: Path) -> None:
    done = hgcn_command("devices", "new", "tiny", "-o", "my.toml")
    assert (done.status, done.out) == (0, "wrote my.toml: device my, to be edited\n")
    file = tmp_path / "my.toml"
    file.write_text(file.read_text().replace("lanes = 4", "lanes = 2"))
    assert read_device(file).lanes == 2
    done = hgcn_command("run", graph_file, "--random-weights", 0, "-d", file)
    assert done.status == 0 and "my, ordering" in done.out


def test_a_file_that_is_there_stays_unless_forced(hgcn_command: Run, tmp_path: Path) -> None:
    file = tmp_path / "my.toml"
    file.write_text("mine")
    done = hgcn_command("devices", "new", "tiny", "-o", "my.toml")
    assert done.error == "my.toml is there already: add --force to replace it"
    assert file.read_text() == "mine"
    assert hgcn_command("devices", "new", "kv260", "-o", "my.toml", "--force").status == 0
    assert read_device(file).features == 16


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("tiny.toml", "my-tiny"),
        ("a b.toml", "a-b"),
        ("\u00e9.toml", "device"),
        ("x" * 99, "x" * 36),
    ],
)
def test_the_device_is_called_as_its_file(
    hgcn_command: Run, tmp_path: Path, file: str, name: str
) -> None:
    path = tmp_path / file
    path = path if path.suffix else path.with_suffix(".toml")
    assert hgcn_command("devices", "new", "tiny", "-o", path).status == 0
    assert read_device(path).name == name


def test_what_cannot_be_written_is_said(hgcn_command: Run) -> None:
    done = hgcn_command("devices", "new", "tiny", "-o", "my.yaml")
    assert done.error == "a device file ends in .toml, got 'my.yaml'"
    done = hgcn_command("devices", "new", "tiny", "-o", "no/my.toml")
    assert done.error == "cannot write no/my.toml: No such file or directory"
    assert "unknown device 'u250'" in hgcn_command("devices", "new", "u250", "-o", "x.toml").error
