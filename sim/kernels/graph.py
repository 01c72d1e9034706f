# SPDX-License-Identifier: Apache-2.0
"""Builds a device's AI Engine graph with g++ and the stand-in, and runs it on PLIO beats."""

from __future__ import annotations

import hashlib
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hgcn.arch.device import Device
from hgcn.emit.aie_graph import aie_files
from hgcn.errors import BackendError
from hgcn.toolchain import compiler_identity, cxx_compiler

from ..builds.cache import cached
from ..builds.locate import hardware_root

KERNELS = hardware_root() / "aie"
"""Kernels, graph and stand-in."""
FLAGS = ("-std=c++20", "-O1", "-Wall", "-Wextra", "-Werror")
SOURCES = ("hgcn_graph.cpp", "hgcn_kernels.cc")

Lines = dict[str, list[str]]
"""Beats of each PLIO, in order: ``<tlast> <tdata, 32 hex digits>``."""


@dataclass(frozen=True)
class HostGraph:
    """A built graph.

    Attributes
    ----------
    program : Path
        The executable; see hw/aie/shim/host/run.cc.
    """

    program: Path

    def run(
        self,
        beats: Iterable[str],
        *,
        depth: int | None = None,
        seed: int | None = None,
        in_order: bool = False,
        timeout_seconds: float = 600,
    ) -> Lines:
        """Feed ``<plio> <tlast> <tdata>`` lines to the graph; return what its outputs gave.

        Parameters
        ----------
        depth : int, optional
            Words a stream holds between two kernels.
        seed : int, optional
            Ports stall at random.
        in_order : bool
            Beats enter in the order given, over all ports; else each port goes ahead alone.

        Raises
        ------
        BackendError
            If the kernels block with beats left, or end in the middle of a packet; the message says
            what each of them waits for.
        """
        options = ["--in-order"] if in_order else []
        for name, value in (("depth", depth), ("seed", seed)):
            options += [] if value is None else [f"--{name}", str(value)]
        with tempfile.TemporaryDirectory() as folder:
            given, made = Path(folder) / "in.txt", Path(folder) / "out.txt"
            given.write_text("".join(f"{line}\n" for line in beats))
            command = [str(self.program), *options, str(given), str(made)]
            done = _run(command, timeout_seconds)
            if done.returncode:
                raise BackendError(f"the graph ended with {done.returncode}: {done.stderr.strip()}")
            return by_port(made.read_text().splitlines())

    def budget(self) -> dict[str, str]:
        """Return the hand counts of kernels/budget.h for this device, by name."""
        done = _run([str(self.program.with_name("budget"))], 60)
        return dict(line.split("=", 1) for line in done.stdout.splitlines())

    def listing(self) -> list[tuple[str, str, int, int]]:
        """Return (kind, name, column, row) of every kernel and PLIO of the graph."""
        done = _run([str(self.program), "--list"], 60)
        if done.returncode:
            raise BackendError(f"faulty graph: {done.stderr.strip()}")
        rows = [line.split(",") for line in done.stdout.splitlines()]
        return [(kind, name, int(column), int(row)) for kind, name, column, row in rows]


def _run(command: Sequence[str], timeout_seconds: float) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command, capture_output=True, text=True, timeout=timeout_seconds, check=False
        )
    except subprocess.TimeoutExpired as late:
        raise BackendError(f"{command[0]} ran into its limit of {timeout_seconds} s") from late


def compile_cxx(command: Sequence[str]) -> None:
    """Run the C++ compiler with the project's flags and the stand-in's headers.

    Raises
    ------
    BackendError
        With the compiler's messages.
    """
    done = _run([cxx_compiler(), *FLAGS, *command], 600)
    if done.returncode:
        raise BackendError(f"the graph does not compile:\n{done.stderr.strip()[-4000:]}")


def build(device: Device, *, root: Path = KERNELS) -> HostGraph:
    """Build the graph of ``device``; the same content is built once.

    Parameters
    ----------
    root : Path
        ``hw/aie``, or a changed copy of it.
    """
    texts = aie_files(device)
    sources = sorted(path for kind in ("*.h", "*.hpp", "*.cc") for path in root.rglob(kind))
    stand_in = {
        str(path.relative_to(root)): path.read_text()
        for path in sources
        if path.is_relative_to(root / "shim")
    }
    everything = {str(path.relative_to(root)): path.read_text() for path in sources} | texts
    shim = f"-I{root / 'shim'}"

    def make_runner(work: Path) -> None:
        compile_cxx([shim, "-c", "-o", str(work / "run.o"), str(root / "shim/host/run.cc")])

    runner = cached(_name("aie-run", stand_in), make_runner)[0] / "run.o"

    def make_graph(work: Path) -> None:
        for name, text in texts.items():
            (work / name).write_text(text)
        includes = [f"-I{work}", f"-I{root}", shim]
        units = [str(work / name) for name in SOURCES]
        compile_cxx([*includes, "-o", str(work / "graph"), *units, str(runner)])
        compile_cxx([*includes, "-o", str(work / "budget"), str(root / "shim/host/budget.cc")])

    folder, _ = cached(_name(f"aie-{device.name}", everything), make_graph)
    return HostGraph(folder / "graph")


def _name(label: str, texts: Mapping[str, str]) -> str:
    """Return a name for what these texts, this compiler and these flags make."""
    digest = hashlib.sha256(" ".join([compiler_identity(cxx_compiler()), *FLAGS]).encode())
    for name, text in sorted(texts.items()):
        digest.update(f"{name} {len(text)}\n{text}".encode())
    return f"{label}-{digest.hexdigest()[:20]}"


def by_port(lines: Iterable[str]) -> Lines:
    """Sort ``<plio> <tlast> <tdata>`` lines by port."""
    ports: Lines = {}
    for line in lines:
        name, beat = line.split(" ", 1)
        ports.setdefault(name, []).append(beat)
    return ports
