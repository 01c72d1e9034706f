# SPDX-License-Identifier: Apache-2.0
"""What a board runs: PYNQ's device classes, XRT buffers, FPGA manager, over the simulated RTL."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hgcn_host.check import check_board
from hgcn_sim.board.hwh import handoff
from hgcn_sim.board.model import MEMORY_BASE

import hgcn
from hgcn.errors import BackendError, HardwareError
from tests.host.conftest import MODEL

pytestmark = pytest.mark.rtl

OVERLAY = b"a programmable device image\n"
BANK = "noc_lpddr0"
BANK_BYTES = 64 << 20
ONE_BANK = b"""{"mem_topology": {"m_mem_data": [
    {"m_used": 1, "m_sizeKB": 65536, "m_tag": "DDR", "m_base_address": 0}]}}"""


def load(overlay: Path, **options: Any) -> Any:
    """Load an overlay as a script does; imported late, as it needs PYNQ."""
    from hgcn_host import HgcnOverlay

    return HgcnOverlay(str(overlay), **options)


@pytest.fixture(scope="module")
def digits() -> hgcn.Program:
    return hgcn.compile(hgcn.GCN.load("digits"), hgcn.datasets.load("digits"), device="tiny")


@pytest.fixture(params=["versal"])
def device(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Any]:
    """PYNQ's device of a board; afterwards no buffer object and no page of one is left."""
    pytest.importorskip("pynq", reason="pynq is not installed")
    from hgcn_host.board_thread import board_thread
    from hgcn_sim.board.device import VirtualBoard
    from hgcn_sim.board.settings import BoardSettings

    from .xrt import board as xrt_board

    monkeypatch.delenv("HGCN_VIRTUAL_BOARD", raising=False)
    board = VirtualBoard(BoardSettings(device=hgcn.device("tiny")))
    # PYNQ's device takes the loop that is current when it is found.
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    with monkeypatch.context() as patch:
        made = xrt_board.install(patch, board, tmp_path, versal=request.param == "versal")
        yield made
        board_thread().call(lambda: xrt_board.forget(made))
    loop.close()
    assert made.xrt.buffers == 0
    assert made.xrt.pages.mapped == {}
    assert board.model.violations() == []
    board.close()


@pytest.fixture
def pdi(tmp_path: Path) -> Path:
    """An overlay as Vivado leaves it: configuration and hand-off file, no .xclbin."""
    path = tmp_path / "overlays" / "hgcn.pdi"
    path.parent.mkdir()
    path.write_bytes(OVERLAY)
    path.with_suffix(".hwh").write_text(handoff(hgcn.device("tiny")))
    return path


@pytest.fixture
def overlay(device: Any, pdi: Path) -> Iterator[Any]:
    with load(pdi) as made:
        yield made


def test_pynqs_own_classes_load_it(device: Any, overlay: Any) -> None:
    from pynq import Clocks

    assert overlay.device is device
    assert [kind.__name__ for kind in type(device).__mro__[2:5]] == [
        "VersalDevice",
        "EmbeddedDevice",
        "XrtDevice",
    ]
    assert device.machine.loads == [("0", "hgcn.bin", OVERLAY)]
    assert device.xrt.loaded == ["loaded.xclbin"]
    assert overlay.mem_dict["PSDDR"]["base_address"] == 0
    assert Clocks.fclk0_mhz == pytest.approx(100, rel=1e-3)
    assert overlay.preset.name == "tiny"
    assert overlay.driver.interrupt is not None


@pytest.mark.parametrize("device", ["zynqmp"], indirect=True)
def test_a_kria_is_loaded_from_a_bit_file(device: Any, pdi: Path, program: hgcn.Program) -> None:
    from tests.host.xrt.board import bit_file

    kria = hgcn.device("kv260")
    bit = pdi.with_suffix(".bit")
    bit.write_bytes(bit_file(b"abcdefgh"))
    bit.with_suffix(".hwh").write_text(handoff(kria))
    with load(bit) as overlay:
        (configuration,) = device.machine.loads
        assert configuration == ("0", "hgcn.bin", b"dcbahgfe")
        with overlay.load(program) as loaded:
            assert loaded.run().bit_exact


