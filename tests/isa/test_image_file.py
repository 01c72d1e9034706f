# SPDX-License-Identifier: Apache-2.0
"""Programs from files: no more is read than a header claims, none of what it claims is trusted."""

from __future__ import annotations

import os
import tracemalloc
from pathlib import Path

import pytest

from hgcn.errors import ProgramError
from hgcn.isa.image_file import is_program, read_image
from tests.isa.handmade import image_of
from tests.isa.test_image import with_words

IMAGE = image_of(lambda builder: None)


def test_a_program_comes_back_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "a.hgcn").write_bytes(IMAGE)
    assert read_image(tmp_path / "a.hgcn") == IMAGE
    assert read_image(str(tmp_path / "a.hgcn")) == IMAGE


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "must be at least 128 bytes, got 0"),
        (IMAGE[:-64], "must be .* bytes as its header says, got"),
        (IMAGE + b"\0", "must be .* bytes as its header says, got"),
        (b"\0" * 4096, "must start with magic 0x4e434748, got 0x00000000"),
        (IMAGE[:300] + b"\xff" + IMAGE[301:], "CRC must be .*: the file is damaged"),
    ],
)
def test_what_is_no_whole_program_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "a.hgcn").write_bytes(content)
    with pytest.raises(ProgramError, match=rf"program .*a\.hgcn: program {message}"):
        read_image(tmp_path / "a.hgcn")


def test_what_a_header_claims_is_not_allocated(tmp_path: Path) -> None:
    claims = with_words(IMAGE, {6: 0xFFFF_FFFF, 7: 0xFFFF_FFFF})
    (tmp_path / "a.hgcn").write_bytes(claims)
    tracemalloc.start()
    with pytest.raises(ProgramError, match=f"must be 279172874176 bytes .* got {len(IMAGE)}"):
        read_image(tmp_path / "a.hgcn")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 64 << 20


def test_an_endless_file_is_refused_at_its_header() -> None:
    with pytest.raises(ProgramError, match="program /dev/zero: program must start with magic"):
        read_image("/dev/zero")


@pytest.mark.parametrize("name", ["none.hgcn", ".", "a\nb.hgcn"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(ProgramError, match=r"cannot read program .*: (No such|Is a)") as caught:
        read_image(tmp_path / name)
    assert str(caught.value).isprintable()


def test_a_program_is_known_by_its_name_or_its_beginning(tmp_path: Path) -> None:
    (tmp_path / "renamed.bin").write_bytes(IMAGE)
    (tmp_path / "other.bin").write_bytes(b"HGC")
    (tmp_path / "empty").write_bytes(b"")
    assert is_program("missing.hgcn") and is_program(tmp_path / "renamed.bin")
    for name in ("other.bin", "empty", "missing", ".", "digits", "a\0b"):
        assert not is_program(tmp_path / name)


def test_a_pipe_is_left_alone(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert not is_program(tmp_path / "pipe")
