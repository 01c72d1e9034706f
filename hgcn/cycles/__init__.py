# SPDX-License-Identifier: Apache-2.0
"""Cycles and bytes from artefacts, each term named."""
