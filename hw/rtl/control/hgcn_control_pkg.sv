// SPDX-License-Identifier: Apache-2.0
/// Types shared by the modules of the dispatcher.
package hgcn_control_pkg;

  // What the issue stage needs of a checked command
  typedef struct packed {
    logic [23:0]         index;
    hgcn_isa_pkg::kept_t words;
  } queued_t;

endpackage
