# SPDX-License-Identifier: Apache-2.0
"""Nothing is collected that needs PyTorch to be imported."""

collect_ignore = ["samples.py"]
