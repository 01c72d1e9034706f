# SPDX-License-Identifier: Apache-2.0
# Procedures all Vivado scripts share. Never run in Vivado by the authors: `make check` runs them
# against a recording stand-in for its commands.

namespace eval hgcn {
  variable scripts [file normalize [file dirname [info script]]]
}

# Reads the settings that hw/build/generate.py wrote, and checks the release.
proc hgcn::load_settings {file} {
  uplevel #0 [list source $file]
  variable vivado
  set found [version -short]
  if {![string match "${vivado}*" $found]} {
    error "Vivado $vivado is needed, found $found"
  }
}

# Returns the only file that one of the patterns finds.
proc hgcn::find_one {patterns what} {
  foreach pattern $patterns {
    set found [glob -nocomplain $pattern]
    if {[llength $found] == 1} {
      return [lindex $found 0]
    }
    if {[llength $found] > 1} {
      error "more than one $what: $found"
    }
  }
  error "no $what: looked for $patterns"
}

# Creates a project of the target's part in the build folder.
proc hgcn::new_project {name} {
  variable build
  variable part
  create_project -force -part $part $name [file join $build $name]
  return [current_project]
}

# Makes the board's presets available; the newest version of the board files is taken.
proc hgcn::set_board {} {
  variable board_part
  set boards [get_board_parts $board_part -latest_file_version]
  if {$boards eq ""} {
    error "board files $board_part are not installed: Vivado Store, or XilinxBoardStore"
  }
  set_property board_part [lindex $boards 0] [current_project]
}

# Adds the packaged cores to the IP catalogue.
proc hgcn::use_cores {} {
  variable build
  set_property ip_repo_paths [list [file join $build ip]] [current_project]
  update_ip_catalog
}

# Connects the AXI4-Lite side: processor port, registers and interrupt controller.
#
# `master` is the processor's port, `clock` and `reset` drive core and control; `master_clock` is
# the clock of the processor's port, SmartConnect crosses if it is another one.
proc hgcn::connect_control {master clock reset master_clock interrupt_pin} {
  variable core
  variable control
  set smc [create_bd_cell -type ip -vlnv xilinx.com:ip:smartconnect:1.0 smc_control]
  set two_clocks [expr {$master_clock ne $clock}]
  set_property -dict [list CONFIG.NUM_SI 1 CONFIG.NUM_MI 2 CONFIG.NUM_CLKS [expr {1 + $two_clocks}]] $smc
  set intc [create_bd_cell -type ip -vlnv xilinx.com:ip:axi_intc:4.1 axi_intc_0]
  # One level-sensitive source, one active-high output: what PYNQ's interrupt code looks for.
  set_property -dict [list CONFIG.C_IRQ_CONNECTION 1 CONFIG.C_KIND_OF_INTR 0x00000000] $intc

  connect_bd_intf_net [get_bd_intf_pins $master] [get_bd_intf_pins smc_control/S00_AXI]
  connect_bd_intf_net [get_bd_intf_pins smc_control/M00_AXI] \
      [get_bd_intf_pins hgcn_0/$control($core)]
  connect_bd_intf_net [get_bd_intf_pins smc_control/M01_AXI] [get_bd_intf_pins axi_intc_0/s_axi]
  connect_bd_net [get_bd_pins hgcn_0/irq_o] [get_bd_pins axi_intc_0/intr]
  connect_bd_net [get_bd_pins axi_intc_0/irq] [get_bd_pins $interrupt_pin]

  connect_bd_net [get_bd_pins $clock] [get_bd_pins hgcn_0/ap_clk] \
      [get_bd_pins smc_control/aclk] [get_bd_pins axi_intc_0/s_axi_aclk]
  if {$two_clocks} {
    connect_bd_net [get_bd_pins $master_clock] [get_bd_pins smc_control/aclk1]
  }
  connect_bd_net [get_bd_pins $reset] [get_bd_pins hgcn_0/ap_rst_n] \
      [get_bd_pins smc_control/aresetn] [get_bd_pins axi_intc_0/s_axi_aresetn]
}

# Gives registers and interrupt controller their addresses.
proc hgcn::assign_control {master} {
  variable core
  variable control
  variable control_base
  variable interrupt_base
  variable control_range
  set space [get_bd_addr_spaces $master]
  assign_bd_address -offset $control_base -range $control_range -target_address_space $space \
      [get_bd_addr_segs hgcn_0/$control($core)/reg0] -force
  assign_bd_address -offset $interrupt_base -range $control_range -target_address_space $space \
      [get_bd_addr_segs axi_intc_0/S_AXI/Reg] -force
}

# Makes the HDL wrapper of the block design the top of the project.
proc hgcn::wrap_design {} {
  set design [get_files [current_bd_design].bd]
  validate_bd_design
  save_bd_design
  set wrapper [make_wrapper -files $design -top]
  add_files -norecurse $wrapper
  set_property top [current_bd_design]_wrapper [current_fileset]
  update_compile_order -fileset sources_1
}

# Adds the constraints between the core's clocks; they name cells of the implemented design.
proc hgcn::add_crossing {} {
  variable build
  add_files -fileset constrs_1 -norecurse [file join $build crossing.xdc]
  set_property used_in_synthesis false [get_files crossing.xdc]
  set_property processing_order LATE [get_files crossing.xdc]
}

# Runs implementation up to `step`; fails unless it completes and meets timing.
proc hgcn::implement {step} {
  set jobs 4
  if {[info exists ::env(VIVADO_JOBS)]} {
    set jobs $::env(VIVADO_JOBS)
  }
  launch_runs impl_1 -to_step $step -jobs $jobs
  wait_on_run impl_1
  set run [get_runs impl_1]
  set status [get_property STATUS $run]
  if {![string match "*Complete*" $status]} {
    error "implementation ended with: $status"
  }
  set slack [get_property STATS.WNS $run]
  if {$slack < 0} {
    error "timing is missed by [expr {-$slack}] ns: lower pl_hz of the preset, or change the strategy"
  }
}

# Copies the hardware description of the block design beside the image.
proc hgcn::copy_handoff {project target} {
  variable build
  set folder [file join $build $project]
  set name [current_bd_design]
  set file hw_handoff/${name}.hwh
  set found [find_one [list \
      [file join $folder ${project}.gen sources_1 bd $name $file] \
      [file join $folder ${project}.srcs sources_1 bd $name $file]] "hardware description"]
  file copy -force $found $target
}
