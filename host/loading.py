# SPDX-License-Identifier: Apache-2.0
"""Why an overlay could not be loaded, and what to do: PYNQ passes on bare errors of the kernel."""

from __future__ import annotations

import os
from pathlib import Path

from hgcn.errors import BackendError

_KERNEL_PATHS = ("/sys/class/fpga_manager/", "/lib/firmware/")
_OTHER_BOOT_IMAGE = (
    "PLM Error Status: 0x03530000 there means that it was built against another boot image than "
    "the board runs: build it again against this one (docs/build.md)"
)
_OTHER_PART = "it must be a full bitstream for this very part (docs/build.md)"


def explain(overlay: Path, fault: OSError | RuntimeError) -> BackendError:
    """Return what PYNQ raised while loading ``overlay`` as an error that says what to do."""
    text = str(fault).rstrip(".")
    return BackendError(f"{overlay} cannot be loaded: {text}: {_advice(overlay, fault)}")


def _advice(overlay: Path, fault: OSError | RuntimeError) -> str:
    text = str(fault)
    if os.geteuid() != 0 and (isinstance(fault, PermissionError) or "Root permissions" in text):
        return (
            "run as root, in PYNQ's environment (sudo -E): PYNQ writes to the FPGA manager and "
            "maps registers through /dev/mem"
        )
    if "does not exist" in text:
        return "give its path, or put it and its .hwh into hgcn_host/overlays"
    if "No Devices Found" in text:
        return "PYNQ sees no board: source XRT's setup.sh; or without one HGCN_VIRTUAL_BOARD=tiny"
    if "xclbinutil" in text:
        return (
            "PYNQ describes the memories to XRT with xclbinutil: source XRT's setup.sh, or put "
            f"{overlay.with_suffix('.xclbin').name} beside it"
        )
    if "metadata" in text:
        return f"{overlay.with_suffix('.hwh').name} of the same build must lie beside it"
    if _from_kernel(fault):
        why = _OTHER_BOOT_IMAGE if overlay.suffix == ".pdi" else _OTHER_PART
        return f"the FPGA manager refused it; the kernel's log says why (dmesg | tail). {why}"
    return "hgcn doctor --board looks at what loading needs"


def _from_kernel(fault: OSError | RuntimeError) -> bool:
    """Whether the FPGA manager said it: a failing write to an open file names no file."""
    if not isinstance(fault, OSError) or fault.errno is None:
        return False
    name = fault.filename
    return name is None or str(name).startswith(_KERNEL_PATHS)
