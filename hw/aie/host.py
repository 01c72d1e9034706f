# SPDX-License-Identifier: Apache-2.0
"""Builds a device's AI Engine graph with g++ and the stand-in, and runs it on PLIO beats.

``python -m hgcn_hw.aie.host tiny capture.txt`` replays a capture of hgcn_plio_capture.sv: the A
and B beats go in, the C beats that come out are compared with those of the capture.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hgcn.arch.device import Device
from hgcn.arch.presets import device as preset
from hgcn.emit.aie_graph import aie_files
from hgcn.errors import BackendError
from hgcn.toolchain import compiler_identity, cxx_compiler

HERE = Path(__file__).resolve().parent
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


def build(device: Device, cache: Path, *, root: Path = HERE) -> HostGraph:
    """Build the graph of ``device``; the same content is built once.

    Parameters
    ----------
    cache : Path
        Folder the builds are kept in.
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

    runner = _cached(cache, "aie-run", stand_in, make_runner) / "run.o"

    def make_graph(work: Path) -> None:
        for name, text in texts.items():
            (work / name).write_text(text)
        includes = [f"-I{work}", f"-I{root}", shim]
        units = [str(work / name) for name in SOURCES]
        compile_cxx([*includes, "-o", str(work / "graph"), *units, str(runner)])
        compile_cxx([*includes, "-o", str(work / "budget"), str(root / "shim/host/budget.cc")])

    return HostGraph(_cached(cache, f"aie-{device.name}", everything, make_graph) / "graph")


def _cached(
    cache: Path, label: str, texts: Mapping[str, str], make: Callable[[Path], None]
) -> Path:
    """Return the folder ``make`` has filled for these texts, compiler and flags."""
    digest = hashlib.sha256(" ".join([compiler_identity(cxx_compiler()), *FLAGS]).encode())
    for name, text in sorted(texts.items()):
        digest.update(f"{name} {len(text)}\n{text}".encode())
    folder = cache / f"{label}-{digest.hexdigest()[:20]}"
    if folder.exists():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix="tmp-aie-", dir=cache))
    try:
        make(work)
        if not folder.exists():  # Another process may have been faster
            work.rename(folder)
    except OSError:
        if not folder.exists():
            raise
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return folder


def by_port(lines: Iterable[str]) -> Lines:
    """Sort ``<plio> <tlast> <tdata>`` lines by port."""
    ports: Lines = {}
    for line in lines:
        name, beat = line.split(" ", 1)
        ports.setdefault(name, []).append(beat)
    return ports


def read_capture(text: str, device: Device) -> tuple[list[str], Lines]:
    """Return a capture's beats to the array, in order, and those from it, by port."""
    columns = device.sta_cols
    sent: list[str] = []
    got: list[str] = []
    for line in text.splitlines():
        match = re.fullmatch(r"([ABC]) +(\d+) ([01]) ([0-9a-f]{32})", line)
        if match is None:
            raise BackendError(f"not a line of a PLIO capture: {line!r}")
        port, index = match[1].lower(), int(match[2])
        place = str(index) if port == "a" else f"{index // columns}_{index % columns}"
        beat = f"plio_{port}_{place} {match[3]} {match[4]}"
        (got if port == "c" else sent).append(beat)
    return sent, by_port(got)


def differences(got: Lines, want: Lines) -> list[str]:
    """Return a line for each port whose beats differ: the first place, and what is there."""
    found = []
    for name in sorted(got.keys() | want.keys()):
        mine, theirs = got.get(name, []), want.get(name, [])
        if mine != theirs:
            pairs = zip(mine, theirs, strict=False)
            places = (i for i, (a, b) in enumerate(pairs) if a != b)
            at = next(places, min(len(mine), len(theirs)))
            one, other = (beats[at] if at < len(beats) else "nothing" for beats in (mine, theirs))
            found.append(f"{name} beat {at}: got {one}, want {other}")
    return found


def main() -> int:
    """Command line: 0 if the packets are equal."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("device", help="preset")
    parser.add_argument("capture", type=Path, help="file of hgcn_plio_capture.sv")
    chosen = parser.parse_args()
    target = preset(chosen.device)
    sent, want = read_capture(chosen.capture.read_text(), target)
    with tempfile.TemporaryDirectory() as cache:
        got = build(target, Path(cache)).run(sent)
    wrong = differences(got, want)
    packets = sum(beat.startswith("1") for beats in want.values() for beat in beats)
    print("\n".join(wrong) or f"{packets} C packets on {len(want)} ports, all equal")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
