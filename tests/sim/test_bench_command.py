# SPDX-License-Identifier: Apache-2.0
"""`make bench MODULE=...`: one bench, and what is left of it when it fails."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hgcn_sim.benches.catalogue import entries


def bench(*words: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "hgcn_sim.benches.run", *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_without_a_module_the_benches_are_listed() -> None:
    names = {entry.bench.name.removeprefix("test_") for entry in entries()}
    assert bench().stdout.split() == sorted(names)


def test_a_module_without_a_bench_is_said() -> None:
    done = bench("flux")
    assert done.returncode == 2 and "no bench of 'flux'" in done.stderr


@pytest.mark.rtl
def test_a_bench_passes_and_leaves_its_waves() -> None:
    done = bench("hgcn_fifo", "--case", "Depth=1", "--waves", "--seed", 5)
    assert done.returncode == 0, done.stdout + done.stderr
    found = re.search(r"fifo-tiny-\S+Depth=1: passed, \d+ tests in \d+ s, in (.+)", done.stdout)
    assert found is not None
    left = {path.name for path in Path(found[1]).iterdir()}
    assert "device.toml" in left and any(name.startswith("waves.") for name in left)
