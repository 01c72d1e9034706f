# SPDX-License-Identifier: Apache-2.0
"""The virtual board: the real PYNQ package over the Verilated accelerator.

`settings`, `model` and `build` need no PYNQ; `device` and `select` do.
"""
