# SPDX-License-Identifier: Apache-2.0
"""A device, its name or its file: all three give the device."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import hgcn
from hgcn.arch.device_file import device_text
from hgcn.arch.presets import device
from hgcn.arch.resolve import is_device_file, resolve_device
from hgcn.errors import SpecError
from tests.samples import random_graph

TINY = device("tiny")
MINE = replace(TINY, name="mine", lanes=2, store_rows=1024)


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "mine.toml"
    path.write_text(device_text(MINE))
    return path


def test_a_device_is_found_whatever_it_is_given_as(file: Path) -> None:
    assert resolve_device(TINY) is TINY
    assert resolve_device("tiny") == TINY
    assert resolve_device(file) == resolve_device(str(file)) == resolve_device("mine.toml") == MINE


def test_a_name_is_never_taken_for_a_file(file: Path) -> None:
    (file.parent / "tiny").write_text(device_text(MINE))
    assert not is_device_file("tiny") and resolve_device("tiny") == TINY
    assert is_device_file("./tiny") and resolve_device("./tiny") == MINE


def test_a_file_does_not_take_a_presets_name_for_other_values(file: Path) -> None:
    file.write_text(device_text(TINY))
    assert resolve_device(file) == TINY
    file.write_text(device_text(replace(MINE, name="tiny")))
    with pytest.raises(SpecError, match=r"mine\.toml: name 'tiny' is that of a preset with other"):
        resolve_device(file)


def test_a_name_of_nothing_says_what_there_is() -> None:
    message = r"unknown device 'my.yaml': choose one of tiny, .* or the path of a device file"
    with pytest.raises(SpecError, match=message):
        resolve_device("my.yaml")


def test_python_takes_a_path_as_the_command_line_does(file: Path) -> None:
    graph = random_graph(nodes=40)
    program = hgcn.compile(hgcn.GCN.random([12, 5, 3]), graph, device=file)
    assert program.device == MINE and program.run().bit_exact
    program.save("mine.hgcn")
    assert hgcn.Program.load("mine.hgcn", file).device == MINE
