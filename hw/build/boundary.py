# SPDX-License-Identifier: Apache-2.0
"""What an overlay may do to the golden boundary: use a subset of it, and leave the rest alone."""

from __future__ import annotations

from collections.abc import Mapping

from .dryrun import golden
from .dryrun.design import Design
from .dryrun.session import Build


def _cell(place: str) -> str:
    return place.split("/", maxsplit=1)[0]


def _moved(
    got: Mapping[str, str], before: Mapping[str, str], freed: set[str], cells: set[str]
) -> list[str]:
    """Return golden pins or interfaces that join something else, though no tie-off was freed."""
    return [
        f"{place} joins {got.get(place, 'nothing')}, in the golden design {end}"
        for place, end in before.items()
        if _cell(place) in cells and _cell(end) in cells and got.get(place) != end
    ] + [
        f"{place} joins {end}, the golden design leaves it open"
        for place, end in got.items()
        if _cell(place) in cells and _cell(before.get(place, "")) not in cells | freed
    ]


def boundary(build: Build) -> list[str]:
    """Compare a built overlay with the golden design it started from, and look for its checks."""
    if not build.generation or build.project is None or build.project.design is None:
        return []
    reference = Design("vck190_pynq")
    golden.build(reference, build.generation)
    design = build.project.design
    freed = set(reference.cells) - set(design.cells)
    kept = set(reference.cells) - freed
    problems = [
        f"golden cell {name} is gone"
        for name in freed
        if "tieoff" not in name and "irq" not in name
    ]
    problems += [
        f"golden cell {name} was changed"
        for name in kept
        if design.cells[name].settings != reference.cells[name].settings
    ]
    problems += _moved(design.links, reference.links, freed, kept)
    problems += _moved(design.drivers, reference.drivers, freed, kept)
    wanted = {"project:segmented_configuration": "true"}
    properties = build.project.properties
    problems += [
        f"{name} is {properties.get(name)}, want {value}"
        for name, value in wanted.items()
        if properties.get(name) != value
    ]
    if not properties.get("run:NOC_SOLUTION_FILE", "").endswith("golden_noc.ncr"):
        problems.append("the NoC is not locked to the golden solution")
    called = {name for name, *_ in build.calls}
    problems += [f"{name} was never called" for name in ("pr_verify", "exec") if name not in called]
    return problems
