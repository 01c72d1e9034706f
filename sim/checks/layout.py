# SPDX-License-Identifier: Apache-2.0
"""Verible's layout of all SystemVerilog: ``python -m hgcn_sim.checks.layout [--write]``.

Columns of declarations, ports and assignments stay as they are aligned by hand; indents, spaces
and the rest are Verible's. Calls of the assertion macros are left alone: it breaks properties in
the middle of a system function.
"""

from __future__ import annotations

import argparse
import difflib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from hgcn.errors import BackendError, HgcnError
from hgcn.extras import how_to_install

from ..builds.locate import SIM, hardware_root

PROGRAM = "verible-verilog-format"
_ALIGNED = (
    "assignment_statement",
    "case_items",
    "class_member_variable",
    "distribution_items",
    "enum_assignment_statement",
    "formal_parameters",
    "module_net_variable",
    "named_parameter",
    "named_port",
    "port_declarations",
    "struct_union_members",
)
FLAGS = (
    "--column_limit=120",
    "--wrap_spaces=2",
    "--try_wrap_long_lines=false",
    *(f"--{name}_alignment=preserve" for name in _ALIGNED),
)
_OFF, _ON = "// verilog_format: off", "// verilog_format: on"


def find_formatter() -> Path | None:
    """Return Verible's formatter: that of this environment, else that on PATH."""
    own = Path(sys.executable).with_name(PROGRAM)
    found = str(own) if own.is_file() else shutil.which(PROGRAM)
    return None if found is None else Path(found)


def laid_out(text: str, program: Path) -> str:
    """Return SystemVerilog as it should be laid out.

    Raises
    ------
    BackendError
        If Verible does not take it.
    """
    done = subprocess.run(
        [str(program), *FLAGS, "-"],
        input="".join(_guarded(text.splitlines(keepends=True))),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise BackendError(f"{PROGRAM}: {done.stderr.strip()[-2000:]}")
    lines = done.stdout.splitlines(keepends=True)
    return "".join(line for line in lines if line.strip() not in (_OFF, _ON))


def _guarded(lines: list[str]) -> Iterator[str]:
    """Put calls of assertion macros between the comments that turn the formatter off."""
    depth = 0
    for line in lines:
        begins = depth == 0 and line.lstrip().startswith(("`HGCN_ASSERT", "`HGCN_ASSUME"))
        if begins:
            yield f"{_OFF}\n"
        yield line
        if begins or depth:
            depth += line.count("(") - line.count(")")
            if depth == 0:
                yield f"{_ON}\n"


def sources() -> list[Path]:
    """Return all SystemVerilog that is written by hand."""
    folders = (hardware_root() / "rtl", SIM)
    found = sorted(path for folder in folders for path in folder.rglob("*.sv"))
    return [path for path in found if "// Generated" not in path.read_text(encoding="utf-8")[:300]]


def differences(path: Path, program: Path) -> list[str]:
    """Return what would change in a file, as lines of a diff."""
    text = path.read_text(encoding="utf-8")
    wanted = laid_out(text, program).splitlines()
    name = path.name
    return list(difflib.unified_diff(text.splitlines(), wanted, name, name, lineterm="", n=0))


def main() -> int:
    """Command line; the exit status is 1 if a file is not as it should be."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--write", action="store_true", help="lay the files out")
    write = parser.parse_args().write
    program = find_formatter()
    if program is None:
        # There are builds for x86-64 Linux alone.
        print(f"layout: skipped, {PROGRAM} is missing: {how_to_install('dev')}")
        return 0
    wrong = 0
    for path in sources():
        try:
            found = differences(path, program)
        except HgcnError as fault:
            found = [f"{path.name}: {fault}"]
        if found and write:
            path.write_text(laid_out(path.read_text(encoding="utf-8"), program), encoding="utf-8")
            print(f"{path.name}: laid out")
        elif found:
            wrong += 1
            print("\n".join(found))
    print(f"layout: {wrong} of {len(sources())} files are not as Verible lays them out")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
