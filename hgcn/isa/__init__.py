# SPDX-License-Identifier: Apache-2.0
"""The program format: commands, streams, header and image, encoded and decoded."""
