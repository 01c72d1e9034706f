# SPDX-License-Identifier: Apache-2.0
"""The two known generations of AMD's VCK190 golden boundary, as far as an overlay touches it.

Cell, pin and segment names are those of ``boards/VCK190/golden`` in the PYNQ repository: at the
release of PYNQ 4.0.0 (``axi_noc_pl``) and in its later files (``noc_pl``).
"""

from __future__ import annotations

from .catalog import Shape, fixed
from .design import FACE, PIN, Design

GENERATIONS = ("axi_noc_pl", "noc_pl")
CLOCK_MHZ = {
    "axi_noc_pl": {"pl0": 100.0, "pl1": 200.0, "pl2": 300.0, "pl3": 333.33},
    "noc_pl": {"pl0": 300.0},
}
_VIP_PINS = ("aclk", "aresetn")
_MEMORY = {
    "axi_noc_pl": {"axi_noc_ps": {"S00_INI/C0_DDR_LOW0": 2 << 30, "S00_INI/C0_DDR_LOW1": 6 << 30}},
    "noc_pl": {
        "noc_ddr": {"S04_INI/C0_DDR_LOW0": 2 << 30, "S04_INI/C0_DDR_LOW1": 6 << 30},
        "noc_lpddr0": {"S01_INI/C1_DDR_CH2": 4 << 30},
        "noc_lpddr1_pl_only": {"S00_INI/C0_DDR_CH1": 4 << 30},
    },
}


def _cips(clocks: tuple[str, ...]) -> Shape:
    return Shape(
        inputs=("m_axi_fpd_aclk", "m_axi_lpd_aclk", "pl_ps_irq0"),
        outputs=tuple(f"{pl}_{pin}" for pl in clocks for pin in ("ref_clk", "resetn")),
        interfaces={
            "M_AXI_FPD": (True, "m_axi_fpd_aclk"),
            "M_AXI_LPD": (True, "m_axi_lpd_aclk"),
        },
        spaces={"M_AXI_FPD": "M_AXI_FPD", "M_AXI_LPD": "M_AXI_LPD"},
        required=("m_axi_fpd_aclk", "m_axi_lpd_aclk", "pl_ps_irq0"),
    )


def _vip(master: bool) -> Shape:
    return Shape(
        inputs=_VIP_PINS,
        interfaces={"M_AXI" if master else "S_AXI": (master, "aclk")},
        segments={} if master else {"S_AXI/Reg": 0x10000},
        required=_VIP_PINS,
    )


def build(design: Design, generation: str) -> None:
    """Create the golden cells of ``generation``, tie-offs connected."""
    later = generation == "noc_pl"
    ports = tuple(f"S{n:02}_AXI" for n in range(4 if later else 2))
    prefix = "tieoff_pl" if later else "pl_tieoff_dma"
    slaves = ("tieoff_fpd", "tieoff_lpd") if later else ("pl_tieoff_fpd", "pl_tieoff_lpd")
    constant = "xlconstant_irq" if later else "pl_tieoff_irq"
    clocks = tuple(CLOCK_MHZ[generation])
    design.create("versal_cips_0", "xilinx.com:ip:versal_cips:3.4", fixed(_cips(clocks)))
    noc = Shape(
        inputs=("aclk0",),
        interfaces=dict.fromkeys(ports, (False, "aclk0")),
        required=("aclk0",),
    )
    design.create(generation, "xilinx.com:ip:axi_noc:1.1", fixed(noc))
    for name, segments in _MEMORY[generation].items():
        design.create(name, "xilinx.com:ip:axi_noc:1.1", fixed(Shape(segments=segments)))
    if later:
        design.create("ai_engine_0", "xilinx.com:ip:ai_engine:2.0", fixed(Shape()))
    reset = Shape(
        inputs=("slowest_sync_clk", "ext_reset_in"),
        outputs=("peripheral_aresetn",),
        required=("slowest_sync_clk", "ext_reset_in"),
    )
    for pl in clocks:
        design.create(f"rst_{pl}", "xilinx.com:ip:proc_sys_reset:5.0", fixed(reset))
        _join(design, f"versal_cips_0/{pl}_ref_clk", f"rst_{pl}/slowest_sync_clk")
        _join(design, f"versal_cips_0/{pl}_resetn", f"rst_{pl}/ext_reset_in")
    _join(design, "versal_cips_0/pl0_ref_clk", f"{generation}/aclk0")
    for side, slave in zip(("FPD", "LPD"), slaves, strict=True):
        _join(design, "versal_cips_0/pl0_ref_clk", f"versal_cips_0/m_axi_{side.lower()}_aclk")
        _tie(design, slave, f"versal_cips_0/M_AXI_{side}", master=False)
    for number, port in enumerate(ports):
        _tie(design, f"{prefix}{number}", f"{generation}/{port}", master=True)
    design.create(constant, "xilinx.com:ip:xlconstant:1.1", fixed(Shape(outputs=("dout",))))
    _join(design, f"{constant}/dout", "versal_cips_0/pl_ps_irq0")


def _join(design: Design, source: str, target: str) -> None:
    design.connect_pins([PIN + source, PIN + target])


def _tie(design: Design, name: str, port: str, *, master: bool) -> None:
    design.create(name, "xilinx.com:ip:axi_vip:1.1", fixed(_vip(master)))
    _join(design, "versal_cips_0/pl0_ref_clk", f"{name}/aclk")
    _join(design, "rst_pl0/peripheral_aresetn", f"{name}/aresetn")
    face = "M_AXI" if master else "S_AXI"
    design.connect_faces(f"{FACE}{name}/{face}", FACE + port)
