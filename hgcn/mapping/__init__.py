# SPDX-License-Identifier: Apache-2.0
"""Placement and schedules on both engines."""
