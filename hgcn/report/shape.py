# SPDX-License-Identifier: Apache-2.0
"""Whether what a JSON file holds has the shape of an example."""

from __future__ import annotations

import math
from collections.abc import Iterator

from hgcn.errors import shown
from hgcn.printable import printable


def wrong(place: str, value: object, want: object) -> Iterator[str]:
    """Yield what of ``value`` is missing, or of another kind than in ``want``.

    Parameters
    ----------
    place : str
        Where ``value`` stands; empty for the whole.
    value : object
        What JSON gave.
    want : object
        An example: a dict with the keys there must be, `str` as a key standing for any; a list of
        one example; a tuple of one, which may be null; a text; a bool; or a number of at least 0.

    Examples
    --------
    >>> list(wrong("", {"cycles": "many"}, {"cycles": 0}))
    ["cycles must be a number of at least 0, got 'many'"]
    >>> list(wrong("", {"notes": [], "accuracy": None}, {"notes": [""], "accuracy": (0,)}))
    []
    """
    if isinstance(want, tuple):
        if value is not None:
            yield from wrong(place, value, want[0])
    elif isinstance(want, dict):
        if not isinstance(value, dict):
            yield f"{place or 'it'} must be an object, got {shown(value)}"
            return
        for key, inner in want.items():
            if key is not str and key not in value:
                yield f"it lacks {place + '.' if place else ''}{key}"
                return
            for name in value if key is str else [key]:
                yield from wrong(f"{place}.{printable(name)}".lstrip("."), value[name], inner)
    elif isinstance(want, list):
        if not isinstance(value, list):
            yield f"{place} must be a list, got {shown(value)}"
            return
        for number, each in enumerate(value):
            yield from wrong(f"{place}[{number}]", each, want[0])
    elif isinstance(want, str):
        if not isinstance(value, str):
            yield f"{place} must be a text, got {shown(value)}"
    elif isinstance(want, bool):
        if not isinstance(value, bool):
            yield f"{place} must be true or false, got {shown(value)}"
    elif isinstance(value, bool) or not isinstance(value, (int, float)) or not _is_count(value):
        yield f"{place} must be a number of at least 0, got {shown(value)}"


def _is_count(value: float) -> bool:
    # An integer of a thousand digits is no float, and no report has one.
    return 0 <= value < 2**63 and math.isfinite(value)
