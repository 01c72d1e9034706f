# SPDX-License-Identifier: Apache-2.0
"""Reports: tables, pictures, pages."""
