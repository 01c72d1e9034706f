# SPDX-License-Identifier: Apache-2.0
"""Looks at the RTL without running it: lint and area."""
