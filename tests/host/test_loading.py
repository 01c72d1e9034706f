# SPDX-License-Identifier: Apache-2.0
"""What goes wrong while an overlay is loaded is said with the file and what to do."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from hgcn_host.loading import explain

from hgcn.errors import BackendError

PDI, BIT = Path("/lib/hgcn.pdi"), Path("/lib/hgcn.bit")
FIRMWARE = "/lib/firmware/hgcn.bin"


@pytest.mark.parametrize(
    ("overlay", "fault", "advice"),
    [
        (PDI, OSError(errno.EINVAL, "Invalid argument"), "0x03530000 .* another boot image"),
        (BIT, OSError(errno.EINVAL, "Invalid argument"), "a full bitstream for this very part"),
        (PDI, OSError(errno.ENOSPC, "No space left", FIRMWARE), "the FPGA manager refused it"),
        (PDI, OSError("Bitstream file hgcn.pdi does not exist."), "give its path"),
        (PDI, FileNotFoundError(errno.ENOENT, "None", "xclbinutil"), "hgcn.xclbin beside it"),
        (PDI, RuntimeError("xclbinutil failed: no"), "hgcn.xclbin beside it"),
        (PDI, RuntimeError("Unable to find metadata for bitstream"), "hgcn.hwh of the same build"),
        (PDI, RuntimeError("No Devices Found"), "source XRT's setup.sh"),
        (PDI, RuntimeError("Device or resource busy"), "hgcn doctor --board"),
    ],
)
def test_every_fault_names_the_file_its_cause_and_what_to_do(
    overlay: Path, fault: OSError | RuntimeError, advice: str
) -> None:
    made = explain(overlay, fault)
    assert isinstance(made, BackendError)
    assert str(made).startswith(f"{overlay} cannot be loaded: {str(fault).rstrip('.')}: ")
    with pytest.raises(BackendError, match=advice):
        raise made


@pytest.mark.parametrize(
    "fault",
    [
        PermissionError(errno.EACCES, "Permission denied", FIRMWARE),
        OSError("Root permissions required."),
    ],
)
def test_only_who_is_not_root_is_told_to_be(
    monkeypatch: pytest.MonkeyPatch, fault: OSError
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert "run as root, in PYNQ's environment" in str(explain(PDI, fault))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert "run as root" not in str(explain(PDI, fault))
