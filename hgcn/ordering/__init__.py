# SPDX-License-Identifier: Apache-2.0
"""Node and feature orderings."""
