# SPDX-License-Identifier: Apache-2.0
"""`hgcn doctor`: what is installed, what each thing is for, how to get what is missing."""

from __future__ import annotations

import platform
import re
import shutil
import subprocess
from importlib import import_module, metadata
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from hgcn.arch.device import Device
from hgcn.arch.resolve import resolve_device
from hgcn.cli.app import app
from hgcn.cli.output import console
from hgcn.datasets.catalogue import CATALOGUE, DatasetInfo
from hgcn.datasets.folders import cache_folder, data_folders, find_local
from hgcn.errors import BackendError
from hgcn.execution.backend import available, backend, summary
from hgcn.extras import how_to_install
from hgcn.toolchain import tool_report

_BASE = "everything"
_PACKAGES = (
    ("numpy", _BASE, how_to_install()),
    ("scipy", _BASE, how_to_install()),
    ("numba", _BASE, how_to_install()),
    ("torch", "hgcn train", how_to_install("train")),
    ("matplotlib", "plots, notebooks", how_to_install("explore")),
    ("networkx", "graphs from NetworkX", how_to_install("explore")),
    ("pynq", "running on a board", f"{how_to_install('board')}, on the board"),
)
_VERDICTS = {True: ("ok", "green"), False: ("FAULT", "red"), None: ("-", "yellow")}
_PROGRAMS = (
    ("make", "make demo, make test", "apt install make"),
    ("perl", "Verilator from a system package", "apt install perl"),
)


@app.command()
def doctor(
    board: Annotated[
        bool,
        typer.Option("--board", help="Test the board: overlay, memory, one known inference."),
    ] = False,
    virtual_board: Annotated[
        str | None,
        typer.Option(
            "--virtual-board", metavar="DEVICE", help="Test the virtual board of a device instead."
        ),
    ] = None,
    device: Annotated[
        str | None,
        typer.Option(
            "--device",
            "-d",
            help="With --board: the device its accelerator was built from, if it is no preset.",
        ),
    ] = None,
) -> None:
    """Show what is installed, what each thing is for, how to get what is missing, and local data.

    Nothing is installed or changed. Only the first four rows are needed for
    [bold]hgcn run digits[/]; the RTL needs Verilator, a C++ compiler and cocotb.
    """
    out = console()
    if board or virtual_board is not None:
        virtual = None if virtual_board is None else resolve_device(virtual_board)
        _board(out, virtual, None if device is None else resolve_device(device))
        return
    for table in (_tools(), _backends(), _datasets()):
        out.print(table)
        out.print()


def _board(out: Console, virtual: Device | None, device: Device | None) -> None:
    """Print each finding as it comes, then raise the first fault."""
    try:
        # Looked at by the package that drives the board; hgcn itself knows none.
        check = import_module("hgcn_host.check")
    except ImportError as fault:
        raise BackendError(f"testing a board needs a package that is missing: {fault}") from None
    findings = []
    for item in check.check_board(virtual, device=device):
        findings.append(item)
        word, colour = _VERDICTS[item.good]
        line = Text.assemble(f"{item.name:12s} ", (f"{word:6s}", colour), item.text)
        out.print(line, soft_wrap=True)
    failed = check.first_fault(findings)
    if failed is not None:
        raise failed


def _table(title: str, *headings: str) -> Table:
    table = Table(title=title, title_justify="left", box=None, padding=(0, 2, 0, 0))
    for heading in headings:
        table.add_column(heading)
    return table


def _tools() -> Table:
    table = _table("tools", "name", "found", "needed for", "how to get it")
    rows: list[tuple[str, str | None, str, str]] = [
        ("python", platform.python_version(), _BASE, "python.org, 3.10 to 3.13")
    ]
    rows += [(name, _version(name), why, how) for name, why, how in _PACKAGES]
    rows += tool_report()
    rows += [(name, _program_version(name), why, how) for name, why, how in _PROGRAMS]
    for name, found, why, how in rows:
        verdict = Text("missing", "yellow") if found is None else Text(found, "green")
        table.add_row(name, verdict, Text(why), Text("" if found else how))
    return table


def _backends() -> Table:
    table = _table("backends", "name", "state", "what it is")
    for name in available():
        try:
            table.add_row(name, Text("ready", "green"), Text(summary(backend(name))))
        except BackendError as fault:
            table.add_row(name, Text(str(fault), "yellow"))
    return table


def _datasets() -> Table:
    table = _table("data sets", "name", "where")
    for info in CATALOGUE.values():
        table.add_row(info.name, _where(info))
    return table


def _where(info: DatasetInfo) -> Text:
    if info.name == "digits":
        return Text("inside the package", "green")
    for folder in (*data_folders(None), cache_folder()):
        found = find_local(info, folder)
        if found is not None:
            return Text(str(found), "green")
    if info.remote:
        return Text("not here: downloaded when first used, or set HGCN_DATA to a folder of copies")
    return Text(f"not here: put {' or '.join(info.local_names)} into the folder HGCN_DATA names")


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _program_version(name: str) -> str | None:
    path = shutil.which(name)
    if path is None:
        return None
    try:
        done = subprocess.run(
            [path, "--version"], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r"\d+(\.\d+)+", done.stdout)
    return found[0] if found else "present"
