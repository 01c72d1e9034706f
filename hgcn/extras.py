# SPDX-License-Identifier: Apache-2.0
"""How to get what is optional: the one place that knows where the package comes from."""

from __future__ import annotations


def how_to_install(*extras: str) -> str:
    """Return the command that installs hgcn with ``extras``, run in a clone of the project.

    The package is on no index: a name alone would bring somebody else's.

    Examples
    --------
    >>> how_to_install("sim", "board")
    "pip install -e '.[sim,board]' in a clone of hgcn"
    >>> how_to_install()
    'pip install -e . in a clone of hgcn'
    """
    what = f"'.[{','.join(extras)}]'" if extras else "."
    return f"pip install -e {what} in a clone of hgcn"
