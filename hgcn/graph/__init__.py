# SPDX-License-Identifier: Apache-2.0
"""Immutable graphs in CSR form."""
