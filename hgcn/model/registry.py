# SPDX-License-Identifier: Apache-2.0
"""Layer types by name: hgcn's own and those that installed packages add."""

from __future__ import annotations

from dataclasses import is_dataclass
from importlib.metadata import entry_points
from typing import Any

from hgcn.errors import ModelError
from hgcn.printable import printable

GROUP = "hgcn.layers"
"""Entry-point group: the name of each entry is that of a layer type, its object the class."""


def layer_names() -> list[str]:
    """Names of the layer types installed here, each once."""
    return sorted({entry.name for entry in entry_points(group=GROUP)})


def layer_type(name: str) -> type[Any]:
    """Return the layer type of that name.

    Raises
    ------
    ModelError
        If no installed package has it, several have, or what one has is no dataclass.
    """
    found = [entry for entry in entry_points(group=GROUP) if entry.name == name]
    shown = printable(name[:40])
    if not found:
        raise ModelError(
            f"layer type {shown!r} is not installed (there are {', '.join(layer_names())})"
        )
    if len({entry.value for entry in found}) > 1:
        raise ModelError(f"layer type {shown!r} stands twice: remove one of the packages")
    try:
        made = found[0].load()
    except Exception as fault:  # Whatever the package's import raises
        raise ModelError(
            f"layer type {shown!r} cannot be loaded: {type(fault).__name__}: "
            f"{printable(str(fault))}"
        ) from None
    if not (isinstance(made, type) and is_dataclass(made)):
        raise ModelError(f"layer type {shown!r} must be a dataclass, got {made!r}")
    return made


def type_name(layer: object) -> str:
    """Return the name under which the type of ``layer`` is registered.

    Raises
    ------
    ModelError
        If it is not.
    """
    kind = type(layer)
    value = f"{kind.__module__}:{kind.__qualname__}"
    for entry in entry_points(group=GROUP):
        if entry.value == value:
            return entry.name
    raise ModelError(f"layer type {kind.__name__} has no entry point in the group {GROUP}")