def test_digits_counts_what_the_rtl_backend_counts(
    device: Any, overlay: Any, digits: hgcn.Program
) -> None:
    expected = digits.run("rtl").execution
    with overlay.load(digits) as loaded:
        for _ in range(2):
            result = loaded.run(wait="interrupt")
            assert result.bit_exact and result.execution == expected
    assert device.machine.uio.interrupts == 2


@pytest.mark.slow
@pytest.mark.skipif("HGCN_DATA" not in os.environ, reason="HGCN_DATA names no data sets")
def test_cora_is_exact(overlay: Any) -> None:
    program = hgcn.compile(hgcn.GCN.load("cora"), hgcn.datasets.load("cora"), device="tiny")
    with overlay.load(program) as loaded:
        result = loaded.run()
    assert result.bit_exact and result.execution == program.run("rtl").execution


def test_the_self_test_passes(device: Any, pdi: Path) -> None:
    findings = list(check_board(overlay=str(pdi)))
    assert [item.text for item in findings if item.good is False] == []
    texts = {item.name: item.text for item in findings}
    assert texts["board"] == "edge" and texts["XRT"] == os.environ["XILINX_XRT"]
    assert texts["overlay"].startswith(str(pdi)) and "parent id" in texts
    assert texts["inference"].endswith("equal to the reference")


def test_buffers_are_xrts_and_move_only_when_synchronised(
    device: Any, overlay: Any, program: hgcn.Program
) -> None:
    with overlay.load(program) as loaded:
        assert device.xrt.buffers == 3 and min(device.xrt.sizes) == 8192
        assert [item.name for item in device.xrt.syncs] == ["XCL_BO_SYNC_BO_TO_DEVICE"]
        assert loaded.run().bit_exact
        assert device.xrt.syncs[-1].name == "XCL_BO_SYNC_BO_FROM_DEVICE"
        image = loaded.resident.buffer("image")
        image.bytes[0] ^= 1  # Only the processor sees it yet
        assert loaded.run().bit_exact
        image.flush()
        with pytest.raises(HardwareError, match="BAD_MAGIC"):
            loaded.run()
        image.bytes[0] ^= 1
        overlay.reset()
        assert loaded.run().bit_exact


def test_a_reset_cures_a_fault(device: Any, overlay: Any, program: hgcn.Program) -> None:
    faults = device.machine.board.faults
    with overlay.load(program) as loaded:
        faults.axi_error(loaded.resident.regions()[0][0], response=3)
        with pytest.raises(HardwareError, match="AXI_READ"):
            loaded.run()
        faults.clear()
        overlay.reset()
        assert loaded.run().bit_exact
    assert len(device.machine.loads) == 1


@pytest.mark.filterwarnings("ignore:memory traffic has not drained")
def test_a_hung_memory_has_the_overlay_loaded_again(
    device: Any, overlay: Any, program: hgcn.Program
) -> None:
    with overlay.load(program) as loaded:
        overlay.driver.registers.write("WATCHDOG", 0)
        device.machine.board.faults.hang_memory()
        # Who waited for that run's interrupt is left behind in PYNQ's controller.
        with pytest.raises(HardwareError, match="nothing moved"):
            loaded.run(stall_seconds=0.3)
        overlay.reset()
        assert len(device.machine.loads) == 2
        assert loaded.run(wait="interrupt").bit_exact


