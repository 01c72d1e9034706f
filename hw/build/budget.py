# SPDX-License-Identifier: Apache-2.0
"""Compares the area of every preset, as Yosys counts it, with what its device has.

``python -m hgcn_hw.build.budget [DEVICE ...]`` synthesises (about an hour for all) and keeps the
counts in ``areas.json``; ``--kept`` only compares the counts kept there. Yosys has no Versal
family: it maps to UltraScale+, where LUT and FF come out above what Vivado needs on Versal.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from hgcn_sim.checks.synth import RESOURCES
from hgcn_sim.checks.synth import synthesise as run

from hgcn.arch.device import Device
from hgcn.arch.presets import PRESETS, device
from hgcn.arch.resolve import DEVICE_HELP, device_argument
from hgcn.emit.systemverilog import systemverilog_package
from hgcn.errors import SpecError

from .generate import HARDWARE, rtl_sources

KEPT = Path(__file__).resolve().parent / "areas.json"
PAGE = Path(__file__).resolve().parents[2] / "docs" / "build.md"
BEGIN, END = "<!-- areas: python -m hgcn_hw.build.budget --kept --page -->", "<!-- end -->"

DESIGNS: dict[str, tuple[str, ...]] = {
    "tiny": ("hgcn_top",),
    "kv260": ("hgcn_top",),
    "vck190": ("hgcn_core", "hgcn_top"),
    "vck5000": ("hgcn_core",),
    "vek280": ("hgcn_core",),
}
"""Tops to synthesise: with AI Engines ``hgcn_core``, all in programmable logic ``hgcn_top``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chip:
    """What a design may take of a device.

    Parameters
    ----------
    part : str
        Start of the part number.
    has : mapping
        Resource to count, each from AMD's documents.
    own : mapping
        Our own limit for a resource without a documented count at hand.
    """

    part: str
    has: Mapping[str, int]
    own: Mapping[str, int] = field(default_factory=dict)

    @property
    def limits(self) -> dict[str, int]:
        """Budget of every resource."""
        return {**self.has, **self.own}


_FF_PER_LUT = 2  # Of a CLB: UG574 (UltraScale+: 8 and 16), AM005 (Versal: 32 and 64)

CHIPS = (
    # Kria apps documentation, KV260 smart camera.
    Chip(
        part="xck26",
        has={"lut": 117_120, "ff": _FF_PER_LUT * 117_120, "dsp": 1_248, "bram36": 144, "uram": 64},
    ),
    # AM004 (DSP), CHARM and aie4ml device tables (BRAM, URAM); LUT and FF: those of the VE2802.
    Chip(
        part="xcvc1902",
        has={"dsp": 1_968, "bram36": 967, "uram": 463},
        own={"lut": 520_704, "ff": 1_041_408},
    ),
    # Synthesis report of a VE2802 design.
    Chip(
        part="xcve2802",
        has={"lut": 520_704, "ff": 1_041_408, "dsp": 1_312, "bram36": 600, "uram": 264},
    ),
)


def chip(dev: Device) -> Chip | None:
    """Return the chip of a preset; None for a preset without a device.

    Raises
    ------
    SpecError
        If the part is of a device without a budget.
    """
    if dev.part == "none":
        return None
    for candidate in CHIPS:
        if dev.part.startswith(candidate.part):
            return candidate
    raise SpecError(f"no budget for part {dev.part!r} of device {dev.name}")


def designs(dev: Device) -> tuple[str, ...]:
    """Return the tops to synthesise of a device; of one's own, by whether its part has AI Engines.

    Examples
    --------
    >>> designs(device("vck190"))
    ('hgcn_core', 'hgcn_top')
    """
    if dev in PRESETS.values():
        return DESIGNS[dev.name]
    return ("hgcn_core",) if dev.part.startswith("xcv") else ("hgcn_top",)


def own_results(dev: Device, areas: Mapping[str, Mapping[str, Any]]) -> tuple[list[str], list[str]]:
    """Return the results of a device of one's own as text, and what it takes too much of.

    Parameters
    ----------
    dev : Device
    areas : mapping
        What was counted now, by top: counts of such devices are not kept.
    """
    lines: list[str] = []
    try:
        target = chip(dev)
    except SpecError as fault:  # What it takes is known all the same
        target, lines = None, [str(fault)]
    missing = [] if areas else [f"{dev.name:8} {top:10} no area counted" for top in designs(dev)]
    lines = [*(row(area, target) for area in areas.values()), *missing, *lines]
    return lines, [problem for area in areas.values() for problem in over(area, target)]


def over(area: Mapping[str, Any], target: Chip | None) -> list[str]:
    """Return the resources of which a result takes more than its chip has."""
    if target is None:
        return []
    return [
        f"{area['preset']} {area['top']}: {kind} {area[kind]:g} of {limit}"
        for kind, limit in target.limits.items()
        if area[kind] > limit
    ]


