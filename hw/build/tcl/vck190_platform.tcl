# SPDX-License-Identifier: Apache-2.0
# EXPERIMENTAL: the golden design as an extensible platform, for v++ to link hgcn_core and the
# AI Engine graph into. That the result loads under PYNQ's segmented boot is unproven.
#
#   vivado -mode batch -source vck190_platform.tcl -tclargs SETTINGS GOLDEN

source [file join [file dirname [info script]] vck190_boundary.tcl]

proc hgcn::platform_design {golden} {
  set boundary [golden_design $golden]
  if {![dict get $boundary aie]} {
    error "this golden design has no AI Engine configuration path: a later PYNQ checkout is needed"
  }
  set clock [dict get $boundary clock]
  set reset [dict get $boundary reset]
  set smc [create_bd_cell -type ip -vlnv xilinx.com:ip:smartconnect:1.0 smc_control]
  set_property -dict [list CONFIG.NUM_SI 1 CONFIG.NUM_MI 2 CONFIG.NUM_CLKS 1] $smc
  set intc [create_bd_cell -type ip -vlnv xilinx.com:ip:axi_intc:4.1 axi_intc_0]
  set_property -dict [list CONFIG.C_IRQ_CONNECTION 1 CONFIG.C_KIND_OF_INTR 0x00000000] $intc
  connect_bd_intf_net [get_bd_intf_pins versal_cips_0/M_AXI_FPD] [get_bd_intf_pins smc_control/S00_AXI]
  connect_bd_intf_net [get_bd_intf_pins smc_control/M00_AXI] [get_bd_intf_pins axi_intc_0/s_axi]
  connect_bd_net [get_bd_pins axi_intc_0/irq] [get_bd_pins versal_cips_0/pl_ps_irq0]
  connect_bd_net [get_bd_pins $clock] [get_bd_pins smc_control/aclk] \
      [get_bd_pins axi_intc_0/s_axi_aclk]
  connect_bd_net [get_bd_pins $reset] [get_bd_pins smc_control/aresetn] \
      [get_bd_pins axi_intc_0/s_axi_aresetn]
  variable interrupt_base
  variable control_range
  assign_bd_address -offset $interrupt_base -range $control_range \
      -target_address_space [get_bd_addr_spaces versal_cips_0/M_AXI_FPD] \
      [get_bd_addr_segs axi_intc_0/S_AXI/Reg] -force

  # What v++ may attach to: one register port, one memory port, one clock, the interrupt inputs.
  lassign [split [dict get $boundary noc] /] noc port
  lassign [split $clock /] cips pin
  set_property PFM.AXI_PORT {M01_AXI {memport "M_AXI_GP" sptag "GP" memory ""}} [get_bd_cells smc_control]
  set_property PFM.AXI_PORT [list $port {memport "S_AXI_NOC" sptag "DDR" memory ""}] [get_bd_cells $noc]
  set_property PFM.CLOCK [list $pin {id "0" is_default "true" proc_sys_reset "/rst_pl0" status "fixed"}] \
      [get_bd_cells $cips]
  set_property PFM.IRQ {intr {id 0 range 1}} [get_bd_cells axi_intc_0]
}

proc hgcn::platform_build {golden} {
  variable build
  variable part
  new_project platform
  set_board
  platform_design $golden
  set design [get_files [current_bd_design].bd]
  set_property PFM_NAME "hgcn:vck190:vck190_pynq:1.0" $design
  set_property platform.extensible true [current_project]
  segmented $golden
  wrap_design
  generate_target all $design
  write_hw_platform -hw -force [file join $build platform.xsa]
}

hgcn::load_settings [lindex $argv 0]
hgcn::platform_build [lindex $argv 1]
