# SPDX-License-Identifier: Apache-2.0
"""What is kept is found whole or made again; killed builds leave nothing; read-only is enough."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest
from hgcn_sim.builds import cache
from hgcn_sim.builds.cache import CONTENTS, cached, damage

from hgcn.errors import BackendError


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HGCN_BUILD", str(tmp_path))
    return tmp_path


class Maker:
    def __init__(self) -> None:
        self.times = 0

    def __call__(self, folder: Path) -> None:
        self.times += 1
        (folder / "simulator").write_bytes(b"\x7fELF and more" * 1000)
        (folder / "libdram.so").write_bytes(b"library")


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100])


def empty(path: Path) -> None:
    path.write_bytes(b"")


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[3] ^= 1
    path.write_bytes(data)


def garble(path: Path) -> None:
    path.write_bytes(b"[1, 2]")


@pytest.mark.parametrize("name", ["simulator", "libdram.so", CONTENTS])
@pytest.mark.parametrize("harm", [cut, empty, flip, garble, Path.unlink])
def test_a_damaged_folder_is_made_again(
    root: Path, name: str, harm: Callable[[Path], None]
) -> None:
    maker = Maker()
    folder, found = cached("x", maker)
    assert not found and damage(folder) is None
    assert cached("x", maker) == (folder, True)
    whole = (folder / name).read_bytes()
    harm(folder / name)
    if name == "libdram.so" and harm is cut:
        (folder / name).write_bytes(b"lib")  # It is shorter than what cut leaves
    said = r"x (lacks|has a damaged file).*it is made again"
    quiet = name == CONTENTS and harm is Path.unlink  # As an earlier version left it
    with nullcontext() if quiet else pytest.warns(RuntimeWarning, match=said):
        again, found = cached("x", maker)
    assert again == folder and not found and maker.times == 2
    assert (folder / name).read_bytes() == whole
    assert cached("x", maker) == (folder, True)
    assert {path.name for path in root.iterdir()} == {"x", "x.lock"}


def test_what_cannot_be_made_leaves_nothing(root: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "part").touch()
        raise BackendError("a warning")

    with pytest.raises(BackendError, match="a warning"):
        cached("x", fail)
    assert {path.name for path in root.iterdir()} == {"x.lock"}


def test_a_full_disk_is_one_line(root: Path) -> None:
    def fail(folder: Path) -> None:
        Path("/dev/full").write_bytes(b"x")

    with pytest.raises(BackendError, match=r"^\S+ cannot be made: No space left .*HGCN_BUILD.*$"):
        cached("x", fail)


def test_what_a_killed_build_left_is_swept_by_the_next(root: Path) -> None:
    (root / "tmp-dead").mkdir()
    (root / "tmp-dead" / ".held").touch()
    cached("x", Maker())
    assert not (root / "tmp-dead").exists()


def test_a_read_only_cache_is_used_and_a_damaged_one_named(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, _ = cached("x", Maker())

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "utime", refuse)
    monkeypatch.setattr(cache, "_locked", refuse)
    assert cached("x", Maker()) == (folder, True)
    empty(folder / "simulator")
    with pytest.raises(BackendError, match=r"x cannot be made: Permission denied; set HGCN_BUILD"):
        cached("x", Maker())


def test_threads_make_it_once(root: Path) -> None:
    maker = Maker()
    found: list[Path] = []
    threads = [
        threading.Thread(target=lambda: found.append(cached("x", maker)[0])) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert found == [root / "x"] * 8 and maker.times == 1


def test_the_longest_unused_go(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_KEEP", 2)
    for age, name in ((3, "a"), (2, "b"), (1, "c")):
        folder, _ = cached(name, Maker())
        os.utime(folder, (1e9 - age, 1e9 - age))
    cached("d", Maker())
    assert {path.name for path in root.iterdir() if path.is_dir()} == {"c", "d"}
