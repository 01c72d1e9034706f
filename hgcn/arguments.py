# SPDX-License-Identifier: Apache-2.0
"""Arguments of public functions: each of the kind it is documented as, or a `SpecError`.

A check that compares first and asks later (``width >= 1``) fails inside Python or NumPy where a
text, an array or nothing came. Each function here takes any object, calls no more of it than it
must, and gives back the plain type that the code behind it works with.
"""

from __future__ import annotations

import math
import operator
import os
from collections.abc import Callable, Collection
from numbers import Real
from pathlib import Path
from typing import Any

import numpy as np

from hgcn.errors import SpecError, shown


def as_whole(value: object, name: str, *, least: int = 0, most: int = 2**63 - 1) -> int:
    """Return a whole number from ``least`` to ``most``; True is none, nor is 3.0.

    Examples
    --------
    >>> as_whole(np.int8(3), "width", least=1)
    3
    >>> as_whole("3", "width", least=1)
    Traceback (most recent call last):
        ...
    hgcn.errors.SpecError: width must be a whole number of at least 1, got '3'
    """
    want = f"a whole number of at least {least}"
    if most < 2**63 - 1:
        want = f"a whole number in {least}..{most}"
    # An array of one number would do for an index, and means something else.
    if isinstance(value, (bool, np.bool_, np.ndarray)):
        raise _refusal(name, value, want)
    try:
        number = operator.index(value)  # type: ignore[arg-type]
    except Exception:  # Whatever a stranger's __index__ raises.
        raise _refusal(name, value, want) from None
    if not least <= number <= most:
        raise _refusal(name, value, want)
    return number


def as_wholes(values: object, name: str, *, least: int = 0) -> list[int]:
    """Return a list of whole numbers, each of at least ``least``.

    Examples
    --------
    >>> as_wholes((4, np.int8(3)), "widths")
    [4, 3]
    >>> as_wholes(4, "widths")
    Traceback (most recent call last):
        ...
    hgcn.errors.SpecError: widths must be a list of whole numbers, got 4
    """
    plain = values.tolist() if isinstance(values, np.ndarray) else values
    if not isinstance(plain, (list, tuple, range)):
        raise _refusal(name, values, "a list of whole numbers")
    return [as_whole(value, f"each of {name}", least=least) for value in plain]


def as_real(value: object, name: str, want: str, holds: Callable[[float], bool]) -> float:
    """Return a finite number for which ``holds`` does; ``want`` says so in words.

    Examples
    --------
    >>> as_real(2, "exponent", "a number above 1", lambda number: number > 1)
    2.0
    >>> as_real(None, "exponent", "a number above 1", lambda number: number > 1)
    Traceback (most recent call last):
        ...
    hgcn.errors.SpecError: exponent must be a number above 1, got None
    """
    # True is a number to Python; it was never meant as one.
    if not isinstance(value, (bool, np.bool_)) and isinstance(value, Real):
        try:
            number = float(value)
        except (OverflowError, ValueError):
            number = math.inf
        if math.isfinite(number) and holds(number):
            return number
    raise _refusal(name, value, want)


def as_flag(value: object, name: str) -> bool:
    """Return True or False; 1, "no" and None are neither.

    Examples
    --------
    >>> as_flag("no", "symmetrise")
    Traceback (most recent call last):
        ...
    hgcn.errors.SpecError: symmetrise must be True or False, got 'no'
    """
    if not isinstance(value, (bool, np.bool_)):
        raise _refusal(name, value, "True or False")
    return bool(value)


def as_text(value: object, name: str) -> str:
    """Return a text, as a plain `str`.

    Examples
    --------
    >>> as_text(b"cora", "name")
    Traceback (most recent call last):
        ...
    hgcn.errors.SpecError: name must be a text, got b'cora'
    """
    if not isinstance(value, str):
        raise _refusal(name, value, "a text")
    return str(value)


def as_choice(value: object, name: str, choices: Collection[str]) -> str:
    """Return one of the texts ``choices``.

    Examples
    --------
    >>> as_choice(["sum"], "parallel", ("sum", "once"))
    Traceback (most recent call last):
        ...
    hgcn.errors.SpecError: parallel must be one of sum, once, got ['sum']
    """
    if not isinstance(value, str) or value not in choices:
        raise _refusal(name, value, f"one of {', '.join(choices)}")
    return str(value)


def as_path(value: object, name: str) -> Path:
    """Return a path: a text or a path object, not empty, without a zero character.

    Examples
    --------
    >>> as_path("", "path")
    Traceback (most recent call last):
        ...
    hgcn.errors.SpecError: path must be a path, as text or pathlib.Path, got ''
    """
    if isinstance(value, (str, os.PathLike)):
        text = os.fspath(value)
        if isinstance(text, str) and text and "\0" not in text:
            return Path(text)
    raise _refusal(name, value, "a path, as text or pathlib.Path")


def as_generator(value: object, name: str = "rng") -> np.random.Generator:
    """Return a generator as it is, or a new one of a seed.

    Nothing is no seed: what is drawn is to be the same at the next run.

    Examples
    --------
    >>> int(as_generator(0).integers(9))
    7
    >>> as_generator(None, "seed")
    Traceback (most recent call last):
        ...
    hgcn.errors.SpecError: seed must be a NumPy generator or a whole number of at least 0, got None
    """
    if isinstance(value, np.random.Generator):
        return value
    try:
        return np.random.default_rng(as_whole(value, name, most=2**128))
    except SpecError:
        want = "a NumPy generator or a whole number of at least 0"
        raise _refusal(name, value, want) from None


def as_progress(value: Any, name: str = "progress") -> Any:
    """Return something to call, or None.

    Examples
    --------
    >>> as_progress(True)
    Traceback (most recent call last):
        ...
    hgcn.errors.SpecError: progress must be a function or None, got True
    """
    if value is not None and not callable(value):
        raise _refusal(name, value, "a function or None")
    return value


def _refusal(name: str, value: object, want: str) -> SpecError:
    return SpecError(f"{name} must be {want}, got {shown(value)}")
