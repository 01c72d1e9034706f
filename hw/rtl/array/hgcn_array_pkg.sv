// SPDX-License-Identifier: Apache-2.0
/// Types shared by the modules that make and merge PLIO packets, and their arbiter.
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

  localparam int unsigned RowBitsR = hgcn_pkg::R > 1 ? $clog2(hgcn_pkg::R) : 1;

  typedef logic [hgcn_pkg::C*hgcn_isa_pkg::PlioBits-1:0] sums_word_t;  // 4 features of each column

  // The first request of a PE row at or after `from`, else the first of all.
  function automatic logic [hgcn_pkg::R-1:0] pick(logic [hgcn_pkg::R-1:0] req, logic [RowBitsR-1:0] from);
    logic [hgcn_pkg::R-1:0] late, pool;
    for (int unsigned r = 0; r < hgcn_pkg::R; r++) late[r] = req[r] && r >= 32'(from);
    pool = late != '0 ? late : req;
    return pool & (~pool + 1'b1);
  endfunction

endpackage
