# SPDX-License-Identifier: Apache-2.0
"""Programs and benches on a simulator, and the `rtl` backend."""
