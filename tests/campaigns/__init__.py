# SPDX-License-Identifier: Apache-2.0
"""Random programs by the thousand, as commands; their small versions are among the tests."""
