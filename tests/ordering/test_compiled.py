# SPDX-License-Identifier: Apache-2.0
from hgcn.ordering.compiled import compiled


def _triple(x: int) -> int:
    return 3 * x


def test_a_compiled_function_does_the_same() -> None:
    assert compiled(_triple)(14) == _triple(14)
