# SPDX-License-Identifier: Apache-2.0
import pytest

from hgcn.errors import SpecError
from hgcn.partition.policy import Policy, parse_policy


@pytest.mark.parametrize("text", ["balanced", "threshold:4", "pl-only", "aie-only"])
def test_parsing_is_the_inverse_of_writing(text: str) -> None:
    assert str(parse_policy(text)) == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("best", "policy must be one of balanced, threshold, pl-only, aie-only, got 'best'"),
        ("threshold", "threshold must be at least 1, as in 'threshold:4', got None"),
        ("threshold:0", "threshold must be at least 1, as in 'threshold:4', got 0"),
        ("threshold:x", "threshold must be a whole number, got 'x'"),
        ("pl-only:3", "threshold must be None for policy 'pl-only', got 3"),
    ],
)
def test_a_bad_policy_is_named(text: str, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        parse_policy(text)


def test_balanced_is_the_default() -> None:
    assert Policy().name == "balanced"
