# SPDX-License-Identifier: Apache-2.0
"""One root for every deliberate error."""

from __future__ import annotations

import inspect

from hgcn import errors
from hgcn.errors import HardwareError, HgcnError


def test_every_error_has_the_root_and_says_what_it_is_for() -> None:
    found = [kind for _, kind in inspect.getmembers(errors, inspect.isclass)]
    assert HardwareError in found
    for kind in found:
        if kind.__module__ == errors.__name__:
            assert issubclass(kind, HgcnError) and kind.__doc__
