# SPDX-License-Identifier: Apache-2.0
# The processor side of every VCK190 overlay: AMD's golden design, sourced from a PYNQ checkout.
#
# An overlay may use a subset of the golden boundary, never more: the PLM refuses the image
# otherwise. Nothing of the processor, the NoC or the clocks is configured here.

source [file join [file dirname [info script]] common.tcl]

namespace eval hgcn {
  # Two generations of the golden design are known, told apart by the name of their PL NoC.
  #   noc         port for the core's memory master; noc_clock, noc_clock_hz: the clock it runs on
  #   clock       clock of the core; reset: its synchronous reset
  #   free        tie-offs that make room for the core; the others stay
  #   memory      address segment, offset and range of each memory behind the port
  #   aie         the array's configuration path is there
  variable boundaries [dict create \
      axi_noc_pl [dict create \
          noc axi_noc_pl/S00_AXI noc_clock versal_cips_0/pl0_ref_clk \
          clock versal_cips_0/pl2_ref_clk reset rst_pl2/peripheral_aresetn \
          free {pl_tieoff_fpd pl_tieoff_dma0 pl_tieoff_irq} \
          memory {
            {axi_noc_ps/S00_INI/C0_DDR_LOW0 0x0 0x80000000}
            {axi_noc_ps/S00_INI/C0_DDR_LOW1 0x800000000 0x180000000}
          } aie 0] \
      noc_pl [dict create \
          noc noc_pl/S00_AXI noc_clock versal_cips_0/pl0_ref_clk \
          clock versal_cips_0/pl0_ref_clk reset rst_pl0/peripheral_aresetn \
          free {tieoff_fpd tieoff_pl0 xlconstant_irq} \
          memory {
            {noc_ddr/S04_INI/C0_DDR_LOW0 0x0 0x80000000}
            {noc_ddr/S04_INI/C0_DDR_LOW1 0x800000000 0x180000000}
            {noc_lpddr0/S01_INI/C1_DDR_CH2 0x60000000000 0x100000000}
            {noc_lpddr1_pl_only/S00_INI/C0_DDR_CH1 0x50000000000 0x100000000}
          } aie 1]]
}

# Returns a file of the golden build; all are made by `make` in boards/VCK190/golden.
proc hgcn::golden_file {golden name} {
  set file [file join $golden $name]
  if {![file exists $file]} {
    error "$file is missing: run make in the golden folder of the PYNQ checkout first"
  }
  return [file normalize $file]
}

# Creates the golden design in the current project, frees its tie-offs; returns its boundary.
proc hgcn::golden_design {golden} {
  variable boundaries
  foreach name {golden_noc.ncr golden_routed.dcp golden_boot.pdi} {
    golden_file $golden $name
  }
  uplevel #0 [list source [golden_file $golden golden.tcl]]
  # The NoC solution names instances below this design.
  if {[current_bd_design] ne "vck190_pynq"} {
    error "the golden design must be vck190_pynq, got [current_bd_design]"
  }
  dict for {name boundary} $boundaries {
    if {[get_bd_cells -quiet $name] ne ""} {
      foreach cell [dict get $boundary free] {
        delete_bd_objs [get_bd_cells $cell]
      }
      return $boundary
    }
  }
  error "the golden design has none of the NoC cells [dict keys $boundaries]: an unknown generation"
}

# The project settings of AMD's overlays: images are split, the NoC is the golden one.
proc hgcn::segmented {golden} {
  set project [current_project]
  set_property platform.default_output_type sd_card $project
  set_property platform.design_intent.embedded true $project
  set_property platform.design_intent.server_managed false $project
  set_property platform.design_intent.external_host false $project
  set_property platform.design_intent.datacenter false $project
  set_property segmented_configuration true $project
  set_property NOC_SOLUTION_FILE [golden_file $golden golden_noc.ncr] [get_runs impl_1]
}

# Returns the unique and parent identifiers of each image in a PDI: a dict by image id.
proc hgcn::image_ids {pdi} {
  set ids [dict create]
  set image ""
  set text [exec bootgen -arch versal -read $pdi]
  # bootgen leaves a file of this name where it runs and beside the image.
  file delete -force optional_data.txt [file join [file dirname $pdi] optional_data.txt]
  foreach line [split $text "\n"] {
    if {[regexp {\mid \(0x18\) : 0x([0-9a-fA-F]+)} $line -> image]} {
      regexp {\munique_id \(0x24\) : 0x([0-9a-fA-F]+)} $line -> unique
      if {[info exists unique]} {
        dict set ids $image unique [string tolower $unique]
        unset unique
      }
    }
    if {$image ne "" && [regexp {parent_unique_id \(0x28\) : 0x([0-9a-fA-F]+)} $line -> parent]} {
      dict set ids $image parent [string tolower $parent]
    }
  }
  return $ids
}

# Fails unless the overlay's image is a child of the golden boot image: the PLM's own comparison.
proc hgcn::check_parent {golden pdi} {
  set boot [image_ids [golden_file $golden golden_boot.pdi]]
  set unique [dict get $boot 18700000 unique]
  set parents {}
  dict for {image ids} [image_ids $pdi] {
    if {[string match 1870* $image] && [dict exists $ids parent]} {
      lappend parents [dict get $ids parent]
    }
  }
  if {$parents ne [list $unique]} {
    error "the overlay's parent is {$parents}, the golden boot image is $unique: the PLM will refuse it"
  }
}
