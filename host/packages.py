# SPDX-License-Identifier: Apache-2.0
"""The board's module, which needs pynq."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from hgcn.errors import BackendError
from hgcn.extras import how_to_install


def board_module() -> Any:
    """Return the module with the overlay and the driver.

    Raises
    ------
    BackendError
        If pynq is not installed; the message says how to get it.
    """
    try:
        return import_module(".board", __package__)
    except ImportError as fault:
        raise BackendError(
            f"the board needs the package pynq ({fault}): {how_to_install('board')}, with Python "
            "3.10 to 3.12"
        ) from None
