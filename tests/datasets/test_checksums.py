# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from hgcn.datasets.checksums import FILES, RemoteFile
from hgcn.errors import DatasetError


def _remote(digest: str, size: int | None = None) -> RemoteFile:
    return RemoteFile(name="f", url="https://example.org/f", size_bytes=size, digest=digest)


def test_addresses_are_https_at_a_fixed_commit() -> None:
    assert len(FILES) == 33
    for name, file in FILES.items():
        assert file.name == name
        assert file.url.startswith("https://")
        assert file.url.endswith("/" + name)
        assert len(file.digest) in (40, 64)


def test_published_files_pass(data_folder: Path) -> None:
    for path in sorted((data_folder / "planetoid").glob("ind.*")):
        FILES[path.name].check(path)
    original = data_folder / "original" / "heterophilous" / "tolokers.npz"
    if original.is_file():
        FILES["tolokers.npz"].check(original)


def test_a_git_blob_id_covers_size_and_content(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"hello\n")
    _remote("ce013625030ba8dba906f756967f9e9ca394464a", 6).check(tmp_path / "f")
    with pytest.raises(DatasetError, match=f"Git blob id must be {'0' * 40}, got ce0136"):
        _remote("0" * 40).check(tmp_path / "f")


def test_size_comes_before_digest(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"hello\n")
    digest = hashlib.sha256(b"hello\n").hexdigest()
    _remote(digest, 6).check(tmp_path / "f")
    with pytest.raises(DatasetError, match="f: must have 7 bytes, got 6"):
        _remote(digest, 7).check(tmp_path / "f")
    with pytest.raises(DatasetError, match=f"SHA-256 must be {'0' * 64}, got {digest}"):
        _remote("0" * 64, 6).check(tmp_path / "f")


def test_a_pipe_in_a_files_place_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "f")
    with pytest.raises(DatasetError, match="f: is no regular file"):
        _remote("0" * 40).check(tmp_path / "f")
