# SPDX-License-Identifier: Apache-2.0
"""Proves the assertions of RTL modules by induction over time, with Yosys alone.

``python -m hgcn_sim.checks.formal [MODULE ...]``: each proof is of every cycle, whatever the inputs
do that the module's ``HGCN_ASSUME`` allow, resets at any time among them. ``depth`` is the number
of cycles the induction looks back. ``proofs/MODULE.svh`` adds what only a proof needs to the
module: an item that is followed from end to end, and the rules that make others inductive.
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hgcn.arch.device import Device
from hgcn.arch.presets import device
from hgcn.errors import BackendError

from ..builds.locate import SIM, hardware_root
from .immediate import immediate
from .synth import run_yosys, stage

_PROVEN = re.compile(r"\[induction step (\d+)\][^[]*Induction step proven: SUCCESS!", re.DOTALL)
_BROKEN = "model found for base case: FAIL!"

_START = """
  logic fv_started_q = 1'b0;
  always_ff @(posedge clk_i) fv_started_q <= 1'b1;
  always_comb Begins : assume (fv_started_q || !rst_ni);
"""
"""The first cycle is a reset; what registers hold before it is anything."""


@dataclass(frozen=True, kw_only=True)
class Proof:
    """A module with parameters small enough to prove."""

    module: str
    parameters: Mapping[str, int] = field(default_factory=dict)
    cut: str = ""
    """A memory whose words no rule here speaks of: what is read from it is anything."""
    depth: int = 1
    """Most cycles the induction may look back."""

    @property
    def name(self) -> str:
        """Readable and unique."""
        return " ".join(
            [self.module, *(f"{key}={value}" for key, value in self.parameters.items())]
        )


PROOFS = (
    Proof(module="hgcn_fifo", parameters={"Width": 2, "Depth": 1}),
    Proof(module="hgcn_fifo", parameters={"Width": 2, "Depth": 3}),
    Proof(module="hgcn_fifo", parameters={"Width": 2, "Depth": 4}),
    Proof(module="hgcn_ram_fifo", parameters={"Width": 2, "Depth": 4}),
    Proof(module="hgcn_gearbox", parameters={"InBytes": 2, "OutBytes": 2}),
    Proof(module="hgcn_gearbox", parameters={"InBytes": 4, "OutBytes": 2, "Granule": 2}),
    Proof(
        module="hgcn_stream_reader",
        parameters={"FifoBeats": 128, "Commands": 2},
        cut="u_fifo.ram",
    ),
    Proof(module="hgcn_lane_crossbar"),
    Proof(module="hgcn_packetiser"),
)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What became of a proof: ``proven`` at a depth, ``broken`` by a trace, or ``open``."""

    proof: Proof
    fate: str
    depth: int
    seconds: float
    rules: int

    @property
    def text(self) -> str:
        """One line."""
        fate = f"{self.fate} at depth {self.depth}" if self.fate == "proven" else self.fate
        return f"{self.proof.name:52}{self.rules:4} rules  {fate:20}{self.seconds:7.1f} s"


def _source(module: str, root: Path | None) -> Path:
    found = sorted(((root or hardware_root()) / "rtl").glob(f"*/{module}.sv"))
    if not found:
        raise BackendError(f"module: got {module!r}, want one with a file below hw/rtl")
    return found[0]


def _script(names: list[str], proof: Proof) -> str:
    values = "".join(f" -G {key}={value}" for key, value in proof.parameters.items())
    return "\n".join(
        (
            "read_slang --threads 1 -DSYNTHESIS=1 -I. "
            + f"--top {proof.module}{values} {' '.join(names)}",
            f"hierarchy -check -top {proof.module}",
            # Before anything takes what nobody drives for a constant of its choice
            "proc -noopt",
            "flatten",
            "setundef -undriven -anyseq",
            "delete -output",
            "opt_clean",
            "memory -nomap",
            f"cutpoint t:$mem_v2 n:{proof.cut} %i" if proof.cut else "",
            "memory_map",
            "async2sync",
            "opt -full",
            "chformal -lower",
            f"sat -tempinduct -prove-asserts -set-assumes -seq 1 -maxsteps {proof.depth} "
            + proof.module,
            "",
        )
    )


def prove(proof: Proof, dev: Device | None = None, root: Path | None = None) -> Verdict:
    """Prove the rules of a module; ``root`` is another copy of the hardware."""
    with tempfile.TemporaryDirectory(prefix="hgcn-formal-") as name:
        folder = Path(name)
        names = stage(dev or device("tiny"), folder)
        top = _source(proof.module, root)
        extra = SIM / "checks" / "proofs" / f"{proof.module}.svh"
        body, end, rest = top.read_text().rpartition("endmodule")
        body += (extra.read_text() if extra.exists() else "") + _START
        texts = {source.name: source.read_text() for source in top.parent.parent.glob("*/*.sv")}
        texts[top.name] = body + end + rest
        for source, text in texts.items():
            changed = immediate(text, top=source == top.name)
            (folder / source).write_text(changed)
        rules = len(re.findall(r"`HGCN_ASSERT", texts[top.name]))
        start = time.monotonic()
        log = run_yosys(_script(names, proof), folder)
        seconds = time.monotonic() - start
    found = _PROVEN.search(log)
    fate = "proven" if found else "broken" if _BROKEN in log else "open"
    return Verdict(
        proof=proof, fate=fate, depth=int(found[1]) if found else 0, seconds=seconds, rules=rules
    )


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("modules", nargs="*", metavar="MODULE", help="only these")
    arguments = parser.parse_args()
    known = {proof.module for proof in PROOFS}
    for module in arguments.modules:
        if module not in known:
            raise BackendError(f"module: got {module!r}, want one of {', '.join(sorted(known))}")
    good = True
    for proof in PROOFS:
        if not arguments.modules or proof.module in arguments.modules:
            verdict = prove(proof)
            sys.stdout.write(verdict.text + "\n")
            sys.stdout.flush()
            good = good and verdict.fate == "proven"
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
