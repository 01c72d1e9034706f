# SPDX-License-Identifier: Apache-2.0
"""Files as other programs write them, and every reader compared with a reader of theirs."""
