# SPDX-License-Identifier: Apache-2.0
"""hgcn_requantise: bit for bit hgcn.reference.requantise, corners of every operand included."""

from __future__ import annotations

import random
from typing import Any

import cocotb
import numpy as np
from cocotb.triggers import RisingEdge

from hgcn.reference.requantise import Requantiser, requantise

from ...bfm import device_under_test, start_clock
from ...runs.runner import Bench
from .memories import pack

_FILE = "hw/rtl/engine/hgcn_requantise.sv"

BENCH = Bench(
    module="benches.engine.test_requantise",
    top="hgcn_requantise",
    sources=(_FILE,),
    presets=("tiny", "vck5000"),
)

MUTANTS = [
    (_FILE, "scale_q[30:16]", "{^scale_q[30:29], scale_q[29:16]}"),
    (_FILE, "signed'({33'b0, scale_q[15:0]})", "49'(signed'(scale_q[15:0]))"),
    (_FILE, "total_q >>> shift_i", "total_q >> shift_i"),
    (_FILE, "64'(signed'(bias_i[f]))", "64'(bias_i[f])"),
    (_FILE, "relu_i ? 64'sd0 : ~high", "relu_i ? ~high : ~high"),
    (_FILE, "relu_i ? 64'sd0 : ~high", "relu_i ? 64'sd0 : -high"),
    (_FILE, "int16_i ? 64'sd32767 : 64'sd127", "int16_i ? 64'sd32766 : 64'sd127"),
    (_FILE, "if (valid_q[3]) shifted_q", "if (valid_q[2]) shifted_q"),
    (_FILE, "else if (ce_i) valid_q", "else valid_q"),
    (_FILE, "shifted_q < low ?", "-shifted_q > (high | low) ?"),
    (_FILE, "shifted_q > high ?", "64'(signed'(shifted_q[31:0])) > high ?"),
]

LATENCY_CYCLES = 6
SUM_CORNERS = (0, 1, -1, (1 << 31) - 1, -(1 << 31))
BIAS_CORNERS = (0, (1 << 31) - 1, -(1 << 31))


def random_scales(rng: random.Random, rows: int, features: int, *, int16: bool) -> Requantiser:
    """Return scales of every magnitude, extremes often."""

    def value(bits: int) -> int:
        return rng.choice((0, (1 << bits) - 1, rng.getrandbits(rng.randint(1, bits))))

    def bias() -> int:
        magnitude = rng.getrandbits(rng.randint(1, 31))
        return rng.choice((*BIAS_CORNERS, magnitude, -magnitude))

    return Requantiser(
        row=np.array([value(16) for _ in range(rows)], np.uint16),
        col=np.array([value(15) for _ in range(features)], np.uint16),
        bias=np.array([bias() for _ in range(features)], np.int32),
        shift=rng.choice((1, 62, rng.randint(1, 62), rng.randint(16, 48))),
        bias_shift=rng.choice((0, 30, rng.randint(0, 30))),
        relu=rng.random() < 0.5,
        bits=16 if int16 else 8,
    )


def random_sums(
    rng: random.Random, rows: int, features: int
) -> np.ndarray[Any, np.dtype[np.int32]]:
    """Return sums of every magnitude, extremes often."""
    values = []
    for _ in range(rows * features):
        magnitude = rng.getrandbits(rng.randint(1, 31))
        values.append(rng.choice((rng.choice(SUM_CORNERS), magnitude, -magnitude)))
    return np.array(values, np.int32).reshape(rows, features)


@cocotb.test()
@cocotb.parametrize(int16=[False, True], stall=[0.0, 0.4])
async def rows_match_reference(dut: Any, int16: bool, stall: float) -> None:
    features = device_under_test().features
    rng = random.Random(cocotb.RANDOM_SEED)
    dut.ce_i.value = 1
    dut.valid_i.value = 0
    dut.shift_i.value = 1
    await start_clock(dut.clk_i, dut.rst_ni)

    for _ in range(40):
        rows = rng.randint(1, 12)
        scales = random_scales(rng, rows, features, int16=int16)
        sums = random_sums(rng, rows, features)
        want = requantise(sums, scales)
        bias = [(int(beta) << scales.bias_shift) + (1 << scales.shift - 1) for beta in scales.bias]
        dut.col_i.value = pack(*((int(c), 15) for c in reversed(scales.col)))
        dut.bias_i.value = pack(*((b & ((1 << 63) - 1), 63) for b in reversed(bias)))
        dut.shift_i.value = scales.shift
        dut.relu_i.value = int(scales.relu)
        dut.int16_i.value = int(int16)
        got: list[Any] = []
        sent: list[int] = []
        enabled = given = 0
        for _ in range(500):
            ce = rng.random() >= stall
            valid = given < rows and rng.random() >= stall
            dut.ce_i.value = int(ce)
            dut.valid_i.value = int(valid)
            if valid:
                dut.sums_i.value = int.from_bytes(sums[given].tobytes(), "little")
                dut.row_i.value = int(scales.row[given])
            await RisingEdge(dut.clk_i)
            if not ce:
                continue
            if dut.valid_o.value == 1:
                assert enabled - sent[len(got)] == LATENCY_CYCLES
                data = int(dut.row_o.value).to_bytes(2 * features, "little")
                got.append(np.frombuffer(data, np.int16))
            if valid:
                sent.append(enabled)
                given += 1
            enabled += 1
            if len(got) == rows:
                break
        np.testing.assert_array_equal(np.array(got), want)
        dut.ce_i.value = 1
        dut.valid_i.value = 0
