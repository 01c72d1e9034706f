# SPDX-License-Identifier: Apache-2.0
"""What a virtual board can be told: by argument, or in one environment variable."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hgcn.arch.device import Device
from hgcn.arch.presets import device as preset
from hgcn.errors import BackendError, require

ENVIRONMENT = "HGCN_VIRTUAL_BOARD"
"""A preset's name, then settings: ``tiny`` or ``tiny,latency_cycles=80,waves=run.fst``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardSettings:
    """A virtual board.

    Parameters
    ----------
    device : Device
        The preset whose accelerator is on the board.
    latency_cycles : int or None
        Memory latency in PL cycles; by default the device's, as for the ``rtl`` backend.
    bytes_per_cycle : float or None
        Memory bandwidth, both directions together; by default the device's.
    stall_probability : float
        Share of cycles in which each memory channel stalls at random.
    seed : int
        Of the stalls and of registers without reset.
    memory_bytes : int
        Size of the memory programs and results are put into.
    access_cycles : int
        PL cycles that pass between two register accesses, as a processor takes its time.
    waves : Path or None
        Record every signal into this file: FST where lz4's headers are installed, else VCD. Its
        suffix becomes that of the format, with a warning if it names the other.
    """

    device: Device
    latency_cycles: int | None = None
    bytes_per_cycle: float | None = None
    stall_probability: float = 0.0
    seed: int = 1
    memory_bytes: int = 128 << 20
    access_cycles: int = 100
    waves: Path | None = None

    def __post_init__(self) -> None:
        require(self.seed >= 1, "seed", self.seed, "at least 1")
        require(
            self.memory_bytes >= 1 << 20 and self.memory_bytes % 4096 == 0,
            "memory_bytes",
            self.memory_bytes,
            "at least 1 MiB, in pages of 4096",
        )
        require(self.access_cycles >= 0, "access_cycles", self.access_cycles, "at least 0")
        require(
            0 <= self.stall_probability < 1,
            "stall_probability",
            self.stall_probability,
            "at least 0, less than 1",
        )

    @staticmethod
    def make(device: Device, options: Mapping[str, Any]) -> BoardSettings:
        """Return the settings with ``options`` by name.

        Raises
        ------
        BackendError
            If an option is unknown or of a wrong type.
        """
        chosen: dict[str, Any] = {}
        for name, value in options.items():
            if name not in _KINDS:
                raise BackendError(
                    f"the virtual board has no setting {name!r}: choose from {', '.join(_KINDS)}"
                )
            try:
                chosen[name] = _KINDS[name](value)
            except (TypeError, ValueError):
                want = _KINDS[name].__name__
                raise BackendError(
                    f"virtual board setting {name} must be {want}, got {value!r}"
                ) from None
        return BoardSettings(device=device, **chosen)

    @staticmethod
    def parse(text: str) -> BoardSettings:
        """Read the value of `ENVIRONMENT`.

        Examples
        --------
        >>> BoardSettings.parse("tiny,latency_cycles=80").latency_cycles
        80
        """
        name, *pairs = (part.strip() for part in text.split(","))
        options = {}
        for pair in pairs:
            key, equals, value = pair.partition("=")
            if not equals:
                raise BackendError(f"{ENVIRONMENT} must be PRESET,KEY=VALUE,..., got {text!r}")
            options[key] = value
        return BoardSettings.make(preset(name), options)

    def text(self) -> str:
        """Return the settings that are not the default, for people."""
        changed = [
            f"{field.name}={getattr(self, field.name)}"
            for field in dataclasses.fields(self)
            if field.name != "device" and getattr(self, field.name) != field.default
        ]
        return ", ".join([self.device.name, *changed])


_KINDS: dict[str, Any] = {
    "latency_cycles": int,
    "bytes_per_cycle": float,
    "stall_probability": float,
    "seed": int,
    "memory_bytes": int,
    "access_cycles": int,
    "waves": Path,
}
