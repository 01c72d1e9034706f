# SPDX-License-Identifier: Apache-2.0
"""Python's ``-O`` drops asserts: no check of what comes from outside, or of a limit, is one."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

TESTS = ("sim/benches",)
"""Folders of tests: they run with asserts, whatever the parent was started with."""

OWN_BUGS = {
    ("hgcn/cycles/steps.py", "len(sources) > 0"): "hands a value to the compiled loop",
    ("hgcn/isa/metadata.py", "plain.dtype.str in DTYPES"): "the compiler's own arrays",
    ("hw/build/dryrun/interpreter.py", "process.stdin and process.stdout and process.stderr"): (
        "pipes were asked for"
    ),
}
"""Asserts that are no narrowing of an optional, each with why it can only be our own bug."""


def _narrows(test: ast.expr) -> bool:
    """Whether all an assert says is that something is not None: what mypy cannot see."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        return all(map(_narrows, test.values))
    return (
        isinstance(test, ast.Compare)
        and isinstance(test.ops[0], ast.IsNot)
        and ast.unparse(test.comparators[0]) == "None"
    )


def test_asserts_are_for_our_own_bugs() -> None:
    found = set()
    for folder in ("hgcn", "sim", "host", "hw", "docs"):
        for path in (ROOT / folder).rglob("*.py"):
            name = path.relative_to(ROOT).as_posix()
            if name.startswith(TESTS):
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Assert) and not _narrows(node.test):
                    found.add((name, ast.unparse(node.test)))
    assert found == set(OWN_BUGS)


@pytest.mark.rtl
@pytest.mark.parametrize("how", ["variable", "option"])
def test_a_time_limit_holds_without_asserts(how: str) -> None:
    script = (
        "import hgcn\n"
        "graph = hgcn.datasets.load('digits')\n"
        "program = hgcn.compile(hgcn.GCN.load('digits'), graph, device='tiny')\n"
        "assert False, 'asserts are on'\n"
        "program.run('rtl', timeout_cycles=2000)\n"
    )
    options = ["-O"] if how == "option" else []
    environment = {**os.environ, "PYTHONOPTIMIZE": "1" if how == "variable" else ""}
    done = subprocess.run(
        [sys.executable, *options, "-c", script],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 1 and "BackendError" in done.stderr, done.stderr
    assert "no interrupt after" in done.stderr


@pytest.mark.rtl
def test_benches_run_with_asserts_whatever_their_parent_has(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from hgcn_sim.runs.runner import _cocotb_environment

    monkeypatch.setenv("PYTHONOPTIMIZE", "2")
    environment = _cocotb_environment("top", "module", tmp_path / "results.xml", 1)
    assert "PYTHONOPTIMIZE" not in environment
