# SPDX-License-Identifier: Apache-2.0
"""XRT's program `xclbinutil` as far as PYNQ calls it: packs two sections into an xclbin.

xclbinutil --add-section=EMBEDDED_METADATA:RAW:FILE --add-section=MEM_TOPOLOGY:JSON:FILE
           --output FILE --skip-bank-grouping
"""

from __future__ import annotations

import json
import struct
import sys
from pathlib import Path

_EMBEDDED_METADATA, _MEM_TOPOLOGY = 2, 6
_DDR4 = 1
_HEADER_BYTES, _SECTION_BYTES = 456, 40
_SECTION_COUNT_AT = 448


def pack(metadata: bytes, topology: bytes) -> bytes:
    """Return an xclbin in the layout of XRT's xclbin.h."""
    sections = [(_EMBEDDED_METADATA, metadata), (_MEM_TOPOLOGY, _topology(json.loads(topology)))]
    header = bytearray(_HEADER_BYTES)
    header[:8] = b"xclbin2\0"
    header[_SECTION_COUNT_AT : _SECTION_COUNT_AT + 4] = struct.pack("<I", len(sections))
    place = _HEADER_BYTES + _SECTION_BYTES * len(sections)
    table, body = b"", b""
    for kind, data in sections:
        table += struct.pack("<I16s4xQQ", kind, b"", place + len(body), len(data))
        body += data + bytes(-len(data) % 8)
    return bytes(header) + table + body


def _topology(text: dict[str, dict[str, list[dict[str, int | str]]]]) -> bytes:
    banks = text["mem_topology"]["m_mem_data"]
    body = struct.pack("<i4x", len(banks))
    for bank in banks:
        tag = str(bank["m_tag"]).encode()
        kilobytes, base = bank["m_sizeKB"], bank["m_base_address"]
        body += struct.pack("<BB6xqq16s", _DDR4, bank["m_used"], kilobytes, base, tag)
    return body


def main() -> None:
    """Do what the command line says; anything PYNQ does not say is an error."""
    first, second, output, target, grouping = sys.argv[1:]
    assert output == "--output" and grouping == "--skip-bank-grouping"
    files = []
    for option, kind in ((first, "EMBEDDED_METADATA:RAW:"), (second, "MEM_TOPOLOGY:JSON:")):
        assert option.startswith(f"--add-section={kind}"), option
        files.append(Path(option.rpartition(":")[2]).read_bytes())
    Path(target).write_bytes(pack(*files))


if __name__ == "__main__":
    main()
