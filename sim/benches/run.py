# SPDX-License-Identifier: Apache-2.0
"""Runs the unit benches of a module: ``python -m hgcn_sim.benches.run fifo``.

Each case is a device and a parameter set; a bench that fails leaves its log, device file and, with
``--waves``, its waves in a folder that is named. Without a module the benches are listed.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from hgcn.arch.resolve import DEVICE_HELP, device_argument
from hgcn.errors import HgcnError

from ..builds.compile import has_fst
from ..runs.runner import run_bench
from .catalogue import Case, cases, entries


def run_case(case: Case, seed: int, waves: bool) -> bool:
    """Run a case and print what became of it; return whether it passed."""
    folder = Path(tempfile.mkdtemp(prefix=f"hgcn-{case.bench.name}-{case.device.name}-"))
    recorded = folder / ("waves.fst" if has_fst() else "waves.vcd") if waves else None
    done = run_bench(
        case.bench, case.device, case.parameters, seed=seed, work=folder, waves=recorded
    )
    verdict = "passed" if done.passed else "FAILED"
    kept = f", in {folder}" if waves or not done.passed else ""
    print(f"{case.name}: {verdict}, {len(done.tests)} tests in {done.seconds:.0f} s{kept}")
    if not done.passed:
        print(done.explain())
    elif not waves:
        shutil.rmtree(folder)
    return done.passed


def main() -> int:
    """Command line; the exit status is 1 if a case fails."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("module", nargs="?", help="of the RTL, such as hgcn_fifo or fifo")
    parser.add_argument("--case", default="", help="only cases whose name contains this")
    parser.add_argument("--device", type=device_argument, help=f"only on this. {DEVICE_HELP}")
    parser.add_argument("--seed", type=int, default=1, help="of all randomness (1)")
    parser.add_argument("--waves", action="store_true", help="record every signal")
    chosen = parser.parse_args()
    benches = [entry.bench for entry in entries()]
    if chosen.module is None:
        print("\n".join(sorted({bench.name.removeprefix("test_") for bench in benches})))
        return 0
    name = "test_" + chosen.module.removeprefix("hgcn_").removeprefix("test_")
    found = [
        case
        for bench in benches
        if bench.name == name
        for case in cases(bench, chosen.device)
        if chosen.case in case.name
    ]
    if not found:
        parser.error(f"no bench of {chosen.module!r} with such a case: see the list without one")
    try:
        # All of them, even if one fails: which do is what tells why.
        failed = sum(not run_case(case, chosen.seed, chosen.waves) for case in found)
        return 1 if failed else 0
    except HgcnError as fault:
        print(f"{chosen.module}: {fault}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
