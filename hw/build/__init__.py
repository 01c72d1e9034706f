# SPDX-License-Identifier: Apache-2.0
"""Scripts from sources to bitstreams, and their dry run without vendor tools."""
