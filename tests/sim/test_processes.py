# SPDX-License-Identifier: Apache-2.0
"""Simulators and compilers end with their parent, and leave no folder."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hgcn_sim.builds.process import run_kept, run_tool
from hgcn_sim.builds.scratch import HELD, scratch, sweep

from hgcn.errors import BackendError

ENDINGS = [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL, signal.SIGINT]

PARENT = """
import os, signal, sys
from pathlib import Path
from hgcn_sim.builds.process import run_kept
from hgcn_sim.builds.scratch import scratch
with scratch("hgcn-test-") as folder, open(os.devnull, "wb") as output:
    # A command with children of its own, as compilers have them.
    script = "sleep 300 & echo $! > kid; echo $$ > pid; touch ready; wait"
    run_kept(["sh", "-c", script], cwd=folder, env=os.environ, output=output, remove=folder)
"""


def eventually(holds: Callable[[], bool], seconds: float = 60.0) -> bool:
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def alive(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


PLAIN_SIGNALS = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
for number in (signal.SIGHUP, signal.SIGTERM):
    signal.signal(number, signal.SIG_DFL)
"""
"""Signals work as usual, also where the shell that started the tests ignores them."""


def started(script: str, temporary: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", PLAIN_SIGNALS + script],
        env={**os.environ, "TMPDIR": str(temporary)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@pytest.mark.parametrize("ending", ENDINGS, ids=lambda item: item.name)
def test_a_command_and_its_folder_end_with_the_parent(
    tmp_path: Path, ending: signal.Signals
) -> None:
    with started(PARENT, tmp_path) as parent:
        assert eventually(lambda: bool(list(tmp_path.glob("hgcn-test-*/ready"))))
        (folder,) = tmp_path.glob("hgcn-test-*")
        left = [int((folder / name).read_text()) for name in ("pid", "kid")]
        assert all(map(alive, left))
        parent.send_signal(ending)
        parent.wait(60)
    assert eventually(lambda: not any(map(alive, left)))
    assert eventually(lambda: not list(tmp_path.iterdir()))


@pytest.mark.rtl
@pytest.mark.parametrize("ending", ENDINGS, ids=lambda item: item.name)
def test_a_simulation_ends_with_its_parent(tmp_path: Path, ending: signal.Signals) -> None:
    script = (
        "import hgcn\n"
        "graph = hgcn.datasets.load('digits')\n"
        "program = hgcn.compile(hgcn.GCN.load('digits'), graph, device='tiny')\n"
        "program.run('rtl', stall_probability=0.99)\n"
    )
    with started(script, tmp_path) as parent:
        # The log begins when the simulator does.
        logs = "hgcn-job-*/simulation.log"
        assert eventually(lambda: any(path.stat().st_size > 0 for path in tmp_path.glob(logs)), 500)
        (folder,) = tmp_path.glob("hgcn-job-*")
        running = [
            int(path.parent.name)
            for path in Path("/proc").glob("[0-9]*/cmdline")
            if str(folder).encode() in _read(path)
        ]
        assert running
        parent.send_signal(ending)
        parent.wait(60)
    assert eventually(lambda: not any(map(alive, running)))
    assert eventually(lambda: not list(tmp_path.glob("hgcn-job-*")))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def run(command: list[str], folder: Path, **options: float) -> int:
    with (folder / "output").open("wb") as output:
        return run_kept(command, cwd=folder, env=os.environ, output=output, **options)


def test_status_and_output_are_the_commands(tmp_path: Path) -> None:
    assert run(["sh", "-c", "echo out; echo err >&2; exit 7"], tmp_path) == 7
    assert sorted((tmp_path / "output").read_text().split()) == ["err", "out"]
    assert run(["sh", "-c", "kill -SEGV $$"], tmp_path) == 128 + signal.SIGSEGV
    assert run(["sh", "-c", "kill -KILL $$"], tmp_path) == 128 + signal.SIGKILL
    assert run([str(tmp_path / "missing")], tmp_path) == 127
    # What Python ignores is not ignored by what it starts.
    assert run(["sh", "-c", "yes | head -1 > /dev/null; kill -PIPE $$"], tmp_path) == 141


def test_a_time_limit_ends_the_command(tmp_path: Path) -> None:
    script = "echo $$ > pid; sleep 300"
    with pytest.raises(subprocess.TimeoutExpired):
        run(["sh", "-c", script], tmp_path, timeout_seconds=1.0)
    assert eventually(lambda: not alive(int((tmp_path / "pid").read_text())))


def test_a_failing_tool_says_why_and_a_full_disk_in_one_line(tmp_path: Path) -> None:
    run_tool("nothing", ["true"], tmp_path, os.environ)
    script = "echo some words; echo 'x.cc:1: error: wrong'; exit 2"
    with pytest.raises(BackendError, match=r"^making x failed \(exit 2\):\nx.cc:1: error: wrong$"):
        run_tool("making x", ["sh", "-c", script], tmp_path, os.environ)
    script = "echo more; echo 'fatal error: error writing to x.s: No space left on device'; exit 1"
    with pytest.raises(BackendError, match=r"^making x failed: no space left in \S+$"):
        run_tool("making x", ["sh", "-c", script], tmp_path, os.environ)


def test_what_killed_processes_left_is_swept_and_what_is_held_is_not(tmp_path: Path) -> None:
    with scratch("job-", tmp_path) as mine:
        assert (mine / HELD).exists()
        dead, fresh, old = (tmp_path / f"job-{name}" for name in ("dead", "fresh", "old"))
        for folder in (dead, fresh, old):
            folder.mkdir()
        (dead / HELD).touch()
        (dead / "core").touch()
        os.utime(old, (1, 1))
        (tmp_path / "other").mkdir()
        (tmp_path / "job-link").symlink_to(tmp_path / "other")
        sweep("job-", tmp_path)
        names = {path.name for path in tmp_path.iterdir()}
        assert names == {mine.name, "job-fresh", "other", "job-link"}
    assert not mine.exists()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    with (
        pytest.raises(BackendError, match=r"no folder can be made in .*nowhere: No such file"),
        scratch("job-", tmp_path / "nowhere"),
    ):
        pass


@pytest.mark.rtl
def test_a_full_disk_is_one_line(tmp_path: Path) -> None:
    """A limit on the size of files stands for the disk: nothing larger can be written."""
    script = (
        "import hgcn, sys\n"
        "graph = hgcn.datasets.load('digits')\n"
        "program = hgcn.compile(hgcn.GCN.load('digits'), graph, device='tiny')\n"
        "import resource\n"
        "program.run('rtl')\n"
        "failed = 0\n"
        "for size in (0, 100, 3000, 30_000):\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))\n"
        "    try:\n"
        "        program.run('rtl')\n"
        "    except hgcn.errors.BackendError as fault:\n"
        "        failed += 1\n"
        "        if chr(10) in str(fault): sys.exit(f'{size}: {fault}')\n"
        "sys.exit(0 if failed == 4 else f'{failed} failed')\n"
    )
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] == resource.RLIM_INFINITY
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=900,
    )
    assert done.returncode == 0, done.stderr
