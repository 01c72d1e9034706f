# SPDX-License-Identifier: Apache-2.0
# VCK190 overlay under PYNQ's golden boundary, the array in programmable logic.
#
#   vivado -mode batch -source vck190_pynq.tcl -tclargs SETTINGS GOLDEN
#
# GOLDEN is boards/VCK190/golden of the PYNQ checkout the board's image was made from.

source [file join [file dirname [info script]] vck190_boundary.tcl]

proc hgcn::vck190_design {golden} {
  variable axi_bits
  set boundary [golden_design $golden]
  set clock [dict get $boundary clock]
  set reset [dict get $boundary reset]
  set noc_clock [dict get $boundary noc_clock]
  create_bd_cell -type ip -vlnv hgcn:hgcn:hgcn_top:1.0 hgcn_0
  connect_control versal_cips_0/M_AXI_FPD $clock $reset $noc_clock versal_cips_0/pl_ps_irq0
  # The array runs on the same clock: the preset's array_hz is that of AI Engines.
  connect_bd_net [get_bd_pins $clock] [get_bd_pins hgcn_0/array_clk]
  connect_bd_net [get_bd_pins $reset] [get_bd_pins hgcn_0/array_rst_n]

  # The golden port's width and clock stay as they are: SmartConnect adapts.
  set smc [create_bd_cell -type ip -vlnv xilinx.com:ip:smartconnect:1.0 smc_memory]
  set two_clocks [expr {$noc_clock ne $clock}]
  set_property -dict [list CONFIG.NUM_SI 1 CONFIG.NUM_MI 1 CONFIG.NUM_CLKS [expr {1 + $two_clocks}]] $smc
  connect_bd_intf_net [get_bd_intf_pins hgcn_0/m_axi] [get_bd_intf_pins smc_memory/S00_AXI]
  connect_bd_intf_net [get_bd_intf_pins smc_memory/M00_AXI] \
      [get_bd_intf_pins [dict get $boundary noc]]
  connect_bd_net [get_bd_pins $clock] [get_bd_pins smc_memory/aclk]
  connect_bd_net [get_bd_pins $reset] [get_bd_pins smc_memory/aresetn]
  if {$two_clocks} {
    connect_bd_net [get_bd_pins $noc_clock] [get_bd_pins smc_memory/aclk1]
  }

  assign_control versal_cips_0/M_AXI_FPD
  foreach segment [dict get $boundary memory] {
    lassign $segment name offset range
    assign_bd_address -offset $offset -range $range \
        -target_address_space [get_bd_addr_spaces hgcn_0/m_axi] [get_bd_addr_segs $name] -force
  }
}

proc hgcn::vck190_build {golden} {
  variable build
  new_project vck190
  set_board
  use_cores
  vck190_design $golden
  wrap_design
  segmented $golden
  implement write_device_image
  set runs [file join $build vck190 vck190.runs impl_1]
  set routed [find_one [list [file join $runs *_routed.dcp]] "routed checkpoint"]
  set pdi [find_one [list [file join $runs *_pld.pdi]] "PL image (segmented configuration is on)"]
  pr_verify -initial [golden_file $golden golden_routed.dcp] -additional $routed
  check_parent $golden $pdi
  file copy -force $pdi [file join $build hgcn.pdi]
  copy_handoff vck190 [file join $build hgcn.hwh]
  write_hw_platform -fixed -include_bit -force [file join $build hgcn.xsa]
}

hgcn::load_settings [lindex $argv 0]
hgcn::vck190_build [lindex $argv 1]
