# SPDX-License-Identifier: Apache-2.0
"""Checks the benches: each must fail on each of its mutants (one edit of the RTL).

``python -m hgcn_sim.benches.mutants [--bench NAME] [--only TEXT] [--jobs N] [--device DEVICE]``;
exit 1 if a mutant survives or is stale.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from hgcn.arch.device import Device
from hgcn.arch.resolve import DEVICE_HELP, device_argument
from hgcn.errors import BackendError

from ..builds.locate import hardware_root
from ..runs.runner import Bench, Outcome, run_bench
from .catalogue import Mutant, cases, entries

TIMEOUT_SECONDS = 120
"""A mutant that hangs the bench is killed by this; benches have their own limits well below."""


@dataclass(frozen=True)
class Verdict:
    """Fate of one mutant: killed, survived, stale (text not found) or broken (does not build)."""

    bench: str
    mutant: Mutant
    fate: str
    why: str

    @property
    def good(self) -> bool:
        """Only a killed mutant is."""
        return self.fate == "killed"


def mutate(root: Path, mutant: Mutant) -> bool:
    """Apply ``mutant`` to the hardware copy at ``root``; return False if its text is not there."""
    name, old, new = mutant
    path = root / name.removeprefix("hw/")
    text = path.read_text() if path.exists() else ""
    if old not in text or old == new:
        return False
    path.write_text(text.replace(old, new, 1))
    return True


def _why(outcome: Outcome) -> str:
    if outcome.timed_out:
        return "time limit"
    if outcome.failed:
        return outcome.failed[0]
    return f"exit {outcome.exit_code}"


def try_mutant(bench: Bench, mutant: Mutant, device: Device | None = None) -> Verdict:
    """Run the bench on a mutated copy of the hardware until one of its cases fails.

    Its cases are those of its presets, or only of ``device``.
    """
    with tempfile.TemporaryDirectory(prefix="hgcn-mutant-") as name:
        root = Path(name) / "hw"
        for part in ("rtl", "regs"):
            shutil.copytree(hardware_root() / part, root / part)
        if not mutate(root, mutant):
            return Verdict(bench.name, mutant, "stale", "its text is not in the file")
        for case in cases(bench, device):
            try:
                outcome = run_bench(
                    bench,
                    case.device,
                    case.parameters,
                    root=root,
                    work=Path(name) / "run",
                    timeout_seconds=TIMEOUT_SECONDS,
                    lenient=True,
                )
            except BackendError as fault:
                return Verdict(bench.name, mutant, "broken", str(fault).splitlines()[-1])
            if not outcome.passed:
                return Verdict(bench.name, mutant, "killed", f"{case.name}: {_why(outcome)}")
    return Verdict(bench.name, mutant, "survived", "every case passed")


def try_all(
    pattern: str = "", only: str = "", jobs: int = 1, device: Device | None = None
) -> Iterator[Verdict]:
    """Try mutants, those of benches whose name contains ``pattern`` and whose text ``only``."""
    work = [
        (entry.bench, mutant)
        for entry in entries()
        if pattern in entry.bench.name
        for mutant in entry.mutants
        if any(only in text for text in mutant)
    ]
    with ThreadPoolExecutor(max_workers=jobs) as pool:
        yield from pool.map(lambda pair: try_mutant(pair[0], pair[1], device), work)


def line(verdict: Verdict) -> str:
    """Return a verdict as text."""
    _, old, new = verdict.mutant
    edit = " ".join(f"{old} -> {new}".split())
    return f"{verdict.fate:9}{verdict.bench:24}{edit[:70]:72}{verdict.why[:60]}"


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--bench", default="", help="only benches whose name contains this")
    parser.add_argument("--only", default="", help="only mutants whose text contains this")
    parser.add_argument("--jobs", type=int, default=1, help="mutants at a time")
    parser.add_argument("--device", type=device_argument, help=f"only on this. {DEVICE_HELP}")
    arguments = parser.parse_args()
    verdicts = []
    for verdict in try_all(arguments.bench, arguments.only, arguments.jobs, arguments.device):
        sys.stdout.write(line(verdict) + "\n")
        sys.stdout.flush()
        verdicts.append(verdict)
    good = sum(verdict.good for verdict in verdicts)
    sys.stdout.write(f"{good} of {len(verdicts)} mutants killed\n")
    return 0 if verdicts and good == len(verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
