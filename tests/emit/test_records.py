# SPDX-License-Identifier: Apache-2.0
"""The classes of header and commands are what the declaration says."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from hgcn.emit.records import class_name, python_records
from hgcn.format.commands import COMMANDS, HEADER
from hgcn.isa import records

COMMITTED = Path(records.__file__)


def test_committed_classes_are_what_emit_writes() -> None:
    assert COMMITTED.read_text() == python_records()


def test_a_class_has_the_fields_that_are_not_fixed() -> None:
    for form in (HEADER, *COMMANDS):
        made = {field.name for field in fields(getattr(records, class_name(form)))}
        assert made == {field.name for field in form.fields if not field.fixed}
