# SPDX-License-Identifier: Apache-2.0
"""The presets: distinct, and found by name."""

from __future__ import annotations

import pytest

from hgcn.arch.presets import PRESETS, device, device_with_hash
from hgcn.errors import SpecError


@pytest.mark.parametrize("name", PRESETS)
def test_a_preset_is_found_by_its_name(name: str) -> None:
    assert device(name) is PRESETS[name] and PRESETS[name].name == name


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(SpecError, match="unknown device 'u250': choose one of tiny, kv260, vck190"):
        device("u250")


def test_no_two_presets_take_each_others_programs() -> None:
    assert len({preset.hash for preset in PRESETS.values()}) == len(PRESETS)


def test_a_preset_is_found_by_its_hash() -> None:
    assert device_with_hash(PRESETS["kv260"].hash) is PRESETS["kv260"]
    assert device_with_hash(0) is None
