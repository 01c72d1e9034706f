# SPDX-License-Identifier: Apache-2.0
"""Device presets of other packages, found by entry point."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points

from hgcn.arch.device import Device
from hgcn.errors import SpecError
from hgcn.printable import printable

GROUP = "hgcn.devices"
"""Entry-point group: the name of each entry is that of a preset, its object a `Device`."""


def added_names() -> list[str]:
    """Return the names of the presets that installed packages add, each once."""
    return sorted({entry.name for entry in entry_points(group=GROUP)})


def added_device(name: str, shipped: bool = False) -> Device | None:
    """Return the preset of that name that a package adds, None if none does.

    Parameters
    ----------
    name : str
    shipped : bool
        hgcn has a preset of that name itself.

    Raises
    ------
    SpecError
        If the name stands twice, or what the package adds is no device of that name.
    """
    found = [entry for entry in entry_points(group=GROUP) if entry.name == name]
    if not found:
        return None
    if shipped or len(found) > 1:
        owners = (["hgcn"] if shipped else []) + [_owner(entry) for entry in found]
        raise SpecError(
            f"device {name!r} stands twice, in the packages {', '.join(owners)}: remove one"
        )
    where = f"device {name!r} of package {_owner(found[0])}"
    try:
        made = found[0].load()
    except Exception as fault:  # Whatever the package's import raises
        raise SpecError(
            f"{where} cannot be loaded: {type(fault).__name__}: {printable(str(fault))}"
        ) from None
    if not isinstance(made, Device) or made.name != name:
        got = f"the device {made.name!r}" if isinstance(made, Device) else type(made).__name__
        raise SpecError(f"{where} must be a Device of that name, got {got}")
    return made


def _owner(entry: EntryPoint) -> str:
    return "unknown" if entry.dist is None else printable(entry.dist.name)
