# SPDX-License-Identifier: Apache-2.0
"""Compiled functions, and when their machine code is made anew."""

from __future__ import annotations

import importlib.util
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from hgcn.jit import compiled, compiled_part, source_digest


def _triple(x: int) -> int:
    return 3 * x


@pytest.mark.parametrize("compile_it", [compiled, compiled_part])
def test_a_compiled_function_does_the_same(compile_it: type) -> None:
    assert compile_it(_triple)(14) == _triple(14)


def module(path: Path, source: str) -> ModuleType:
    """A module written and loaded now."""
    path.write_text(source, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def test_the_digest_changes_with_any_of_the_sources(tmp_path: Path) -> None:
    digests = set()
    for number, (first, second) in enumerate([("1", "1"), ("2", "1"), ("1", "2")]):
        one = module(tmp_path / f"one{number}.py", f"A = {first}\n")
        two = module(tmp_path / f"two{number}.py", f"B = {second}\n")
        digests |= {source_digest(one, two), source_digest(one, two)}
    assert len(digests) == 3


LOOP = """
import part
from hgcn.jit import compiled, source_digest

def _compile(sources):
    @compiled
    def loop():
        assert len(sources) > 0
        return part.value()
    return loop

print(_compile(source_digest(part))())
"""


def test_a_cached_loop_notices_a_change_in_another_module(tmp_path: Path) -> None:
    (tmp_path / "loop.py").write_text(LOOP, encoding="utf-8")
    printed = []
    for value in (1, 1, 2):
        (tmp_path / "part.py").write_text(
            "from hgcn.jit import compiled_part\n\n"
            f"@compiled_part\ndef value():\n    return {value}\n",
            encoding="utf-8",
        )
        for cached in tmp_path.glob("__pycache__/part*.pyc"):
            cached.unlink()  # Python's own cache goes by the second.
        done = subprocess.run(
            [sys.executable, "loop.py"], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        printed.append(int(done.stdout))
    assert printed == [1, 1, 2]
    assert list(tmp_path.glob("__pycache__/loop._compile*.nbi"))  # It was cached at all.


ADD = """
from hgcn.jit import compiled

@compiled
def add(a, b):
    return a + b

print(add(1, 2))
"""


def run_in(
    folder: Path, before: Callable[[], None] | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run ADD in a folder with nothing but these variables, and a home that cannot be one."""
    (folder / "add.py").write_text(ADD, encoding="utf-8")
    (folder / "no-home").touch()
    return subprocess.run(
        [sys.executable, "-B", "add.py"],
        cwd=folder,
        env={"HOME": str(folder / "no-home"), **environment},
        preexec_fn=before,
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_a_folder_to_write_to_nothing_is_cached(tmp_path: Path) -> None:
    # A file where the folder would be: no one can write there, root neither.
    (tmp_path / "__pycache__").touch()
    done = run_in(tmp_path)
    assert (done.returncode, done.stdout) == (0, "3\n"), done.stderr


def test_beside_a_read_only_source_the_user_s_cache_serves(tmp_path: Path) -> None:
    (tmp_path / "__pycache__").touch()
    done = run_in(tmp_path, XDG_CACHE_HOME=str(tmp_path / "cache"))
    assert (done.returncode, done.stdout) == (0, "3\n"), done.stderr
    assert list(tmp_path.glob("cache/**/*.nbi"))


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    def no_room() -> None:  # Files can be made, but hold nothing: like a full disk.
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))

    done = run_in(tmp_path, before=no_room)
    assert (done.returncode, done.stdout) == (0, "3\n"), done.stderr
    assert not list(tmp_path.glob("__pycache__/*.nbi"))


def test_without_numba_s_compiler_the_loops_are_python() -> None:
    code = (
        "import numpy as np, hgcn;"
        "graph = hgcn.graph.from_edges(4, [(0, 1), (1, 2)], features=np.eye(4));"
        "model = hgcn.GCN.random([4, 2]);"
        "program = hgcn.compile(model, graph);"
        "print(program.run().bit_exact, round(program.estimate().cycles), len(program.image))"
    )
    seen = []
    for disabled in ("0", "1"):
        environment = {**os.environ, "NUMBA_DISABLE_JIT": disabled}
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        seen.append(done.stdout)
    assert seen[0] == seen[1] and seen[0].startswith("True ")
