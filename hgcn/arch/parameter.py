# SPDX-License-Identifier: Apache-2.0
"""What is declared of a device's parameter: meaning, unit, legal values, cost.

The declaration stands at the field, as its metadata. Validation, ``hgcn devices --explain``, the
device files that ``hgcn devices new`` writes and the table in the manual are all made from it.
"""

from __future__ import annotations

import dataclasses
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from hgcn.arch.rules import Rule
from hgcn.errors import SpecError, require, shown

_KEY = "hgcn.arch.parameter"
_NUMBER = re.compile(r" \(\{d\.\w+\}\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """What is declared of a field.

    Parameters
    ----------
    meaning, unit, cost : str
        ``cost`` says what a larger value takes of the chip, and what it gives.
    rules : tuple of Rule
    shapes_program : bool
        Programs and hardware depend on it: it is part of the device's hash.
    name, kind : str
        Of the field: its name, and ``int``, ``float`` or ``str``; filled in by `parameters`.
    """

    meaning: str
    unit: str
    cost: str
    rules: tuple[Rule, ...]
    shapes_program: bool = True
    name: str = ""
    kind: str = ""

    def legal(self, device: object | None = None) -> str:
        """Return the legal values in words, with the numbers of ``device`` where they depend on it.

        Examples
        --------
        >>> rule = Rule("at most axi_bytes ({d.axi_bytes})", lambda d: True)
        >>> Parameter(meaning="", unit="", cost="", rules=(rule,)).legal()
        'at most axi_bytes'
        """
        words = (
            _NUMBER.sub("", rule.want) if device is None else rule.want.format(d=device)
            for rule in self.rules
        )
        return "; ".join(words)


def declared(
    meaning: str, *rules: Rule, unit: str = "", cost: str = "none", shapes_program: bool = True
) -> dict[str, Parameter]:
    """Return the metadata of a field; see `Parameter`."""
    made = Parameter(
        meaning=meaning, unit=unit, cost=cost, rules=rules, shapes_program=shapes_program
    )
    return {_KEY: made}


def parameters(kind: Any) -> Iterator[Parameter]:
    """Yield what is declared of each field of a dataclass, in order."""
    for field in dataclasses.fields(kind):
        yield dataclasses.replace(field.metadata[_KEY], name=field.name, kind=str(field.type))


def check_parameters(device: Any) -> None:
    """Raise `SpecError` naming the first field with a value of the wrong kind or range."""
    found = list(parameters(device))
    # All kinds first: a rule may compare one field with another.
    for parameter in found:
        value = getattr(device, parameter.name)
        if not _is_of_kind(value, parameter.kind):
            raise SpecError(f"{parameter.name} must be {KINDS[parameter.kind]}, got {shown(value)}")
    for parameter in found:
        value = getattr(device, parameter.name)
        for rule in parameter.rules:
            if not rule.holds(device):
                want = rule.want.format(d=device)
                require(False, parameter.name, value, want)


KINDS = {"int": "a whole number", "float": "a finite number", "str": "a text"}
"""What each kind of field takes, in words."""


def _is_of_kind(value: object, kind: str) -> bool:
    # True is an int to Python; it was never meant as a number.
    if kind == "int":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "float":
        # An integer too long for a float is no size of anything either.
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        return number and abs(value) < 1e300 and math.isfinite(value)  # type: ignore[arg-type]
    return isinstance(value, str)
