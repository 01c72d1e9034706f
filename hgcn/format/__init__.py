# SPDX-License-Identifier: Apache-2.0
"""The declaration of the instruction set: every field, list and number, as data.

What else knows of them is generated from here or reads these tables: `docs/instruction-set.md`.
"""
