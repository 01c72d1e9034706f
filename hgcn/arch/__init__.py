# SPDX-License-Identifier: Apache-2.0
"""Device presets: the one source of every hardware size."""
