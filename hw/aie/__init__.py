# SPDX-License-Identifier: Apache-2.0
"""The AI Engine side of the accelerator; see README.md."""
