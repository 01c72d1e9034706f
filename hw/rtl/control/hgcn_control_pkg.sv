// SPDX-License-Identifier: Apache-2.0
/// Types shared by the modules of the dispatcher.
package hgcn_control_pkg;

  // Stream reader of each stream
  localparam int unsigned ReadClients = 6;
  typedef enum logic [2:0] {
    ReadRecords = 3'd0,
    ReadLoad    = 3'd1,
    ReadPl      = 3'd2,
    ReadControl = 3'd3,
    ReadLeft    = 3'd4,
    ReadDrain   = 3'd5
  } read_client_e;

  // What the issue stage needs of a checked command; word numbers are those of docs/program-format.md.
  typedef struct packed {
    logic [23:0] index;
    logic [31:0] w0;
    logic [31:0] w1;
    logic [31:0] w2;
    logic [31:0] w3;
    logic [31:0] lines0;  // Word 5: LOAD, PL or record stream
    logic [31:0] w8;      // DRAIN: destination
    logic [31:0] w9;      // Lines of the control stream or of the destination
    logic [31:0] lines2;  // Word 13: A stream
    logic [31:0] w24;
  } command_t;

  // The words a record's checks and streams use
  typedef logic [15:0][31:0] words_t;

endpackage
