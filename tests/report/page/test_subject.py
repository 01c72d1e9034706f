# SPDX-License-Identifier: Apache-2.0
"""What a page is about is handed on as it is."""

from __future__ import annotations

from dataclasses import FrozenInstanceError

import pytest

from hgcn.report.page.subject import Subject


def test_it_cannot_be_changed(subject: Subject) -> None:
    with pytest.raises(FrozenInstanceError):
        subject.command = "other"  # type: ignore[misc]


def test_a_run_alone_has_no_program() -> None:
    made = Subject(command="", run={}, versions={})
    assert made.program is None
