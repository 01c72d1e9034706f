# SPDX-License-Identifier: Apache-2.0
"""Settings of every test."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

# The first example may compile machine code: time per example says nothing here.
settings.register_profile(
    "hgcn", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("hgcn")
