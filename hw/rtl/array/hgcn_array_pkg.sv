// SPDX-License-Identifier: Apache-2.0
/// Types shared by the modules that make PLIO packets.
package hgcn_array_pkg;

  // A K0-slice, or a piece of one, on its way into a packet
  typedef struct packed {
    logic        first;   // Opens its packet
    logic        last;    // Closes it
    logic        int8;
    hgcn_isa_pkg::slices_t slices;  // Of the packet, read with `first` only, as is the tag
    hgcn_isa_pkg::tag_t tag;
  } piece_t;

  typedef struct packed {
    logic [hgcn_pkg::R-1:0] pe_row;  // One-hot
    piece_t                 piece;
  } slice_t;

endpackage
