# SPDX-License-Identifier: Apache-2.0
"""Tests of the board builds; none needs a vendor tool."""
