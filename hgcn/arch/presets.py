# SPDX-License-Identifier: Apache-2.0
"""The device presets by name."""

from __future__ import annotations

from contextlib import suppress

from hgcn.arch.added import added_device, added_names
from hgcn.arch.device import Device
from hgcn.arguments import as_text
from hgcn.errors import SpecError, shown

DEFAULT_DEVICE = "tiny"
"""The preset that every command and function takes if none is named: every machine simulates it."""

_PRESETS = (
    Device(
        name="tiny",
        board="none: smallest device for simulation",
        part="none",
        pl_hz=100e6,
        array_hz=125e6,
        dram_bytes_per_second=1.6e9,
        axi_bytes=16,
        features=8,
        lanes=4,
        banks=8,
        slots=256,
        tile_rows=512,
        drain_rows=2,
        store_rows=4096,
        array_rows=2,
        array_cols=2,
        block_rows=16,
        gather_rows=4,
    ),
    Device(
        name="kv260",
        board="Kria KV260: all in programmable logic",
        part="xck26-sfvc784-2LV-c",
        pl_hz=250e6,
        array_hz=300e6,
        dram_bytes_per_second=4.0e9,
        axi_bytes=16,
        features=16,
        lanes=4,
        banks=16,
        slots=256,
        tile_rows=512,
        drain_rows=2,
        store_rows=16384,
        array_rows=2,
        array_cols=2,
        block_rows=16,
        gather_rows=4,
    ),
    Device(
        name="vck190",
        board="Versal VCK190: AI Engines behind PLIO",
        part="xcvc1902-vsva2197-2MP-e-S",
        pl_hz=300e6,
        array_hz=1250e6,
        dram_bytes_per_second=19.2e9,
        axi_bytes=64,
        features=16,
        lanes=16,
        banks=32,
        slots=128,
        tile_rows=1024,
        drain_rows=8,
        store_rows=65536,
        array_rows=8,
        array_cols=1,
        block_rows=32,
        gather_rows=8,
    ),
    Device(
        name="vck5000",
        board="Versal VCK5000: AI Engines behind PLIO, PCIe card",
        part="xcvc1902-vsvd1760-2MP-e-S",
        pl_hz=300e6,
        array_hz=1250e6,
        dram_bytes_per_second=19.2e9,
        axi_bytes=64,
        features=32,
        lanes=16,
        banks=32,
        slots=128,
        tile_rows=1024,
        drain_rows=8,
        store_rows=65536,
        array_rows=8,
        array_cols=2,
        block_rows=32,
        gather_rows=8,
    ),
    Device(
        name="vek280",
        board="Versal VEK280: AIE-ML behind PLIO",
        part="xcve2802-vsvh1760-2MP-e-S",
        pl_hz=300e6,
        array_hz=1250e6,
        dram_bytes_per_second=19.2e9,
        axi_bytes=64,
        features=16,
        lanes=16,
        banks=32,
        slots=128,
        tile_rows=1024,
        drain_rows=8,
        store_rows=65536,
        array_rows=8,
        array_cols=1,
        n0=8,
        block_rows=32,
        gather_rows=8,
    ),
)

PRESETS: dict[str, Device] = {preset.name: preset for preset in _PRESETS}


def names() -> list[str]:
    """Return the names of all presets: those of hgcn, then those that packages add."""
    return [*PRESETS, *(name for name in added_names() if name not in PRESETS)]


def device_with_hash(number: int) -> Device | None:
    """Return the preset whose accelerator has this hash, None if there is none.

    A preset that cannot be loaded, or whose name stands twice, is none.
    """
    for name in names():
        with suppress(SpecError):
            found = device(name)
            if found.hash == number:
                return found
    return None


def device(name: str) -> Device:
    """Return the preset called ``name``, of hgcn or of a package that adds it.

    Raises
    ------
    SpecError
        If there is no such preset (the message lists them), or the name stands twice.

    Examples
    --------
    >>> device("tiny").lanes
    4
    >>> device("u250")
    Traceback (most recent call last):
        ...
    hgcn.errors.SpecError: unknown device 'u250': choose one of tiny, kv260, vck190, vck5000,
    vek280, or the path of a device file (.toml)
    """
    name = as_text(name, "device")
    mine = PRESETS.get(name)
    theirs = added_device(name, shipped=mine is not None)
    found = mine or theirs
    if found is None:
        raise SpecError(
            f"unknown device {shown(name)}: choose one of {', '.join(names())}, or the path of a "
            "device file (.toml)"
        )
    return found
