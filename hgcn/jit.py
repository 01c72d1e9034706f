# SPDX-License-Identifier: Apache-2.0
"""The one typed door to Numba: every compiled loop goes through it."""

from __future__ import annotations

import hashlib
import inspect
from collections.abc import Callable
from contextlib import suppress
from types import ModuleType
from typing import Any, TypeVar, cast

import numba

_Function = TypeVar("_Function", bound=Callable[..., Any])


def compiled(function: _Function) -> _Function:
    """Compile ``function`` at its first call; the machine code is cached if it can be.

    Beside the source, in the user's cache folder if that is read-only, or where NUMBA_CACHE_DIR
    says. Where nothing can be written, each process compiles anew.

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
    if function.__code__.co_filename.startswith("<"):
        return cast(_Function, numba.njit(function))
    try:
        made = cast(Any, numba.njit(cache=True)(function))
    except RuntimeError:  # Numba finds no folder that it can write to.
        return cast(_Function, numba.njit(function))
    if made is function:  # NUMBA_DISABLE_JIT: for those who step through a loop in a debugger.
        return function
    keep = made._cache.save_overload

    def keep_if_possible(*arguments: Any) -> None:
        with suppress(OSError):  # The disk may be full: the machine code is there all the same.
            keep(*arguments)

    made._cache.save_overload = keep_if_possible
    return cast(_Function, made)


def compiled_part(function: _Function) -> _Function:
    """Compile ``function`` as a part of those that call it, with no cache of its own.

    A cached function keeps the machine code of all it calls, and of those that are cached too it
    takes the code from their cache, however old. So the parts of a loop that is spread over modules
    have none, and the loop holds their `source_digest`.
    """
    return cast(_Function, numba.njit(function))


def source_digest(*modules: ModuleType) -> str:
    """Return a hash of the modules' sources, for the closure of a loop that calls their functions.

    Numba's cache notices a change of a function's own file and of what its closure holds, not of
    the functions it calls.
    """
    sources = "\0".join(inspect.getsource(module) for module in modules)
    return hashlib.sha256(sources.encode()).hexdigest()
