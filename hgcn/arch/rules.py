# SPDX-License-Identifier: Apache-2.0
"""Legal values of a device's parameters: each rule in words, and as a test of the device."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Rule:
    """One legal range.

    Parameters
    ----------
    want : str
        In words that follow "must be". ``{d.axi_bytes}`` stands for a value of the device.
    holds : callable
        Takes the device; true where its value is legal.
    """

    want: str
    holds: Callable[[Any], bool]


def is_power_of_two(value: int) -> bool:
    """Return whether ``value`` is 1, 2, 4, and so on."""
    return value >= 1 and value & (value - 1) == 0


def power_of_two(field: str, limit: int) -> Rule:
    """Return the rule that a field is a power of two, and no larger than ``limit``."""
    want = f"a power of two up to {limit}"
    return Rule(want, lambda d: is_power_of_two(getattr(d, field)) and getattr(d, field) <= limit)


def positive(field: str, want: str = "positive") -> Rule:
    """Return the rule that a field is above 0."""
    return Rule(want, lambda d: getattr(d, field) > 0)


def at_least(field: str, limit: int) -> Rule:
    """Return the rule that a field is no smaller than ``limit``."""
    return Rule(f"at least {limit}", lambda d: getattr(d, field) >= limit)


def one_of(field: str, *values: int) -> Rule:
    """Return the rule that a field is one of a few numbers."""
    *most, last = map(str, values)
    want = f"{', '.join(most)} or {last}" if most else last
    return Rule(want, lambda d: getattr(d, field) in values)


def at_most(field: str, limit: float) -> Rule:
    """Return the rule that a field is no larger than ``limit``."""
    return Rule(f"at most {limit:,.0f}", lambda d: getattr(d, field) <= limit)


def spelt(field: str, pattern: str, want: str) -> Rule:
    """Return the rule that all of a field's text is as the regular expression says."""
    return Rule(want, lambda d: re.fullmatch(pattern, getattr(d, field), re.ASCII) is not None)
