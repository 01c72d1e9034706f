# SPDX-License-Identifier: Apache-2.0
"""Runs a command that does not outlive its parent: ``python keeper.py FOLDER COMMAND ...``.

Standard input is a pipe whose other end the parent holds. When it closes, because the parent says
so or has ended in whatever way, SIGKILL too, the command and all it started are killed, and FOLDER,
unless that is empty, is removed. A script of its own, started without the user's packages: it must
be up in milliseconds.
"""

from __future__ import annotations

import os
import select
import shutil
import signal
import sys
from typing import NoReturn

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
_BY_SIGNAL = 128
"""Exit status of a command that a signal ended: this and its number, as shells have it."""


def _start(command: list[str]) -> int:
    """Start the command in a process group of its own; return its id."""
    child = os.fork()
    if child:
        return child
    try:
        os.setpgid(0, 0)
        # Python ignores some signals, and exec would hand that down.
        for number in (*_ENDING, signal.SIGPIPE, signal.SIGXFSZ, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.execvp(command[0], command)
    except OSError as fault:
        os.write(2, f"{command[0]}: {fault.strerror}\n".encode())
    os._exit(127)


def main(folder: str, command: list[str]) -> NoReturn:
    """Run ``command`` and exit with its status, or end it with the parent."""
    os.setpgid(0, 0)  # Ctrl-C in a terminal is the parent's to judge
    wake, woken = os.pipe()
    os.set_blocking(woken, False)
    signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
    for number in (signal.SIGCHLD, *_ENDING):
        signal.signal(number, lambda *_: None)
    child = _start(command)
    while True:
        ready, _, _ = select.select([0, wake], [], [])
        came = os.read(wake, 64) if wake in ready else b""
        found, status = os.waitpid(child, os.WNOHANG)
        if found:
            code = os.waitstatus_to_exitcode(status)
            os._exit(code if code >= 0 else _BY_SIGNAL - code)
        if 0 in ready or any(number in came for number in _ENDING):
            break
    try:
        os.killpg(child, signal.SIGKILL)
    except OSError:  # It has no group yet, or is gone
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    if folder:
        shutil.rmtree(folder, ignore_errors=True)
    os._exit(_BY_SIGNAL + signal.SIGKILL)


if __name__ == "__main__":
    # Not argparse: a command's own options follow, and a start takes milliseconds.
    if sys.argv[1:] in (["-h"], ["--help"]):
        print(f"usage: keeper.py FOLDER COMMAND ...\n\n{__doc__}")
    else:
        main(sys.argv[1], sys.argv[2:])
