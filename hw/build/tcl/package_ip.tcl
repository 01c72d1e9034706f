# SPDX-License-Identifier: Apache-2.0
# Packages one core as IP, and hgcn_core as a Vitis kernel as well.
#
#   vivado -mode batch -source package_ip.tcl -tclargs SETTINGS CORE
#
# The interfaces come from the X_INTERFACE attributes of the generated wrapper; this script checks
# that they are there, ties them to the clock, and writes the register map.

source [file join [file dirname [info script]] common.tcl]

# Writes the address block; each entry is {name offset bits description bus fields}.
proc hgcn::add_registers {ip core} {
  variable registers
  variable control
  variable control_range
  set face $control($core)
  set map [ipx::get_memory_maps $face -of_objects $ip]
  if {$map eq ""} {
    set map [ipx::add_memory_map $face $ip]
    set_property slave_memory_map_ref $face [ipx::get_bus_interfaces $face -of_objects $ip]
  }
  set block [ipx::get_address_blocks reg0 -of_objects $map]
  if {$block eq ""} {
    set block [ipx::add_address_block reg0 $map]
  }
  set_property usage register $block
  set_property width 32 $block
  set_property range [expr {$control_range}] $block
  foreach entry $registers($core) {
    lassign $entry name offset bits description bus fields
    set register [ipx::add_register $name $block]
    set_property address_offset $offset $register
    set_property size $bits $register
    set_property description $description $register
    foreach item $fields {
      lassign $item field low width access note
      set object [ipx::add_field $field $register]
      set_property bit_offset $low $object
      set_property bit_width $width $object
      set_property access $access $object
      set_property description $note $object
    }
    if {$bus ne ""} {
      set parameter [ipx::add_register_parameter ASSOCIATED_BUSIF $register]
      set_property value $bus $parameter
    }
  }
}

proc hgcn::package_core {core} {
  variable build
  variable include_dir
  variable sources
  variable buses
  new_project package_$core
  add_files -norecurse $sources($core)
  add_files -norecurse [glob [file join $include_dir *.svh]]
  set_property include_dirs [list $include_dir] [current_fileset]
  set_property top ${core}_ip [current_fileset]
  update_compile_order -fileset sources_1

  set folder [file join $build ip $core]
  ipx::package_project -root_dir $folder -vendor hgcn -library hgcn -taxonomy /UserIP \
      -import_files -set_current true -force
  set ip [ipx::current_core]
  set_property name $core $ip
  set_property version 1.0 $ip
  set_property display_name $core $ip
  set_property description "Graph convolutional network accelerator: $core" $ip

  foreach face $buses($core) {
    if {[ipx::get_bus_interfaces $face -of_objects $ip] eq ""} {
      error "interface $face of $core was not inferred from the wrapper"
    }
    ipx::associate_bus_interfaces -busif $face -clock ap_clk $ip
  }
  ipx::associate_bus_interfaces -clock ap_clk -reset ap_rst_n $ip
  if {$core eq "hgcn_top"} {
    ipx::associate_bus_interfaces -clock array_clk -reset array_rst_n $ip
  }
  add_registers $ip $core

  if {$core eq "hgcn_core"} {
    set_property sdx_kernel true $ip
    set_property sdx_kernel_type rtl $ip
    set_property ipi_drc {ignore_freq_hz true} $ip
    set_property vitis_drc {ctrl_protocol user_managed} $ip
  }
  ipx::create_xgui_files $ip
  ipx::update_checksums $ip
  ipx::check_integrity $ip
  ipx::save_core $ip
  if {$core eq "hgcn_core"} {
    package_xo -force -xo_path [file join $build ${core}.xo] -kernel_name $core \
        -ctrl_protocol user_managed -ip_directory $folder
  }
  close_project
}

hgcn::load_settings [lindex $argv 0]
hgcn::package_core [lindex $argv 1]
