# SPDX-License-Identifier: Apache-2.0
"""A backend's own options: what each may be, checked before anything is built or run."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from pathlib import Path
from typing import Any

from hgcn.environment import expanded
from hgcn.errors import BackendError


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option.

    Parameters
    ----------
    read : callable
        Returns the value as the backend takes it; raises ValueError or TypeError if it cannot be
        one.
    want : str
        What it takes, in words that follow "must be".
    """

    read: Callable[[Any], Any]
    want: str


def whole(least: int, most: int) -> Option:
    """Return an option that takes whole numbers from ``least`` to ``most``."""

    def read(value: Any) -> int:
        # True is an int, 2.5 would become one: neither was meant.
        if isinstance(value, bool) or not isinstance(value, Integral):
            raise TypeError
        number = int(value)
        if not least <= number <= most:
            raise ValueError
        return number

    return Option(read=read, want=f"a whole number from {least} to {most}")


def real(want: str, holds: Callable[[float], bool]) -> Option:
    """Return an option that takes finite numbers for which ``holds`` does."""

    def read(value: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, Real):
            raise TypeError
        number = float(value)
        if not (math.isfinite(number) and holds(number)):
            raise ValueError
        return number

    return Option(read=read, want=want)


def _path(value: Any) -> Path:
    if not isinstance(value, (str, Path)) or not str(value):
        raise TypeError
    return expanded(value, "waves")


LATENCY = whole(1, 900_000)
"""Memory latency in PL cycles: the accelerator's watchdog takes a million as standing still."""

SEED = whole(0, 2**31 - 1)
WAVES = Option(read=_path, want="a path")


def _text(value: Any) -> str:
    if not isinstance(value, (str, Path)) or not str(value):
        raise TypeError
    return str(value)


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


FLAG = Option(read=_flag, want="true or false")
NAME = Option(read=_text, want="a name or path")
PROBABILITY = real("a number, at least 0 and less than 1", lambda value: 0 <= value < 1)
POSITIVE = real("a number above 0", lambda value: value > 0)


def checked_options(
    owner: str, table: Mapping[str, Option], given: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the options as the backend takes them.

    Parameters
    ----------
    owner : str
        Whose they are, such as ``rtl``, for the message.
    table : mapping
        Every option there is.
    given : mapping

    Raises
    ------
    BackendError
        If one is unknown, or has a value it cannot take.

    Examples
    --------
    >>> checked_options("rtl", {"seed": whole(0, 9)}, {"seed": 3})
    {'seed': 3}
    >>> checked_options("rtl", {"seed": whole(0, 9)}, {"seed": -1})
    Traceback (most recent call last):
        ...
    hgcn.errors.BackendError: rtl option seed must be a whole number from 0 to 9, got -1
    """
    chosen = {}
    for name, value in given.items():
        option = table.get(name)
        if option is None:
            raise BackendError(f"{owner} has no option {name!r}: choose from {', '.join(table)}")
        try:
            chosen[name] = option.read(value)
        except (TypeError, ValueError, OverflowError):
            raise BackendError(
                f"{owner} option {name} must be {option.want}, got {value!r}"
            ) from None
    return chosen
