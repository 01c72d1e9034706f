# SPDX-License-Identifier: Apache-2.0
"""One file tried in a process of its own, so that nothing it does outlives it."""

from __future__ import annotations

import faulthandler
import os
import resource
import signal
import traceback
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hgcn.errors import HgcnError

CPU_SECONDS = 5
MEMORY_BYTES = 1024**3
# A case that waits uses no processor time; a busy machine must not fail one that computes.
WALL_SECONDS = 120

# Fields of /proc/self/statm, in pages.
ADDRESS_SPACE, RESIDENT = 0, 1

READ, REFUSED, FAILED = "read", "refused", "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one file.

    Attributes
    ----------
    verdict : str
        ``read``, ``refused``, or ``failed``: anything that a reader must not do.
    detail : str
        The error's line, or how it failed.
    seconds : float
        Processor time.
    memory_bytes : int
        Most memory held beyond what the process had before.
    """

    verdict: str
    detail: str
    seconds: float
    memory_bytes: int


def run_case(
    read: Callable[[Path], object], path: Path, *, cpu_seconds: int = CPU_SECONDS
) -> Outcome:
    """Call ``read(path)`` in a forked process within the limits, and say what became of it."""
    answer, question = os.pipe()
    before = _memory_bytes(RESIDENT)
    with warnings.catch_warnings():
        # Newer Pythons warn where another thread lives; the child has this one only.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        os.close(answer)
        _limit(cpu_seconds)
        verdict, detail = _try(read, path)
        with os.fdopen(question, "wb") as pipe:
            pipe.write(f"{verdict}\n{detail}".encode(errors="backslashreplace"))
        os._exit(0)
    os.close(question)
    with os.fdopen(answer, "rb") as pipe:
        verdict, _, detail = pipe.read().decode().partition("\n")
    _, status, usage = os.wait4(child, 0)
    if os.WIFSIGNALED(status):
        name = signal.Signals(os.WTERMSIG(status)).name
        limits = {"SIGXCPU": f"over {cpu_seconds} s", "SIGALRM": f"waits over {WALL_SECONDS} s"}
        verdict, detail = FAILED, limits.get(name, f"the interpreter ended by {name}")
    elif not verdict:
        verdict, detail = FAILED, f"the interpreter ended with status {status}"
    return Outcome(
        verdict=verdict,
        detail=detail,
        seconds=usage.ru_utime + usage.ru_stime,
        memory_bytes=max(0, usage.ru_maxrss * 1024 - before),
    )


def _try(read: Callable[[Path], object], path: Path) -> tuple[str, str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            read(path)
    except HgcnError as error:
        if "\n" in str(error) or not str(error).isprintable():
            return FAILED, f"an error that is no printable line: {str(error)!r}"
        causes: BaseException | None = error
        while causes is not None:
            if isinstance(causes, MemoryError):
                return FAILED, f"over {MEMORY_BYTES} bytes"
            causes = causes.__cause__
        return REFUSED, str(error)
    except MemoryError:
        return FAILED, f"over {MEMORY_BYTES} bytes"
    except BaseException as error:
        place = traceback.extract_tb(error.__traceback__)[-1]
        line = (str(error).splitlines() or [""])[0][:200]
        where = f"{Path(place.filename).name}:{place.lineno}"
        return FAILED, f"{type(error).__name__} at {where}: {line}"
    return READ, ""


def _limit(cpu_seconds: int) -> None:
    faulthandler.disable()  # A crash is reported, not printed.
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(WALL_SECONDS)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds + 1))
    space = _memory_bytes(ADDRESS_SPACE) + MEMORY_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (space, space))


def _memory_bytes(which: int) -> int:
    """Return this process's address space or resident memory."""
    return int(Path("/proc/self/statm").read_text().split()[which]) * resource.getpagesize()
