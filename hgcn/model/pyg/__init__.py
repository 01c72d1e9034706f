# SPDX-License-Identifier: Apache-2.0
"""Modules of PyTorch Geometric as models: run once, watched, read layer by layer, compared."""
