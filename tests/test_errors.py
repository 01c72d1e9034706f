# SPDX-License-Identifier: Apache-2.0
"""One root for every deliberate error, and values from outside fit for a message."""

from __future__ import annotations

import inspect
import re

import numpy as np
import pytest

from hgcn import errors
from hgcn.errors import HardwareError, HgcnError, SpecError, require, shown


def test_every_error_has_the_root_and_says_what_it_is_for() -> None:
    found = [kind for _, kind in inspect.getmembers(errors, inspect.isclass)]
    assert HardwareError in found
    for kind in found:
        if kind.__module__ == errors.__name__:
            assert issubclass(kind, HgcnError) and kind.__doc__


def test_a_value_is_shown_short_and_in_plain_characters() -> None:
    assert shown("\x1b[2J") == r"'\x1b[2J'"
    assert re.fullmatch(r"'x{59}\.\.\.", shown("x" * 1000))


def test_an_array_of_many_lines_is_shown_on_one() -> None:
    assert shown(np.ones((2, 2))) == "array([[1., 1.], [1., 1.]])"
    with pytest.raises(SpecError, match=re.escape("got array([[1., 1.], [1., 1.]])")):
        require(False, "banks", np.ones((2, 2)), "a whole number")


def test_a_value_that_cannot_show_itself_is_named_by_its_type() -> None:
    class Odd:
        def __repr__(self) -> str:
            raise RuntimeError("on no device")

    assert shown(Odd()) == "a Odd"
