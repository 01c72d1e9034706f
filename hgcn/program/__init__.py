# SPDX-License-Identifier: Apache-2.0
"""Lowering, the binary program format and what is generated from it."""
