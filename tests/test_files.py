# SPDX-License-Identifier: Apache-2.0
"""Files appear whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hgcn.errors import ModelError, ProgramError
from hgcn.files import check_writable, write_whole


def test_a_file_is_written_and_replaced_and_leaves_nothing_beside(tmp_path: Path) -> None:
    file = tmp_path / "program.hgcn"
    for content in (b"one", b"two"):
        write_whole(file, content, ProgramError)
        assert file.read_bytes() == content
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_that_cannot_be_replaced_leaves_nothing_beside(tmp_path: Path) -> None:
    target = tmp_path / "folder"
    (target / "inside").mkdir(parents=True)
    with pytest.raises(ModelError, match=r"cannot write .*folder: "):
        write_whole(target, b"x", ModelError)
    assert list(tmp_path.iterdir()) == [target]


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    target = tmp_path / "none" / "file"
    with pytest.raises(ProgramError, match=r"cannot write .*file: No such file or directory"):
        write_whole(target, b"x", ProgramError)
    with pytest.raises(ProgramError, match=r"cannot write .*file: there is no folder .*none"):
        check_writable(target, ProgramError)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ProgramError, match="it is a folder"):
        check_writable(tmp_path, ProgramError)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(ProgramError, match="is read-only"):
        check_writable(tmp_path / "file", ProgramError)
    tmp_path.chmod(0o700)


def test_a_place_that_can_be_written_is_left_alone(tmp_path: Path) -> None:
    check_writable(tmp_path / "file", ProgramError)
    assert not list(tmp_path.iterdir())
