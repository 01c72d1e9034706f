# SPDX-License-Identifier: Apache-2.0
"""The whole accelerator on its testbench."""
