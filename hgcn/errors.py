# SPDX-License-Identifier: Apache-2.0
"""Every deliberate error of hgcn, and the one check that raises most of them."""

from __future__ import annotations

_MOST_SHOWN = 60
"""Characters of a value that a message repeats."""


class HgcnError(Exception):
    """Root of every deliberate error: one line naming the thing, what came and what was wanted."""


class SpecError(HgcnError, ValueError):
    """A parameter (device, policy, option) has a value it cannot take."""


class GraphError(HgcnError, ValueError):
    """A graph, its features or its labels are not what a graph must be."""


class DatasetError(HgcnError):
    """A data set or graph file is missing, damaged, unsafe or out of reach."""


class ModelError(HgcnError, ValueError):
    """A model's weights do not fit each other, the graph, or the arithmetic."""


class CompileError(HgcnError):
    """A model and graph cannot be lowered onto the device; the message says which limit is met."""


class ProgramError(HgcnError):
    """A program image is malformed, damaged, or made for another device."""


class BackendError(HgcnError):
    """A backend is unknown, not installed, or failed to run."""


class HardwareError(BackendError):
    """The accelerator stopped with an error register set."""


def require(holds: bool, name: str, got: object, want: str) -> None:
    """Raise `SpecError` naming the parameter, the value it got and what it takes.

    Examples
    --------
    >>> require(3 >= 1, "lanes", 3, "at least 1")
    >>> require(0 >= 1, "lanes", 0, "at least 1")
    Traceback (most recent call last):
        ...
    hgcn.errors.SpecError: lanes must be at least 1, got 0
    """
    if not holds:
        raise SpecError(f"{name} must be {want}, got {shown(got)}")


def shown(value: object) -> str:
    r"""Return a value from outside for a message: on one line, cut short, nothing to obey in it.

    Examples
    --------
    >>> print(shown("a\x1b[31m"), shown("x" * 99)[-6:])
    'a\x1b[31m' xxx...
    """
    try:
        text = " ".join(ascii(value).split())
    except Exception:  # What a stranger's __repr__ raises.
        text = f"a {type(value).__name__}"
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}..."
