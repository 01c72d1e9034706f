# SPDX-License-Identifier: Apache-2.0
"""What a device's sizes become in other languages: SystemVerilog, C++, the AI Engine graph."""
