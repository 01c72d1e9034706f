# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import os
from pathlib import Path

import pytest

from hgcn.errors import GraphError, SpecError
from hgcn.limits import COSTS, VARIABLE, allowed, check_allowed, size_of


@pytest.mark.parametrize("what", COSTS)
def test_a_larger_file_may_make_more(monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert 0 < allowed(what, 0) < allowed(what, 10**6) < allowed(what, 10**9)


def test_what_is_allowed_passes_and_one_more_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    most = allowed("nodes", 100)
    check_allowed("nodes", most, 100)
    with pytest.raises(GraphError, match=f"makes {most + 1} nodes, more than the {most} that a"):
        check_allowed("nodes", most + 1, 100)


def test_the_user_can_raise_and_lower_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "64000")
    check_allowed("nodes", 10**9, 100)
    monkeypatch.setenv(VARIABLE, "1")
    assert allowed("nodes", 10**9) == 1024**2 // COSTS["nodes"]


@pytest.mark.parametrize("stated", ["2G", "-1", "1.5", "9" * 30, "٣"])
def test_a_limit_is_a_whole_number(monkeypatch: pytest.MonkeyPatch, stated: str) -> None:
    monkeypatch.setenv(VARIABLE, stated)
    with pytest.raises(SpecError, match="HGCN_FILE_MIB must be a whole number of MiB"):
        allowed("nodes", 0)


def test_only_regular_files_have_a_size(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"123")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    os.mkfifo(tmp_path / "pipe")
    assert size_of(tmp_path / "file") == size_of(tmp_path / "link") == 3
    for name in (tmp_path / "pipe", tmp_path, Path("/dev/zero")):
        with pytest.raises(GraphError, match="is no regular file"):
            size_of(name)
