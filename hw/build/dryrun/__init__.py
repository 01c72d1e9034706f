# SPDX-License-Identifier: Apache-2.0
"""A recording stand-in for Vivado's Tcl commands: enough to run this project's scripts.

It knows the commands, properties, IP cores and pins the scripts use, and nothing else: whatever it
does not know is an error. It proves names, connections, addresses and clocks; not what Vivado does.
"""
