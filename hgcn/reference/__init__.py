# SPDX-License-Identifier: Apache-2.0
"""The golden integer arithmetic: slow, obvious NumPy."""
