# SPDX-License-Identifier: Apache-2.0
"""Which split makes the fastest program: several are tried, the cycle model decides."""
