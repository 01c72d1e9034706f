# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from decimal import Decimal, localcontext

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hgcn.graph.powers import powers


@given(st.floats(1e-6, 1e12), st.floats(-12, 12))
def test_powers_are_those_of_fifty_digits(base: float, exponent: float) -> None:
    with localcontext() as context:
        context.prec = 50
        want = Decimal(base) ** Decimal(exponent)
        error = abs(Decimal(float(powers(np.array([base]), exponent)[0])) / want - 1)
    # Rounding the logarithm of the result costs as many units as it is large.
    assert error < 1e-15 * (2 + abs(exponent * float(np.log(base))))


def test_one_is_one() -> None:
    assert powers(np.array([1.0, 1.0]), -0.7).tolist() == [1.0, 1.0]
