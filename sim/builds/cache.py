# SPDX-License-Identifier: Apache-2.0
"""What is built once and kept: found whole, or made; never a part of it, never a damaged one."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from hgcn.errors import BackendError

from .locate import cache_root
from .scratch import HELD, scratch

CONTENTS = "contents.json"
"""Names the files of a finished folder and their SHA-256."""

_KEEP = 200
"""Folders kept; the longest unused go when a new one is made."""

_sound: dict[tuple[str, int, int, int], str] = {}
"""Digests by path, inode, size and time of change: a process reads each file once."""


def cached(
    name: str, make: Callable[[Path], None], starting: Callable[[], None] | None = None
) -> tuple[Path, bool]:
    """Return the folder called ``name`` of the cache, and whether it was there.

    Safe with several processes: one makes it, the others wait for it. A folder whose files are not
    what they were when they were made is made again, with a warning.

    Parameters
    ----------
    name : str
        Unique for what is in it.
    make : callable
        Fills an empty folder.
    starting : callable, optional
        Called before that.

    Raises
    ------
    BackendError
        If it cannot be made; the message of a full disk or a read-only cache is one line.
    """
    folder = cache_root() / name
    if damage(folder) is None:
        with suppress(OSError):  # A read-only cache works, it only cannot note the use
            os.utime(folder)
        return folder, True
    try:
        with _locked(name):
            fault = damage(folder)
            if fault is None:
                return folder, True
            # Without its list it was never finished, or is an earlier version's: no news.
            if (folder / CONTENTS).exists():
                warnings.warn(f"{folder} {fault}: it is made again", RuntimeWarning, stacklevel=2)
            if starting is not None:
                starting()
            with scratch("tmp-", cache_root()) as work:
                make(work)
                _seal(work)
                _replace(folder, work)
    except OSError as error:
        raise BackendError(
            f"{folder} cannot be made: {error.strerror or error}; set HGCN_BUILD to a folder "
            "with room that can be written to"
        ) from None
    _prune()
    return folder, False


def damage(folder: Path) -> str | None:
    """Return what is wrong with a finished folder, None if it is whole."""
    try:
        contents: dict[str, str] = json.loads((folder / CONTENTS).read_text())
        for name, digest in contents.items():
            if _digest(folder / name) != digest:
                return f"has a damaged file ({name})"
    except FileNotFoundError as fault:
        return f"lacks {Path(fault.filename).name}"
    except (OSError, ValueError, AttributeError, TypeError):
        return f"has a damaged file ({CONTENTS})"
    return None


def _digest(path: Path) -> str:
    status = path.stat()
    key = (str(path), status.st_ino, status.st_size, status.st_mtime_ns)
    if key not in _sound:
        _sound[key] = hashlib.sha256(path.read_bytes()).hexdigest()
    return _sound[key]


def _seal(folder: Path) -> None:
    (folder / HELD).unlink(missing_ok=True)
    files = sorted(path for path in folder.iterdir() if path.is_file())
    (folder / CONTENTS).write_text(json.dumps({path.name: _digest(path) for path in files}))


def _replace(folder: Path, work: Path) -> None:
    if folder.exists():
        # Away first: whoever runs from it keeps its files, nobody finds half of it.
        old = work.with_name(f"{work.name}-old")
        folder.rename(old)
        shutil.rmtree(old, ignore_errors=True)
    work.rename(folder)


@contextmanager
def _locked(name: str) -> Iterator[None]:
    """Hold the cache's lock called ``name``; released by the system if the process dies."""
    with (cache_root() / f"{name}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _prune() -> None:
    with suppress(OSError):
        marks = (CONTENTS, "simulator")  # The latter in what earlier versions built
        folders = [
            path for path in cache_root().iterdir() if any((path / mark).exists() for mark in marks)
        ]
        folders.sort(key=lambda path: path.stat().st_mtime, reverse=True)
        for old in folders[_KEEP:]:
            shutil.rmtree(old, ignore_errors=True)
            (cache_root() / f"{old.name}.lock").unlink(missing_ok=True)
