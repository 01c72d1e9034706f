# SPDX-License-Identifier: Apache-2.0
"""Many mutants of one format, each from a seed of its own."""

from __future__ import annotations

import importlib
import random
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.fuzz.case import FAILED, READ, run_case

RTL_CPU_SECONDS = 100


@dataclass(slots=True)
class Campaign:
    """What became of the mutants of one format.

    Attributes
    ----------
    verdicts : Counter
        How many were read, refused, or failed.
    failures : list of str
        One line each, with the command that repeats it.
    on_rtl : int
        How many of those read were run on the RTL.
    seconds, memory_bytes : float, int
        Of the slowest and of the largest mutant.
    """

    verdicts: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    on_rtl: int = 0
    seconds: float = 0.0
    memory_bytes: int = 0


def run_campaign(
    name: str, numbers: Iterable[int], seed: int, keep: Path | None, rtl: int = 0
) -> Campaign:
    """Run the mutants ``numbers`` of format ``name``; failing files stay in folder ``keep``.

    The first ``rtl`` of those that are read are run on the RTL as well, if the format can be.
    """
    form = importlib.import_module(f"tests.fuzz.{name}")
    campaign = Campaign()
    if rtl := rtl if hasattr(form, "run_on_rtl") else 0:
        form.prepare_rtl()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"mutant{form.SUFFIX}"
        for number in numbers:
            content = form.mutant(random.Random(f"{name} {seed} {number}"))
            path.write_bytes(content)
            outcome = run_case(form.read, path)
            if outcome.verdict == READ and campaign.on_rtl < rtl:
                campaign.on_rtl += 1
                simulated = run_case(form.run_on_rtl, path, cpu_seconds=RTL_CPU_SECONDS)
                if simulated.verdict != READ:
                    outcome = replace(simulated, verdict=FAILED)
            campaign.verdicts[outcome.verdict] += 1
            campaign.seconds = max(campaign.seconds, outcome.seconds)
            campaign.memory_bytes = max(campaign.memory_bytes, outcome.memory_bytes)
            if outcome.verdict == FAILED:
                again = f"python -m tests.fuzz {name} --seed {seed} --case {number}"
                campaign.failures.append(f"{again}: {outcome.detail}")
                if keep is not None:
                    kept = keep / f"{name}-{seed}-{number}{form.SUFFIX}"
                    kept.write_bytes(content)
    return campaign
