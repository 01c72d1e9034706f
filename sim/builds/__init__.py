# SPDX-License-Identifier: Apache-2.0
"""What is compiled, once per content: simulators, the virtual board, the kernels' stand-in."""
