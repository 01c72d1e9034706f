# SPDX-License-Identifier: Apache-2.0
"""Every parameter of a device is declared: in words, once."""

from __future__ import annotations

import dataclasses
from dataclasses import replace
from typing import Any

import pytest

from hgcn.arch.device import Device
from hgcn.arch.parameter import Parameter, parameters
from hgcn.arch.presets import PRESETS, device
from hgcn.errors import SpecError

TINY = device("tiny")


def test_every_field_is_declared_in_order() -> None:
    assert [item.name for item in parameters(Device)] == [
        field.name for field in dataclasses.fields(Device)
    ]


@pytest.mark.parametrize("parameter", list(parameters(Device)), ids=lambda item: item.name)
def test_every_declaration_says_what_a_reader_asks(parameter: Parameter) -> None:
    assert parameter.meaning.endswith(".") and parameter.rules and parameter.cost
    assert parameter.kind in ("int", "float", "str")
    assert bool(parameter.unit) is (parameter.kind != "str")
    assert "{" not in parameter.legal() + parameter.legal(TINY)


def test_what_a_larger_value_costs_is_said_of_every_size() -> None:
    free = {item.name for item in parameters(Device) if item.cost.startswith("none")}
    assert free == {"name", "board", "dram_bytes_per_second", "dram_latency_cycles"}


def test_legal_values_come_with_the_numbers_of_the_device() -> None:
    by_name = {item.name: item for item in parameters(Device)}
    assert by_name["features"].legal() == "8, 16 or 32 and at most axi_bytes"
    assert by_name["features"].legal(TINY) == "8, 16 or 32 and at most axi_bytes (16)"


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_obeys_every_rule(name: str) -> None:
    preset = PRESETS[name]
    assert all(rule.holds(preset) for item in parameters(preset) for rule in item.rules)


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("lanes", 4.0, r"^lanes must be a whole number, got 4\.0$"),
        ("lanes", True, "^lanes must be a whole number, got True$"),
        ("lanes", "4", "^lanes must be a whole number, got '4'$"),
        ("pl_hz", float("nan"), "^pl_hz must be a finite number, got nan$"),
        ("pl_hz", float("inf"), "^pl_hz must be a finite number, got inf$"),
        ("pl_hz", 10**400, "^pl_hz must be a finite number, got 10{10,59}[.]{3}$"),
        ("pl_hz", False, "^pl_hz must be a finite number, got False$"),
        ("pl_hz", 1e11, "^pl_hz must be at most 10,000,000,000, got 1"),
        ("name", 3, "^name must be a text, got 3$"),
        ("name", "../tiny", "^name must be 1 to 40 letters, digits, '_' and '-', got '../tiny'$"),
        ("name", "-tiny", "^name must be 1 to 40 letters"),
        ("name", "", "^name must be 1 to 40 letters"),
        ("name", "a" * 41, "^name must be 1 to 40 letters"),
        ("board", "two\nlines", "^board must be a line of at most 100 characters"),
        ("part", "[exec rm]", "^part must be 1 to 60 letters"),
        ("array_rows", 257, "^array_rows must be at most 256, got 257$"),
        ("store_rows", 1 << 21, "^store_rows must be at most 1,048,576, got 2097152$"),
    ],
)
def test_a_value_of_the_wrong_kind_or_beyond_reason_is_refused(
    field: str, value: Any, message: str
) -> None:
    with pytest.raises(SpecError, match=message):
        replace(TINY, **{field: value})
