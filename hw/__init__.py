# SPDX-License-Identifier: Apache-2.0
"""The hardware sources as package data."""
