# SPDX-License-Identifier: Apache-2.0
# Compares a v++-linked overlay with the golden boundary.
#
#   vivado -mode batch -source vck190_verify.tcl -tclargs SETTINGS GOLDEN RUN PDI
#
# RUN is the implementation folder of the link (..._x/link/vivado/vpl/prj/prj.runs/impl_1).

source [file join [file dirname [info script]] vck190_boundary.tcl]

hgcn::load_settings [lindex $argv 0]
set golden [lindex $argv 1]
set routed [hgcn::find_one [list [file join [lindex $argv 2] *_routed.dcp]] "routed checkpoint"]
pr_verify -initial [hgcn::golden_file $golden golden_routed.dcp] -additional $routed
hgcn::check_parent $golden [lindex $argv 3]