def row(area: Mapping[str, Any], target: Chip | None) -> str:
    """Return a result as text, with its share of each budget; ``*`` where that is our own limit."""
    words = []
    for kind in RESOURCES:
        share = "-"
        if target is not None:
            mark = "*" if kind in target.own else " "
            share = f"{100 * area[kind] / target.limits[kind]:.0f} %{mark}"
        words.append(f"{area[kind]:>8g} {share:>6}")
    return f"{area['preset']:8} {area['top']:10}" + " ".join(words)


def page_table(areas: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the table of docs/build.md: every design's resources and shares."""
    lines = [
        "| preset | top | device | " + " | ".join(kind.upper() for kind in RESOURCES) + " |",
        "|---" * (3 + len(RESOURCES)) + "|",
    ]
    for name in PRESETS:
        for top in DESIGNS[name]:
            target = chip(device(name))
            area = areas.get(f"{name}/{top}")
            cells = [name, f"`{top}`", "none" if target is None else target.part]
            for kind in RESOURCES:
                if area is None:
                    cells.append("not synthesised")
                    continue
                text = f"{area[kind]:,g}"
                if target is not None:
                    mark = "\\*" if kind in target.own else ""
                    text += f" ({100 * area[kind] / target.limits[kind]:.0f} %{mark})"
                cells.append(text)
            lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def write_page(areas: Mapping[str, Mapping[str, Any]], page: Path = PAGE) -> None:
    """Put `page_table` between the marks of the page."""
    before, _, rest = page.read_text().partition(BEGIN)
    after = rest.partition(END)[2]
    page.write_text(f"{before}{BEGIN}\n{page_table(areas)}\n{END}{after}")


def digest(dev: Device, hardware: Path = HARDWARE) -> str:
    """Return the identity of the RTL of a preset: a result is of one state of it."""
    parts = [systemverilog_package(dev), *(file.read_text() for file in rtl_sources(hardware))]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def summary(area: Mapping[str, Any], rtl: str) -> dict[str, Any]:
    """Return what is kept of a synthesis result: its resources, and which RTL it is of."""
    return {"preset": area["preset"], "top": area["top"], "rtl": rtl} | {
        kind: area[kind] for kind in RESOURCES
    }


def synthesise(dev: Device, top: str) -> dict[str, Any]:
    """Synthesise one design; return its resources with the RTL's identity."""
    identity = digest(dev)
    return summary(asdict(run(dev, top)), identity)


def kept(file: Path = KEPT) -> dict[str, dict[str, Any]]:
    """Return the kept counts by ``preset/top``."""
    return dict(json.loads(file.read_text())) if file.is_file() else {}


def keep(areas: Mapping[str, Mapping[str, Any]], file: Path = KEPT) -> None:
    """Write the kept counts."""
    file.write_text(json.dumps(areas, indent=1, sort_keys=True) + "\n")


def main() -> int:
    """Command line; the exit status is 1 if a design does not fit."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "devices",
        nargs="*",
        type=device_argument,
        metavar="DEVICE",
        help=f"{DEVICE_HELP} Default: all presets.",
    )
    parser.add_argument("--kept", action="store_true", help="compare the kept counts only")
    parser.add_argument("--top", help="only this module")
    parser.add_argument("--page", action="store_true", help="also write the table of docs/build.md")
    arguments = parser.parse_args()
    areas = kept()
    chosen = arguments.devices or list(PRESETS.values())
    own: dict[Device, dict[str, Any]] = {dev: {} for dev in chosen if dev not in PRESETS.values()}
    for dev in chosen:
        for top in designs(dev):
            if arguments.kept or arguments.top not in (None, top):
                continue
            counted = synthesise(dev, top)
            if dev in own:
                own[dev][top] = counted
                continue
            areas[f"{dev.name}/{top}"] = counted
            keep(areas)
    if arguments.page:
        write_page(areas)
    head = " ".join(f"{kind.upper():>8} {'':6}" for kind in RESOURCES)
    sys.stdout.write(f"Yosys, UltraScale+ cells\n{'preset':8} {'top':10}{head}\n")
    problems: list[str] = []
    for key, area in areas.items():
        name = key.split("/")[0]
        if device(name) not in chosen:
            continue
        stale = "" if area["rtl"] == digest(device(name)) else "  (of an earlier state of the RTL)"
        target = chip(device(name))
        sys.stdout.write(row(area, target) + stale + "\n")
        problems += over(area, target)
    for dev, counts in own.items():
        lines, too_much = own_results(dev, counts)
        sys.stdout.write("\n".join(lines) + "\n")
        problems += too_much
    sys.stdout.write("* of our own limit: no count of the device is documented at hand\n")
    for problem in problems:
        sys.stdout.write(f"over budget: {problem}\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
