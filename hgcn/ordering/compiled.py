# SPDX-License-Identifier: Apache-2.0
"""The one typed door to Numba: every compiled loop of the preprocessing goes through it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

_Function = TypeVar("_Function", bound=Callable[..., Any])


def compiled(function: _Function) -> _Function:
    """Compile ``function`` at its first call; the machine code is cached beside its source.

    Numba's own decorator has no types: this one keeps the signature visible to type checkers.

    Examples
    --------
    >>> @compiled
    ... def twice(x: int) -> int:
    ...     return 2 * x
    >>> twice(21)
    42
    """
    # A function without a source file (a doctest, an interactive session) has nowhere to keep a
    # cache.
    cache = not function.__code__.co_filename.startswith("<")
    return cast(_Function, numba.njit(cache=cache)(function))
