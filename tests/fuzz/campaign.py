# SPDX-License-Identifier: Apache-2.0
"""Many mutants of one format, each from a seed of its own."""

from __future__ import annotations

import importlib
import random
import tempfile
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from tests.fuzz.case import FAILED, run_case


@dataclass(slots=True)
class Campaign:
    """What became of the mutants of one format.

    Attributes
    ----------
    verdicts : Counter
        How many were read, refused, or failed.
    failures : list of str
        One line each, with the command that repeats it.
    seconds, memory_bytes : float, int
        Of the slowest and of the largest mutant.
    """

    verdicts: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    seconds: float = 0.0
    memory_bytes: int = 0


def run_campaign(name: str, numbers: Iterable[int], seed: int, keep: Path | None) -> Campaign:
    """Run the mutants ``numbers`` of format ``name``; failing files stay in folder ``keep``."""
    form = importlib.import_module(f"tests.fuzz.{name}")
    campaign = Campaign()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"mutant{form.SUFFIX}"
        for number in numbers:
            content = form.mutant(random.Random(f"{name} {seed} {number}"))
            path.write_bytes(content)
            outcome = run_case(form.read, path)
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
