# SPDX-License-Identifier: Apache-2.0
"""Device files: what is written is read again, and what is wrong is named by file and key."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgcn.arch.device import Device
from hgcn.arch.device_file import MAX_BYTES, device_text, read_device
from hgcn.arch.parameter import parameters
from hgcn.arch.presets import PRESETS, device
from hgcn.errors import SpecError

TINY = device("tiny")


def write(folder: Path, text: str | bytes) -> Path:
    file = folder / "my.toml"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


@pytest.mark.parametrize("name", PRESETS)
def test_what_is_written_is_read_again(name: str, tmp_path: Path) -> None:
    assert read_device(write(tmp_path, device_text(PRESETS[name]))) == PRESETS[name]


def test_awkward_values_are_read_again(tmp_path: Path) -> None:
    odd = replace(TINY, board='a "b" \\ c # é', pl_hz=123456789.25, array_hz=1e-3)
    assert read_device(write(tmp_path, device_text(odd))) == odd


def test_the_file_explains_every_key() -> None:
    text = device_text(TINY)
    for item in parameters(TINY):
        assert f"\n{item.name} = " in text
        assert item.meaning in text.replace("\n# ", " ")
    assert max(map(len, text.splitlines())) <= 100


def test_keys_with_a_default_may_be_left_out(tmp_path: Path) -> None:
    lines = [line for line in device_text(TINY).splitlines() if not line.startswith(("m0", "n0"))]
    assert read_device(write(tmp_path, "\n".join(lines))) == TINY


def test_whole_numbers_do_for_rates(tmp_path: Path) -> None:
    found = read_device(write(tmp_path, device_text(TINY)))
    assert isinstance(found.pl_hz, float)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("lanes = 4", "lanes = 3", r"my\.toml: lanes must be a power of two up to 64, got 3$"),
        ("lanes = 4", "lanes = 4.0", r"my\.toml: lanes must be a whole number, got 4\.0$"),
        ("lanes = 4", "lanes = [4]", r"my\.toml: lanes must be a whole number, got \[4\]$"),
        ("lanes = 4", "lanes = true", r"my\.toml: lanes must be a whole number, got True$"),
        ("array_rows = 2", "sta_rows = 2", r"key 'sta_rows': it is now called 'array_rows'"),
        ("tile_rows = 512", "window_rows = 512", r"it is now called 'tile_rows'"),
        ("lanes = 4", "lane = 4", r"my\.toml: unknown key 'lane': choose from name, board, part"),
        ("lanes = 4", "", r"my\.toml: it lacks lanes$"),
        ("lanes = 4", "lanes = 4\nlanes = 4", r"my\.toml must be a device in TOML: .*overwrite"),
        ("lanes = 4", "lanes 4", r"my\.toml must be a device in TOML: .*line"),
        ("pl_hz = 100_000_000", "pl_hz = nan", r"my\.toml: pl_hz must be a finite number, got nan"),
        ("pl_hz = 100_000_000", "pl_hz = 2020-01-01", r"pl_hz must be a finite number, got date"),
        ('"tiny"', '"../tiny"', r"my\.toml: name must be 1 to 40 letters, .* got '\.\./tiny'$"),
        ('"tiny"', r'"\u001b[2J"', r"my\.toml: name must be 1 to 40 letters, .* got '\\x1b\[2J'$"),
        ("lanes = 4", '"\\u001b" = 4', r"unknown key '\\x1b': choose"),
        ("lanes = 4", "[lanes]\nx = 4", "must be a whole number, got"),
    ],
)
def test_a_fault_is_named_by_file_and_key(tmp_path: Path, old: str, new: str, message: str) -> None:
    text = device_text(TINY)
    assert old in text
    with pytest.raises(SpecError, match=message):
        read_device(write(tmp_path, text.replace(old, new, 1)))


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"cannot read device file .*no\.toml: No such file"):
        read_device(tmp_path / "no.toml")
    with pytest.raises(SpecError, match="must be a device in TOML: it is no regular file"):
        read_device(tmp_path)
    os.mkfifo(tmp_path / "pipe.toml")
    with pytest.raises(SpecError, match="it is no regular file"):
        read_device(tmp_path / "pipe.toml")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"#" * (MAX_BYTES + 1), f"it has more than {MAX_BYTES} bytes"),
        (b'name = "\xff"', "it is no UTF-8 text"),
        (b"x = " + b"[" * 20000 + b"]" * 20000, "nested too deep"),
        (b"lanes = " + b"9" * 20000, "must be"),
        (b"", "it lacks name, board, part"),
    ],
)
def test_a_hostile_file_ends_in_words(tmp_path: Path, content: bytes, message: str) -> None:
    with pytest.raises(SpecError, match=message) as caught:
        read_device(write(tmp_path, content))
    assert len(str(caught.value)) < 600 and str(caught.value).isprintable()


@given(st.data())
def test_whatever_the_bytes_the_answer_is_a_device_or_words(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    text = bytearray(device_text(TINY).encode())
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(text) - 1))
        text[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=9))
    file = write(tmp_path_factory.mktemp("device"), bytes(text))
    try:
        assert isinstance(read_device(file), Device)
    except SpecError as fault:
        assert "my.toml" in str(fault) and str(fault).isprintable()
