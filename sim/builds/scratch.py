# SPDX-License-Identifier: Apache-2.0
"""Folders for the length of a job, and the sweeping of those that killed processes left."""

from __future__ import annotations

import fcntl
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from hgcn.errors import BackendError

HELD = ".held"
"""File in such a folder; its lock is held as long as the process that made it lives."""

_UNHELD_SECONDS = 3600.0
"""A folder without it may be about to get one; after an hour nobody is."""


@contextmanager
def scratch(prefix: str, where: Path | None = None) -> Iterator[Path]:
    """Make a folder that is gone after the block, and sweep what others left of this prefix.

    Parameters
    ----------
    prefix : str
        Begins its name.
    where : Path, optional
        By default the folder for temporary files (``TMPDIR``).

    Raises
    ------
    BackendError
        If it cannot be made.
    """
    try:
        root = Path(tempfile.gettempdir()) if where is None else where
        sweep(prefix, root)
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=root))
    except OSError as fault:
        place = "TMPDIR" if where is None else str(where)
        raise BackendError(f"no folder can be made in {place}: {fault.strerror or fault}") from None
    try:
        with _hold(folder):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _hold(folder: Path) -> IO[bytes]:
    """Return the open, locked file that keeps others from sweeping the folder."""
    unborn = folder / f"{HELD}-unborn"
    try:
        handle = unborn.open("wb")
        # Locked before it has its name: who finds it there must find it held.
        fcntl.flock(handle, fcntl.LOCK_EX)
        unborn.rename(folder / HELD)
    except OSError as fault:
        raise BackendError(f"cannot write to {folder}: {fault.strerror}") from None
    return handle


def sweep(prefix: str, where: Path) -> None:
    """Remove the folders of processes that are gone: those whose lock nobody holds."""
    for folder in where.glob(f"{prefix}*"):
        with suppress(OSError):  # Another user's, or another process sweeps, too
            if folder.is_symlink() or not folder.is_dir():
                continue
            if not (folder / HELD).exists():
                if time.time() - folder.stat().st_mtime > _UNHELD_SECONDS:
                    shutil.rmtree(folder, ignore_errors=True)
                continue
            with (folder / HELD).open("rb") as handle:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
