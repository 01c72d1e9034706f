# SPDX-License-Identifier: Apache-2.0
"""A run as one page of HTML that needs nothing beside itself."""
