# SPDX-License-Identifier: Apache-2.0
"""The split by density into three subgraphs."""
