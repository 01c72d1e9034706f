# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import ctypes
import random
import re
from pathlib import Path

import pytest

from hgcn.errors import GraphError
from tests.fuzz import FORMATS
from tests.fuzz.campaign import run_campaign
from tests.fuzz.case import FAILED, READ, REFUSED, run_case
from tests.fuzz.damage import damage

COUNT = 100


@pytest.mark.parametrize("name", FORMATS)
def test_damaged_files_are_read_or_refused(name: str) -> None:
    done = run_campaign(name, range(COUNT), seed=0, keep=None)
    assert done.failures == []
    # Neither mutants that are all refused nor mutants that are all valid try much.
    assert done.verdicts[READ] > COUNT // 50
    assert done.verdicts[REFUSED] > COUNT // 50


@pytest.mark.rtl
def test_accepted_programs_give_the_same_bits_on_the_rtl() -> None:
    done = run_campaign("programs", range(60), seed=1, keep=None, rtl=5)
    assert done.failures == [] and done.on_rtl == 5


def _raise(error: BaseException) -> None:
    raise error


def _spin(path: Path) -> None:
    while True:
        pass


@pytest.mark.parametrize(
    ("read", "verdict", "detail"),
    [
        (lambda path: None, READ, ""),
        (lambda path: _raise(GraphError("odd")), REFUSED, "odd"),
        (lambda path: _raise(GraphError("two\nlines")), FAILED, "no printable line"),
        (lambda path: _raise(ValueError("raw")), FAILED, r"ValueError at test_fuzz.py:\d+: raw"),
        (lambda path: bytearray(2 * 1024**3), FAILED, "over 1073741824 bytes"),
        (lambda path: ctypes.string_at(0), FAILED, "the interpreter ended by SIGSEGV"),
        (_spin, FAILED, "over 1 s"),
    ],
)
def test_every_way_to_fail_is_seen(read, verdict: str, detail: str, tmp_path: Path) -> None:
    outcome = run_case(read, tmp_path, cpu_seconds=1)
    assert outcome.verdict == verdict
    assert detail == "" == outcome.detail or re.search(detail, outcome.detail)


def test_a_seed_gives_the_same_damage() -> None:
    content = bytes(range(256))
    first, second = (damage(random.Random("a 0 1"), content) for _ in range(2))
    assert first == second != content
