# SPDX-License-Identifier: Apache-2.0
"""Where a board's overlay files go: PYNQ finds them here by name (`pynq.overlays`)."""
