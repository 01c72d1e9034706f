# SPDX-License-Identifier: Apache-2.0
"""Layer types: a file each, with parameters, float definition, quantisation and jobs."""
