# SPDX-License-Identifier: Apache-2.0
"""Finds the unit benches: every module below ``benches`` that has a ``BENCH`` or ``BENCHES``."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType

from hgcn.arch.device import Device
from hgcn.arch.presets import device

from ..builds.locate import SIM
from ..runs.runner import Bench, package_name

Mutant = tuple[str, str, str]
"""File (from the repository's root, ``hw/...``), text in it, and what replaces its first place."""


@dataclass(frozen=True)
class Entry:
    """A bench and the mutants it must kill."""

    bench: Bench
    mutants: tuple[Mutant, ...]


@dataclass(frozen=True)
class Case:
    """One simulation of a bench: a device and a parameter set."""

    bench: Bench
    device: Device
    parameters: Mapping[str, int]

    @property
    def name(self) -> str:
        """Readable and unique."""
        values = [f"{key}={value}" for key, value in self.parameters.items()]
        return "-".join([self.bench.name.removeprefix("test_"), self.device.name, *values])


def _entries(module: ModuleType) -> list[Entry]:
    benches = list(getattr(module, "BENCHES", ()))
    if hasattr(module, "BENCH"):
        benches.append(module.BENCH)
    mutants = tuple(getattr(module, "MUTANTS", ()))
    if not benches:
        return []
    return [Entry(benches[0], mutants), *(Entry(bench, ()) for bench in benches[1:])]


def entries() -> list[Entry]:
    """Return all benches, in order of their modules. Imports them, and so cocotb."""
    found: list[Entry] = []
    for path in sorted((SIM / "benches").glob("*/test_*.py")):
        name = f"{package_name()}.benches.{path.parent.name}.{path.stem}"
        found += _entries(importlib.import_module(name))
    return found


def cases(bench: Bench, only: Device | None = None) -> list[Case]:
    """Return the simulations of a bench: each device, or only one, by each parameter set."""
    devices = [*map(device, bench.presets), *bench.variants] if only is None else [only]
    return [
        Case(bench, chosen, parameters) for chosen in devices for parameters in bench.parameters
    ]
