# SPDX-License-Identifier: Apache-2.0
"""Whether a program from outside may run: accepted means one answer on every backend."""
