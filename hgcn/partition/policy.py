# SPDX-License-Identifier: Apache-2.0
"""The split policies and their spelling."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from hgcn.arguments import as_choice, as_text
from hgcn.errors import SpecError, require, shown

POLICIES = ("balanced", "threshold", "pl-only", "aie-only")
"""Every policy; the first is the default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Which segments go to the tensor array.

    Parameters
    ----------
    name : str
        ``balanced``: the split of smallest cost. ``threshold``: the segments of at least
        `threshold` nonzeros. ``pl-only``: none. ``aie-only``: all.
    threshold : int or None
        Smallest count that goes to the tensor array; only for ``threshold``.

    Raises
    ------
    SpecError
        If the name is unknown, or the threshold is missing, below 1, or given to another policy.

    Examples
    --------
    >>> str(Policy(name="threshold", threshold=4))
    'threshold:4'
    """

    name: str = POLICIES[0]
    threshold: int | None = None

    def __post_init__(self) -> None:
        as_choice(self.name, "policy", POLICIES)
        if self.name == "threshold":
            given = self.threshold
            whole = isinstance(given, (int, np.integer)) and given is not True
            require(
                given is not None and whole and given >= 1,
                "threshold",
                given,
                "at least 1, as in 'threshold:4'",
            )
        else:
            want = f"None for policy {self.name!r}"
            require(self.threshold is None, "threshold", self.threshold, want)

    def __str__(self) -> str:
        return self.name if self.threshold is None else f"{self.name}:{self.threshold}"


def parse_policy(text: str) -> Policy:
    """Read a policy as `str` writes it.

    Raises
    ------
    SpecError
        If the text is not a policy.

    Examples
    --------
    >>> parse_policy("threshold:4")
    Policy(name='threshold', threshold=4)
    >>> parse_policy("threshold:many")
    Traceback (most recent call last):
        ...
    hgcn.errors.SpecError: threshold must be a whole number, got 'many'
    """
    name, colon, number = as_text(text, "policy").partition(":")
    if not colon:
        return Policy(name=name)
    try:
        threshold = int(number)
    except ValueError:
        raise SpecError(f"threshold must be a whole number, got {shown(number)}") from None
    return Policy(name=name, threshold=threshold)
