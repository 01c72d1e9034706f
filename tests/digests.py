# SPDX-License-Identifier: Apache-2.0
"""SHA-256 of programs that must be the same on every machine.

    python -m tests.digests [--graph digits ...]   print the programs' digests as JSON
    python -m tests.digests --write                make tests/digests.json anew
    python -m tests.digests --limited              compute as an old processor would

The citation graphs are looked for in HGCN_DATA; one that is not there is left out, and keeps its
digests in the file.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

RECORD = Path(__file__).with_suffix(".json")
GRAPHS = ("digits", "random", "cora", "citeseer", "pubmed")
DEVICES = ("tiny", "kv260", "vck190")
NEARBY = Path(__file__).parents[2] / "shared" / "data"


def digests(graph: str) -> dict[str, str]:
    """Compile a graph for each device; raise `DatasetError` where it is out of reach."""
    import hgcn
    from hgcn.graph import power_law, with_random_features

    if graph == "random":  # Structure, dense features and weights, all from seeds.
        data = with_random_features(power_law(600, 2000, rng=1), 40, density=0.7, rng=2)
        model = hgcn.GCN.random([40, 24, 5], seed=3)
    else:
        data, model = hgcn.datasets.load(graph), hgcn.GCN.load(graph)
    return {
        device: hashlib.sha256(hgcn.compile(model, data, device=device).image).hexdigest()
        for device in DEVICES
    }


def vector_units(environment: dict[str, str]) -> list[str]:
    """Return what NumPy uses of this processor beyond what it was compiled for."""
    probe = (
        "import json\n"
        "try: from numpy._core import _multiarray_umath as core\n"
        "except ImportError: from numpy.core import _multiarray_umath as core\n"
        "has = core.__cpu_features__\n"
        "print(json.dumps([name for name in core.__cpu_dispatch__ if has.get(name)]))"
    )
    found = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=True, env=environment
    ).stdout
    return list(json.loads(found))


def limited() -> dict[str, str]:
    """Return an environment in which every library computes as on the oldest processor it knows."""
    # What is turned off already, by whoever started this, stays so.
    off = [*os.environ.get("NPY_DISABLE_CPU_FEATURES", "").split(), *vector_units({**os.environ})]
    return {
        **os.environ,
        "NPY_DISABLE_CPU_FEATURES": " ".join(off),
        "OPENBLAS_CORETYPE": "ARMV8" if os.uname().machine == "aarch64" else "Prescott",
        "NUMBA_CPU_NAME": "generic",
        "NUMBA_CPU_FEATURES": "",
        "PYTHONHASHSEED": "1",
    }


def computed(graphs: list[str], environment: dict[str, str]) -> dict[str, dict[str, str]]:
    """Return the digests found by a process of its own with ``environment``."""
    named = [word for graph in graphs for word in ("--graph", graph)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.digests", *named],
        cwd=RECORD.parents[1],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(json.loads(done.stdout))


def main() -> None:
    """Print or write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--graph", action="append", choices=GRAPHS, help="default: all")
    parser.add_argument("--write", action="store_true", help="make the record anew")
    parser.add_argument("--limited", action="store_true", help="no vector unit beyond the oldest")
    wanted = parser.parse_args()
    if wanted.limited:
        found = computed(wanted.graph or list(GRAPHS), limited())
    else:
        from hgcn.errors import DatasetError

        if NEARBY.is_dir():
            os.environ.setdefault("HGCN_DATA", str(NEARBY))
        found = {}
        for graph in wanted.graph or GRAPHS:
            try:
                found[graph] = digests(graph)
            except DatasetError as error:
                print(f"{graph} is left out: {error}", file=sys.stderr)
    if wanted.write:
        known = json.loads(RECORD.read_text()) if RECORD.exists() else {}
        found = {
            graph: {**known, **found}[graph] for graph in GRAPHS if graph in {**known, **found}
        }
        RECORD.write_text(json.dumps(found, indent=1) + "\n")
    else:
        print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
