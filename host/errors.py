# SPDX-License-Identifier: Apache-2.0
"""What can go wrong between the processor and the accelerator."""

from __future__ import annotations

from hgcn.errors import BackendError, HardwareError


class AcceleratorTimeoutError(HardwareError, TimeoutError):
    """A run did not end in time, or made no progress; the message has the state of every engine."""


class InterruptLostError(HardwareError):
    """The run has ended but its interrupt never came; `reset` first, then wait by polling."""


class InterruptLostWarning(RuntimeWarning):
    """The run has ended but its interrupt never came: the session polls from now on."""


class ResetError(HardwareError):
    """The accelerator does not come out of its reset; the overlay must be loaded again."""


class BoardMemoryError(BackendError):
    """The board has no memory left for a program, or gave an unusable buffer."""
