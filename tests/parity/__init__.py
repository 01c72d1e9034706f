# SPDX-License-Identifier: Apache-2.0
"""Parity with PyTorch Geometric: the same layers on the same edge lists, its answers recorded.

`make test-pyg` runs the real one and compares; `make test` compares with what it answered then.
"""