def test_an_xclbin_beside_it_needs_no_xclbinutil(
    device: Any, pdi: Path, program: hgcn.Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.host.xrt.xclbinutil import pack

    monkeypatch.setenv("PATH", "")
    with pytest.raises(BackendError, match=r"source XRT's setup.sh, or put hgcn.xclbin beside it"):
        load(pdi)
    pdi.with_suffix(".xclbin").write_bytes(pack(b"<project/>", ONE_BANK))
    with load(pdi) as overlay, overlay.load(program) as loaded:
        assert list(overlay.mem_dict) == ["DDR"]
        assert loaded.run().bit_exact


def test_a_refused_overlay_is_named_with_what_to_do(
    device: Any, pdi: Path, program: hgcn.Program
) -> None:
    device.machine.refuse = errno.EINVAL
    with pytest.raises(BackendError, match="0x03530000") as caught:
        load(pdi)
    assert str(caught.value).startswith(f"{pdi} cannot be loaded: [Errno 22] Invalid argument: ")
    assert "dmesg" in str(caught.value) and "another boot image" in str(caught.value)
    (finding,) = [item for item in check_board(overlay=str(pdi)) if item.good is False]
    assert finding.text == str(caught.value)
    device.machine.refuse = None
    with load(pdi) as overlay, overlay.load(program) as loaded:
        assert loaded.run().bit_exact


def test_without_root_the_message_says_so(
    device: Any, pdi: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(BackendError, match=r"Root permissions required: run as root"):
        load(pdi)


def test_a_missing_handoff_file_is_named(device: Any, pdi: Path) -> None:
    pdi.with_suffix(".hwh").unlink()
    with pytest.raises(BackendError, match=r"hgcn.hwh of the same build must lie beside it"):
        load(pdi)


def _add_bank(path: Path) -> None:
    """Give the design a second memory that the processor reaches too."""
    tree = ElementTree.parse(path)
    modules = tree.getroot().find("MODULES")
    assert modules is not None
    vlnv = "xilinx.com:ip:axi_noc:1.1"
    names = {"INSTANCE": BANK, "FULLNAME": f"/{BANK}", "VLNV": vlnv, "MODTYPE": "axi_noc"}
    module = ElementTree.SubElement(modules, "MODULE", names)
    bus = {"NAME": "S00_AXI", "TYPE": "SLAVE", "VLNV": "xilinx.com:interface:aximm:1.0"}
    ElementTree.SubElement(ElementTree.SubElement(module, "BUSINTERFACES"), "BUSINTERFACE", bus)
    (span,) = [item for item in tree.iter("MEMRANGE") if item.get("INSTANCE") == "axi_intc_0"]
    (memory_map,) = tree.iter("MEMORYMAP")
    base = MEMORY_BASE + BANK_BYTES
    bank = {"INSTANCE": BANK, "ADDRESSBLOCK": "C0", "MEMTYPE": "MEMORY"}
    bank |= {"SLAVEBUSINTERFACE": "S00_AXI", "BASEVALUE": f"{base:#x}"}
    bank |= {"HIGHVALUE": f"{base + BANK_BYTES - 1:#x}"}
    ElementTree.SubElement(memory_map, "MEMRANGE", {**span.attrib, **bank})
    tree.write(path)


def test_programs_go_where_the_caller_says(device: Any, pdi: Path, program: hgcn.Program) -> None:
    _add_bank(pdi.with_suffix(".hwh"))
    for memory, first in ((None, MEMORY_BASE), (BANK, MEMORY_BASE + BANK_BYTES)):
        with load(pdi, memory=memory) as overlay, overlay.load(program) as loaded:
            addresses = [address for address, _ in loaded.resident.regions()]
            assert all(first <= address < first + BANK_BYTES for address in addresses)
            assert loaded.run().bit_exact
    with pytest.raises(BackendError, match=rf"no memory 'hbm': choose from .*{BANK}"):
        load(pdi, memory="hbm")


def test_a_memory_that_xrt_does_not_know_is_not_offered(device: Any, pdi: Path) -> None:
    from tests.host.xrt.xclbinutil import pack

    _add_bank(pdi.with_suffix(".hwh"))
    pdi.with_suffix(".xclbin").write_bytes(pack(b"<project/>", ONE_BANK))
    with pytest.raises(BackendError, match=rf"no memory '{BANK}': choose from DDR$"):
        load(pdi, memory=BANK)


def test_an_exception_in_the_block_frees_everything(
    device: Any, pdi: Path, program: hgcn.Program
) -> None:
    kept = []
    with pytest.raises(KeyError), load(pdi) as overlay:
        kept += [overlay.load(program), overlay.load(program, model=MODEL)]
        assert device.xrt.buffers == 6
        raise KeyError
    assert device.xrt.buffers == 0 and len(kept) == 2


def test_an_exception_while_loading_frees_what_was_taken(
    device: Any, overlay: Any, program: hgcn.Program
) -> None:
    def stop(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt) as caught:
        overlay.load(program, progress=stop)
    # The error keeps every frame it passed, and what those refer to.
    assert device.xrt.buffers == 0 and caught.value.__traceback__ is not None
