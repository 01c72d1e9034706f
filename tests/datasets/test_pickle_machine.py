# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hgcn.datasets.pickle_machine import Made, Name, PickleError, PickleMachine, UnsafePickleError

NAMES = frozenset({"collections.defaultdict", "__builtin__.list"})
NODE = st.integers(-(2**31), 2**31)


@given(st.dictionaries(NODE, st.lists(st.integers(-(2**63), 2**63 - 1), max_size=30), max_size=30))
def test_dicts_of_lists_come_back_as_pickle_gives_them(value: dict) -> None:
    assert PickleMachine(pickle.dumps(value, protocol=2), NAMES).run() == value


@given(st.lists(st.integers(0, 5), max_size=1500))
def test_long_lists_come_in_batches(value: list) -> None:
    assert PickleMachine(pickle.dumps(value, protocol=2), NAMES).run() == value


@pytest.mark.parametrize("value", [None, True, False, 1.5, (), (1,), (1, 2), (1, 2, 3, (4,))])
def test_constants_and_tuples_come_back(value: object) -> None:
    assert PickleMachine(pickle.dumps(value, protocol=2), NAMES).run() == value


def test_a_call_is_kept_and_not_made() -> None:
    made = PickleMachine(
        b"\x80\x02ccollections\ndefaultdict\nc__builtin__\nlist\n\x85RK\x01]s.", NAMES
    ).run()
    assert made == Made("collections.defaultdict", (Name("__builtin__.list"),), {1: []})


def test_one_value_kept_once_is_the_same_value() -> None:
    first, second = PickleMachine(b"\x80\x02]q\x07h\x07\x86.", NAMES).run()
    assert first is second


@given(st.binary(max_size=40))
def test_any_bytes_give_a_value_or_a_pickle_error(content: bytes) -> None:
    for start in (b"", b"\x80\x02", b"\x80\x02}K\x01]"):
        try:
            PickleMachine(start + content, NAMES).run()
        except PickleError as error:
            assert "\n" not in str(error)


def test_names_out_of_the_list_are_unsafe() -> None:
    with pytest.raises(UnsafePickleError, match=r"name 'os\.system'"):
        PickleMachine(b"cos\nsystem\n.", NAMES).run()
