# SPDX-License-Identifier: Apache-2.0
"""What docs/extending.md says can be added, added once for real."""
