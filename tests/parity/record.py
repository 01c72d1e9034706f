# SPDX-License-Identifier: Apache-2.0
"""Write down what PyTorch Geometric answers, for tests that run without it.

make record-pyg, or python -m tests.parity.record where PyTorch Geometric is installed
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np

from tests.parity import cases

RECORD = Path(__file__).with_name("gcnconv.npz")


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


if __name__ == "__main__":
    main()
