# SPDX-License-Identifier: Apache-2.0
"""Starts compilers and simulators, none of which outlives this process."""

from __future__ import annotations

import errno
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from hgcn.errors import BackendError

DISK_ERRORS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""Nothing more can be written: the disk is full, or a limit is reached."""

_KEEPER = Path(__file__).with_name("keeper.py")
_END_SECONDS = 10.0
_LEAST_FREE_BYTES = 1 << 16

_ERROR_LINES = 40
_ERROR_MARKS = ("%Error", "%Warning", "error:", "multiple definition", "undefined reference")
_FULL_MARKS = (
    "No space left on device",
    "Disk quota exceeded",
    "File too large",
    "File size limit",
)


def run_kept(
    command: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    output: IO[bytes],
    timeout_seconds: float | None = None,
    remove: Path | None = None,
) -> int:
    """Run a command and return its exit status; 128 and more: a signal ended it.

    However this process ends, by SIGTERM, SIGHUP and SIGKILL too, the command and all it started
    end with it; so they do when an exception, Ctrl-C included, or the time limit ends the waiting.

    Parameters
    ----------
    command : sequence of str
    output : file
        Takes its standard output and standard error.
    timeout_seconds : float, optional
    remove : Path, optional
        A folder that goes when this process ends before the command.

    Raises
    ------
    subprocess.TimeoutExpired
        If it takes longer.
    BackendError
        If no process can be started.
    """
    keeper = [sys.executable, "-I", "-S", str(_KEEPER), str(remove or ""), *command]
    try:
        process = subprocess.Popen(
            keeper, cwd=cwd, env=dict(env), stdin=subprocess.PIPE, stdout=output, stderr=output
        )
    except OSError as fault:
        raise BackendError(f"{command[0]} cannot be started: {fault.strerror}") from None
    try:
        return process.wait(timeout_seconds)
    finally:
        if process.stdin is not None:
            process.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            process.wait(_END_SECONDS)


def run_tool(what: str, command: Sequence[str], cwd: Path, env: Mapping[str, str]) -> None:
    """Run ``command``; on failure raise `BackendError` with the lines that say why."""
    try:
        with tempfile.TemporaryFile() as file:
            status = run_kept(command, cwd=cwd, env=env, output=file)
            file.seek(0)
            text = file.read().decode(errors="replace")
    except OSError as fault:
        raise BackendError(f"{what} failed: {fault.strerror or fault}") from None
    if status == 0:
        return
    if disk_is_full(cwd) or any(mark in text for mark in _FULL_MARKS):
        raise BackendError(f"{what} failed: no space left in {cwd}")
    raise BackendError(f"{what} failed (exit {status}):\n{_tail(text)}")


def disk_is_full(folder: Path) -> bool:
    """Whether hardly anything can be written to ``folder`` any more."""
    try:
        return shutil.disk_usage(folder).free < _LEAST_FREE_BYTES
    except OSError:
        return False


def _tail(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.strip()]
    wanted = [line for line in lines if any(mark in line for mark in _ERROR_MARKS)]
    return "\n".join(wanted[:_ERROR_LINES] or lines[-_ERROR_LINES:])
