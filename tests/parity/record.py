# SPDX-License-Identifier: Apache-2.0
"""Write down what PyTorch Geometric answers, for tests that run without it.

make record-pyg, or python -m tests.parity.record where PyTorch Geometric is installed
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

import hgcn
from tests.parity import cases

HERE = Path(__file__).parent
RECORD = HERE / "gcnconv.npz"
MODULES = HERE / "modules.npz"
MODELS = HERE / "models"
"""Trained modules as `hgcn.from_pyg` made models of them, a file each."""


def main() -> None:
    """Record the answers and say of what."""
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    ).parse_args()
    from tests.parity import geometric

    about = {**geometric.versions(), "seed": cases.SEED, "inputs": cases.digest()}
    answers = {"layers": geometric.layer_answers(), "networks": geometric.network_answers()}
    np.savez_compressed(RECORD, about=np.array(json.dumps(about)), **answers)
    count = sum(array.shape[0] * array.shape[1] for array in answers.values())
    print(f"{count} answers of {about} in {RECORD.name}, {RECORD.stat().st_size} bytes")
    record_modules(geometric.versions())


def record_modules(about: dict[str, str]) -> None:
    """Train the modules, and record their answers and the models made of them."""
    from tests.parity import modules

    data = modules.data()
    arrays: dict[str, Any] = {
        f"data.{part}": getattr(data, part).numpy()
        for part in ("x", "edge_index", "edge_weight", "y")
    }
    MODELS.mkdir(exist_ok=True)
    for name in modules.MODULES:
        module = modules.trained(name)
        hgcn.from_pyg(module, data, name=name).save(MODELS / f"{name}.safetensors")
        arrays[name] = modules.at_inference(module, data)
    np.savez_compressed(MODULES, about=np.array(json.dumps(about)), **arrays)
    print(f"{len(modules.MODULES)} modules in {MODULES.name}, {MODULES.stat().st_size} bytes")


if __name__ == "__main__":
    main()
