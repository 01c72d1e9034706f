# SPDX-License-Identifier: Apache-2.0
"""Files appear whole or not at all."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgcn.errors import ModelError, ProgramError
from hgcn.files import check_writable, file_stem, whole_file, write_whole


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


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o755, 0o400])
def test_a_replaced_file_keeps_its_permissions(tmp_path: Path, mode: int) -> None:
    file = tmp_path / "report.json"
    file.write_bytes(b"old")
    file.chmod(mode)
    seen = []
    with whole_file(file, ProgramError) as writing:
        seen = [stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob(".*.part")]
        writing.write(b"new")
    assert file.read_bytes() == b"new"
    assert stat.S_IMODE(file.stat().st_mode) == mode
    assert seen == [mode]  # Never more open than the file it replaces.


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files away")
def test_a_replaced_file_keeps_its_owner(tmp_path: Path) -> None:
    file = tmp_path / "report.json"
    file.touch()
    os.chown(file, 1234, 5678)
    write_whole(file, b"new", ProgramError)
    assert (file.stat().st_uid, file.stat().st_gid) == (1234, 5678)


@pytest.mark.parametrize("there", [True, False], ids=["target-exists", "dangling"])
def test_a_symbolic_link_stays_and_its_target_is_written(tmp_path: Path, there: bool) -> None:
    (tmp_path / "far").mkdir()
    target, link, second = tmp_path / "far" / "target", tmp_path / "link", tmp_path / "second"
    if there:
        target.write_bytes(b"old")
    link.symlink_to("far/target")
    second.symlink_to(link)
    check_writable(second, ProgramError)
    write_whole(second, b"new", ProgramError)
    assert link.is_symlink() and second.is_symlink() and not target.is_symlink()
    assert target.read_bytes() == b"new"
    assert [path.name for path in (tmp_path / "far").iterdir()] == ["target"]


def test_a_link_to_itself_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(ProgramError, match=r"cannot write .*loop: Too many levels"):
        check_writable(tmp_path / "loop", ProgramError)
    with pytest.raises(ProgramError, match=r"cannot write .*loop: Too many levels"):
        write_whole(tmp_path / "loop", b"x", ProgramError)


def test_a_pipe_stays_a_pipe_and_carries_the_content(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    check_writable(pipe, ProgramError)
    write_whole(pipe, b"through", ProgramError)
    reader.join(timeout=10)
    assert got == [b"through"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_device_stays_a_device() -> None:
    check_writable(Path(os.devnull), ProgramError)
    write_whole(Path(os.devnull), b"x", ProgramError)
    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_full_disk_is_one_line() -> None:
    with pytest.raises(ProgramError, match=r"^cannot write /dev/full: No space left on device$"):
        write_whole(Path("/dev/full"), b"x" * 100_000, ProgramError)


@given(st.text())
def test_a_name_decides_no_path(name: str) -> None:
    stem = file_stem(name)
    assert Path(stem).name == stem
    assert stem.isprintable()
    assert not stem.startswith((".", "-"))
    assert len(f"{stem}-{'x' * 10}.hgcn".encode()) <= 255


@given(st.from_regex(r"[a-z0-9][a-z0-9._-]{0,40}[a-z0-9]", fullmatch=True))
def test_a_plain_name_stays_as_it_is(name: str) -> None:
    assert file_stem(name) == name


def test_a_working_folder_that_is_gone_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    for write in (check_writable, lambda path, fault: write_whole(path, b"", fault)):
        with pytest.raises(ModelError, match=r"cannot write r\.json: "):
            write(Path("r.json"), ModelError)


def test_what_does_not_print_in_a_path_is_escaped(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"there is no folder .*no\\x1b\[2J$"):
        check_writable(tmp_path / "no\x1b[2J" / "file", ModelError)
