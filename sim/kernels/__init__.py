# SPDX-License-Identifier: Apache-2.0
"""The AI Engine kernels on the workstation, with a stand-in for the vendor's headers."""
