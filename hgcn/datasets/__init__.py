# SPDX-License-Identifier: Apache-2.0
"""Named data sets and graph files."""
