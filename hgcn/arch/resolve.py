# SPDX-License-Identifier: Apache-2.0
"""The one way from what a user gives, a name, a file or a device, to the device."""

from __future__ import annotations

import argparse
import os
from typing import TypeAlias

from hgcn.arch.device import Device
from hgcn.arch.device_file import SUFFIX, read_device
from hgcn.arch.presets import device, names
from hgcn.arguments import as_path
from hgcn.errors import SpecError, shown
from hgcn.printable import printable_path

DeviceLike: TypeAlias = str | os.PathLike[str] | Device
"""What a device can be given as: a preset's name, the path of a device file, or itself."""

DEVICE_HELP = "Device: a preset's name (see `hgcn devices`) or a device file (.toml)."
"""Of every option and argument that takes one."""


def is_device_file(text: str | os.PathLike[str]) -> bool:
    """Return whether this is the path of a device file, not the name of a preset.

    Examples
    --------
    >>> is_device_file("tiny"), is_device_file("my.toml"), is_device_file("devices/my")
    (False, True, True)
    """
    if not isinstance(text, str):
        return True
    separators = [os.sep, *([os.altsep] if os.altsep else [])]
    return text.lower().endswith(SUFFIX) or any(mark in text for mark in separators)


def device_argument(text: str) -> Device:
    """Return the device of a script's argument; raise what `argparse` shows in a line."""
    try:
        return resolve_device(text)
    except SpecError as fault:
        raise argparse.ArgumentTypeError(str(fault)) from None


def resolve_device(given: DeviceLike) -> Device:
    """Return a device as it is, the preset of that name, or what that file holds.

    A text with a slash in it, or ending in ``.toml``, is a path.

    Raises
    ------
    SpecError
        If there is no such preset or file, the file is no device, or it takes a preset's name for
        other values: its programs and reports would pass for the preset's.
    """
    if isinstance(given, Device):
        return given
    if not isinstance(given, (str, os.PathLike)):
        raise SpecError(
            f"device must be a preset's name, a device file (.toml) or a Device, got {shown(given)}"
        )
    if not is_device_file(given):
        return device(str(given))
    found = read_device(as_path(given, "device"))
    if found.name in names() and found != device(found.name):
        raise SpecError(
            f"{printable_path(given)}: name {found.name!r} is that of a preset with other values: "
            "choose another"
        )
    return found
