// SPDX-License-Identifier: Apache-2.0
/// Types shared by the modules that make PLIO packets.
package hgcn_array_pkg;

  // A K0-slice, or a piece of one, on its way into a packet
  typedef struct packed {
    logic        first;   // Opens its packet
    logic        last;    // Closes it
    logic        int8;
    logic [15:0] slices;  // Of the packet, read with `first` only, as is the tag
    logic [15:0] tag;
  } piece_t;

  typedef struct packed {
    logic [hgcn_pkg::R-1:0] pe_row;  // One-hot
    piece_t                 piece;
  } slice_t;

endpackage
