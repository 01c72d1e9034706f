# SPDX-License-Identifier: Apache-2.0
"""hgcn: co-design of graph convolutional network accelerators on AMD Versal."""
