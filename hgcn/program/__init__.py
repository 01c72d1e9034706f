# SPDX-License-Identifier: Apache-2.0
"""A compiled program: run, look at, save, load."""
