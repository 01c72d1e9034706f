# SPDX-License-Identifier: Apache-2.0
"""GCN models: float forward pass, weights, training, quantisation."""
