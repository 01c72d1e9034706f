# SPDX-License-Identifier: Apache-2.0
"""A device in words: each parameter with its meaning, legal values and cost, and what follows."""

from __future__ import annotations

import textwrap

from hgcn.arch.device import K0, Device
from hgcn.arch.parameter import parameters

_COLUMNS = 96
_INDENT = 4
_SUM_BYTES = 4


def explanation(device: Device) -> str:
    """Return every parameter of ``device``, and what they amount to, as text.

    Examples
    --------
    >>> from hgcn.arch.presets import PRESETS
    >>> for line in explanation(PRESETS["tiny"]).splitlines()[:4]:
    ...     print(line)
    name = tiny
        Name of the device: in reports, in programs, and of files made for it.
        legal: 1 to 40 letters, digits, '_' and '-'
        costs: none
    """
    lines: list[str] = []
    for parameter in parameters(device):
        value = getattr(device, parameter.name)
        number = f"{value:g}" if parameter.kind == "float" else str(value)
        lines.append(f"{parameter.name} = {number} {parameter.unit}".rstrip())
        texts = (
            parameter.meaning,
            f"legal: {parameter.legal(device)}",
            f"costs: {parameter.cost}",
        )
        for text in texts:
            lines += textwrap.wrap(
                text, _COLUMNS, initial_indent=" " * _INDENT, subsequent_indent=" " * 2 * _INDENT
            )
    lines += ["", *(f"{name}: {value}" for name, value in sums(device).items())]
    return "\n".join(lines)


def sums(device: Device) -> dict[str, str]:
    """Return what the parameters of ``device`` amount to, by name, in words."""
    d = device
    array = d.array_rows * d.array_cols * d.m0 * K0 * d.n0
    lane_sums = 2 * d.lanes * d.slots * d.features * _SUM_BYTES
    array_sums = 2 * d.tile_rows * d.features * _SUM_BYTES
    store = d.store_rows * d.features
    return {
        "PL engine": f"{d.lanes * d.features:,} int8 multipliers, {lane_sums:,} bytes of sums",
        "tensor array": f"{array:,} int8 multipliers, {array_sums:,} bytes of sums",
        "feature stores": f"2 of {store:,} bytes, in {d.banks} banks each",
        "peak": f"{d.macs_per_pl_cycle:,.0f} multiply-accumulates a PL cycle",
        "memory": f"{d.dram_bytes_per_cycle:g} usable bytes a PL cycle",
        "hash": f"{d.hash:#018x}: programs are for devices of this hash",
    }


def page_table() -> str:
    """Return the table of the manual: every parameter, as Markdown."""
    rows = ["| parameter | meaning | legal | costs |", "|---|---|---|---|"]
    for item in parameters(Device):
        unit = f" ({item.unit})" if item.unit else ""
        rows.append(f"| `{item.name}`{unit} | {item.meaning} | {item.legal()} | {item.cost} |")
    return "\n".join(rows)
