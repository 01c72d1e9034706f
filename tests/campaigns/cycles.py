# SPDX-License-Identifier: Apache-2.0
"""Random programs of a few rows: the bound below the estimate, the estimate equal to the RTL.

``python -m tests.campaigns.cycles [--count N] [--seed S] [--rtl N] [--device NAME ...]``: the
bound of each program is compared with its estimate, and the estimate with the counters of the RTL
for the first `--rtl` programs of the devices named. Prints a line for each program that breaks a
rule, then what was seen; the status is 1 if there was one.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
from hgcn_sim.runs.inference import run_job
from hgcn_sim.top.job import Run

from hgcn.arch.device import Device
from hgcn.arch.presets import PRESETS
from hgcn.arch.resolve import DEVICE_HELP, resolve_device
from hgcn.cycles.bound import Bound, lower_bound
from hgcn.cycles.estimate import Estimate, estimate
from hgcn.cycles.workload import workload_of
from hgcn.errors import CompileError, SpecError
from hgcn.format.numbers import COUNTED
from tests.samples import build, input_data, random_network

MOST_ROWS = 64
RTL_DEVICES = ("tiny", "kv260")
"""Devices that are simulated unless others are named."""
RUNS = 3
"""Runs of a simulated program: the first one, and two for which the clocks lie otherwise."""
LATER_SHARE, LATER_CYCLES = 0.015, 30
"""Most the estimate is off in later runs, as docs/architecture.md says: the larger of both."""


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A random program, what it should take and what it cannot take less than."""

    seed: int
    text: str
    device: Device
    image: bytes
    input_data: bytes | None
    bound: Bound
    estimate: Estimate


def draw(seed: int, devices: tuple[str, ...] = tuple(PRESETS)) -> Trial:
    """Return the program of a seed, for one of ``devices``."""
    rng = np.random.default_rng(seed)
    while True:
        nodes = int(rng.integers(1, MOST_ROWS + 1))
        layers = int(rng.integers(1, 4))
        # Half of the widths are those of small models; the others make many feature tiles.
        widths = tuple(
            int(rng.integers(1, 25 if rng.random() < 0.5 else 160)) for _ in range(layers + 1)
        )
        density = float(rng.choice([0.0, 0.02, 0.1, 0.3, 1.0, 5.0]))
        feature_values, edge_values, at_run_time = (bool(bit) for bit in rng.integers(0, 2, 3))
        device = resolve_device(str(rng.choice(devices)))
        policy = str(rng.choice(["balanced", "pl-only", "aie-only"]))
        network = random_network(
            seed,
            nodes=nodes,
            widths=widths,
            density=density,
            feature_values=feature_values,
            edge_values=edge_values,
        )
        try:
            _, image, rows = build(network, device, policy=policy, at_run_time=at_run_time)
        except CompileError:
            continue  # Wider than the device takes
        return Trial(
            seed=seed,
            text=f"{device.name} {policy} {nodes} rows, widths {widths}, density {density}, "
            f"features {'values' if feature_values else 'binary'} "
            f"{'handed in' if at_run_time else 'compiled in'}, "
            f"edges {'values' if edge_values else 'binary'}",
            device=device,
            image=image,
            input_data=input_data(network, rows, device) if at_run_time else None,
            bound=lower_bound(
                workload_of(replace(network, handed_in="features" if at_run_time else None)), device
            ),
            estimate=estimate(image, device),
        )


def simulated(trial: Trial) -> list[dict[str, int]]:
    """Return the RTL's counters of `RUNS` runs, one after another in one simulation."""
    results = run_job(trial.image, trial.device, (Run(),) * RUNS, input_data=trial.input_data)
    assert all(result.done for result in results), trial.text
    return [result.counters for result in results]


@dataclass(kw_only=True)
class Seen:
    """What a campaign has seen so far."""

    programs: int = 0
    on_rtl: int = 0
    closest: float = float("inf")
    """Least estimate over its bound."""
    later: list[float] = field(default_factory=list)
    """Relative error of each later run."""
    later_cycles: int = 0
    faults: list[str] = field(default_factory=list)

    def check(self, trial: Trial, *, rtl: bool) -> None:
        """Hold a program to its rules."""
        made = trial.estimate
        self.programs += 1
        self.closest = min(self.closest, made.cycles / trial.bound.cycles)
        if trial.bound.cycles > made.cycles:
            self.fault(trial, f"estimate {made.cycles} below the bound {trial.bound.cycles:.1f}")
        if not rtl:
            return
        self.on_rtl += 1
        first, *others = simulated(trial)
        busy = {name: first[f"ENGINE[{place}].BUSY"] for place, name in enumerate(COUNTED)}
        got = (first["CYCLES"], first["READ_BYTES"], first["WRITTEN_BYTES"], busy)
        want = (made.cycles, made.bytes_read, made.bytes_written, made.engines)
        if got != want:
            self.fault(trial, f"first run took {got}, estimated {want}")
        for later in others:
            off = made.cycles - later["CYCLES"]
            self.later.append(off / later["CYCLES"])
            self.later_cycles = max(self.later_cycles, abs(off))
            if abs(off) > max(LATER_SHARE * later["CYCLES"], LATER_CYCLES):
                self.fault(trial, f"a later run took {later['CYCLES']}, estimated {made.cycles}")

    def fault(self, trial: Trial, what: str) -> None:
        """Note a rule that was broken."""
        self.faults.append(f"seed {trial.seed}: {what}: {trial.text}")

    def summary(self) -> str:
        """Describe it in a few lines."""
        lines = [
            f"{self.programs} programs: estimate at least {self.closest:.3f} x the bound",
            f"{self.on_rtl} on the RTL, {len(self.later)} later runs: at most "
            f"{max(map(abs, self.later), default=0):.2%} and {self.later_cycles} cycles off",
            f"{len(self.faults)} faults",
        ]
        return "\n".join(lines)


def run_campaign(
    count: int,
    seed: int,
    rtl: int,
    devices: tuple[str, ...],
    progress: Callable[[Seen], None] = lambda seen: None,
) -> Seen:
    """Check ``count`` programs for any preset, the first ``rtl`` for ``devices`` and simulated."""
    seen = Seen()
    for number in range(count):
        simulate = number < rtl
        names = (devices[number % len(devices)],) if simulate else tuple(PRESETS)
        seen.check(draw(seed + number, names), rtl=simulate)
        progress(seen)
    return seen


def _progress(seen: Seen) -> None:
    if seen.programs % 100 == 0:
        print(f"{seen.programs} programs, {len(seen.faults)} faults", file=sys.stderr, flush=True)


def main(arguments: list[str] | None = None) -> int:
    """Run a campaign and print what it saw."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=5000, help="programs")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rtl", type=int, default=200, help="of these, also simulated")
    parser.add_argument("--device", action="append", help=f"simulated; {DEVICE_HELP}")
    wanted = parser.parse_args(arguments)
    devices = tuple(wanted.device or RTL_DEVICES)
    for given in devices:
        try:
            resolve_device(given)
        except SpecError as fault:
            parser.error(str(fault))
    seen = run_campaign(wanted.count, wanted.seed, wanted.rtl, devices, _progress)
    for line in seen.faults:
        print(line)
    print(seen.summary())
    return 1 if seen.faults else 0


if __name__ == "__main__":
    sys.exit(main())
