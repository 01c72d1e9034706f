# SPDX-License-Identifier: Apache-2.0
"""A device as a TOML file: one key per parameter."""

from __future__ import annotations

import dataclasses
import os
import stat
import sys
import textwrap
from pathlib import Path
from typing import Any

from hgcn.arch.device import Device
from hgcn.arch.parameter import KINDS, Parameter, parameters
from hgcn.environment import expanded
from hgcn.errors import SpecError, shown
from hgcn.printable import printable

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

SUFFIX = ".toml"
MAX_BYTES = 64 * 1024
"""Of a device file; one with all its comments takes a tenth of it."""

_COLUMNS = 96

_RENAMED = {
    "sta_hz": "array_hz",
    "sta_rows": "array_rows",
    "sta_cols": "array_cols",
    "window_rows": "tile_rows",
}
"""What files written before 0.1.0 call parameters, and what these are called."""


def read_device(path: str | os.PathLike[str]) -> Device:
    """Read a device from a TOML file.

    Parameters
    ----------
    path : str or path
        The file; ``~`` is the home folder.

    Returns
    -------
    Device

    Raises
    ------
    SpecError
        If the file cannot be read, is larger than `MAX_BYTES` or no TOML, has a key that is no
        parameter, lacks one, or a value is of the wrong kind or range. The message names the file
        and the key.
    """
    file = expanded(path, "device file")
    name = printable(str(file))
    try:
        table = tomllib.loads(_text(file))
    except OSError as fault:
        raise SpecError(f"cannot read device file {name}: {fault.strerror or fault}") from None
    except (ValueError, RecursionError) as fault:
        why = "nested too deep" if isinstance(fault, RecursionError) else printable(str(fault))
        raise SpecError(f"{name} must be a device in TOML: {why}") from None
    try:
        return Device(**_fields(table))
    except SpecError as fault:
        raise SpecError(f"{name}: {fault}") from None


def _text(file: Path) -> str:
    """Return what the file holds; raise ValueError, in words that follow "must be a device"."""
    if not stat.S_ISREG(file.stat().st_mode):
        raise ValueError("it is no regular file")
    with file.open("rb") as opened:
        content = opened.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ValueError(f"it has more than {MAX_BYTES} bytes")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        raise ValueError("it is no UTF-8 text") from None


def _fields(table: dict[str, Any]) -> dict[str, Any]:
    known = {parameter.name: parameter for parameter in parameters(Device)}
    if old := [key for key in table if key in _RENAMED]:
        raise SpecError(f"unknown key {old[0]!r}: it is now called {_RENAMED[old[0]]!r}")
    if strange := [key for key in table if key not in known]:
        raise SpecError(f"unknown key {shown(strange[0])}: choose from {', '.join(known)}")
    for key, value in table.items():
        # TOML has dates, lists and tables too.
        if not isinstance(value, (int, float, str)):
            raise SpecError(f"{key} must be {KINDS[known[key].kind]}, got {shown(value)}")
    default = {
        field.name
        for field in dataclasses.fields(Device)
        if field.default is not dataclasses.MISSING
    }
    if missing := [key for key in known if key not in table and key not in default]:
        raise SpecError(f"it lacks {', '.join(missing)}")
    return {
        key: float(value) if known[key].kind == "float" and _is_small_int(value) else value
        for key, value in table.items()
    }


def _is_small_int(value: object) -> bool:
    # 100000000 and 100e6 are the same clock; True is an int to Python, and no clock.
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 53


def device_text(device: Device) -> str:
    """Return the text of a device's file: each parameter with its meaning and legal values.

    Examples
    --------
    >>> from hgcn.arch.presets import PRESETS
    >>> device_text(PRESETS["tiny"]).splitlines()[-1]
    'array_cols = 2  # PE columns'
    """
    lines = [
        "# SPDX-License-Identifier: Apache-2.0",
        "# A device of hgcn. Give this file wherever a preset's name is taken:",
        "#   hgcn run digits --backend rtl --device THIS.toml",
    ]
    for parameter in parameters(device):
        lines += ["", *_comment(parameter)]
        unit = f"  # {parameter.unit}" if parameter.unit else ""
        lines.append(f"{parameter.name} = {_value(getattr(device, parameter.name))}{unit}")
    return "\n".join(lines) + "\n"


def _comment(parameter: Parameter) -> list[str]:
    texts = [parameter.meaning, f"Legal: {parameter.legal()}."]
    if parameter.cost != "none":
        texts.append(f"Costs: {parameter.cost}.")
    return [f"# {line}" for text in texts for line in textwrap.wrap(text, _COLUMNS)]


def _value(value: object) -> str:
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{escaped}"'
    if isinstance(value, float) and value.is_integer() and abs(value) < 1 << 53:
        return f"{int(value):_}"
    return repr(value)
