# SPDX-License-Identifier: Apache-2.0
"""The scripts run against the stand-in; each wrong name, connection, clock or address fails."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hgcn_hw.build import rules
from hgcn_hw.build.boards import BOARDS, board
from hgcn_hw.build.boundary import boundary
from hgcn_hw.build.dryrun.golden import GENERATIONS
from hgcn_hw.build.dryrun.interpreter import available
from hgcn_hw.build.dryrun.session import TCL, Session
from hgcn_hw.build.generate import HARDWARE, SYNCHRONISERS

from hgcn.errors import BackendError

pytestmark = pytest.mark.skipif(available() is None, reason="no Tcl is here")

FLOWS = [("kv260", ""), ("vck190-vitis", ""), *(("vck190-pynq", name) for name in GENERATIONS)]
OUTPUTS = {
    "kv260": ("hgcn.bit", "hgcn.hwh"),
    "vck190-pynq": ("hgcn.pdi", "hgcn.hwh"),
    "vck190-vitis": ("hgcn_core.xo",),
}


def mutated(folder: Path, script: str, old: str, new: str) -> Path:
    scripts = folder / "tcl"
    shutil.copytree(TCL, scripts)
    text = (scripts / script).read_text()
    assert old in text
    (scripts / script).write_text(text.replace(old, new, 1))
    return scripts


@pytest.mark.parametrize(("target", "generation"), FLOWS)
@pytest.mark.parametrize("shell", ["tkinter", "tclsh"])
def test_every_flow_runs_and_follows_the_rules(
    tmp_path: Path, target: str, generation: str, shell: str
) -> None:
    here = Path.cwd()
    path = shutil.which("tclsh") if shell == "tclsh" else None
    if path is None and (shell == "tclsh" or available() != "tkinter"):
        pytest.skip(f"{shell} is not here")
    goal = board(target)
    built = Session(goal, tmp_path, shell=path).build(generation)
    assert rules.packaged_interfaces(built, goal) == []
    assert rules.register_map(built, goal, HARDWARE) == []
    assert rules.addresses(built, goal) == []
    assert rules.clocks(built, goal) == []
    assert rules.interrupt(built) == []
    assert boundary(built) == []
    assert all((tmp_path / name).is_file() for name in OUTPUTS[target])
    assert Path.cwd() == here


def test_the_platform_needs_a_golden_design_with_the_array(tmp_path: Path) -> None:
    session = Session(board("vck190-pynq"), tmp_path)
    assert session.platform("noc_pl").project is not None
    with pytest.raises(BackendError, match="no AI Engine configuration path"):
        session.platform("axi_noc_pl")


def test_an_image_of_another_boot_image_is_refused(tmp_path: Path) -> None:
    session = Session(board("vck190-pynq"), tmp_path)
    with pytest.raises(BackendError, match="the PLM will refuse it"):
        session.build("noc_pl", parent="deadbeef")


@pytest.mark.parametrize(
    ("script", "old", "new", "message"),
    [
        (
            "vck190_boundary.tcl",
            "free {tieoff_fpd",
            "free {tieoff_lpd tieoff_fpd",
            "M_AXI_LPD is not",
        ),
        (
            "vck190_boundary.tcl",
            "segmented_configuration true",
            "segmented_configuration false",
            "no PL image",
        ),
        ("vck190_pynq.tcl", "  pr_verify", "  #", "pr_verify was never called"),
        ("vck190_pynq.tcl", "  check_parent", "  #", "exec was never called"),
        (
            "vck190_boundary.tcl",
            "set_property NOC_SOLUTION_FILE",
            "list NOC_SOLUTION_FILE",
            "not locked",
        ),
        (
            "vck190_pynq.tcl",
            "  assign_control",
            "  connect_bd_net [get_bd_pins rst_pl0/peripheral_aresetn]"
            " [get_bd_pins versal_cips_0/m_axi_lpd_aclk]\n  assign_control",
            "one driver",
        ),
    ],
)
def test_a_departure_from_the_golden_design_is_found(
    tmp_path: Path, script: str, old: str, new: str, message: str
) -> None:
    scripts = mutated(tmp_path, script, old, new)
    session = Session(board("vck190-pynq"), tmp_path / "build", scripts=scripts)
    try:
        problems = boundary(session.build("noc_pl"))
    except BackendError as error:
        problems = [str(error)]
    assert any(message in problem for problem in problems), problems


def test_the_golden_files_must_be_built(tmp_path: Path) -> None:
    session = Session(board("vck190-pynq"), tmp_path)
    session.package()
    golden = session.golden("noc_pl")
    (golden / "golden_noc.ncr").unlink()
    with pytest.raises(BackendError, match=r"golden_noc\.ncr is missing: run make"):
        session.run("vck190_pynq.tcl", golden)


def test_another_release_is_refused(tmp_path: Path) -> None:
    session = Session(board("kv260"), tmp_path)
    settings = tmp_path / "settings.tcl"
    settings.write_text(settings.read_text().replace("vivado 2025.2", "vivado 2099.1"))
    with pytest.raises(BackendError, match=r"Vivado 2099\.1 is needed, found 2025\.2"):
        session.package()


BROKEN = [
    ("common.tcl", "hgcn_0/irq_o]", "hgcn_0/interrupt]", "hgcn_0 has no pin interrupt"),
    ("common.tcl", "create_bd_cell -type", "make_bd_cell -type", "unknown command make_bd_cell"),
    ("common.tcl", "CONFIG.NUM_SI 1", "CONFIG.NUM_SLAVES 1", "no property CONFIG.NUM_SLAVES"),
    ("common.tcl", "NUM_MI 2", "NUM_MI 3", "smc_control/M02_AXI is not connected"),
    ("common.tcl", "axi_intc:4.1 ", "axi_intr:4.1 ", "axi_intr:4.1 is not in the IP catalogue"),
    ("common.tcl", " [get_bd_pins hgcn_0/ap_rst_n]", "", "hgcn_0/ap_rst_n is not driven"),
    ("common.tcl", "$interrupt_base -range", "$control_base -range", "overlap"),
    ("kv260.tcl", "smc_memory/S00_AXI", "smc_memory/S01_AXI", "no interface S01_AXI"),
    ("kv260.tcl", "saxihp0_fpd_aclk] [", "maxihpm1_fpd_aclk] [", "no pin maxihpm1_fpd_aclk"),
    ("kv260.tcl", "write_bitstream", "write_device_image", "has no step write_device_image"),
    ("package_ip.tcl", "-busif $face -clock ap_clk", "-busif $face -clock clk", "called clk"),
    ("package_ip.tcl", "bit_offset $low", "bit_start $low", "no property bit_start"),
]


@pytest.mark.parametrize(("script", "old", "new", "message"), BROKEN)
def test_a_wrong_script_fails(
    tmp_path: Path, script: str, old: str, new: str, message: str
) -> None:
    scripts = mutated(tmp_path, script, old, new)
    with pytest.raises(BackendError, match=message):
        Session(board("kv260"), tmp_path / "build", scripts=scripts).build()


def test_a_segment_the_boundary_lacks_fails(tmp_path: Path) -> None:
    scripts = mutated(tmp_path, "vck190_boundary.tcl", "S04_INI/C0_DDR_LOW0", "S05_INI/C0_DDR_LOW0")
    session = Session(board("vck190-pynq"), tmp_path / "build", scripts=scripts)
    with pytest.raises(BackendError, match="noc_ddr has no segment S05_INI/C0_DDR_LOW0"):
        session.build("noc_pl")


def test_a_missing_crossing_is_found(tmp_path: Path) -> None:
    """On the older golden design the core's clock is not that of the processor's port."""
    end = "] [get_bd_pins smc_control/aclk1]"
    scripts = mutated(tmp_path, "common.tcl", "$master_clock" + end, "$clock" + end)
    session = Session(board("vck190-pynq"), tmp_path / "build", scripts=scripts)
    with pytest.raises(BackendError, match="runs on versal_cips_0/pl0_ref_clk, smc_control on"):
        session.build("axi_noc_pl")


def test_the_kernel_must_be_marked(tmp_path: Path) -> None:
    old, new = "ctrl_protocol user_managed}", "ctrl_protocol ap_ctrl_hs}"
    scripts = mutated(tmp_path, "package_ip.tcl", old, new)
    session = Session(board("vck190-vitis"), tmp_path / "build", scripts=scripts)
    with pytest.raises(BackendError, match="vitis_drc and -ctrl_protocol user_managed differ"):
        session.build()


def test_a_reset_of_the_other_clock_is_found(tmp_path: Path) -> None:
    old, new = "rst_array/peripheral_aresetn]", "rst_pl/peripheral_aresetn]"
    scripts = mutated(tmp_path, "kv260.tcl", old, new)
    built = Session(board("kv260"), tmp_path / "build", scripts=scripts).build()
    problems = rules.clocks(built, board("kv260"))
    assert problems == ["array_rst_n is synchronous to zynq_ultra_ps_e_0/pl_clk0, not to array_clk"]


RULE_BREAKERS = [
    ("clocks", "variable pl_mhz 250", "variable pl_mhz 200", "clock ap_clk: got 200"),
    ("clocks", "variable array_mhz 300", "variable array_mhz 250", "clock array_clk: got 250"),
    ("addresses", "0xA0000000", "0x80000000", "outside the window"),
    ("addresses", "interrupt_base 0xA0010000", "interrupt_base 0xA0020000", "axi_intc_0"),
    ("register_map", "{WATCHDOG 0x01C", "{WATCHDOG 0x11C", "register WATCHDOG"),
    ("register_map", "{start 0 1 write-only", "{start 3 1 write-only", "register CTRL"),
    ("register_map", "control_range 0x10000", "control_range 0x1000", "address block"),
]


@pytest.mark.parametrize(("rule", "old", "new", "message"), RULE_BREAKERS)
def test_a_wrong_setting_breaks_its_rule(
    tmp_path: Path, rule: str, old: str, new: str, message: str
) -> None:
    goal = BOARDS["kv260"]
    session = Session(goal, tmp_path)
    settings = tmp_path / "settings.tcl"
    assert old in settings.read_text()
    settings.write_text(settings.read_text().replace(old, new))
    built = session.build()
    problems = {
        "clocks": lambda: rules.clocks(built, goal),
        "addresses": lambda: rules.addresses(built, goal),
        "register_map": lambda: rules.register_map(built, goal, HARDWARE),
    }[rule]()
    assert any(message in problem for problem in problems), problems


def test_the_constraints_name_synchronisers_of_the_rtl(tmp_path: Path) -> None:
    session = Session(board("kv260"), tmp_path)
    built = session.build()
    assert built.project is not None
    (file,) = (file for file in built.project.files if file.suffix == ".xdc")
    text = file.read_text()
    assert text.count("set_max_delay -datapath_only") == 2
    assert text.count(" 3.333\n") == 2
    rtl = "".join(path.read_text() for path in (HARDWARE / "rtl").rglob("*.sv"))
    for name in SYNCHRONISERS:
        assert f"*{name}_reg*" in text
        assert f"{name}," in rtl or f"{name};" in rtl
