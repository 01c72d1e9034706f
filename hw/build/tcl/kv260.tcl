# SPDX-License-Identifier: Apache-2.0
# Kria KV260, everything in programmable logic: block design, bitstream, hardware description.
#
#   vivado -mode batch -source kv260.tcl -tclargs SETTINGS

source [file join [file dirname [info script]] common.tcl]

proc hgcn::kv260_processor {} {
  variable pl_mhz
  set ps [create_bd_cell -type ip -vlnv xilinx.com:ip:zynq_ultra_ps_e zynq_ultra_ps_e_0]
  apply_bd_automation -rule xilinx.com:bd_rule:zynq_ultra_ps_e -config {apply_board_preset "1"} $ps
  # One control port (HPM0), one memory port (HP0), one clock, one interrupt line. Both ports keep
  # their width after reset, 128 bits: a loaded overlay does not set the width registers.
  set_property -dict [list \
      CONFIG.PSU__USE__M_AXI_GP0 1 \
      CONFIG.PSU__MAXIGP0__DATA_WIDTH 128 \
      CONFIG.PSU__USE__M_AXI_GP1 0 \
      CONFIG.PSU__USE__M_AXI_GP2 0 \
      CONFIG.PSU__USE__S_AXI_GP2 1 \
      CONFIG.PSU__SAXIGP2__DATA_WIDTH 128 \
      CONFIG.PSU__USE__IRQ0 1 \
      CONFIG.PSU__FPGA_PL0_ENABLE 1 \
      CONFIG.PSU__CRL_APB__PL0_REF_CTRL__FREQMHZ $pl_mhz] $ps
}

# The array's clock, and a reset for each clock.
proc hgcn::kv260_clocks {} {
  variable array_mhz
  set wizard [create_bd_cell -type ip -vlnv xilinx.com:ip:clk_wiz clk_wiz_array]
  set_property -dict [list \
      CONFIG.PRIM_SOURCE Global_buffer \
      CONFIG.CLKOUT1_REQUESTED_OUT_FREQ $array_mhz \
      CONFIG.RESET_TYPE ACTIVE_LOW \
      CONFIG.RESET_PORT resetn] $wizard
  create_bd_cell -type ip -vlnv xilinx.com:ip:proc_sys_reset:5.0 rst_pl
  create_bd_cell -type ip -vlnv xilinx.com:ip:proc_sys_reset:5.0 rst_array
  connect_bd_net [get_bd_pins zynq_ultra_ps_e_0/pl_clk0] [get_bd_pins clk_wiz_array/clk_in1] \
      [get_bd_pins rst_pl/slowest_sync_clk] [get_bd_pins zynq_ultra_ps_e_0/maxihpm0_fpd_aclk] \
      [get_bd_pins zynq_ultra_ps_e_0/saxihp0_fpd_aclk] [get_bd_pins smc_memory/aclk]
  connect_bd_net [get_bd_pins zynq_ultra_ps_e_0/pl_resetn0] [get_bd_pins clk_wiz_array/resetn] \
      [get_bd_pins rst_pl/ext_reset_in] [get_bd_pins rst_array/ext_reset_in]
  # Both resets wait for the array's clock: the core requires them low together.
  connect_bd_net [get_bd_pins clk_wiz_array/locked] [get_bd_pins rst_pl/dcm_locked] \
      [get_bd_pins rst_array/dcm_locked]
  connect_bd_net [get_bd_pins clk_wiz_array/clk_out1] [get_bd_pins rst_array/slowest_sync_clk] \
      [get_bd_pins hgcn_0/array_clk]
  connect_bd_net [get_bd_pins rst_array/peripheral_aresetn] [get_bd_pins hgcn_0/array_rst_n]
  connect_bd_net [get_bd_pins rst_pl/peripheral_aresetn] [get_bd_pins smc_memory/aresetn]
}

proc hgcn::kv260_design {} {
  create_bd_design hgcn
  create_bd_cell -type ip -vlnv hgcn:hgcn:hgcn_top:1.0 hgcn_0
  set smc [create_bd_cell -type ip -vlnv xilinx.com:ip:smartconnect:1.0 smc_memory]
  set_property -dict [list CONFIG.NUM_SI 1 CONFIG.NUM_MI 1 CONFIG.NUM_CLKS 1] $smc
  kv260_processor
  kv260_clocks
  connect_control zynq_ultra_ps_e_0/M_AXI_HPM0_FPD zynq_ultra_ps_e_0/pl_clk0 \
      rst_pl/peripheral_aresetn zynq_ultra_ps_e_0/pl_clk0 zynq_ultra_ps_e_0/pl_ps_irq0
  connect_bd_intf_net [get_bd_intf_pins hgcn_0/m_axi] [get_bd_intf_pins smc_memory/S00_AXI]
  connect_bd_intf_net [get_bd_intf_pins smc_memory/M00_AXI] \
      [get_bd_intf_pins zynq_ultra_ps_e_0/S_AXI_HP0_FPD]
  assign_control zynq_ultra_ps_e_0/Data
  # pynq.allocate stays within the lower 2 GB, where the contiguous memory of the image is.
  assign_bd_address -offset 0x00000000 -range 0x80000000 \
      -target_address_space [get_bd_addr_spaces hgcn_0/m_axi] \
      [get_bd_addr_segs zynq_ultra_ps_e_0/SAXIGP2/HP0_DDR_LOW] -force
}

hgcn::load_settings [lindex $argv 0]
hgcn::new_project kv260
hgcn::set_board
hgcn::use_cores
hgcn::kv260_design
hgcn::wrap_design
hgcn::add_crossing
hgcn::implement write_bitstream
file copy -force [hgcn::find_one [list [file join $hgcn::build kv260 kv260.runs impl_1 *.bit]] bitstream] \
    [file join $hgcn::build hgcn.bit]
hgcn::copy_handoff kv260 [file join $hgcn::build hgcn.hwh]
write_hw_platform -fixed -include_bit -force [file join $hgcn::build hgcn.xsa]
