# SPDX-License-Identifier: Apache-2.0
"""Progress draws nothing where nobody looks."""

from __future__ import annotations

import pytest

from hgcn.cli.progress import progress_bar


def test_nothing_is_drawn_without_a_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    with progress_bar() as call:
        for done in range(3):
            call("run", done, 3)
        call("a stage nobody named", 1, 1)
    assert capfd.readouterr() == ("", "")
