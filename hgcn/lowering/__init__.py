# SPDX-License-Identifier: Apache-2.0
"""Mapped operands to commands and streams."""
