# SPDX-License-Identifier: Apache-2.0
"""Paths from environment variables, all read alike."""

from __future__ import annotations

import os
from pathlib import Path

from hgcn.errors import SpecError


def path_variable(name: str) -> Path | None:
    """Return the path an environment variable names, ``~`` expanded; None if unset or empty.

    A shell expands ``~`` only where it stands unquoted; what arrives here may still hold it.

    Raises
    ------
    SpecError
        If it begins with the ``~`` of somebody who has no home.
    """
    text = os.environ.get(name, "").strip()
    return expanded(text, name) if text else None


def expanded(text: str | os.PathLike[str], name: str) -> Path:
    """Return the path ``text`` with ``~`` expanded; ``name`` is what it was given as.

    Raises
    ------
    SpecError
        If it begins with the ``~`` of somebody who has no home.

    Examples
    --------
    >>> expanded("data/cora", "HGCN_DATA").as_posix()
    'data/cora'
    """
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise SpecError(
            f"{name} must be a path, got {os.fspath(text)!r}: there is no such home folder"
        ) from None
