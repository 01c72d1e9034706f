# SPDX-License-Identifier: Apache-2.0
"""Bus models for the benches: ready/valid streams, clock and reset, registers by name."""

from .bench import device_under_test, parameters_under_test, start_clock, wait_for
from .registers import Registers
from .stream import StreamSink, StreamSource

__all__ = [
    "Registers",
    "StreamSink",
    "StreamSource",
    "device_under_test",
    "parameters_under_test",
    "start_clock",
    "wait_for",
]
