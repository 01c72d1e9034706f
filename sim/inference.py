# SPDX-License-Identifier: Apache-2.0
"""For scripts: programs on the simulated accelerator, one run or a job of many.

The names are those of `hgcn_sim.runs.inference` and `hgcn_sim.top.job`, wherever these lie.
"""

from __future__ import annotations

from .runs.inference import SimResult, run_image, run_job
from .top.job import AxiFault, Flip, Run

__all__ = ["AxiFault", "Flip", "Run", "SimResult", "run_image", "run_job"]
