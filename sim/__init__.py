# SPDX-License-Identifier: Apache-2.0
"""Simulates the accelerator's RTL in Verilator: benches, whole programs, mutants, area."""
