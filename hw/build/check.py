# SPDX-License-Identifier: Apache-2.0
"""Checks the board builds without vendor tools: ``make -C hw/build check``.

The Tcl runs against a recording stand-in for Vivado's commands; names, registers, addresses, clocks
and PLIO are compared with RTL, RDL and preset. Nothing here was run with AMD's tools.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from hgcn.arch.device import Device
from hgcn.arch.presets import PRESETS
from hgcn.arch.resolve import DEVICE_HELP, device_argument
from hgcn.emit.aie_graph import aie_files
from hgcn.errors import BackendError, SpecError

from . import commands, rules
from .boards import BOARDS, Board, board
from .boundary import boundary
from .connectivity import generated_config
from .contract import CORES
from .dryrun.golden import GENERATIONS
from .dryrun.interpreter import available
from .dryrun.session import Build, Session
from .elaborate import elaborate
from .generate import HARDWARE

Result = tuple[str, list[str] | None]
"""What was checked, and the problems; None if it could not be checked here."""


def _guard(rule: Callable[[], list[str]]) -> list[str]:
    try:
        return rule()
    except (BackendError, SpecError, OSError) as error:
        return [str(error)]


def _runs(build: Callable[[str], Build], generation: str) -> list[str]:
    build(generation)
    return []


def port_results(hardware: Path, own: Device | None = None) -> Iterator[Result]:
    """Compare RTL and wrappers with the contract, for every preset or only for ``own``."""
    devices = list(PRESETS.values()) if own is None else [own]
    for name in CORES:
        problems = []
        for device in devices:
            problems += _guard(partial(rules.rtl_ports, name, device, hardware))
            problems += _guard(partial(rules.wrapper_ports, name, device))
        whose = "all presets" if own is None else own.name
        yield f"ports of {name} in RTL, contract and wrapper, {whose}", problems


def build_results(build: Build, target: Board, hardware: Path) -> Iterator[Result]:
    """Apply every rule to what the scripts of a target did."""
    title = f"{target.name}{' on golden ' + build.generation if build.generation else ''}"
    yield (
        f"{title}: packaged interfaces",
        _guard(lambda: rules.packaged_interfaces(build, target)),
    )
    yield f"{title}: register map", _guard(lambda: rules.register_map(build, target, hardware))
    if build.project is not None:
        yield f"{title}: addresses", _guard(lambda: rules.addresses(build, target))
        yield f"{title}: clocks and resets", _guard(lambda: rules.clocks(build, target))
        if build.generation:
            yield f"{title}: subset of the golden boundary", _guard(lambda: boundary(build))
        yield f"{title}: interrupt", _guard(lambda: rules.interrupt(build))


def target_results(target: Board, hardware: Path, shell: str | None) -> Iterator[Result]:
    """Run the scripts of a target, and check what they did."""
    generations = GENERATIONS if target.name == "vck190-pynq" else ("",)
    with tempfile.TemporaryDirectory(prefix="hgcn-build-") as folder:
        session: list[Session] = []
        for generation in generations:
            built: list[Build] = []

            def run(generation: str = generation, built: list[Build] = built) -> list[str]:
                if not session:
                    session.append(Session(target, Path(folder), hardware=hardware, shell=shell))
                built.append(session[0].build(generation))
                return []

            yield f"{target.name} {generation}".strip() + ": Tcl runs", _guard(run)
            for build in built:
                yield from build_results(build, target, hardware)
        if target.name == "vck190-pynq" and session:
            yield (
                "vck190-pynq with AI Engines (experimental): platform Tcl runs",
                _guard(partial(_runs, session[0].platform, "noc_pl")),
            )


def plio_results(hardware: Path) -> Iterator[Result]:
    """Compare the AI Engine side's generated files with the wrapper, for every preset."""
    problems = []
    found = 0
    for device in PRESETS.values():
        configuration = generated_config(hardware / "generated" / device.name)
        graph = hardware / "generated" / device.name / "hgcn_graph.h"
        if configuration is None or not graph.is_file():
            continue
        found += 1
        texts = configuration.read_text(), graph.read_text()
        problems += _guard(partial(rules.plio, device, *texts))
    title = f"PLIO names in wrapper, link configuration and graph, {found} presets"
    yield title, problems if found else None


def own_plio_results(own: Device) -> Iterator[Result]:
    """Compare the AI Engine side that is written for a device with its wrapper."""

    def compare() -> list[str]:
        texts = aie_files(own)
        return rules.plio(own, texts["system.cfg"], texts["hgcn_graph.h"])

    yield f"PLIO names in wrapper, link configuration and graph, {own.name}", _guard(compare)


def targets(own: Device | None = None) -> list[Board]:
    """Return the build targets; with a device of one's own, those for its part, with it."""
    if own is None:
        return list(BOARDS.values())
    return [board(name, own) for name, item in BOARDS.items() if item.device.part == own.part]


def results(
    hardware: Path, shell: str | None = None, *, lint: bool = True, own: Device | None = None
) -> Iterator[Result]:
    """Run every check, of every target and preset or only of a device of one's own."""
    yield from port_results(hardware, own)
    if shell is None and available() is None:
        yield "Tcl scripts: neither Python's Tcl nor tclsh is here", None
    else:
        for target in targets(own):
            yield from target_results(target, hardware, shell)
    yield from plio_results(hardware) if own is None else own_plio_results(own)
    yield from commands.results()
    if lint:
        yield from elaborate(hardware, targets(own))


def main() -> int:
    """Command line; the number of failed checks decides the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--hardware", type=Path, default=HARDWARE, help="the hw folder to check")
    parser.add_argument("--tclsh", help="run the Tcl with this shell")
    parser.add_argument("--no-lint", action="store_true", help="leave out Verilator")
    parser.add_argument("--device", type=device_argument, help=f"only this. {DEVICE_HELP}")
    arguments = parser.parse_args()
    failed = 0
    lint, own = not arguments.no_lint, arguments.device
    for title, problems in results(arguments.hardware, arguments.tclsh, lint=lint, own=own):
        verdict = "skipped" if problems is None else "FAILED" if problems else "ok"
        sys.stdout.write(f"{verdict:8}{title}\n")
        if problems:
            failed += 1
            sys.stdout.write(rules.first(problems) + "\n")
    sys.stdout.write(f"{failed} failed. Not run with AMD's tools: Vivado, Vitis, bootgen.\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
