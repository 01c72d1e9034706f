# SPDX-License-Identifier: Apache-2.0
"""What a virtual board can be told: by argument, or in one environment variable."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hgcn.arch.device import Device
from hgcn.arch.resolve import resolve_device
from hgcn.errors import BackendError
from hgcn.execution.options import (
    LATENCY,
    POSITIVE,
    PROBABILITY,
    SEED,
    WAVES,
    Option,
    checked_options,
    whole,
)

ENVIRONMENT = "HGCN_VIRTUAL_BOARD"
"""A device, then settings: ``tiny``, ``tiny,latency_cycles=80,waves=run.fst`` or ``my.toml``."""


OWNER = "virtual board"
_PAGE_BYTES = 4096


def _pages(value: Any) -> int:
    size: int = whole(1 << 20, 1 << 36).read(value)
    if size % _PAGE_BYTES:
        raise ValueError
    return size


SETTINGS = {
    "latency_cycles": LATENCY,
    "bytes_per_cycle": POSITIVE,
    "stall_probability": PROBABILITY,
    "seed": SEED,
    "memory_bytes": Option(read=_pages, want="from 1 MiB to 64 GiB, in pages of 4096 bytes"),
    "access_cycles": whole(0, 1_000_000),
    "waves": WAVES,
}
"""What a virtual board can be told, by name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardSettings:
    """A virtual board.

    Parameters
    ----------
    device : Device
        The device whose accelerator is on the board.
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
        given = {name: getattr(self, name) for name in SETTINGS}
        checked_options(OWNER, SETTINGS, {k: v for k, v in given.items() if v is not None})

    @staticmethod
    def make(device: Device, options: Mapping[str, Any]) -> BoardSettings:
        """Return the settings with ``options`` by name.

        Raises
        ------
        BackendError
            If an option is unknown, or has a value it cannot take.
        """
        return BoardSettings(device=device, **checked_options(OWNER, SETTINGS, options))

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
                raise BackendError(f"{ENVIRONMENT} must be DEVICE,KEY=VALUE,..., got {text!r}")
            options[key.strip()] = _value(value.strip())
        return BoardSettings.make(resolve_device(name), options)

    def text(self) -> str:
        """Return the settings that are not the default, for people."""
        changed = [
            f"{field.name}={getattr(self, field.name)}"
            for field in dataclasses.fields(self)
            if field.name != "device" and getattr(self, field.name) != field.default
        ]
        return ", ".join([self.device.name, *changed])


def _value(text: str) -> Any:
    """Return a number where ``text`` is one."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
